"""The original study's published findings, held against runs of ours on the same work."""

from cgplab.reproduction.answers import Answer
from cgplab.reproduction.beside import Beside, beside
from cgplab.reproduction.contents import SIDE_WORDS, Contents, contents, summary
from cgplab.reproduction.evidence import Evidence, Gap, gather
from cgplab.reproduction.findings import FINDINGS, NOT_HELD, Finding
from cgplab.reproduction.outcome import Outcome, judge
from cgplab.reproduction.works import AS_BUILT, SIDES, WORKS, Work

__all__ = [
    "AS_BUILT", "FINDINGS", "NOT_HELD", "SIDES", "SIDE_WORDS", "WORKS", "Answer", "Beside", "Contents", "Evidence",
    "Finding", "Gap", "Outcome", "Work", "beside", "contents", "gather", "judge", "summary",
]  # fmt: skip
