"""Evolve: choose what to compress and how, see what it amounts to, start it."""

from typing import Any

import numpy as np
import panel as pn
import param

from cgplab.analysis.weight_picture import weight_picture
from cgplab.dashboard.address import Address
from cgplab.dashboard.batch_control import BatchControl
from cgplab.dashboard.evolve_form import EvolveForm
from cgplab.dashboard.messages import heading, quiet, warning
from cgplab.dashboard.picture import Picture
from cgplab.dashboard.theme import BUTTON, WIDGET, card, icon, part, row, text
from cgplab.dashboard.watcher import Watching
from cgplab.errors import InputError
from cgplab.figures.screens import not_math
from cgplab.markup import Markup, html, joined
from cgplab.models import StoredModel
from cgplab.running.preview import Preview, preview
from cgplab.sealed import open_store
from cgplab.store import Store
from cgplab.study.asking import ask, free_name
from cgplab.study.library import Library
from cgplab.words import counted, duration, number

_PERIOD, _PERIOD_AT_START = 0.5, 0.1
"""Seconds between two looks at the batch that was started; while it has not begun, they are more frequent."""
_NO_QUESTION = "What do these circuits cost, and what do they lose?"
_FIELD: dict[str, Any] = {"stylesheets": [WIDGET], "sizing_mode": "stretch_width", "margin": (4, 2)}


class EvolveView(pn.viewable.Viewer):
    """Form, preview, Start, and the control of what was started.

    Parameters
    ----------
    store : Store, optional
        Where runs are created; default: the user's.
    address : Address, optional
        Names the batch that was started, and goes to the live view on demand; without one there is no live view.
    read_only : bool
        Whether nothing may be started.
    """

    read_only = param.Boolean(False, constant=True)

    def __init__(self, store: Store | None = None, address: Address | None = None, **params: Any) -> None:
        super().__init__(**params)
        self._store = store or open_store()
        self._address = address or Address()
        self.watching = Watching(self._store, self._tick, address, "evolve", _PERIOD)
        self.batch = BatchControl(
            self._store, self._address, self.watching, read_only=self.read_only, watchable=address is not None
        )
        self.form = EvolveForm()
        self._numbers = text()
        self._message = text()
        self._picture = Picture("Weights of the layer", height=260)
        self._pictured: tuple[str, str] | None = None
        self._library = Library(self._store)
        self.study = pn.widgets.TextInput(label="Study: a new name, or one to extend", **_FIELD)
        self.question = pn.widgets.TextInput(
            label="Question of the study, in one sentence", placeholder=_NO_QUESTION, **_FIELD
        )
        self.start = pn.widgets.Button(
            name="Start", button_type="primary", icon=icon("play"), height=42, margin=(8, 0, 2, 0),
            sizing_mode="stretch_width",
            disabled=True, on_click=self._start, stylesheets=[BUTTON],
        )  # fmt: skip
        self._follow_study()
        self.study.param.watch(lambda *_: self._tell_question(), "value")
        self._address.param.watch(lambda *_: self._follow_study(), "study")
        self.form.param.watch(lambda *_: self.check(), "changed")
        self.check()
        self._pace()

    def _follow_study(self) -> None:
        """Offer the study in view to be extended, if it is one of the store."""
        self.study.value = self._address.study if self._address.study in self._library.names() else ""
        self._tell_question()

    def _tell_question(self) -> None:
        """Show the question of the study that is named; only a new one's can be written."""
        name = (self.study.value or "").strip()
        try:
            known = self._library.find(name).question if name in self._library.names() else None
        except InputError as error:
            self._message.object = warning(error)
            known = ""
        if known is not None or self.question.disabled:
            self.question.value = known or ""
        self.question.disabled = known is not None

    def _tick(self) -> None:
        self.batch.look()
        self._pace()

    def _pace(self) -> None:
        self.watching.period = _PERIOD_AT_START if self.batch.waits else _PERIOD

    def check(self) -> None:
        """Read the form and show what it amounts to, or what is wrong with it."""
        try:
            request = self.form.request()
            found = preview(request)
        except InputError as error:
            self._message.object = warning(error)
            self.start.disabled = True
            return
        self.study.placeholder = f"new: {free_name(self._library, request)}"
        self._numbers.object = _numbers(found)
        self._message.object = _advice(found, self.read_only)
        self.start.disabled = self.read_only
        self.start.name = "Start" if found.n_runs == 1 else f"Start {found.n_runs} runs"
        self._show_weights(found.work.model, found.layer)

    def _show_weights(self, model: StoredModel, named: str) -> None:
        if self._pictured == (model.name, named):
            return  # most settings leave the layer as it is
        self._pictured = (model.name, named)
        layers = [layer for layer in named.split("+") if layer in model.layer_names]
        if not layers:  # a selection that checks the search by values of its own
            self._picture.plot.title.text = "no layer: the selection brings values of its own"
            self._picture.show(None)
            return
        weights, name = max(((model.int8_weights(layer), layer) for layer in layers), key=lambda pair: pair[0].size)
        self._picture.plot.title.text = (
            f"{not_math(name)}: {' × '.join(map(str, weights.shape))}, {len(np.unique(weights))} distinct values"
        )
        self._picture.show(weight_picture(weights), int(np.abs(weights.astype(int)).max()) or 1)

    def _start(self, _: Any) -> None:
        if self.read_only:
            return
        try:
            request = self.form.request()
            name = (self.study.value or "").strip() or free_name(self._library, request)
            asked = ask(self._library, name, (self.question.value or "").strip() or _NO_QUESTION, request)
        except InputError as error:
            self._message.object = warning(error)
            return
        self.check()  # what was wrong before is no more
        batch = self._store.run(asked.started[0]).manifest.batch if asked.started else self._address.batch
        if self._address.study == name:
            self._address.param.update(batch=batch, runs="", run="")
        else:
            self._address.look_at(name, batch)
        self._follow_study()
        there = f"{counted(asked.there, 'run')} {'was' if asked.there == 1 else 'were'} there already"
        self._message.object = quiet(
            f"✓ Study {name}: {counted(len(asked.started), 'run')} started, {there}."
            if asked.started
            else f"✓ Study {name} has all of these runs already; nothing is missing."
        )
        self._pace()

    def __panel__(self) -> pn.viewable.Viewable:
        side = card(
            text(heading("3 · Preview")),
            self._picture.pane(),
            self._numbers,
            self._message,
            self.study,
            self.question,
            self.start,
            self.batch,
        )
        return row(part(self.form, width=460, share=2), part(side, width=340), gap="0")


def _numbers(found: Preview) -> Markup:
    problem, geometry = found.work.problem, found.work.geometry
    vectors = f" × {problem.n_vectors} vectors" if problem.n_vectors > 1 else ""
    rows = {
        "kept → inferred weights": f"{number(problem.n_inputs)} → {number(problem.n_outputs)}{vectors}",
        "distinct values to infer": number(found.distinct),
        "missing weights": number(found.missing_weights),
        "grid": f"{geometry.rows} × {geometry.cols} = {number(geometry.n_gates)} gates, l-back {geometry.l_back}",
        "genes": number(geometry.n_genes),
        "runs": number(found.n_runs)
        if found.n_circuits == 1
        else f"{number(found.n_runs)}, {counted(found.n_circuits, 'circuit')}",
        "estimated time": _time(found),
    }
    if found.left_out:
        names = list(found.left_out)
        rows["layers left out"] = ", ".join(names) if len(names) < 4 else f"{len(names)}, e.g. {names[0]}"
    return html("<dl>{}</dl>", joined(html("<dt>{}</dt><dd>{}</dd>", *row) for row in rows.items()))


def _time(found: Preview) -> str:
    if found.work.method == "construct":
        return "seconds per run"
    return "open: no time limit is set" if found.seconds is None else f"at most {duration(found.seconds)}"


def _advice(found: Preview, read_only: bool) -> Markup:
    if read_only:
        return quiet("This dashboard is read-only: runs cannot be started here.")
    if not found.fits:
        return html(
            "<p class='warn'>⚠ An exact circuit needs {} or more; this grid has {:,}. "
            "Enlarge the grid or allow an error.</p>",
            counted(found.gates_needed, "gate"), found.work.geometry.n_gates,
        )  # fmt: skip
    if found.gates_needed:
        needed = counted(found.gates_needed, "gate")
        return quiet(f"✓ The grid can hold an exact circuit: it needs {needed} or more.")
    return quiet("✓ No problem found with this grid.")
