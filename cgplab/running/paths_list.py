"""Lists of paths for other processes: any path survives, whatever bytes its name is made of."""

import os
from collections.abc import Sequence
from pathlib import Path


def write_paths(file: Path, paths: Sequence[Path]) -> None:
    """Write paths, each ended by a NUL, the one byte that no path holds."""
    file.write_bytes(b"".join(os.fsencode(path) + b"\0" for path in paths))


def read_paths(file: Path) -> list[Path]:
    """Read what :func:`write_paths` wrote."""
    return [Path(os.fsdecode(name)) for name in file.read_bytes().split(b"\0") if name]
