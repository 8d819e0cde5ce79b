"""Find programs outside cgplab."""

import shutil

from cgplab.errors import MissingToolError


def find_tool(command: str, package: str) -> str:
    """Path of a program; MissingToolError, naming the Debian package it comes in, when it is not installed."""
    path = shutil.which(command)
    if path is None:
        raise MissingToolError(f"{command} is not installed; install the package {package}")
    return path
