"""The small files in a run's folder: read so that one that is damaged, or of another version, stands in nobody's way.

What has not the form that it must have counts as not there; `unreadable` names it, so that it can be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fdmat_core.store import files


def _has(value: Any, **forms: type | tuple[type, ...]) -> bool:
    """Whether a value is an object whose fields have these types."""
    return isinstance(value, Mapping) and all(isinstance(value.get(name), form) for name, form in forms.items())


def _is_features(value: Any) -> bool:
    known = {"key": "", "n": 0, "largest": 0, "version": "", "weights": ""}
    return (
        _has(value, key=str, n=int)
        and set(value) <= set(known)
        and all(isinstance(value[name], type(known[name])) for name in value)
    )


def _is_words(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values())


def _is_finding(value: Any) -> bool:
    words = {"text": str, "action": str, "switch": str, "places": list}
    return _has(value, **words) and set(value) == set(words) and all(isinstance(one, str) for one in value["places"])


def _is_findings(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_finding, value))


def _is_check(value: Any) -> bool:
    return _has(value, dataset=str) and _is_findings(value.get("findings"))


#: What the file of a name must hold, and whether it does.
FORMS: dict[str, Callable[[Any], bool]] = {
    "features.json": _is_features,
    "problems.json": _is_words,
    "findings.json": _is_findings,
    "check.json": _is_check,
    "name.json": lambda value: _has(value, name=str),
}


def read(folder: Path, name: str) -> Any | None:
    """What a file of a run's folder says; None if it is not there, or not what it must be."""
    value = files.read_json(folder / name)
    return value if value is not None and FORMS[name](value) else None


def unreadable(folder: Path) -> tuple[str, ...]:
    """The files of a run's folder that are there and not what they must be."""
    return tuple(name for name in FORMS if (folder / name).exists() and read(folder, name) is None)
