"""Sealed studies: runs in one file, ``*.cgplab``, that is read without unpacking; see docs/sealed.md."""

from cgplab.sealed.opening import is_sealed, open_store

__all__ = ["is_sealed", "open_store"]
