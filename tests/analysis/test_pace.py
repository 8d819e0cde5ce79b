"""Speed, share done and time left."""

import pytest

from cgplab.analysis.pace import pace
from cgplab.store import State, Status


def status(**known):
    return Status(State.RUNNING, updated="", **known)


def test_nothing_is_known_at_the_start():
    assert pace({"time_limit": None, "generations": None}, status()).remaining is None
    assert pace({"time_limit": 60.0, "generations": None}, status()).remaining == 60


def test_the_nearest_limit_counts():
    found = pace({"time_limit": 60.0, "generations": 1000}, status(generation=500, children=2000, seconds=10.0))
    assert found.rate == 200
    assert found.share == 0.5
    assert found.remaining == pytest.approx(10)
    assert pace({"time_limit": 12.0, "generations": 1000}, status(generation=500, seconds=10.0)).remaining == 2


def test_rates():
    found = pace({}, status(generation=100, children=400, accepted=25, neutral=100, rejected_early=200, seconds=2.0))
    assert (found.acceptance, found.neutral, found.rejected_early, found.share) == (0.25, 0.25, 0.5, None)
