"""Malformed and odd inputs: each ends in one sentence or in the dataset that it must be; mutated ones in either."""

import io
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.datasets import corpus
from tests.datasets.corpus import Case, Either
from tests.datasets.corpus_images import png
from tests.datasets.corpus_tables import FEATURES, LABEL, N, base

pytestmark = pytest.mark.slow
CASES = corpus.cases()
#: The same examples in every run, and no file that remembers some.
STEADY = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_odd_input_ends_as_it_must(case, tmp_path):
    (tmp_path / "data").mkdir()
    assert corpus.wrong_with(case, corpus.run(case, tmp_path / "data")) == ""


def test_the_corpus_is_large():
    assert len(CASES) >= 500 and len({case.kind for case in CASES}) >= 10


def sound_files():
    """One sound file of every kind, as bytes by name."""
    frame = pandas.DataFrame({"a": FEATURES[:, 0], "b": FEATURES[:, 1], "label": LABEL, "id": range(5, 5 + N)})
    made = {"t.csv": base().encode(), "t.tsv": base("\t").encode(), "u.csv": base(";", "\r\n").encode()}
    made["t.jsonl"] = frame.to_json(orient="records", lines=True).encode()
    for name, write in (("t.parquet", frame.to_parquet), ("t.feather", frame.to_feather)):
        whole = io.BytesIO()
        write(whole)
        made[name] = whole.getvalue()
    for name, save in (("t.npz", np.savez), ("u.npz", np.savez_compressed)):
        whole = io.BytesIO()
        save(whole, features=FEATURES, labels=np.array(LABEL), ids=np.arange(N), split=np.array(["train", "test"] * 5))
        made[name] = whole.getvalue()
    whole = io.BytesIO()
    np.save(whole, FEATURES)
    made["t.npy"] = whole.getvalue()
    for name, members in (
        ("t.zip", {"t.csv": made["t.csv"]}),
        ("u.zip", {f"{c}/{i}.png": png() for c in "ab" for i in "012"}),
    ):
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
            for member, content in members.items():
                packed.writestr(member, content)
        made[name] = whole.getvalue()
    return made


SOUND = sound_files()


def require_an_end(content, name):
    """A file with this content ends in a sentence, or in a dataset whose rules hold."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FDMAT_HOME"] = str(Path(folder, "home"))
        Path(folder, "data").mkdir()

        def write(place):
            (place / name).write_bytes(content)
            return place / name

        outcome = corpus.run(Case("mutated", name, write, Either()), Path(folder, "data"))
    if isinstance(outcome, BaseException):
        assert corpus.wrong_with_error(outcome) == ""
    else:
        assert corpus.wrong_with_data(outcome) == ""


@st.composite
def broken_bytes(draw):
    """A sound file with bytes turned, left out, put in, or repeated."""
    name = draw(st.sampled_from(sorted(SOUND)))
    content = bytearray(SOUND[name])
    for _ in range(draw(st.integers(1, 4))):
        place, length = draw(st.integers(0, len(content))), draw(st.integers(1, 40))
        how = draw(st.sampled_from(["turn", "cut", "drop", "insert", "repeat", "zero"]))
        if how == "turn":
            content[place : place + 1] = bytes([draw(st.integers(0, 255))])
        elif how == "cut":
            del content[max(place, 1) :]
        elif how == "drop":
            del content[place : place + length]
        elif how == "insert":
            content[place:place] = draw(st.binary(min_size=1, max_size=8))
        elif how == "repeat":
            content[place:place] = content[place : place + length]
        else:
            content[place : place + length] = bytes(len(content[place : place + length]))
    return name, bytes(content)


@given(broken_bytes())
@settings(STEADY, max_examples=400)
def test_broken_bytes_end_in_a_sentence_or_a_sound_dataset(made):
    require_an_end(made[1], made[0])


ODD = (
    "",
    " ",
    "NA",
    "nan",
    "inf",
    "-1",
    "1e999",
    "1,5",
    "x",
    "é",
    '"',
    "'",
    "[1, 2]",
    "2020-01-01",
    "True",
    "0x1",
    "\0",
    "🦊",
)
NAMES = (
    "a",
    "b",
    "label",
    "id",
    "split",
    "path",
    "features",
    "Unnamed: 0",
    "",
    "0",
    "logits",
    "text",
    "class",
    "index",
)


@st.composite
def odd_tables(draw):
    """The text of a table whose names, cells, rows, separators, line ends and encoding are changed."""
    rows = [line.split(",") for line in base().splitlines()]
    for _ in range(draw(st.integers(1, 5))):
        row = draw(st.integers(0, len(rows) - 1))
        how = draw(st.sampled_from(["cell", "name", "repeat", "drop", "shuffle", "column", "short", "long", "swap"]))
        if how == "cell" and rows[row]:
            rows[row][draw(st.integers(0, len(rows[row]) - 1))] = draw(st.sampled_from(ODD))
        elif how == "name" and rows[0]:
            rows[0][draw(st.integers(0, len(rows[0]) - 1))] = draw(st.sampled_from(NAMES))
        elif how == "repeat":
            rows.insert(row, list(rows[row]))
        elif how == "drop" and len(rows) > 1:
            del rows[row]
        elif how == "shuffle":
            rows[row] = draw(st.permutations(rows[row]))
        elif how == "column":
            odd = draw(st.sampled_from(ODD))
            rows = [[*one, draw(st.sampled_from(NAMES)) if place == 0 else odd] for place, one in enumerate(rows)]
        elif how == "short":
            rows[row] = rows[row][:-1]
        elif how == "long":
            rows[row] = [*rows[row], "9"]
        elif how == "swap":
            other = draw(st.integers(0, len(rows) - 1))
            rows[row], rows[other] = rows[other], rows[row]
    separator, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(separator.join(row) for row in rows) + draw(st.sampled_from(["", end]))
    code = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "latin-1", "utf-16"]))
    return draw(st.sampled_from(["t.csv", "t.csv", "t.tsv"])), text.encode(code, "replace")


@given(odd_tables())
@settings(STEADY, max_examples=400)
def test_odd_tables_end_in_a_sentence_or_a_sound_dataset(made):
    require_an_end(made[1], made[0])


KINDS = ("f2", "f4", "f8", ">f8", "i1", "i8", ">i4", "u1", "u8", "?", "U3", "S3", "c8", "M8[D]", "m8[s]")
WHAT = ("features", "labels", "ids", "split", "logits", "text", "images", "test_features", "test_labels", "test_ids")


@st.composite
def odd_arrays(draw):
    """An archive of arrays of any kind and shape under the names that are read."""
    arrays = {}
    for name in ("features", *draw(st.lists(st.sampled_from(WHAT), unique=True, max_size=5))):
        shape = draw(st.sampled_from([(N,), (N, 2), (N, 2), (N, 1), (N, 0), (0,), (0, 2), (N, 2, 2), (3, 2), (3,), ()]))
        size = int(np.prod(shape))
        values = np.array(draw(st.lists(st.integers(-2, 12), min_size=size, max_size=size)), dtype=np.int64)
        with np.errstate(all="ignore"):
            arrays[name] = values.astype(draw(st.sampled_from(KINDS))).reshape(shape)
    whole = io.BytesIO()
    np.savez(whole, **arrays)
    return whole.getvalue()


@given(odd_arrays())
@settings(STEADY, max_examples=300)
def test_odd_arrays_end_in_a_sentence_or_a_sound_dataset(content):
    require_an_end(content, "t.npz")
