"""Which test is chosen, effect sizes against slow twins, and the edges: constant, tied, few, missing."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from cgplab.errors import InputError
from cgplab.statistics import compare
from cgplab.statistics.effects import cliffs_delta, epsilon_squared, kendalls_w, magnitude, matched_delta
from tests.statistics.published import blocked, grouped


def naive_delta(x, y):
    return sum(np.sign(a - b) for a in x for b in y) / (len(x) * len(y))


def test_cliffs_delta_counts_pairs(random):
    for _ in range(20):
        x, y = random.integers(0, 5, 7).astype(float), random.integers(1, 6, 4).astype(float)
        assert cliffs_delta(x, y) == pytest.approx(naive_delta(x, y))
        assert matched_delta(x[:4], y) == np.mean([np.sign(a - b) for a, b in zip(x[:4], y, strict=True)])
    stacked = random.normal(size=(3, 5)), random.normal(size=(3, 4))
    rows = [naive_delta(a, b) for a, b in zip(*stacked, strict=True)]
    assert cliffs_delta(*stacked) == pytest.approx(rows)


def test_kendalls_w_is_one_for_agreement_and_zero_for_ties():
    agreed = np.tile([1.0, 2.0, 3.0], (6, 1))
    assert kendalls_w(*agreed.T) == 1
    assert kendalls_w(*np.full((6, 3), 2.0).T) == 0
    assert epsilon_squared(np.zeros(4), np.zeros(3)) == 0


def test_magnitude_in_words():
    assert [magnitude(d) for d in (0.1, -0.2, 0.4, -1)] == ["negligible", "small", "medium", "large"]


def normal(random, *moments):
    return grouped({f"g{i}": random.normal(mean, sd, 60) for i, (mean, sd) in enumerate(moments)})


def test_the_test_follows_from_the_checks():
    seeded = np.random.default_rng(3)
    chosen = {
        compare(normal(seeded, (0, 1), (1, 1)), "value", "level").test.name,
        compare(normal(seeded, (0, 1), (1, 9)), "value", "level").test.name,
        compare(normal(seeded, (0, 1), (1, 1), (2, 1)), "value", "level").test.name,
        compare(normal(seeded, (0, 1), (1, 9), (2, 3)), "value", "level").test.name,
    }
    assert chosen == {"Student's t", "Welch's t", "one-way ANOVA", "Welch's ANOVA"}
    skewed = grouped({"a": seeded.exponential(1, 50), "b": seeded.exponential(3, 50), "c": seeded.exponential(9, 50)})
    assert compare(skewed, "value", "level").test.name == "Kruskal-Wallis"
    assert compare(skewed, "value", "level", posthoc="dunn").posthoc.name == "Dunn with Holm"
    assert compare(skewed[skewed["level"] != "c"], "value", "level").test.name == "Mann-Whitney U"
    assert compare(skewed, "value", "level", "block").test.name == "Friedman"
    assert compare(skewed, "value", "level", "block", posthoc="wilcoxon").posthoc.name.startswith("Wilcoxon")


def test_welchs_anova_of_two_levels_is_welchs_t():
    from scipy import stats

    from cgplab.statistics.overall import _welch_df

    x, y = np.arange(8.0), np.arange(5.0) ** 2
    t = stats.ttest_ind(x, y, equal_var=False)
    assert stats.f_oneway(x, y, equal_var=False).statistic == pytest.approx(t.statistic**2)
    assert _welch_df([x, y]) == pytest.approx(t.df)


def test_holm_adjusts(random):
    found = compare(grouped({c: random.exponential(1 + i, 30) for i, c in enumerate("abcd")}), "value", "level")
    raw = found.pairs["p"].to_numpy()
    order = np.argsort(raw)
    expected = np.minimum(np.maximum.accumulate(raw[order] * (6 - np.arange(6))), 1)
    assert found.pairs["p_adjusted"].to_numpy()[order] == pytest.approx(expected)


@pytest.mark.parametrize("block", [None, "block"])
@pytest.mark.parametrize("k", [2, 4])
def test_a_constant_response_is_an_answer(block, k):
    frame = blocked(np.zeros((5, k)))
    found = compare(frame, "value", "level", block)
    assert found.test.name == "none"
    assert found.test.p == 1
    assert not found.pairs["different"].any()
    assert [len(bar) for bar in found.bars] == [k]
    assert "every value is 0" in found.report()
    assert "tabular" in found.to_latex()
    found.plot().figure.canvas.draw()


def test_blocks_that_all_tie_inside_are_an_answer():
    found = compare(blocked(np.arange(5.0)[:, None] * np.ones(3)), "value", "level", "block")
    assert (found.test.name, found.test.p, found.effect.value) == ("Friedman", 1.0, 0.0)
    assert not found.pairs["different"].any()
    assert not found.significant


def test_one_constant_level_beside_others():
    frame = grouped({"t0": np.linspace(1, 2, 20) ** 3, "t1": np.linspace(0, 1, 20) ** 3, "t5": np.zeros(20)})
    found = compare(frame, "value", "level")
    assert found.test.name == "Kruskal-Wallis"
    assert found.significant
    assert "1 it cannot be told" in found.report()
    assert np.isnan(found.levels.loc["t5", "normal_p"])


def test_levels_without_overlap_differ(random):
    frame = grouped({"a": np.arange(5), "b": 10.0 + np.arange(5), "c": np.full(5, 99.0)})
    assert compare(frame, "value", "level").pairs["different"].all()


def test_a_level_with_one_value_is_named():
    found = compare(grouped({"a": [1, 2, 4, 9], "b": [3]}), "value", "level")
    assert "One value only at b" in found.report()
    assert np.isnan(found.levels.loc["b", "sd"])
    with pytest.raises(InputError, match="one value of value; repeat"):
        compare(grouped({"a": [1], "b": [3]}), "value", "level")


def test_missing_values_are_counted_and_missing_cells_refused_by_name():
    frame = blocked(np.random.default_rng(1).normal(size=(6, 3)), ["t0", "t1", "t5"])
    frame.loc[(frame["block"] == "block 002") & (frame["level"] == "t5"), "value"] = np.nan
    with pytest.raises(
        InputError, match=r"1 cell of block by level without value: block 002 at t5; .*--drop-incomplete"
    ):
        compare(frame, "value", "level", "block")
    found = compare(frame, "value", "level", "block", drop_incomplete=True)
    assert len(found.samples.blocks) == 5
    assert found.samples.incomplete == ("block 002",)
    assert "Left out: 1 block with missing cells: block 002." in found.report()
    assert "Left out: 1 row without a value." in found.report()
    assert compare(frame, "value", "level").levels["n"].tolist() == [6, 6, 5]


def test_several_runs_of_a_cell_become_their_median():
    matrix = np.array([[1.0, 2, 3], [2, 3, 5], [1, 4, 6], [0, 3, 9]])
    repeated = pd.concat([blocked(matrix - 5), blocked(matrix), blocked(matrix + 100)])
    found = compare(repeated, "value", "level", "block")
    assert found.samples.matrix.tolist() == matrix.tolist()
    assert found.samples.replicates == (3, 3)
    assert "each cell the median of 3 runs; n = 12" in found.report()


def test_ranks_can_favour_high_values():
    frame = blocked(np.array([[1.0, 2, 3]] * 5), ["a", "b", "c"])
    assert compare(frame, "value", "level", "block").average_ranks.index.tolist() == ["a", "b", "c"]
    assert compare(frame, "value", "level", "block", best="highest").average_ranks.index.tolist() == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"response": "values"}, "no column 'values'; there are: block, level, value"),
        ({}, {"block": "level"}, "must be different columns"),
        ({"level": "a"}, {}, "level has one level only, a;"),
        ({"value": "x"}, {}, "value is not a number everywhere"),
        ({"value": np.inf}, {}, "holds infinite values"),
        ({"value": np.nan}, {}, "no row has value and level"),
        ({}, {"alpha": 0.0}, "alpha is 0; it must lie between 0 and 1"),
        ({}, {"best": "small"}, "must be lowest or highest"),
        ({}, {"posthoc": "nemenyi"}, "no post-hoc test 'nemenyi' without blocks; allowed: conover, dunn"),
        ({}, {"block": "block"}, "2 blocks of block; a comparison within blocks needs 3 or more"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(change, options, message):
    frame = blocked(np.arange(6.0).reshape(2, 3)).assign(**change)
    with pytest.raises(InputError, match=message) as caught:
        compare(frame, **{"response": "value", "factor": "level", **options})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("levels", "n"), [(3, 3), (3, 4), (3, 5), (3, 8), (3, 10), (4, 5), (6, 8)])
def test_levels_that_vary_nowhere_are_told_apart_by_the_overall_test(levels, n):
    """As a solver that draws nothing makes them: Conover and Iman's statistic has no finite value there."""
    frame = grouped({f"level {i}": [0.1 * i + 0.07] * n for i in range(levels)})
    found = compare(frame, "value", "level")
    assert found.test.p <= 0.004
    p = np.minimum(1, found.test.p * len(found.pairs))  # Holm's method on equal p-values
    assert found.pairs["p_adjusted"].to_numpy() == pytest.approx(np.full(len(found.pairs), p))
    assert found.pairs["different"].all() == (p <= 0.05)
    assert "no level has any spread" in found.report()
    twins = compare(grouped({"a": [1.0] * n, "b": [1.0] * n, "c": [2.0] * n}), "value", "level").pairs
    assert twins["p_adjusted"].iloc[0] == 1


def test_report_latex_and_seeded_intervals():
    frame = blocked(np.random.default_rng(5).normal(size=(12, 4)) + np.arange(4)).rename(columns={"value": "top_1"})
    found = compare(frame, "top_1", "level", "block")
    again = compare(frame, "top_1", "level", "block")
    pd.testing.assert_frame_equal(found.pairs, again.pairs)
    report = found.report()
    assert report.startswith("Top 1 by level: 4 levels, 12 blocks (block), each cell one run; n = 48.")
    assert "Kendall's W" in report
    assert "Critical difference of average ranks" in report
    latex = found.to_latex()
    assert latex.count("\\begin{tabular}") == latex.count("\\end{tabular}") == 2
    assert "top_1" not in latex


def test_diagram_shows_every_level_once_and_every_bar():
    frame = blocked(np.random.default_rng(5).normal(size=(12, 5)) + np.arange(5) / 2, list("abcde"))
    found = compare(frame, "value", "level", "block")
    before = dict(mpl.rcParams)
    drawn = found.plot()
    assert dict(mpl.rcParams) == before
    assert len(drawn.artists["bars"]) == len(found.bars)
    for bar, line in zip(found.bars, drawn.artists["bars"], strict=True):
        low, high = line.get_xdata()
        covered = [level for level, rank in found.average_ranks.items() if low <= rank <= high]
        assert covered == list(bar)
    texts = [label.get_text() for label in drawn.artists["labels"]]  # "a  (1.25)", or the other way round
    ranks = found.average_ranks
    assert sorted(sorted(text.split()) for text in texts) == [
        [f"({ranks[level]:.2f})", level] for level in sorted(ranks.index, key=lambda level: f"({ranks[level]:.2f})")
    ]
    span = drawn.artists["critical_difference"][0].get_xdata()
    assert span[1] - span[0] == pytest.approx(found.critical_difference)


def test_a_bar_that_passes_over_a_level_marks_only_its_own():
    # Level b has few values far apart: it may differ from its neighbours' neighbour but not from both ends.
    import dataclasses

    from cgplab.statistics.diagram import lay_out

    found = compare(blocked(np.random.default_rng(1).normal(size=(9, 3)), list("abc")), "value", "level", "block")
    order = tuple(found.average_ranks.index)
    gapped = dataclasses.replace(found, bars=((order[0], order[2]),))
    assert lay_out(gapped).gaps == (True,)
    dots = gapped.plot().artists["bars"][1]
    assert list(dots.get_xdata()) == [found.average_ranks[order[0]], found.average_ranks[order[2]]]
