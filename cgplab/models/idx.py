"""The IDX format in which MNIST is published: a small header, then the values."""

import gzip
import io
import zlib

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError

UNSIGNED_BYTES = 0x08
MAX_BYTES = 256 * 2**20  # a gzip file can promise any size; no data set of small grey images is larger


def decode_idx(data: bytes, *, origin: str) -> NDArray[np.uint8]:
    """Decode a gzipped IDX file of unsigned bytes.

    Parameters
    ----------
    data : bytes
        The compressed file.
    origin : str
        What an error message calls it.

    Returns
    -------
    uint8 array
        Shaped as the header says.

    Raises
    ------
    InputError
        Not gzip, cut off, not IDX of unsigned bytes, or above 256 MiB.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{origin} is not a whole gzip file ({error}); get it again") from error
    if len(raw) > MAX_BYTES:
        raise InputError(f"{origin} unpacks to more than {MAX_BYTES // 2**20} MiB; it is no such data set")
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] != UNSIGNED_BYTES:
        raise InputError(f"{origin} is not an IDX file of unsigned bytes; give the original gzipped file")
    header = 4 + 4 * raw[3]
    if len(raw) < header:
        raise InputError(f"{origin} ends within its IDX header; get it again")
    shape = tuple(int(size) for size in np.frombuffer(raw, dtype=">u4", count=raw[3], offset=4))
    count = int(np.prod(shape, dtype=object))
    if len(raw) - header != count:
        raise InputError(f"{origin} holds {len(raw) - header} values but its IDX header says {shape}; get it again")
    return np.frombuffer(raw, dtype=np.uint8, offset=header).reshape(shape)
