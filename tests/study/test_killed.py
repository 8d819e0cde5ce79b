"""A study whose command is killed at any moments and called again ends as if nothing had been."""

import random as random_module

import pytest

from tests.study.killing import killed_study, outcomes

KILLS = 2


@pytest.mark.slow
def test_killed_at_random_moments_and_called_again(tmp_path):
    undisturbed, _ = killed_study(tmp_path / "undisturbed", 0, None)
    killed, kills = killed_study(tmp_path / "killed", KILLS, random_module.Random(20260101))
    assert kills.total() == KILLS
    assert outcomes(killed) == outcomes(undisturbed)
