"""What a selection is: a named way of choosing which weights are kept and which are inferred."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

from cgplab.cgp import Geometry, Problem
from cgplab.cgp.geometry import parse_grid
from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.layers import ALL, conv_layers
from cgplab.selections.weights import Selected

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """A choice that a selection leaves open; None as default means: chosen from the model.

    ``whole`` tells whole numbers from names of layers.
    """

    name: str
    default: int | str | None
    meaning: str
    whole: bool = True


@dataclass(frozen=True)
class Published:
    """What the original study ran: strategies, seeds per setting, and whether in multiplex mode."""

    strategies: tuple[float, ...] = (0.0,)
    runs: int = 30
    multiplex: bool = False


@dataclass(frozen=True)
class Selection:
    """A named way of selecting weights.

    Attributes
    ----------
    name : str
    meaning : str
        One line: what is kept -> what is inferred.
    picture : str
        The same as a drawing in one line, see :data:`LEGEND`.
    parameters : tuple of Parameter
    grids : tuple of str
        Default grids, ``ROWSxCOLS``; each gets runs of its own.
    mutation_rate : float
        Default.
    outputs_reach_inputs : bool
        Whether the default l-back (cols + 1, else cols) lets an output take an input directly.
    select : callable
        ``select(model, **parameters) -> Selected``; raises InputError for a layer, filter or channel that
        is not there.
    published : Published or None
        None where the original study has no such experiment, or published nothing of it.
    expand : callable, optional
        ``expand(model, **parameters)`` gives the parameters of ``select`` for every circuit that one
        request stands for. Default: the request's own parameters, one circuit.
    of_weights : bool
        Whether weights of the model are inferred, which the accuracy depends on.
    """

    name: str
    meaning: str
    picture: str
    parameters: tuple[Parameter, ...]
    grids: tuple[str, ...]
    mutation_rate: float
    outputs_reach_inputs: bool
    select: Callable[..., Selected]
    published: Published | None = field(default_factory=Published)
    expand: Callable[..., list[Parameters]] | None = None
    of_weights: bool = True

    def layer_parameters(self, names: Sequence[str]) -> Parameters:
        """Layers as the selection takes them: those that one circuit serves, or those with circuits of their own."""
        if any(parameter.name == "layers" for parameter in self.parameters):
            return {"layers": list(names)}
        return {"layer": names[0] if len(names) == 1 and names[0] != ALL else list(names)}

    def resolve(self, given: Mapping[str, Any]) -> Parameters:
        """All parameters: those given, else their defaults.

        Raises
        ------
        InputError
            A parameter is given that this selection does not have, or that is no whole number where one is needed.
        """
        allowed = {parameter.name: parameter.default for parameter in self.parameters}
        unknown = [name for name in given if name not in allowed]
        if unknown:
            raise InputError(
                f"selection {self.name} has no parameter {unknown[0]!r}; allowed: {', '.join(allowed) or 'none'}"
            )
        for parameter in self.parameters:
            value = given.get(parameter.name)
            if parameter.whole and value is not None and (isinstance(value, bool) or not isinstance(value, Integral)):
                raise InputError(f"{parameter.name} of selection {self.name} must be a whole number, not {value!r}")
        return {**allowed, **given}

    def variants(self, model: StoredModel, given: Mapping[str, Any]) -> tuple[list[Parameters], dict[str, str]]:
        """Parameters of ``select`` for every circuit that a request stands for.

        Parameters
        ----------
        model : StoredModel
        given : mapping
            Parameters. ``layer`` may also be a sequence of layers, or contain ``all``: every convolution
            that this selection can use.

        Returns
        -------
        variants : list of dict
        left_out : {layer: reason}
            Layers that ``all`` does not take in.

        Raises
        ------
        InputError
            A parameter or named layer does not fit the model, or no layer does.
        """
        parameters = self.resolve(given)
        layers = parameters.get("layer")
        names = [layers] if layers is None or isinstance(layers, str) else list(layers)
        if ALL not in names:
            return [v for name in dict.fromkeys(names) for v in self._variants_of(model, parameters, name)], {}
        variants: list[Parameters] = []
        left_out: dict[str, str] = {}
        for name in conv_layers(model):
            try:
                found = self._variants_of(model, parameters, name)
                for variant in found:
                    self.select(model, **variant)
                variants += found
            except InputError as error:
                left_out[name] = str(error)
        if not variants:
            raise InputError(f"selection {self.name} fits no layer of {model.name}; {next(iter(left_out.values()))}")
        return variants, left_out

    def _variants_of(self, model: StoredModel, parameters: Parameters, layer: str | None) -> list[Parameters]:
        if "layer" in parameters:
            parameters = {**parameters, "layer": layer}
        return [parameters] if self.expand is None else self.expand(model, **parameters)

    def default_grids(self, selected: Selected) -> tuple[str, ...]:
        """Grids to run on where none is given."""
        return self.grids if selected.grid is None else (selected.grid,)

    def geometry(self, selected: Selected, problem: Problem, grid: str | None, l_back: int | None) -> Geometry:
        """Geometry for a problem; default: this selection's first grid and its l-back."""
        rows, cols = parse_grid(grid or self.default_grids(selected)[0])
        if l_back is None:
            l_back = cols + self.outputs_reach_inputs
        # A mux chooses among as many pins as there are vectors.
        return Geometry(problem.n_inputs, problem.n_outputs, rows, cols, l_back, arity=max(2, problem.n_vectors))


LEGEND = "■ kept  □ inferred  ▣ kept and inferred  0 inferred as zero"
"""Signs of the selections' pictures."""
