"""Which items are for training and which for testing: as the data say, or a share of every class."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import numpy as np

from fdmat_core.formats import counted
from fdmat_core.reading.places import short
from fdmat_core.types import Finding

#: What people call the splits.
NAMES = {
    "train": ("train", "training", "trn"),
    "validation": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing", "tst", "eval"),
}
Validation = Literal["auto", "train", "test", "drop"]


def known(name: object) -> str | None:
    """The split that a name stands for: "train", "validation", "test", or None."""
    text = (name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)).strip().lower()
    return next((split for split, names in NAMES.items() if text in names), None)


def said_by(name: str) -> str | None:
    """The split that a word in the name of a file or its folders stands for: "data/train-0001.tar" is for training."""
    return next((split for word in re.split(r"[^A-Za-z]+", name) if (split := known(word))), None)


def hold_out(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Mark the test items (n,) of a seeded split that takes the same share of every class.

    At least one item of every class stays in, and at least one goes out of every class that has two.
    """
    rng = np.random.default_rng(seed)
    test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        test[rows[: min(max(1, round(share * len(rows))), len(rows) - 1)]] = True
    return test


def divide(
    names: np.ndarray | None,
    labels: np.ndarray,
    *,
    share: float,
    seed: int,
    validation: Validation,
    where: Callable[[int], str] = "row {}".format,
) -> tuple[np.ndarray, np.ndarray, list[Finding]]:
    """Which rows (n,) are for training, which for testing, and what was decided about it.

    Parameters
    ----------
    names
        (n,) the split of every row as its data call it; None if they say nothing.
    validation
        What validation items are for; "auto": for testing if there are no test items, otherwise for nothing.
    where
        Where a row stands, in words.
    """
    n, findings = len(labels), list[Finding]()
    if names is None:
        test = hold_out(labels, share, seed)
        return ~test, _some(test), [_held_out("no split given", share, labels)]
    split = np.array([known(name) for name in names.tolist()], dtype=object)
    odd = np.flatnonzero(split == None)  # noqa: E711  an array of objects
    if len(odd):
        raise ValueError(
            f"split is {short(str(names[odd[0]]))!r} in {where(int(odd[0]))}; say train, validation or test, or rename "
            "the column"
        )
    has = {name: bool((split == name).any()) for name in NAMES}
    use = ("drop" if has["test"] else "test") if validation == "auto" else validation
    if has["validation"]:
        count = int((split == "validation").sum())
        does = {"drop": "left out", "test": "used for testing", "train": "used for training"}[use]
        text = counted(count, "validation item", "validation items")
        findings.append(Finding(text, does, "validation=train, test or drop"))
    train = (split == "train") | ((split == "validation") & (use == "train"))
    test = (split == "test") | ((split == "validation") & (use == "test"))
    if train.any() and test.any():
        return train, test, findings
    there = train | test
    only = "training" if train.any() else "test"
    if not there.any():
        raise ValueError("no item is left for training or testing; say validation=train or test")
    findings.append(_held_out(f"only {only} items", share, labels))
    rows = np.flatnonzero(there)
    held = hold_out(labels[rows], share, seed)
    train, test = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    train[rows[~held]], test[rows[_some(held)]] = True, True
    return train, test, findings


def _held_out(text: str, share: float, labels: np.ndarray) -> Finding:
    of = "every class is" if len(np.unique(labels)) > 1 else "the items are"
    return Finding(text, f"{share:.0%} of {of} held out for testing", "test_share")


def _some(held: np.ndarray) -> np.ndarray:
    """The mark (n,) on the items held out, if there are any."""
    if not held.any():
        raise ValueError("no class has two items, so none can be held out for testing; give two of a class, or a split")
    return held
