"""Tables for LaTeX fit the page of a plain article, and are set as they read, whatever their size."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cgplab
from cgplab import latex
from cgplab.figures import FIGURES
from cgplab.statistics import against_control, compare, equivalence, mixed, power
from cgplab.statistics.shared_images import over_shared_images
from cgplab.statistics.success import compare_success
from tests.figures import made_up
from tests.hostile import PAYLOAD
from tests.latex import NEEDS_LATEX, problems
from tests.statistics.published import blocked

LEVELS, ROWS = (2, 4, 8, 18), (1, 2, 16, 52)
TABULATED = {name for name, plot in FIGURES.items() if hasattr(plot.module, "table")}


def runs(strategies, layers, name="features.{}.conv"):
    """Made-up runs: two of each strategy and layer, with values of all sizes."""
    n = 2 * strategies * layers
    random = np.random.default_rng(1)
    made = made_up.table(n)
    at = np.arange(n)
    return made.assign(
        strategy=(at % strategies).astype(float), layer=[name.format(i) for i in at // strategies % layers],
        missing_weights=40 + 30 * (at // strategies % 7), error=at % 3, threshold=9.0 * n,
        energy=10.0 ** random.uniform(-8, 6, n), gate_count=random.integers(1, 90_000, n),
        area=10.0 ** random.uniform(0, 9, n), delay=random.uniform(0, 90, n), grid=[f"{i % strategies}x10" for i in at],
    )  # fmt: skip


def sensitivity(layers):
    made = made_up.sensitivity()
    one = made[made["layer"] == "conv1"]
    return pd.concat([one.assign(layer=f"features.{i}.conv.0.0") for i in range(layers)])


def drawn(levels, rows):
    """Every table that figures make of so many strategies and layers."""
    frames = made_up.frames(runs(levels, rows)) | {"sensitivity": sensitivity(rows)}
    return {name: FIGURES[name].table(made_up.frame_for(FIGURES[name], frames)) for name in TABULATED}


def compared(levels, rows):
    random = np.random.default_rng(1)
    names = [f"circuit configured {i}" for i in range(levels)]
    matrix = 10.0 ** random.uniform(-7, 7, (max(rows, 3), levels)) - 5
    frame = blocked(matrix, names).rename(columns={"value": "sink_mux_energy"})
    return {
        f"{kind} {posthoc}": compare(frame, "sink_mux_energy", "level", block, posthoc=posthoc, resamples=0).to_latex()
        for kind, block, posthoc in (
            ("blocks", "block", "nemenyi"), ("blocks", "block", "wilcoxon"), ("none", None, "dunn"),
        )
    }  # fmt: skip


def judged(levels, rows):
    """A comparison of accuracy losses with success rates, and with what other images would say."""
    random = np.random.default_rng(1)
    names = [f"circuit configured {i}" for i in range(levels)]
    frame = blocked(random.normal(size=(max(rows, 3), levels)), names).rename(columns={"value": "accuracy_loss"})
    runs_ = frame.assign(within=random.random(len(frame)) < 0.7)
    images = random.integers(-1, 2, size=(2, levels, 50)).astype(float)
    found = replace(
        compare(frame, "accuracy_loss", "level", "block", resamples=0),
        success=compare_success(runs_, "level", "block"),
    ).over_images(over_shared_images(images, names, "block", resamples=50))
    return {"judged": found.to_latex()}


def told(levels, rows):
    """Tables of long texts, as the reproduction table."""
    long = "as the original searched: 29 of 30 exact, median 0.20 pJ, p < 0.0001, r = -0.25 (n = 1,234)"
    columns = {
        f"column {i} of words": [f"{long}; {i}" if i % 2 else f"finding {j}" for j in range(rows)]
        for i in range(min(levels, 8))
    }
    return {"long": latex.table(pd.DataFrame(columns), f"What is told. {long}", "tab:told")}


def beyond(levels, rows):
    """Tables of equivalence, controls, mixed models and power."""
    random = np.random.default_rng(1)
    matrix = 10.0 ** random.uniform(-7, 7, (max(rows, 3), levels))
    frame = blocked(matrix, [f"circuit configured {i}" for i in range(levels)])
    frame = pd.concat([frame, frame.assign(value=lambda f: f["value"] * 1.5)]).rename(
        columns={"value": "sink_mux_energy"}
    )
    found = compare(frame, "sink_mux_energy", "level", "block", resamples=0).samples
    results = {
        "equivalence": equivalence(found, 0.1),
        "equivalence with a control": equivalence(found, 1e6, found.levels[0]),
        "control": against_control(found, found.levels[-1]),
        "mixed": mixed(frame, "sink_mux_energy", "level", ["block"]),
        "power": power(found, 1e7),
    }
    return {name: result.to_latex() for name, result in results.items()}


PRODUCERS = (
    (drawn, LEVELS, ROWS), (compared, LEVELS, ROWS), (judged, LEVELS, ROWS), (told, LEVELS, ROWS),
    (beyond, LEVELS[::3], ROWS[1::2]),
)  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    return {
        f"{name} of {levels} levels and {rows} rows": text
        for make, of_levels, of_rows in PRODUCERS
        for levels in of_levels
        for rows in of_rows
        for name, text in make(levels, rows).items()
    }


@NEEDS_LATEX
@pytest.mark.slow
@pytest.mark.parametrize("paper", ["a4paper", "letterpaper"])
def test_no_table_leaves_the_page_or_lacks_a_character(paper, tables, tmp_path):
    assert len(tables) == len(LEVELS) * len(ROWS) * (len(TABULATED) + 5) + 2 * 2 * 5
    assert problems(tables, tmp_path, paper) == []


def test_what_is_mathematics_is_in_math_mode_everywhere(tables):
    for name, text in tables.items():
        outside = re.sub(
            r"\$[^$]*\$|\\begin{\w+}({\S*})?|^%.*|[pr@]{[^}]*}|>{[^}]*}|\\[A-Za-z]+", " ", text, flags=re.M
        )
        assert not re.search(r"[<>|]|(?<![\w,)-])-\d|squared|\de[+-]?\d|\binf\b|\bnan\b", outside), name
        assert not re.search(r"(?<![\w.])p [=<]|[<>] ?0\.0", outside), name


@NEEDS_LATEX
@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (r"\hbox to \textwidth{\hbox to 360pt{x}}", "Overfull"),
        (r"\begin{table}\vbox to 700pt{x}\end{table}", "Float too large"),
        (r"\undefinedcommand", "! Undefined control sequence"),
        ("Ж", "! LaTeX Error: Unicode character"),
        (r"{\fontencoding{OT1}\selectfont\char200}", "Missing character"),
    ],
)
def test_what_is_wrong_is_found(wrong, told, tmp_path):
    (found,) = problems({"wrong": f"% needs: \\usepackage{{array}}\n{wrong}"}, tmp_path)
    assert told in found


def test_every_module_that_makes_tables_is_known():
    # A new one belongs into PRODUCERS, or into the report, whose tables are compiled in tests/report.
    root = Path(cgplab.__file__).parent
    makers = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (
                node.module == "cgplab.latex" or (node.module == "cgplab" and "latex" in [a.name for a in node.names])
            ):
                makers.add(path.relative_to(root).as_posix())
    figures = {f"figures/{name}.py" for name in (*TABULATED, "measures", "layers")}
    others = {"report/content.py", "report/page.py", "report/tex.py", "reproduction/tex.py"}
    statistics = {f"statistics/{name}.py" for name in ("latex", "control", "equivalence", "mixed", "power")}
    assert makers <= figures | others | statistics


@NEEDS_LATEX
@pytest.mark.slow
def test_long_cells_of_numbers_signs_are_broken(tmp_path):
    rows = pd.DataFrame({"name": ["a", "b"], "signs": ["%" * 60, "1.5 %"], "value": ["1", "2"]})
    assert problems({"signs": latex.table(rows, "Cells that look like numbers.", "tab:signs")}, tmp_path) == []


CHARACTERS = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x180)])) + "–—‘’“”„…€≥≤−χληε→Жש\U0001f600"


@NEEDS_LATEX
@pytest.mark.slow
def test_every_character_can_be_set_in_the_old_encoding(tmp_path):
    rows = [{"name": character * 3, "twice": f"a {character}"} for character in CHARACTERS]
    rows += [{"name": text, "twice": text} for text in (PAYLOAD, "[5]", "*", "x" * 300, "[U+0416]" * 9)]
    caption = f"{CHARACTERS} {PAYLOAD}"
    assert problems({"characters": latex.table(pd.DataFrame(rows), caption, "tab:a_b%")}, tmp_path) == []
    few = pd.DataFrame(rows[-5:])
    assert problems({"few": latex.table(few, caption, "tab:few")}, tmp_path) == []


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("p < 0.0001", "$p < 0.0001$"),
        ("Friedman: chi-squared(3) = 9.28, p = 0.026 (exact)", r"Friedman: $\chi^2(3)$ = 9.28, $p = 0.026$ (exact)"),
        ("F(2, 27) = 4.846", r"$F(2,\,27) = 4.846$"),
        ("epsilon squared = 0.77", r"$\varepsilon^2$ = 0.77"),
        ("-0.25", "$-0.25$"),
        ("+1.00 to −0.5", "$+1.00$ to $-0.5$"),
        ("< 0.0001", "$< 0.0001$"),
        ("1.5e+03", "$1{,}500$"),
        ("1.285e-23", r"$1.285\cdot 10^{-23}$"),
        ("t = 0", "$t = 0$"),
        ("n = 1,234, and so on", "$n = 1{,}234$, and so on"),
        ("layer-1 of 5-7, 2026-11-30", "layer-1 of 5-7, 2026-11-30"),
        ("bits 0-6", "bits 0-6"),
        ("1,500 (900 to 2,000)", "1,500 (900 to 2,000)"),
        ("≤ 11", r"$\le 11$"),
        ("a < b", r"a \textless{} b"),
        ("$5 & 10 %", r"\$5 \& 10 \%"),
    ],
)
def test_mathematics_is_set_as_mathematics(text, made):
    assert latex.mathematics(text) == made


def test_heads_of_columns_that_are_symbols():
    made = latex.table(pd.DataFrame({"t": ["0"], "adjusted p": ["0.5"], "n": ["3"]}), "A caption.", "tab:x")
    assert "$t$ & adjusted $p$ & $n$" in made or r"\shortstack[r]{\strut {adjusted}\\{$p$}}" in made
