"""What a network computes, as a list of steps; plain data, so that a model file can carry it and no code.

A step has a name, an operation and arguments. An argument is a plain value, or a reference to what an earlier step
gave: its name after ``%``, alone or in a list. ``%image`` is the network's input; the last step gives the class scores.
A step whose operation is ``layer`` is a convolution or a fully connected layer of the same name.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from cgplab.errors import InputError

IMAGE = "image"
LAYER = "layer"


@dataclass(frozen=True)
class Step:
    """One operation of a network.

    Attributes
    ----------
    name : str
        Of the step and of the value it gives; a layer's own name for a layer.
    operation : str
        ``layer``, or one of `cgplab.models.operations.OPERATIONS`.
    arguments : dict
        Named as the operation's parameters; see the module.
    """

    name: str
    operation: str
    arguments: dict[str, Any]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the values it uses."""
        return tuple(_references(list(self.arguments.values())))


Program = tuple[Step, ...]


def to_json(program: Program) -> list[list[Any]]:
    """The program as JSON can hold it."""
    return [[step.name, step.operation, step.arguments] for step in program]


def from_json(value: Any, known: Collection[str] | None, *, origin: str) -> Program:
    """The program that `to_json` wrote.

    Parameters
    ----------
    value : decoded JSON
    known : collection of str, optional
        Operations there are, beside ``layer``; None does not check them.
    origin : str
        What an error message calls the source.

    Raises
    ------
    InputError
        No such list, an unknown operation, a name used twice, or a reference to nothing.
    """
    steps: list[Step] = []
    names = {IMAGE}
    for entry in value if isinstance(value, list) else [None]:
        match entry:
            case [str(name), str(operation), dict(arguments)]:
                step = Step(name, operation, arguments)
            case _:
                raise InputError(
                    f"{origin}: its program is not a list of [name, operation, arguments]; import it again"
                )
        if known is not None and operation != LAYER and operation not in known:
            raise InputError(f"{origin}: unknown operation {operation!r}; import it again with this version of cgplab")
        if name in names or not set(step.inputs) <= names:
            raise InputError(f"{origin}: step {name!r} of its program is out of order; import it again")
        steps.append(step)
        names.add(name)
    return tuple(steps)


def layer_names(program: Program) -> tuple[str, ...]:
    """Names of the layers in the order they run."""
    return tuple(step.name for step in program if step.operation == LAYER)


def reference(name: str) -> str:
    """How an argument refers to the value ``name``."""
    return f"%{name}"


def referred(argument: Any) -> str | None:
    """Name of the value that an argument refers to, None for a plain value."""
    return argument[1:] if isinstance(argument, str) and argument.startswith("%") else None


def _references(arguments: list[Any]) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, list):
            yield from _references(argument)
        elif (name := referred(argument)) is not None:
            yield name
