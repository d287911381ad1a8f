"""A story as the browser tells it: all that its steps need, so that it walks from step to step by itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fdmat_core import registry
from fdmat_core.analysis import summary
from fdmat_core.runs.run import Run
from fdmat_core.runs.stories import Step, Story
from fdmat_core.spec import Choice
from pages.shell import caches, state
from pages.ui import maps, serving, titles

KEY = "stage"
STAGE = serving.component("fdmat.present", "present/streamlit.js")
#: What another page on a slide is opened with: without menus, and without the tour.
BARE = {"embed": "true", state.TOUR: "0"}


def show(story: Story, at: int) -> None:
    """Tell a story, from a step (0 is the first) on."""
    runs = {key: run for key in dict.fromkeys(step.run for step in story.steps) if (run := state.stored(key))}
    data = {
        "name": story.name,
        "steps": [_told(step, runs.get(step.run)) for step in story.steps],
        "runs": {key: _run(run) for key, run in runs.items()},
        "at": max(0, min(at, len(story.steps) - 1)),
        "word": state.STEP,
        "compare": f"compare?{urlencode(BARE)}",
    }
    STAGE(key=KEY, data=data, on_leave_change=lambda: None)


def left() -> dict[str, Any] | None:
    """What was seen when somebody left the story just now, or None."""
    return serving.heard(KEY).get("leave")


def _told(step: Step, run: Run | None) -> dict[str, Any]:
    words = {state.WORDS[name]: value for name, value in step.words.items()}
    return {
        "page": step.page,
        "run": step.run,
        "method": step.method,
        "kept": step.kept,
        "view": step.view,
        "caption": step.caption,
        "missing": missing(step, run),
        "source": f"{step.page}?{urlencode(words | BARE)}",
    }


def missing(step: Step, run: Run | None) -> str:
    """Why a step cannot be shown; "" if it can."""
    if run is None:
        why = "which is not stored here: it was deleted, or the story comes from another machine"
        return f"This step shows run {step.run}, {why}. The other steps work."
    if step.page == "map" and run.projection is None:
        return f"The map of run {step.run} is not made yet. The other steps work."
    if step.method and step.method not in map(str, run.ranked):
        return f"Run {step.run} has no ranking by {step.method}. The other steps work."
    return ""


def _run(run: Run) -> dict[str, Any]:
    """What is known of a run: its title and its methods, in the order of the number keys."""
    projection, told = run.projection, verdicts(run)
    return {
        "title": titles.title(run),
        "methods": [
            {
                "name": str(method),
                "title": registry.methods.title(method),
                "address": maps.address(run, method, projection) if projection else "",
                "verdicts": told.get(str(method), []),
            }
            for method in run.ranked
        ],
    }


def verdicts(run: Run) -> dict[str, list[tuple[float, str]]]:
    """What every measured share kept costs in accuracy, in a line, by method; the least share first."""
    measures = run.measures("accuracy")
    if not measures:
        return {}
    title = registry.measures.title(measures[0])

    def make(points: Any) -> dict[str, list[tuple[float, str]]]:
        table, planned = summary.by_size(points, str(measures[0])), sorted(run.planned.values())
        return {str(method): _lines(table, method, planned, title) for method in run.ranked}

    return caches.once(caches.curve(run), run.key, "verdicts", make=make)


def _lines(table: Any, method: Choice, planned: list[float], title: str) -> list[tuple[float, str]]:
    lines = ((kept, summary.verdict(table, str(method), kept, planned, title)) for kept in planned)
    return [(kept, line) for kept, line in lines if line]
