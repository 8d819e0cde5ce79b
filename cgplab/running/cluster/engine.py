"""Runs carried out by Dask: on a batch system, on a scheduler that is there already, or on this machine."""

import asyncio
import logging
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cgplab.errors import InputError
from cgplab.running.accuracy import AccuracyData, Meter
from cgplab.running.batch import Batch
from cgplab.running.cluster.scheduler import submit_command
from cgplab.running.cluster.settings import SYSTEMS, ClusterSettings
from cgplab.running.manager import stop
from cgplab.running.measuring import Measuring, groups_of
from cgplab.running.queue import queue_up
from cgplab.running.slots import usable_cores
from cgplab.running.standing import standing_of
from cgplab.running.ticket import Ticket
from cgplab.store import Run, State, Store
from cgplab.store.commands import Command, Standing, changes, go_on

if TYPE_CHECKING:
    from dask.distributed import Client

POLL_SECONDS = 0.5
CONNECT_SECONDS = 10
LOGS = "logs"
"""Directory in the store with what the jobs of Dask's workers print."""
GRACE_SECONDS = 15.0
"""How long an interrupted call waits for runs to store what they found."""
TAKEN_SECONDS = 90.0
"""How long a task waits for a run that another process still holds, one that is being killed for example."""
_WAY_ON = go_on(Standing.KILLED)
_CONFIGURATION = {
    # Workers that may die under a task: the walltime ends again and again, and each time the run goes on.
    "distributed.scheduler.allowed-failures": 1000,
    # Dask lets its workers hand back memory at once; fetched anew for every layer, that makes accuracy 3 times slower.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}
_KEEP_MEMORY = "export MALLOC_TRIM_THRESHOLD_=2000000000 MALLOC_MMAP_THRESHOLD_=33554432"
"""The same for jobs of a batch system, whose Dask reads its own configuration: limits that glibc comes to by itself."""


@dataclass(frozen=True)
class Cluster:
    """Where Dask computes.

    Attributes
    ----------
    where : str
        ``slurm``, ``pbs``, ``local``, or the address of a Dask scheduler.
    settings : ClusterSettings
        Of the batch system's jobs.
    """

    where: str
    settings: ClusterSettings

    @classmethod
    def of(cls, where: str, settings_file: Path | None = None) -> Self:
        """Cluster by its name, with the settings of a file.

        Raises
        ------
        InputError
            The name or a setting is unknown, or the batch system is not on this machine.
        """
        if where not in ("local", *SYSTEMS) and not where.startswith(("tcp://", "tls://")):
            raise InputError(f"unknown cluster {where!r}; allowed: local, {', '.join(SYSTEMS)}, tcp://HOST:PORT")
        if where not in SYSTEMS:
            return cls(where, ClusterSettings())
        if shutil.which(submit_command(where)) is None:
            raise InputError(f"{submit_command(where)} is not on this machine; go where the batch system is")
        return cls(where, ClusterSettings.read(where, settings_file))

    def carry_out(
        self,
        runs: Sequence[Run],
        watch: Callable[[], None],
        accuracy: AccuracyData | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Carry out runs as Dask tasks, one each, and wait for them; measure accuracies when all runs of a layer ended.

        A task that dies with its node, at the end of the walltime for example, is done again elsewhere and goes
        on from the run's last checkpoint. All nodes must see the store under the same path.

        Parameters
        ----------
        runs : sequence of Run
        watch : callable
            Called twice a second.
        accuracy : AccuracyData, optional
            Images to measure accuracies on; default: none are measured.
        tell : callable, optional
            Called with one line for every reason why accuracies are not measured.

        Raises
        ------
        InputError
            The cluster is not there, or does not see the store.
        KeyboardInterrupt
            Passed on after the runs were asked to store what they found and to stop.
        """
        ticket = Ticket(Store(runs[0].directory.parents[1]))
        queue_up(runs, lambda _: None, worker=ticket.worker)

        def give_up() -> None:
            for run in runs:
                if changes(standing_of(run), Command.STOP):
                    with suppress(InputError):  # it ends just now
                        stop(run)

        def look() -> None:
            with suppress(OSError):
                os.utime(ticket.path)
            watch()

        def submit(client: "Client") -> tuple[list[Any], list[Any]]:
            searches = {run: client.submit(carry_out, *_paths([run]), pure=False) for run in runs}
            groups = () if accuracy is None else groups_of(runs).values()
            measurements = [
                client.submit(measure_ended, _paths(members), accuracy, [searches[run] for run in members], pure=False)
                for members in groups
            ]
            return [*searches.values()], measurements

        try:
            reasons = self._compute(_logs(runs), submit, look, give_up, f"the runs are stored, go on with: {_WAY_ON}")
        finally:
            ticket.release()
        for line in dict.fromkeys(chain.from_iterable(reasons)):
            tell(line)

    def measure(self, runs: Sequence[Run], on: AccuracyData, device: str, watch: Callable[[], None]) -> None:
        """Measure accuracies as Dask tasks, one for all runs of a layer; see :func:`measure_accuracy`."""

        def submit(client: "Client") -> tuple[list[Any], list[Any]]:
            groups = groups_of(runs).values()
            return [], [client.submit(measure, _paths(members), on, device, pure=False) for members in groups]

        self._compute(_logs(runs), submit, watch, lambda: None, "what was measured is stored, measure again")

    def _compute(
        self,
        logs: Path,
        submit: "Callable[[Client], tuple[list[Any], list[Any]]]",
        watch: Callable[[], None],
        give_up: Callable[[], None],
        way_on: str,
    ) -> list[Any]:
        """Compute the tasks that ``submit`` hands in: searches and measurements; results of the latter.

        On an interruption searches in progress end well before the nodes are let go; measurements are dropped.
        ``way_on`` ends the message when the scheduler or its workers are lost.
        """
        address = self.where
        try:
            with self._client(logs, way_on) as client:
                address = client.scheduler.address
                with _lost(address, way_on):
                    searches, measurements = submit(client)
                futures = [*searches, *measurements]
                try:
                    while any(not future.done() for future in futures):
                        watch()
                        time.sleep(POLL_SECONDS)
                    watch()
                except BaseException:
                    give_up()  # what is not wanted any more returns at once
                    with suppress(Exception):  # the scheduler may be gone as well
                        client.cancel(measurements)
                    until = time.monotonic() + GRACE_SECONDS
                    while any(not future.done() for future in searches) and time.monotonic() < until:
                        time.sleep(POLL_SECONDS)
                    raise
                with _lost(address, way_on):
                    return [future.result() for future in futures][len(searches) :]
        except BaseException:
            give_up()
            raise

    @contextmanager
    def _client(self, logs: Path, way_on: str) -> "Iterator[Client]":
        import dask
        from dask.distributed import Client, LocalCluster

        with ExitStack() as stack:
            stack.enter_context(dask.config.set(_CONFIGURATION))
            # It tells of a lost scheduler by tracebacks; here that is one line.
            stack.enter_context(_quiet("distributed"))
            if "://" in self.where:
                try:
                    _check_answers(self.where)
                    client = Client(self.where, timeout=CONNECT_SECONDS)
                except Exception as error:  # a wrong address, a refusal, silence, or something that is no scheduler
                    raise InputError(
                        f"no Dask scheduler answers at {self.where} ({_said(error)}); start one with: dask scheduler; "
                        f"{way_on}"
                    ) from error
                yield stack.enter_context(client)
                return
            if self.where == "local":
                cluster: Any = LocalCluster(
                    n_workers=1, threads_per_worker=usable_cores(), dashboard_address=None, silence_logs="ERROR"
                )
            else:
                cluster = self._batch_system(logs)
            yield stack.enter_context(Client(stack.enter_context(cluster)))

    def _batch_system(self, logs: Path) -> Any:
        with _signals_kept():
            from dask_jobqueue import PBSCluster, SLURMCluster

        given = self.settings
        common: dict[str, Any] = {
            "cores": given.cores,
            "memory": f"{given.megabytes}MiB",
            "processes": 1,
            "queue": given.queue,
            "account": given.account,
            "walltime": given.clock,
            "python": given.python,
            "interface": given.interface,
            "local_directory": given.scratch,
            "log_directory": str(logs),
            "job_name": "cgplab",
            "job_script_prologue": [_KEEP_MEMORY, *given.prologue],
            "job_extra_directives": list(given.directives),
            # Leaves of itself before the walltime, so that its tasks are moved rather than lost.
            "worker_extra_args": ["--no-dashboard", "--lifetime", f"{given.search_seconds}s"],
            "scheduler_options": {"dashboard_address": None},
        }
        if self.where == "slurm":
            cluster = SLURMCluster(**common)
        else:
            cluster = PBSCluster(**common, resource_spec=given.resource_spec)
        cluster.adapt(minimum_jobs=1, maximum_jobs=given.jobs)
        return cluster


def _check_answers(address: str) -> None:
    """Raise whatever keeps a scheduler from answering: Dask's client waits for ever where a server says nothing."""
    from distributed import Security
    from distributed.core import rpc

    async def ask() -> None:
        arguments = Security().get_connection_args("client")
        async with rpc(address, timeout=CONNECT_SECONDS, connection_args=arguments) as scheduler:
            await scheduler.identity()

    async def ask_in_time() -> None:
        try:
            await asyncio.wait_for(ask(), 2 * CONNECT_SECONDS)
        except TimeoutError as error:
            raise TimeoutError(str(error) or f"nothing was said within {2 * CONNECT_SECONDS} s") from error

    # In a thread of its own, since a notebook has a loop already.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, ask_in_time()).result()


@contextmanager
def _lost(address: str, way_on: str) -> Iterator[None]:
    """Say in one line that Dask lost a task: its scheduler died or was started anew, or its workers died too often."""
    try:
        yield
    except InputError:
        raise  # of the task itself
    except (Exception, CancelledError) as error:
        raise InputError(
            f"the Dask scheduler at {address} is gone, or lost a task ({_said(error)}); {way_on}"
        ) from error


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip().splitlines()[0].removesuffix(":")


@contextmanager
def _quiet(package: str) -> Iterator[None]:
    """Let nothing but critical messages of a package through."""
    known = logging.root.manager.loggerDict
    loggers = [logging.getLogger(name) for name in known if name.partition(".")[0] == package]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Undo what is done to Ctrl-C inside: dask-jobqueue, when imported, lets it end the process with 0."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, handler)


def carry_out(directory: str) -> str:
    """Task: carry out one run from its last checkpoint; its state in the end."""
    run = _found(directory)
    complaints: list[str] = []
    until = time.monotonic() + TAKEN_SECONDS
    while run.status_or_rebuilt().state in (State.PENDING, State.RUNNING):
        complaints.clear()
        batch = Batch(queue_up([run], complaints.append), lambda *_: None, jobs=1, complain=complaints.append)
        batch.start()
        batch.wait()
        if not complaints:
            break
        if time.monotonic() >= until:
            raise InputError(complaints[0])
        time.sleep(1.0)
    return run.status.state.value


def measure(directories: Sequence[str], on: AccuracyData, device: str) -> None:
    """Task: measure the accuracies of some runs."""
    meter = Meter(on, device=device, cores=_one_core, cache_bytes=_cache_bytes())
    meter.measure([_found(directory) for directory in directories])


def measure_ended(directories: Sequence[str], on: AccuracyData, ended: Sequence[str]) -> list[str]:
    """Task: measure the accuracies of a group of runs whose tasks have ``ended``; says why some are not measured."""
    told: list[str] = []
    runs = [_found(directory) for directory in directories]
    measuring = Measuring([], on, ended=runs, tell=told.append, cache_bytes=_cache_bytes())
    while (group := measuring.take()) is not None:
        measuring.measure(group, _one_core, threading.Event())
        measuring.release()
    return told


@contextmanager
def _one_core() -> Iterator[int]:
    """The core of a task."""
    yield 1


def _cache_bytes() -> int:
    """Share of a task in the memory for activations, since as many tasks measure at a time as a worker has threads."""
    from dask.distributed import get_worker

    from cgplab.models.accuracy import CACHE_BYTES

    return CACHE_BYTES // int(get_worker().state.nthreads)


def _paths(runs: Sequence[Run]) -> list[str]:
    """Where runs lie, for other processes."""
    return [str(run.directory.resolve()) for run in runs]


def _logs(runs: Sequence[Run]) -> Path:
    """Where the jobs of a batch system print: beside the runs, which all nodes see."""
    return runs[0].directory.resolve().parents[1] / LOGS


def _found(directory: str) -> Run:
    path = Path(directory)
    if not path.is_dir():
        raise InputError(f"{path} is not there on a node of the cluster; put the store on a shared file system")
    return Run(path)
