"""The chapters of a report, each a function from what it tells of to HTML; `ALL` says which, and in which order.

All text that comes from data or settings is escaped. What follows the slider is marked for `report.js`: numbers by
`data-readings`, cards by `data-item`, the lines in `.curves` by their class.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from fdmat_core import __version__, registry
from fdmat_core.analysis import summary
from fdmat_core.figures import curves, svg, tables
from fdmat_core.formats import percent
from fdmat_core.report import naming, removed, sentences, versions
from fdmat_core.report.scene import Scene
from fdmat_core.runs import decisions
from fdmat_core.spec import Choice

PAPER = (
    "W. Xiao, Y. Chen, Q. Shan, Y. Wang, J. Su: Feature Distribution Matching by Optimal Transport for Effective and "
    "Robust Coreset Selection, AAAI 2024, doi 10.1609/aaai.v38i8.28771"
)


def head(told: Scene) -> str:
    """What the report is about, and what came of it."""
    said = "".join(f"<li>{escape(one)}</li>" for one in sentences.summaries(told))
    n, c = told.table.n, told.table.c
    classes = f"{c:,} classes" if told.table.labelled else "no labels"
    facts = f"{n:,} training items, {classes}, {len(told.methods)} methods · run {told.run.key}"
    heading = escape(naming.heading(told.run.spec))
    return f"<header><p class=kind>FDMat Explorer · report</p><h1>{heading}</h1><p>{facts}</p><ul>{said}</ul></header>"


def picture(told: Scene) -> str:
    """The map with the switch of methods, and the numbers that follow its slider."""
    switch = "".join(_radio(told, number, method) for number, method in enumerate(told.methods))
    numbers = "".join(_number(told, measure) for measure in told.measures()[:4])
    legend = "<legend>Method</legend>"
    return (
        f"<section class=picture><fieldset class=methods>{legend}{switch}</fieldset><dl class=readings>{numbers}</dl>"
        "<div id=map><p>The map needs JavaScript; all else on this page does not.</p></div></section>"
    )


def _radio(told: Scene, number: int, method: Choice) -> str:
    chosen = " checked" if method == told.focus else ""
    stroke = tables.swatch(told.look.style(str(method), number))
    return f"<label><input type=radio name=method value={number}{chosen}>{stroke}</label>"


def _number(told: Scene, measure: Choice) -> str:
    """A measure, with what each method has at each size."""
    facts, title = registry.measures.get(measure.name).facts, escape(naming.measure(told.run.spec, measure))
    readings = escape(json.dumps([_readings(told, measure, method) for method in told.methods]), quote=True)
    hint = escape(f"{facts.unit}; {facts.better} is better", quote=True)
    return f'<div title="{hint}"><dt>{title}</dt><dd data-readings="{readings}">–</dd></div>'


def _readings(told: Scene, measure: Choice, method: Choice) -> list[tuple[float, str]]:
    """What a method has at each size, the smallest first: the share kept, and what was measured there in words."""
    unit = registry.measures.get(measure.name).facts.unit
    points: Any = told.readings(measure, str(method)).itertuples()
    return [
        (float(one.kept), f"{sentences.reading(one, unit)} at {percent(round(float(one.kept), 6))} kept")
        for one in points
    ]


def charts(told: Scene) -> str:
    """Every measure against the share kept."""
    drawn = "".join(f"<figure>{chart(told, measure)}</figure>" for measure in told.measures())
    if not drawn:
        return ""
    note = "The upright line stands where the slider does. Sizes that were measured are those with a mark."
    return f"<section class=curves><h2>Curves</h2><p>{note}</p><div>{drawn}</div>{_tables(told)}</section>"


def chart(told: Scene, measure: Choice) -> str:
    """One measure against the share kept as an SVG."""
    figure = curves.curve(
        told.curve,
        str(measure),
        look=told.look,
        kept=told.kept,
        focus=str(told.focus),
        pixels=max(260, 19 * len(told.methods)),
    )
    return svg.draw(figure, look=told.look, width=640, ground=False)


def _tables(told: Scene) -> str:
    names = [*map(str, told.methods)] + (["random"] if "random" not in map(str, told.methods) else [])
    shown = []
    for measure in told.measures():
        facts = registry.measures.get(measure.name).facts
        table = tables.wide(
            summary.by_size(told.curve, str(measure)), str(measure), names, look=told.look, kept=told.kept
        )
        legend = f"{facts.unit}; mean ± sd (seeds), for random over subsets; ★ the best of a size"
        shown.append(
            f"<h3>{escape(naming.measure(told.run.spec, measure))} <small>{escape(legend)}</small></h3>{table}"
        )
    return f"<details><summary>All numbers as tables</summary>{''.join(shown)}</details>"


def gone(told: Scene) -> str:
    """Items that were removed, with reasons and decisions."""
    k, n = told.coreset.k, told.coreset.n
    where = f"{told.at(told.focus)} removes {n - k:,} of {n:,} items"
    some = f"up to {removed.SHOWN} are shown, the gravest of each reason"
    hint = "An item points at its place on the map, and pales while the slider keeps it."
    said = escape(f"{where}; {some}. {_decisions(told)}{hint}")
    return f"<section class=removed><h2>What was removed, and why</h2><p>{said}</p>{removed.section(told)}</section>"


def _decisions(told: Scene) -> str:
    counts = {kind: int((told.decided.decision == kind).sum()) for kind in decisions.KINDS}
    listed = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    return f"People decided: {listed}. " if listed else "Nobody has decided on any item yet. "


def notes(told: Scene) -> str:
    """What must be known to read it, and what was found in the data."""
    nothing = "<p>Nothing was left out, changed or guessed when the data were read.</p>"
    found = _list(map(str, told.run.findings)) or nothing
    return (
        f"<section><h2>To read it rightly</h2>{_list(sentences.notes(told))}<h2>Found in the data</h2>{found}</section>"
    )


def settings(told: Scene) -> str:
    """What makes the run again: settings, seeds, versions."""
    spec = told.run.spec
    data, backbone = registry.datasets.get(spec.dataset.name).facts, registry.backbones.get(spec.backbone.name).facts
    rows = {
        "Dataset": f"{_whole(registry.datasets, spec.dataset)}, {data.source}, licence {data.licence}",
        "Corruption": _whole(registry.corruptions, spec.corruption),
        "Features": f"{_whole(registry.backbones, spec.backbone)}, {backbone.source}",
        "Methods": "; ".join(_whole(registry.methods, one) for one in spec.methods),
        "Measures": "; ".join(_whole(registry.measures, one) for one in spec.measures),
        "Shares kept": ", ".join(percent(one) for one in spec.fractions),
        "Seeds": f"{spec.seeds} trainings, {spec.band} random subsets; seeds count from 0",
        "Balance": spec.balance,
        **({"Chosen before": f"{spec.chosen}: every method begins with these"} if spec.chosen else {}),
        "Run": told.run.key,
    }
    rows |= versions.here()
    again = "spec.json: <code>fdmat run --spec spec.json</code> makes this run again"
    body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows.items())
    made = escape(json.dumps(spec.to_json(), indent=1))
    return (
        f"<section><h2>Settings, seeds, versions</h2><table class=facts>{body}</table>"
        f"<details><summary>{again}</summary><pre>{made}</pre></details></section>"
    )


def _whole(kind: registry.Kind[Any], choice: Choice) -> str:
    """A choice with all its parameters, those at their defaults, too."""
    return str(Choice.of(choice.name, **kind.get(choice.name).read(dict(choice.params))))


def citation(told: Scene) -> str:
    """What to cite, and under which licence this may be used."""
    papers = dict.fromkeys(registry.methods.get(one.name).facts.paper for one in told.methods)
    tool = f"FDMat Explorer {__version__}, MIT licence; see CITATION.cff."
    return f"<section><h2>What to cite</h2>{_list([PAPER, tool])}<h3>Methods</h3>{_list(papers)}</section>"


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines if line)
    return f"<ul>{items}</ul>" if items else ""


#: Another chapter is another function here.
ALL: tuple[Callable[[Scene], str], ...] = (head, picture, charts, gone, notes, settings, citation)
