"""Apply an operator to int8 values."""

import numpy as np

from cgplab.cgp.kernels.jit import part


@part
def apply(task, function, a, b):  # type: ignore[no-untyped-def]
    """Result of operator code ``function`` on one vector, int8; not for ``mux`` and ``demux``."""
    byte_b = (np.int64(b) << 8) & task.mask[function]
    return task.table[task.start[function] + (np.int64(a) & 255) + byte_b]
