"""The payload: what went in comes out, by name, at offsets that a browser can read; and rows as text."""

import base64

import numpy as np
import pytest

from fdmat_core.web import payload
from tests.web.reading import unpack


def test_columns_of_every_type_come_out_by_name():
    columns = {
        "bytes": np.array([1, 0, 255], "u1"),
        "truth": np.array([True, False, True]),
        "positions": np.array([0, 65535, 7], ">u2"),
        "rows": np.array([2**32 - 1, 0, 5], "u4"),
        "ids": np.array([-(2**63), 2**53 + 1, 2**63 - 1]),
        "xy": np.array([[0.5, 1.5], [2.5, -3.5]], "f4"),
        "none": np.array([], "f8"),
    }
    facts, read = unpack(payload.pack(columns, {"words": "Hündin", "classes": ("a", "b")}))
    assert facts == {"words": "Hündin", "classes": ["a", "b"]}
    assert {name: column.tolist() for name, column in read.items()} == {
        "bytes": [1, 0, 255],
        "truth": [1, 0, 1],
        "positions": [0, 65535, 7],
        "rows": [2**32 - 1, 0, 5],
        "ids": [-(2**63), 2**53 + 1, 2**63 - 1],
        "xy": [0.5, 1.5, 2.5, -3.5],
        "none": [],
    }
    assert read["positions"].dtype == "<u2" and read["truth"].dtype == "u1"


def test_the_same_gives_the_same_bytes_and_the_length_is_the_columns():
    columns = {"a": np.arange(3, dtype="u1"), "b": np.arange(2, dtype="f4")}
    sent = payload.pack(columns, {})
    assert sent == payload.pack(columns, {})
    assert len(sent) % 8 == 0 and sent.endswith(columns["b"].tobytes())


@pytest.mark.parametrize("column", [np.array(["a"]), np.array([1], "u8"), np.array([1j])])
def test_a_column_without_a_typed_array_is_refused(column):
    with pytest.raises(ValueError, match="column 'x' has dtype"):
        payload.pack({"x": column}, {})


def test_a_fact_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        payload.pack({}, {"x": float("nan")})


@pytest.mark.parametrize(("count", "dtype"), [(0, "u1"), (256, "u1"), (257, "u2"), (65536, "u2"), (65537, "u4")])
def test_positions_take_the_narrowest_type(count, dtype):
    assert payload.smallest(np.zeros(2, int), count).dtype == np.dtype(dtype)


@pytest.mark.parametrize("rows", [[], [0], [7], [8], [0, 1, 9, 12]])
def test_a_lasso_comes_back_as_the_rows_that_the_browser_marked(rows):
    bits = bytearray(2)
    for row in rows:  # as textOfRows in payload.js does
        bits[row >> 3] |= 1 << (row & 7)
    assert payload.rows_in(base64.b64encode(bits).decode(), 13).tolist() == rows


def test_no_lasso_holds_no_rows():
    assert payload.rows_in(None, 3).tolist() == payload.rows_in("", 3).tolist() == []


def test_a_lasso_that_is_not_base64_is_refused():
    with pytest.raises(ValueError, match="lasso is 'not base64!'"):
        payload.rows_in("not base64!", 3)


def test_rows_are_written_as_a_lasso_writes_them():
    assert payload.rows_in(payload.bits_of(np.array([2, 9, 16]), 17), 17).tolist() == [2, 9, 16]
    assert payload.rows_in(payload.bits_of(np.array([], int), 17), 17).tolist() == []
