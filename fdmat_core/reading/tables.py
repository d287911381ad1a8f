"""Tables from files: CSV, TSV, Parquet, Feather, JSON lines, and arrays in .npz and .npy, all without pickle."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fdmat_core.reading.places import listed, short

if TYPE_CHECKING:
    import pandas

#: A packed file may grow by this factor, if what comes out is larger than MOST_UNPACKED bytes.
MOST_GROWTH, MOST_UNPACKED = 200, 2**28
#: What separates the columns of a text file.
SEPARATORS = ",\t;|"
#: Errors of broken files, whatever reads them.
BROKEN = (ValueError, OSError, EOFError, KeyError, TypeError, AttributeError, IndexError, struct.error)


def read(file: Path) -> pandas.DataFrame:
    """The table in a file; its ending says how it is written. Words stay words: only empty cells are missing.

    Raises
    ------
    ValueError
        It is not what its ending says, or holds nothing; the message names the file and the fix.
    """
    ending = file.suffix.lower()
    if ending not in READERS:
        raise ValueError(f"{short(file.name)} ends in {ending!r}; give a file that ends in {', '.join(READERS)}")
    if file.stat().st_size == 0:
        raise ValueError(f"{short(file.name)} is empty; give a file with one row for each item")
    try:
        frame = READERS[ending](file)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{short(file.name)} is not in UTF-8 (byte {error.start:,}); save it in UTF-8 and load it again"
        ) from error
    except Exception as error:
        if isinstance(error, MemoryError):
            raise
        raise ValueError(
            f"{short(file.name)} cannot be read as {ending[1:]} ({short(' '.join(str(error).split()), 160)}); "
            "write it again, or give another file"
        ) from error
    if frame.shape[0] == 0 or frame.shape[1] == 0:
        raise ValueError(f"{short(file.name)} has {len(frame)} rows and {frame.shape[1]} columns; it holds no items")
    frame.columns = [str(column) for column in frame.columns]
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ValueError(f"{short(file.name)} has two columns named {twice[0]!r}; name each of them once")
    return frame


def _read_text(file: Path) -> pandas.DataFrame:
    import pandas

    with file.open("rb") as stream:
        head = stream.read(2**16)
    if b"\0" in head:
        raise ValueError("it holds NUL bytes, so it is no text")
    first = head.decode("utf-8-sig", "replace").split("\n", 1)[0]
    separator = "\t" if file.suffix.lower() == ".tsv" else max(SEPARATORS, key=first.count)
    frame = pandas.read_csv(
        file, sep=separator, encoding="utf-8-sig", keep_default_na=False, na_values=[""], low_memory=False
    )
    if not isinstance(frame.index, pandas.RangeIndex):
        raise ValueError("its rows have more cells than its first line has names")
    return frame


def _read_parquet(file: Path) -> pandas.DataFrame:
    from pyarrow import parquet

    return parquet.ParquetFile(file).read().to_pandas(ignore_metadata=False).reset_index(drop=True)


def _read_feather(file: Path) -> pandas.DataFrame:
    import pandas

    return pandas.read_feather(file)


def _read_lines(file: Path) -> pandas.DataFrame:
    import json

    import pandas

    rows = []
    with file.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                rows.append(_object(line, number, json.loads))
    return pandas.DataFrame(rows)


def _object(line: str, number: int, parse: Callable[[str], Any]) -> dict[str, Any]:
    try:
        value = parse(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"line {number} is no JSON") from error
    if not isinstance(value, dict):
        raise ValueError(f"line {number} holds no object with names")
    return value


def names(file: Path) -> list[str]:
    """The names of a table's columns, without reading the rest; none if it cannot be read."""
    ending = file.suffix.lower()
    try:
        if ending in (".parquet", ".pq"):
            from pyarrow import parquet

            return list(parquet.read_schema(file).names)
        if ending == ".feather":
            return [str(name) for name in _read_feather(file).columns]
        with file.open(encoding="utf-8-sig", errors="replace") as stream:
            first = stream.readline(2**20)
        if ending in (".jsonl", ".ndjson"):
            import json

            return list(_object(first, 1, json.loads))
        separator = "\t" if ending == ".tsv" else max(SEPARATORS, key=first.count)
        return [name.strip().strip('"') for name in first.strip().split(separator)]
    except Exception:  # what is wrong with it is said when it is read
        return []


READERS: dict[str, Callable[[Path], pandas.DataFrame]] = {
    ".csv": _read_text,
    ".tsv": _read_text,
    ".parquet": _read_parquet,
    ".pq": _read_parquet,
    ".feather": _read_feather,
    ".jsonl": _read_lines,
    ".ndjson": _read_lines,
}


def arrays(file: Path) -> dict[str, np.ndarray]:
    """The arrays in an .npz file by name, or the one in an .npy file as "features"; nothing in them is executed."""
    try:
        if file.suffix.lower() == ".npy":
            return {"features": np.load(file, allow_pickle=False)}
        _check_packed(file)
        with np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (*BROKEN, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        if isinstance(error, MemoryError):
            raise
        raise ValueError(
            f"{short(file.name)} is no {file.suffix.lower()} file of plain arrays "
            f"({short(' '.join(str(error).split()), 160)}); write it with np.save or np.savez"
        ) from error


def _check_packed(file: Path) -> None:
    """Refuse archives that unpack to far more than they hold, that are encrypted, or that hold anything but arrays."""
    with zipfile.ZipFile(file) as packed:
        members = packed.infolist()
    wrong = [member.filename for member in members if not member.filename.endswith(".npy")]
    if wrong:
        raise ValueError(f"it holds {listed(wrong, 2)}, which is no .npy array")
    if any(member.flag_bits & 1 for member in members):
        raise ValueError("it is encrypted")
    check_growth(members)


def check_growth(members: list[zipfile.ZipInfo]) -> None:
    """Refuse what unpacks to far more than it holds."""
    whole, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if whole > MOST_UNPACKED and whole > MOST_GROWTH * max(1, packed):
        raise ValueError(f"it unpacks to {whole / 1e9:,.1f} GB from {packed / 1e6:,.1f} MB; unpack it yourself first")
