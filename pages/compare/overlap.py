"""How far the two agree at every share kept, and how far all methods do at this one."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core import registry
from fdmat_core.analysis import agreement
from fdmat_core.figures import agreement as figures
from fdmat_core.figures import tables
from fdmat_core.figures.theme import Look
from fdmat_core.formats import percent
from fdmat_core.spec import Choice
from pages.compare.pair import Pair
from pages.shell import caches, frame, state
from pages.ui import head, toolbar

if TYPE_CHECKING:
    import pandas as pd

MATRIX = "matrix"


def curve(pair: Pair, table: pd.DataFrame) -> None:
    """The chart of the Jaccard, with a line that follows the slider without being sent."""
    look = Look(frame.dark())
    st.markdown("**Agreement by share kept** :small[:gray[Jaccard: kept by both, of what either keeps]]")
    with st.container(key="curves"):
        figure = caches.once(table, "agreement", look.dark, make=lambda found: figures.curve(found, look=look))
        st.html(f"<style>{toolbar.line(figure, pair.least)}</style>")
        alt = "Jaccard of A and B by share kept, beside that of two random draws"
        st.plotly_chart(figure, theme=None, config=head.CONFIG, key="agreement", alt=alt)


def matrix(pair: Pair, kept: float) -> None:
    """All methods at this share, by how alike their coresets are; a click opens the pair."""
    rows, columns = pair.sets()
    names = list(rows), list(columns)
    alike = agreement.matrix(_named(rows), _named(columns), kept)
    if not pair.two_runs:
        order = agreement.chain(alike)
        names = [names[0][place] for place in order], [names[0][place] for place in order]
        alike = agreement.without_self(alike[order][:, order])
    titles = _titles(names[0]), _titles(names[1])
    where = names[0].index(pair.a.method), names[1].index(pair.b.method)
    cut = pair.a.rankings.cut(kept)
    expected = agreement.chance(cut.n, cut.k, cut.k).expected
    many = f"{len(names[0])} methods" if not pair.two_runs else f"{len(names[0])} methods of A's run down, B's across"
    st.markdown(
        f"**All pairs at {percent(float(f'{kept:.3g}'))} kept** :small[:gray[Jaccard of {many}; two random draws "
        f"{percent(float(f'{expected:.2g}'))}; a click opens the pair]]"
    )
    figure = figures.matrix(alike, titles, look=Look(frame.dark()), pair=where)
    config = {"displayModeBar": False}
    st.plotly_chart(
        figure, theme=None, config=config, key=MATRIX, width="content", selection_mode="points",
        on_select=lambda: _opened(names), alt=f"Jaccard of each of {len(titles[0])} methods with each",
    )  # fmt: skip


def widths(pair: Pair) -> list[int]:
    """How wide the matrix is beside the list of what is most like A."""
    return [9, 3] if max(len(side.run.ranked) for side in (pair.a, pair.b)) > figures.NUMBERED else [7, 5]


def _opened(names: tuple[Sequence[Choice], Sequence[Choice]]) -> None:
    """A cell was clicked: its row is A, its column B."""
    picked: Any = st.session_state[MATRIX]["selection"]["points"]
    if picked:
        row, column = int(picked[0]["y"]), int(picked[0]["x"])
        state.choose(a=names[0][row], b=names[1][column])
        st.session_state["opened"] = True


def opened() -> bool:
    """Whether a pair was just opened, so that the whole page is to follow."""
    return st.session_state.pop("opened", False)


def nearest(pair: Pair, kept: float) -> None:
    """The methods of B's run by how alike they are to A: the row of the matrix, to read."""
    rows, columns = pair.sets()
    mine = {pair.a.method: rows[pair.a.method]}
    others = {method: its for method, its in columns.items() if pair.two_runs or method != pair.a.method}
    alike = agreement.matrix(_named(mine), _named(others), kept)[0]
    found = sorted(zip(_titles(list(others)), alike.tolist(), strict=True), key=lambda one: -one[1])
    st.markdown(f"**Most like A, {pair.a.name}**")
    cells = [[f"<th>{html.escape(title)}</th>", tables.cell(f"{value:.1%}")] for title, value in found]
    st.html(f'<div class="nearest">{tables.grid(["", "Jaccard"], cells)}</div>')


def downloads(pair: Pair, table: pd.DataFrame) -> None:
    """The curve of agreement, to take away."""
    with st.expander("Table and download", icon=":material/table:", key="tables", on_change="rerun") as more:
        if more.open:
            st.dataframe(table, hide_index=True, height=320)
            name = f"agreement-{pair.a.run.key}.csv"
            icon = ":material/download:"
            st.download_button("Agreement (CSV)", lambda: table.to_csv(index=False), name, "text/csv", icon=icon)


def _named(rankings: Any) -> dict[str, Any]:
    return {str(method): its for method, its in rankings.items()}


def _titles(methods: Sequence[Choice]) -> list[str]:
    return [registry.methods.title(method) for method in methods]
