"""Named sets of training items: marked, filtered, in a lasso, or kept by a method; small JSON files, ids and no rows.

They belong to the data, as decisions do: every run on the same data has them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fdmat_core.formats import counted
from fdmat_core.runs import decisions, labels, named
from fdmat_core.runs.run import Run
from fdmat_core.runs.stories import checked_name
from fdmat_core.spec import Choice, Chosen, Spec

if TYPE_CHECKING:
    import pandas

#: The most letters of what is said about where a set came from.
LONGEST_ORIGIN = 200
KIND = "sets"


@dataclass(frozen=True)
class ItemSet:
    """A name and the ids of the items, ascending, each once."""

    name: str
    ids: tuple[int, ...]
    origin: str = ""  # how these items were found, in words
    run: str = ""  # the key of the run in which
    made: str = ""  # when, in local time


def of_items(run: Run, name: str, ids: Sequence[int] | np.ndarray, origin: str = "") -> ItemSet:
    """A set of some training items of a run, made now and not stored yet.

    Raises
    ------
    ValueError
        No item, an item that the run does not have, a name of no letters or of too many.
    """
    known, chosen = _ids(run), np.unique(np.asarray(ids, dtype=np.int64))
    if not len(chosen):
        raise ValueError(f"set {name!r} would hold no item; choose at least one")
    unknown = chosen[~np.isin(chosen, known)]
    if len(unknown):
        raise ValueError(f"item {unknown[0]} is not among the {len(known):,} training items of run {run.key}")
    said = " ".join(origin.split())[:LONGEST_ORIGIN]
    return ItemSet(checked_name(name), tuple(chosen.tolist()), said, run.key, time.strftime("%Y-%m-%d %H:%M:%S"))


def kept_by(run: Run, method: Choice, kept: float, name: str = "") -> ItemSet:
    """What a method of a run keeps at a share, 0 to 1, whatever people decided; not stored yet."""
    rankings = run.rankings(method)
    if rankings is None:
        raise ValueError(f"run {run.key} has not ranked by {method} yet; run it first")
    origin = f"kept by {method} at {100 * kept:.3g}%"
    return of_items(run, name or origin, rankings.cut(kept).ids, origin)


def dataset_of(run: Run) -> str:
    """The name of the data under which the sets of a run are stored; a ValueError while it has no features."""
    if run.dataset_key is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    return run.dataset_key


def listed(dataset: str) -> list[ItemSet]:
    """All stored sets of a dataset (its key) in the order of letters; files that are no sets are left out."""
    found = filter(None, map(_read, named.values(KIND, dataset)))
    return sorted(found, key=lambda one: one.name.casefold())


def load(dataset: str, name: str) -> ItemSet:
    """The stored set of a name; a ValueError that names the others if there is none."""
    found = _read(named.read(KIND, dataset, name))
    if found is None:
        names = ", ".join(repr(one.name) for one in listed(dataset))
        raise ValueError(f"no set {name!r} is stored for these data; stored: {names or 'none'}")
    return found


def of_runs(specs: Iterable[Spec]) -> dict[str, Chosen]:
    """The sets of some runs by what people call them, in the order of letters, for a new run to begin with.

    Where several have one name, as they may after other damage, the number of items tells them apart, or else the run.
    """
    of = {run.dataset_key: run.key for run in map(Run, specs) if run.dataset_key}  # of several runs the oldest
    found = [(Chosen(one.ids, one.name), run) for key, run in of.items() for one in listed(key)]
    called = [f"{one.called} ({counted(len(one.ids), 'item', 'items')}" for one, _ in found]
    often = Counter(called)
    names = [
        f"{name}, of run {run[:6]})" if often[name] > 1 else f"{name})"
        for name, (_, run) in zip(called, found, strict=True)
    ]
    return dict(sorted(zip(names, (one for one, _ in found), strict=True), key=lambda one: one[0].casefold()))


def save(dataset: str, one: ItemSet) -> None:
    """Store a set; a ValueError if another has its name, which stays as it is."""
    named.write(KIND, dataset, one.name, asdict(one))


def delete(dataset: str, name: str) -> None:
    """Remove a stored set."""
    named.delete(KIND, dataset, name)


def rows(one: ItemSet, ids: np.ndarray) -> np.ndarray:
    """The rows, ascending, of those items (n,) that a set holds."""
    return np.flatnonzero(np.isin(ids, np.array(one.ids, dtype=np.int64)))


def table(run: Run, one: ItemSet) -> pandas.DataFrame:
    """The items of a set in the order of their ids, for `exchange.write`.

    Columns `id` (and `file` or `name`, where the data have them), those of `labels.columns`, and `decision`.
    """
    import pandas

    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    train = run.tables[0]
    chosen = rows(one, train.ids)
    chosen = chosen[np.argsort(train.ids[chosen], kind="stable")]
    decided = decisions.by_row(run.dataset_key or "", train.ids)
    told = labels.columns(train, decided.label)
    columns = {"id": train.ids[chosen], **run.called(train.ids[chosen])}
    columns |= {name: column[chosen] for name, column in told.items()} | {"decision": decided.decision[chosen]}
    found = pandas.DataFrame(columns)
    found.attrs = {"run": run.key, "set": one.name, "origin": one.origin, "made": one.made}
    found.attrs |= {"kept": len(found), "of": train.n, "classes": list(train.classes) if train.labelled else []}
    return found


def _ids(run: Run) -> np.ndarray:
    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    return run.tables[0].ids


def _read(value: Any) -> ItemSet | None:
    """What `save` wrote; None for anything else."""
    if not isinstance(value, Mapping) or not isinstance(value.get("ids"), list):
        return None
    words = {name: value.get(name) for name in ("name", "origin", "run", "made")}
    ids = value["ids"]
    right = ids and all(type(item) is int for item in ids) and all(isinstance(one, str) for one in words.values())
    return ItemSet(ids=tuple(ids), **{name: str(one) for name, one in words.items()}) if right else None
