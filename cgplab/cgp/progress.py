"""What a run tells while it goes on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cgplab.cgp.costs import to_real
from cgplab.cgp.kernels.layout import (
    ACCEPTED,
    CHILDREN,
    GENERATION,
    IMPROVED,
    LOGGED,
    MEASURES,
    NEUTRAL,
    REJECTED_EARLY,
)

if TYPE_CHECKING:
    from cgplab.cgp.kernels.interface import Kernel

Phase = Literal["error", "energy"]
Reason = Literal["generations", "patience", "early stop", "time limit"]


@dataclass(frozen=True)
class Improvement:
    """One improvement of the parent; costs are None while the error is above the threshold."""

    generation: int
    error: int
    energy: float | None
    area: float | None
    delay: float | None
    depth: int | None
    gate_count: int | None


@dataclass(frozen=True)
class Progress:
    """State of a run after a slice.

    Attributes
    ----------
    generation, children, accepted, improved : int
        Since the start: generations, children proposed, generations with a new parent, of these by a
        strictly better child.
    neutral, rejected_early : int
        Children that were known to equal their parent, or to be unacceptable, before they were evaluated
        completely; 0 on the plain kernel, which evaluates every child.
    phase : {"error", "energy"}
    threshold : int
        In force; higher than the settings' if the error phase ran out of patience.
    error : int
        Of the parent.
    energy, area, delay : float or None
        Of the parent, pJ, um2, ns; None while its error is above the threshold.
    gate_count : int or None
        None like the costs.
    active_gates : int
        Of the parent, in either phase.
    seconds : float
        Spent searching, compilation apart; goes on across checkpoints.
    kernel : str
        Name of the kernel that searches.
    improvements : tuple of Improvement
        New since the last slice.
    finished : reason or None
    """

    generation: int
    children: int
    accepted: int
    improved: int
    neutral: int
    rejected_early: int
    phase: Phase
    threshold: int
    error: int
    energy: float | None
    area: float | None
    delay: float | None
    gate_count: int | None
    active_gates: int
    seconds: float
    kernel: str
    improvements: tuple[Improvement, ...]
    finished: Reason | None


def progress_of(
    kernel: "Kernel", phase: Phase, threshold: int, active_gates: int, seconds: float, finished: Reason | None
) -> Progress:
    """Progress of a kernel since its log was last emptied."""
    counters = kernel.counters
    now = improvement_of(int(counters[GENERATION]), kernel.measures.tolist())
    log = kernel.log[: counters[LOGGED]]
    return Progress(
        generation=now.generation,
        children=int(counters[CHILDREN]),
        accepted=int(counters[ACCEPTED]),
        improved=int(counters[IMPROVED]),
        neutral=int(counters[NEUTRAL]),
        rejected_early=int(counters[REJECTED_EARLY]),
        phase=phase,
        threshold=threshold,
        error=now.error,
        energy=now.energy,
        area=now.area,
        delay=now.delay,
        gate_count=now.gate_count,
        active_gates=active_gates,
        seconds=seconds,
        kernel=kernel.name,
        improvements=tuple(improvement_of(row[0], row[1:]) for row in log.tolist()),
        finished=finished,
    )


def improvement_of(generation: int, measures: list[int]) -> Improvement:
    """Improvement from a kernel's measures, (N_MEASURES,) in quanta."""
    values = dict(zip(MEASURES, measures, strict=True))
    known = values["energy"] >= 0
    return Improvement(
        generation=generation,
        error=values["error"],
        energy=to_real(values["energy"], "energy") if known else None,
        area=to_real(values["area"], "area") if known else None,
        delay=to_real(values["delay"], "delay") if known else None,
        depth=values["depth"] if known else None,
        gate_count=values["gate_count"] if known else None,
    )
