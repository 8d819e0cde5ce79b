"""The original's gate-cost file, in and out."""

import pytest

from cgplab.cgp import OPERATORS, CostTable
from cgplab.errors import InputError
from cgplab.hardware import load_costs
from cgplab.hardware.quantized import FILE_ENTRIES, LARGEST, from_quantized_text, quantize, to_quantized_text

GRIDS = {"A": (5, 5), "B": (10, 10), "C": (50, 10), "D": (500, 30), "E": (256, 31), "F": (50, 10)}


@pytest.mark.parametrize("workload", GRIDS)
def test_the_originals_own_files_come_back_byte_for_byte(shared, workload):
    text = (shared / "bench" / workload / "gate_params.txt").read_text()
    assert to_quantized_text(from_quantized_text(text, workload), *GRIDS[workload]) == text


@pytest.mark.parametrize("name", ["thesis45", "freepdk45", "osu035"])
def test_round_trip_keeps_every_cost(name, tmp_path):
    table = load_costs(name)
    text = to_quantized_text(table, 50, 10)
    assert len(text.splitlines()) == 35
    path = tmp_path / "gate_parameters.txt"
    path.write_text(text)
    again = load_costs(str(path))
    for entry in FILE_ENTRIES:
        for quantity in ("energy", "area", "delay"):
            assert again.quanta[entry][quantity] == table.quanta[entry][quantity]


def test_no_sum_overflows():
    values = [0.0, 0.1, 0.7, 1.7]
    quantized = quantize(values, 30)
    assert max(quantized) * 30 <= LARGEST
    assert quantized == sorted(quantized)
    assert quantize([0.0, 0.0], 5) == [0, 0]


def test_a_table_without_multiplexers_has_27_lines():
    plain = CostTable.from_mapping({o.name: {"energy": 1, "area": 2, "delay": 3} for o in OPERATORS if not o.selects})
    text = to_quantized_text(plain, 2, 2)
    assert len(text.splitlines()) == 27
    assert from_quantized_text(text, "plain").cost("mul").area == 2


def good():
    return to_quantized_text(load_costs("freepdk45"), 5, 5).splitlines()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: lines[:20], "20 lines"),
        (lambda lines: [*lines[:1], "1 2 3", *lines[2:]], "line 2.*add"),
        (lambda lines: ["x" + lines[0], *lines[1:]], "line 1"),
        (lambda lines: [lines[0], lines[1].replace("0.0173595", "cheap"), *lines[2:]], "not a number"),
        (lambda lines: [lines[0], lines[1].replace("0.0173595", "0.0273595"), *lines[2:]], "line 2: quantized energy"),
    ],
)
def test_a_wrong_file_is_refused(change, words):
    with pytest.raises(InputError, match=words):
        from_quantized_text("\n".join(change(good())), "mine")
