"""Memory models and what a circuit saves."""

import json
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.hardware.memory import Level, load_memory, memory_names, saving

ENERGY = st.floats(1e-6, 1e6)
BITS = st.integers(0, 10**7)


def test_published_numbers():
    assert memory_names() == ["horowitz45", "relative"]
    absolute = load_memory()
    assert absolute.level("dram").energy_per_bit == 640 / 32
    assert absolute.level("buffer").energy_per_bit * 32 == 5
    assert absolute.level("alu").energy == pytest.approx(0.2 + 0.03)
    relative = load_memory("relative")
    unit = relative.level("alu").energy
    assert [level.energy / unit for level in relative.levels.values()] == pytest.approx([1, 1, 2, 6, 200])
    assert load_memory("relative", 1.5).level("dram").energy == pytest.approx(300)


def test_a_model_of_ones_own(tmp_path):
    path = tmp_path / "mine.json"
    levels = {"rf": {"operations": 2, "bits": 16}, "hbm": {"pj": 250, "bits": 64, "note": "stacked"}}
    path.write_text(json.dumps({"meaning": "mine", "source": "me", "operation_pj": 0.5, "levels": levels}))
    model = load_memory(str(path))
    assert (model.name, model.level("rf").energy) == ("mine", 1.0)
    assert model.level("hbm") == Level(250.0, 64, "stacked")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"levels": {}},
        {"levels": {"dram": {"pj": -1, "bits": 8}}},
        {"levels": {"dram": {"pj": 1, "bits": 0}}},
        {"levels": {"dram": {"bits": 8}}},
        {"levels": {"dram": {"pj": "nan", "bits": 8}}},
        {"levels": [1]},
    ],
)
def test_what_is_no_model_is_named(tmp_path, fields):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({"meaning": "", "source": "", "operation_pj": 1, **fields}))
    with pytest.raises(InputError, match=r"bad\.json"):
        load_memory(str(path))


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="unknown memory model 'ddr9'; allowed: horowitz45, relative"):
        load_memory("ddr9")
    with pytest.raises(InputError, match="no level 'l4'; allowed: alu, rf, buffer"):
        load_memory().level("l4")
    with pytest.raises(InputError, match="must be finite and above 0"):
        load_memory("relative", -1.0)


def test_an_example_by_hand():
    # 2,550 weights, 150 of them kept, DRAM at 20 pJ per bit; the circuit takes 100 pJ and 19,200 bits once.
    found = saving(20_400, 1_200, 100, 20, configuration_bits=19_200)
    assert (found.before, found.after, found.net) == (408_000, 24_000, 383_900)
    assert found.share == pytest.approx(0.94093, abs=1e-5)
    assert found.break_even_evaluations == 3_840
    assert found.break_even_pj_per_bit == pytest.approx(100 / 19_200)
    assert found.break_even_inferences == 2


@given(before=BITS, after=BITS, decoding=ENERGY, per_bit=ENERGY, configuration=BITS)
def test_break_even_points_break_even(before, after, decoding, per_bit, configuration):
    found = saving(before, after, decoding, per_bit, configuration_bits=configuration)
    close = pytest.approx(0, abs=1e-9 * (before + after) * per_bit + 1e-9 * decoding + 1e-12)
    if before > after:
        assert saving(before, after, decoding, per_bit, evaluations=found.break_even_evaluations).net == close
        assert saving(before, after, decoding, found.break_even_pj_per_bit).net == pytest.approx(
            0, abs=1e-9 * decoding * max(before / (before - after), 1)
        )
    else:
        assert found.break_even_pj_per_bit == inf
        assert found.net <= 0
    if found.net > 0:
        n, loading = found.break_even_inferences, configuration * per_bit
        assert n * found.net >= loading * (1 - 1e-12)
        assert n == 0 or (n - 1) * found.net < loading * (1 + 1e-12)
    else:
        assert found.break_even_inferences == (inf if configuration else 0)
