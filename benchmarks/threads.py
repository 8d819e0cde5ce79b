"""How much faster two threads search than one: ``python benchmarks/threads.py``.

Kernels release the interpreter's lock, so independent runs share nothing but memory bandwidth and the few moments of
Python between slices. Measured in turn: one run alone, and two runs with seeds of their own in two threads.

Two speed-ups are printed. By the clock: children per second. It needs a machine with two idle cores. By CPU time:
the rates of both threads, each by its own CPU time, added up; other programs hardly touch it, but it does not see
threads that wait for each other. Waiting for the interpreter's lock gives up the processor voluntarily, and each such
wait is counted too; it lasts 5 ms at most unless the other thread computes in Python.
"""

import argparse
import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from threading import Barrier
from typing import Literal

from cgplab.benchmarks import WORKLOADS
from cgplab.cgp import Evolution
from cgplab.hardware import load_costs

Wiring = Literal["evolved", "nearest"]


@dataclass(frozen=True)
class Rate:
    """One thread's search: children per second and per CPU-second, voluntary waits per second."""

    by_clock: float
    by_cpu: float
    waits: float


def search(name: str, wiring: Wiring, seed: int, seconds: float, start: Barrier) -> Rate:
    """Search one workload for some CPU-seconds, once every thread is ready."""
    workload = WORKLOADS[name]
    evolution = Evolution(
        workload.problem(), workload.geometry(), load_costs("freepdk45"), workload.settings(wiring), seed
    )
    next(evolution.run(slice_seconds=0.05))
    children = 0
    start.wait()
    clock, cpu = time.perf_counter(), time.thread_time()
    waits = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
    for before, after in pairwise(evolution.run(slice_seconds=0.05)):
        children += after.children - before.children
        if time.thread_time() - cpu >= seconds:
            break
    clock, cpu = time.perf_counter() - clock, time.thread_time() - cpu
    waits = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - waits
    return Rate(children / clock, children / cpu, waits / clock)


def together(name: str, wiring: Wiring, threads: int, seconds: float) -> tuple[float, float, float]:
    """Sum of the threads' rates by clock and by CPU time, and their mean waits per second."""
    start = Barrier(threads)
    with ThreadPoolExecutor(threads) as pool:
        rates = list(pool.map(lambda seed: search(name, wiring, seed, seconds, start), range(threads)))
    return sum(r.by_clock for r in rates), sum(r.by_cpu for r in rates), sum(r.waits for r in rates) / threads


def main() -> None:
    """Print one line per workload and wiring: medians over rounds, each against the single runs before and after."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workload", action="append", choices=list(WORKLOADS), help="repeatable; default: A, C and E")
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU-seconds of each search (default: 2)")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| workload | wiring | one thread (children/CPU-s) | two / one, by clock | by CPU time | waits per second |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    wirings: tuple[Wiring, ...] = ("evolved", "nearest")
    for name in asked.workload or "ACE":
        for wiring in wirings:
            ones = [together(name, wiring, 1, asked.seconds)]
            twos = []
            for _ in range(asked.rounds):
                twos.append(together(name, wiring, 2, asked.seconds))
                ones.append(together(name, wiring, 1, asked.seconds))
            by_clock, by_cpu = (
                median(
                    2 * two[i] / (before[i] + after[i])
                    for two, (before, after) in zip(twos, pairwise(ones), strict=True)
                )
                for i in range(2)
            )
            waits = median(two[2] for two in twos)
            print(
                f"| {name} | {wiring} | {median(one[1] for one in ones):.3g} "
                f"| {by_clock:.2f} | {by_cpu:.2f} | {waits:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
