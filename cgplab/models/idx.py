"""The IDX format in which MNIST and its kin are published: a small header, then the values."""

import gzip
import io
import lzma
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.unpacked_size import check_size, most_bytes

TYPES: dict[int, np.dtype[Any]] = {0x08: np.dtype(np.uint8), 0x0C: np.dtype(">i4")}
XZ = b"\xfd7zXZ"


def decode_idx(data: bytes, *, origin: str) -> NDArray[np.uint8] | NDArray[np.int32]:
    """Decode a packed IDX file of unsigned bytes or 32-bit numbers.

    Parameters
    ----------
    data : bytes
        The file, packed with gzip or xz.
    origin : str
        What an error message calls it.

    Returns
    -------
    uint8 or int32 array
        Shaped as the header says.

    Raises
    ------
    InputError
        Not packed, cut off, not IDX of bytes or 32-bit numbers, or one that unpacks to far more than such files do.
    """
    most = most_bytes(len(data))
    packing = "xz" if data.startswith(XZ) else "gzip"
    try:
        if packing == "xz":
            with lzma.LZMAFile(io.BytesIO(data)) as file:
                raw = file.read(most + 1)
        else:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as zipped:
                raw = zipped.read(most + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise InputError(f"{origin} is not a whole {packing} file ({error}); get it again") from error
    check_size(len(raw), len(data), origin, "it is not an IDX data set")
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in TYPES:
        raise InputError(f"{origin} is not an IDX file of bytes or 32-bit numbers; give the original packed file")
    dtype = TYPES[raw[2]]
    header = 4 + 4 * raw[3]
    if len(raw) < header:
        raise InputError(f"{origin} ends within its IDX header; get it again")
    shape = tuple(int(size) for size in np.frombuffer(raw, dtype=">u4", count=raw[3], offset=4))
    if len(shape) > 4:
        raise InputError(f"{origin} has {len(shape)} dimensions in its IDX header; at most 4 are allowed")
    count = int(np.prod(shape, dtype=object))
    if len(raw) - header != count * dtype.itemsize:
        held = (len(raw) - header) // dtype.itemsize
        raise InputError(f"{origin} holds {held} values but its IDX header says {shape}; get it again")
    values: NDArray[Any] = np.frombuffer(raw, dtype=dtype, offset=header).reshape(shape)
    return values if dtype == np.uint8 else values.astype(np.int32)
