"""Text files of the original, read whole with errors that name the file."""

from pathlib import Path

from cgplab.texts import read_text


def read_lines(path: Path) -> list[tuple[int, str]]:
    """Lines that are not blank, stripped, with their numbers from 1.

    Raises
    ------
    InputError
        The file is absent, too large or not text.
    """
    return [(number, line.strip()) for number, line in enumerate(read_text(path).splitlines(), 1) if line.strip()]
