"""Where the original keeps the files of an experiment."""

import re
from dataclasses import dataclass
from pathlib import Path

from cgplab.errors import InputError

CONFIG = "train_cgp.config"
DATA = "train.data"
PARAMETERS = "gate_parameters.txt"
STATISTICS = Path("train_statistics", "fitness")
_STATISTICS = re.compile(r"statistics\.([0-9]{1,18})\.csv(\.zip)?")


@dataclass(frozen=True)
class Experiment:
    """One experiment's directory.

    Attributes
    ----------
    path : Path
    name : str
        Path below the directory that was given; the directory's own name for that itself.
    """

    path: Path
    name: str

    @property
    def config(self) -> Path:
        """Settings of the experiment."""
        return self.path / CONFIG

    @property
    def data(self) -> Path:
        """The problem."""
        return self.path / DATA

    @property
    def parameters(self) -> Path:
        """Costs of the operators."""
        return self.path / PARAMETERS

    def statistics(self) -> dict[int, Path]:
        """Statistics by run.

        Raises
        ------
        InputError
            There are none.
        """
        folder = self.path / STATISTICS
        found: dict[int, Path] = {}
        for path in sorted(folder.glob("statistics.*")):
            match = _STATISTICS.fullmatch(path.name)
            if match:
                # Of a file and its archive the plain file is read; it sorts first.
                found.setdefault(int(match.group(1)), path)
        if not found:
            raise InputError(f"{folder} holds no statistics.RUN.csv or statistics.RUN.csv.zip; nothing to import")
        return dict(sorted(found.items()))

    def weights(self, run: int) -> Path:
        """Inferred weights of a run."""
        return self.path / "weights" / f"weights.{run}.txt"

    def final_config(self, run: int) -> Path:
        """Settings and final circuit of a run."""
        return self.path / "cgp_configs" / f"cgp.{run}.config"

    def gate_statistics(self, run: int) -> list[Path]:
        """Operator counts of a run's circuits."""
        found = (self.path / "gate_statistics").glob(f"statistics.{run}.*.txt")
        return sorted(found, key=lambda path: (len(path.name), path.name))

    def metrics_directories(self) -> tuple[Path, Path]:
        """Where accuracies may stand: here, or beside the experiment where it is one of several."""
        return self.path / "model_metrics", self.path.parent / "model_metrics"


def find_experiments(root: Path) -> list[Experiment]:
    """Experiments at or below a directory, sorted by name.

    Raises
    ------
    InputError
        No such directory, or no experiment in it.
    """
    if not root.is_dir():
        raise InputError(f"no such directory: {root}")
    root = root.resolve()
    found = sorted((path.parent for path in root.rglob(CONFIG)), key=lambda path: _natural(str(path)))
    if not found:
        raise InputError(f"{root} holds no {CONFIG}; give the directory of an experiment or one above it")
    return [Experiment(path, str(path.relative_to(root)) if path != root else path.name) for path in found]


def _natural(text: str) -> list[tuple[int, str]]:
    """Key that sorts 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)]
