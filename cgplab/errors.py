"""Errors that a user can act on; the command line prints them as one line."""


class InputError(ValueError):
    """What the user gave cannot be used.

    The message is one line: it names the value, the limit and the way out. The command line prints it
    and exits with code 2.
    """


class MissingToolError(RuntimeError):
    """A program outside cgplab, yosys say, is needed and not installed.

    The message is one line that names the program and the package it comes in. The command line prints it and
    exits with code 3.
    """


class WrongResultError(RuntimeError):
    """What cgplab made was run and computes something else than it must: a defect of cgplab, to be reported.

    The message is one line that names what is wrong; nothing was written. The command line prints it and exits with
    code 1.
    """
