"""Text files of the original, read whole with errors that name the file."""

from pathlib import Path

from cgplab.errors import InputError


def read_lines(path: Path) -> list[tuple[int, str]]:
    """Lines that are not blank, stripped, with their numbers from 1.

    Raises
    ------
    InputError
        The file is absent or is not text.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def whole_number(text: str, place: str, what: str) -> int:
    """Whole number written as text; InputError names its place otherwise."""
    try:
        return int(text)
    except ValueError as error:
        raise InputError(f"{place}: {what} is {text!r}, not a whole number") from error
