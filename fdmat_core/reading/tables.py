"""Tables from files: CSV, TSV, Parquet, Feather, JSON lines, and arrays in .npz and .npy, all without pickle."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from fdmat_core.errors import plain
from fdmat_core.reading.columns import NAMES
from fdmat_core.reading.places import listed, short

if TYPE_CHECKING:
    import pandas

#: A packed file may grow by this factor, if what comes out is larger than MOST_UNPACKED bytes.
MOST_GROWTH, MOST_UNPACKED = 200, 2**28
#: What separates the columns of a text file.
SEPARATORS = ",\t;|"
#: A text file with more columns takes minutes to read.
MOST_COLUMNS = 100_000
#: Endings of text files.
TEXT = (".csv", ".tsv")
#: Names of columns whose cells stay as they are written, in lower case: "01" is not "1".
NAMES_OF_WORDS = (*NAMES["label"], *NAMES["id"])


def read(file: Path, words: Iterable[str] = ()) -> pandas.DataFrame:
    """The table in a file; its ending says how it is written. Words stay words: only empty cells are missing.

    Parameters
    ----------
    words
        Columns of a text file that are not to be turned into numbers, besides those with a usual name of labels or ids.

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
        frame = _read_text(file, words) if ending in TEXT else READERS[ending](file)
    except UnicodeDecodeError as error:
        raise ValueError(f"{short(file.name)} is not in UTF-8; save it in UTF-8 and load it again") from error
    except Exception as error:
        raise ValueError(
            f"{short(file.name)} cannot be read as {ending[1:]} ({_why(error)}); write it again, or give another file"
        ) from error
    if frame.shape[0] == 0 or frame.shape[1] == 0:
        raise ValueError(f"{short(file.name)} has {len(frame)} rows and {frame.shape[1]} columns; it holds no items")
    frame.columns = [str(column).encode("utf-8", "replace").decode() for column in frame.columns]
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ValueError(f"{short(file.name)} has two columns named {short(twice[0])!r}; name each of them once")
    return frame


def _read_text(file: Path, words: Iterable[str] = ()) -> pandas.DataFrame:
    import pandas

    _require_text(file)
    header, separator = _header(file)
    _require_names(header)
    twice = next((name for name, count in Counter(header).items() if name and count > 1), None)
    if twice is not None:
        raise ValueError(f"it has two columns named {short(twice)!r}")
    kept = {*NAMES_OF_WORDS, *(word.strip().lower() for word in words)}
    frame = pandas.read_csv(
        file,
        sep=separator,
        encoding="utf-8-sig",
        keep_default_na=False,
        na_values=[""],
        low_memory=False,
        dtype={name: str for name in header if name.strip().lower() in kept},
    )
    if not isinstance(frame.index, pandas.RangeIndex):
        raise ValueError("its rows have more cells than its first line has names")
    return frame


def _require_text(file: Path) -> None:
    """Refuse UTF-16 and bytes that are no text."""
    with file.open("rb") as stream:
        block = stream.read(2**20)
        if block.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ValueError("it is in UTF-16, so save it in UTF-8")
        while block:
            if b"\0" in block:
                raise ValueError("it holds NUL bytes, so it is no text")
            block = stream.read(2**20)


def _header(file: Path) -> tuple[list[str], str]:
    """The names in the first line of a text file, and what separates them: what is most frequent outside of quotes."""
    import csv

    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        head = stream.read(2**20)
    first = next((line for line in re.split(r"\r\n|\r|\n", head) if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    separator = "\t" if file.suffix.lower() == ".tsv" else max(SEPARATORS, key=bare.count)
    names = next(csv.reader(io.StringIO(head.lstrip("\r\n"), newline=""), delimiter=separator), [])
    return names, separator


def _require_names(header: list[str]) -> None:
    """Refuse a first line that looks like data: numbers that do not count the columns."""
    if len(header) > MOST_COLUMNS:
        raise ValueError(f"it has {len(header):,} columns, more than {MOST_COLUMNS:,}")
    found = [_number(name) for name in header]
    numbers = [number for number in found if number is not None]
    counted = numbers in (list(range(len(numbers))), list(range(1, len(numbers) + 1)))
    if len(numbers) > 1 and 2 * len(numbers) >= len(header) and not counted:
        raise ValueError("its first line holds numbers and no names of columns, so write the names above")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def count_lines(file: Path) -> int:
    """How many lines a text file has."""
    with file.open("rb") as stream:
        ends = last = b"\n"
        count = 0
        while block := stream.read(2**20):
            count, last = count + block.count(ends), block[-1:]
    return count + (last != ends)


def _read_parquet(file: Path) -> pandas.DataFrame:
    from pyarrow import parquet

    table = parquet.ParquetFile(file).read()
    return table.to_pandas(split_blocks=True, self_destruct=True).reset_index(drop=True)  # so that memory is taken once


def _read_feather(file: Path) -> pandas.DataFrame:
    import pandas

    return pandas.read_feather(file)


def _read_lines(file: Path) -> pandas.DataFrame:
    import json

    import pandas

    parse = partial(json.loads, object_pairs_hook=_once)
    rows = []
    with file.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                rows.append(_object(line, number, parse))
    return pandas.DataFrame(rows)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names occur once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise KeyError(next(name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place])))
    return found


def _object(line: str, number: int, parse: Callable[[str], Any]) -> dict[str, Any]:
    try:
        value = parse(line)
    except KeyError as error:
        raise ValueError(f"line {number} names {short(str(error.args[0]), 40)} twice") from error
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
        if ending in TEXT:
            return _header(file)[0]
        import json

        with file.open(encoding="utf-8-sig", errors="replace") as stream:
            return list(_object(next(line for line in stream if line.strip()), 1, json.loads))
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
            with file.open("rb") as stream:
                _check_header(stream, file.stat().st_size)
            return {"features": np.load(file, allow_pickle=False)}
        _check_packed(file)
        with np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except Exception as error:  # whatever broken bytes make numpy, zipfile or zlib raise
        raise ValueError(
            f"{short(file.name)} is no {file.suffix.lower()} file of plain arrays ({_why(error)}); "
            "write it with np.save or np.savez"
        ) from error


def _why(error: Exception) -> str:
    """What is wrong with a file, from the error of whatever reads it, in a few words."""
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    text = " ".join(plain(error).split())
    if "pickle" in text:
        return "it holds objects, which are not unpacked"
    return short(re.sub(r"<[^<>]*>", "something else", text), 160)


def _check_packed(file: Path) -> None:
    """Refuse archives that unpack to far more than they hold, that are encrypted, or that hold anything but arrays."""
    with zipfile.ZipFile(file) as packed:
        members = packed.infolist()
        names = [member.filename for member in members]
        wrong = [name for name in names if not name.endswith(".npy")]
        if wrong:
            raise ValueError(f"it holds {listed(wrong, 2)}, which is no .npy array")
        twice = next((name for name, count in Counter(names).items() if count > 1), None)
        if twice:
            raise ValueError(f"it holds two arrays named {short(twice)}")
        if any(member.flag_bits & 1 for member in members):
            raise ValueError("it is encrypted")
        check_growth(members)
        for member in members:
            with packed.open(member) as stream:
                _check_header(stream, member.file_size)


def _check_header(stream: IO[bytes], size: int) -> None:
    """Refuse a header that asks for more than the file holds, before memory is taken for it."""
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if any(side < 0 for side in shape):
        raise ValueError(f"its header names the shape {short(str(shape))}")
    if math.prod(shape) * dtype.itemsize > size and not dtype.hasobject:
        raise ValueError(f"its header asks for {short(str(shape))} of {dtype}, more than the file holds")


def check_growth(members: list[zipfile.ZipInfo]) -> None:
    """Refuse what unpacks to far more than it holds."""
    whole, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if whole > MOST_UNPACKED and whole > MOST_GROWTH * max(1, packed):
        raise ValueError(f"it unpacks to {whole / 1e9:,.1f} GB from {packed / 1e6:,.1f} MB; unpack it yourself first")
