"""A corpus of malformed and odd inputs: what each is, and what must come of it.

`python -m tests.datasets.corpus` runs all and prints how they ended, by kind.
"""

from __future__ import annotations

import re
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from fdmat_core import datasets
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset

#: Seconds that an input may take.
LIMIT = 20
#: Words of an error that nobody wrote for people.
INTERNAL = ("Traceback", "<class", "object at", "[Errno", "Expected bytes", "NoneType")


@dataclass(frozen=True)
class Refused:
    """It ends in an error with these words."""

    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """It becomes a dataset: what is given must come out, exactly, and findings must hold the words."""

    words: tuple[str, ...] = ()
    classes: tuple[str, ...] | None = None
    labels: list[int] | None = None
    ids: list[int] | None = None
    features: Any = None
    shape: tuple[int, ...] | None = None
    test: list[int] | None = None
    fields: set[str] | None = None
    pixel: list[int] | None = None  # in the middle of the first image
    silent: bool = False  # without any finding but that no split is given


@dataclass(frozen=True)
class Either:
    """It is refused, or taken with a word, or taken like this."""

    like: Taken | None = None


@dataclass(frozen=True)
class Case:
    """One input: `write` puts it into a folder and returns its path."""

    kind: str
    name: str
    write: Callable[[Path], Path | str]
    expected: Refused | Taken | Either
    dataset: str = ""  # empty: whatever recognises it
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}".encode("ascii", "backslashreplace").decode()


def load(case: Case, folder: Path) -> Dataset:
    """What comes of an input that is written into a folder."""
    path = str(case.write(folder))
    choice = Choice.of(case.dataset, path=path, **case.settings) if case.dataset else datasets.recognise(path).choice
    return datasets.load(choice)


class Late(BaseException):
    """It took too long; no reader catches this."""


@contextmanager
def within(seconds: int) -> Generator[None]:
    """Give up after a time."""

    def stop(*_: object) -> None:
        raise Late(f"it took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def wrong_with_error(error: BaseException) -> str:
    """What is wrong with an error as people see it; empty if it is one sentence that names the remedy."""
    text = str(error)
    if type(error) is not ValueError:
        return f"{type(error).__name__}, which is no ValueError of ours: {text[:200]}"
    if "; " not in text or not text.rpartition("; ")[2].strip():
        return f"names no remedy: {text}"
    if len(text) > 400:
        return f"is {len(text)} long: {text}"
    found = [word for word in INTERNAL if word in text] + re.findall("0x[0-9a-f]{6,}", text)
    return f"holds {found}: {text}" if found or "\n" in text else ""


def wrong_with_data(data: Dataset) -> str:
    """Which rule of a dataset does not hold; empty if all do."""
    train, test = data.splits["train"], data.splits["test"]
    rules = {
        "ids are int64": data.ids.dtype == np.int64,
        "ids are distinct": len(set(data.ids.tolist())) == len(data.ids),
        "labels lie within the classes": bool(((data.labels >= 0) & (data.labels < len(data.classes))).all()),
        "classes are distinct words": len(set(data.classes)) == len(data.classes) and all(map(bool, data.classes)),
        "features are finite": data.features is None or bool(np.isfinite(data.features).all()),
        "features are float32": data.features is None or data.features.dtype == np.float32,
        "there are features or images": (data.features is None) != (data.images is None),
        "both splits have items": len(train) > 0 and len(test) > 0,
        "splits share nothing": not set(train.tolist()) & set(test.tolist()),
        "splits hold every item": sorted([*train.tolist(), *test.tolist()]) == sorted(data.ids.tolist()),
        "findings are sentences": all(one.text and one.action for one in data.findings),
        "text can be written": "\ud800" not in "".join((*data.classes, *map(str, data.findings))),
    }
    return next((rule for rule, holds in rules.items() if not holds), "")


def wrong_with(case: Case, outcome: Dataset | BaseException) -> str:
    """How an outcome differs from what is expected; empty if it does not."""
    if isinstance(outcome, BaseException):
        wrong = wrong_with_error(outcome)
        if isinstance(case.expected, Taken):
            return wrong or f"is refused: {outcome}"
        words = case.expected.words if isinstance(case.expected, Refused) else ()
        lacks = [word for word in words if word not in str(outcome)]
        return wrong or (f"lacks {lacks}: {outcome}" if lacks else "")
    wrong = wrong_with_data(outcome)
    said = " | ".join(str(one) for one in outcome.findings if one.text != "no split given")  # which tells of no oddity
    if isinstance(case.expected, Refused):
        return f"is taken: {outcome.classes[:5]}, {len(outcome.ids)} items, {said}"
    if isinstance(case.expected, Either):
        alike = case.expected.like and not _differs(case.expected.like, outcome, said)
        return wrong or ("" if said or alike else "is taken without a word")
    return wrong or _differs(case.expected, outcome, said)


def _differs(expected: Taken, data: Dataset, said: str) -> str:
    found: dict[str, Any] = {
        "classes": data.classes,
        "labels": data.labels.tolist(),
        "ids": data.ids.tolist(),
        "shape": None if data.features is None else data.features.shape,
        "test": sorted(data.splits["test"].tolist()),
        "fields": set(data.fields),
    }
    for name, value in found.items():
        wanted = getattr(expected, name)
        if wanted is not None and wanted != value:
            return f"{name} are {str(value)[:300]}, not {str(wanted)[:300]} ({said})"
    if expected.features is not None and not np.array_equal(data.features, np.asarray(expected.features, np.float32)):
        return f"features are {data.features}, not {expected.features} ({said})"
    if expected.pixel is not None:
        image = data.images_of(data.ids[:1])[0]
        pixel = image[image.shape[0] // 2, image.shape[1] // 2].tolist()
        if pixel != expected.pixel:
            return f"the pixel is {pixel}, not {expected.pixel} ({said})"
    lacks = [word for word in expected.words if word not in said]
    if lacks:
        return f"findings lack {lacks}: {said or 'nothing is said'}"
    return f"something is said: {said}" if expected.silent and said else ""


def run(case: Case, folder: Path) -> Dataset | BaseException:
    """What comes of an input: a dataset, or whatever is raised."""
    try:
        with within(LIMIT):
            return load(case, folder)
    except (Exception, Late) as error:
        return error
    finally:
        if case.name.startswith("deeper"):  # than Python's own way of removing folders can go
            subprocess.run(["rm", "-rf", str(folder / "data")], check=True)


def ending(outcome: Dataset | BaseException) -> str:
    """How an input ended, in one word or two."""
    if isinstance(outcome, BaseException):
        return "traceback" if wrong_with_error(outcome) else "refused"
    return "taken with a word" if outcome.findings else "taken"


def cases() -> list[Case]:
    """All inputs."""
    from tests.datasets import corpus_files, corpus_images, corpus_tables

    return [*corpus_tables.cases(), *corpus_files.cases(), *corpus_images.cases()]


def main() -> None:
    """Run all inputs and print how they ended."""
    counts: dict[str, Counter[str]] = {}
    wrong = []
    for case in cases():
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.dict("os.environ", {"FDMAT_HOME": str(Path(folder, "home"))}),
        ):
            Path(folder, "data").mkdir()
            outcome = run(case, Path(folder, "data"))
            counts.setdefault(case.kind, Counter())[ending(outcome)] += 1
            if why := wrong_with(case, outcome):
                wrong.append(f"{case} {why}")
    columns = ("refused", "taken with a word", "taken", "traceback")
    print(f"{'kind':<12}", *(f"{column:>18}" for column in columns), f"{'all':>6}")
    for kind, count in {**counts, "all": sum(counts.values(), Counter())}.items():
        print(f"{kind:<12}", *(f"{count[column]:>18}" for column in columns), f"{count.total():>6}")
    print(*(f"WRONG {one}" for one in wrong), sep="\n")


if __name__ == "__main__":
    from tests.datasets.corpus import main as of_the_module  # whose Refused and Taken the inputs are made of

    of_the_module()
