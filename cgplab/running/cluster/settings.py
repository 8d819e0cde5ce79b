"""What a batch system is asked for, read from a small TOML file."""

import re
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Self

from msgspec import Meta
from platformdirs import user_config_path

from cgplab.errors import InputError
from cgplab.schema import Finite, Name, Text, convert_as, toml_as

SYSTEMS = ("slurm", "pbs")
MARGIN = 300
"""Seconds before the end of the walltime at which a job stops itself, so that it can store and copy back."""

_SIZE = re.compile(r"(\d+)\s*([kmgt]?)b?", re.IGNORECASE)
_WALLTIME = re.compile(r"(?:(\d+)-)?(\d+):([0-5]\d)(?::([0-5]\d))?")


def default_settings_file() -> Path:
    """File that is read when none is named."""
    return user_config_path("cgplab") / "cluster.toml"


_Short = Annotated[str, Meta(max_length=40)]
_Number = Annotated[int, Meta(le=1_000_000)]


@dataclass(frozen=True)
class ClusterSettings:
    """Resources of one job.

    Attributes
    ----------
    walltime : str
        ``[D-]HH:MM[:SS]``.
    mem : str
        Memory, such as ``4gb``.
    cores : int
        Runs at a time within a job.
    queue, account : str, optional
        Queue (Slurm: partition) and account to charge.
    scratch : str, optional
        Directory on the node to work in, with environment variables, such as ``$SCRATCHDIR``. Default: the
        store itself.
    scratch_size : str, optional
        Local scratch to ask PBS for, such as ``20gb``.
    copy_back : float
        Minutes between copies from scratch into the store.
    jobs : int
        Most jobs at a time under ``--cluster``.
    resource_spec : str, optional
        PBS ``-l`` text in place of the one made from ``cores``, ``mem`` and ``scratch_size``.
    directives : tuple of str
        Further options for the batch system, one per line of the job's head.
    prologue : tuple of str
        Shell lines before Python starts, such as ``module load python/3.11``.
    python : str
        Python of the nodes; it must have cgplab.
    interface : str, optional
        Network interface by which nodes reach the scheduler under ``--cluster``.
    """

    walltime: _Short = "24:00:00"
    mem: _Short = "4gb"
    cores: _Number = 1
    queue: Name | None = None
    account: Name | None = None
    scratch: Text | None = None
    scratch_size: _Short | None = None
    copy_back: Finite = 10.0
    jobs: _Number = 10
    resource_spec: Text | None = None
    directives: tuple[Text, ...] = ()
    prologue: tuple[Text, ...] = ()
    python: Text = sys.executable
    interface: Name | None = None

    def __post_init__(self) -> None:
        for name in ("cores", "jobs"):
            if getattr(self, name) < 1:
                raise InputError(f"cluster setting {name} must be at least 1, not {getattr(self, name)}")
        if not 0 < self.copy_back < float("inf"):
            raise InputError(f"cluster setting copy_back must be above 0 minutes, not {self.copy_back:g}")
        if self.seconds <= 0:
            raise InputError(f"cluster setting walltime must be above 0, not {self.walltime}")
        for name in ("mem", "scratch_size"):
            text = getattr(self, name)
            if text is not None and not _SIZE.fullmatch(text):
                raise InputError(f"cluster setting {name} must be a size such as 4gb, not {text!r}")

    @property
    def seconds(self) -> int:
        """Walltime in seconds."""
        match = _WALLTIME.fullmatch(self.walltime)
        if match is None:
            raise InputError(f"cluster setting walltime must be [D-]HH:MM[:SS], not {self.walltime!r}")
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds

    @property
    def clock(self) -> str:
        """Walltime as ``HH:MM:SS``, which every batch system understands."""
        minutes, seconds = divmod(self.seconds, 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"

    @property
    def search_seconds(self) -> int:
        """Seconds after which a job stops itself: all but the margin, at least half of the walltime."""
        return max(self.seconds - MARGIN, self.seconds // 2)

    @property
    def megabytes(self) -> int:
        """Memory in MiB, rounded up."""
        match = _SIZE.fullmatch(self.mem)
        assert match is not None
        power: int = "kmgt".index(match[2].lower()) + 1 if match[2] else 0
        return -(-int(match[1]) * int(1024**power) // 1024**2)

    @classmethod
    def read(cls, system: str, path: Path | None, **overrides: Any) -> Self:
        """Settings of a batch system from the table of its name.

        Parameters
        ----------
        system : str
            Table of the file: one of :data:`SYSTEMS`.
        path : Path, optional
            Default: :func:`default_settings_file`, which may be absent.
        overrides
            Settings that replace the file's; None leaves the file's.

        Raises
        ------
        InputError
            The file is missing though named, malformed, or has an unknown or ill-typed setting.
        """
        table = _table(system, path)
        table.update({name: value for name, value in overrides.items() if value is not None})
        known = [field.name for field in fields(cls)]
        unknown = [name for name in table if name not in known]
        if unknown:
            raise InputError(f"unknown cluster setting {unknown[0]!r} for {system}; allowed: {', '.join(known)}")
        return convert_as(table, cls, f"table [{system}] of the cluster settings", "is wrong")


def _table(system: str, path: Path | None) -> dict[str, Any]:
    file = path or default_settings_file()
    if path is None and not file.is_file():
        return {}
    try:
        document = toml_as(file, dict[str, Any])
    except InputError as error:
        raise InputError(f"cannot read the cluster settings {file}: {error}") from error
    strangers = sorted(set(document) - set(SYSTEMS))
    if strangers:
        raise InputError(f"{file}: unknown table [{strangers[0]}]; allowed: {', '.join(f'[{s}]' for s in SYSTEMS)}")
    table = document.get(system, {})
    if not isinstance(table, dict):
        raise InputError(f"{file}: {system} must be a table, [{system}]")
    return dict(table)
