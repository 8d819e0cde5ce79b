"""``python -m tests.fuzz``: see docs/fuzzing.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.harness import Report, damaged, fuzz, sound
from tests.fuzz.readers import READERS


def main() -> int:
    """Run, print what was found, and return the exit code: 1 if there was a failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Damaged inputs for every reader.")
    parser.add_argument("--inputs", type=int, help="inputs of all readers together")
    parser.add_argument("--cpu-seconds", type=float, help="processor time after which no more is begun")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same inputs")
    parser.add_argument("--reader", action="append", help="only this reader; repeatable")
    parser.add_argument("--replay", metavar="READER:SEED:INDEX", help="one input again, with its traceback")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="with --replay: write the input there")
    options = parser.parse_args()
    if options.replay:
        return _replay(options.replay, options.keep)
    chosen = [READERS[name] for name in options.reader or READERS]
    if options.inputs is None and options.cpu_seconds is None:
        options.inputs = 20_000
    report = fuzz(
        chosen, seed=options.seed, inputs=options.inputs, cpu_seconds=options.cpu_seconds, jobs=options.jobs,
        done=_show if sys.stderr.isatty() else None,
    )  # fmt: skip
    for name in sorted(report.inputs):
        count, seconds = report.inputs[name], report.seconds[name]
        print(f"{name:45} {count:9,} inputs  {report.refused[name] / count:4.0%} refused  {seconds:8.1f} CPU-s")
    print(f"{sum(report.inputs.values()):,} inputs in {sum(report.seconds.values()):.0f} CPU-seconds")
    for failure in report.failures.values():
        print(f"FAILURE {failure.reader}: {failure.what}")
        print(f"    python -m tests.fuzz --replay '{failure.replay}'")
    print(f"{len(report.failures)} failures")
    return 1 if report.failures else 0


def _show(report: Report) -> None:
    print(f"\r{sum(report.inputs.values()):,} inputs, {len(report.failures)} failures", end="", file=sys.stderr)


def _replay(text: str, keep: Path | None) -> int:
    name, seed, index = text.rsplit(":", 2)
    with tempfile.TemporaryDirectory() as place:
        seeds, read = sound(READERS[name], Path(place))
        data = damaged(READERS[name], seeds, int(seed), int(index))
        print(f"{len(data):,} bytes: {data[:300]!r}", file=sys.stderr)
        if keep is not None:
            keep.write_bytes(data)
        read(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
