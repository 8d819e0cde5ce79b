"""Files of the original program: read, check against our core, import into a store, export."""

from cgplab.thesis.check import Difference
from cgplab.thesis.directory import Experiment, find_experiments
from cgplab.thesis.exporting import export_runs
from cgplab.thesis.importing import Imported, import_experiment
from cgplab.thesis.origin import find_origin
from cgplab.thesis.reading import ReadExperiment, read_experiment

__all__ = [
    "Difference",
    "Experiment",
    "Imported",
    "ReadExperiment",
    "export_runs",
    "find_experiments",
    "find_origin",
    "import_experiment",
    "read_experiment",
]
