"""Run a program step by step, and split it where some layers change.

A value that enters a layer is rounded to uint8 once, and whatever else uses it (the addition of a residual block, say)
sees the rounded value too: that is what 8-bit hardware keeps in memory. Layer sums, additions and pooling give real
numbers until their result enters the next layer.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from torch import Tensor

from cgplab.models.operations import FRESH, OPERATIONS, OVERWRITING
from cgplab.models.program import IMAGE, LAYER, Program, Step, referred

_CODES = ":codes"


class Arithmetic(Protocol):
    """How layers compute: in real numbers, in whole numbers, or in real numbers that were rounded."""

    rounds: bool  # whether what enters a layer is rounded
    overwrites: bool  # whether results may be written over values that nothing else uses: fresh memory is slow

    def encode(self, layer: str, x: Tensor, over: bool) -> Tensor:
        """Codes of the real numbers that enter ``layer``; ``over`` allows to write them over ``x``."""

    def decode(self, layer: str, codes: Tensor) -> Tensor:
        """Real numbers that the codes stand for."""

    def compute(self, step: Step, x: Tensor) -> Tensor:
        """Real-valued result of a layer for codes, or for real numbers where nothing is rounded."""


@dataclass(frozen=True)
class Operation:
    """One thing to do.

    Attributes
    ----------
    output : str
        Name of the value it gives.
    inputs : tuple of str
        Names of the values it uses.
    run : callable
        Takes the values in the order of ``inputs``.
    """

    output: str
    inputs: tuple[str, ...]
    run: Callable[..., Tensor]


class Network:
    """Operations in an order in which they can run.

    Parameters
    ----------
    operations : iterable of Operation
    results : collection of str
        Values that `run` returns.
    """

    def __init__(self, operations: Iterable[Operation], results: Collection[str]) -> None:
        self.operations = tuple(operations)
        self.results = tuple(results)
        last = {name: index for index, operation in enumerate(self.operations) for name in operation.inputs}
        self._finished: list[list[str]] = [[] for _ in self.operations]
        for name, index in last.items():
            if name not in self.results:
                self._finished[index].append(name)

    def run(
        self, given: Mapping[str, Tensor], *, before: Callable[[str, Tensor], None] | None = None
    ) -> dict[str, Tensor]:
        """The results for some given values; what no operation needs any more is dropped on the way.

        ``before`` is called with each operation's name and first input before it runs.
        """
        values = dict(given)
        for operation, finished in zip(self.operations, self._finished, strict=True):
            if before is not None:
                before(operation.output, values[operation.inputs[0]])
            values[operation.output] = operation.run(*(values[name] for name in operation.inputs))
            for name in finished:
                del values[name]
        return {name: values[name] for name in self.results}

    def split(self, layers: Collection[str]) -> tuple["Network", "Network"]:
        """What does not depend on ``layers``, and the rest, which starts from the results of the first."""
        changed: set[str] = set()
        for operation in self.operations:
            if operation.output in layers or changed.intersection(operation.inputs):
                changed.add(operation.output)
        tail = [operation for operation in self.operations if operation.output in changed]
        needed = {name for operation in tail for name in operation.inputs} - changed
        head = []
        wanted = set(needed)
        for operation in reversed(self.operations):
            if operation.output in wanted and operation.output not in changed:
                head.append(operation)
                wanted.update(operation.inputs)
        return Network(reversed(head), sorted(needed)), Network(tail, self.results)


def build(program: Program, arithmetic: Arithmetic) -> Network:
    """The network of ``program``; its input is the value ``image``, its one result the last step's."""
    first_layer: dict[str, str] = {}  # value -> the first layer it enters
    others: set[str] = set()  # values that also go elsewhere
    for step in program:
        if step.operation == LAYER:
            first_layer.setdefault(step.inputs[0], step.name)
        else:
            others.update(step.inputs)
    spare = _spare(program) if arithmetic.overwrites else frozenset()
    operations: list[Operation] = []
    names: dict[str, str] = {}  # value -> name under which steps other than layers find it

    def enter(value: str) -> None:
        names[value] = value
        if arithmetic.rounds and (layer := first_layer.get(value)) is not None:
            encode = partial(arithmetic.encode, layer, over=value in spare)
            operations.append(Operation(codes_of(value), (value,), encode))
            if value in others:
                names[value] = f"{value}:rounded"
                operations.append(Operation(names[value], (codes_of(value),), _bound(arithmetic.decode, layer)))

    enter(IMAGE)
    for step in program:
        if step.operation == LAYER:
            source = codes_of(step.inputs[0]) if arithmetic.rounds else step.inputs[0]
            operations.append(Operation(step.name, (source,), _bound(arithmetic.compute, step)))
        else:
            inputs = tuple(names[name] for name in step.inputs)
            over = OVERWRITING.get(step.operation) if len(inputs) == 1 and inputs[0] in spare else None
            operations.append(Operation(step.name, inputs, over or _call(step)))
        enter(step.name)
    return Network(operations, (program[-1].name,))


def codes_of(value: str) -> str:
    """Name of the rounded form of a value."""
    return f"{value}{_CODES}"


def is_codes(name: str) -> bool:
    """Whether a value is the rounded form of another one: whole numbers 0..255."""
    return name.endswith(_CODES)


def _spare(program: Program) -> frozenset[str]:
    """Values in memory of their own that one step uses, or layers alone, which see what it was rounded to."""
    uses = Counter(name for step in program for name in step.inputs)
    layers = Counter(step.inputs[0] for step in program if step.operation == LAYER)
    fresh = {step.name for step in program if step.operation == LAYER or step.operation in FRESH}
    return frozenset(name for name in fresh if uses[name] == 1 or layers[name])


def _bound(function: Callable[[Any, Tensor], Tensor], first: Any) -> Callable[[Tensor], Tensor]:
    return lambda x: function(first, x)


def _call(step: Step) -> Callable[..., Tensor]:
    function = OPERATIONS[step.operation]

    def run(*values: Tensor) -> Tensor:
        remaining = iter(values)

        def fill(argument: Any) -> Any:
            if isinstance(argument, list):
                return [fill(item) for item in argument]
            return argument if referred(argument) is None else next(remaining)

        return function(**{key: fill(argument) for key, argument in step.arguments.items()})

    return run
