"""Kill runs with SIGKILL at random moments, bring them back with ``cgplab resume all`` alone, compare the ends.

``python -m benchmarks.kill_series [WORKLOAD...] [--kills N] [--seed S] [--times N]`` from the repository's root.

Every round starts ``cgplab evolve`` in a store of its own and kills it, then takes its runs up and kills their worker a
few more times, then lets them end. Each has to end finished, with the circuit, generation and progress of a run that
nobody killed, and ``cgplab runs verify`` has to find no damage. Half of the moments lie in the first second: after
the command was typed, after the first file appeared in the store, or after a worker took up a run. On a quick
machine the runs end before their first checkpoint; ``--times`` makes them longer.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

from cgplab.store import Run, State, Store
from cgplab.store.names import CHECKPOINTS
from tests.running.killing import outcome

COMMON = ["--model", "lenet5-qat", "--stop", "gate_count=0"]
WORKLOADS = {
    "nearest": ["--selection", "layer_bypass", "--grid", "50x10", "--generations", "1200000"],
    "evolved": ["--selection", "single_filter", "--grid", "6x8", "--wiring", "evolved", "--strategy", "5",
                "--generations", "15000000"],
    "multiplex": ["--selection", "le_selector", "--multiplex", "--strategy", "5", "--generations", "1000000"],
    "construct": ["--selection", "layer_bypass", "--grid", "50x10", "--method", "construct"],
    "batch": ["--selection", "single_filter", "--grid", "6x8", "--wiring", "evolved", "--runs", "30",
              "--generations", "500000"],
}  # fmt: skip
"""Arguments of ``cgplab evolve``; multiplex is le_selector's own selection and grid, 256x31."""
CGPLAB = [sys.executable, "-m", "cgplab"]
MOST_PER_ROUND = 6
LATEST = 12.0
"""Seconds; a checkpoint is due every five."""


class Series:
    """Rounds of one workload.

    Parameters
    ----------
    name : str
        One of :data:`WORKLOADS`.
    place : Path
        For the stores.
    moments : random.Random
    times : int
        Generations, as a multiple of the workload's.
    """

    def __init__(self, name: str, place: Path, moments: random.Random, times: int = 1) -> None:
        self.name, self._place, self._moments = name, place, moments
        arguments = list(WORKLOADS[name])
        if "--generations" in arguments:
            position = arguments.index("--generations") + 1
            arguments[position] = str(times * int(arguments[position]))
        self._evolve = [*CGPLAB, "evolve", "--no-accuracy", *COMMON, *arguments]
        self._round = self._kills = 0
        self.kills: Counter[str] = Counter()
        """By how far the furthest unfinished run had come."""
        self.early = self.ended = 0
        undisturbed = Store(place / "undisturbed")
        _quietly([*self._evolve, "--store", str(undisturbed.root)], check=True)
        self._expected = {_key(run): outcome(run) for run in undisturbed.runs()}

    def carry_out(self, kills: int) -> None:
        """Rounds until so many processes were killed in mid-work."""
        while self.kills.total() < kills:
            self._carry_out_round(min(kills - self.kills.total(), self._moments.randint(1, MOST_PER_ROUND)))

    def _carry_out_round(self, kills: int) -> None:
        self._round += 1
        store = Store(self._place / f"round{self._round}")
        done = self.kills.total() + kills
        while self.kills.total() < done and not _finished(store):
            known = any(store.runs())
            self._kill(store, [*CGPLAB, "resume", "all", "--no-accuracy"] if known else self._evolve)
        while not any(store.runs()):  # killed before there was anything to lose
            _quietly([*self._evolve, "--store", str(store.root)], check=True)
        while not _finished(store):
            # Some runs may have been finished before, and a worker that is still there takes no second one.
            answer = _quietly([*CGPLAB, "resume", "all", "--no-accuracy", "--store", str(store.root)])
            # One whose parent was killed just after the fork shows no command line yet, and goes on.
            going_on = any(run.observed().state is State.RUNNING for run in store.runs())
            assert answer.returncode == 0 or going_on or _finished(store), f"exit {answer.returncode}: {answer.stderr}"
            _until(lambda: not _processes(store) or _finished(store))
        for run in store.runs():
            assert outcome(run) == self._expected[_key(run)], f"{run.directory} ends unlike a run that nobody killed"
            self.ended += 1
        verified = _quietly([*CGPLAB, "runs", "verify", "--store", str(store.root)])
        assert verified.returncode == 0, verified.stdout + verified.stderr
        _until(lambda: not _processes(store))
        shutil.rmtree(store.root)

    def _kill(self, store: Store, command: list[str]) -> None:
        """Start a command, and kill it and its worker at a random moment."""
        early = self._kills % 2 == 0
        origin = self._moments.choice(("typed", "file", "running"))
        seconds = self._moments.uniform(0.0, 1.0 if early else LATEST)
        before = {run.id: run.status_or_rebuilt().attempt for run in store.runs()}
        files = _files(store)
        process = subprocess.Popen(
            [*command, "--store", str(store.root)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        signs: dict[str, Callable[[], bool]] = {
            "typed": lambda: True,
            "file": lambda: _files(store) != files,
            "running": lambda: any(run.status_or_rebuilt().attempt > before.get(run.id, 0) for run in store.runs()),
        }
        gone = lambda: process.poll() is not None and not _processes(store)
        _until(lambda: signs[origin]() or gone())
        time.sleep(seconds)
        at_work = [*_processes(store), *([process] if process.poll() is None else [])]
        for each in at_work:
            each.kill()
        process.wait()
        _until(lambda: not _processes(store))
        if at_work and not _finished(store):
            self._kills += 1
            self.kills[_reached(store)] += 1
            self.early += early


def _reached(store: Store) -> str:
    runs = [run for run in store.runs() if run.status_or_rebuilt().state is not State.FINISHED]
    if not any(store.runs()):
        return "no run yet"
    if any((run.directory / name).is_file() for run in runs for name in CHECKPOINTS):
        return "after a checkpoint"
    return "before a checkpoint" if any(run.status_or_rebuilt().attempt for run in runs) else "pending"


def _key(run: Run) -> tuple[float, int]:
    return run.manifest.strategy, run.manifest.seed


def _finished(store: Store) -> bool:
    runs = list(store.runs())
    return bool(runs) and all(run.status_or_rebuilt().state is State.FINISHED for run in runs)


def _files(store: Store) -> set[Path]:
    return set(store.root.glob("*")) | set(store.runs_directory.glob("*"))


def _processes(store: Store) -> list[psutil.Process]:
    """Detached workers of a store, whose path is in their command lines."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and any(
                argument.startswith(f"{store.root}/workers/") for argument in process.cmdline()
            ):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def _quietly(command: list[str], check: bool = False) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=check)


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.02)


def main() -> None:
    """Print a line per workload; an end that differs is an error."""
    parser = argparse.ArgumentParser(description="Kill runs at random moments and compare their ends.")
    parser.add_argument("workloads", nargs="*", choices=[*WORKLOADS, []], metavar="WORKLOAD", default=[])
    parser.add_argument("--kills", type=int, default=60, help="in all (default: 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=1, help="generations, as a multiple of the workload's")
    options = parser.parse_args()
    names = options.workloads or list(WORKLOADS)
    total: Counter[str] = Counter()
    early = 0
    for index, name in enumerate(names):
        kills = options.kills // len(names) + (index < options.kills % len(names))
        with tempfile.TemporaryDirectory(prefix="kill-series-") as place:
            series = Series(name, Path(place).resolve(), random.Random(f"{options.seed} {name}"), options.times)
            series.carry_out(kills)
        total += series.kills
        early += series.early
        print(
            f"{name}: {series.kills.total()} kills ({_listed(series.kills)}), {series.early} in the first second; "
            f"{series.ended} runs ended as if nobody had killed them",
            flush=True,
        )
    print(f"in all {total.total()} kills ({_listed(total)}), {early} in the first second")


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    main()
