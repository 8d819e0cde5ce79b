"""Kill ``cgplab study run`` with SIGKILL at random moments, call it again, compare the ends.

``python -m benchmarks.kill_studies [--rounds N] [--kills N] [--generations N] [--seed S]`` from the repository's root.

Every round carries out a study of four runs in a store of its own, kills the command so many times after a random time
of the processor, and calls it once more. Circuits, weights, errors, costs, progress and accuracies have to be those of
a study that nobody killed, and no run may be made twice.
"""

import argparse
import random
import tempfile
from collections import Counter
from pathlib import Path

from tests.study.killing import killed_study, outcomes


def main() -> None:
    """Print what was killed; an end that differs is an error."""
    parser = argparse.ArgumentParser(description="Kill studies at random moments and compare their ends.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=10, help="in each round at most (default: 10)")
    parser.add_argument("--generations", type=int, default=16_000_000, help="of each run: enough for all kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    moments = random.Random(options.seed)
    total: Counter[int] = Counter()
    with tempfile.TemporaryDirectory(prefix="kill-studies-") as place:
        wanted = outcomes(killed_study(Path(place) / "undisturbed", 0, moments, options.generations)[0])
        for number in range(options.rounds):
            store, kills = killed_study(Path(place) / f"round{number}", options.kills, moments, options.generations)
            assert outcomes(store) == wanted, f"the study in {store.root} ends unlike one that nobody killed"
            total += kills
            listed = ", ".join(f"{count} with {done} of 4 runs done" for done, count in sorted(kills.items()))
            print(f"round {number + 1}: {kills.total()} kills ({listed}); the end is that of a study nobody killed")
    print(f"in all {total.total()} kills")


if __name__ == "__main__":
    main()
