"""Which model and selection an experiment of the original belongs to; its files do not say."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgplab.cgp import Problem
from cgplab.errors import InputError
from cgplab.models import StoredModel, load_model
from cgplab.selections import ALL, SELECTIONS, Selected, selection_by_name

UNKNOWN = "unknown"
"""Model, layer or selection that the original's files do not name."""


@dataclass(frozen=True, eq=False)
class Origin:
    """Model and selection that an experiment belongs to, where they are known."""

    model: StoredModel | None
    model_name: str
    selection: str
    parameters: Mapping[str, Any]
    selected: Selected | None

    @property
    def layer(self) -> str:
        """Layer whose weights are inferred."""
        return UNKNOWN if self.selected is None else self.selected.layer


def find_origin(
    problem: Problem,
    name: str,
    model_name: str | None = None,
    selection: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Origin:
    """Model and selection of an experiment.

    Parameters
    ----------
    problem : Problem
        From its ``train.data``.
    name : str
        Of the experiment; a selection's name in it is believed when nothing else tells the selection.
    model_name, selection : str, optional
        With a model but no selection, every selection is tried on every layer.
    parameters : dict, optional
        Of the selection.

    Raises
    ------
    InputError
        Unknown model or selection, or no selection gives the problem; nothing is guessed.
    """
    given = dict(parameters or {})
    if model_name is None:
        if given:
            raise InputError("parameters belong to a selection; name the model and the selection too")
        named = next((part for part in Path(name).parts if part in SELECTIONS), UNKNOWN)
        return Origin(None, UNKNOWN, selection_by_name(selection).name if selection else named, {}, None)
    model = load_model(model_name)
    for candidate in [selection] if selection else list(SELECTIONS):
        chosen = selection_by_name(candidate)
        open_layer = selection is None and any(parameter.name == "layer" for parameter in chosen.parameters)
        try:
            variants, _ = chosen.variants(model, {"layer": ALL, **given} if open_layer else given)
            for resolved in variants:
                selected = chosen.select(model, **resolved)
                if _same(selected.problem(model), problem):
                    return Origin(model, model_name, candidate, resolved, selected)
        except InputError:
            if selection:
                raise
    tried = (
        f"selection {selection} of it" if selection else "no selection of it, on any layer and with defaults otherwise,"
    )
    raise InputError(
        f"{name}: train.data does not hold weights of model {model_name}: {tried} gives {problem.n_inputs} -> "
        f"{problem.n_outputs} weights with these values; check model, selection and parameters, or leave them out"
    )


def _same(a: Problem, b: Problem) -> bool:
    if a.inputs.shape != b.inputs.shape or a.targets.shape != b.targets.shape:
        return False
    assert a.mask is not None
    return bool((a.inputs == b.inputs).all() and (a.mask == b.mask).all() and (a.targets == b.targets)[a.mask].all())
