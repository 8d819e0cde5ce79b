"""How an evolution searches and when it stops."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.costs import QUANTA
from cgplab.cgp.evaluation import METRICS
from cgplab.cgp.kernels.layout import MEASURES, UNLIMITED
from cgplab.errors import InputError
from cgplab.numbers import real_number, shortened

WIRINGS: tuple[str, ...] = ("evolved", "nearest")
AS_BUILT: tuple[str, ...] = ("frozen", "free")
DEFAULT_ORDER: tuple[str, ...] = ("energy", "error", "delay", "gate_count")


@dataclass(frozen=True)
class Settings:
    """Search settings of one run.

    Parameters
    ----------
    threshold : int
        Error, in the metric, that is accepted: above it a smaller error wins and ties drift; within it
        ``order`` decides and ties do not drift.
    metric : {"SE", "MSE", "AE"}
    children : int
        Children per generation, lambda; at least 1.
    mutation_rate : float
        In (0, 1]. A child redraws k genes, k uniform in 0..ceil(rate * genes).
    generations : int, optional
        Limit for both phases together; default: none.
    patience : int, optional
        A phase ends after more generations than this without an improvement; default: never. The error
        phase then hands on to the energy phase at the error it reached.
    order : tuple of str
        Measures compared in turn within the threshold: any of error, energy, energy_per_op, area, delay,
        depth, gate_count.
    wiring : {"evolved", "nearest"}
        How outputs get their pins: as genes of the circuit, or each from the legal pin with the closest value.
    multiplex : bool
        The circuit is asked for each of the 256 values once, see :mod:`cgplab.cgp.multiplex`; evolved wiring
        only.
    as_built : {"frozen", "free"}, optional
        Search as the original program really does, its operators frozen or not, see :mod:`cgplab.cgp.as_built`;
        evolved wiring only. Default: as it was meant to.
    stops : {measure: limit}
        The run stops once the error is within the threshold and no measure named here exceeds its limit
        (pJ, um2, ns, or a number). Default: a perfect circuit of zero energy.

    Raises
    ------
    InputError
        A value is out of range.
    """

    threshold: int = 0
    metric: str = "SE"
    children: int = 4
    mutation_rate: float = 0.01
    generations: int | None = None
    patience: int | None = None
    order: tuple[str, ...] = DEFAULT_ORDER
    wiring: Literal["evolved", "nearest"] = "evolved"
    multiplex: bool = False
    as_built: Literal["frozen", "free"] | None = None
    stops: Mapping[str, float] = field(default_factory=lambda: {"error": 0, "energy": 0})

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise InputError(f"unknown error metric {self.metric!r}; allowed: {', '.join(METRICS)}")
        _check_whole("threshold", self.threshold, 0, UNLIMITED)
        _check_whole("children", self.children, 1, 10_000)
        for name in ("generations", "patience"):
            if getattr(self, name) is not None:
                _check_whole(name, getattr(self, name), 1, UNLIMITED)
        if not (isinstance(self.mutation_rate, (int, float)) and 0 < self.mutation_rate <= 1):
            raise InputError(f"the mutation rate must lie in (0, 1], not {self.mutation_rate}")
        if self.wiring not in WIRINGS:
            raise InputError(f"unknown wiring {self.wiring!r}; allowed: {', '.join(WIRINGS)}")
        if not isinstance(self.multiplex, bool):
            raise InputError(f"multiplex must be true or false, not {self.multiplex!r}")
        if self.multiplex and self.wiring != "evolved":
            raise InputError(f"multiplex fixes the outputs itself; use it with wiring evolved, not {self.wiring}")
        if self.as_built is not None:
            if self.as_built not in AS_BUILT:
                raise InputError(f"unknown as_built {self.as_built!r}; allowed: {', '.join(AS_BUILT)}")
            if self.wiring != "evolved":
                raise InputError(
                    f"the original evolves its outputs; use as_built with wiring evolved, not {self.wiring}"
                )
            if self.multiplex and self.as_built == "frozen":
                raise InputError("the original freezes no operators in multiplex mode; use as_built free")
        if not self.order or len(set(self.order)) != len(self.order):
            raise InputError(f"order must name at least one measure, each once, not {self.order!r}")
        for name in (*self.order, *self.stops):
            if name not in MEASURES:
                raise InputError(f"unknown measure {name!r}; allowed: {', '.join(MEASURES)}")
        for name, limit in self.stops.items():
            if not (limit >= 0 and math.isfinite(limit)):
                raise InputError(f"the early stop on {name} must be finite and at least 0, not {limit}")

    @property
    def order_codes(self) -> NDArray[np.int64]:
        """``order`` as indices of the kernels' measures."""
        return np.array([MEASURES.index(name) for name in self.order], dtype=np.int64)

    @property
    def stop_quanta(self) -> NDArray[np.int64]:
        """Limit of every measure in quanta; unlimited where ``stops`` is silent, unreachable if it is empty."""
        if not self.stops:
            return np.full(len(MEASURES), -1, dtype=np.int64)
        limits = np.full(len(MEASURES), UNLIMITED, dtype=np.int64)
        for name, limit in self.stops.items():
            quantum = float(QUANTA[name]) if name in QUANTA else 1.0
            scaled = limit / quantum + 0.5
            limits[MEASURES.index(name)] = math.floor(scaled) if scaled < UNLIMITED else UNLIMITED
        return limits

    def max_mutations(self, n_genes: int) -> int:
        """Most genes a child may redraw."""
        if self.as_built is not None:
            limit = np.float32(n_genes) * np.float32(self.mutation_rate)  # single precision there
            return int(np.floor(limit) if self.multiplex else np.ceil(limit))
        # Round first: .01 * 3900 may come out a hair above 39.
        return max(1, math.ceil(round(n_genes * self.mutation_rate, 9)))


def parse_stops(texts: Iterable[str]) -> dict[str, float]:
    """Early stops written ``MEASURE=LIMIT``, e.g. ``gate_count=20``.

    Raises
    ------
    InputError
        A text is not of this form; names and limits are checked by :class:`Settings`.
    """
    stops = {}
    for text in texts:
        name, equals, limit = text.partition("=")
        if not equals:
            raise InputError(f"early stop {shortened(text)!r} is not MEASURE=LIMIT, e.g. gate_count=1")
        stops[name.strip()] = real_number(limit, f"early stop {shortened(text)!r}: the limit")
    return stops


def _check_whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{name} must be a whole number, not {value!r}")
    if not least <= value <= most:
        raise InputError(f"{name} must lie between {least} and {most}, not {value}")
