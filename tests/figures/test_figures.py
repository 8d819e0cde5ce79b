"""Figures: their data, what is drawn, and the files."""

import numpy as np
import pandas as pd
import pytest

from cgplab.errors import InputError
from cgplab.figures import FIGURES, accuracy_loss, missing_weights, save_figure
from cgplab.figures.scales import scale_for
from cgplab.figures.style import looks
from cgplab.store import RUN_COLUMNS


def table(n=12, layers=1, **values):
    """Table of made-up runs of four strategies."""
    random = np.random.default_rng(1)
    rows = []
    for i in range(n):
        strategy = (0.0, 1.0, 5.0, 11.0)[i % 4]
        missing = 40 + 30 * (i // 4 % layers)
        rows.append(
            {
                **dict.fromkeys(column.name for column in RUN_COLUMNS),
                "id": f"{i:04}", "model": "m", "layer": "conv2", "grid": ("5x5", "10x10")[i % 2], "generation": 10 * i,
                "selection": "layer_bypass", "strategy": strategy,
                "dataset": "mnist/test", "missing_weights": missing, "threshold": 100, "error": 90 + 2 * i,
                "energy": 0.0 if strategy == 11 else missing * 0.01 * (1 + random.random()),
                "accuracy_loss": random.normal(0, 0.1), **values,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def over_layers():
    """Runs of four layers."""
    runs = table(32)
    return runs.assign(layer=[f"conv{i // 4 % 4}" for i in range(len(runs))])


def test_every_figure_is_written_in_every_format(tmp_path):
    for name in FIGURES:
        paths = save_figure(name, over_layers(), tmp_path, ["png", "pdf", "svg"])
        assert [path.name for path in paths] == [f"{name}.{e}" for e in ("png", "pdf", "svg")]
        assert paths[0].read_bytes().startswith(b"\x89PNG")
        assert b"/Type3" not in paths[1].read_bytes()
        assert "<text" in paths[2].read_text()


def test_the_same_runs_give_the_same_files(tmp_path):
    for name in FIGURES:
        for extension in ("png", "pdf", "svg"):
            first = save_figure(name, over_layers(), tmp_path / "a", [extension])[0].read_bytes()
            assert save_figure(name, over_layers(), tmp_path / "b", [extension])[0].read_bytes() == first


def test_accuracy_loss_draws_every_run_and_counts_them():
    runs = table(13)
    frame = accuracy_loss.data(runs)
    assert len(frame) == 13
    assert frame["within"].tolist() == (frame["id"].astype(int) * 2 + 90 <= 100).tolist()
    axes = accuracy_loss.publication(runs).axes[0]
    points = np.concatenate([c.get_offsets() for c in axes.collections if len(c.get_offsets())])
    assert sorted(points[:, 1]) == pytest.approx(sorted(runs["accuracy_loss"]))
    assert [t.get_text() for t in axes.get_xticklabels()] == ["0\nn = 4", "1\nn = 3", "5\nn = 3", "11\nn = 3"]


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
    frame = pd.DataFrame({"strategy": 0.0, "missing_weights": x, "energy": 2.0 * x + 1, "within": True})
    frame.loc[9, "energy"] = 500
    line, r = missing_weights.lines(frame)[0.0]
    assert line.slope == pytest.approx(2, abs=0.01)
    assert line.intercept == pytest.approx(1, abs=0.05)
    assert r < 0.8
    assert missing_weights.lines(frame.assign(missing_weights=3)) == {}


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


def test_every_figure_is_drawn_for_a_screen():
    import holoviews as hv

    for name, plot in FIGURES.items():
        drawn = plot.interactive(over_layers())
        assert hv.renderer("bokeh").get_plot(drawn).state is not None, name


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
