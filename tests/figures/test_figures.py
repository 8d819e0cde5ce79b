"""Figures: their data, what is drawn, and the files."""

import re
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from cgplab.errors import InputError
from cgplab.figures import FIGURES, accuracy_loss, missing_weights, part_words, save_figure, save_table
from cgplab.figures.scales import scale_for
from cgplab.figures.style import ORDERED, ORDERED_ON_DARK, TEXT_WIDTH, looks
from tests.figures.made_up import frame_for, frames, many, over_layers, table


@pytest.fixture(scope="module")
def drawn_from():
    """Frames over runs of four layers."""
    return frames(over_layers())


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_written_in_every_format_and_always_the_same(name, drawn_from, tmp_path):
    frame = frame_for(FIGURES[name], drawn_from)
    paths = save_figure(name, frame, tmp_path / "a", ["png", "pdf", "svg"])
    assert [path.name for path in paths] == [f"{name}.{e}" for e in ("png", "pdf", "svg")]
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    assert b"/Type3" not in paths[1].read_bytes()
    assert "<text" in paths[2].read_text()
    again = save_figure(name, frame, tmp_path / "b", ["png", "pdf", "svg"])
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in paths]


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_fits_a_text_column(name, drawn_from):
    assert FIGURES[name].publication(frame_for(FIGURES[name], drawn_from)).get_figwidth() == TEXT_WIDTH


def test_tables_are_latex(drawn_from, tmp_path):
    written = {name: save_table(name, frame_for(plot, drawn_from), tmp_path) for name, plot in FIGURES.items()}
    tables = {name: paths[0].read_text() for name, paths in written.items() if paths}
    assert {"best_solutions", "measures_by_strategy", "accuracy_loss_by_layer", "missing_weights"} <= tables.keys()
    for name, text in tables.items():
        assert "\\toprule" in text, name
        assert f"\\label{{tab:{name.replace('_', '-')}}}" in text
        assert text.count("{") == text.count("}")


TABULATED = [name for name, plot in FIGURES.items() if hasattr(plot.module, "table")]


def labels_of(name, made, words, folder):
    """Labels in the tables of a figure, one for each word."""
    texts = [save_table(name, frame_for(FIGURES[name], made), folder, word)[0].read_text() for word in words]
    return re.findall(r"\\label\{(.*?)\}", "".join(texts))


def test_no_label_is_defined_twice_in_a_document_with_every_table_of_every_experiment(tmp_path):
    """Among the experiments are names that differ in signs only, and some that end as tables in several parts do."""
    words = part_words(["construct", "5x5", "5X5", "a+b", "a-b", "a b", "a", "a-2"])
    labels = [label for name in TABULATED for label in labels_of(name, frames(many(18, 16)), words, tmp_path)]
    assert len(labels) > len(TABULATED) * len(words)  # some are split
    assert len(set(labels)) == len(labels)
    assert "tab:expected-time-construct" in labels
    assert not [label for label in labels if re.search(r"[^A-Za-z0-9:.+-]", label)]


def test_the_only_experiment_has_no_name_in_its_label(drawn_from, tmp_path):
    assert labels_of("convergence", drawn_from, [""], tmp_path) == ["tab:convergence"]


def test_accuracy_loss_draws_every_run_and_counts_them():
    runs = table(13)
    frame = accuracy_loss.data(runs)
    assert len(frame) == 13
    assert frame["within"].tolist() == (frame["id"].astype(int) * 2 + 90 <= 100).tolist()
    axes = accuracy_loss.publication(runs).axes[0]
    points = np.concatenate([c.get_offsets() for c in axes.collections if len(c.get_offsets())])
    assert sorted(points[:, 1]) == pytest.approx(sorted(runs["accuracy_loss"]))
    assert [t.get_text() for t in axes.get_xticklabels()] == ["0\n2/4", "1\n2/3", "5\n1/3", "11\n1/3"]


def test_missing_weights_draws_every_run_where_it_belongs():
    runs = table(24, layers=3)
    axes = missing_weights.publication(runs).axes[0]
    points = np.concatenate([c.get_offsets() for c in axes.collections if len(c.get_offsets())])
    points[:, 0] = points[:, 0].round()  # strategies stand a little apart
    drawn = sorted(map(tuple, points.round(9)))
    assert drawn == sorted(map(tuple, runs[["missing_weights", "energy"]].to_numpy(dtype=float).round(9)))
    low, high = axes.get_ylim()
    assert low < 0 < high


def test_regression_finds_a_line_and_resists_an_outlier():
    x = np.arange(10)
    frame = pd.DataFrame({"strategy": 0.0, "missing_weights": x, "energy": 10.0 ** (0.2 * x - 3), "within": True})
    frame.loc[9, "energy"] = 500
    fit = missing_weights.fits(frame)[0.0]
    assert fit.line.slope == pytest.approx(0.2, abs=0.001)
    assert fit.line.intercept == pytest.approx(-3, abs=0.005)
    assert fit.r < 0.98
    assert missing_weights.fits(frame.assign(missing_weights=3))[0.0].line is None


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ([0, 0], "linear"), ([1, 2, 3], "linear"), ([0, 1, 2], "linear"), ([0.001, 5], "log"),
        ([0, 0.001, 5], "zero and log"), ([-1, 2], "linear"), ([-0.1, 58], "signed log"),
    ],
)  # fmt: skip
def test_scales_fit_the_values_and_turn_back(values, name):
    scale = scale_for(values)
    assert scale.name == name
    assert scale.inverse(scale.forward(values)) == pytest.approx(np.asarray(values, dtype=float))
    low, high = scale.span
    places = scale.forward(np.sort(values))
    assert (np.diff(places) > 0).all() or name == "linear"
    assert low <= places.min() <= places.max() <= high
    assert all(low <= place <= high for place, _ in scale.places)


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_for_a_screen(name, drawn_from):
    import holoviews as hv

    drawn = FIGURES[name].interactive(frame_for(FIGURES[name], drawn_from))
    assert hv.renderer("bokeh").get_plot(drawn).state is not None


@pytest.mark.parametrize("energy", [0.0, 1e-5, 3.0])
def test_missing_weights_with_one_energy_only(energy):
    missing_weights.publication(table(4, energy=energy)).canvas.draw()


def test_nothing_to_draw_says_what_to_do():
    with pytest.raises(InputError, match="cgplab metrics"):
        accuracy_loss.data(table(3, accuracy_loss=None))
    with pytest.raises(InputError, match="cgplab evolve"):
        missing_weights.data(table(3, energy=None))


def test_strategies_look_the_same_in_every_figure():
    assert len({looks([0, 1, 5, 11])[t] for t in (0, 1, 5, 11)}) == 4
    assert looks([5, 0, 11, 1]) == looks([0, 1, 5, 11])
    assert looks([1, 11]) == {t: looks([0, 1, 5, 11])[t] for t in (1, 11)}


def lightness(colour):
    """CIE L* of a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    y = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.parametrize("n", [2, 4, 8, 18, 52, 128])
def test_ordered_levels_are_ordered_in_grey_and_no_two_look_the_same(n):
    found = list(looks(np.arange(n)).values())
    light = [lightness(look.colour) for look in found]
    assert all(a <= b for a, b in pairwise(light))
    for i, j in combinations(range(n), 2):
        # The same marker comes again in a clearly lighter colour, or at least in another one.
        assert found[i].marker != found[j].marker or light[j] - light[i] > min(8, 400 / n)
        assert (found[i].marker == found[j].marker) == (found[i].sign == found[j].sign)


def test_ordered_colours_show_on_paper_and_on_a_dark_page():
    assert max(map(lightness, ORDERED)) < 75
    assert min(map(lightness, ORDERED_ON_DARK)) > 40
    assert len(ORDERED) == len(ORDERED_ON_DARK)
