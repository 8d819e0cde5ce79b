"""Texts for a terminal: stored texts are shown, but their control characters are escaped."""

import re

# C0 and C1 without tab and newline, signs that turn the direction of writing, line separators, halves of surrogates.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: object) -> str:
    r"""Text with control characters escaped: ESC is shown as ``\x1b``.

    Tabs and newlines stay. Commands pass everything that they print through here, see :mod:`cgplab.cli.output`;
    JSON has a way of its own to write such characters, and stays exact.
    """
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), str(text))


def one_line(text: object) -> str:
    """Printable text without line breaks, so that a stored text cannot pass for a line of the program's own."""
    return printable(" ".join(str(text).split()))
