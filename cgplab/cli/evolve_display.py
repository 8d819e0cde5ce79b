"""How ``cgplab evolve`` shows its runs: what is about to start, all runs together, and those in progress."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID
from rich.table import Column
from rich.text import Text

from cgplab import cgp
from cgplab.cli.output import Field, PlainConsole, styled
from cgplab.running import Measured, Plan, usable_cores
from cgplab.store import Manifest, Run, State, Status, Store
from cgplab.terminal import one_line
from cgplab.words import counted

_SHOWN_LEFT_OUT = 3


def announce(plan: Plan, store: Store) -> None:
    """Say in a few lines what is about to be run, and what is left out."""
    runs = plan.manifests
    first = runs[0]
    layers = list(dict.fromkeys(m.layer for m in runs))
    kernels = len({(m.layer, m.kernel) for m in runs})
    subject = layers[0] if len(layers) == 1 else f"{len(layers)} layers ({layers[0]} … {layers[-1]})"
    lines = [
        f"{counted(len(runs), 'run')}: {first.model}, {first.selection}, {first.method}, "
        f"grid {_listed(m.grid for m in runs)}, strategy {_listed(f'{m.strategy:g}' for m in runs)}, "
        f"seed {_span(m.seed for m in runs)}",
        f"{subject}{f', {kernels} kernels' if kernels > len(layers) else ''}: "
        f"{_span(m.n_inputs for m in runs)} kept weights infer {_span(m.n_outputs for m in runs)} "
        f"({_span(m.missing_weights for m in runs)} missing values)",
    ]
    for layer, reason in list(plan.left_out.items())[:_SHOWN_LEFT_OUT]:
        lines.append(f"left out: {reason}" if layer in reason else f"left out: {layer}: {reason}")
    if len(plan.left_out) > _SHOWN_LEFT_OUT:
        lines.append(f"left out for the like: {len(plan.left_out) - _SHOWN_LEFT_OUT} more layers")
    lines.append(f"store {store.root}, {usable_cores()} cores")
    console = PlainConsole(stderr=True)
    for line in lines:
        console.print(one_line(line))


class RunsDisplay:
    """A bar for all runs, and one for each run in progress."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._total = len(runs)
        self._labels = _labels([run.manifest for run in runs])
        self._limits = {run.id: run.manifest.settings for run in runs}
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()
        self._clock = time.monotonic()
        self._ended = self._failed = 0
        self._all = Progress(
            Field("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            Field("{task.fields[pace]}"),
        )
        self._each = Progress(
            Field("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", max_width=44)),
            BarColumn(bar_width=14),
            _Measure("phase", 9),
            _Measure("error", 15),
            _Measure("energy", 12),
            _Measure("rate", 9),
        )
        self._overall = self._all.add_task("runs", total=self._total, pace="")
        self._live = Live(
            Group(self._all, self._each), console=PlainConsole(stderr=True), refresh_per_second=8, transient=True
        )
        self._accuracy: TaskID | None = None

    def __enter__(self) -> "RunsDisplay":
        self._clock = time.monotonic()
        # Kernels are compiled on first use; without a word the wait would look like a hang.
        self._all.update(self._overall, pace="preparing (kernels are compiled on first use)")
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def started(self, run: Run) -> None:
        """Show a run that begins; called from its thread."""
        with self._lock:
            # How long a construction takes is not known: its bar moves to and fro until evolution goes on from there.
            constructs = run.manifest.method != "evolve"
            self._tasks[run.id] = self._each.add_task(
                self._labels[run.id], total=None if constructs else 1.0, phase="construct" if constructs else ""
            )

    def report(self, run: Run, progress: cgp.Progress) -> None:
        """Show a run's progress; called from its thread."""
        with self._lock:
            self._each.update(
                self._tasks[run.id],
                total=1.0,
                completed=self._share(run, progress),
                phase=progress.phase,
                error=f"error {progress.error:,}",
                energy="" if progress.energy is None else f"{progress.energy:.4g} pJ",
                rate=_rate(progress.children / max(progress.seconds, 1e-9)),
            )
            self._update_pace()

    def done(self, run: Run, status: Status) -> None:
        """Take a run that has ended off the screen; called from its thread."""
        with self._lock:
            self._each.remove_task(self._tasks.pop(run.id))
            self._ended += 1
            self._failed += status.state is State.FAILED
            self._all.update(self._overall, completed=self._ended)
            self._update_pace()

    def measured(self, state: Measured) -> None:
        """Show the accuracies measured so far, and the layer in hand; called from a run's thread."""
        with self._lock:
            if self._accuracy is None:
                self._accuracy = self._all.add_task("accuracy", total=state.total, pace="")
            self._all.update(self._accuracy, completed=state.done, pace=layers_in_hand(state.layers))

    def tell(self, line: str) -> None:
        """Say a line above the bars."""
        self._live.console.print(one_line(line))

    def _update_pace(self) -> None:
        """Runs per second and time left, counting the parts of runs in progress."""
        shares = {task.id: task.completed for task in self._each.tasks}
        finished = self._ended + sum(shares[task] for task in self._tasks.values())
        elapsed = time.monotonic() - self._clock
        pace = ""
        if finished > 0 and elapsed > 0:
            left = elapsed * (self._total - finished) / finished
            pace = f"{_runs_per(finished / elapsed)}, {_clock_time(left)} left"
        if self._failed:
            pace += f", {self._failed} failed"
        self._all.update(self._overall, pace=pace)

    def _share(self, run: Run, progress: cgp.Progress) -> float:
        """Part of the run that is done, by whichever limit is nearest."""
        if progress.finished is not None:
            return 1.0
        limits = self._limits[run.id]
        shares = [0.0]
        if limits["time_limit"]:
            shares.append(progress.seconds / limits["time_limit"])
        if limits["generations"]:
            shares.append(progress.generation / limits["generations"])
        return min(max(shares), 1.0)


class _Measure(ProgressColumn):
    """One measure of a run; empty until the run has reported."""

    def __init__(self, name: str, width: int) -> None:
        super().__init__()
        self._name, self._width = name, width

    def render(self, task: Task) -> Text:
        return styled(str(task.fields.get(self._name, "")).rjust(self._width))


def _labels(manifests: Sequence[Manifest]) -> dict[str, str]:
    """What tells each run from the others."""
    parts = {
        "layer": [m.layer for m in manifests],
        "kernel": [f"[{m.kernel}]" if m.kernel is not None else "" for m in manifests],
        "grid": [m.grid for m in manifests],
    }
    telling = [name for name, values in parts.items() if len(set(values)) > 1]
    labels = {}
    for index, manifest in enumerate(manifests):
        words = [parts[name][index] for name in telling]
        text = " ".join(word for word in words if word)
        labels[manifest.id] = f"{text} t={manifest.strategy:g} seed {manifest.seed}".strip()
    return labels


def layers_in_hand(layers: Sequence[str]) -> str:
    """Layers that are measured, in few characters."""
    return layers[0] if len(layers) == 1 else f"{layers[0]} and {len(layers) - 1} more"


def _listed(texts: Any) -> str:
    return ", ".join(dict.fromkeys(texts))


def _span(numbers: Any) -> str:
    values = sorted(set(numbers))
    return f"{values[0]:,}" if len(values) == 1 else f"{values[0]:,} to {values[-1]:,}"


def _rate(children_per_second: float) -> str:
    if children_per_second >= 1e6:
        return f"{children_per_second / 1e6:.2f} M/s"
    return f"{children_per_second / 1e3:.0f} k/s"


def _runs_per(per_second: float) -> str:
    return f"{per_second:.1f} runs/s" if per_second >= 1 else f"{60 * per_second:.1f} runs/min"


def _clock_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
