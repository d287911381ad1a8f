"""Tables in files, block by block, so that little more is in memory than what is kept of them; all without pickle.

CSV, TSV, Parquet, Feather and JSON lines. A block is a frame of some rows; what its columns hold is found for the block
alone. `whole` reads some columns at once, for columns that blocks see differently.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fdmat_core.reading.columns import NAMES
from fdmat_core.reading.places import short

if TYPE_CHECKING:
    import pandas
    import pyarrow
    from pyarrow import parquet

#: About how many bytes of a file make a block, and how many rows at least.
BLOCK, LEAST_ROWS = 2**21, 64
#: What separates the columns of a text file.
SEPARATORS = ",\t;|"
#: A text file with more columns takes minutes to read.
MOST_COLUMNS = 100_000
#: Endings of text files.
TEXT = (".csv", ".tsv")
#: Names of columns whose cells stay as they are written, in lower case: "01" is not "1".
NAMES_OF_WORDS = (*NAMES["label"], *NAMES["id"])


class TwiceError(Exception):
    """Two columns have the same name, which the error holds."""


class Block(NamedTuple):
    """Some rows of some columns: the first row, and a frame. One without rows names the columns that there are."""

    start: int
    frame: pandas.DataFrame


class Blocks(NamedTuple):
    """A table: about how many rows it has, its blocks, some of its columns read at once, and the lines of its file."""

    rows: int
    each: Iterable[Block]
    whole: Callable[[list[str], list[str]], pandas.DataFrame]  # names; those that hold words -> their columns
    lines: int = 0  # of a text file


def of(file: Path, words: Iterable[str] = ()) -> Blocks:
    """The blocks of a file whose ending is one of READERS.

    Parameters
    ----------
    words
        Columns of a text file that are not to be turned into numbers, besides those with a usual name of labels or ids.
    """
    return READERS[file.suffix.lower()](file, words)


def _in_order(frames: Iterable[pandas.DataFrame]) -> Iterator[Block]:
    """Frames of some rows each, one after the other."""
    start = 0
    for frame in frames:
        yield Block(start, frame)
        start += len(frame)


def _of_text(file: Path, words: Iterable[str]) -> Blocks:
    import pandas

    lines, returns = _count_lines(file)
    header, separator = _header(file)
    _require_names(header)
    twice = next((name for name, count in Counter(header).items() if name and count > 1), None)
    if twice is not None:
        raise ValueError(f"it has two columns named {short(twice)!r}")
    kept = {*NAMES_OF_WORDS, *(word.strip().lower() for word in words)}
    of_words = [name for name in header if name.strip().lower() in kept]
    read = partial(
        pandas.read_csv, file, sep=separator, encoding="utf-8-sig", keep_default_na=False, na_values=[""]
    )  # only empty cells are missing

    def each() -> Iterator[pandas.DataFrame]:
        rows = max(LEAST_ROWS, (lines + returns) * BLOCK // file.stat().st_size)
        with read(low_memory=False, dtype=dict.fromkeys(of_words, str), chunksize=rows) as frames:
            for frame in frames:
                if not isinstance(frame.index, pandas.RangeIndex):
                    raise ValueError("its rows have more cells than its first line has names")
                yield frame

    def whole(names: list[str], in_words: list[str]) -> pandas.DataFrame:
        written = dict.fromkeys((*of_words, *in_words), str)
        return read(usecols=names, dtype=written, low_memory=set(names) <= set(written))

    return Blocks(min(lines + returns, file.stat().st_size // max(1, len(header))), _in_order(each()), whole, lines)


def _count_lines(file: Path) -> tuple[int, int]:
    """How many lines a text file has, and how many carriage returns; refuse UTF-16 and bytes that are no text."""
    lines = returns = 0
    last = b"\n"
    with file.open("rb") as stream:
        while block := stream.read(2**20):
            if not lines + returns and block.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise ValueError("it is in UTF-16, so save it in UTF-8")
            if b"\0" in block:
                raise ValueError("it holds NUL bytes, so it is no text")
            lines, returns, last = lines + block.count(b"\n"), returns + block.count(b"\r"), block[-1:]
    return lines + (last != b"\n"), returns


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


def _of_parquet(file: Path, words: Iterable[str]) -> Blocks:
    from pyarrow import parquet

    opened = parquet.ParquetFile(file, pre_buffer=False, buffer_size=2**16)
    n, names = opened.metadata.num_rows, opened.schema_arrow.names
    _require_distinct(names)

    def each() -> Iterator[Block]:
        yield Block(0, _framed(opened.schema_arrow.empty_table()))
        for some, size in _together(_sizes(opened)):
            batches = opened.iter_batches(max(LEAST_ROWS, n * BLOCK // size), columns=some, use_threads=False)
            frames = map(_framed, batches)
            yield from _in_order(frame[frame.columns.intersection(some, sort=False)] for frame in frames)
            _give_back()

    return Blocks(n, each(), lambda names, in_words: _framed(opened.read(columns=names)))


def _sizes(opened: parquet.ParquetFile) -> dict[str, int]:
    """How many bytes each column of a Parquet file has when it is unpacked."""
    sizes = dict.fromkeys(opened.schema_arrow.names, 0)
    groups = [opened.metadata.row_group(number) for number in range(opened.num_row_groups)]
    for group in groups:
        for place in range(group.num_columns):
            part = group.column(place)
            name = part.path_in_schema
            while name not in sizes and "." in name:  # of lists: features.list.element
                name = name.rpartition(".")[0]
            if name in sizes:
                sizes[name] += part.total_uncompressed_size
    return sizes


def _together(sizes: dict[str, int]) -> Iterator[tuple[list[str], int]]:
    """Columns that are read together, and their bytes: reading all together would take a dictionary of each."""
    some, whole = list[str](), 0
    for name, size in sizes.items():
        if some and whole + size > BLOCK:
            yield some, max(1, whole)
            some, whole = [], 0
        some, whole = [*some, name], whole + size
    yield some, max(1, whole)


def _require_distinct(names: Iterable[str]) -> None:
    if twice := next((name for name, count in Counter(names).items() if count > 1), None):
        raise TwiceError(twice)


def _of_feather(file: Path, words: Iterable[str]) -> Blocks:
    import pyarrow
    from pyarrow import feather

    with file.open("rb") as stream:
        old = stream.read(4) == b"FEA1"
    if old:  # as it was written before 2020
        frame = _framed(feather.read_table(file))
        return Blocks(len(frame), [Block(0, frame)], lambda names, in_words: frame[names])
    with pyarrow.OSFile(str(file)) as source, pyarrow.ipc.open_file(source) as opened:
        schema, count = opened.schema, opened.num_record_batches
    _require_distinct(schema.names)
    narrow = next((place for place, field in enumerate(schema) if pyarrow.types.is_primitive(field.type)), 0)
    n = sum(batch.num_rows for batch in _batches(file, [narrow])) if schema.names else 0

    def each() -> Iterator[Block]:
        yield Block(0, _framed(schema.empty_table()))
        width = max(1, BLOCK * count // (8 * max(1, n)))
        for first in range(0, len(schema.names), width):
            yield from _in_order(map(_framed, _batches(file, [*range(len(schema.names))][first : first + width])))

    return Blocks(n, each(), lambda names, in_words: _framed(feather.read_table(file, columns=names)))


def _batches(file: Path, places: list[int]) -> Iterator[pyarrow.RecordBatch]:
    """Columns of a Feather file at some places, some rows at a time; memory goes back to the system after each."""
    import pyarrow

    wanted = pyarrow.ipc.IpcReadOptions(included_fields=places, use_threads=False)
    pool = pyarrow.system_memory_pool()
    with (
        pyarrow.OSFile(str(file)) as source,
        pyarrow.ipc.open_file(source, options=wanted, memory_pool=pool) as opened,
    ):
        for number in range(opened.num_record_batches):
            batch = opened.get_batch(number)
            rows = max(LEAST_ROWS, batch.num_rows * BLOCK // max(1, batch.nbytes))
            yield from (batch.slice(start, rows) for start in range(0, batch.num_rows, rows))
            del batch
            _give_back()


def _give_back() -> None:
    """Let Arrow give the memory back to the system that it has read into, which it keeps otherwise."""
    import pyarrow

    pyarrow.default_memory_pool().release_unused()


def _framed(table: pyarrow.Table | pyarrow.RecordBatch) -> pandas.DataFrame:
    """A table of Arrow as a frame whose rows are numbered."""
    return table.to_pandas(split_blocks=True).reset_index(drop=True)


def _of_lines(file: Path, words: Iterable[str]) -> Blocks:
    import pandas

    def whole(names: list[str], in_words: list[str]) -> pandas.DataFrame:
        return pandas.DataFrame([row for rows in _rows(file, BLOCK, set(names)) for row in rows])

    with file.open("rb") as stream:
        return Blocks(sum(1 for _ in stream), _in_order(map(pandas.DataFrame, _rows(file, BLOCK))), whole)


def _rows(file: Path, most: int, names: set[str] | None = None) -> Iterator[list[dict[str, Any]]]:
    """The objects of a file of JSON lines, some at a time, from so many characters; what they say under some names."""
    parse = partial(json.loads, object_pairs_hook=_once)
    rows, size = list[dict[str, Any]](), 0
    with file.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                row = _object(line, number, parse)
                rows.append(row if names is None else {name: row[name] for name in row if clean(name) in names})
                size += len(line)
            if size > most:
                yield rows
                rows, size = [], 0
    yield rows


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


def clean(name: object) -> str:
    """The name of a column as text that can always be written."""
    return str(name).encode("utf-8", "replace").decode()


def names(file: Path) -> list[str]:
    """The names of a table's columns, without reading the rest; none if it cannot be read."""
    ending = file.suffix.lower()
    try:
        if ending in (".parquet", ".pq"):
            from pyarrow import parquet

            return list(parquet.read_schema(file).names)
        if ending == ".feather":
            import pyarrow

            with pyarrow.OSFile(str(file)) as source, pyarrow.ipc.open_file(source) as opened:
                return list(opened.schema.names)
        if ending in TEXT:
            return _header(file)[0]
        with file.open(encoding="utf-8-sig", errors="replace") as stream:
            return list(_object(next(line for line in stream if line.strip()), 1, json.loads))
    except Exception:  # what is wrong with it is said when it is read
        return []


READERS: dict[str, Callable[[Path, Iterable[str]], Blocks]] = {
    ".csv": _of_text,
    ".tsv": _of_text,
    ".parquet": _of_parquet,
    ".pq": _of_parquet,
    ".feather": _of_feather,
    ".jsonl": _of_lines,
    ".ndjson": _of_lines,
}
