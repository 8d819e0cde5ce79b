"""Compiled kernels; each file holds one, and all of them are driven by :class:`cgplab.cgp.Evolution`."""
