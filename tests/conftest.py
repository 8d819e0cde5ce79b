"""Fixtures of the whole suite."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared():
    """Directory of the development material; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the development material (../shared) is not here")
    return SHARED
