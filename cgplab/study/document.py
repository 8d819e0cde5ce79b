"""What a study is: a small TOML file that names a question and the runs that answer it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from cgplab.analysis import BLOCKS, FACTORS, RESPONSES
from cgplab.analysis.filtering import split_condition
from cgplab.errors import InputError
from cgplab.hardware import DEFAULT_COSTS
from cgplab.numbers import shortened
from cgplab.running import AccuracyData, Request
from cgplab.running.request import MOST_SEED
from cgplab.schema import Amount, Count, Finite, Name, Scalar, Text, Word, toml_as, toml_text_as
from cgplab.selections import selection_by_name
from cgplab.store import RUN_COLUMNS

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
LATEST, EVERYTHING = "latest", "all"
"""Words that stand for a study where its name is asked for."""
RESERVED = (LATEST, EVERYTHING)
MOST_SEEDS = 1_000_000
MOST_BYTES = 1 << 20
"""Of a study's file."""
_Few = Meta(min_length=1, max_length=10_000)
_SEEDS = re.compile(r"([0-9]{1,19})(?:-([0-9]{1,19}))?")
_Seeds = Annotated[list[Count], _Few] | Annotated[str, Meta(max_length=1000)]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Limits of one run; a limit that is left out does not apply."""

    generations: Count | None = None
    patience: Count | None = None
    seconds: Amount | None = None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Settings that all searches of a study share, or that one search sets; see :class:`cgplab.running.Request`.

    ``seeds`` is a list, or a string such as ``"1-30"`` or ``"1-5, 9"``. For None the request's default holds.
    """

    layers: Annotated[list[Word], _Few] | None = None
    strategies: Annotated[list[Amount], _Few] | None = None
    grids: Annotated[list[Name], _Few] | None = None
    seeds: _Seeds | None = None
    method: Name | None = None
    wiring: Name | None = None
    multiplex: bool | None = None
    as_built: Name | None = None
    objective: Name | None = None
    budget: Budget | None = None
    children: Count | None = None
    mutation_rate: Finite | None = None
    l_back: Count | None = None
    stops: Annotated[dict[Name, Amount], Meta(max_length=100)] | None = None


@dataclass(frozen=True, kw_only=True)
class Search(Choices):
    """One search; its settings override those of the study."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The comparison that the study was planned for; see :func:`cgplab.statistics.compare`.

    ``where`` holds conditions that select the runs, such as ``search=nearest wiring``.
    """

    response: Name
    factor: Name = "strategy"
    block: Name | None = None
    where: Annotated[list[Text], Meta(max_length=100)] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Images that accuracy is measured on, see :class:`cgplab.running.AccuracyData`, unless it is not measured."""

    measured: bool = True
    dataset: Text | None = None
    split: Name = "test"
    images: Count | None = None


@dataclass(frozen=True, kw_only=True)
class Document(Choices):
    """A study as it is written down.

    Attributes
    ----------
    name : str
        Letters, digits, ``-`` and ``_``; also the name of its file.
    question : str
        Question that the study answers, in one sentence.
    models : list of str
    selection : str
    parameters : dict
        Of the selection, without its layers.
    costs, metric : str
    searches : list of Search
        Searches that are compared; if empty, one search with the settings of the study.
    accuracy : Accuracy
    comparison : Comparison, optional
    """

    name: Name
    question: Word
    models: Annotated[list[Text], Meta(min_length=1, max_length=1000)]
    selection: Name
    parameters: dict[Name, Scalar] = field(default_factory=dict)
    costs: Text = DEFAULT_COSTS
    metric: Name = "SE"
    searches: Annotated[list[Search], Meta(max_length=1000)] = field(default_factory=list)
    accuracy: Accuracy = Accuracy()
    comparison: Comparison | None = None

    @property
    def accuracy_data(self) -> AccuracyData | None:
        """Images that accuracy is measured on; None: it is not measured."""
        if not self.accuracy.measured:
            return None
        return AccuracyData(self.accuracy.dataset, self.accuracy.split, self.accuracy.images)

    def resolved(self) -> list[Choices]:
        """Settings of every search, completed by those of the study."""
        own = {one.name: getattr(self, one.name) for one in fields(Choices)}
        return [
            Choices(**{name: value if (said := getattr(search, name)) is None else said for name, value in own.items()})
            for search in self.searches or [Search()]
        ]

    def requests(self) -> list[tuple[Request, tuple[int, ...]]]:
        """Request of every model and search, with its seeds; each request is for the first seed.

        Raises
        ------
        InputError
            A method, selection or seed is not allowed.
        """
        return [
            (_request(self, model, choices), seeds_of(choices)) for model in self.models for choices in self.resolved()
        ]


def read_document(path: Path) -> Document:
    """Read a study's file.

    Raises
    ------
    InputError
        It is missing, not TOML, or has a value that is not allowed; the message names key, value and what is allowed.
    """
    return _checked(toml_as(path, Document, MOST_BYTES), path)


def document_of(data: bytes, where: Path | str) -> Document:
    """Study of a file's bytes; ``where`` names them in errors, see :func:`read_document`."""
    return _checked(toml_text_as(data, Document, where), where)


def check_name(name: str) -> str:
    """Return the name of a study; InputError if it is not allowed."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise InputError(
            f"{shortened(name)!r} is not a valid study name: use at most 64 letters, digits, '-' and '_', beginning "
            f"with a letter or digit; reserved: {', '.join(RESERVED)}"
        )
    return name


def seeds_of(choices: Choices) -> tuple[int, ...]:
    """Seeds in the order they are named, each once.

    Raises
    ------
    InputError
        A string is not of the form ``1-30`` or ``1-5, 9``, or the seeds are repeated or too many.
    """
    if choices.seeds is None:
        return (1,)
    if not isinstance(choices.seeds, str):
        if max(choices.seeds) > MOST_SEED:
            raise InputError(f"seeds must lie between 0 and {MOST_SEED}, not {max(choices.seeds)}")
        return _each_once(choices.seeds)
    seeds: list[int] = []
    for part in choices.seeds.split(","):
        match = _SEEDS.fullmatch(part.strip())
        if match is None:
            raise InputError(f"seeds {shortened(choices.seeds)!r} must be a list, or a text such as '1-30' or '1-5, 9'")
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last <= MOST_SEED:
            raise InputError(f"seeds {shortened(part.strip())!r} must be a range from low to high, up to {MOST_SEED}")
        if last - first >= MOST_SEEDS - len(seeds):
            raise InputError(
                f"a study can have at most {MOST_SEEDS:,} seeds; {shortened(choices.seeds)!r} has more: name fewer"
            )
        seeds += range(first, last + 1)
    return _each_once(seeds)


def _each_once(seeds: Sequence[int]) -> tuple[int, ...]:
    counts = Counter(seeds)
    if len(counts) != len(seeds):
        raise InputError(f"seeds name {counts.most_common(1)[0][0]} twice; name each seed once")
    return tuple(seeds)


def _checked(document: Document, where: Path | str) -> Document:
    """The same document; InputError for what the types of its fields do not tell."""
    try:
        check_name(document.name)
        for request, _ in document.requests():
            request.check()
        _ = document.accuracy_data
        comparison = document.comparison
        if comparison is not None:
            _check_choice("comparison.response", comparison.response, RESPONSES)
            _check_choice("comparison.factor", comparison.factor, FACTORS)
            if comparison.block is not None:
                _check_choice("comparison.block", comparison.block, BLOCKS)
            if comparison.block == comparison.factor:
                raise InputError(
                    f"comparison.block must differ from the factor {comparison.factor}; name another column"
                )
            for condition in comparison.where:
                split_condition(condition, [column.name for column in RUN_COLUMNS])
    except InputError as error:
        raise InputError(f"{where} is wrong: {error}") from error
    return document


def _check_choice(key: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise InputError(f"{key} must be one of {', '.join(allowed)}, not {shortened(value)!r}")


def _request(document: Document, model: str, choices: Choices) -> Request:
    """What a model and search ask for, for the first seed."""
    selection = selection_by_name(document.selection)
    parameters: dict[str, Any] = dict(document.parameters)
    for name in ("layer", "layers"):
        if name in parameters:
            raise InputError(f"parameters.{name} must be the key layers of the study, a list of names")
    if choices.layers is not None:
        parameters |= selection.layer_parameters(choices.layers)
    budget = choices.budget or Budget()
    given: dict[str, Any] = {
        "method": choices.method,
        "wiring": choices.wiring,
        "multiplex": choices.multiplex,
        "as_built": choices.as_built,
        "objective": choices.objective,
        "children": choices.children,
        "mutation_rate": choices.mutation_rate,
        "l_back": choices.l_back,
        "stops": choices.stops,
    }
    return Request(
        model=model,
        selection=document.selection,
        strategies=choices.strategies or (0.0,),
        parameters=parameters,
        grids=choices.grids or (),
        seed=seeds_of(choices)[0],
        metric=document.metric,
        costs=document.costs,
        generations=budget.generations,
        patience=budget.patience,
        time_limit=budget.seconds,
        **{name: value for name, value in given.items() if value is not None},
    )
