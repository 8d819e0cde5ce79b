"""docs/studies.md lists every key that a file may have, with its default, and its example does what it says."""

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from cgplab.running import Request
from cgplab.study.completeness import Stage
from cgplab.study.design import MOST_CELLS, MOST_RUNS, Design
from cgplab.study.document import Accuracy, Budget, Choices, Comparison, Document, document_of

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
KINDS = {
    "Of a study only": Document,
    "Of a study, or of one of its searches": Choices,
    "budget": Budget,
    "accuracy": Accuracy,
    "comparison": Comparison,
}
OPEN = (None, [], {}, Accuracy())
"""Defaults that the text puts into words."""


def rows(heading):
    """Cells of the table below a heading."""
    part = re.split(r"^#+ ", TEXT.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


@pytest.mark.parametrize("heading", KINDS)
def test_every_key_is_listed_with_its_default(heading):
    kind = KINDS[heading]
    own = [field for field in fields(kind) if kind is not Document or field.name not in Choices.__annotations__]
    told = {key.strip("`"): default for key, default, _ in rows(heading)}
    assert list(told) == [field.name for field in own]
    asked = {field.name: field.default for field in fields(Request)}
    for field in own:
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if default is MISSING:
            assert told[field.name] == "required"
        elif default not in OPEN:
            assert told[field.name] == f"`{str(default).lower() if isinstance(default, bool) else default}`"
        elif field.name in ("method", "objective", "children", "multiplex"):
            assert told[field.name] == f"`{str(asked[field.name]).replace('False', 'false')}`"
        else:
            assert "`" not in told[field.name] or field.name in ("strategies", "seeds", "wiring")


def test_every_stage_is_explained():
    assert [stage for stage, *_ in rows("Where a run of a study stands")] == [stage.value for stage in Stage]


def test_the_example_has_the_runs_that_the_text_says():
    data = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)[1]
    design = Design.of(document_of(data.encode(), "docs/studies.md"))
    assert f"here {design.n_runs:,} runs in {len(design.cells):,} cells" in TEXT
    assert f"at most {MOST_CELLS:,} cells. More than {MOST_RUNS:,} runs need `--yes`" in TEXT
