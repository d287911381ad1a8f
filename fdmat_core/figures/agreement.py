"""How far selections agree, as pictures: tables of `analysis.agreement` in, figures out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from fdmat_core.figures.panels import DECADES, kept_axis
from fdmat_core.figures.theme import FOOT, KEPT, RANDOM, Look, template
from fdmat_core.formats import percent

#: Methods up to which a cell of the matrix says its number.
NUMBERED = 14
#: Pixels of a letter at the size of the matrix's names.
LETTER = 6.6
#: From the middle of the outermost cell to the end of the axis: an outline has room.
EDGE = 0.54


def curve(table: pd.DataFrame, *, look: Look | None = None) -> go.Figure:
    """Draw the Jaccard of two methods against the share kept, beside that of two random draws of the same sizes.

    Parameters
    ----------
    table
        Of `agreement.curve`.
    """
    look, kept = look or Look(), table["kept"].tolist()
    edge: dict[str, Any] = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": kept}
    fill = {"fill": "tonexty", "fillcolor": "rgba(136,136,136,0.22)", "showlegend": False}
    mine = {"name": "A and B", "y": table["jaccard"].tolist(), "line": {"color": KEPT, "width": 3.5}}
    drawn = {"name": "two random draws", "y": table["expected"].tolist(), "line": {"color": RANDOM, "dash": "dash"}}
    words = {"customdata": [_words(row) for row in table.itertuples()], "hoverinfo": "text", "x": kept}
    data = [
        edge | {"y": table["low"].tolist(), "showlegend": False},
        edge | fill | {"y": table["high"].tolist()},
        {"type": "scatter", "mode": "lines", "x": kept, "hoverinfo": "skip"} | drawn,
        {"type": "scatter", "mode": "lines", "hovertemplate": "%{customdata}<extra></extra>"} | words | mine,
    ]
    layout = {
        "template": template(look),
        "height": 300,
        "margin": {"l": 52, "r": 16, "t": 8, "b": 84},
        "xaxis": kept_axis(min(kept, default=DECADES[-1])) | {"automargin": False},
        "yaxis": {"range": [-0.03, 1.03], "tickformat": ".0%", "nticks": 6, "automargin": False},
        "showlegend": True,
        "legend": FOOT,
    }
    return go.Figure({"data": data, "layout": layout})


def _words(row: Any) -> str:
    counts = f"both {int(row.both):,}, only A {int(row.only_a):,}, only B {int(row.only_b):,}"
    chance = f"two random draws {row.expected:.1%}, 95% within {row.low:.1%} to {row.high:.1%}"
    return f"<b>{percent(float(f'{row.kept:.3g}'))} kept</b><br>Jaccard {row.jaccard:.1%}: {counts}<br>{chance}"


def matrix(
    alike: np.ndarray,
    titles: tuple[Sequence[str], Sequence[str]],
    *,
    look: Look | None = None,
    pair: tuple[int, int] | None = None,
) -> go.Figure:
    """Draw how alike each method of one list is to each of another; a click on a cell names its row and column.

    Parameters
    ----------
    alike
        (r, c) Jaccards; NaN where a method meets itself.
    titles
        Of the rows and of the columns.
    pair
        The row and the column that are outlined.
    """
    look = look or Look()
    rows, columns = titles
    pitch = max(17, min(56, 620 // max(len(rows), len(columns), 1)))
    top, across = len(rows) * pitch, len(columns) * pitch
    left, foot = (int(LETTER * max(map(len, names), default=0)) + 14 for names in titles)
    lines = {"showgrid": False, "automargin": False, "constrain": "domain"}
    names = {"tickfont": {"size": 12, "color": look.ink.text}, "ticklen": 4}
    layout = {
        "template": template(look),
        "height": top + foot + 8,
        "width": across + left + 90,
        "margin": {"l": left, "r": 90, "t": 8, "b": foot},
        "xaxis": lines | names | _ticks(columns) | {"range": [-EDGE, len(columns) - 1 + EDGE], "tickangle": -90},
        "yaxis": lines | names | _ticks(rows) | {"range": [len(rows) - 1 + EDGE, -EDGE]},
        "shapes": [] if pair is None else [_outline(pair, look)],
        "dragmode": False,
    }
    return go.Figure({"data": [_cells(alike, look, pitch), _buttons(alike, titles, pitch)], "layout": layout})


def _ticks(names: Sequence[str]) -> dict[str, Any]:
    return {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": list(names)}


def _outline(pair: tuple[int, int], look: Look) -> dict[str, Any]:
    row, column = pair
    line = {"color": look.ink.focus, "width": 3}
    return {"type": "rect", "line": line} | {
        "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5,
    }  # fmt: skip


def _cells(alike: np.ndarray, look: Look, pitch: int) -> dict[str, Any]:
    shown = [[None if np.isnan(value) else round(float(value), 4) for value in row] for row in alike]
    least = f"{look.ink.grid}"
    cells: dict[str, Any] = {
        "type": "heatmap",
        "z": shown,
        "zmin": 0,
        "zmax": max(0.05, float(np.nanmax(alike, initial=0.0))),
        "colorscale": [[0, least], [1, KEPT]],
        "xgap": 1,
        "ygap": 1,
        "hoverinfo": "skip",
        "colorbar": {"tickformat": ".0%", "thickness": 12, "outlinewidth": 0, "lenmode": "pixels", "len": 200}
        | {"y": 1, "yanchor": "top", "title": {"text": "Jaccard", "font": {"size": 13}}, "tickfont": {"size": 12}},
    }
    if max(alike.shape) <= NUMBERED:
        cells["text"] = [["" if value is None else f"{100 * value:.0f}%" for value in row] for row in shown]
        cells |= {"texttemplate": "%{text}", "textfont": {"size": 12 if pitch > 36 else 11}}
    return cells


def _buttons(alike: np.ndarray, titles: tuple[Sequence[str], Sequence[str]], pitch: int) -> dict[str, Any]:
    """What is clicked: plotly lets nobody select cells, so an unseen mark lies on each."""
    places = [(row, column) for row in range(alike.shape[0]) for column in range(alike.shape[1])]
    places = [place for place in places if not np.isnan(alike[place])]
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [column for _, column in places],
        "y": [row for row, _ in places],
        "marker": {"symbol": "square", "size": pitch, "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
        "customdata": [
            f"<b>{titles[0][row]}</b> and <b>{titles[1][column]}</b><br>Jaccard {alike[row, column]:.1%}"
            for row, column in places
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
