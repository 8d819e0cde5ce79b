"""What a run is: everything that was asked for, written once."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from cgplab.errors import InputError
from cgplab.files import read_json, write_json

SCHEMA_VERSION = 1


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
        multiplex, stops, start (id of a run).
    costs, costs_sha256 : str
        Cost table given, and the hash of its contents.
    n_inputs, n_outputs, missing_weights : int
        Sizes of the problem.
    versions, git, host : dict, dict or None, str
        What made the run.
    schema : int
        Version of this format.
    """

    id: str
    batch: str
    created: str
    model: str
    model_sha256: str
    layer: str
    selection: str
    parameters: dict[str, Any]
    strategy: float
    threshold: int
    metric: str
    grid: str
    l_back: int
    seed: int
    method: str
    settings: dict[str, Any]
    costs: str
    costs_sha256: str
    n_inputs: int
    n_outputs: int
    missing_weights: int
    versions: dict[str, str]
    git: dict[str, Any] | None
    host: str
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

    def write(self, path: Path) -> None:
        """Write as JSON."""
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read from JSON.

        Raises
        ------
        InputError
            Absent, damaged, of another schema version, or with fields missing or unknown.
        """
        fields = read_json(path)
        if not isinstance(fields, dict) or fields.get("schema") != SCHEMA_VERSION:
            found = fields.get("schema") if isinstance(fields, dict) else None
            raise InputError(f"{path} has schema {found!r}; this version of cgplab reads {SCHEMA_VERSION}")
        try:
            return cls(**fields)
        except TypeError as error:
            raise InputError(f"{path} is not a run manifest: {error}") from error
