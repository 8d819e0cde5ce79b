"""Which tests need what: by place, in the order in which they run."""

from pathlib import Path

import pytest

TIERS = {
    "quick": "everything else: no browser, no server, no cluster, at most about a second",
    "slow": "computes for more than about a second, or starts commands or servers of the dashboard",
    "browser": "needs Debian's chromium",
    "cluster": "needs Debian's Slurm, or a Dask cluster",
}
"""Name and meaning of every tier; the names are pytest's markers."""

_SLOW = (
    "analysis/test_compression.py",
    "benchmarks",
    "cgp/construct/test_one_vector.py",
    "cgp/construct/test_placed_relaxation.py",
    "cgp/construct/test_placement.py",
    "cgp/construct/test_several_vectors.py",
    "cgp/construct/test_tiny_grids.py",
    "cgp/construct/test_workloads.py",
    "cgp/test_golden.py",
    "cli/test_commands.py",
    "cli/test_costs.py",
    "cli/test_export.py",
    "cli/test_many.py",
    "cli/test_synth.py",
    "dashboard/test_logins.py",
    "dashboard/test_routes.py",
    "dashboard/test_server.py",
    "figures/test_budget.py",
    "figures/test_figures.py",
    "figures/test_hostile.py",
    "figures/test_layout.py",
    "fuzz",
    "hardware/test_synthesis.py",
    "models/mobilenetv2",
    "models/test_cli_model.py",
    "models/test_shipped.py",
    "models/test_training.py",
    "reproduction",
    "running/test_accuracy.py",
    "running/test_faults.py",
    "running/test_killed.py",
    "running/test_launch.py",
    "running/test_measuring.py",
    "test_ownership.py",
    "test_patterns.py",
    "thesis/test_bad_input.py",
)
_PLACES = {"ui": "browser", "running/cluster": "cluster", **dict.fromkeys(_SLOW, "slow")}
_TESTS = Path(__file__).parent


def tier_of(path: Path, *, slow: bool) -> str:
    """Tier of a test: that of its file's place, else whether it is marked slow."""
    place = path.relative_to(_TESTS).as_posix()
    named = (tier for start, tier in _PLACES.items() if f"{place}/".startswith(f"{start}/"))
    return next(named, "slow" if slow else "quick")


def assign(items: list[pytest.Item]) -> None:
    """Mark each test with its tier, and bring the tiers into order; inside a tier the order stays.

    Quick tests come first. The others are ordered for two processes, each of which starts on one half: one half begins
    with the cluster tests, the other with the browser tests. These are the longest; the short tests that follow let
    both processes end at about the same time.
    """
    tiers: dict[str, list[pytest.Item]] = {name: [] for name in TIERS}
    for item in items:
        tier = tier_of(item.path, slow=item.get_closest_marker("slow") is not None)
        item.add_marker(tier)
        tiers[tier].append(item)
    quick, slow, browser, cluster = tiers.values()
    half = max(0, (len(slow) + len(browser) - len(cluster)) // 2)
    items[:] = [*quick, *cluster, *slow[:half], *browser, *slow[half:]]
