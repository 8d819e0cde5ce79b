"""What must not be pooled: experiments apart from each other, and comparisons in which one thing alone differs."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.analysis import BLOCKS, FACTORS, where
from cgplab.analysis.mixture import SETUP, MixedError, check_unmixed, parts
from cgplab.errors import InputError
from cgplab.figures import part_words

VALUES = {
    "model": ["m1", "m2"], "selection": ["s1", "s2"], "search": ["nearest wiring", "construct"], "budget": ["", "9 s"],
    "costs": ["c1", "c2"], "metric": ["SE", "AE"], "grid": ["3x4", "5x5"], "l_back": [4, 5], "strategy": [0.0, 2.5],
    "layer": ["conv1", "conv2"], "kernel": [None, "3,0", "3,1"], "dataset": ["d/test", "d/test[:9]"],
    "method": ["evolve", "construct"], "wiring": ["nearest", None], "seed": [1, 2],
}  # fmt: skip
COLUMNS = list(VALUES)
FOLLOWS = {
    "model": "layer kernel grid l_back dataset", "selection": "layer kernel grid l_back search",
    "layer": "kernel grid l_back", "grid": "l_back", "search": "budget", "method": "search budget",
    "wiring": "search budget",
}  # fmt: skip


@st.composite
def tables(draw):
    """Tables in which few columns vary, since most that vary at random are refused."""
    vary = draw(st.sets(st.sampled_from(COLUMNS), max_size=4))
    rows = [
        {name: draw(st.sampled_from(VALUES[name])) if name in vary else VALUES[name][0] for name in COLUMNS}
        for _ in range(draw(st.integers(1, 6)))
    ]
    return pd.DataFrame([{"id": f"run{number}", **row} for number, row in enumerate(rows)])


def same(one, other, name):
    return one[name] == other[name] or (pd.isna(one[name]) and pd.isna(other[name]))


def is_mixed(runs, factor, block, by_images):
    """Whether some pair of runs is set side by side that must not be: the obvious and slow way."""
    rows = runs.to_dict("records")
    for one in rows:
        for other in rows:
            for name in (*SETUP, "strategy", "layer", "kernel", "dataset"):
                if name in (factor, block) or same(one, other, name) or (name == "dataset" and not by_images):
                    continue
                anywhere = name in ("model", "selection", "costs", "metric")
                follows = name in FOLLOWS.get(factor, "").split() and (block or name not in ("layer", "kernel"))
                if not anywhere and block and not same(one, other, block):
                    continue
                if not anywhere and follows and not same(one, other, factor):
                    continue
                return True
    return False


@given(tables(), st.sampled_from(FACTORS), st.sampled_from([None, *BLOCKS]), st.booleans())
def test_what_is_refused_is_what_an_obvious_twin_refuses(runs, factor, block, by_images):
    if block == factor:
        return
    try:
        check_unmixed(runs, factor, block, by_images)
    except MixedError as error:
        assert is_mixed(runs, factor, block, by_images)
        for choice in error.choices:
            restricted(runs, choice, factor, block, by_images)
    else:
        assert not is_mixed(runs, factor, block, by_images)


def restricted(runs, choice, factor, block, by_images, depth=0):
    """An offered restriction leaves runs, fewer of them, and leads to a comparison at last."""
    fewer = where(runs, [choice])
    assert 0 < len(fewer) < len(runs)
    assert depth < len(COLUMNS)
    try:
        check_unmixed(fewer, factor, block, by_images)
    except MixedError as error:
        restricted(fewer, error.choices[0], factor, block, by_images, depth + 1)


def table(*rows, **columns):
    base = {name: values[0] for name, values in VALUES.items()}
    return pd.DataFrame([{"id": str(n), **base, **columns, **row} for n, row in enumerate(rows)])


def test_what_goes_along_with_the_factor_is_refused():
    confounded = table({"strategy": 0.0, "grid": "3x4"}, {"strategy": 2.5, "grid": "5x5"})
    with pytest.raises(MixedError) as caught:
        check_unmixed(confounded, "strategy", None)
    assert str(caught.value) == ("these runs also differ in grid (3x4; 5x5); choose one value, for example grid=3x4")
    assert caught.value.choices == ("grid=3x4", "grid=5x5")
    check_unmixed(confounded, "grid", "strategy")
    check_unmixed(table({"layer": "conv1", "grid": "3x4"}, {"layer": "conv2", "grid": "5x5"}), "strategy", "layer")


def test_layers_are_offered_as_blocks_and_images_count_for_accuracies_only():
    layers = table({"strategy": 0.0, "layer": "conv1"}, {"strategy": 2.5, "layer": "conv2"})
    with pytest.raises(MixedError, match="or make layer the block") as caught:
        check_unmixed(layers, "strategy", None)
    assert caught.value.block == "layer"
    images = table({"strategy": 0.0, "dataset": "d/test"}, {"strategy": 2.5, "dataset": "d/test[:9]"})
    check_unmixed(images, "strategy", None, by_images=False)
    with pytest.raises(MixedError, match="also differ in dataset"):
        check_unmixed(images, "strategy", None)


def test_many_values_are_shortened_and_all_are_offered():
    many = table(*({"layer": f"conv{n}"} for n in range(20)))
    with pytest.raises(MixedError) as caught:
        check_unmixed(many, "strategy", None)
    assert "conv7 …)" in str(caught.value)
    assert len(caught.value.choices) == 20


def test_experiments_are_told_apart():
    runs = table({}, {"model": "m2"}, {"model": "m2", "budget": "9 s"}, {})
    found = parts(runs)
    assert [(part.title, sorted(part.ids)) for part in found] == [
        ("m1", ["0", "3"]), ("m2", ["1"]), ("m2, 9 s", ["2"]),
    ]  # fmt: skip
    assert [part.title for part in parts(runs, ["model"])] == ["", "9 s"]
    assert [part.title for part in parts(table({}, {"strategy": 2.5}))] == [""]
    assert parts(table({}).iloc[:0])[0].ids == frozenset()


@given(tables())
def test_every_run_is_in_one_experiment(runs):
    found = parts(runs)
    assert sorted(name for part in found for name in part.ids) == sorted(runs["id"])
    for part in found:
        assert (runs[runs["id"].isin(part.ids)][list(SETUP)].nunique(dropna=False) == 1).all()


@given(st.lists(st.text(max_size=150)))
def test_files_of_experiments_have_names_of_their_own(titles):
    words = part_words(titles)
    assert len({word.lower() for word in words}) == len(titles) == len(words)
    assert all(len(word) < 120 and set(word) <= set("-.+") | {c for c in word if c.isascii() and c.isalnum()}
               for word in words)  # fmt: skip


def test_values_with_commas_can_be_asked_for():
    runs = table({"kernel": "3,0"}, {"kernel": "3,1"}, {"kernel": None})
    assert list(where(runs, ["kernel=3,0"])["id"]) == ["0"]
    with pytest.raises(InputError, match="no run with kernel=3"):
        where(runs, ["kernel=3"])


def test_a_table_without_runs_keeps_its_columns():
    nothing = where(table({}).iloc[:0], ["kernel=3,0", "strategy=0"])
    assert list(nothing.columns) == ["id", *COLUMNS]
    assert nothing.empty
