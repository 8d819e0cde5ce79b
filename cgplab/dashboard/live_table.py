"""Numbers of the live view as HTML: tiles, the table of runs, the log of events."""

from collections.abc import Sequence

from cgplab.analysis.pace import Pace
from cgplab.dashboard.wording import energy, percent, rate, short, sign
from cgplab.errors import InputError
from cgplab.markup import Markup, html, joined
from cgplab.store import Run, State, Status
from cgplab.words import duration, number


def badge(status: Status) -> Markup:
    """State with its sign."""
    return html(
        "<span class='badge state-{state}' data-sign='{sign}' title='{meaning}'>{state}</span>",
        state=status.state.value, sign=sign(status.state), meaning=status.state.meaning,
    )  # fmt: skip


_TILE = 24
"""Characters that a tile shows whole."""


def tiles(run: Run, status: Status, pace: Pace) -> Markup:
    """The run in focus in numbers."""
    bar = "" if pace.share is None else html("<div class='bar'><i style='width:{:.1f}%'></i></div>", 100 * pace.share)
    long = status.reason is not None and len(status.reason) > _TILE
    ends = status.state not in (State.RUNNING, State.PENDING, State.PAUSED)
    left = "–" if ends else (duration(pace.remaining) if pace.remaining is not None else "open")
    cells = (
        (badge(status), "reason below" if long else status.reason or status.state.meaning),
        (number(status.error), f"error, allowed {number(run.manifest.threshold)}"),
        (energy(status.energy), "energy" if status.phase is None else f"energy · {status.phase} phase"),
        (number(status.gate_count), "active gates"),
        (number(status.generation), "generations"),
        (rate(pace.rate), "children per second"),
        (percent(pace.acceptance), "generations accepted"),
        (percent(pace.neutral), f"neutral · {percent(pace.rejected_early)} rejected early"),
        (joined((duration(status.seconds), bar)), "time spent searching"),
        (left, "ETA: time left"),
    )
    tile = joined(
        html("<div class='tile'><b>{}</b><span title='{label}'>{label}</span></div>", value, label=label)
        for value, label in cells
    )
    reason = html("<p><span class='muted'>Reason:</span> {}</p>", status.reason) if long else ""
    return html("<div class='tiles'>{}</div>{}", tile, reason)


def runs_table(rows: Sequence[tuple[Run, Status, Pace, Markup]]) -> Markup:
    """All runs shown, one row each, with their marks in the charts."""
    heads = ("run", "state", "error", "energy", "gates", "generations", "speed", "time left")
    lines = []
    for run, status, pace, chip in rows:
        left = duration(pace.remaining) if status.state is State.RUNNING else "–"
        cells = (
            html(
                "{} t = {:g}, seed {} <span class='muted'>{}</span>",
                chip, run.manifest.strategy, run.manifest.seed, short(run.id),
            ),
            f"{sign(status.state)} {status.state.value}",
            number(status.error), energy(status.energy), number(status.gate_count), number(status.generation),
            rate(pace.rate), left,
        )  # fmt: skip
        lines.append(html("<tr>{}</tr>", joined(html("<td>{}</td>", cell) for cell in cells)))
    head = joined(html("<th scope='col'>{}</th>", name) for name in heads)
    return html(
        "<div class='scroll' tabindex='0' role='region' aria-label='Runs shown'><table class='runs'>"
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        head, joined(lines),
    )  # fmt: skip


def events_table(run: Run, status: Status) -> Markup:
    """What happened to a run, the latest first."""
    lines = joined(html("<tr><td>{}</td><td>{}</td></tr>", when, what) for when, what in _events(run, status))
    return html("<table class='log'><tbody>{}</tbody></table>", lines)


def _events(run: Run, status: Status) -> list[tuple[str, str]]:
    events = [(run.manifest.created, "created")]
    try:
        told = run.events()
    except InputError as error:
        events.append((status.updated, html("⚠ {}", error)))
        told = []
    for event in told:
        details = ", ".join(f"{name} {value}" for name, value in event.items() if name not in ("time", "event", "text"))
        events.append((event["time"], html("<b>{}</b> {}", event["event"], details)))
    if status.state is State.CRASHED:
        events.append((status.updated, html("<b>crashed</b> {}", status.reason or "")))
    return [(_clock(when), what) for when, what in reversed(events)]


def _clock(timestamp: str) -> str:
    return timestamp[:19].replace("T", " ")
