"""Names of layers, models and data sets that look like markup, formulas or templates are words in every figure."""

import re
from xml.etree import ElementTree

import pytest
from bokeh.models import Axis, Div, Title

from cgplab import latex
from cgplab.figures import FIGURES
from cgplab.figures.files import drawing_bytes
from cgplab.figures.screens import not_math
from tests.figures.made_up import frame_for, frames, over_layers
from tests.hostile import PAYLOAD

pytestmark = pytest.mark.filterwarnings("error:constrained_layout not applied")
NAMES = ("model", "layer", "selection", "dataset", "grid", "library", "scheme", "costs", "split")
FORMULA = re.compile(r"\$\$[^]*?\$\$|\\\[[^]*?\\\]|\\\([^]*?\\\)".replace("[^]", r"[\s\S]"))
"""What Bokeh draws as a formula."""


@pytest.fixture(scope="module")
def drawn_from():
    """Frames whose texts all hold the payload; what was told apart still is."""

    def attacked(value):
        return f"{value} {PAYLOAD}" if isinstance(value, str) else value

    return {
        name: frame.assign(**{column: frame[column].map(attacked) for column in NAMES if column in frame})
        for name, frame in frames(over_layers()).items()
    } | {"compression": frames(over_layers())["compression"].assign(model=f"m {PAYLOAD}", layer=f"conv2 {PAYLOAD}")}


@pytest.mark.parametrize("name", FIGURES)
def test_names_are_words_in_drawings(name, drawn_from):
    drawn = drawing_bytes(FIGURES[name].publication(frame_for(FIGURES[name], drawn_from)), "svg")
    tree = ElementTree.fromstring(drawn)
    kinds = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert not kinds & {"script", "foreignObject", "img", "a"}
    assert not [element for element in tree.iter() if any(key.startswith("on") for key in element.attrib)]
    texts = ["".join(element.itertext()) for element in tree.iter() if element.tag.endswith("}text")]
    told = " ".join(texts)  # a title has several lines, an element each
    assert told.count("$$x$$") == told.count("{{7*7}}") >= ("owned" in told)
    assert not any("mathdefault" in text for text in texts)  # powers of ten are still drawn as such


@pytest.mark.parametrize("name", FIGURES)
def test_names_are_words_on_screens(name, drawn_from):
    import holoviews as hv

    drawn = FIGURES[name].interactive(frame_for(FIGURES[name], drawn_from))
    models = hv.renderer("bokeh").get_plot(drawn).state.references()
    html = [model.text for model in models if isinstance(model, Div)]
    assert not [text for text in html if "<img" in text or "<script" in text]
    labels = [model.text for model in models if isinstance(model, Title)]
    for axis in (model for model in models if isinstance(model, Axis)):
        labels += [axis.axis_label or "", *axis.major_label_overrides.values()]
    told = [text for text in labels + html if "owned" in text]
    assert all("{{7*7}}" in text and "{label.__class__}" in text for text in told)
    assert not [text for text in labels + html if FORMULA.search(text)]


@pytest.mark.parametrize("formula", ["$$x$$", r"\(x\)", r"\[x\]", "$$$$", r"a $$\href{x}{y}$$ b"])
def test_no_formula_is_left(formula):
    assert FORMULA.search(formula)
    assert not FORMULA.search(not_math(formula))
    assert not_math(formula).replace("\u2060", "") == formula


def test_every_character_of_latex_stands_for_itself():
    written = latex.escape(PAYLOAD + "\n\n\\par%&#_^~\x1b")
    for command in re.findall(r"\\[a-zA-Z]+", written):
        assert command in {r"\textbackslash", r"\textless", r"\textgreater", r"\textasciicircum", r"\textasciitilde"}
    assert not re.search(r"(?<!\\)[$%&#_^~]", written)
    assert "\n" not in written
