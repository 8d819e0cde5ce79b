"""The original study's published findings, and its figures that ours cannot be held against."""

from collections.abc import Mapping
from dataclasses import dataclass

from cgplab.reproduction import measures, relations
from cgplab.reproduction.answers import Measure
from cgplab.reproduction.works import MOBILENET_RUNS, RUNS

_OTHER_WEIGHTS = "our network was trained anew, so its weights differ"
_SMALL_MODEL = (
    "likely: ours is a small MobileNetV2 on Fashion-MNIST, and the original's children per run are not published"
)
_SHORT = (
    "likely: the search wires thousands of outputs one gene at a time, and had only a small share of the original's "
    "children"
)
_TRAINED = "this measures a trained network, not a search"
_OTHER_MACHINE = "another program on another machine"
_LENET_WORKS = ("single_filter_ours", "single_channel", "layer_bypass", "le_selector", "all_layers")
_ALL_WORKS = ("single_channel", "layer_bypass", "le_selector", "all_layers", "mobilenet")

NETWORKS, KERNEL, GRIDS, CHANNEL = "Networks", "One kernel (5x5)", "Grid 10x10 against 5x5", "One channel"
BYPASS, CONSTANT, TURNS, MOBILENET = "conv2 from conv1", "From a constant", "Both layers by turns", "MobileNetV2"
ALL, UNTESTED = "All solutions", "Not tested there"
SECTIONS = (NETWORKS, KERNEL, GRIDS, CHANNEL, BYPASS, CONSTANT, TURNS, MOBILENET, ALL, UNTESTED)


@dataclass(frozen=True)
class Finding:
    """One published finding.

    Attributes
    ----------
    name, section, title, published : str
        ``published`` is the number as the original study states it, energies in pJ (power x delay).
    numbers : tuple of str
        The figures in it as they are printed in the study.
    works : tuple of str
        Works whose runs answer for it.
    replicates, improves : callable, optional
        From a frame of runs to an answer: of the original's search, and of our best method. None where there is nothing
        to improve on.
    if_not : str
        Where it is not replicated, or not yet: the likely reason, called so, or what was observed.
    undecidable : str
        Why no search of ours can decide whether it is replicated: then that is not applicable.
    nothing_better : str
        Why there is nothing to improve on, where that needs to be said; ``improves`` then tells figures alone.
    accuracy : bool
        Whether accuracies are needed.
    grids : tuple of str
        Of the runs that count; empty: all.
    of_network : bool
        Whether it is about the network alone, whoever's search its runs are of.
    """

    name: str
    section: str
    title: str
    published: str
    numbers: tuple[str, ...]
    works: tuple[str, ...]
    replicates: Measure
    improves: Measure | None = None
    if_not: str = ""
    undecidable: str = ""
    nothing_better: str = ""
    accuracy: bool = False
    grids: tuple[str, ...] = ()
    of_network: bool = False


def _network(
    name: str, works: tuple[str, ...], title: str, dataset: str, published: float, images: int, how: str
) -> Finding:
    replicates = measures.reference_accuracy(dataset, published, images, how)
    number = f"{published:g}"
    return Finding(
        name, NETWORKS, title, f"{number} %", (number,), works, replicates,
        if_not="likely: our network was trained separately", nothing_better=_TRAINED, accuracy=True, of_network=True,
    )  # fmt: skip


def _kernel(
    name: str,
    title: str,
    published: str,
    numbers: tuple[str, ...],
    replicates: Measure,
    improves: Measure | None,
    if_not: str = "",
    undecidable: str = "",
    nothing_better: str = "",
) -> Finding:
    return Finding(
        name, KERNEL, title, published, numbers, ("single_filter",), replicates, improves, if_not, undecidable,
        nothing_better, grids=("5x5",),
    )  # fmt: skip


def _untested(name: str, title: str, work: str, replicates: Measure, accuracy: bool = False) -> Finding:
    return Finding(name, UNTESTED, title, "not tested there", (), (work,), replicates, None, accuracy=accuracy)


_QMNIST = "fetch it (cgplab data fetch qmnist --split {0}) and measure (cgplab metrics --dataset qmnist --split {0})"
_IMAGENET = "ImageNet cannot ship: import its network (cgplab model import) and measure there"
_GATES = (
    "observed: of five batches of 30 seeds only the first is told apart (9, 4, 2, 6 and 2 outside; 23 of 149 in all: "
    "p = 0.12, exact), see docs/reproduction.md"
)
_N = RUNS
_N_BYPASS = 6 * RUNS
_LOSSLESS = measures.lossless_energy(30, 2.16)

FINDINGS: tuple[Finding, ...] = (
    _network(
        "reference", _LENET_WORKS, "LeNet-5 on MNIST test", "mnist/test", 99.16, 10_000, "run cgplab metrics",
    ),
    _network(
        "qmnist", _LENET_WORKS, "LeNet-5 on QMNIST test50k", "qmnist/test50k", 98.87, 50_000,
        _QMNIST.format("test50k"),
    ),
    _network(
        "qmnist_nist", _LENET_WORKS, "LeNet-5 on QMNIST nist", "qmnist/nist", 99.38, 402_953, _QMNIST.format("nist"),
    ),
    _network(
        "imagenet", ("mobilenet",), "MobileNetV2, top-1 on ImageNet", "imagenet/val", 71.596, 50_000, _IMAGENET,
    ),
    Finding(
        "imagenet_top5", NETWORKS, "MobileNetV2, top-5 on ImageNet", "90.236 %", ("90.236",), ("mobilenet",),
        measures.cannot_tell(_IMAGENET), nothing_better=_TRAINED, of_network=True,
    ),
    _kernel(
        "kernel_exact", "Exact runs", "30 of 30 (always error 0)", ("0",), measures.success_rate(_N, _N),
        measures.reliable,
    ),
    _kernel(
        "kernel_energy", "Energy", ".0034 to .48 pJ, median .055", (".0034", ".48", ".055"),
        measures.spread("energy", _N, "0.0034", "0.48", median="0.055"), measures.less("energy", 0.055, "median"),
    ),
    _kernel(
        "kernel_area", "Area", "160 to 1307 µm²", ("160", "1307"), measures.spread("area", _N, "160", "1307"),
        measures.less("area", 160, "smallest"),
    ),
    _kernel(
        "kernel_delay", "Delay", ".34 to 1.70 ns", (".34", "1.70"), measures.spread("delay", _N, "0.34", "1.70"),
        measures.less("delay", 0.34, "smallest"),
    ),
    _kernel(
        "kernel_gates", "Gates", "17 to 20", ("17", "20"), measures.spread("gate_count", _N, "17", "20"),
        measures.less("gate_count", 17, "smallest"), if_not=_GATES,
    ),
    _kernel(
        "kernel_generations", "Generations of a run", "about 1.04 million", ("1.04",), measures.generations, None,
        undecidable="a limit that our runs are given; the original's patience is not known",
        nothing_better="a limit, not a result",
    ),
    _kernel(
        "kernel_time", "Time of a run", "about 165 s", ("165",), measures.seconds_per_run, None,
        undecidable=_OTHER_MACHINE, nothing_better=_OTHER_MACHINE,
    ),
    Finding(
        "grid", GRIDS, "Energy", "lower (Mann-Whitney p = 1e-18)", ("1e-18",), ("single_filter",),
        relations.larger_grid("energy", "5x5", "10x10", lower=True), None,
        "likely: the original compared runs on several kernels (number not published); one may show a smaller effect",
    ),
    Finding(
        "grid_gates", GRIDS, "Gates", "more, still < 25", ("25",), ("single_filter",),
        relations.larger_grid("gate_count", "5x5", "10x10", lower=False, most=25), None,
        "likely: the original's runs are of several kernels, which are not published; the search minimizes gates last",
    ),
    Finding(
        "grid_time", GRIDS, "Time", "2.42 x", ("2.42",), ("single_filter",),
        relations.time_ratio("5x5", "10x10", 2.42),
        undecidable="it measures a program, not the search: our kernels evaluate only what a child changes, the "
        "original's program, and --as-built, every gate",
    ),
    Finding(
        "channel", CHANNEL, "Energy over 16 strategies", "median 0, max .996 pJ", ("0", ".996"), ("single_channel",),
        measures.zero_median(16 * _N, "0.996"), measures.less("energy", 0.996, "largest"),
        f"likely: strict strategies need more children than were spent, and {_OTHER_WEIGHTS}",
    ),
    Finding(
        "bypass_energy", BYPASS, "Energy at t = 0, grid 500x30", "mean 1.02, max 6.98 pJ", ("1.02", "6.98"),
        ("layer_bypass",), measures.spread("energy", _N, None, "6.98", mean=1.02, strategy=0),
        measures.less("energy", 1.02, "mean", strategy=0), _SHORT,
    ),
    Finding(
        "free", BYPASS, "Energy at t ≥ 5", "0 for most runs", ("0",), ("layer_bypass",), measures.mostly_free(5), None,
        _SHORT,
    ),
    Finding(
        "bypass_gates", BYPASS, "Gates, all strategies", "132 to 1843", ("132", "1843"), ("layer_bypass",),
        measures.spread("gate_count", _N_BYPASS, "132", "1843"), measures.less("gate_count", 132, "smallest"), _SHORT,
    ),
    Finding(
        "accuracy", BYPASS, "Accuracy, all strategies", "99.11 to 99.19 % (network: 99.16 %)", ("99.11", "99.19"),
        ("layer_bypass",), measures.unchanged_accuracy(_N_BYPASS, "0.05", "-0.03"), None, _SHORT, accuracy=True,
    ),
    Finding(
        "constant", CONSTANT, "Squared error, grid 256x31", "MSE .004 (not exact)", (".004",), ("le_selector",),
        measures.squared_error(0.004), measures.squared_error_less(0.004), _SHORT,
    ),
    Finding(
        "constant_energy", CONSTANT, "Energy", "mean 1.71 pJ (1.01 to 2.52)", ("1.71", "1.01", "2.52"),
        ("le_selector",), measures.spread("energy", _N, "1.01", "2.52", mean=1.71, inexact=True),
        measures.less("energy", 1.71, "mean"), _SHORT,
    ),
    Finding(
        "constant_gates", CONSTANT, "Gates", "299", ("299",), ("le_selector",),
        measures.mean_of("gate_count", 299, inexact=True), measures.less("gate_count", 299, "mean"), _SHORT,
    ),
    Finding(
        "constant_accuracy", CONSTANT, "Accuracy", "99.15 % (network: 99.16 %)", ("99.15",), ("le_selector",),
        measures.mean_accuracy(0.01), None, _SHORT, accuracy=True,
    ),
    Finding(
        "turns", TURNS, "Squared error, grid 256x31", "MSE 1.32 (not exact)", ("1.32",), ("all_layers",),
        measures.squared_error(1.32), measures.squared_error_less(1.32), _SHORT,
    ),
    Finding(
        "turns_energy", TURNS, "Energy", "mean 8.40 pJ (4.07 to 10.8)", ("8.40", "4.07", "10.8"), ("all_layers",),
        measures.spread("energy", _N, "4.07", "10.8", mean=8.40, inexact=True), measures.less("energy", 8.40, "mean"),
        _SHORT,
    ),
    Finding(
        "turns_gates", TURNS, "Gates", "1343", ("1343",), ("all_layers",),
        measures.mean_of("gate_count", 1343, inexact=True), measures.less("gate_count", 1343, "mean"), _SHORT,
    ),
    Finding(
        "growth", MOBILENET, "Energy grows with missing weights", "r = .874 at t = 0, .562 at 1, .121 at 5",
        (".874", ".562", ".121"), ("mobilenet",),
        relations.growth({0.0: 0.874, 1.0: 0.562, 5.0: 0.121}, MOBILENET_RUNS), None, _SMALL_MODEL,
    ),
    Finding(
        "strict_energy", MOBILENET, "Energy at t = 0", "0 to 7.5 pJ", ("0", "7.5"), ("mobilenet",),
        measures.spread("energy", MOBILENET_RUNS, "0.0", "7.5", strategy=0),
        measures.less("energy", 7.5, "largest", strategy=0), _SMALL_MODEL,
        nothing_better="ours is a different, smaller network",
    ),
    Finding(
        "loose_energy", MOBILENET, "Energy at t = 11", "about 0 pJ", ("0",), ("mobilenet",), measures.nearly_free(11),
        None, _SMALL_MODEL,
    ),
    Finding(
        "order_energy", MOBILENET, "Strategies differ in energy", "Kruskal-Wallis H = 3863", ("3863",), ("mobilenet",),
        relations.differing_strategies("energy", 0.0, 3863, 4 * MOBILENET_RUNS), None, _SMALL_MODEL,
    ),
    Finding(
        "order_accuracy", MOBILENET, "Strategies differ in accuracy loss", "Kruskal-Wallis H = 2436", ("2436",),
        ("mobilenet",), relations.differing_strategies("accuracy_loss", 11.0, 2436, 4 * MOBILENET_RUNS), None,
        _SMALL_MODEL, accuracy=True,
    ),
    Finding(
        "first_layer", MOBILENET, "The first layer is the most sensitive (t = 5, 11)",
        "up to 58 pp; most layers < 1 pp", ("58", "1"), ("mobilenet",),
        relations.most_sensitive_layer((5.0, 11.0), 58), None, _SMALL_MODEL, accuracy=True,
    ),
    Finding(
        "lossless", ALL, "Energy of all solutions that lose no accuracy", "mean 2.16 pJ, far below 30 (one-sample t)",
        ("2.16", "30"), _ALL_WORKS, _LOSSLESS[0], _LOSSLESS[1], _SHORT,
        nothing_better="most of our solutions are for a different network, smaller than the original's MobileNetV2",
        accuracy=True,
    ),
    _untested(
        "other_kernel", "Energy of one kernel of our own network: the same search, median .055 pJ there",
        "single_filter_ours", measures.spread("energy", _N, "0.0034", "0.48", median="0.055"),
    ),
    _untested(
        "layers_energy", "Strategies differ in energy within layers", "mobilenet",
        relations.order_over_layers("energy", 0.0),
    ),
    _untested(
        "layers_accuracy", "Strategies differ in accuracy loss within layers", "mobilenet",
        relations.order_over_layers("accuracy_loss", 11.0), accuracy=True,
    ),
)  # fmt: skip
"""In the order of the page."""

NOT_HELD: Mapping[str, str] = {
    "1 h": "time per run of single_channel on a cluster node of unknown kind; its children are not published",
    "72 h": "time per run of layer_bypass on a node; we derive this work's budget from it, at the program's rate",
    "9 h": "time per run of le_selector; we derive this work's budget from it and the program's rate",
    "24 h": "time per run of all_layers; we derive this work's budget from it and the program's rate",
}
"""Published figures without a row, and why."""
