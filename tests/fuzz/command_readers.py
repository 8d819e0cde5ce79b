"""The options of ``cgplab evolve``, which take more numbers than any other command's, up to the plan of its runs."""

import re
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from tests.fuzz import mutation
from tests.fuzz.harness import Reader
from tests.fuzz.mutation import Seeds

_SEEDS = (
    "--strategy 0 --strategy 2.5 --grid 3x4 --seed 7 --generations 300",
    "--grid 3x4 --l-back 3 --time-limit 1.5 --patience 10 --mutation-rate 0.1 --children 4 --metric AE",
    "--grid 2x2 --stop gate_count=20 --stop error=0 --wiring evolved --objective area --filter 1 --channel 0",
)


def _nothing(*_: object, **__: object) -> None:
    """In place of what talks to people."""


def _evolve(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    from typer.exceptions import TyperException
    from typer.main import get_command

    from cgplab.cli import app
    from cgplab.cli import evolve as module
    from cgplab.errors import InputError

    command = get_command(app)
    store = str(directory / "store")
    base = ["evolve", "--model", "lenet5-qat", "--selection", "single_filter", "--plan", "--store", store]

    def read(data: bytes) -> None:
        words = re.split(r"\s+", data.decode(errors="surrogateescape").strip())
        # Two options ask for more work, not for another reading of a text.
        if "--help" in words or any(word.startswith("--r") for word in words):
            return
        try:
            with patch.multiple(module, announce=_nothing, say=_nothing), patch.object(module.Store, "create_all"):
                command([*base, *words], standalone_mode=False)
        except TyperException as error:
            raise InputError(" ".join(error.format_message().split())) from error

    return [seed.encode() for seed in _SEEDS], read


COMMANDS = (Reader("options of evolve", (), _evolve, mutation.text, 1),)
