"""Feed damaged inputs to readers, in processes that may hang, crash or ask for memory without harm to this one."""

import multiprocessing
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random

from cgplab.errors import InputError
from tests.fuzz.limits import BYTES, SECONDS, bound_memory, bound_time, unbound
from tests.fuzz.mutation import Seeds

CHUNK = 200
"""Inputs that a process takes at a time, all for one reader."""


@dataclass(frozen=True)
class Reader:
    """One reader of the product.

    Attributes
    ----------
    name : str
    covers : tuple of str
        Functions of the product that it calls, as ``module:qualified.name``.
    prepare : callable
        Makes in a directory what the reader needs, once per process; returns sound inputs and the function to call
        with a damaged one. That function raises InputError, or nothing.
    mutate : callable
        Damages one of the sound inputs; see :mod:`tests.fuzz.mutation`.
    weight : int
        Share of the inputs; slow readers have less than 20.
    """

    name: str
    covers: tuple[str, ...]
    prepare: Callable[[Path], tuple[Seeds, Callable[[bytes], object]]]
    mutate: Callable[[Random, Seeds], bytes]
    weight: int = 20


@dataclass(frozen=True)
class Failure:
    """What a reader did wrong with an input, and how to see it again."""

    reader: str
    what: str
    replay: str
    size: int


@dataclass
class Report:
    """What came of a run: inputs and processor seconds by reader, and of each kind of failure the smallest input."""

    inputs: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    failures: dict[tuple[str, str], Failure] = field(default_factory=dict)

    def add(self, failure: Failure) -> None:
        """Keep a failure unless one alike has a smaller input."""
        key = failure.reader, failure.what
        if key not in self.failures or failure.size < self.failures[key].size:
            self.failures[key] = failure


def damaged(reader: Reader, seeds: Seeds, seed: int, index: int) -> bytes:
    """Input number ``index`` of a reader; the same for the same seed."""
    return reader.mutate(Random(f"{seed} {reader.name} {index}"), seeds)


def sound(reader: Reader, directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    """What a reader prepares; it has read each sound input, so that what it imports is there before it is bounded."""
    seeds, read = reader.prepare(directory)
    for data in seeds:
        read(data)
    return seeds, read


def told(error: BaseException) -> str:
    """An error by its type and the innermost place in the product, which is the same for inputs alike."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/cgplab/" in frame.filename]
    place = f"{frames[-1].filename.rpartition('/cgplab/')[2]}:{frames[-1].lineno}" if frames else "outside"
    return f"{type(error).__name__} at {place}"


def wrong_with(read: Callable[[bytes], object], data: bytes) -> tuple[bool, str | None]:
    """Whether a reader refused an input, and what it did wrong, if anything."""
    try:
        read(data)
    except InputError as error:
        return True, None if len(str(error).splitlines()) == 1 else "InputError of several lines"
    except Exception as error:
        return False, told(error)
    return False, None


def _work(readers: Mapping[str, Reader], tasks: Connection, counter: "Counted", seconds: int, most: int) -> None:
    """Take chunks until there are none; the counter says which input is being read."""
    with tempfile.TemporaryDirectory() as place:
        prepared = {}
        while (task := tasks.recv()) is not None:
            name, seed, first, last = task
            if name not in prepared:
                directory = Path(place) / f"{len(prepared)}"
                directory.mkdir()
                unbound()
                prepared[name] = sound(readers[name], directory)
            seeds, read = prepared[name]
            bound_memory(most)
            refused, failures, began = 0, [], time.process_time()
            for index in range(first, last):
                counter.value = index
                bound_time(seconds)
                data = damaged(readers[name], seeds, seed, index)
                was_refused, wrong = wrong_with(read, data)
                refused += was_refused
                if wrong is not None:
                    failures.append((wrong, index, len(data)))
            tasks.send((last - first, refused, time.process_time() - began, failures))


class Counted:
    """The input that a process reads, seen by its parent even when the process is no more."""

    def __init__(self) -> None:
        self._shared = multiprocessing.get_context("fork").Value("q", 0, lock=False)

    @property
    def value(self) -> int:
        """Index of the input."""
        return int(self._shared.value)

    @value.setter
    def value(self, index: int) -> None:
        self._shared.value = index


class _Worker:
    def __init__(self, readers: Mapping[str, Reader], seconds: int, most: int) -> None:
        self.counter = Counted()
        self.tasks, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self.process = context.Process(target=_work, args=(readers, theirs, self.counter, seconds, most), daemon=True)
        self.process.start()
        theirs.close()
        self.task: tuple[str, int, int, int] | None = None


def fuzz(
    readers: Iterable[Reader],
    *,
    seed: int = 1,
    inputs: int | None = None,
    cpu_seconds: float | None = None,
    jobs: int = 1,
    seconds: int = SECONDS,
    most_bytes: int = BYTES,
    done: Callable[[Report], None] | None = None,
) -> Report:
    """Feed damaged inputs to readers by turns.

    Parameters
    ----------
    readers : iterable of Reader
    seed : int
        The same seed gives the same inputs.
    inputs : int, optional
        Inputs of all readers together, shared out by weight.
    cpu_seconds : float, optional
        Processor time of all processes together after which no more is begun.
    jobs : int
        Processes at a time.
    seconds, most_bytes : int
        Limits of a single input.
    done : callable, optional
        Called after every chunk.
    """
    known = {reader.name: reader for reader in readers}
    report = Report()
    chunks = _chunks(known, seed, inputs)
    workers = [_Worker(known, seconds, most_bytes) for _ in range(jobs)]
    try:
        while True:
            for worker in workers:
                spent = cpu_seconds is not None and sum(report.seconds.values()) >= cpu_seconds
                if worker.task is None and not spent and (task := next(chunks, None)) is not None:
                    worker.task = task
                    worker.tasks.send(task)
            busy = [worker for worker in workers if worker.task is not None]
            if not busy:
                return report
            wait([worker.tasks for worker in busy])
            for number, worker in enumerate(workers):
                if worker.task is None or not worker.tasks.poll():
                    continue
                name, task_seed, first, last = worker.task
                worker.task = None
                try:
                    count, refused, took, failures = worker.tasks.recv()
                except (EOFError, ConnectionResetError):
                    worker.process.join()
                    index = worker.counter.value
                    what = _death(worker.process.exitcode, seconds)
                    report.add(Failure(name, what, f"{name}:{task_seed}:{index}", 0))
                    report.inputs[name] += index + 1 - first
                    report.seconds[name] += seconds
                    fresh = workers[number] = _Worker(known, seconds, most_bytes)
                    if index + 1 < last:
                        fresh.task = (name, task_seed, index + 1, last)
                        fresh.tasks.send(fresh.task)
                    continue
                report.inputs[name] += count
                report.refused[name] += refused
                report.seconds[name] += took
                for what, index, size in failures:
                    report.add(Failure(name, what, f"{name}:{task_seed}:{index}", size))
                if done is not None:
                    done(report)
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()
            worker.tasks.close()


def _death(code: int | None, seconds: int) -> str:
    if code == -signal.SIGXCPU:
        return f"more than {seconds} s of processor time"
    return f"the process died with {code}"


def _chunks(readers: Mapping[str, Reader], seed: int, inputs: int | None) -> Iterator[tuple[str, int, int, int]]:
    """Chunks of all readers by turns, so that a run cut short has seen every reader."""
    total = sum(reader.weight for reader in readers.values())
    wanted = {
        name: None if inputs is None else max(1, round(inputs * reader.weight / total))
        for name, reader in readers.items()
    }
    begun = dict.fromkeys(readers, 0)
    while wanted:
        for name in list(wanted):
            first, most = begun[name], wanted[name]
            # The first turns are short, and so are those of slow readers.
            count = max(1, min(CHUNK, 10 + first) * readers[name].weight // 20)
            last = first + count if most is None else min(first + count, most)
            begun[name] = last
            if last > first:
                yield name, seed, first, last
            if most is not None and last >= most:
                del wanted[name]
