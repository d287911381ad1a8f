"""The figures of a run as static SVG, by the names of their files: what a bundle holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core import registry
from fdmat_core.analysis import detectors, issues, predictiveness
from fdmat_core.figures import classes, correlation, curves, detection, svg
from fdmat_core.report import naming
from fdmat_core.report.scene import Scene

if TYPE_CHECKING:
    import plotly.graph_objects as go


def drawn(told: Scene) -> dict[str, str]:
    """Every figure that the run has results for, as SVG by the name of its file."""
    return {
        f"{naming.file(told.run.spec, *parts)}.svg": svg.draw(
            figure, look=told.look, heading=heading(told, title, unit)
        )
        for title, unit, parts, figure in _figures(told)
    }


def heading(told: Scene, title: str, unit: str) -> list[str]:
    """The lines above a figure: what it shows, then its unit, the run, the method and the share kept."""
    of = (unit, naming.heading(told.run.spec), told.at(told.focus), f"run {told.run.key}")
    return [title, " · ".join(filter(None, of))]


def _figures(told: Scene) -> Iterator[tuple[str, str, tuple[str, ...], go.Figure]]:
    """Title, unit, the parts of the file's name, and the figure."""
    here = (naming.slug(str(told.focus)), naming.share(told.kept))
    for measure in told.measures():
        facts, name = registry.measures.get(measure.name).facts, str(measure)
        figure = curves.curve(told.curve, name, look=told.look, kept=told.kept, focus=str(told.focus))
        title = naming.measure(told.run.spec, measure)
        yield title, facts.unit, ("curve", name), figure.update_layout(title=None, margin_t=12, height=290 + 88)
    if told.table.labelled:
        c = told.table.c
        counts = [
            np.bincount(labels, minlength=c).tolist()
            for labels in (told.table.labels, told.table.labels[told.coreset.rows])
        ]
        figure = classes.balance(told.table.classes, *counts, look=told.look)
        yield (
            "Kept share per class",
            "share of a class's items",
            (*here, "classes"),
            figure.update_layout(title=None, margin_t=12),
        )
    yield from _of_noise(told, here)
    yield from _of_distances(told, here)


def _of_noise(told: Scene, here: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...], go.Figure]]:
    if told.bad is None or not told.bad.rows.any():
        return
    by_name = {str(method): rankings for method, rankings in told.ranked.items()}
    frame = detectors.removals(by_name, told.bad.rows)
    figure = detection.removals(frame, look=told.look, kept=told.kept, focus=str(told.focus))
    yield f"What leaves of the {told.bad.word} items", "share of them", (*here, "noise-removed"), figure
    if told.bad.word == "injected" and (scores := told.run.detection):
        figure = detection.roc(detectors.roc(scores, told.bad.rows), look=told.look)
        yield "Noise found against false alarms", "shares", ("detectors",), figure
    if told.evidence is not None and told.table.labelled:
        issue = np.asarray(told.evidence.evidence["issue"])
        figure = detection.alarms(issues.false_alarms(issue, told.table.labels, told.table.classes), look=told.look)
        yield "Suspected share of each class", "share of a class's items", ("suspected",), figure


def _of_distances(told: Scene, here: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...], go.Figure]]:
    accuracies = told.run.measures("accuracy")
    for distance in told.run.measures("distance") if accuracies else []:
        names = str(distance), str(accuracies[0])
        found = predictiveness.coresets(told.curve, *names)
        if found.empty:
            continue
        titles = [naming.measure(told.run.spec, one) for one in (distance, accuracies[0])]
        figure = correlation.scatter(found, *names, look=told.look, k=told.coreset.k)
        yield f"{titles[1]} against {titles[0]}", "a dot is a coreset", (*here, names[0], "predicts"), figure
        by_size = predictiveness.correlation(told.curve, *names)
        figure = correlation.correlations(by_size, look=told.look)
        yield f"Does closer in {titles[0]} train better?", "rank correlation", (names[0], "rho"), figure
