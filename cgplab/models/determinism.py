"""Make a training run repeat itself, and keep torch to one thread."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cgplab.errors import InputError


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use a single thread within a block.

    LeNet-5's operations take well under a millisecond, and after each one torch's threads wait for each other. On a
    machine that is busy with evolution that made evaluation 20 times slower than on one thread.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def exact_on(device: torch.device) -> Iterator[None]:
    """Keep a GPU from shortening float32 to 19 bits, and from choosing algorithms by their speed."""
    if device.type != "cuda":
        yield
        return
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
        yield


@contextmanager
def reproducible(seed: int) -> Iterator[torch.Generator]:
    """Run a block with fixed seeds, one thread and deterministic algorithms; restore torch's state afterwards.

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
    deterministic = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        # Another number of threads would split sums in other places and so give other last bits.
        with one_thread(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield torch.Generator().manual_seed(seed)
    finally:
        torch.use_deterministic_algorithms(deterministic)
