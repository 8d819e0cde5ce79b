"""How many examples Hypothesis makes: few in the suite, twenty times as many with ``--hypothesis-profile=thorough``."""

from hypothesis import HealthCheck, settings

SUITE = "suite"
"""Profile of the whole suite."""
_TIMES = 20
# How long an example takes, or is made, says nothing on a busy machine.
settings.register_profile(SUITE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile(SUITE))


def examples(suite: int) -> int:
    """Number of examples of a test that makes ``suite`` in the suite."""
    return suite * _TIMES if settings.get_current_profile_name() == "thorough" else suite
