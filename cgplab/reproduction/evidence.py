"""Runs that answer for a work: those that stores hold, and those that still have to be made."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cgplab.analysis.best import solved
from cgplab.analysis.image_losses import image_losses
from cgplab.analysis.runs import select_rows, table_of
from cgplab.reproduction.works import Work
from cgplab.running import plan_runs
from cgplab.store import Manifest, Run, State, Store
from cgplab.store.row import accuracies_of

if TYPE_CHECKING:
    import pandas as pd

ENOUGH = 0.95
"""Share of a budget from which on it counts as spent."""


@dataclass(frozen=True)
class Held:
    """A finished run, its row, and the name of the store or study that holds it."""

    run: Run
    row: dict[str, Any]
    source: str

    @property
    def generations(self) -> int:
        """Done by the run."""
        return int(self.row["generation"] or 0)

    @property
    def budget(self) -> int:
        """Generations it was given: its limit, if it had them or ended early since nothing was left to gain."""
        limit = self.run.manifest.settings.get("generations") or 0
        ended = self.row["energy"] == 0 and self.row["error"] <= self.run.manifest.threshold
        return limit if ended or self.generations >= ENOUGH * limit else self.generations


@dataclass(frozen=True, eq=False)
class Evidence:
    """Finished runs of one side of a work.

    Attributes
    ----------
    work : Work
    side : str
        One of :meth:`cgplab.reproduction.Work.sides`.
    held : tuple of Held
    frame : pandas.DataFrame
        Table of these runs that have a circuit, with ``within``, ``children`` (given to each run), and for every
        data set that the network was measured on ``reference DATASET`` (its own top-1, per cent) and
        ``images DATASET``; ``image_loss`` as in the frame ``image_losses``.
    """

    work: Work
    side: str
    held: tuple[Held, ...]
    frame: "pd.DataFrame"

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs alone."""
        return tuple(one.run for one in self.held)

    @property
    def share(self) -> float | None:
        """Children of a run over those of the original; None where the original's are unknown or nothing was run."""
        if self.work.budget is None or self.frame.empty:
            return None
        return float(self.frame["children"].median()) / self.work.budget

    @property
    def per_setting(self) -> list[int]:
        """Runs of each setting that has any."""
        return list(Counter(_setting(one.run.manifest) for one in self.held).values())

    @property
    def sources(self) -> dict[str, int]:
        """Runs by the store or study that holds them."""
        return dict(Counter(one.source for one in self.held))

    @property
    def versions(self) -> dict[str, int]:
        """Runs by the version of cgplab that made them, and its commit where that is known."""
        return dict(Counter(_version(one.run.manifest) for one in self.held))

    @property
    def seeds(self) -> list[int]:
        """Seeds of the runs, each once, sorted."""
        return sorted({one.run.manifest.seed for one in self.held})


@dataclass(frozen=True)
class Gap:
    """Runs that no store holds yet."""

    work: Work
    side: str
    manifests: tuple[Manifest, ...]


def gather(
    stores: Mapping[str, Store], works: Sequence[Work], runs: int, children: int | None, as_built: bool = False
) -> tuple[dict[tuple[str, str], Evidence], list[Gap]]:
    """Look for the runs of works.

    Runs that answer had the same weights, settings and costs, whatever their seeds, and one budget: the longest that
    enough of them had, else the one that is asked for, else that of most. A seed counts once, with its longest run,
    since a shorter run of the same seed is the beginning of the same search.

    Parameters
    ----------
    stores : {name: Store}
        A run that several hold counts for the first.
    works : sequence of Work
    runs, children
        See :meth:`cgplab.reproduction.Work.request`.
    as_built : bool
        Whether to look for the runs of the original's program as built too.

    Returns
    -------
    evidence : {(name of the work, side): Evidence}
    gaps : list of Gap
        What has to be run for all settings to have as many runs as wanted.
    """
    held = _held(stores)
    evidence, gaps = {}, []
    for work in works:
        for side in work.sides(as_built):
            planned: dict[str, list[Manifest]] = {}
            for manifest in plan_runs(work.request(side, runs, children)).manifests:
                planned.setdefault(_setting(manifest), []).append(manifest)
            found: list[Held] = []
            missing: list[Manifest] = []
            for setting, manifests in planned.items():
                asked = manifests[0].settings.get("generations") or 0
                chosen = _of_one_budget(held.get(setting, []), len(manifests), asked)
                found += chosen
                serving = [one for one in chosen if one.budget >= ENOUGH * asked]
                seeds = {one.run.manifest.seed for one in serving}
                fresh = [manifest for manifest in manifests if manifest.seed not in seeds]
                missing += fresh[: max(0, len(manifests) - len(serving))]
            evidence[work.name, side] = _evidence(work, side, found)
            if missing:
                gaps.append(Gap(work, side, tuple(missing)))
    return evidence, gaps


def _held(stores: Mapping[str, Store]) -> dict[str, list[Held]]:
    """Finished runs of all stores by setting, each once."""
    held: dict[str, list[Held]] = {}
    seen: set[str] = set()
    for name, store in stores.items():
        table = select_rows(store)
        for run, row in zip(table.runs, table.rows, strict=True):
            if row["state"] == State.FINISHED and run.id not in seen:
                seen.add(run.id)
                held.setdefault(_setting(run.manifest), []).append(Held(run, row, name))
    return held


def _of_one_budget(held: Sequence[Held], wanted: int, asked: int) -> list[Held]:
    """Runs of one budget, each seed once; see :func:`gather`."""
    groups = [_like(held, budget) for budget in sorted({one.budget for one in held}, reverse=True)]
    enough = [group for group in groups if len(group) >= wanted]
    return enough[0] if enough else _like(held, asked) or max(groups, key=len, default=[])


def _like(held: Sequence[Held], budget: int) -> list[Held]:
    """Runs of a budget; each seed once, with its longest run."""
    by_seed: dict[int, Held] = {}
    for one in held:
        best = by_seed.get(one.run.manifest.seed)
        alike = ENOUGH * budget <= one.budget <= budget / ENOUGH
        if alike and (best is None or one.budget > best.budget):
            by_seed[one.run.manifest.seed] = one
    return list(by_seed.values())


def _evidence(work: Work, side: str, found: Sequence[Held]) -> Evidence:
    import pandas as pd

    name = work.accuracy_data.name(work.model)
    rows, beside = [], []
    for one in found:
        metrics = one.run.metrics()
        rows.append({**one.row, **accuracies_of(metrics, name)})
        references = {f"reference {dataset}": known["reference_top1"] for dataset, known in metrics.items()}
        images = {f"images {dataset}": known["n"] for dataset, known in metrics.items()}
        beside.append({"children": _children(one), **references, **images})
    columns = pd.DataFrame(beside) if beside else pd.DataFrame(columns=["children"])
    table = image_losses(table_of(rows), (one.run for one in found))
    return Evidence(work, side, tuple(found), solved(pd.concat([table, columns], axis=1)))


def _children(one: Held) -> int:
    return one.budget * int(one.run.manifest.settings.get("children") or 0)


def _version(manifest: Manifest) -> str:
    version = f"cgplab {manifest.versions.get('cgplab', '?')}"
    git = manifest.git
    return version if git is None else f"{version} ({str(git['sha'])[:7]}{', changed' if git.get('dirty') else ''})"


def _setting(manifest: Manifest) -> str:
    """Text that runs of the same work and search share, whatever their seed, budget and early stops."""
    settings = manifest.settings
    return json.dumps(
        [
            manifest.model_sha256, manifest.selection, manifest.layer, manifest.parameters, manifest.strategy,
            manifest.metric, manifest.grid, manifest.l_back, manifest.costs_sha256, manifest.method, manifest.wiring,
            settings.get("multiplex"), settings.get("children"), settings.get("mutation_rate"), settings.get("order"),
            settings.get("start"), settings.get("as_built"),
        ],
        sort_keys=True, default=str,
    )  # fmt: skip
