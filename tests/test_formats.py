"""Numbers as people write them: what is none is refused, whatever Python would make of it."""

import numpy as np
import pytest

from fdmat_core import formats


def test_one_of_a_kind_is_no_plural():
    said = [formats.counted(n, "file is", "files are") for n in (0, 1, 2000)]
    assert said == ["0 files are", "1 file is", "2,000 files are"]
    assert formats.some(1, 2000, "rows") == "1 of 2,000 rows has" and formats.some(2, 5, "rows") == "2 of 5 rows have"
    assert formats.some(1, 1, "shards", "are") == "1 of 1 shards is"


@pytest.mark.parametrize("value", [1.7, "1.7", "1_0", "x", "", "nan", "inf", None, "1e30", True, "9223372036854775808"])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(ValueError, match="is no whole number"):
        formats.whole(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        ("7", 7),
        (7.0, 7),
        (" -3 ", -3),
        ("+1e3", 1000),
        (np.int64(5), 5),
        ("4611686018427387905", 2**62 + 1),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
    ],
)
def test_whole_numbers_are_read_to_the_last_digit(value, number):
    assert formats.whole(value) == number


@pytest.mark.parametrize(
    ("part", "told"),
    [(0, "0%"), (0.5, "50%"), (1595 / 1600, "99.7%"), (7999 / 8000, "> 99.9%"), (1 / 8000, "< 0.1%"), (1, "100%")],
)
def test_only_all_reads_100_percent_and_only_none_0(part, told):
    assert formats.portion(part) == told
    assert formats.portion(0.004, 2) == "< 1%" and formats.portion(0.996, 2) == "> 99%"


def test_a_number_with_a_line_in_it_is_none():
    assert formats.real("1.5") == 1.5
    for value in ("1_0", "1_0.5", "x"):
        with pytest.raises(ValueError):
            formats.real(value)
