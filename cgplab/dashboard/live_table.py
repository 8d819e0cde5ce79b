"""Numbers of the live view as HTML: tiles, the table of runs, the log of events."""

from collections.abc import Sequence
from html import escape

from cgplab.analysis.pace import Pace
from cgplab.dashboard.wording import duration, energy, number, percent, rate, short, sign
from cgplab.errors import InputError
from cgplab.store import Run, State, Status


def badge(status: Status) -> str:
    """State with its sign."""
    return (
        f"<span class='badge state-{status.state.value}' data-sign='{sign(status.state)}' "
        f"title='{escape(status.state.meaning)}'>{status.state.value}</span>"
    )


def tiles(run: Run, status: Status, pace: Pace) -> str:
    """The run in focus in numbers."""
    bar = "" if pace.share is None else f"<div class='bar'><i style='width:{100 * pace.share:.1f}%'></i></div>"
    ends = status.state not in (State.RUNNING, State.PENDING, State.PAUSED)
    left = "–" if ends else (duration(pace.remaining) if pace.remaining is not None else "open")
    cells = (
        (badge(status), escape(status.reason or status.state.meaning)),
        (number(status.error), f"error, allowed {number(run.manifest.threshold)}"),
        (energy(status.energy), "energy" if status.phase is None else f"energy · {status.phase} phase"),
        (number(status.gate_count), "active gates"),
        (number(status.generation), "generations"),
        (rate(pace.rate), "children per second"),
        (percent(pace.acceptance), "generations accepted"),
        (percent(pace.neutral), f"neutral · {percent(pace.rejected_early)} rejected early"),
        (f"{duration(status.seconds)}{bar}", "time spent searching"),
        (left, "ETA: time left"),
    )
    inner = "".join(
        f"<div class='tile'><b>{value}</b><span title='{label}'>{label}</span></div>" for value, label in cells
    )
    return f"<div class='tiles'>{inner}</div>"


def runs_table(rows: Sequence[tuple[Run, Status, Pace, str]]) -> str:
    """All runs shown, one row each, with their marks in the charts."""
    heads = ("run", "state", "error", "energy", "gates", "generations", "speed", "time left")
    lines = []
    for run, status, pace, chip in rows:
        left = duration(pace.remaining) if status.state is State.RUNNING else "–"
        cells = (
            f"{chip} t = {run.manifest.strategy:g}, seed {run.manifest.seed} "
            f"<span class='muted'>{short(run.id)}</span>",
            f"{sign(status.state)} {status.state.value}",
            number(status.error), energy(status.energy), number(status.gate_count), number(status.generation),
            rate(pace.rate), left,
        )  # fmt: skip
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th scope='col'>{name}</th>" for name in heads)
    return (
        "<div class='scroll' tabindex='0' role='region' aria-label='Runs shown'><table class='runs'>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def events_table(run: Run, status: Status) -> str:
    """What happened to a run, the latest first."""
    lines = [f"<tr><td>{escape(when)}</td><td>{what}</td></tr>" for when, what in _events(run, status)]
    return f"<table class='log'><tbody>{''.join(lines)}</tbody></table>"


def _events(run: Run, status: Status) -> list[tuple[str, str]]:
    events = [(run.manifest.created, "created")]
    try:
        told = run.events()
    except InputError as error:
        events.append((status.updated, f"⚠ {escape(str(error))}"))
        told = []
    for event in told:
        details = ", ".join(f"{name} {value}" for name, value in event.items() if name not in ("time", "event", "text"))
        events.append((event["time"], f"<b>{escape(str(event['event']))}</b> {escape(details)}"))
    if status.state is State.CRASHED:
        events.append((status.updated, f"<b>crashed</b> {escape(status.reason or '')}"))
    return [(_clock(when), what) for when, what in reversed(events)]


def _clock(timestamp: str) -> str:
    return timestamp[:19].replace("T", " ")
