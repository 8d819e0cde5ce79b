"""From a float model to an int8 one: after training, or by training on with the rounding in place."""

import torch

from cgplab.models.datasets import Dataset
from cgplab.models.determinism import reproducible
from cgplab.models.lenet5 import decode_pixels
from cgplab.models.quantized_lenet5 import QuantizedLeNet5
from cgplab.models.stored import StoredModel
from cgplab.models.training import ProgressCallback, TrainingSettings, fit, training_tensors

CALIBRATION_IMAGES = 2048
QAT_EPOCHS = 6
QAT_LEARNING_RATE = 0.01


def quantize_after_training(name: str, model: StoredModel, dataset: Dataset, *, seed: int = 0) -> StoredModel:
    """Post-training quantization (PTQ): round the weights, choose the activation ranges, train nothing.

    Weights become int8 per tensor, symmetric in -127..127; activations uint8 per tensor.

    Parameters
    ----------
    name : str
        Name of the new model.
    model : StoredModel
        Float model.
    dataset : Dataset
        Training images, of which a random 2048 (or all, if fewer) set the activation ranges.
    seed : int
        Chooses these images.

    Raises
    ------
    InputError
        The model is quantized already, or the data set does not fit it.
    """
    with reproducible(seed) as generator:
        network = QuantizedLeNet5(model)
        network.calibrate(_calibration_images(network, dataset, generator))
        return network.stored(name)


def quantize_by_training(
    name: str,
    model: StoredModel,
    dataset: Dataset,
    settings: TrainingSettings,
    *,
    progress: ProgressCallback | None = None,
) -> StoredModel:
    """Quantization-aware training (QAT): fine-tune a float model while weights and activations are rounded.

    Gradients pass straight through the rounding. Activation ranges are chosen anew before each epoch, so the
    network is trained against the very ranges it is stored with.

    Parameters
    ----------
    name : str
        Name of the new model.
    model : StoredModel
        Float model.
    dataset : Dataset
        Training images, 28x28, labels 0..9.
    settings : TrainingSettings
        The same settings give the same weights; see `cgplab.models.determinism.reproducible`.
    progress : callable, optional
        Called after every step.

    Raises
    ------
    InputError
        The model is quantized already, the data set does not fit it, or the training diverges.
    """
    with reproducible(settings.seed) as generator:
        network = QuantizedLeNet5(model)
        images = _calibration_images(network, dataset, generator)
        fit(
            network,
            dataset,
            settings,
            generator,
            network.pixels,
            before_epoch=lambda: network.calibrate(images),
            progress=progress,
        )
        return network.stored(name)


def _calibration_images(network: QuantizedLeNet5, dataset: Dataset, generator: torch.Generator) -> torch.Tensor:
    x, _ = training_tensors(dataset)
    chosen = torch.randperm(len(x), generator=generator)[:CALIBRATION_IMAGES]
    return decode_pixels(x[chosen], network.pixels)
