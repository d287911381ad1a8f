"""The runs that are stored: saved, listed, found by their first letters, deleted with what no other run shares."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

from fdmat_core.progress import Progress, silent
from fdmat_core.runs import artifacts, graphs, notes, originals, parts, points, stages
from fdmat_core.runs.run import KINDS, Run
from fdmat_core.runs.settings import checked
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries, files


def save(spec: Spec) -> str:
    """Store a spec as a run, if it is not there yet, and return its key."""
    spec = checked(spec)
    file = artifacts.folder(spec.key) / "spec.json"
    if files.read_json(file) is None:
        files.write_json(file, spec.to_json())
    return spec.key


def execute(spec: Spec, progress: Progress | None = None) -> None:
    """Make everything that a spec asks for and that is not stored yet.

    First what a person needs to start looking: features, a PCA map, the recommended method. What is wrong with one
    method or measure is written down (see `Run.problems`) and does not stop the others.

    Parameters
    ----------
    progress
        Called with (done, total, "stage: note"); stages are features, projection, rankings, points, trainings and
        detection.
    """
    save(spec)
    run = Run(spec)
    stages.everything(run.spec, run.dataset, progress or silent)


def lacking(key: str) -> tuple[str, ...]:
    """Which parts of a stored run are not there: all, if it is gone or names what is no longer there."""
    try:
        return Run.open(key).lacking
    except ValueError:
        return tuple(dict.fromkeys(stages.PARTS.values()))


def listing() -> list[str]:
    """The keys of all stored runs, the newest first, also of those that `Run.open` cannot read."""
    return sorted(entries.keys("runs"), key=lambda key: (-_saved(key), key))


def _saved(key: str) -> float:
    """When a run was saved, in seconds since 1970; 0 if that cannot be told."""
    try:
        return (artifacts.folder(key) / "spec.json").stat().st_mtime
    except (OSError, ValueError):
        return 0.0


def unreadable() -> list[str]:
    """The stored runs of which nobody can tell what they use."""
    return [key for key in listing() if _owned(key) is None]


def on(dataset: Choice) -> dict[str, Spec]:
    """The settings of all stored runs on a dataset by their keys, the newest first; those that can be read."""
    found: dict[str, Spec] = {}
    for key in listing():
        with contextlib.suppress(ValueError):
            spec = Run.open(key).spec
            if spec.dataset == dataset:
                found[key] = spec
    return found


#: The longest name of a run, in letters.
LONGEST = 60


def name(key: str) -> str:
    """What people have named a run; "" if they have not."""
    value = notes.read(artifacts.folder(key), "name.json")
    return value["name"] if value else ""


def rename(key: str, name: str) -> None:
    """Name a stored run; "" takes its name away.

    Raises
    ------
    ValueError
        No run has this key, or the name is longer than `LONGEST`.
    """
    told = " ".join(name.split())
    if not (artifacts.folder(key) / "spec.json").exists():
        raise ValueError(f"no run {key!r} is stored under {files.home()}; name one of those that are")
    if len(told) > LONGEST:
        raise ValueError(f"name has {len(told)} letters; give at most {LONGEST}")
    if told:
        files.write_json(_name(key), {"name": told})
    else:
        _name(key).unlink(missing_ok=True)


def _name(key: str) -> Path:
    return artifacts.folder(key) / "name.json"


def resolve(start: str) -> str:
    """The key of the one stored run that starts like this."""
    found = [key for key in listing() if key.startswith(start)]
    if len(found) != 1:
        many = f"{len(found)} runs start with" if found else "no run starts with"
        raise ValueError(f"{many} {start!r}; `python -m fdmat_core list runs` names them")
    return found[0]


def delete(key: str) -> None:
    """Remove a run and everything that no other run shares with it.

    While another run cannot be read, what they may share stays, for `prune`.
    """
    mine = _owned(key) or set()
    shutil.rmtree(artifacts.folder(key), ignore_errors=True)
    if not unreadable():
        _remove(mine - _needed())


def prune() -> list[str]:
    """Remove what is damaged or half-written, and what no stored run needs; returns what went.

    While a run cannot be read (`unreadable`), nobody knows what it needs, and only the former goes.
    """
    swept = [f"{kind}/{name}" for kind in KINDS for name in entries.sweep(kind)]
    if unreadable():
        return swept
    there = {(kind, key) for kind in KINDS for key in entries.keys(kind)}
    there |= {("points", origin) for origin in points.origins()}
    unused = there - _needed()
    _remove(unused)
    return swept + [f"{kind}/{key}" for kind, key in sorted(unused)]


def _owned(key: str) -> set[tuple[str, str]] | None:
    """What a run uses, as (kind, key); None if that cannot be told: it cannot be read, or names what is gone."""
    try:
        run = Run.open(key)
    except ValueError:
        return None
    if "features.json" in run.unreadable:
        return None
    spec = run.spec
    used, brought = artifacts.used_features(spec), artifacts.brought(spec)
    if used is None:
        return brought
    everything = replace(spec, methods=tuple(dict.fromkeys((artifacts.RANDOM, *spec.methods))))
    owned = {(part.kind, part.key) for part in parts.of(everything, used, seeds=max(spec.seeds, spec.band))}
    content = {(originals.KIND, run.dataset_key)} if run.dataset_key else set()
    content |= {("duplicates", artifacts.duplicates_key(used))}
    return brought | owned | content | graphs.owned(used.key) | {("points", artifacts.source(spec, used).origin)}


def _needed() -> set[tuple[str, str]]:
    return set().union(*(_owned(key) or () for key in listing()))


def _remove(unused: set[tuple[str, str]]) -> None:
    """Remove entries, then points: on a full disk the database needs the room that those leave."""
    for kind, key in sorted(unused, key=lambda one: one[0] == "points"):
        if kind == "points":
            points.forget(key)
        else:
            entries.delete(kind, key)
