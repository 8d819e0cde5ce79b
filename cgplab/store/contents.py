"""What the JSON files beside a run's manifest and status hold: the schema that every reader relies on."""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from cgplab.schema import Amount, Checksum, Count, FileName, Finite, LongText, Name, Scalar, Text, Time
from cgplab.store.correctness import Packed
from cgplab.store.status import Status

Percent = Annotated[float, Meta(ge=0, le=100)]


class Accuracy(TypedDict):
    """Quality of a model with the inferred weights, on one data set and split; None where it is not known.

    ``top1``, ``top5`` and ``reference_top1`` are in per cent, ``accuracy_loss`` in percentage points, losses in nats.
    ``correct`` and ``reference_correct`` tell of each image whether it was classified correctly, with the inferred
    weights and with the model's own; see :mod:`cgplab.store.correctness`.
    """

    top1: Percent
    measured: Time
    top5: NotRequired[Percent | None]
    loss: NotRequired[Finite | None]
    n: NotRequired[Count | None]
    reference_top1: NotRequired[Percent | None]
    reference_loss: NotRequired[Finite | None]
    accuracy_loss: NotRequired[Finite | None]
    dataset_sha256: NotRequired[Checksum | None]
    correct: NotRequired[Packed | None]
    reference_correct: NotRequired[Packed | None]


Metrics = dict[Name, Accuracy]
"""By ``dataset/split``."""


class Estimated(TypedDict):
    """Sum over the gates of a circuit: um2, ns, pJ, pJ."""

    area: Amount
    delay: Amount
    energy: Amount
    energy_per_op: Amount | None


class Netlist(TypedDict):
    """Measures of a mapped netlist, see :class:`cgplab.hardware.synthesis.mapping.Synthesised`."""

    area: Amount
    delay: Amount
    power: Amount
    leakage: Amount
    energy_per_op: Amount
    energy: Amount
    cells: Count
    recipe: Name


class Synthesised(TypedDict):
    """A circuit's estimate beside its synthesis, inputs as ports and tied to constants."""

    library: Name
    costs: Text
    estimate: Estimated
    ports: Netlist
    tied: Netlist


Synthesis = dict[Name, Synthesised]
"""By library."""


class Annotations(TypedDict):
    """What people noted about a run."""

    tags: Annotated[list[Name], Meta(max_length=1000)]
    note: LongText


class Checksums(TypedDict):
    """SHA-256 of the files that no longer change, and the status that a run was sealed with."""

    files: Annotated[dict[FileName, Checksum], Meta(max_length=100)]
    status: Status | None


Event = dict[Name, Scalar]
"""A line of the events: ``time`` and ``event``, and whatever goes with that event."""


class ProgressRow(TypedDict):
    """A line of the progress; costs are None while the error is above the strategy's budget."""

    generation: Count
    error: Count | None
    energy: Amount | None
    area: Amount | None
    delay: Amount | None
    depth: Count | None
    gate_count: Count | None
    phase: Name | None
    seconds: Amount | None
