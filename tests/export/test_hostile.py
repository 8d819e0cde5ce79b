"""What a run is called stands in the comments of its exports and cannot end them."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from cgplab.export import FORMATS
from tests.export.test_export import RUNNABLE, random_source, skip_without
from tests.hostile import PAYLOAD

ABOUT = (
    f"{PAYLOAD} */ int owned; /*",
    '""" \nimport owned\n"""',
    "\nowned\n\x0bowned\u2028owned",
    "ends in a backslash \\",
    "&lt;img&gt; \\N \\G",
)


@pytest.mark.parametrize("format", RUNNABLE)
def test_an_export_computes_the_same_whatever_the_run_is_called(format):
    skip_without(format)
    source = random_source(3)
    hostile = replace(source, about=ABOUT)
    text = FORMATS[format].write(hostile)
    if format != "text":
        assert "owned" in text
    assert FORMATS[format].verify(hostile, text) is not None
    plain = FORMATS[format].write(source)
    # Nothing but lines of the comment is added.
    assert len(text.splitlines()) == len(plain.splitlines()) + (len(ABOUT) if format not in ("text", "dot") else 0) + (
        len(ABOUT) if format == "dot" else 0
    )


def test_a_drawing_is_xml_without_scripts():
    skip_without("svg")
    drawn = FORMATS["svg"].write(replace(random_source(3), about=ABOUT))
    tree = ElementTree.fromstring(drawn)
    assert not {element.tag.rpartition("}")[2] for element in tree.iter()} & {"script", "foreignObject", "img", "image"}
    texts = ["".join(element.itertext()) for element in tree.iter() if element.tag.endswith("}text")]
    assert any("<img src=x" in text and "</script>" in text for text in texts)
    assert any("&lt;img&gt; \\N \\G" in text for text in texts)
    assert np.all([not key.startswith("on") for element in tree.iter() for key in element.attrib])
