"""What stands in place of a view while the example runs are unpacked, which they are once for each user."""

from collections.abc import Callable
from typing import Any

import panel as pn

from cgplab.dashboard.messages import heading, warning
from cgplab.dashboard.theme import BUTTON, card, text
from cgplab.markup import Markup, html
from cgplab.running.unpacking import Stage, Unpacking
from cgplab.words import counted, duration

_HEADING = heading("Example runs")


class UnpackingView(pn.viewable.Viewer):
    """Bar, count and time left; the reason and another try where it fails.

    Parameters
    ----------
    ready : callable
        Called once the runs can be shown.
    """

    def __init__(self, ready: Callable[[], None], **params: Any) -> None:
        super().__init__(**params)
        self._ready = ready
        self._announced, self._bar = text(), text()
        self._again = pn.widgets.Button(
            label="Try again", height=34, width=110, stylesheets=[BUTTON], margin=(6, 0),
            on_click=lambda _: self._begin(),
        )  # fmt: skip
        self._body = card(text(_HEADING), self._announced, self._bar, self._again)
        self.callback = pn.state.add_periodic_callback(self._look, period=200, start=False)
        self._begin()

    def _begin(self) -> None:
        self._unpacking = Unpacking.shared()
        self._again.visible = False
        # Told once; the bar's own value is what screen readers ask for afterwards.
        self._announced.object = html(
            "<p class='muted' role='status'>They are unpacked into your cache, this first time only.</p>"
        )
        self._draw(self._unpacking.stage)
        self.callback.start()

    def _look(self) -> None:
        stage = self._unpacking.stage
        if not stage.ended:
            self._draw(stage)
            return
        self.callback.stop()
        if stage.error:
            self._announced.object = warning(stage.error)
            self._bar.object = ""
            self._again.visible = True
        else:
            self._ready()

    def _draw(self, stage: Stage) -> None:
        self._bar.object = bar(stage)

    def __panel__(self) -> pn.viewable.Viewable:
        return self._body


def bar(stage: Stage) -> Markup:
    """Words and bar of a stage."""
    if not stage.total:
        words, value = "Reading the archives …", 0.0
    else:
        left = "" if stage.remaining is None else f", about {duration(max(1.0, round(stage.remaining)))} left"
        words, value = (
            f"Unpacking: {stage.done:,} of {counted(stage.total, 'run')}{left}",
            100 * stage.done / stage.total,
        )
    return html(
        "<p>{words}</p><div class='bar' role='progressbar' aria-label='Unpacking the example runs' aria-valuemin='0' "
        "aria-valuemax='100' aria-valuenow='{value:.0f}' aria-valuetext='{words}'>"
        "<i style='width:{value:.1f}%'></i></div>",
        words=words, value=value,
    )  # fmt: skip
