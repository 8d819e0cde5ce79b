"""Which tests need what: by place, in the order in which they run."""

from pathlib import Path

import pytest

TIERS = {
    "quick": "everything else: no browser, no server, no cluster, at most a few seconds",
    "slow": "needs more than about ten seconds, or servers of the dashboard",
    "browser": "needs Debian's chromium",
    "cluster": "needs Debian's Slurm, or a Dask cluster",
}
"""Name and meaning of every tier; the names are pytest's markers."""

_PLACES = {
    "ui": "browser",
    "running/cluster": "cluster",
    "dashboard/test_server.py": "slow",
}
_TESTS = Path(__file__).parent


def tier_of(path: Path, *, slow: bool) -> str:
    """Tier of a test: that of its file's place, else whether it is marked slow."""
    place = path.relative_to(_TESTS).as_posix()
    named = (tier for start, tier in _PLACES.items() if f"{place}/".startswith(f"{start}/"))
    return next(named, "slow" if slow else "quick")


def assign(items: list[pytest.Item]) -> None:
    """Mark each test with its tier, and bring the tiers into order; inside a tier the order stays."""
    order = {name: number for number, name in enumerate(TIERS)}
    tiers = {item: tier_of(item.path, slow=item.get_closest_marker("slow") is not None) for item in items}
    for item, tier in tiers.items():
        item.add_marker(tier)
    items.sort(key=lambda item: order[tiers[item]])
