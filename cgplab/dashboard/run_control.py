"""Pause, Resume, Stop and Retry for the runs that a view shows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import panel as pn
import param

from cgplab.dashboard import control
from cgplab.dashboard.messages import warning
from cgplab.dashboard.theme import BUTTON, icon, part, row, text
from cgplab.errors import InputError
from cgplab.store import Run
from cgplab.store.commands import Standing

_DRAWINGS = {"Pause": "pause", "Resume": "play", "Stop": "stop", "Retry": "again"}


class RunControl(pn.viewable.Viewer):
    """Buttons that ask something of runs; those that would do nothing are off.

    Parameters
    ----------
    runs : callable
        Returns the runs that are asked.
    done : callable
        Called after a button was pressed, to look at the runs again.
    read_only : bool
        Whether runs may only be looked at.
    """

    read_only = param.Boolean(False, constant=True)

    def __init__(self, runs: Callable[[], Sequence[Run]], done: Callable[[], None], **params: Any) -> None:
        super().__init__(**params)
        self._runs, self._done = runs, done
        self._message = text()
        self._buttons = {
            name: pn.widgets.Button(
                name=name, icon=icon(drawing), height=34, disabled=True, on_click=self._press, stylesheets=[BUTTON],
                sizing_mode="stretch_width", margin=0,
            )
            for name, drawing in _DRAWINGS.items()
        }  # fmt: skip

    def fit(self, standings: Iterable[Standing]) -> None:
        """Switch buttons on and off for runs that stand so."""
        present = set(standings)
        for name, button in self._buttons.items():
            button.disabled = self.read_only or not control.possible(control.ACTIONS[name], present)

    def _press(self, event: Any) -> None:
        if self.read_only:
            return
        try:
            control.act(event.obj.name, self._runs())
            self._message.object = ""
        except InputError as error:
            self._message.object = warning(error)
        self._done()

    def __panel__(self) -> pn.viewable.Viewable:
        buttons = row(*(part(button, width=92) for button in self._buttons.values()), gap="6px")
        return pn.Column(buttons, self._message, sizing_mode="stretch_width", margin=(2, 0, 8, 0))
