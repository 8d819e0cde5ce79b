"""Statistics: choose what to compare; assumption checks, test, post-hocs, effect sizes, critical differences."""

import io
import shlex
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import panel as pn
import param

from cgplab.analysis import BLOCKS, FACTORS, RESPONSES
from cgplab.analysis.comparing import TooFewSolutionsError
from cgplab.analysis.kept import Kept
from cgplab.analysis.mixture import MixedError
from cgplab.dashboard.address import Address
from cgplab.dashboard.figure_pane import FigurePane
from cgplab.dashboard.frames import RunsFilter
from cgplab.dashboard.messages import heading, quiet, warning
from cgplab.dashboard.theme import BUTTON, WIDGET, card, part, row, text, tick
from cgplab.errors import InputError
from cgplab.figures.critical_difference import caption_of, diagram, screen
from cgplab.figures.files import FORMATS, drawing_bytes
from cgplab.markup import Markup, html, joined
from cgplab.sealed import open_store
from cgplab.statistics import Comparison
from cgplab.statistics.pairs import BLOCKED, INDEPENDENT
from cgplab.statistics.success import Success
from cgplab.store import Store
from cgplab.study.comparing import compare_runs
from cgplab.study.document import Comparison as Planned
from cgplab.words import number

NO_BLOCK = "none: independent samples"
_CHOICES = ("response", "factor", "block", "posthoc", "alpha")
_ALPHAS = ("0.1", "0.05", "0.01", "0.001")
_MOST_WAYS = 6
"""Most restrictions offered."""
_MOST = 16
"""Most comparisons kept per store."""


class StatisticsView(pn.viewable.Viewer):
    """A comparison of the levels of a factor.

    Parameters
    ----------
    store : Store, optional
        Default: the user's.
    address : Address, optional
        Holds the filter and what is compared.
    """

    response: Any = param.Selector(default="accuracy_loss", objects=list(RESPONSES), label="Response")
    factor: Any = param.Selector(default="strategy", objects=list(FACTORS), label="Factor")
    block: Any = param.Selector(default=NO_BLOCK, objects=[NO_BLOCK, *BLOCKS], label="Block")
    posthoc: Any = param.Selector(default=INDEPENDENT[0], objects=[*INDEPENDENT, *BLOCKED], label="Post-hoc test")
    alpha: Any = param.Selector(default="0.05", objects=list(_ALPHAS), label="Level α")
    drop_incomplete = param.Boolean(False, label="Leave out blocks with missing cells")

    def __init__(self, store: Store | None = None, address: Address | None = None, **params: Any) -> None:
        super().__init__(**params)
        self._address = address or Address()
        self._address.param.watch(lambda *_: self._begin(), "study")  # before the filter has the runs compared
        self._filter = RunsFilter(store or open_store(), self._address, "statistics")
        self._found: Comparison | None = None
        self._report, self._success, self._levels, self._matrix, self._pairs = (text() for _ in range(5))
        self._caption = text()
        self._diagram = FigurePane()
        self._exports = [self._export(extension) for extension in (*FORMATS, "tex")]
        self._results = pn.Column(
            card(text(heading("Result")), self._report, row(*self._exports, gap="0")),
            card(text(heading("Average ranks and critical differences")), self._diagram, self._caption),
            card(self._success),
            card(text(heading("Levels")), self._levels),
            card(text(heading("Pairs: adjusted p of the post-hoc test")), self._matrix),
            card(text(heading("Pairs: effect sizes")), self._pairs),
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
        self._refused, self._ways, self._rates = text(), row(gap="0"), text()
        self._posthocs = pn.widgets.Select(
            label="Post-hoc test", stylesheets=[WIDGET], sizing_mode="stretch_width", options=list(INDEPENDENT)
        )
        self._refusal = card(self._refused, self._ways, self._rates)
        self._filter.param.watch(lambda *_: self.compare(), "changed")
        self.param.watch(lambda *_: self._offer_posthocs(), "block")
        self.param.watch(self._tell_address, list(_CHOICES))
        self.param.watch(lambda *_: self.compare(), [*_CHOICES, "drop_incomplete"])
        self._address.param.watch(lambda *_: self._follow_address(), list(_CHOICES))
        self._begin()
        self._offer_posthocs()
        self._posthocs.link(self, value="posthoc", bidirectional=True)
        self.compare()

    def _offer_posthocs(self) -> None:
        """Offer the post-hoc tests that can follow, with the usual one first."""
        allowed = list(INDEPENDENT if self.block == NO_BLOCK else BLOCKED)
        if self.posthoc not in allowed:
            self.posthoc = allowed[0]
        self._posthocs.param.update(options=allowed, value=self.posthoc)

    def _follow_address(self) -> None:
        said = {name: getattr(self._address, name) for name in _CHOICES}
        self.param.update({name: value for name, value in said.items() if value in self.param[name].objects})

    def _tell_address(self, *events: Any) -> None:
        if not self._beginning:
            self._address.param.update(**{event.name: event.new for event in events})

    def _begin(self) -> None:
        """Begin with the comparison that the study plans, but for what the address says."""
        plan = self._plan()
        planned = {name: self.param[name].default for name in (*_CHOICES, "drop_incomplete")}
        if plan is not None:
            planned = {
                **planned, "response": plan.response, "factor": plan.factor, "block": plan.block or NO_BLOCK,
                "drop_incomplete": plan.block is not None,
            }  # fmt: skip
        self._beginning = True
        try:
            self.param.update(planned)
            self._follow_address()
            if plan is not None and plan.where and not self._address.where:
                self._address.where = shlex.join(plan.where)
        finally:
            self._beginning = False

    def _plan(self) -> Planned | None:
        try:
            document = self._filter.scope().document
        except InputError:
            return None
        return None if document is None else document.comparison

    def compare(self) -> None:
        """Compare anew, or say why that cannot be done and what can."""
        if self._beginning:
            return
        self._ways[:] = []
        try:
            self._found = self._compared()
        except InputError as error:
            self._found = None
            self._refused.object = heading("This cannot be compared") + warning(error)
            self._rates.object = _success(error.success) if isinstance(error, TooFewSolutionsError) else ""
            if isinstance(error, MixedError):
                self._ways[:] = self._ways_on(error)
        self._refusal.visible = self._found is None
        self._results.visible = self._found is not None
        if self._found is not None:
            scope = self._filter.scope().title
            self._report.object = html(
                "<p class='muted'>{}</p><pre class='report'>{}</pre>", scope, self._found.report()
            )
            self._levels.object = _table(self._found.levels.reset_index())
            self._success.object = "" if self._found.success is None else _success(self._found.success)
            self._matrix.object, self._pairs.object = _matrix(self._found), _table(self._found.pairs)
            self._diagram.draw(screen(self._found))
            self._caption.object = quiet(caption_of(self._found))

    def _ways_on(self, error: MixedError) -> list[Any]:
        """A button for every restriction that leads on."""

        def narrow(condition: str) -> Any:
            return lambda _: setattr(self._address, "where", shlex.join([*self._filter.conditions(), condition]))

        ways = [(f"Only {condition}", narrow(condition)) for condition in error.choices[:_MOST_WAYS]]
        if error.block is not None:
            ways.insert(0, (f"Take {error.block} as block", lambda _: setattr(self, "block", error.block)))
        return [
            pn.widgets.Button(label=label, on_click=act, height=34, stylesheets=[BUTTON], margin=(4, 5))
            for label, act in ways
        ]

    def _compared(self) -> Comparison:
        frames = self._filter.frames()
        block = None if self.block == NO_BLOCK else self.block
        alpha = float(self.alpha)
        asked = (self.response, self.factor, block, self.posthoc, alpha, self.drop_incomplete)
        # Bootstrapping thousands of runs takes a second, during which the server answers no other session.
        return _kept_of(self._filter.store.root.resolve()).get(
            self._filter.version,
            (self._address.study, tuple(self._filter.conditions()), *asked),
            lambda: compare_runs(
                frames,
                self.response,
                self.factor,
                block,
                posthoc=self.posthoc,
                alpha=alpha,
                drop_incomplete=self.drop_incomplete,
            ),
        )

    def _export(self, extension: str) -> Any:
        def write() -> io.BytesIO:
            assert self._found is not None
            if extension == "tex":
                return io.BytesIO(self._found.to_latex().encode())
            return io.BytesIO(drawing_bytes(diagram(self._found), extension))

        return pn.widgets.FileDownload(
            label="LaTeX" if extension == "tex" else extension.upper(), callback=write, height=34, width=84,
            filename=f"comparison.{extension}", stylesheets=[BUTTON],
        )  # fmt: skip

    def __panel__(self) -> pn.viewable.Viewable:
        selects = [
            part(
                pn.widgets.Select.from_param(
                    choice, options={str(name).replace("_", " "): name for name in choice.objects},
                    stylesheets=[WIDGET], sizing_mode="stretch_width",
                ),
                width=170,
            )
            for choice in (self.param.response, self.param.factor, self.param.block, self.param.alpha)
        ]  # fmt: skip
        selects.insert(3, part(self._posthocs, width=170))
        drop = tick(self, "drop_incomplete")
        return pn.Column(
            card(row(*selects), self._filter, drop), self._refusal, self._results,
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip


@lru_cache(maxsize=8)
def _kept_of(_root: Path) -> Kept[Comparison]:
    return Kept(_MOST)


def _success(success: Success) -> Markup:
    """Success rates by level, and whether they differ."""
    test = success.report().splitlines()[1:]
    return heading("Runs within budget") + _table(success.table()) + joined(quiet(line) for line in test)


def _table(frame: pd.DataFrame) -> Markup:
    head = joined(html("<th scope='col'>{}</th>", str(name).replace("_", " ")) for name in frame)
    lines = joined(
        html("<tr>{}</tr>", joined(html("<td>{}</td>", _cell(value, str(name))) for name, value in values.items()))
        for _, values in frame.astype(object).iterrows()
    )
    return _scroll(head, lines)


def _matrix(found: Comparison) -> Markup:
    """Adjusted p of every pair; bold where the levels differ."""
    levels = list(found.levels.index)
    known = {}
    for _, pair in found.pairs.iterrows():
        p = _p(pair.p_adjusted)
        cell = html("<b>{}</b>", p) if pair.different else p
        known[pair.a, pair.b] = known[pair.b, pair.a] = cell
    head = joined(html("<th scope='col'>{}</th>", name) for name in ("p, adjusted", *map(_cell, levels)))
    lines = joined(
        html(
            "<tr><th scope='row'>{}</th>{}</tr>",
            _cell(a), joined(html("<td>{}</td>", known.get((a, b), "")) for b in levels),
        )
        for a in levels
    )  # fmt: skip
    return _scroll(head, lines) + quiet(f"bold: different at level {found.alpha:g}")


def _scroll(head: Markup, lines: Markup) -> Markup:
    return html(
        "<div class='scroll tall' tabindex='0' role='region' aria-label='Table'>"
        "<table class='runs'><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        head, lines,
    )  # fmt: skip


def _p(value: float) -> str:
    return "< 0.0001" if value < 1e-4 else f"{value:.4f}"


def _cell(value: Any, column: str = "") -> str:
    if column in ("p", "p_adjusted", "normal_p"):
        return "–" if pd.isna(value) else _p(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value, 3) if isinstance(value, int | float) else str(value)
