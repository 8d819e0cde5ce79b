"""Which images were classified correctly, as a short text: one bit per image, deflated, in base64."""

import zlib
from base64 import b64decode, b64encode
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from cgplab.errors import InputError

MOST_CHARACTERS = 1 << 20
Packed = Annotated[str, Meta(max_length=MOST_CHARACTERS, pattern=r"^[0-9A-Za-z+/]*={0,2}\Z")]
"""What :func:`packed` makes."""


def packed(bits: bytes) -> str:
    """Text of packed bits, see :attr:`cgplab.models.accuracy.Accuracy.correct`."""
    return b64encode(zlib.compress(bits, 9)).decode()


def unpacked(text: str, n: int) -> NDArray[np.bool_]:
    """Whether each of ``n`` images was classified correctly.

    Parameters
    ----------
    text : str
        As :func:`packed` makes it.
    n : int
        Images.

    Returns
    -------
    (n,) bool

    Raises
    ------
    InputError
        The text does not hold ``n`` bits.
    """
    size = -(-n // 8)
    try:
        inflater = zlib.decompressobj()
        bits = inflater.decompress(b64decode(text, validate=True), size + 1)
    except (ValueError, zlib.error) as error:
        raise InputError(f"the stored correctness of images is damaged: {error}; measure the accuracy again") from error
    if len(bits) != size or not inflater.eof:
        raise InputError(
            f"the stored correctness of images is damaged: it does not hold {n:,} images; measure the accuracy again"
        )
    return np.unpackbits(np.frombuffer(bits, dtype=np.uint8), count=n).astype(bool)
