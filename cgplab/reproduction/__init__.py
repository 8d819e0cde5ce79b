"""The original study's published findings, held against runs of ours on the same work."""

from cgplab.reproduction.beside import Beside, beside
from cgplab.reproduction.evidence import Evidence, Gap, gather
from cgplab.reproduction.findings import FINDINGS, Finding
from cgplab.reproduction.outcome import Outcome, judge
from cgplab.reproduction.works import SIDES, WORKS, Work

__all__ = [
    "FINDINGS", "SIDES", "WORKS", "Beside", "Evidence", "Finding", "Gap", "Outcome", "Work", "beside", "gather",
    "judge",
]  # fmt: skip
