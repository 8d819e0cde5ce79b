"""The file of a study: what it may say, and what is told when it says something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.running.request import MOST_SEED
from cgplab.study.document import Choices, check_name, seeds_of
from tests.study.studies import study_of, text_of

LONG = 10_001


def refusal(**changes):
    """One line that says what is wrong with the small study after some changes."""
    with pytest.raises(InputError) as caught:
        study_of(**changes)
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) < 1000
    assert line.startswith("small.toml ")
    return line


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 40)), min_size=1, max_size=6), st.data())
def test_seeds_written_as_ranges_are_the_seeds(parts, data):
    ranges = {}
    for first, length in parts:
        seeds = range(first, first + length + 1)
        if not any(set(seeds) & set(other) for other in ranges.values()):
            ranges[first] = seeds
    blank = st.sampled_from(["", " ", "  "])
    texts = []
    for seeds in ranges.values():
        form = f"{seeds[0]}-{seeds[-1]}" if len(seeds) > 1 or data.draw(st.booleans()) else str(seeds[0])
        texts.append(data.draw(blank) + form + data.draw(blank))
    wanted = tuple(seed for seeds in ranges.values() for seed in seeds)
    assert seeds_of(Choices(seeds=",".join(texts))) == wanted
    assert seeds_of(Choices(seeds=list(wanted))) == wanted


@pytest.mark.parametrize(
    ("seeds", "words"),
    [
        ("", "must be a list, or a text such as '1-30' or '1-5, 9'"),
        ("1-5,", "must be a list, or a text"),
        ("5-1", "'5-1' must be a range from low to high"),
        ("-1", "must be a list, or a text"),
        ("1..5", "must be a list, or a text"),
        ("١-٥", "must be a list, or a text"),
        ("1-5, 3", "name 3 twice"),
        ([1, 2, 1], "name 1 twice"),
        ("1-1000001", "at most 1,000,000 seeds"),
        ("1-600000, 700000-1200000", "at most 1,000,000 seeds"),
        (f"0-{10**18}", "at most 1,000,000 seeds"),
        ("0-" + "9" * 400, "must be a list, or a text"),
        (str(MOST_SEED + 1), f"up to {MOST_SEED}"),
        ([MOST_SEED + 1], f"must lie between 0 and {MOST_SEED}, not {MOST_SEED + 1}"),
        ([-1], "$.seeds"),
        ([], "$.seeds"),
        (list(range(LONG)), "$.seeds"),
        (True, "$.seeds"),
        (1.5, "$.seeds"),
    ],
)
def test_seeds_that_are_none(seeds, words):
    line = refusal(seeds=seeds)
    assert words in line
    assert "seeds" in line


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strategy": [1]}, ["$.strategy", "did you mean 'strategies'?", "Allowed: ", "seeds"]),
        ({"budget": {"generation": 3}}, ["$.budget.generation", "'generations'", "patience", "seconds"]),
        ({"searches": [{"wiring": "nearest"}, {"wirings": 1}]}, ["$.searches[1].wirings", "did you mean 'wiring'?"]),
        ({"comparison": {"response": "error", "groups": 1}}, ["$.comparison.groups", "response, factor, block, where"]),
        ({"accuracy": {"image": 5}}, ["$.accuracy.image", "'images'", "dataset, split, images"]),
        ({"name": None}, ["missing required field `name`"]),
        ({"name": 5}, ["expected `str`, got `int`", "$.name", "found 5"]),
        ({"name": "../x"}, ["'../x' is not a valid study name", "letters, digits, '-' and '_'"]),
        ({"name": "latest"}, ["'latest' is not a valid study name", "reserved: latest, all"]),
        ({"name": "n" * 65}, ["is not a valid study name", "at most 64"]),
        ({"name": "a\nb"}, ["is not a valid study name"]),
        ({"question": ""}, ["$.question", "length >= 1"]),
        ({"models": []}, ["$.models", "length >= 1"]),
        ({"models": "lenet5-qat"}, ["$.models", "expected `array`", "found 'lenet5-qat'"]),
        ({"selection": "filters"}, ["unknown selection 'filters'", "single_filter"]),
        ({"method": "guess"}, ["unknown method 'guess'", "construct+evolve"]),
        ({"searches": [{"method": "guess"}]}, ["unknown method 'guess'"]),
        ({"wiring": "loose"}, ["unknown wiring 'loose'", "evolved, nearest"]),
        ({"objective": "beauty"}, ["unknown measure 'beauty'", "energy"]),
        ({"metric": "L7"}, ["unknown error metric 'L7'", "SE, MSE, AE"]),
        ({"children": 0}, ["children must lie between 1 and 10000, not 0"]),
        ({"mutation_rate": 2.0}, ["mutation rate must lie in (0, 1], not 2.0"]),
        ({"mutation_rate": -1}, ["mutation rate must lie in (0, 1]"]),
        ({"stops": {"speed": 1}}, ["unknown measure 'speed'"]),
        ({"strategies": [5, 5.0]}, ["each strategy can be given once"]),
        ({"strategies": [-1]}, ["$.strategies[0]", ">= 0.0", "found -1"]),
        ({"strategies": ["5"]}, ["$.strategies[0]", "found '5'"]),
        ({"strategies": [True]}, ["$.strategies[0]", "found True"]),
        ({"strategies": list(range(LONG))}, ["$.strategies", "length <= 10000"]),
        ({"grids": ["3x4", "5"]}, ["'5' is not ROWSxCOLS"]),
        ({"grids": ["3x4", "3x4"]}, ["each grid can be given once"]),
        ({"layers": []}, ["$.layers"]),
        ({"layers": [""]}, ["$.layers[0]", "length >= 1"]),
        ({"parameters": {"layer": "conv1"}}, ["parameters.layer must be the key layers"]),
        ({"parameters": {"depth": 1}}, ["has no parameter 'depth'; allowed: layer, filter, channel, core"]),
        ({"parameters": {"filter": True}}, ["filter of selection single_filter must be a whole number, not True"]),
        ({"parameters": {"filter": 0.5}}, ["filter of selection single_filter must be a whole number, not 0.5"]),
        ({"budget": {"generations": -1}}, ["$.budget.generations", ">= 0"]),
        ({"budget": {"generations": 0}}, ["generations must lie between 1"]),
        ({"budget": {"seconds": 0}}, ["above 0 seconds, not 0"]),
        ({"budget": 300}, ["$.budget", "found 300"]),
        ({"accuracy": {"images": 0}}, ["the number of images must be at least 1, not 0"]),
        ({"comparison": {}}, ["missing required field `response`"]),
        ({"comparison": {"response": "hue"}}, ["comparison.response must be one of accuracy_loss", "not 'hue'"]),
        ({"comparison": {"response": "error", "factor": "seed"}}, ["comparison.factor must be one of", "not 'seed'"]),
        ({"comparison": {"response": "error", "block": "hue"}}, ["comparison.block must be one of", "not 'hue'"]),
        ({"comparison": {"response": "error", "block": "strategy"}}, ["must differ from the factor strategy"]),
        ({"comparison": {"response": "error", "where": ["hue=1"]}}, ["'hue=1' must be COLUMN=VALUE[,VALUE]"]),
        ({"comparison": {"response": "error", "where": ["grid"]}}, ["'grid' must be COLUMN=VALUE[,VALUE]"]),
    ],
)  # fmt: skip
def test_what_a_file_may_not_say_is_one_line_with_key_value_and_what_is_allowed(changes, words):
    line = refusal(**changes)
    for word in words:
        assert word in line


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"name", b"name = 'a'\nname = 'b'", b"a = 1979-05-27", b"[" * 5000, text_of() + b"\0",
     text_of(question="\x1b[2J\n").replace(b"kernels", b"\x1b]0;x")],
)  # fmt: skip
def test_files_that_are_none(data):
    from cgplab.study.document import document_of

    with pytest.raises(InputError) as caught:
        document_of(data, "small.toml")
    assert str(caught.value).isprintable()


def test_a_search_has_what_it_says_and_else_what_the_study_says():
    document = study_of(
        wiring="nearest", searches=[{}, {"wiring": "evolved", "seeds": [9]}, {"method": "construct", "budget": {}}]
    )
    first, second, third = document.resolved()
    assert (first.wiring, first.method, first.seeds) == ("nearest", None, "1-2")
    assert (second.wiring, second.seeds, second.strategies) == ("evolved", [9], [0, 5])
    assert (third.wiring, third.method, third.budget.generations) == ("nearest", "construct", None)
    asked = [request for request, _ in document.requests()]
    assert [request.generations for request in asked] == [300, 300, None]


@pytest.mark.parametrize("name", ["a", "A-b_9", "9" * 64])
def test_names(name):
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "-a", "_a", "a.b", "a/b", "..", "ä", "a b", "a\n", "all", "latest", "a" * 65])
def test_names_that_are_none(name):
    with pytest.raises(InputError, match="is not a valid study name"):
        check_name(name)
