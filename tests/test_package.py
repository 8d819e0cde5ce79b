"""The package as a whole: light to import, and its README is true."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "numba", "panel", "bokeh", "pandas", "matplotlib", "scipy")


def loaded_by(statement):
    code = f"import sys; {statement}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in result.stdout.split()}


@pytest.mark.parametrize(
    "statement", ["import cgplab", "import cgplab.cgp, cgplab.hardware, cgplab.models, cgplab.store"]
)
def test_nothing_heavy_is_loaded_before_it_is_used(statement):
    assert loaded_by(statement).isdisjoint(HEAVY)


def test_the_command_line_starts_without_torch_and_numba():
    assert loaded_by("import cgplab.cli").isdisjoint(("torch", "numba", "pandas", "matplotlib", "scipy"))


def test_the_readmes_python_runs(capsys):
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL).group(1)
    exec(compile(code, "README.md", "exec"), {})
    assert "pJ;" in capsys.readouterr().out


def test_the_readmes_links_and_files_exist():
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "data").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
