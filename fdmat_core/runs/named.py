"""What people keep of some data under a name, such as sets and views: small JSON files, for all runs on the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fdmat_core.runs.stories import checked_name
from fdmat_core.store import files
from fdmat_core.types import fingerprint


def values(kind: str, dataset: str) -> Iterator[Any]:
    """All that is stored of a kind ("sets", "views") for a dataset (its key), in no order; None for what is no JSON."""
    return (files.read_json(file) for file in _folder(kind, dataset).glob("*.json"))


def read(kind: str, dataset: str, name: str) -> Any:
    """What is stored under a name; None if nothing is."""
    return files.read_json(_file(kind, dataset, name))


def write(kind: str, dataset: str, name: str, value: Mapping[str, Any]) -> None:
    """Store something under a name; a ValueError if another has it, which stays as it is."""
    file = _file(kind, dataset, checked_name(name))
    if file.exists():
        what = kind.removesuffix("s")
        raise ValueError(f"name is {name!r}, which another {what} has; give a new one, or delete that {what}")
    files.write_json(file, value)


def delete(kind: str, dataset: str, name: str) -> None:
    """Remove what is stored under a name."""
    _file(kind, dataset, name).unlink(missing_ok=True)


def _folder(kind: str, dataset: str) -> Path:
    return files.home() / kind / fingerprint(dataset)


def _file(kind: str, dataset: str, name: str) -> Path:
    return _folder(kind, dataset) / f"{fingerprint(' '.join(name.split()))}.json"
