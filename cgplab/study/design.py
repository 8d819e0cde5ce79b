"""The design of a study: cells, which are everything that determines a run but its seed, times seeds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ulid import ULID

from cgplab.errors import InputError
from cgplab.running import plan_runs
from cgplab.store import Manifest
from cgplab.study.document import Document

MOST_RUNS = 100_000
"""Runs of a study that are made without a further question."""

Place = tuple[str, int]
"""Cell and seed: the place of one run in a design."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell.

    Attributes
    ----------
    key : str
        See :func:`cgplab.store.cell.cell_of`.
    template : Manifest
        Of its runs; without id, and for any seed.
    seeds : tuple of int
    """

    key: str
    template: Manifest
    seeds: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Design:
    """Cells of a study, layers and kernels outermost within each search, in the order they are carried out.

    Attributes
    ----------
    cells : tuple of Cell
    left_out : {layer: reason}
        Layers that ``all`` does not take in, since the selection cannot use them.
    """

    cells: tuple[Cell, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, most: int | None = MOST_RUNS) -> "Design":
        """Design of a study.

        Parameters
        ----------
        document : Document
        most : int, optional
            Runs allowed; default: :data:`MOST_RUNS`. None allows any number.

        Raises
        ------
        InputError
            A cell is impossible, a name is unknown, or there are too many runs.
        """
        requests = document.requests()
        # Known before anything is planned: models, selections and grids may make more of them, never fewer.
        least = sum(len(seeds) * len(asked.strategies) * max(1, len(asked.grids)) for asked, seeds in requests)
        _check_number(document, least, most)
        cells: dict[str, Cell] = {}
        left_out: dict[str, str] = {}
        for request, seeds in requests:
            try:
                planned = plan_runs(request)
            except InputError as error:
                raise InputError(f"study {document.name} cannot be carried out: {error}") from error
            left_out |= planned.left_out
            for manifest in planned.manifests:
                key = manifest.cell
                before = cells[key].seeds if key in cells else ()
                cells[key] = Cell(key, manifest, (*before, *(seed for seed in seeds if seed not in before)))
        found = cls(tuple(cells.values()), left_out)
        _check_number(document, found.n_runs, most)
        return found

    @cached_property
    def places(self) -> frozenset[Place]:
        """Every cell and seed."""
        return frozenset((cell.key, seed) for cell in self.cells for seed in cell.seeds)

    @property
    def n_runs(self) -> int:
        """Runs in all."""
        return sum(len(cell.seeds) for cell in self.cells)

    def manifests(self, places: Iterable[Place]) -> Iterator[Manifest]:
        """Manifests of new runs for some places, in the order of the design; they share a batch."""
        wanted, batch = set(places), str(ULID())
        for cell in self.cells:
            for seed in cell.seeds:
                if (cell.key, seed) in wanted:
                    yield replace(cell.template, id=str(ULID()), batch=batch, seed=seed)


def _check_number(document: Document, n: int, most: int | None) -> None:
    if most is not None and n > most:
        raise InputError(
            f"study {document.name} has {n:,} runs or more, above {most:,}; name fewer seeds, strategies, grids or "
            "layers, or say that you mean it with --yes"
        )
