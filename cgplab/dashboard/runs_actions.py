"""What can be done with the ticked runs: buttons, tags, note, export."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import panel as pn

from cgplab.dashboard import control
from cgplab.dashboard.messages import quiet, warning
from cgplab.dashboard.theme import BUTTON, WIDGET, icon, part, row, text
from cgplab.errors import InputError
from cgplab.markup import Markup, html
from cgplab.running.standing import standing_of
from cgplab.spreadsheets import csv_text
from cgplab.store import Run
from cgplab.store.commands import Command
from cgplab.words import counted

if TYPE_CHECKING:
    from cgplab.dashboard.runs_view import RunsView


class ActionsPanel(pn.viewable.Viewer):
    """Buttons over the table of runs; those that would do nothing are off."""

    def __init__(self, view: "RunsView", **params: Any) -> None:
        super().__init__(**params)
        self._view = view
        self._compare = _button("Compare", self._show, button_type="primary", icon=icon("chart"))
        self._control = {name: _button(name, self._ask) for name in control.ACTIONS}
        self._delete = _button("Delete", self._confirm)
        self._sure = row(
            text(html("<p class='warn'>Delete the ticked runs for good?</p>"), sizing_mode=None, margin=(8, 8)),
            _button("Yes, delete", self._really), _button("Keep", lambda *_: self._hide_question()),
            visible=False,
        )  # fmt: skip
        self._export = pn.widgets.FileDownload(
            label="Export CSV", callback=self._csv, filename="runs.csv", height=34, width=120,
            stylesheets=[BUTTON],
        )  # fmt: skip
        self._tags = _input("Tags, separated by commas")
        self._note = _input("Note")
        self._save = _button("Save tags and note", self._annotate, width=160)
        self._annotations = row(
            part(self._tags, width=180), part(self._note, width=240, share=2), self._save, visible=False
        )
        self._message = text()
        self.update([])

    def update(self, runs: Sequence[Run]) -> None:
        """Fit the buttons to the ticked runs."""
        standings = {standing_of(run) for run in runs}
        locked = self._view.read_only
        self._compare.disabled = not runs
        self._compare.label = f"Compare {len(runs)}" if len(runs) > 1 else "Watch"
        for name, button in self._control.items():
            button.disabled = locked or not control.possible(control.ACTIONS[name], standings)
        self._delete.disabled = locked or not control.possible(Command.DELETE, standings)
        self._hide_question()
        self._annotations.visible = bool(runs) and not locked
        try:
            words = [run.annotations() for run in runs]
        except InputError as error:
            self._message.object = warning(error)
            words = []
        shared = set.intersection(*(set(found["tags"]) for found in words)) if words else set()
        self._tags.value = ", ".join(sorted(shared))
        self._note.value = words[0]["note"] if len(words) == 1 else ""

    def say(self, message: Markup) -> None:
        """Show a message below the buttons."""
        self._message.object = message

    def _show(self, _: Any) -> None:
        self._view.watch_live()

    def _ask(self, event: Any) -> None:
        self._message.object = self._view.act(event.obj.label)

    def _confirm(self, _: Any) -> None:
        self._sure.visible = True

    def _hide_question(self) -> None:
        self._sure.visible = False

    def _really(self, _: Any) -> None:
        self._hide_question()
        self._message.object = self._view.delete()

    def _annotate(self, _: Any) -> None:
        runs = self._view.chosen()
        if self._view.read_only or not runs:
            return
        wanted = tuple(tag.strip() for tag in self._tags.value.split(",") if tag.strip())
        try:
            shared = set.intersection(*(set(run.tags) for run in runs))
            for run in runs:
                # Tags that only some runs have are not shown, and stay.
                gone = tuple(shared - set(wanted))
                run.annotate(
                    add=wanted, remove=gone, note=self._note.value if len(runs) == 1 or self._note.value else None
                )
        except InputError as error:
            self._message.object = warning(error)
            return
        self._message.object = quiet(f"Saved for {counted(len(runs), 'run')}.")
        self._view.refresh(force=True)

    def _csv(self) -> io.StringIO:
        return io.StringIO(csv_text(self._view.shown()))

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(
            row(self._compare, *self._control.values(), self._delete, self._export, gap="0"),
            self._sure, self._annotations, self._message, sizing_mode="stretch_width", margin=0,
        )  # fmt: skip


def _button(label: str, action: Any, width: int = 100, **options: Any) -> Any:
    return pn.widgets.Button(label=label, on_click=action, height=34, width=width, stylesheets=[BUTTON], **options)


def _input(label: str) -> Any:
    return pn.widgets.TextInput(label=label, stylesheets=[WIDGET], sizing_mode="stretch_width")
