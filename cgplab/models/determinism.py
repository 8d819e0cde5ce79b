"""Make a training run repeat itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cgplab.errors import InputError

# Sums over a batch are split among threads, so another number of threads gives other last bits.
THREADS = 2


@contextmanager
def reproducible(seed: int) -> Iterator[torch.Generator]:
    """Run a block with fixed seeds, two threads and deterministic algorithms; restore torch's state afterwards.

    The same seed then gives the same weights, bit for bit, with the same torch version on the same kind of
    processor. Other processors or versions may round differently, and training magnifies that.

    Yields
    ------
    torch.Generator
        Seeded source for shuffling and augmentation.

    Raises
    ------
    InputError
        The seed is outside 0..2^63-1.
    """
    if not 0 <= seed < 2**63:
        raise InputError(f"seed must be in 0..2^63-1, not {seed}")
    threads = torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield torch.Generator().manual_seed(seed)
    finally:
        torch.use_deterministic_algorithms(deterministic)
        torch.set_num_threads(threads)
