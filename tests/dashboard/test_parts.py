"""What the views are made of, without a browser: addresses, axes, words, the form, who may come."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from cgplab.dashboard.address import Address
from cgplab.dashboard.evolve_form import EvolveForm
from cgplab.dashboard.evolve_view import EvolveView
from cgplab.dashboard.log_axis import LogAxis
from cgplab.dashboard.palette import blend
from cgplab.dashboard.runs_view import matching
from cgplab.dashboard.server import Options
from cgplab.dashboard.theme import load
from cgplab.dashboard.wording import energy, percent, rate, tally
from cgplab.errors import InputError
from cgplab.running import plan
from cgplab.selections import ALL, SELECTIONS
from cgplab.store import State, Store
from cgplab.words import duration, number


class Location:
    """What Panel gives a session to read and write its URL."""

    def __init__(self, search):
        self.search = search


def test_the_address_survives_a_reload():
    here = Location("?theme=dark")
    first = Address(tab="live", batch="01K", runs="0123,456", filters="5", study="kernels")
    first._write(here)
    assert here.search == "?theme=dark&tab=live&study=kernels&batch=01K&runs=0123,456&filters=5"
    again = Address()
    again._read(here)
    for name in ("tab", "batch", "runs", "run", "filters", "study"):
        assert getattr(again, name) == getattr(first, name)


def test_a_wrong_address_shows_the_first_view():
    address = Address()
    address._read(Location("?tab=nonsense&study=1&junk=%00"))
    assert (address.tab, address.study) == ("evolve", "1")


def test_a_branch_of_the_address_goes_along_until_it_is_cut():
    address = Address(study="first", where="layer=conv1", tab="results")
    branch = address.branch()
    branch.figure = "pareto"
    address.look_at("second", batch="01K")
    assert (address.figure, address.tab) == ("pareto", "results")
    assert (branch.study, branch.where, branch.batch) == ("second", "", "01K")

    # A page that cuts it on a change of study spares its views that change.
    seen = []
    branch.param.watch(lambda event: seen.append(event.new), "study")
    address.param.watch(lambda *_: branch.cut(), "study")
    address.look_at("third")
    branch.where = "layer=conv2"
    assert (seen, branch.study, address.where) == ([], "second", "")


def test_what_one_branch_sets_in_answer_to_a_change_is_not_undone_by_another():
    address = Address(study="first", where="layer=conv1")
    first, second = address.branch(), address.branch()
    second.param.watch(lambda *_: setattr(second, "where", "search=construct"), "study")
    address.look_at("second")
    assert [each.where for each in (address, first, second)] == ["search=construct"] * 3


def test_what_a_view_made_for_a_new_study_begins_with_stays():
    address = Address(study="first", where="layer=conv1")
    older = address.branch()
    made = []

    def anew(*_):
        made.append(address.branch())
        made[0].where = "strategy=5"

    address.param.watch(anew, "study")  # as the page does, whose new view begins with the plan of the study
    address.look_at("second")
    assert [each.where for each in (address, older, made[0])] == ["strategy=5"] * 3


def test_zero_has_a_place_below_the_decades():
    axis = LogAxis.holding([0.0, 0.002, 50, np.nan])
    assert (axis.low, axis.high, axis.zero) == (-3, 2, True)
    places = axis.place([0, 0.01, 10, np.nan])
    assert places[:3].tolist() == [-3.5, -2, 1]
    assert np.isnan(places[3])
    assert axis.ticks() == {-3.5: "0", -3: "10⁻³", -2: "10⁻²", -1: "10⁻¹", 0: "1", 1: "10", 2: "100"}
    assert len(LogAxis.holding([1e-12, 1e9]).ticks()) <= 8
    assert LogAxis.holding([]).ticks() == {0.0: "1"}


def test_words():
    assert [duration(s) for s in (None, 0.0, 3.21, 59.7, 61, 3600, 172800, math.inf)] == [
        "–", "0.0 s", "3.2 s", "1 min", "1 min 01 s", "1 h 00 min", "2 d 0 h", "–",
    ]  # fmt: skip
    assert [number(v) for v in (None, 0, 12345, 0.5, 1e-9, float("nan"))] == ["–", "0", "12,345", "0.5", "1e-9", "–"]
    assert [energy(v) for v in (None, 0.0, 0.00012345)] == ["–", "0 pJ", "0.000123 pJ"]
    assert [rate(v) for v in (None, 12.0, 1234.0, 2.5e6)] == ["–", "12 /s", "1.23 k/s", "2.5 M/s"]
    assert tally([State.PENDING, State.RUNNING, State.RUNNING]) == "▶ 2 running · ○ 1 pending"
    assert [percent(v) for v in (None, 0.5)] == ["–", "50 %"]


def test_a_palette_passes_through_its_colours():
    colours = blend(("#000000", "#ff0000", "#ffffff"), 5)
    assert (colours[0], colours[2], colours[4]) == ("#000000", "#ff0000", "#ffffff")


def test_the_form_starts_with_a_request_that_can_be_planned():
    form = EvolveForm()
    (manifest,) = plan(form.request())
    assert (manifest.model, manifest.selection, manifest.strategy) == ("lenet5-qat", "layer_bypass", 0.0)
    before = form.changed
    form.selection.value = "single_filter"
    form.layer.value = "conv2"
    form._parameters["filter"].value = 3
    form.strategies.value = [1.0, 5.0]
    form.further.value = "2.5"
    form.grid.value = "5x5, 3x3"
    form.stops.value = "error=0, gate_count=4"
    assert form.changed > before
    manifests = plan(form.request())
    assert [(m.grid, m.strategy) for m in manifests] == [(g, t) for g in ("5x5", "3x3") for t in (1.0, 2.5, 5.0)]
    assert manifests[0].parameters["filter"] == 3
    assert manifests[0].settings["stops"] == {"error": 0, "gate_count": 4}


def test_the_form_asks_for_whole_numbers_and_layers_as_such():
    form = EvolveForm()
    form._parameters["from_layer"].value = "fc1"
    assert form.request().parameters["from_layer"] == "fc1"
    form.selection.value = "single_filter_zero_outter"
    form._parameters["core"].value = 1
    assert form._parameters["filter"].value is None
    assert {m.parameters["core"] for m in plan(form.request())} == {1}
    with pytest.raises(InputError, match="core of selection single_filter_zero_outter must be a whole number"):
        SELECTIONS["single_filter_zero_outter"].resolve({"core": "3"})


def test_layers_that_all_leaves_out_are_told(tmp_path):
    load()
    view = EvolveView(Store(tmp_path))
    assert "left out" not in view._numbers.object
    view.form.layer.value = ALL
    assert "<dt>layers left out</dt><dd>conv1</dd>" in view._numbers.object


@pytest.mark.parametrize(
    ("field", "value", "words"), [("further", "a, b", "commas"), ("stops", "error", "MEASURE=LIMIT")]
)
def test_the_form_explains_what_it_cannot_read(field, value, words):
    form = EvolveForm()
    getattr(form, field).value = value
    with pytest.raises(InputError, match=words):
        form.request()


def test_strangers_are_kept_out(tmp_path):
    users = tmp_path / "users.json"
    users.write_text(json.dumps({"ada": "secret"}))
    Options().check()
    Options(address="::1").check()
    Options(address="0.0.0.0", insecure=True).check()
    Options(address="0.0.0.0", basic_auth=users, cookie_secret="x" * 32).check()
    for options, words in (
        (Options(address="0.0.0.0"), "basic-auth"),
        (Options(address="192.168.1.5"), "basic-auth"),
        (Options(address="here"), "not an address"),
        (Options(basic_auth=users), "cookie-secret"),
        (Options(basic_auth=tmp_path / "none.json", cookie_secret="x"), "no such file"),
        (Options(port=70000), "65535"),
        (Options(root_path="lab"), "begin with /"),
        (Options(basic_auth=users, cookie_secret="x" * 31), "31 characters"),
        (Options(allow_origin=("https://lab.example",)), "HOST"),
    ):
        with pytest.raises(InputError, match=words):
            options.check()
    users.write_text("{}")
    with pytest.raises(InputError, match="at least one user"):
        Options(basic_auth=users, cookie_secret="x").check()


def test_words_filter_the_table_of_runs():
    frame = pd.DataFrame(
        {"layer": ["conv1", "conv2", "conv2"], "state": ["finished"] * 3, "strategy": [0.0, 5.0, 11.0]}
    )
    assert len(matching(frame, "")) == 3
    assert matching(frame, "CONV2 finished")["strategy"].tolist() == [5.0, 11.0]
    assert matching(frame, "strategy=5")["layer"].tolist() == ["conv2"]
    assert matching(frame, "layer=conv1")["strategy"].tolist() == [0.0]
    assert matching(frame, "nothing").empty
