"""Steps over whole arrays; numba's own also compile the texts of errors that cannot occur."""

from cgplab.cgp.kernels.jit import routine


@routine
def copy(target, source):  # type: ignore[no-untyped-def]
    """Copy an array of one axis into another of that length or more."""
    for i in range(source.shape[0]):
        target[i] = source[i]


@routine
def fill(target, value):  # type: ignore[no-untyped-def]
    """Set all entries of an array of one axis."""
    for i in range(target.shape[0]):
        target[i] = value
