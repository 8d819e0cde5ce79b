"""The design of a study: cells times seeds; a cell is everything that determines a run except its seed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ulid import ULID

from cgplab.errors import InputError
from cgplab.models import load_model
from cgplab.running import Request, plan_runs
from cgplab.selections import selection_by_name
from cgplab.store import Manifest
from cgplab.study.document import Document

MOST_RUNS = 100_000
"""Runs that a study can have without ``--yes``."""
MOST_CELLS = 100_000
"""Cells that a study can have: every command plans all of them again."""

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
        Layers that ``all`` leaves out because the selection cannot use them.
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
        cells: dict[str, Cell] = {}
        left_out: dict[str, str] = {}
        try:
            for request, seeds in document.requests():
                n_cells = _least_cells(request)
                _check_number(document, n_cells, "cell", MOST_CELLS)
                _check_number(document, n_cells * len(seeds), "run", most)
                planned = plan_runs(request)
                left_out |= planned.left_out
                for manifest in planned.manifests:
                    key = manifest.cell
                    cells[key] = Cell(key, manifest, _joined(cells[key].seeds if key in cells else (), seeds))
                found = cls(tuple(cells.values()), left_out)
                _check_number(document, len(found.cells), "cell", MOST_CELLS)
                _check_number(document, found.n_runs, "run", most)
        except InputError as error:
            raise InputError(f"study {document.name} cannot be carried out: {error}") from error
        return found

    @classmethod
    def of_manifests(cls, manifests: Iterable[Manifest]) -> "Design":
        """Design of the cells and seeds of some manifests, in their order."""
        cells: dict[str, Cell] = {}
        for manifest in manifests:
            key = manifest.cell
            before = cells[key].seeds if key in cells else ()
            cells[key] = Cell(key, manifest, _joined(before, (manifest.seed,)))
        return cls(tuple(cells.values()))

    @cached_property
    def by_key(self) -> Mapping[str, Cell]:
        """Cells by their keys."""
        return {cell.key: cell for cell in self.cells}

    @cached_property
    def _seeds(self) -> Mapping[str, frozenset[int]]:
        """Seeds by cell; cells with the same seeds share them."""
        shared: dict[int, frozenset[int]] = {}
        for cell in self.cells:
            if id(cell.seeds) not in shared:
                shared[id(cell.seeds)] = frozenset(cell.seeds)
        return {cell.key: shared[id(cell.seeds)] for cell in self.cells}

    def __contains__(self, place: Place) -> bool:
        """Whether a cell and seed belong to the design."""
        key, seed = place
        return key in self._seeds and seed in self._seeds[key]

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


def _least_cells(request: Request) -> int:
    """Cells of a request, known before anything is planned; grids that depend on the weights may make more of them."""
    variants, _ = selection_by_name(request.selection).variants(load_model(request.model), request.parameters)
    return len(variants) * len(request.strategies) * max(1, len(request.grids))


def _joined(before: tuple[int, ...], seeds: tuple[int, ...]) -> tuple[int, ...]:
    """Seeds, each once; the tuple itself where nothing is added, since cells are many and seeds may be."""
    return seeds if before in ((), seeds) else tuple(dict.fromkeys((*before, *seeds)))


def _check_number(document: Document, n: int, noun: str, most: int | None) -> None:
    if most is not None and n > most:
        fewer = "name fewer seeds, strategies, grids or layers"
        way = f"{fewer}, or allow it with --yes" if noun == "run" else f"{fewer}, or split it into several studies"
        raise InputError(f"it has {n:,} {noun}s or more, above the limit of {most:,}; {way}")
