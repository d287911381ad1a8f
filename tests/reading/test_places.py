"""Words about files and names that findings are made of."""

import pytest

from fdmat_core.reading.places import listed


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (4, "a, b, c, d"),
        (5, "a, b, c, d, e"),
        (6, "a, b, c, d and 2 more"),
    ],
)
def test_no_single_name_is_hidden(count, words):
    assert listed("abcdef"[:count], 4) == words
