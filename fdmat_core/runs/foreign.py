"""Selections that somebody else made: read from a file, copied into the store, and added to a run as a method."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from fdmat_core import formats, sizes
from fdmat_core.methods.imported import KIND
from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.runs.settings import checked
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries

#: What the numbers of a file are: ids, best first; places among the training items, from 0, best first; or scores.
Meaning = Literal["ids", "positions", "scores"]
MEANINGS: tuple[Meaning, ...] = ("ids", "positions", "scores")
#: Which end of a score is kept.
Keep = Literal["highest", "lowest"]
ENDINGS = (".npy", ".txt", ".csv")
#: The largest file that is read, in bytes; and what a name may hold, since it travels in links.
LARGEST = 2**28
NAME = re.compile(r"[\w][\w .-]{0,59}")
#: What columns of a table are called, those that come first win.
ID_COLUMNS, SCORE_COLUMNS = ("id", "item", "index", "position"), ("score", "value")


class Lines(NamedTuple):
    """What a file says, line by line: numbers of items, scores, or both."""

    numbers: list[int] | None
    scores: list[float] | None
    rows: list[int]  # what each line is called in messages


def add(
    run: Run,
    content: bytes,
    file: str,
    *,
    name: str = "",
    meaning: Meaning = "ids",
    keep: Keep = "highest",
) -> Spec:
    """Store a selection and the run that has it as a method more; that run shares all the rest with the old one.

    The size of the list is among the sizes of the new run, so that it is measured where nothing is added to it.

    Parameters
    ----------
    content
        Of the file.
    file
        Its name: its ending says how to read it.
    name
        What people call the selection; the name of the file if empty.
    meaning
        What the numbers are.
    keep
        Which end of scores is kept.

    Raises
    ------
    ValueError
        A file that cannot be read, or does not fit the training items; nothing is stored then.
    """
    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    called = _name(name or Path(file).stem)
    known = run.tables[0].ids
    ids, score = _ranked(read(content, file, meaning), run, file, meaning, keep)
    item = entries.Item({"ids": ids} | ({} if score is None else {"score": score}), {"file": Path(file).name})
    key = hashlib.sha256(ids.tobytes() + (b"" if score is None else score.tobytes())).hexdigest()[:16]
    entries.get(KIND, key, lambda: item)
    method = Choice.of("imported", content=key, called=called)
    fractions = _with_size(run.spec.fractions, len(ids), len(known))
    spec = checked(replace(run.spec, methods=(*run.spec.methods, method), fractions=fractions))
    library.save(spec)
    return spec


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"name is {name!r}; give up to 60 letters, digits, spaces, dots and dashes")
    return name


def _with_size(fractions: tuple[float, ...], count: int, n: int) -> tuple[float, ...]:
    """The shares kept that are measured, with that of a count among them."""
    there = {sizes.kept_count(n, fraction) for fraction in fractions}
    return fractions if count in there or count >= n else tuple(sorted((*fractions, count / n)))


def read(content: bytes, file: str, meaning: Meaning) -> Lines:
    """What a file says: `.npy`, `.txt` with a number or `id,score` a line, or `.csv` with a header or without."""
    ending = Path(file).suffix.lower()
    if meaning not in MEANINGS:
        raise ValueError(f"the numbers are said to be {meaning!r}; say {', '.join(MEANINGS)}")
    if ending not in ENDINGS:
        raise ValueError(f"{file} ends in {ending!r}; take a file that ends in {', '.join(ENDINGS)}")
    if len(content) > LARGEST:
        raise ValueError(f"{file} has {len(content):,} bytes; give a file of at most {LARGEST:,}")
    return _read_npy(content, file, meaning) if ending == ".npy" else _read_text(content, file, meaning)


def _read_npy(content: bytes, file: str, meaning: Meaning) -> Lines:
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, OSError, EOFError, MemoryError) as error:
        raise ValueError(f"{file} is no .npy file of plain numbers ({error}); write it with np.save") from None
    if "id" in (array.dtype.names or ()):  # records as we write them
        array = array["id"]
    pairs = meaning == "scores" and array.ndim == 2 and array.shape[1] == 2
    if array.dtype.kind not in "iuf" or (array.ndim != 1 and not pairs):
        form = "(n,) or (n, 2) of id and score" if meaning == "scores" else "(k,)"
        raise ValueError(f"{file} holds {array.dtype} of shape {array.shape}; give numbers of shape {form}")
    rows = list(range(len(array)))
    if pairs:
        numbers = [_whole(value, file, row) for row, value in enumerate(array[:, 0].tolist())]
        return Lines(numbers, array[:, 1].astype(np.float64).tolist(), rows)
    if meaning == "scores":
        return Lines(None, array.astype(np.float64).tolist(), rows)
    return Lines([_whole(value, file, row) for row, value in enumerate(array.tolist())], None, rows)


def _read_text(content: bytes, file: str, meaning: Meaning) -> Lines:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{file} is no text; save it as UTF-8, a number a line") from None
    tabs = "\t" if "\t" in text.partition("\n")[0] else ","
    rows = [(number, cells) for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=tabs), 1) if cells]
    rows = [(number, [cell.strip() for cell in cells]) for number, cells in rows if not cells[0].startswith("#")]
    header = [cell.lower() for cell in rows[0][1]] if rows and not _is_number(rows[0][1][0]) else None
    if header and len(rows[0][1]) == 1 and header[0] not in (*ID_COLUMNS, *SCORE_COLUMNS):
        header = None  # a single word that is no column is a number mistyped
    body = rows[1:] if header else rows
    if not body:
        raise ValueError(f"{file} lists nothing; give a number a line")
    width = len(body[0][1])
    id_column, score_column = _columns(header, width, file, meaning)
    numbers = None if id_column is None else [_whole(_cell(cells, id_column), file, row) for row, cells in body]
    scores = None if score_column is None else [_score(_cell(cells, score_column), file, row) for row, cells in body]
    return Lines(numbers, scores, [row for row, _ in body])


def _columns(header: list[str] | None, width: int, file: str, meaning: Meaning) -> tuple[int | None, int | None]:
    """Where the ids and the scores of a table are."""
    if header is None:
        if meaning != "scores":
            return 0, None
        return (0, 1) if width > 1 else (None, 0)
    ids = next((header.index(name) for name in ID_COLUMNS if name in header), None)
    if ids is None and (meaning != "scores" or width > 1):
        raise ValueError(f"{file} has the columns {', '.join(header)}; call that of the ids id")
    if meaning != "scores":
        return ids, None
    score = next((header.index(name) for name in SCORE_COLUMNS if name in header), None)
    if score is None:
        raise ValueError(f"{file} has the columns {', '.join(header)}; call that of the scores score")
    return ids, score


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _is_number(text: str) -> bool:
    try:
        formats.real(text)
    except ValueError:
        return False
    return True


def _whole(value: float | str, file: str, row: int) -> int:
    try:
        return formats.whole(value)
    except ValueError:
        raise ValueError(
            f"{file}, row {row}: {value!r} is no whole number; give one id a row, or say that it is scores"
        ) from None


def _score(value: str, file: str, row: int) -> float:
    if not _is_number(value):
        raise ValueError(f"{file}, row {row}: {value!r} is no number; give every training item a score")
    return float(value)


def _ranked(lines: Lines, run: Run, file: str, meaning: Meaning, keep: Keep) -> tuple[np.ndarray, np.ndarray | None]:
    """The ids best first, and the scores in that order, if the file holds scores."""
    assert run.tables is not None
    known = np.asarray(run.tables[0].ids)
    if meaning == "scores" and lines.numbers is None:
        lines = _of_all(lines, _in_order(run), file)
    numbers = lines.numbers or []
    if meaning == "positions":
        numbers = _at_positions(numbers, _in_order(run), file, lines.rows)
    ids = np.array(numbers, dtype=np.int64)
    _require_known(ids, known, file, lines.rows, meaning)
    if lines.scores is None:
        return ids, None
    score = np.array(lines.scores, dtype=np.float64)
    _require_complete(ids, score, known, file, lines.rows)
    if keep not in ("highest", "lowest"):
        raise ValueError(f'keep is {keep!r}; say "highest" or "lowest"')
    order = np.lexsort((ids, score if keep == "lowest" else -score))
    return ids[order], score[order]


def _in_order(run: Run) -> np.ndarray:
    """The ids (n,) of the training items in the order in which the dataset has them, or had them if it has changed."""
    return run.train().ids


def _of_all(lines: Lines, known: np.ndarray, file: str) -> Lines:
    """Scores without ids are those of all training items, in their order."""
    scores = lines.scores or []
    if len(scores) != len(known):
        raise ValueError(
            f"{file} has {len(scores):,} scores, but there are {len(known):,} training items; give one for each, in "
            "the order of the dataset, or rows of id and score"
        )
    return Lines(known.tolist(), scores, lines.rows)


def _at_positions(numbers: list[int], known: np.ndarray, file: str, rows: list[int]) -> list[int]:
    for row, number in zip(rows, numbers, strict=True):
        if not 0 <= number < len(known):
            raise ValueError(
                f"{file}, row {row}: there is no position {number} among {len(known):,} training items; count from 0, "
                "or say that these are ids"
            )
    return known[numbers].tolist()


def _require_known(ids: np.ndarray, known: np.ndarray, file: str, rows: list[int], meaning: str) -> None:
    """Refuse ids that the run does not have, and those that stand twice."""
    if not len(ids):
        raise ValueError(f"{file} lists nothing; give at least one id")
    unknown = np.flatnonzero(~np.isin(ids, known))
    if len(unknown):
        raise ValueError(
            f"{file}, row {rows[unknown[0]]}: id {ids[unknown[0]]} is not among the {len(known):,} training items "
            f"({len(unknown):,} such rows), of which items are kept; are these test items, positions, or of other data?"
        )
    _, places, counts = np.unique(ids, return_index=True, return_counts=True)
    if len(places) < len(ids):
        seen = set(places.tolist())
        row = next(row for row in range(len(ids)) if row not in seen)
        before = int(np.flatnonzero(ids == ids[row])[0])
        what = "the item of that position" if meaning == "positions" else f"id {ids[row]}"
        raise ValueError(
            f"{file}, row {rows[row]}: {what} stands in row {rows[before]} already "
            f"({int((counts > 1).sum()):,} ids stand twice); leave one"
        )


def _require_complete(ids: np.ndarray, score: np.ndarray, known: np.ndarray, file: str, rows: list[int]) -> None:
    """Refuse scores that are none, and those of some items only."""
    bad = np.flatnonzero(~np.isfinite(score))
    if len(bad):
        raise ValueError(
            f"{file}, row {rows[bad[0]]}: the score of id {ids[bad[0]]} is {score[bad[0]]}; give a finite number"
        )
    missing = np.setdiff1d(known, ids)
    if len(missing):
        raise ValueError(
            f"{file} has no score for id {missing[0]} ({len(missing):,} such items); give every training item one, or "
            "a list of ids, best first"
        )
