"""What a run is: everything that was asked for, written once."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Self, TypedDict

from msgspec import Meta

from cgplab.errors import InputError
from cgplab.files import write_json
from cgplab.schema import (
    Amount,
    Checksum,
    Count,
    Finite,
    Grid,
    Identifier,
    Name,
    Scalar,
    Text,
    Time,
    convert_as,
    read_json,
)
from cgplab.store.cell import budget_of, cell_of, search_of

SCHEMA_VERSION = 1
_Few = Meta(max_length=1000)


class SearchSettings(TypedDict):
    """Search settings of a run, see :class:`cgplab.cgp.Settings`; None where an imported run does not tell.

    ``time_limit`` is in s of search, ``start`` the id of a run.
    """

    children: Count | None
    mutation_rate: Finite | None
    generations: Count | None
    patience: Count | None
    time_limit: Amount | None
    order: Annotated[list[Name], Meta(min_length=1, max_length=100)]
    wiring: Literal["evolved", "nearest"]
    multiplex: bool
    stops: Annotated[dict[Name, Amount], _Few]
    start: Identifier | None
    as_built: NotRequired[Literal["frozen", "free"]]
    experiment: NotRequired[Text]


@dataclass(frozen=True)
class Manifest:
    """Immutable description of a run.

    Attributes
    ----------
    id, batch : str
        ULIDs; runs made by one command share the batch.
    created : str
        UTC, ISO 8601.
    model : str
        Name or path given; ``model_sha256`` identifies its contents.
    layer : str
        Layer whose weights are inferred.
    selection : str
    parameters : dict
        Of the selection.
    strategy : float
        Error allowed per weight; ``threshold`` is what it allows the whole problem, in ``metric``.
    grid : str
        ``ROWSxCOLS``.
    seed : int
    method : str
    settings : dict
        Search settings: children, mutation_rate, generations, patience, time_limit (s), order, wiring,
        multiplex, stops, start (id of a run); as_built only where the run searches so.
    costs, costs_sha256 : str
        Cost table given, and the hash of its contents.
    n_inputs, n_outputs, missing_weights : int
        Sizes of the problem.
    versions, git, host : dict, dict or None, str
        What made the run.
    schema : int
        Version of this format.
    """

    id: Identifier
    batch: Identifier
    created: Time
    model: Text
    # Empty where an imported run belongs to no known model.
    model_sha256: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
    layer: Text
    selection: Name
    parameters: Annotated[dict[Name, Scalar | Annotated[list[Scalar], _Few]], _Few]
    strategy: Amount
    threshold: Count
    metric: Annotated[str, Meta(pattern=r"^(SE|MSE|AE)\Z")]
    grid: Grid
    l_back: Count
    seed: Count
    method: Name
    settings: SearchSettings
    costs: Text
    costs_sha256: Checksum
    n_inputs: Count
    n_outputs: Count
    missing_weights: Count
    versions: Annotated[dict[Name, Name], _Few]
    git: Annotated[dict[Name, Scalar], _Few] | None
    host: Name
    schema: int = SCHEMA_VERSION

    @property
    def kernel(self) -> str | None:
        """Filter and channel of the kernel, ``3,0``, where the selection takes one; of a whole channel ``*,0``."""
        channel = self.parameters.get("channel")
        return None if channel is None else f"{self.parameters.get('filter', '*')},{channel}"

    @property
    def wiring(self) -> str | None:
        """How outputs find their pins, see :class:`cgplab.cgp.Settings`; None where no gates are evolved."""
        return None if self.method == "construct" else self.settings.get("wiring")

    @property
    def search(self) -> str:
        """How circuits are found, see :func:`cgplab.store.cell.search_of`."""
        return search_of(self)

    @property
    def budget(self) -> str:
        """Limits of the search, see :func:`cgplab.store.cell.budget_of`."""
        return budget_of(self)

    @property
    def cell(self) -> str:
        """Key of all that determines the run but its seed, see :func:`cgplab.store.cell.cell_of`."""
        return cell_of(self)

    def write(self, path: Path) -> None:
        """Write as JSON."""
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read from JSON.

        Raises
        ------
        InputError
            Absent, damaged, of another schema version, or with fields missing, unknown or out of range.
        """
        return cls.from_fields(read_json(path), path)

    @classmethod
    def from_fields(cls, fields: Any, where: Path | str) -> Self:
        """From plain values, see :meth:`read`; ``where`` names their file in errors."""
        if not isinstance(fields, dict) or fields.get("schema") != SCHEMA_VERSION:
            found = fields.get("schema") if isinstance(fields, dict) else None
            raise InputError(f"{where} has schema {found!r}; this version of cgplab reads {SCHEMA_VERSION}")
        return convert_as(fields, cls, where)
