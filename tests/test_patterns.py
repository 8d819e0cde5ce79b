"""Every regular expression of the product takes time in proportion to the text, whatever the text is."""

import ast
import importlib
import multiprocessing
import re
from pathlib import Path

import pytest

from tests.fuzz.limits import bound_time

ROOT = Path(__file__).parents[1]
SEARCHES = {"search", "findall", "finditer", "split", "sub"}
CALLS = {"compile", "match", "fullmatch"} | SEARCHES


def patterns():
    """Patterns of the sources by place, and whether they are searched for, or else matched from the beginning."""
    found = {}
    for path in sorted((ROOT / "cgplab").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        # Patterns of the schema; msgspec searches for them.
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "pattern":
                found[f"{path.relative_to(ROOT)}:{node.value.lineno}"] = re.compile(ast.literal_eval(node.value)), True
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        calls = [(node, node.func.value.id) for node in calls if isinstance(node.func.value, ast.Name)]
        searched = {name for node, name in calls if node.func.attr in SEARCHES}
        compiled = {
            id(node.value): {target.id for target in node.targets if isinstance(target, ast.Name)}
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
        }
        for node, name in calls:
            if name != "re" or node.func.attr not in CALLS:
                continue
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            try:
                pattern = eval(compile(ast.Expression(node.args[0]), place, "eval"), vars(module))
            except NameError:
                # Forms of equations that cgplab has just written; they are matched whole.
                assert "cgplab/export/latex.py" in place, f"{place} makes a pattern of local names"
                continue
            flags = (
                eval(compile(ast.Expression(node.args[1]), place, "eval"), vars(module))
                if (node.func.attr == "compile" and len(node.args) > 1)
                else 0
            )
            found[place] = (
                re.compile(pattern, flags),
                (node.func.attr in SEARCHES or bool(compiled.get(id(node), set()) & searched)),
            )
    return found


PATTERNS = patterns()
LIMIT = 120
"""Seconds of processor time."""
PARTS = ("a", "1", " ", "\n", "_", ".", "/*", "\\", "\\ ", '"', '("', "(", "a(", "a:", "a ", "{1,", "1e", "1.", "1,",
         "-", "g_{1} &\\equiv ", "&& \\text{", "([1]1,", "Total 1", "\u0661")  # fmt: skip


def _search_all(texts):
    bound_time(LIMIT)
    for pattern, searched in PATTERNS.values():
        for given in texts:
            text = given.encode() if isinstance(pattern.pattern, bytes) else given
            pattern.fullmatch(text)
            for _ in pattern.finditer(text) if searched else ():
                pass


def test_the_sources_have_patterns():
    assert len(PATTERNS) >= 23
    assert any("schema/kinds.py" in place for place in PATTERNS)


def test_a_pattern_reads_no_part_of_a_text_again_and_again():
    """A quadratic pattern would need hundreds of seconds for these; all of them together need about one."""
    texts = [part * (100_000 // len(part)) + end for part in PARTS for end in ("", "!", "\n", "x")]
    process = multiprocessing.get_context("fork").Process(target=_search_all, args=(texts,))
    process.start()
    process.join()
    assert process.exitcode == 0


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"^\s*Total\s.*?(\d+)\s*W$"])
def test_that_test_finds_patterns_that_backtrack(pattern, monkeypatch):
    monkeypatch.setitem(PATTERNS, "planted", (re.compile(pattern), True))
    monkeypatch.setattr("tests.test_patterns.LIMIT", 2)
    process = multiprocessing.get_context("fork").Process(
        target=_search_all, args=(["Total " + "1" * 30_000, "a" * 40],)
    )
    process.start()
    process.join()
    assert process.exitcode != 0
