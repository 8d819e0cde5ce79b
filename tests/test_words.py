"""Numbers and their nouns."""

import pytest

from cgplab.words import counted


@pytest.mark.parametrize(
    ("n", "words"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (21, "21 runs"), (3000, "3,000 runs")]
)
def test_a_number_fits_its_noun(n, words):
    assert counted(n, "run") == words


def test_some_nouns_need_their_plural():
    assert [counted(n, "batch", "batches") for n in (1, 2)] == ["1 batch", "2 batches"]
