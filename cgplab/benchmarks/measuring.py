"""Everything that is measured of one workload."""

from dataclasses import dataclass
from statistics import median

from cgplab.benchmarks.quality import Quality, constructed_quality, evolved_quality
from cgplab.benchmarks.throughput import Bench
from cgplab.benchmarks.workloads import Workload
from cgplab.cgp import CostTable

PLAIN = "full"
ROUNDS = 3
SHORT: tuple[float, ...] = (2.0,)
LONG: tuple[float, ...] = (10.0, 60.0)


@dataclass(frozen=True)
class Row:
    """Measurements of one workload; rates in children per CPU-second, one core.

    Attributes
    ----------
    workload : str
    wiring : str
        Of the rates.
    kernel : str
        The chosen one; ``naive`` is the plain kernel that evaluates every gate of every child.
    naive, chosen : float
        Rates in the error phase, from the same random circuits.
    naive_energy_phase, chosen_energy_phase : float
        Rates in the energy phase at t = 5, from the same circuit.
    ratio, ratio_energy_phase : float
        Chosen by naive: median over rounds of the ratio within a round.
    aa_ratio : float
        Chosen by chosen, measured like ``ratio``: how far from 1 noise alone gets.
    evolved, nearest, construct : Quality
        Searches for an exact circuit: two wirings of evolution, and the constructive solver.
    """

    workload: str
    wiring: str
    kernel: str
    naive: float
    chosen: float
    ratio: float
    aa_ratio: float
    naive_energy_phase: float
    chosen_energy_phase: float
    ratio_energy_phase: float
    evolved: Quality
    nearest: Quality
    construct: Quality


def measure_workload(workload: Workload, costs: CostTable, seconds: float = 1.0, long: bool = False) -> Row:
    """Measure one workload.

    Parameters
    ----------
    workload : Workload
    costs : CostTable
    seconds : float
        CPU-seconds of each of the 15 measurements of a rate.
    long : bool
        Whether evolution is looked at after 10 and 60 CPU-seconds instead of 2.
    """
    bench = Bench(workload, costs)
    naive, first, second, naive_energy, chosen_energy = [], [], [], [], []
    for _ in range(ROUNDS):
        first.append(bench.rate(bench.chosen, "error", seconds))
        naive.append(bench.rate(PLAIN, "error", seconds))
        second.append(bench.rate(bench.chosen, "error", seconds))
        naive_energy.append(bench.rate(PLAIN, "energy", seconds))
        chosen_energy.append(bench.rate(bench.chosen, "energy", seconds))
    moments = LONG if long else SHORT
    return Row(
        workload=workload.name,
        wiring="evolved",
        kernel=bench.chosen,
        naive=median(naive),
        chosen=median(first),
        ratio=_ratio(first, naive),
        aa_ratio=_ratio(second, first),
        naive_energy_phase=median(naive_energy),
        chosen_energy_phase=median(chosen_energy),
        ratio_energy_phase=_ratio(chosen_energy, naive_energy),
        evolved=evolved_quality(workload, costs, "evolved", moments),
        nearest=evolved_quality(workload, costs, "nearest", moments),
        construct=constructed_quality(workload, costs),
    )


def _ratio(above: list[float], below: list[float]) -> float:
    return median(a / b for a, b in zip(above, below, strict=True))
