"""The original study's published findings."""

from dataclasses import dataclass

from cgplab.reproduction import measures, relations
from cgplab.reproduction.measures import Measure

_OTHER_WEIGHTS = "our own network was trained anew, so the weights differ"
_SMALL_MODEL = (
    "ImageNet and its network cannot ship; ours is a small MobileNetV2 on Fashion-MNIST, which errors hurt less"
)


@dataclass(frozen=True)
class Finding:
    """One published finding.

    Attributes
    ----------
    name, title, published : str
        ``published`` is the number as the original study states it, energies in pJ (power x delay).
    works : tuple of str
        Works whose runs answer for it.
    measure : callable
        From a frame of runs to an answer.
    better, reproduced, differs : str
        The likely reason for each verdict.
    accuracy : bool
        Whether accuracies are needed.
    grids : tuple of str
        Of the runs that count; empty: all.
    """

    name: str
    title: str
    published: str
    works: tuple[str, ...]
    measure: Measure
    better: str = ""
    reproduced: str = ""
    differs: str = ""
    accuracy: bool = False
    grids: tuple[str, ...] = ()


FINDINGS: tuple[Finding, ...] = (
    Finding(
        "reference", "Accuracy of the quantized LeNet-5", "99.16 % (MNIST test)", ("layer_bypass",),
        measures.reference_accuracy(99.16), accuracy=True,
        better="more augmentation and epochs in training", reproduced="same architecture and data",
        differs="another training",
    ),
    Finding(
        "kernel_energy", "One 5x5 kernel from its core, grid 5x5",
        "all 30 runs exact; energy median .055 (.0034 to .48)", ("single_filter",),
        measures.exact_energy(0.0034, 0.48), grids=("5x5",),
        better="the constructive solver proves its circuit best; inverters and shifts cost next to nothing here",
        reproduced="same search at the same budget", differs=f"the search is random and {_OTHER_WEIGHTS}",
    ),
    Finding(
        "kernel_time", "Gates and time of the same", "17 to 20 gates; 165 s per run", ("single_filter",),
        measures.gates_and_time(165), grids=("5x5",),
        better="kernels that evaluate what a child changes only, compiled", reproduced="same search",
        differs="more gates than the original reports",
    ),
    Finding(
        "grid", "Grid 10x10 against 5x5", "lower energy (Mann-Whitney p 1e-18), more gates but < 25, 2.42 x the time",
        ("single_filter",), measures.larger_grid("5x5", "10x10"),
        reproduced="a larger grid holds more cheap circuits",
        differs="few runs, and both grids get the same number of children, which a larger grid needs more of",
    ),
    Finding(
        "channel", "All kernels of conv1's channel, 16 strategies", "energy median 0, max .996; 1 h per run",
        ("single_channel",), measures.spread_over_strategies(0.0, 0.996),
        better="exact wiring and a proof where the original searched at random", reproduced="same search",
        differs="strict strategies need more children than were spent",
    ),
    Finding(
        "bypass_energy", "conv2 from conv1 at t = 0, grid 500x30", "energy mean 1.02, max 6.98; 72 h per run",
        ("layer_bypass",), measures.mean_energy(1.02, 6.98),
        better="the constructive solver wires every weight to its exact value", reproduced="same search",
        differs="the search has 2,400 outputs to wire one gene at a time",
    ),
    Finding(
        "free", "No energy at t ≥ 5 (conv2 from conv1)", "0 for most runs", ("layer_bypass",), measures.free_from(5),
        reproduced="shifts and wires reach every value within 5 of a kept one",
        differs="the search did not come within its budget",
    ),
    Finding(
        "accuracy", "Accuracy of LeNet-5 with conv2 inferred", "99.11 to 99.19 % (reference 99.16 %), all strategies",
        ("layer_bypass",), measures.unchanged_accuracy(0.05), accuracy=True,
        reproduced="errors of a few of 256 steps do not move the classes",
        differs="the constructive solver spends all the error that t = 11 allows to save energy",
    ),
    Finding(
        "constant", "All weights from a constant 0, grid 256x31",
        "MSE .004 (not exact), energy mean 1.71, 299 gates; 9 h",
        ("le_selector",), measures.inexact_energy(0.004, 1.71),
        better="the constructive solver makes every value once and wires the weights to it", reproduced="same search",
        differs="few of the children that the original spent",
    ),
    Finding(
        "turns", "Both layers by turns, grid 256x31", "MSE 1.32 (not exact), energy mean 8.40, 1343 gates; 24 h",
        ("all_layers",), measures.inexact_energy(1.32, 8.40),
        better="the constructive solver shares gates between the turns", reproduced="same search",
        differs="few of the children that the original spent",
    ),
    Finding(
        "growth", "Energy grows with missing weights (MobileNetV2)",
        "r = .874 at t = 0, .562 at 1, .121 at 5; 0 pJ at 11",
        ("mobilenet",), relations.growth(), reproduced="each missing value needs a gate of its own",
        differs=_SMALL_MODEL,
    ),
    Finding(
        "order_energy", "Strategies differ in energy (MobileNetV2)", "Kruskal-Wallis H = 3863", ("mobilenet",),
        relations.order_of_strategies("energy", 0.0), reproduced="looser strategies need fewer gates",
        differs=_SMALL_MODEL,
    ),
    Finding(
        "order_accuracy", "Strategies differ in accuracy loss (MobileNetV2)", "Kruskal-Wallis H = 2436", ("mobilenet",),
        relations.order_of_strategies("accuracy_loss", 11.0), accuracy=True,
        reproduced="larger errors lose more", differs=_SMALL_MODEL,
    ),
    Finding(
        "layers_energy", "The same within layers: energy", "not tested there", ("mobilenet",),
        relations.order_over_layers("energy", 0.0), reproduced="comparing within layers keeps the order",
        differs=_SMALL_MODEL,
    ),
    Finding(
        "layers_accuracy", "The same within layers: accuracy loss", "not tested there", ("mobilenet",),
        relations.order_over_layers("accuracy_loss", 11.0), accuracy=True,
        reproduced="comparing within layers keeps the order", differs=_SMALL_MODEL,
    ),
    Finding(
        "first_layer", "The first layer is the most sensitive (t = 5, 11)", "up to 58 pp; most layers < 1 pp",
        ("mobilenet",), relations.most_sensitive_layer((5.0, 11.0), 1.0), accuracy=True,
        reproduced="few weights that every later layer depends on", differs=_SMALL_MODEL,
    ),
    Finding(
        "lossless", "Energy of all solutions that lose no accuracy", "mean 2.16, far below 30 (one-sample t)",
        ("single_filter", "single_channel", "layer_bypass", "le_selector", "all_layers", "mobilenet"),
        measures.free_of_loss(30, 2.16), accuracy=True,
        better="cheaper circuits at every work above", reproduced="circuits cost little beside memory",
        differs="too few runs without loss",
    ),
)  # fmt: skip
"""In the order of the page."""
