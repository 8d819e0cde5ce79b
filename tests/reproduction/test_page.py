"""The page of verdicts, and its tables in LaTeX."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cgplab.reproduction import FINDINGS, NOT_HELD, Evidence, Outcome, contents, page, tex
from cgplab.reproduction.answers import NO, NOTHING, OPEN, YES, Answer
from cgplab.reproduction.censoring import COMPLETE
from cgplab.reproduction.evidence import ENOUGH
from cgplab.reproduction.published import median_reach, range_reach
from cgplab.reproduction.works import BEST, FREE, FROZEN, ORIGINAL, WORKS
from tests.cli.commands import cgplab
from tests.reproduction.made_up import held, runs

DOCS = " ".join((Path(__file__).resolve().parents[2] / "docs" / "reproduction.md").read_text(encoding="utf-8").split())

NEEDS_LATEX = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine")
LONG = "median 0.0766 (95 % interval 0.0554 to 0.163) pJ, range 0.0301 to 0.483; n = 29 of 30 runs, those within budget"
WHY = (
    "see --as-built; median, Mathisen's test: p = 0.19; 0 of 29 outside the published range: p < 0.0001; "
    "r = -0.12, H = 3,863, ε² = 0.9"
)


def every_verdict():
    """Rows of all findings, with all verdicts and the longest texts."""
    verdicts = (YES, NO, OPEN)
    return [
        Outcome(
            finding,
            Answer(LONG, verdicts[i % 3], WHY),
            Answer("", NOTHING) if i % 4 == 0 else Answer(LONG, verdicts[i % 2], "1 circuit"),
            {FROZEN: Answer(LONG, NO, WHY), FREE: Answer("", OPEN, "no runs")},
        )
        for i, finding in enumerate(FINDINGS)
    ]


def everything():
    found = {
        (work, side): Evidence(WORKS[work], side, held(side, work=work), runs(2))
        for work in ("single_filter", "single_filter_ours")
        for side in (ORIGINAL, BEST)
    }
    return contents(every_verdict(), found)


def test_pages_hold_every_finding_its_verdicts_and_every_figure_without_a_row():
    for text in (page.markdown(everything()), page.as_page(everything())):
        for finding in FINDINGS:
            assert finding.title.replace("'", "&#x27;") in text or finding.title in text
        for figure in NOT_HELD:
            assert figure in text
        assert "Not tested there" in text
        assert "operators frozen" in text
    html = page.as_page(everything())
    tested = [finding for finding in FINDINGS if finding.section != "Not tested there"]
    assert html.count('class="verdict') >= 2 * len(tested)
    assert html.index("Not tested there") > max(html.index(f">{finding.title}<") for finding in tested)


def test_the_rules_say_what_yes_means_and_when_a_row_stays_open():
    for text in (page.markdown(everything()), DOCS):
        assert "no test tells our runs from the published ones, and few runs tell little" in text
        assert "at or beyond the 84 % or 16 % quantile of" in text
        assert "up to 157 runs pass even if all lie at one point inside" in text
        assert "too few to compare costs or accuracies" in text
        assert "cannot be checked, whatever the tests say" in text
    assert (round(median_reach(30, 30), 2), range_reach(30)) == (0.84, 158)
    assert (COMPLETE, ENOUGH) == (0.95, 0.95)


def test_the_docs_count_the_verdicts_of_a_fresh_installation(own_store, tmp_path):
    done = cgplab("reproduce", "--no-make", "--store", own_store, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    told = " ".join((tmp_path / "reproduction.md").read_text().split("**")[1].replace(":", "").strip(".").split())
    assert told.startswith("34 published findings; ")
    assert told.removeprefix("34 published findings; ") in DOCS


def test_the_runs_that_answer_are_named():
    rows = everything().sources
    assert [row[:3] for row in rows[:2]] == [
        ("single_filter", "as the original searched", "the original's own"),
        ("single_filter", "our best method", "the original's own"),
    ]
    columns = dict(zip(everything().source_columns, rows[0], strict=True))
    assert (columns["runs"], columns["runs per setting"]) == ("4", "2")
    assert columns["seeds"] == "1–2"
    assert columns["held by"] == "4 your store"
    assert columns["children per run"] == "4.16 M (100 % of the original's)"
    assert re.fullmatch(r"4 cgplab \S+( \([0-9a-f]{7}(, changed)?\))?", columns["made by"])
    assert rows[1][6] == "none: constructed"


def test_a_page_of_what_was_not_tested_only():
    only = [outcome for outcome in every_verdict() if not outcome.tested_there]
    assert "Published findings" not in page.markdown(contents(only, {}))


def test_numbers_are_mathematics():
    text = tex.tex(everything())
    assert "$p < 0.0001$" in text
    assert "$r = -0.12$" in text
    assert "$H = 3{,}863$" in text
    assert r"$\varepsilon$$^2$ = 0.9" in text
    assert r"$p = 10^{-18}$" in text
    assert r"$t \ge 5$" in text
    assert r"$< 25$" in text
    bare = re.sub(r"\$[^$]*\$", "", text)
    assert "<" not in bare
    assert "≥" not in bare
    assert "10x10" in bare
    assert "-{}-as-built" in text
    assert r"singl\allowbreak{}e\_fil\allowbreak{}ter\_o\allowbreak{}urs" in text


def test_bad_characters_do_not_break_the_document():
    odd = [Outcome(FINDINGS[0], Answer("50 % & more_than {it} \\ # ~ ^", YES, "→ ?"), Answer("", NOTHING))]
    text = tex.tex(contents(odd, {}))
    assert r"\& more\_than \{it\}" in text


@NEEDS_LATEX
@pytest.mark.parametrize("paper", ["a4paper,margin=2cm", "letterpaper,margin=1in"])
def test_the_tables_compile_with_no_box_out_of_place(tmp_path, paper):
    packages = "\\usepackage{array,booktabs,longtable}"
    document = (
        f"\\documentclass{{article}}\\usepackage[{paper}]{{geometry}}{packages}\n"
        f"\\begin{{document}}\n{tex.tex(everything())}\\end{{document}}\n"
    )
    (tmp_path / "page.tex").write_text(document)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "page.log").read_text(errors="replace")
    overfull = [float(size) for size in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt too", log)]
    assert max(overfull, default=0) <= 1
    assert "Missing character" not in log
    assert "undefined" not in log.replace("undefined references", "")
