"""Every published figure has a row, or a reason why it has none."""

import re

import pytest

from cgplab.reproduction import FINDINGS, NOT_HELD

RESULTS = {
    "QAT LeNet-5": {"99.16", "98.87", "99.38"},
    "MobileNetV2": {"71.596", "90.236"},
    "single_filter conv1[0,0], 5x5, 30 runs": {
        "0", ".0034", ".48", ".055", "160", "1307", ".34", "1.70", "17", "20", "1.04", "165",
    },
    "grid 10x10 vs 5x5": {"1e-18", "2.42", "25"},
    "single_channel conv1": {"0", ".996", "1 h"},
    "layer_bypass 500x30": {"1.02", "6.98", "0", "99.11", "99.19", "132", "1843", "72 h"},
    "le_selector 256x31": {".004", "1.71", "1.01", "2.52", "299", "99.15", "9 h"},
    "all_layers 256x31": {"1.32", "8.40", "4.07", "10.8", "1343", "24 h"},
    "MobileNetV2 50x10": {"0", "7.5", ".874", ".562", ".121", "2436", "3863", "58", "1"},
    "all solutions with no accuracy loss": {"2.16", "30"},
}  # fmt: skip
"""Figures of the published results, by the setting they are of."""
ASKED = {"0", "1", "5", "11"}
"""Strategies, and the samples of a t test: numbers in the table that are no results."""
FIGURE = re.compile(r"(?<![\w.])(?:1e-18|(?:\d*\.\d+|\d+)(?: h\b)?)(?![\w.]*[\w.]\w)")


def known():
    return {number for finding in FINDINGS for number in finding.numbers} | set(NOT_HELD)


@pytest.mark.parametrize("setting", RESULTS)
def test_every_figure_has_a_row_or_a_reason(setting):
    assert RESULTS[setting] <= known()


def test_the_list_is_that_of_the_material(shared):
    """The figures above are those that the table of published results prints."""
    text = (shared / "THESIS.md").read_text()
    rows = text.split("## Published results")[1].split("|---|---|")[1].strip().splitlines()
    found = {}
    for row in rows:
        setting, result = (cell.strip() for cell in row.strip("|").split(" | "))
        plain = re.sub(r"top-\d|(?<=\d)x\b|(?<=\d)-(?=[\d.]+\b)", " ", result.replace("1e-18", "1e~18"))
        found[setting] = set(FIGURE.findall(plain.replace("1e~18", "1e-18")))
    assert found.keys() == RESULTS.keys()
    for setting, figures in found.items():
        assert RESULTS[setting] <= figures <= RESULTS[setting] | ASKED, setting


def test_figures_of_a_row_are_in_what_it_says_was_published():
    for finding in FINDINGS:
        for number in finding.numbers:
            if finding.name != "kernel_exact":
                assert number in finding.published.replace("%", ""), (finding.name, number)


def test_every_reason_is_given():
    assert all(len(reason.split()) > 5 for reason in NOT_HELD.values())
    assert all(finding.numbers for finding in FINDINGS if finding.section != "Not tested there")
