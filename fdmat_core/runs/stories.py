"""Stories: steps that a talk walks through, each a page and how it is seen; stored by name as small JSON files."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from fdmat_core.store import files
from fdmat_core.types import fingerprint

#: The pages that a step can show.
PAGES = ("map", "compare", "removed", "curves", "balance")
#: The most steps of a story, letters of its name, and bytes of its file.
MOST_STEPS, LONGEST_NAME, MOST_BYTES = 200, 60, 1_000_000
METHOD = (500, r"[^\n]*", "give a method of the run, as a link has it")
#: What each word of a step may be: how long, its form, and what to give instead of something else.
FORMS: dict[str, tuple[int, str, str]] = {
    "page": (20, "|".join(PAGES), f"give one of {', '.join(PAGES)}"),
    "run": (64, r"[\w.-]+", "give the key of a run, as a link has it"),
    "method": METHOD,
    "colour": (20, r"[a-z]*(-\d+)?", "give kept, class, class-3, score, noise or coverage"),
    "names": (3, r"(off)?", "give off, or leave it out"),
    "camera": (80, r"(-?[\d.]+_-?[\d.]+_[\d.]+|pinned_[\d.]+)?", "give x_y_zoom as a link has it, or pinned_3"),
    "lasso": (4000, r"([A-Za-z]+(_-?\d+){6,})?", "give what a link has, or leave it out"),
    "pinned": (24, r"(-?\d+)?", "give the number of an item"),
    "a": METHOD,
    "b": METHOD,
    "hidden": (4000, r"[^\n]*", "give what a link has, or leave it out"),
    "values": (10, r"(random)?", "give random, or leave it out"),
    "caption": (600, r"[\s\S]*", "give a text"),
}
#: How the map is seen in a step: the names are those of the link's choices.
VIEW = ("colour", "names", "camera", "lasso", "pinned")


@dataclass(frozen=True)
class Step:
    """A page of a run and how it is seen, with what is said about it. Words that are as usual are empty."""

    run: str
    page: str = "map"
    method: str = ""
    kept: float = 0.05  # share kept, above 0 and up to 1
    colour: str = ""
    names: str = ""
    camera: str = ""
    lasso: str = ""
    pinned: str = ""
    a: str = ""
    b: str = ""
    hidden: str = ""
    values: str = ""
    caption: str = ""

    @property
    def view(self) -> dict[str, str]:
        """How its map is seen, without what is as usual."""
        return {name: value for name in VIEW if (value := getattr(self, name))}

    @property
    def words(self) -> dict[str, str]:
        """What it says to a link, by the names of the link's choices."""
        left_out = ("page", "kept", "caption")
        words = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in left_out}
        return {name: value for name, value in words.items() if value} | {"kept": f"{self.kept:.6g}"}


@dataclass(frozen=True)
class Story:
    """A name and the steps in their order."""

    name: str
    steps: tuple[Step, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """A JSON-able form without what is as usual, which `story` reads."""
        return {"name": self.name, "steps": [_lean(step) for step in self.steps]}


def _lean(step: Step) -> dict[str, Any]:
    return {name: value for name, value in asdict(step).items() if value != ""}


def story(value: Any) -> Story:
    """Check what `Story.to_json` wrote, or somebody else.

    Raises
    ------
    ValueError
        A field is missing, unknown, or not what it must be; the message names step, field, value and fix.
    """
    if not isinstance(value, Mapping) or set(value) != {"name", "steps"}:
        raise ValueError("a story must be an object of name and steps; export one to see its form")
    steps = value["steps"]
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        raise ValueError(f"steps is {_told(steps)}; give a list of steps")
    if len(steps) > MOST_STEPS:
        raise ValueError(f"steps has {len(steps)} entries; give at most {MOST_STEPS}")
    return Story(checked_name(value["name"]), tuple(_step(one, place) for place, one in enumerate(steps, 1)))


def checked_name(name: Any) -> str:
    """The name of a story without spaces around it; a ValueError if there is nothing left, or too much."""
    told = " ".join(name.split()) if isinstance(name, str) else ""
    if not 0 < len(told) <= LONGEST_NAME:
        raise ValueError(f"name is {_told(name)}; give 1 to {LONGEST_NAME} letters")
    return told


def _step(value: Any, place: int) -> Step:
    if not isinstance(value, Mapping):
        raise ValueError(f"step {place} is {_told(value)}; give an object of fields")
    known = {one.name for one in fields(Step)}
    for name in value:
        if name not in known:
            raise ValueError(f"step {place}: field {_told(name)} is not known; known: {', '.join(sorted(known))}")
    if "run" not in value:
        raise ValueError(f"step {place}: run is missing; {FORMS['run'][2]}")
    words = {name: _word(name, one, place) for name, one in value.items() if name != "kept"}
    return Step(**words, kept=_share(value.get("kept", 0.05), place))


def _word(name: str, value: Any, place: int) -> str:
    most, form, fix = FORMS[name]
    if not isinstance(value, str):
        raise ValueError(f"step {place}: {name} is {_told(value)}; {fix}, as text")
    if len(value) > most:
        raise ValueError(f"step {place}: {name} has {len(value)} letters; give at most {most}")
    if not re.fullmatch(form, value):
        raise ValueError(f"step {place}: {name} is {_told(value)}; {fix}")
    return value


def _share(value: Any, place: int) -> float:
    right = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 < value <= 1
    if not right:
        raise ValueError(f"step {place}: kept is {_told(value)}; give a number above 0 and up to 1")
    return float(value)


def _told(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def read(data: bytes) -> Story:
    """The story of a file that somebody exported; a ValueError that says what is wrong with it."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"the file has {len(data):,} bytes; a story has at most {MOST_BYTES:,}")
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the file is no JSON ({error}); export a story to see its form") from error
    return story(value)


def written(one: Story) -> str:
    """A story as a file that `read` reads."""
    return json.dumps(one.to_json(), indent=1, ensure_ascii=False) + "\n"


def names() -> list[str]:
    """The names of all stored stories, in the order of letters; files that are no stories are left out."""
    found = (files.read_json(file) for file in _folder().glob("*.json"))
    told = (value["name"] for value in found if isinstance(value, Mapping) and isinstance(value.get("name"), str))
    return sorted(told, key=str.casefold)


def load(name: str) -> Story | None:
    """The stored story of a name, or None."""
    value = files.read_json(_file(name))
    return None if value is None else story(value)


def save(one: Story) -> None:
    """Store a story under its name, in the place of another that has it."""
    files.write_json(_file(one.name), story(one.to_json()).to_json())


def rename(name: str, other: str) -> Story:
    """Give a stored story another name; a ValueError if there is none, or the other name is taken or none."""
    found, told = load(name), checked_name(other)
    if found is None:
        raise ValueError(f"no story {name!r} is stored; stored: {', '.join(names()) or 'none'}")
    if told != name and load(told) is not None:
        raise ValueError(f"name is {told!r}, which another story has; give a new one")
    renamed = replace(found, name=told)
    save(renamed)
    if told != name:
        delete(name)
    return renamed


def delete(name: str) -> None:
    """Remove a stored story."""
    _file(name).unlink(missing_ok=True)


def record(name: str, step: Step) -> Story:
    """Put a step at the end of a stored story, which is made if it is not there."""
    known = load(name) or Story(checked_name(name))
    longer = replace(known, steps=(*known.steps, step))
    save(longer)
    return longer


def moved(one: Story, place: int, by: int) -> Story:
    """A story whose step at a place, from 0, lies so many places further on, as far as there are places."""
    steps = list(one.steps)
    step = steps.pop(place)
    steps.insert(max(0, min(len(steps), place + by)), step)
    return replace(one, steps=tuple(steps))


def without(one: Story, place: int) -> Story:
    """A story without its step at a place, from 0."""
    return replace(one, steps=one.steps[:place] + one.steps[place + 1 :])


def captioned(one: Story, place: int, caption: str) -> Story:
    """A story whose step at a place, from 0, says something else."""
    steps = list(one.steps)
    steps[place] = replace(steps[place], caption=caption)
    return replace(one, steps=tuple(steps))


def _folder() -> Path:
    return files.home() / "stories"


def _file(name: str) -> Path:
    return _folder() / f"{fingerprint(name)}.json"
