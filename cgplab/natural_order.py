"""Texts in the order a person expects."""

import re
from collections.abc import Iterable

_PARTS = re.compile(r"(\d+)")


def natural(values: Iterable[str]) -> list[str]:
    """Texts sorted with their numbers by size: ``conv2`` before ``conv10``, ``5x5`` before ``10x10``."""
    return sorted(
        values, key=lambda text: [(not p.isdigit(), int(p) if p.isdigit() else 0, p) for p in _PARTS.split(text)]
    )
