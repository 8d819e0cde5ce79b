"""A measure by layer and strategy."""

from cgplab.analysis.by_layer import Cell, layer_table


def row(layer, strategy, loss, error=0, threshold=0, n_outputs=10, missing=2):
    return {
        "layer": layer, "strategy": strategy, "accuracy_loss": loss, "error": error, "threshold": threshold,
        "n_outputs": n_outputs, "missing_weights": missing,
    }  # fmt: skip


def test_median_and_worst_over_the_runs_within_budget_of_a_layer_and_strategy():
    table = layer_table(
        [
            row("b", 5.0, 1.0, 9, 10),
            row("b", 5.0, 4.0, 11, 10),
            row("b", 5.0, 2.0),
            row("a", 1.0, 8.0, 1, 0),
            row("a", 5.0, None, n_outputs=7),
            row("a", 0.0, -0.5),
            row("b", 0.0, 0.25, missing=3),
        ],
        "accuracy_loss",
    )
    assert table.layers == ("b", "a")
    assert table.strategies == (0.0, 1.0, 5.0)
    assert table.cells["b", 5.0] == Cell(median=1.5, worst=2.0, within=2, n=3)
    assert table.cells["a", 1.0] == Cell(median=None, worst=None, within=0, n=1)
    assert ("a", 5.0) not in table.cells
    assert (table.n_outputs, table.missing_weights) == ({"b": 10, "a": 10}, {"b": 3, "a": 2})
    assert table.worst_layer(0.0) == "b"
    assert table.worst_layer(5.0) == "b"
    assert table.worst_layer(1.0) is None
    assert table.worst_layer(7.0) is None
