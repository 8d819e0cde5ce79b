"""A model with every kind of layer that a selection may meet."""

import numpy as np
import pytest

from cgplab.models.stored import InputQuantization, Layer, StoredModel

SHAPES = {
    "stem": (8, 3, 7, 7),
    "depthwise": (8, 1, 3, 3),
    "pointwise": (16, 8, 1, 1),
    "wide": (4, 2, 1, 7),
    "even": (4, 4, 4, 4),
    "small": (2, 2, 3, 3),
    "head": (10, 16),
}


def build(shapes, name="many"):
    """A quantized model, per-channel and per-tensor by turns; it is never run."""
    random = np.random.default_rng(5)
    layers = []
    for position, (layer, shape) in enumerate(shapes.items()):
        scale = random.random(shape[0] if position % 2 else ()).astype(np.float32) + np.float32(0.5)
        layers.append(
            Layer(
                name=layer,
                weights=random.integers(-128, 128, shape).astype(np.int8),
                bias=np.zeros(shape[0], dtype=np.float32),
                scale=np.asarray(scale),
                zero_point=0,
                input=InputQuantization(1.0, 0),
            )
        )
    return StoredModel(name, "lenet5", tuple(layers))


@pytest.fixture(scope="session")
def many():
    """Convolutions of side 7, 3, 1 and 4, a depthwise and an oblong one, and a linear layer."""
    return build(SHAPES)
