"""The tables beside the figures, as HTML: the same numbers to read, the best of each column marked."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from fdmat_core import sizes
from fdmat_core.analysis.predictiveness import CLEAR
from fdmat_core.analysis.summary import best
from fdmat_core.figures.theme import Look, Style
from fdmat_core.formats import percent, signed, spread

#: Dashes of a sample of a line, as SVG writes them.
STROKES = {"solid": "", "dash": "8 5", "longdash": "14 6", "dashdot": "8 4 2 4", "longdashdot": "14 4 2 4"}


def wide(table: pd.DataFrame, measure: str, methods: Sequence[str], *, look: Look, kept: float | None = None) -> str:
    """Methods by sizes, each cell with its mean, sd and seeds; the best of a size is bold with a star.

    Parameters
    ----------
    table
        Of `summary.by_size`.
    methods
        Which methods, in which order.
    kept
        The share kept whose nearest column is marked.
    """
    facts = look.measure(measure)
    table = table[table["method"].isin(methods)]
    marked = set(map(tuple, table.loc[best(table, facts.better), ["method", "k"]].to_numpy()))
    columns = table.drop_duplicates("k").sort_values("k", ascending=False)
    cells = {(row.method, row.k): row for row in table.itertuples()}
    near = None if kept is None or columns.empty else sizes.nearest(columns["kept"], kept)
    head = [_size(row, near) for row in columns.itertuples()]
    body = [[_cell(cells.get((name, k)), facts.unit, (name, k) in marked) for k in columns["k"]] for name in methods]
    names = [swatch(look.style(name, place)) for place, name in enumerate(methods)]
    return grid(["", *head], [[f"<th>{name}</th>", *row] for name, row in zip(names, body, strict=True)])


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of ready-made cells under a row of heads, which may be wider than its place."""
    top = "".join(one if one.startswith("<th") else f"<th>{one}</th>" for one in head)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<div class="grid"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def swatch(style: Style) -> str:
    """A method's name after a short stroke in its colour and dash."""
    return f'<span class="swatch"><img src="{address(style)}" alt="">{html.escape(style.title)}</span>'


def stroke(style: Style) -> str:
    """A short stroke, as an SVG, in the colour and the dash that a method has in every chart."""
    dashes = STROKES.get(style.dash, style.dash.replace("px", "").replace(",", " "))
    line = (
        f'<line x1="2" y1="12" x2="62" y2="12" stroke="{style.colour}" stroke-width="4" stroke-dasharray="{dashes}"/>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="24">{line}</svg>'


def address(style: Style) -> str:
    """The stroke of a method as an address that holds the picture itself."""
    return f"data:image/svg+xml;base64,{base64.b64encode(stroke(style).encode()).decode()}"


def cell(text: str, *, strong: bool = False) -> str:
    """A cell of a table; a strong one is bold with a star."""
    return f"<td><b>★ {html.escape(text)}</b></td>" if strong else f"<td>{html.escape(text)}</td>"


def predictions(table: pd.DataFrame, rhos: Mapping[str, Mapping[int, float]], titles: Mapping[str, str]) -> str:
    """Distances by sizes: rho within each size, and over all; one that is clearly ahead and clearly below 0 is marked.

    Parameters
    ----------
    table
        Of `predictiveness.ranking`.
    rhos
        For each distance rho by count kept.
    titles
        The titles of the distances by name.
    """
    counts = sorted({k for by_count in rhos.values() for k in by_count}, reverse=True)
    head = ["rho by items kept", "all sizes, 95% interval", *(f"{k:,}" for k in counts)]
    return grid(head, [_prediction(row, rhos, counts, titles) for row in table.itertuples()])


def _prediction(
    row: Any, rhos: Mapping[str, Mapping[int, float]], counts: list[int], titles: Mapping[str, str]
) -> list[str]:
    overall = f"{signed(row.rho)} [{signed(row.low)}, {signed(row.high)}]"
    return [
        f"<th>{html.escape(titles.get(row.distance, row.distance))}</th>",
        cell(overall, strong=row.high < 0 and row.first >= CLEAR),
        *(cell(signed(rho) if (rho := rhos[row.distance].get(k)) is not None else "–") for k in counts),
    ]


def _size(row: Any, near: float | None) -> str:
    return f"<th{' class=near' if row.kept == near else ''}>{percent(round(row.kept, 6))}<small>{row.k:,}</small></th>"


def _cell(row: Any | None, unit: str, strong: bool) -> str:
    return cell("–") if row is None else cell(spread(row.mean, row.sd, row.seeds, unit), strong=strong)
