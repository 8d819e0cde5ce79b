"""Sealed studies: runs in one file that is read in place, ``*.cgplab``; see docs/sealed.md."""

from cgplab.sealed.opening import is_sealed, open_store

__all__ = ["is_sealed", "open_store"]
