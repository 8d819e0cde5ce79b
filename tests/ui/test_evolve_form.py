"""The form of Evolve: every selection can be chosen, and quick hands do no harm."""

from cgplab.selections import SELECTIONS
from tests.ui.conftest import expect


def test_every_selection_has_a_preview(open_page):
    page = open_page("tab=evolve")
    numbers = page.get_by_text("kept → inferred weights")
    for name in SELECTIONS:
        page.get_by_label("Selection: kept → inferred").select_option(name)
        expect(page.get_by_text(SELECTIONS[name].picture)).to_be_visible()
        expect(numbers.or_(page.get_by_role("alert"))).to_be_visible()


def test_changes_that_come_at_once_are_all_taken(open_page):
    """Enter in a field whose text is new comes as an event beside the change of the layer, which draws a picture."""
    page = open_page("tab=evolve")
    page.get_by_label("Selection: kept → inferred").select_option("single_filter")
    layer, field = page.get_by_label("Layer", exact=True), page.get_by_label("Further strategies t")
    for seed in range(2, 14):
        layer.select_option(index=2 + seed % 2)
        field.fill(f"{seed / 100}")
        field.press("Enter")
    page.get_by_label("Runs per strategy (seeds)").fill("3")
    page.get_by_label("Runs per strategy (seeds)").press("Enter")
    expect(page.get_by_role("button", name="Start 6 runs")).to_be_enabled()
    expect(field).to_have_value("0.13")
