"""Applying decisions: a new run of the cleaned data with the old settings; the old run and its data stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from fdmat_core import registry
from fdmat_core.corruptions import cleaned
from fdmat_core.methods import imported
from fdmat_core.runs import decisions, library
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.runs.settings import checked
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries
from fdmat_core.types import fingerprint

#: Accuracy on all training items, by a probe and by training whole networks.
ON_ALL = (Choice("linear_probe"), Choice("full_training"))


class Applied(NamedTuple):
    """Where a cleaned run comes from."""

    run: str  # the key of the run whose decisions were applied
    authors: tuple[str, ...]
    dropped: int
    relabelled: int
    kept: int
    until: str  # when the latest of the decisions was made


def apply(run: Run) -> Spec:
    """Store the cleaned run of a run: its settings, on its data as people decided about them; returns its settings.

    Imported selections are left out, because they may list what is dropped, and dropped items are no longer chosen
    before. What people kept or relabelled counts as kept in the new run, so that nobody is asked again. The same
    decisions give the same run.

    Raises
    ------
    ValueError
        The run has no features yet, or nobody has dropped or relabelled anything.
    """
    train, told = _decided(run)
    ids, dropped = told["item"].to_numpy(np.int64), (told["decision"] == "drop").to_numpy()
    places = {name: place for place, name in enumerate(train.classes)}
    target = np.array([places.get(label, -1) for label in told["label"]], dtype=np.int64)
    if not dropped.any() and not (target >= 0).any():
        raise ValueError("nobody has dropped or relabelled an item of this run; decide on the Removed page first")
    found = Applied(
        run.key,
        tuple(sorted(set(told["author"]))),
        int(dropped.sum()),
        int((target >= 0).sum()),
        int((told["decision"] == "keep").sum()),
        str(told["made"].max()),
    )
    kept = told["decision"].to_numpy() == "keep"
    key = fingerprint([run.dataset_key, *(column.tolist() for column in (ids, dropped, target, kept))])
    facts: dict[str, Any] = {"dataset": run.dataset_key, "applied": found._asdict()}
    arrays = {"ids": ids, "dropped": dropped, "target": target}
    entries.get(cleaned.KIND, key, lambda: entries.Item(arrays, facts))
    corruption = Choice.of("cleaned", after=str(run.spec.corruption), content=key, called=_called(run.spec, found))
    methods = tuple(method for method in run.spec.methods if method.name != imported.KIND)
    chosen = run.spec.chosen.without(set(ids[dropped].tolist())) if run.spec.chosen else None
    spec = checked(replace(run.spec, corruption=corruption, methods=methods, chosen=chosen))
    library.save(spec)
    _carry(Run(spec), told)
    return spec


def _decided(run: Run) -> Any:
    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    told = decisions.current(run.dataset_key or "")
    return run.tables[0], told[told["item"].isin(run.tables[0].ids)]


def _called(spec: Spec, found: Applied) -> str:
    """What a cleaned run's data are called: the damage, and what was done about it."""
    before = "" if spec.corruption.name == "none" else f"{registry.corruptions.title(spec.corruption)}, then "
    return f"{before}cleaned ({found.dropped:,} dropped, {found.relabelled:,} relabelled)"


def _carry(run: Run, told: Any) -> None:
    """Write down for the cleaned data that people stand by what they kept and relabelled, unless that is known."""
    dataset = run.dataset().key
    if not decisions.current(dataset).empty:
        return
    right = told[told["decision"].isin(["keep", "relabel"])]
    kept = [Decision(int(one.item), "keep", author=one.author, run=run.key) for one in right.itertuples()]
    if kept:
        decisions.decide_all(dataset, kept)


def origin(spec: Spec) -> Applied | None:
    """Where a cleaned run comes from; None for any other run."""
    content = dict(spec.corruption.params).get("content") if spec.corruption.name == "cleaned" else None
    item = entries.find(cleaned.KIND, content) if content else None
    if item is None:
        return None
    facts = item.facts["applied"]
    return Applied(**facts | {"authors": tuple(facts["authors"])})


def made_from(run: Run) -> dict[str, Spec]:
    """The settings of the cleaned runs that came of a run, by their keys, the newest first."""
    found = library.on(run.spec.dataset)
    return {
        key: spec
        for key, spec in found.items()
        if spec.measures != ON_ALL and (came := origin(spec)) is not None and came.run == run.key
    }


def on_all(spec: Spec) -> Spec:
    """The settings that measure accuracy on all training items alone; features and points are those of the run."""
    return checked(replace(spec, methods=(Choice("random"),), measures=ON_ALL, fractions=(1.0,), chosen=None))
