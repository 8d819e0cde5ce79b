"""The form that asks for runs: widgets in, a Request out."""

from typing import Any

import panel as pn
import param

from cgplab.cgp.construct import OBJECTIVES
from cgplab.cgp.evaluation import METRICS
from cgplab.cgp.kernels.layout import MEASURES
from cgplab.cgp.settings import parse_stops
from cgplab.dashboard.messages import heading
from cgplab.dashboard.theme import CHOICE, WIDGET, card, fold, part, row, text
from cgplab.hardware import cost_table_names
from cgplab.markup import html
from cgplab.models import load_model, model_names
from cgplab.numbers import real_number
from cgplab.running import METHODS, Request
from cgplab.selections import ALL, LEGEND, PUBLISHED_STRATEGIES, SELECTIONS

_STRATEGY_NAMES = {0.0: "exact (t = 0)", 1.0: "t = 1", 5.0: "t = 5", 11.0: "t = 11"}
_WIRINGS = {"default for the problem": "", "nearest value": "nearest", "evolved genes": "evolved"}


class EvolveForm(pn.viewable.Viewer):
    """Widgets for everything a request can say, with the selection's defaults.

    Attributes
    ----------
    changed : int
        Grows whenever a widget changes.
    """

    changed = param.Integer(0)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        models = [name for name in model_names() if load_model(name).is_quantized]
        self.model = _select("Model", models, "lenet5-qat" if "lenet5-qat" in models else models[0])
        self.layer = _select("Layer", [], None)
        self.selection = _select("Selection: kept → inferred", list(SELECTIONS), "layer_bypass")
        self.strategies = pn.widgets.CheckButtonGroup(
            label="Strategy", options={_STRATEGY_NAMES[t]: t for t in PUBLISHED_STRATEGIES}, value=[0.0],
            sizing_mode="stretch_width", stylesheets=[CHOICE], margin=(2, 2, 8, 2),
        )  # fmt: skip
        self.further = _text("Further strategies t", "", "e.g. 2, 0.5")
        self.grid = _text("Grid: rows × columns", "", "")
        self.l_back = _whole("l-back (columns back)", None, 1)
        self.method = _select("Method", {f"{name}: {what}": name for name, what in METHODS.items()}, "evolve")
        self.runs = _whole("Runs per strategy (seeds)", 1, 1)
        self.seed = _whole("First seed", 1, 0)
        self.time_limit = _real("Time limit per run [s]", 60.0)
        self.generations = _whole("Generation limit", None, 1)
        self.patience = _whole("Patience (generations without gain)", None, 1)
        self.costs = _select("Cost table", cost_table_names(), None)
        self.objective = _select("Objective", list(dict.fromkeys([*OBJECTIVES, *MEASURES[1:]])), "energy")
        self.metric = _select("Error metric", {f"{name}: {what}": name for name, what in METRICS.items()}, "SE")
        self.wiring = _select("Wiring", _WIRINGS, "")
        self.children = _whole("Children per generation, λ", 4, 1)
        self.mutation_rate = _real("Mutation rate", None)
        self.multiplex = pn.widgets.CheckBoxGroup(options=["Multiplex: one gate per value"], margin=(24, 10))
        self.stops = _text("Early stop: all must hold", "", "default: error=0, energy=0")
        self._parameters: dict[str, Any] = {}
        self._parameter_box = row()
        self._picture = text()
        self._new_model()
        self.model.param.watch(lambda *_: self._new_model(), "value")
        self.selection.param.watch(lambda *_: self._new_selection(), "value")
        for widget in self._widgets():
            widget.param.watch(self._touch, "value")

    def _widgets(self) -> list[Any]:
        return [value for value in vars(self).values() if isinstance(value, pn.widgets.Widget)]

    def _touch(self, *_: Any) -> None:
        self.changed += 1

    def _new_model(self) -> None:
        options = {"default of the selection": "", "all convolutions, a circuit each": ALL, **self._layers()}
        self.layer.param.update(options=options, value="")
        self._new_selection()

    def _layers(self) -> dict[str, str]:
        return {
            f"{layer.name}  ({layer.kind}, {layer.weights.size:,} weights)": layer.name
            for layer in load_model(self.model.value).layers
        }

    def _new_selection(self) -> None:
        selection = SELECTIONS[self.selection.value]
        self._picture.object = html(
            "<p>{}</p><p class='muted'><code>{}</code> &nbsp; {}</p>",
            selection.meaning.replace("->", "→"), selection.picture, LEGEND,
        )  # fmt: skip
        self.grid.placeholder = f"default: {', '.join(selection.grids)}"
        self.mutation_rate.placeholder = f"default: {selection.mutation_rate:g}"
        self.l_back.placeholder = "default: all columns"
        self._parameters = {}
        for parameter in selection.parameters:
            if parameter.name == "layer":
                continue
            label, default = f"{parameter.name.replace('_', ' ')}: {parameter.meaning}", parameter.default
            if parameter.whole:
                widget = _whole(label, default if isinstance(default, int) else None, 0)
                widget.placeholder = "default"
            elif parameter.name == "layers":
                widget = _text(label, "", "default; names with commas between")
            else:
                widget = _select(label, {"default": "", **self._layers()}, "")
            widget.param.watch(self._touch, "value")
            self._parameters[parameter.name] = widget
        self._parameter_box[:] = [part(widget, width=150) for widget in self._parameters.values()]
        self.layer.disabled = all(parameter.name != "layer" for parameter in selection.parameters)

    def request(self) -> Request:
        """What the form asks for; InputError where a text cannot be read."""
        parameters: dict[str, Any] = {
            name: _parts(widget.value) if name == "layers" else widget.value
            for name, widget in self._parameters.items()
            if widget.value not in (None, "")
        }
        if self.layer.value and not self.layer.disabled:
            parameters["layer"] = self.layer.value
        return Request(
            model=self.model.value,
            selection=self.selection.value,
            strategies=sorted({*self.strategies.value, *_numbers(self.further.value)}),
            parameters=parameters,
            grids=_parts(self.grid.value.replace("×", "x")),
            l_back=self.l_back.value,
            runs=self.runs.value or 0,
            seed=self.seed.value if self.seed.value is not None else -1,
            metric=self.metric.value,
            children=self.children.value or 0,
            mutation_rate=self.mutation_rate.value,
            generations=self.generations.value,
            time_limit=self.time_limit.value,
            patience=self.patience.value,
            costs=self.costs.value,
            method=self.method.value,
            wiring=self.wiring.value or None,
            objective=self.objective.value,
            multiplex=bool(self.multiplex.value),
            stops=parse_stops(_parts(self.stops.value)) or None,
        )

    def __panel__(self) -> pn.viewable.Viewable:
        strategy = text(
            html("<span class='muted' style='font-size:12.5px'>Strategy: error allowed per weight, t</span>")
        )
        return pn.Column(
            card(
                text(heading("1 · What to compress")),
                _row(self.model, self.layer),
                self.selection, self._picture, self._parameter_box,
            ),
            card(
                text(heading("2 · How")),
                strategy, self.strategies,
                _row(self.grid, self.l_back, self.further),
                self.method,
                _row(self.runs, self.seed, self.time_limit),
                fold(
                    "Limits, costs and search settings",
                    _row(self.generations, self.patience, self.costs, self.objective),
                    _row(self.metric, self.wiring, self.children, self.mutation_rate),
                    _row(self.stops, self.multiplex),
                    margin=(8, 0),
                ),
            ),
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip


def _row(*widgets: Any) -> pn.Row:
    return row(*(part(widget, width=150) for widget in widgets))


def _select(name: str, options: Any, value: Any) -> Any:
    chosen = {} if value is None else {"value": value}
    return pn.widgets.Select(label=name, options=options, **chosen, **_common())


def _text(name: str, value: str, placeholder: str) -> Any:
    return pn.widgets.TextInput(label=name, value=value, placeholder=placeholder, **_common())


def _whole(name: str, value: int | None, start: int) -> Any:
    return pn.widgets.IntInput(label=name, value=value, start=start, placeholder="none", **_common())


def _real(name: str, value: float | None) -> Any:
    return pn.widgets.FloatInput(label=name, value=value, placeholder="none", **_common())


def _common() -> dict[str, Any]:
    return {"stylesheets": [WIDGET], "sizing_mode": "stretch_width", "margin": (4, 2)}


def _parts(written: str) -> list[str]:
    return [part.strip() for part in written.split(",") if part.strip()]


def _numbers(written: str) -> list[float]:
    return [
        real_number(part, "one of the further strategies, numbers with commas between,") for part in _parts(written)
    ]
