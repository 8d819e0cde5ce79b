"""Settings of the ticked runs side by side, the first one pinned as baseline."""

from collections.abc import Sequence
from typing import Any

import panel as pn
import param

from cgplab.analysis.differences import settings_table
from cgplab.dashboard.messages import heading, quiet
from cgplab.dashboard.theme import WIDGET, card, text, tick
from cgplab.dashboard.wording import short
from cgplab.markup import Markup, html, joined
from cgplab.store import Run, Store


class ComparePanel(pn.viewable.Viewer):
    """Table of settings; hidden with fewer than two runs."""

    differences_only = param.Boolean(True, label="Differences only")
    baseline: Any = param.Selector(default=None, objects=[None], label="Baseline, pinned left")

    def __init__(self, store: Store, **params: Any) -> None:
        super().__init__(**params)
        self._store = store
        self._runs: list[Run] = []
        self._table = text()
        controls = pn.Row(
            pn.widgets.Select.from_param(self.param.baseline, stylesheets=[WIDGET], width=260),
            tick(self, "differences_only"),
        )
        self._card = card(text(heading("Settings compared")), controls, self._table, visible=False)
        self.param.watch(lambda *_: self._draw(), ["differences_only", "baseline"])

    def compare(self, runs: Sequence[Run]) -> None:
        """Compare these runs."""
        self._runs = list(runs)
        self._card.visible = len(runs) > 1
        names = {f"t = {r.manifest.strategy:g}, seed {r.manifest.seed} · {short(r.id)}": r.id for r in runs}
        self.param.baseline.objects = names or [None]
        if self.baseline not in names.values():
            self.baseline = next(iter(names.values()), None)
        self._draw()

    def _draw(self) -> None:
        if len(self._runs) < 2:
            return
        ordered = sorted(self._runs, key=lambda run: run.id != self.baseline)
        table = settings_table([run.manifest for run in ordered], differences_only=self.differences_only)
        if table.empty:
            self._table.object = quiet("These runs were asked for exactly the same.")
            return
        head = joined(
            html("<th scope='col'>{}{}</th>", short(str(name)), " (baseline)" if index == 0 else "")
            for index, name in enumerate(table)
        )
        lines = joined(
            html("<tr><th scope='row'>{}</th>{}</tr>", name, joined(_cell(value, values.iloc[0]) for value in values))
            for name, values in table.iterrows()
        )
        self._table.object = html(
            "<div class='scroll' tabindex='0' role='region' aria-label='Settings compared'>"
            "<table class='runs settings'><thead><tr><th scope='col'>setting</th>{}</tr></thead>"
            "<tbody>{}</tbody></table></div>",
            head, lines,
        )  # fmt: skip

    def __panel__(self) -> pn.viewable.Viewable:
        return self._card


def _cell(value: str, baseline: str) -> Markup:
    return html("<td class='{}'>{}</td>", "same" if value == baseline else "other", _cut(value))


def _cut(value: str, most: int = 28) -> str:
    return value if len(value) <= most else f"{value[: most - 1]}…"
