"""Tables by blocks: however small a block is, the data are the same; and memory stays below twice what is read."""

import json
import subprocess
import sys

import numpy as np
import pandas
import pytest

from benchmarks import reading
from fdmat_core import datasets
from fdmat_core.reading import blocks, gathering, tables
from fdmat_core.spec import Choice

N = 40


def mixed():
    """Columns that blocks of few rows see otherwise than the whole does."""
    rng = np.random.default_rng(0)
    late = [None] * 30 + ["note"] * 10
    return pandas.DataFrame(
        {
            "Unnamed: 0": range(N),
            "id": rng.permutation(N),
            "label": ["1"] * 25 + ["x"] * 15,
            "whole_then_half": [*range(20), *np.arange(20) + 0.5],
            "words_late": [*range(36), "?", "-", "n/a", "1"],
            "gaps_late": [*range(30), *[None] * 10],
            "note": late,
            "large": 2**53 + rng.integers(0, 9, N),
            "close": 1e9 + rng.random(N),
            "value": rng.normal(size=N),
            "count": range(7, 7 + N),
            "true": [True, False] * 20,
        }
    )


def lines(frame, file):
    rows = [{name: cell for name, cell in row.items() if cell is not None} for row in frame.to_dict("records")]
    file.write_text("".join(json.dumps(row, default=float) + "\n" for row in rows))


def write(frame, folder):
    """The same table in every form."""
    frame.to_csv(folder / "t.csv", index=False)
    lines(frame.astype(object).where(frame.notna(), None), folder / "t.jsonl")
    typed = frame.assign(words_late=frame["words_late"].astype(str))
    typed.to_parquet(folder / "t.parquet", row_group_size=7)
    typed.to_feather(folder / "t.feather", chunksize=9)
    return [folder / f"t.{ending}" for ending in ("csv", "jsonl", "parquet", "feather")]


def all_of(path):
    """Everything that a file becomes, in values that can be compared."""
    data = datasets.load(Choice.of("arrays", path=str(path)))
    fields = {name: list(map(str, column.tolist())) for name, column in data.fields.items()}
    return data.features.tolist(), data.classes, data.labels.tolist(), data.ids.tolist(), fields, data.findings


def test_small_blocks_change_nothing(tmp_path, monkeypatch):
    files = write(mixed(), tmp_path)
    whole = [all_of(file) for file in files]
    monkeypatch.setattr(blocks, "BLOCK", 60)
    monkeypatch.setattr(blocks, "LEAST_ROWS", 3)
    assert [all_of(file) for file in files] == whole
    features, classes, _, ids, fields, findings = whole[0]
    assert np.shape(features) == (30, 7) and classes == ("1", "x") and set(fields) == {"note"}
    assert ids == mixed()["id"][:30].tolist() and fields["note"][-1] == ""
    said = " | ".join(map(str, findings))
    assert "Unnamed: 0, count in t.csv only counts the rows" in said
    assert "2 columns of the features differ in digits that 32 bits cannot hold" in said
    assert "column words_late writes" in said or "words_late has" in said


def test_rows_of_numbers_are_the_same_in_small_blocks(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    frame = pandas.DataFrame({"label": ["x", "y"] * 20, "weight": range(100, 140)})
    rows = rng.normal(size=(N, 3)).round(3)
    frame["weight"] = frame["weight"] ** 3 + 2**40
    frame["features"] = [None if number % 9 == 4 else row.tolist() for number, row in enumerate(rows)]
    frame.to_parquet(tmp_path / "t.parquet", row_group_size=11)
    lines(frame, tmp_path / "t.jsonl")
    frame.assign(features=frame["features"].map(lambda row: None if row is None else str(row))).to_csv(
        tmp_path / "t.csv", index=False
    )
    monkeypatch.setattr(blocks, "BLOCK", 80)
    monkeypatch.setattr(blocks, "LEAST_ROWS", 4)
    there = [number for number in range(N) if number % 9 != 4]
    for ending in ("parquet", "jsonl", "csv"):
        features, _, _, ids, fields, _ = all_of(tmp_path / f"t.{ending}")
        assert ids == there and np.array_equal(features, rows[there].astype(np.float32))
        assert fields["weight"] == [str(number) for number in frame["weight"][there]]


def test_a_row_of_another_width_is_named_wherever_it_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 60)
    monkeypatch.setattr(blocks, "LEAST_ROWS", 3)
    rows = [{"features": [1.0, 2.0] if number != 31 else [1.0], "label": number % 2} for number in range(N)]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(ValueError, match=r"features has 1 numbers in row 31 of t\.jsonl, 2 in the first"):
        datasets.open(tmp_path / "t.jsonl")


def test_columns_are_taken_out_in_place(tmp_path):
    frame = pandas.DataFrame(np.arange(60.0).reshape(12, 5), columns=list("abcde"))
    frame.to_parquet(tmp_path / "t.parquet")
    table = tables.read(tmp_path / "t.parquet")
    memory = table.values.base if table.values.base is not None else table.values
    values, rounded = table.features(["a", "c", "e"])
    assert values.tolist() == frame[["a", "c", "e"]].to_numpy().tolist() and rounded == 0
    assert np.shares_memory(values, memory)


def test_more_rows_than_expected_find_room(tmp_path):
    frames = [blocks.Block(3 * number, pandas.DataFrame({"a": np.arange(3.0) + number})) for number in range(5)]
    table = gathering.gathered(blocks.Blocks(1, frames, lambda names, words: frames[0].frame), lambda name: False)
    assert table.values[:, 0].tolist() == [0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 5, 6]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the most memory held is reset in /proc")
@pytest.mark.parametrize("kind", ["csv", "parquet, 32 bits", "parquet, lists", "feather, 32 bits", "jsonl, lists"])
def test_reading_takes_less_than_twice_what_is_read(tmp_path, kind):
    n = {"csv": 60_000, "jsonl, lists": 20_000}.get(kind, 120_000)
    files = [tmp_path / f"{name}.{kind.partition(',')[0]}" for name in ("small", "large")]
    for file, count in zip(files, (100, n), strict=True):
        reading.KINDS[kind](count, 128, file)
    command = [sys.executable, "-m", "benchmarks.reading", "--child", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    large = max(files[1].stat().st_size, 4 * 128 * n)
    assert json.loads(done.stdout)["growth"] < 2 * large + 5e7  # of which 35 to 45 MB do not grow with the file
