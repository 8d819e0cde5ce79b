"""A study in notebooks: its runs, tables, figures and comparisons."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cgplab.analysis import Frames, best, where
from cgplab.analysis.mixture import check_comparable
from cgplab.errors import InputError
from cgplab.models import load_model
from cgplab.sealed import is_sealed, open_store
from cgplab.store import Run, Store
from cgplab.study.comparing import compare_runs, planned_comparison
from cgplab.study.document import LATEST
from cgplab.study.drawing import Drawing, Drawings
from cgplab.study.limits import Sentences, limits
from cgplab.study.scope import scope_of
from cgplab.study.sealed_studies import opened
from cgplab.study.tables import best_table, design_frame, overview, summary
from cgplab.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from cgplab.statistics import Comparison


class Study:
    """Runs of a study, or of a part of it.

    Parameters
    ----------
    name : str
        Study of the store, or one of those that ship with cgplab; ``latest``, ``all`` runs, or the path of a sealed
        study, ``FILE.cgplab``.
    store : Store or path, optional
        Default: the user's.
    conditions : sequence of str
        As of :func:`cgplab.analysis.where`, ``"grid=5x5,10x10"``.
    which
        The same by name: ``search="construct"``, ``strategy=[0, 5]``.

    Raises
    ------
    InputError
        There is no such study, or no run meets the conditions.

    Examples
    --------
    >>> study = Study("layer_bypass")  # doctest: +SKIP
    >>> study.summary(by="strategy")  # doctest: +SKIP
    >>> study.figure("missing_weights")  # doctest: +SKIP
    """

    def __init__(
        self, name: str = LATEST, store: Store | str | Path | None = None, conditions: Sequence[str] = (), **which: Any
    ) -> None:
        if is_sealed(Path(name)):
            store, name = opened(Path(name)), LATEST
        elif not isinstance(store, Store):
            store = open_store(store)
        self._scope = scope_of(store, name)
        everything = self._scope.frames()
        if everything["runs"].empty:
            raise InputError(f"{self._scope.title} holds no runs; make some with: cgplab evolve")
        self._choose(everything, everything["runs"], (), (*conditions, *_conditions(which)))

    def _choose(self, frames: Frames, table: "pd.DataFrame", before: Sequence[str], conditions: Sequence[str]) -> None:
        self._runs = where(table, conditions)
        self._frames = frames.subset(set(self._runs["id"]))
        self._told = (*before, *conditions)

    def where(self, **which: Any) -> Self:
        """The runs that meet further conditions."""
        part = type(self).__new__(type(self))
        part._scope = self._scope
        part._choose(self._frames, self._runs, self._told, _conditions(which))
        return part

    def __len__(self) -> int:
        return len(self._runs)

    def __repr__(self) -> str:
        return f"{self._scope.title}, {counted(len(self), 'run')}: {'; '.join(self._told) or 'all'}"

    @property
    def question(self) -> str:
        """Question of the study; empty for a batch or all runs."""
        return "" if self._scope.document is None else self._scope.document.question

    @property
    def design(self) -> "pd.DataFrame":
        """The design as a table, and how many of its runs are done and within budget; InputError for all runs."""
        found = self._scope.progress
        if found is None:
            raise InputError(f"{self._scope.title} has no design; give the name of a study")
        return design_frame(found)

    @property
    def runs(self) -> "pd.DataFrame":
        """Table of runs with the columns of ``cgplab.store.RUN_COLUMNS``."""
        return self._runs

    def frame(self, name: str) -> "pd.DataFrame":
        """Another frame over the same runs, ``progress`` for instance, by its name in ``cgplab.analysis.FRAMES``."""
        return self._frames[name]

    def overview(self) -> "pd.DataFrame":
        """What was searched, one row for each selection and search."""
        return overview(self._frames.runs, self.runs)

    @property
    def limits(self) -> Sentences:
        """Limits of the whole study; InputError if it is not a study."""
        scope = self._scope
        if scope.document is None or scope.completeness is None:
            raise InputError(f"{scope.title} has no design, so its limits are not known; give the name of a study")
        return Sentences(limits(scope.document, scope.completeness, scope.frames()["runs"]))

    def summary(self, by: str = "strategy", measures: Sequence[str] | None = None) -> "pd.DataFrame":
        """Median and quartiles of every measure by the values of a column, for each experiment by itself."""
        return summary(self.runs, by, measures)

    def best(self, by: Sequence[str] = ("model", "layer", "kernel", "strategy")) -> "pd.DataFrame":
        """Best run of each group, and how many it was chosen from; see :func:`cgplab.analysis.best`."""
        return best_table(self.runs, by)

    def figure(self, name: str) -> Drawing | Drawings:
        """Figure over the runs, or one for each of their experiments; see :func:`cgplab.study.drawn.drawn`."""
        from cgplab.study.drawn import drawn

        return drawn(name, self._frames)

    def compare(
        self, response: str, factor: str = "strategy", block: str | None = None, **options: Any
    ) -> "Comparison":
        """Compare a measure between the levels of a factor; see :func:`cgplab.statistics.compare`.

        Raises
        ------
        MixedError
            The runs belong to several experiments; narrow them with :meth:`where`.
        """
        return compare_runs(self._frames, response, factor, block, **options)

    def planned(self) -> "Comparison":
        """The planned comparison; see :func:`cgplab.study.comparing.planned_comparison`."""
        return planned_comparison(self._scope)

    def diagram(self, found: "Comparison") -> Drawing:
        """Critical-difference diagram of a comparison."""
        from cgplab.figures.critical_difference import caption_of, diagram
        from cgplab.statistics.words import plain

        title = f"Average ranks of {plain(found.samples.factor)}"
        return Drawing(
            diagram(found), "critical_difference", title, caption_of(found, "; ".join([self._scope.title, *self._told]))
        )

    @cached_property
    def _by_id(self) -> dict[str, Run]:
        return {run.id: run for run in self._frames.runs}

    def best_run(self, **which: Any) -> Run:
        """The best run of all, or of those that meet further conditions.

        Raises
        ------
        MixedError
            The runs differ in model, selection, cost table or error metric, so they cannot be ranked.
        """
        table = self.where(**which).runs.dropna(subset=["error"])
        if table.empty:
            raise InputError("none of these runs has a circuit yet; see: cgplab runs list")
        check_comparable(table)
        return self._by_id[best(table, ["selection"])["id"].iloc[0]]

    def weights(self, run: Run, layer: str | None = None) -> Drawing:
        """A layer's weights in the model, with the weights that a run infers, and their difference."""
        from cgplab.figures.weights import draw_weights

        found = run.weights()
        if not found:
            raise InputError(f"run {run.id} infers no weights of a model")
        name = layer or next(iter(found))
        if name not in found:
            raise InputError(f"run {run.id} infers no weights of {name!r}; layers: {', '.join(found)}")
        manifest = run.manifest
        title = (
            f"{manifest.model}, {name}: {manifest.selection}, t = {manifest.strategy:g}, {manifest.search}, grid "
            f"{manifest.grid}, seed {manifest.seed}"
        )
        original, inferred = load_model(manifest.model).int8_weights(name), found[name]
        output, channel = (manifest.parameters.get(parameter) for parameter in ("filter", "channel"))
        if isinstance(output, int) and isinstance(channel, int):
            place = (output, channel)
            title += f", kernel {manifest.kernel}"
            try:
                original, inferred = original[place], inferred[place]
            except IndexError as error:
                raise InputError(f"run {run.id} names kernel {manifest.kernel}, which {name} does not have") from error
        return Drawing(draw_weights(original, inferred, title), f"weights_{manifest.selection}", title)

    def circuit(self, run: Run, form: str = "latex") -> str:
        """Text of a run's circuit in a format of :data:`cgplab.export.FORMATS`."""
        from cgplab.export import format_by_name
        from cgplab.running import circuit_source

        return format_by_name(form).write(circuit_source(run))


def _conditions(which: Mapping[str, Any]) -> list[str]:
    return [f"{name}={_listed(value)}" for name, value in which.items()]


def _listed(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple, set, range)) else str(value)
