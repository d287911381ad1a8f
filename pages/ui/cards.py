"""The cards of a gallery: what each row is, and what is known to be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fdmat_core.analysis import fields, issues
from fdmat_core.runs.run import Run
from fdmat_core.types import Dataset, FeatureTable
from pages.shell import caches
from pages.ui import thumbnails
from pages.ui.thumbnails import Card

STYLE = Path(__file__).with_name("cards.css")


def of(run: Run, table: FeatureTable, rows: Iterable[int]) -> list[Card]:
    """Cards of some rows of a run's table, by what is true of its items or what its FDMat suspects."""
    train, bad, pictures = caches.train(run), caches.bad(run), thumbnails.address(run)
    found = [(_card(train, bad, table, int(row)), int(row)) for row in rows]
    if pictures:
        return [card for card, _ in found]
    return [card._replace(text=fields.values(train, row), named=fields.short(train, row)) for card, row in found]


def _card(train: Dataset, bad: issues.Bad | None, table: FeatureTable, row: int) -> Card:
    item = int(table.ids[row])
    if not table.labelled:
        return _bare_card(train, bad, row, item)
    label = table.classes[table.labels[row]]
    truth = train.truth
    if truth is not None and truth.mislabelled[row]:
        real = train.classes[truth.clean_labels[row]]
        return Card(item, label, f"item {item}: labelled {label}, in truth {real}", "noise")
    if truth is not None and truth.outlier[row]:
        return Card(item, label, f"item {item}: labelled {label}, content changed", "noise")
    suspect = bad is not None and bool(bad.rows[row])
    return Card(item, label, f"item {item}: {label}" + ", suspected noise" * suspect, "suspect" * suspect)


def _bare_card(train: Dataset, bad: issues.Bad | None, row: int, item: int) -> Card:
    """The card of a row without a label."""
    injected = train.truth is not None and bool(train.truth.outlier[row])
    suspect = bad is not None and bool(bad.rows[row])
    words = f"item {item}" + (", content changed" if injected else ", suspected outlier" * suspect)
    return Card(item, f"item {item}", words, "noise" if injected else "suspect" * suspect)
