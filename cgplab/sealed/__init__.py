"""Sealed studies: runs in one file that is read in place, ``*.cgplab``; see docs/sealed.md."""

from cgplab.sealed.merging import merge_sealed
from cgplab.sealed.run import SealedRun
from cgplab.sealed.store import SealedStore, open_store
from cgplab.sealed.writing import seal_runs

__all__ = ["SealedRun", "SealedStore", "merge_sealed", "open_store", "seal_runs"]
