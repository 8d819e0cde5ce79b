"""Studies of stored runs for notebooks: overview, tables, figures, tests and the best circuit, a line each."""

from cgplab.study.drawing import Drawing
from cgplab.study.study import Study

__all__ = ["Drawing", "Study"]
