"""Runs that answer for a work: those that stores hold, and those that still have to be made."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cgplab.analysis.best import solved
from cgplab.analysis.runs import select_rows, table_of
from cgplab.reproduction.works import SIDES, Work
from cgplab.running import plan_runs
from cgplab.store import Manifest, Run, State, Store
from cgplab.store.row import accuracies_of

if TYPE_CHECKING:
    import pandas as pd

ENOUGH = 0.95
"""Share of a budget from which on it counts as spent."""

Held = list[tuple[Run, dict[str, Any]]]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Finished runs of one side of a work.

    Attributes
    ----------
    work : Work
    side : str
        One of :data:`cgplab.reproduction.SIDES`.
    runs : tuple of Run
    frame : pandas.DataFrame
        Table of these runs that have a circuit, with ``within`` and ``children``, the children evaluated by each run.
    """

    work: Work
    side: str
    runs: tuple[Run, ...]
    frame: "pd.DataFrame"

    @property
    def share(self) -> float | None:
        """Children of a run over those of the original; None where the original's are unknown or nothing was run."""
        if self.work.budget is None or self.frame.empty:
            return None
        return float(self.frame["children"].median()) / self.work.budget


@dataclass(frozen=True)
class Gap:
    """Runs that no store holds yet."""

    work: Work
    side: str
    manifests: tuple[Manifest, ...]


def gather(
    stores: Sequence[Store], works: Sequence[Work], runs: int, children: int | None
) -> tuple[dict[tuple[str, str], Evidence], list[Gap]]:
    """Look for the runs of works.

    A stored run serves whatever its seed, when it had the same weights, settings and costs and was given as many
    children, or met every goal before.

    Parameters
    ----------
    stores : sequence of Store
    works : sequence of Work
    runs, children
        See :meth:`cgplab.reproduction.Work.request`.

    Returns
    -------
    evidence : {(name of the work, side): Evidence}
    gaps : list of Gap
        What has to be run for all settings to have as many runs as wanted.
    """
    held: dict[str, Held] = {}
    table = select_rows(stores)
    for run, row in zip(table.runs, table.rows, strict=True):
        if row["state"] == State.FINISHED:
            held.setdefault(_setting(run.manifest), []).append((run, row))
    evidence, gaps = {}, []
    for work in works:
        for side in SIDES:
            planned: dict[str, list[Manifest]] = {}
            for manifest in plan_runs(work.request(side, runs, children)).manifests:
                planned.setdefault(_setting(manifest), []).append(manifest)
            found: Held = []
            missing: list[Manifest] = []
            for setting, manifests in planned.items():
                wanted = manifests[0].settings.get("generations") or 0
                serving = _longest([pair for pair in held.get(setting, []) if _given(pair[1], wanted)], len(manifests))
                seeds = {run.manifest.seed for run, _ in serving}
                fresh = [manifest for manifest in manifests if manifest.seed not in seeds]
                missing += fresh[: max(0, len(manifests) - len(serving))]
                found += serving
            evidence[work.name, side] = _evidence(work, side, found)
            if missing:
                gaps.append(Gap(work, side, tuple(missing)))
    return evidence, gaps


def _evidence(work: Work, side: str, found: Held) -> Evidence:
    name = work.accuracy_data.name(work.model)
    rows = [{**row, **accuracies_of(run.metrics(), name), "children": _children(run, row)} for run, row in found]
    frame = solved(table_of(rows).assign(children=[row["children"] for row in rows]))
    return Evidence(work, side, tuple(run for run, _ in found), frame)


def _children(run: Run, row: dict[str, Any]) -> int:
    return int(row["generation"] or 0) * int(run.manifest.settings.get("children") or 0)


def _setting(manifest: Manifest) -> str:
    """Text that runs of the same work and search share."""
    settings = manifest.settings
    return json.dumps(
        [
            manifest.model_sha256, manifest.selection, manifest.layer, manifest.parameters, manifest.strategy,
            manifest.metric, manifest.grid, manifest.l_back, manifest.costs_sha256, manifest.method, manifest.wiring,
            settings.get("multiplex"), settings.get("children"), settings.get("mutation_rate"), settings.get("order"),
            settings.get("start"),
        ],
        sort_keys=True, default=str,
    )  # fmt: skip


def _given(row: dict[str, Any], generations: float) -> bool:
    """Whether a run had so many generations, or met every goal before."""
    return bool(row["generation"] >= ENOUGH * generations or (row["error"] == 0 and row["energy"] == 0))


def _longest(serving: Held, runs: int) -> Held:
    """Runs of the longest search that enough of them had; shorter ones would only water the answer down."""
    generations = sorted((row["generation"] for _, row in serving), reverse=True)
    if not generations:
        return []
    most = generations[min(runs, len(generations)) - 1]
    return [pair for pair in serving if _given(pair[1], most)]
