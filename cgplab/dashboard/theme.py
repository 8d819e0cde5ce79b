"""The look of the dashboard: colours, cards and the page template, light and dark, without outside requests."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import panel as pn
from panel.io import with_lock
from panel.reactive import Syncable
from panel.theme import Fast, fast

from cgplab.figures.style import OKABE_ITO
from cgplab.markup import as_html, html

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif'


@dataclass(frozen=True)
class Colours:
    """Colours of one theme, as CSS."""

    background: str
    card: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    """Text on the accent colour."""
    idle: str
    """Things that are there but do nothing, such as inactive gates."""
    warning: str


LIGHT = Colours("#f4f6f8", "#ffffff", "#dfe4ea", "#1c2733", "#566373", "#00629b", "#ffffff", "#e4e8ed", "#a84300")
DARK = Colours("#12161b", "#1b2129", "#313a46", "#e7ebf0", "#a3afbd", "#6fc1f0", "#0b1c28", "#2a323d", "#ff9d5c")
ON_DARK = ("#56B4E9", "#E69F00", "#2fc79a", "#e09cc4", "#ff8a3d", "#8fb8ff", "#F0E442", "#f2f2f2")
"""Okabe and Ito's hues, lightened where they would sink into a dark page."""


def is_dark() -> bool:
    """Whether this session shows the dark theme."""
    return bool(pn.config.theme == "dark")


def colours() -> Colours:
    """Colours of this session's theme."""
    return DARK if is_dark() else LIGHT


def line_colours() -> tuple[str, ...]:
    """Colours of lines and markers on this session's background."""
    return ON_DARK if is_dark() else OKABE_ITO


def _variables(c: Colours) -> str:
    """Colours as CSS variables, which reach into every widget's shadow tree."""
    pairs = (f"--cg-{name.replace('_', '-')}: {colour};" for name, colour in asdict(c).items())
    return f":root {{ {' '.join(pairs)} }}"


def _style(name: str) -> str:
    return (Path(__file__).parent / "styles" / f"{name}.css").read_text(encoding="utf-8")


_PAGE = _style("page")
CARD = _style("card")
TEXT = _style("text")
WIDGET = _style("widget")
NAVIGATION = _style("navigation")
BUTTON = _style("button")
CHOICE = _style("choice")
FOLD = _style("fold")
ON_HEADER = _style("header")
TABLE = _style("table")


def load() -> None:
    """Load the extensions that the views need; harmless when repeated."""
    pn.extension("tabulator", notifications=True, throttled=True)
    _lock_events()


def _lock_events() -> None:
    """Let events change Bokeh models.

    Panel runs an event that comes together with other changes, such as Enter in a field whose text is new, without the
    document's lock. Its own models may change then; plots of ours must not, and Bokeh would refuse.
    """
    if not getattr(Syncable._event_coroutine, "lock", False):
        Syncable._event_coroutine = with_lock(Syncable._event_coroutine)  # type: ignore[method-assign]


def card(*objects: object, **options: object) -> pn.Column:
    """Column with a border, the unit that pages are made of."""
    options.setdefault("sizing_mode", "stretch_width")
    options.setdefault("margin", (5, 5))
    return pn.Column(*objects, stylesheets=[CARD], **options)


class TextPane(pn.pane.HTML):
    """Pane that shows :class:`cgplab.markup.Markup` as HTML, and everything else as the text that it is."""

    priority = None  # Panel is never to choose it for a text by itself

    def _transform_object(self, obj: Any) -> dict[str, Any]:
        # As a plain string: Panel escapes it for the way to the browser, which Markup would not let it do.
        return super()._transform_object(str(as_html("" if obj is None else obj)))


def text(shown: object = "", **options: object) -> TextPane:
    """Pane of styled text; tags take effect only in Markup."""
    options.setdefault("sizing_mode", "stretch_width")
    options.setdefault("margin", 0)
    return TextPane(shown, stylesheets=[TEXT], **options)


def fold(title: str, *objects: object, **options: object) -> pn.Card:
    """Part of a card that is unfolded by a click on its title."""
    header = text(html("<span class='fold'>{}</span>", title), sizing_mode=None, margin=(0, 4))
    return pn.Card(
        *objects, header=header, collapsed=True,
        stylesheets=[FOLD], sizing_mode="stretch_width", **options,
    )  # fmt: skip


def tick(owner: Any, name: str) -> pn.widgets.CheckBoxGroup:
    """Box to tick for a Boolean parameter; unlike Panel's Checkbox its label is tied to it for screen readers."""
    label = owner.param[name].label
    box = pn.widgets.CheckBoxGroup(options=[label], value=[label] if getattr(owner, name) else [], margin=(8, 10))
    box.param.watch(lambda event: setattr(owner, name, bool(event.new)), "value")
    owner.param.watch(lambda event: setattr(box, "value", [label] if event.new else []), name)
    return box


def theme_button() -> pn.widgets.Button:
    """Button that opens the same page in the other theme."""
    other, label = ("default", "☀ Light") if is_dark() else ("dark", "☾ Dark")
    button = pn.widgets.Button(label=label, height=32, width=90, margin=(0, 5), stylesheets=[BUTTON, ON_HEADER])
    button.js_on_click(
        code=f"const here = new URL(location.href); here.searchParams.set('theme', '{other}'); location.assign(here)"
    )
    return button


def table_theme() -> str:
    """Base of a table's look; table.css adds the colours."""
    return "midnight" if is_dark() else "simple"


class _WrappingRow(pn.Row):
    """Row that Panel does not give the sum of its parts' widths as its least: the widest is enough."""

    _direction = "vertical"


def row(*objects: object, gap: str = "0 10px", **options: object) -> pn.Row:
    """Row whose parts move below each other where the page is narrow."""
    options.setdefault("sizing_mode", "stretch_width")
    options.setdefault("margin", 0)
    return _WrappingRow(*objects, styles={"flex-wrap": "wrap", "gap": gap}, **options)


def part(*objects: object, width: int, share: int = 1, **options: object) -> pn.Column:
    """Part of a :func:`row` that wants some width in pixels and takes its share of what is left."""
    options.setdefault("margin", 0)
    return pn.Column(
        *objects, styles={"flex": f"{share} 1 {width}px", "min-width": "0"}, sizing_mode="stretch_width", **options
    )


def icon(name: str) -> str:
    """Drawing of a button, as SVG: Panel would fetch its icons from elsewhere."""
    drawn = html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="currentColor"><path d="{}"/></svg>',
        _ICONS[name],
    )
    return str(drawn)


_ICONS = {
    "play": "M7 4v16l13-8z",
    "pause": "M6 4h4v16H6zM14 4h4v16h-4z",
    "chart": "M3 3h2v16h16v2H3zM8 14l4-5 3 3 5-7 1.6 1.2L15.2 15l-3-3-2.7 3.4z",
    "stop": "M5 5h14v14H5z",
    "again": "M12 5V2L7 6.5 12 11V8a5 5 0 1 1-5 5H5a7 7 0 1 0 7-8z",
}


def style_plot(plot: Any) -> Any:
    """Give a plot the page's colours and plain text sizes; no logo, quiet grid.

    The sizes differ from Bokeh's defaults: a value that equals its default counts as not given, and Panel's theme,
    which enlarges text, would take its place.
    """
    c = colours()
    plot.background_fill_color = plot.border_fill_color = c.card
    plot.outline_line_color = None
    plot.toolbar.logo = None
    plot.toolbar.autohide = True
    for axis in plot.axis:
        axis.axis_line_color = axis.major_tick_line_color = c.line
        axis.minor_tick_line_color = None
        axis.major_label_text_color, axis.axis_label_text_color = c.muted, c.text
        axis.major_label_text_font_size, axis.axis_label_text_font_size = "12px", "12.5px"
        axis.axis_label_text_font_style = "normal"
        axis.major_label_text_font = axis.axis_label_text_font = FONT
    for grid in plot.grid:
        grid.grid_line_color, grid.grid_line_alpha = c.line, 0.8
    plot.title.text_color, plot.title.text_font, plot.title.text_font_size = c.text, FONT, "13.5px"
    return plot


def template(*main: object, header: list[object], title: str = "cgplab") -> pn.template.FastListTemplate:
    """Page in this session's theme."""
    Fast._resources.pop("font", None)  # a font service would be asked for it
    for style, c in ((fast.DEFAULT_STYLE, LIGHT), (fast.DARK_STYLE, DARK)):
        style.font_url = ""
        style.background_color = style.neutral_fill_card_rest = c.card  # of plots; the page's own is in page.css
        style.color, style.font = c.text, FONT
    return pn.template.FastListTemplate(
        title=title,
        main=list(main),
        header=header,
        main_layout=None,
        theme="dark" if is_dark() else "default",
        accent_base_color=colours().accent,
        header_background="#0b3c5d",
        corner_radius=6,
        shadow=False,
        theme_toggle=False,
        # Panel would notify every session whenever one is busy, and flood a server that has many sessions.
        busy_indicator=None,
        main_max_width="1500px",
        raw_css=[_variables(colours()), _PAGE],
    )
