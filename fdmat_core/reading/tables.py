"""Files of people as a Table, or as arrays (.npz and .npy), all without pickle; what is wrong with one, in words."""

from __future__ import annotations

import math
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from fdmat_core.errors import plain
from fdmat_core.reading import blocks
from fdmat_core.reading.gathering import Table, gathered
from fdmat_core.reading.places import listed, short

if TYPE_CHECKING:
    import pandas

#: A packed file may grow by this factor, if what comes out is larger than MOST_UNPACKED bytes.
MOST_GROWTH, MOST_UNPACKED = 200, 2**28


def read(file: Path, words: Iterable[str] = (), *, exact: Iterable[str] = ()) -> Table:
    """The table in a file; its ending says how it is written. Words stay words: only empty cells are missing.

    Parameters
    ----------
    words
        Columns of a text file that are not to be turned into numbers, besides those with a usual name of labels or ids.
    exact
        Columns that are no features, besides those with a usual name: their numbers stay as they are.

    Raises
    ------
    ValueError
        It is not what its ending says, or holds nothing; the message names the file and the fix.
    """
    return _read(file, words, {*words, *exact}.__contains__)


def frame(file: Path, words: Iterable[str] = ()) -> pandas.DataFrame:
    """The table in a file with all columns as they are, for tables without features; see `read`."""
    return _read(file, words, lambda name: True).frame


def _read(file: Path, words: Iterable[str], exact: Callable[[str], bool]) -> Table:
    ending = file.suffix.lower()
    if ending not in blocks.READERS:
        raise ValueError(f"{short(file.name)} ends in {ending!r}; give a file that ends in {', '.join(blocks.READERS)}")
    if file.stat().st_size == 0:
        raise ValueError(f"{short(file.name)} is empty; give a file with one row for each item")
    try:
        table = gathered(blocks.of(file, words), exact)
    except UnicodeDecodeError as error:
        raise ValueError(f"{short(file.name)} is not in UTF-8; save it in UTF-8 and load it again") from error
    except blocks.TwiceError as error:
        name = short(str(error))
        raise ValueError(f"{short(file.name)} has two columns named {name!r}; name each of them once") from error
    except Exception as error:
        raise ValueError(
            f"{short(file.name)} cannot be read as {ending[1:]} ({_why(error)}); write it again, or give another file"
        ) from error
    if not table.n or not table.names:
        raise ValueError(f"{short(file.name)} has {table.n} rows and {len(table.names)} columns; it holds no items")
    return table


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
