"""Unpack the example runs in a process of their own, ``python -m cgplab.running.unpacking``.

Whoever serves pages meanwhile stays responsive. The process tells how far it has come in lines of JSON; when nobody
reads them any more it leaves nothing behind.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from threading import Lock, Thread
from typing import ClassVar

from cgplab.errors import InputError
from cgplab.running.examples import example_store

_TOLD_EVERY = 0.1
"""Seconds between two lines."""


@dataclass(frozen=True)
class Stage:
    """How far an unpacking has come.

    Attributes
    ----------
    done, total : int
        Runs; both 0 until the archives are read.
    remaining : float or None
        Seconds, judged by the runs so far.
    error : str
        Why it failed; empty otherwise.
    ended : bool
        Well or not.
    """

    done: int = 0
    total: int = 0
    remaining: float | None = None
    error: str = ""
    ended: bool = False


class Unpacking:
    """One process that unpacks.

    Attributes
    ----------
    stage : Stage
        Replaced as it goes on.
    """

    _lock: ClassVar = Lock()
    _current: "ClassVar[Unpacking | None]" = None

    @classmethod
    def shared(cls) -> "Unpacking":
        """The one that goes on for whoever asks in this process; it is begun unless it does."""
        with cls._lock:
            if cls._current is None or cls._current.stage.ended:
                cls._current = cls()
            return cls._current

    def __init__(self) -> None:
        self.stage = Stage()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cgplab.running.unpacking"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        Thread(target=self._follow, name="example runs", daemon=True).start()

    def _follow(self) -> None:
        assert self._process.stdout is not None
        error, began = "", None
        for line in self._process.stdout:
            told = json.loads(line)
            error = told.get("error", "")
            if "total" in told:
                done, total = told["done"], told["total"]
                began = began or (time.monotonic() if total else None)
                left = (time.monotonic() - began) * (total - done) / done if began and done else None
                self.stage = Stage(done, total, left)
        if self._process.wait() and not error:
            error = "the example runs could not be unpacked; see what the server says, or try: cgplab examples"
        self.stage = Stage(error=error, ended=True)


def main() -> int:
    """Unpack and tell; returns the exit code."""
    last = -_TOLD_EVERY

    def tell(done: int, total: int) -> None:
        nonlocal last
        if done in (0, total) or time.monotonic() - last >= _TOLD_EVERY:
            last = time.monotonic()
            _say(done=done, total=total)

    try:
        example_store(tell)
    except InputError as error:
        _say(error=str(error))
        return 2
    except (BrokenPipeError, KeyboardInterrupt):
        # The server that wanted to know has ended.
        return 1
    return 0


def _say(**what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main())
