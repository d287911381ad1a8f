"""The tables of the Truth tab: bad and clean by removed and kept, and how well every detector does."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fdmat_core.analysis import issues
from fdmat_core.figures import detection
from fdmat_core.figures.theme import Style
from fdmat_core.formats import portion

if TYPE_CHECKING:
    import pandas as pd

#: How the columns of the table of detectors are called, and what each says.
COLUMNS = {
    "auroc": ("AUROC", "How often a bad item is more suspicious than a clean one; at random 0.5."),
    "auprc": ("AUPRC", "Mean precision over all cuts; at random the share of bad items."),
    "precision_at_50": ("first 50", "Share of bad items among the 50 most suspicious."),
    "precision_at_100": ("first 100", "Share of bad items among the 100 most suspicious."),
    "precision_at_200": ("first 200", "Share of bad items among the 200 most suspicious."),
}


def two_by_two(tally: issues.Tally, word: str) -> str:
    """Bad and clean by removed and kept, as a table."""
    names = ("Noise", "Clean") if word == "injected" else ("Suspected", "Others")
    lines = [(tally.bad_removed, tally.bad_kept), (tally.clean_removed, tally.clean_kept)]
    body = "".join(_count_line(name, *line, kind) for name, line, kind in zip(names, lines, "bc", strict=True))
    body += _count_line("All", tally.bad_removed + tally.clean_removed, tally.bad_kept + tally.clean_kept, "a")
    head = "<tr><th></th><th scope=col>Removed</th><th scope=col>Kept</th><th scope=col>All</th></tr>"
    return f'<table class="tally {word}"><thead>{head}</thead><tbody>{body}</tbody></table>'


def _count_line(name: str, removed: int, kept: int, kind: str) -> str:
    whole = removed + kept
    cells = "".join(
        f"<td><b>{count:,}</b><i>{html.escape(portion(count / whole))}</i></td>" if whole else "<td><b>0</b></td>"
        for count in (removed, kept)
    )
    return f"<tr class={kind}><th scope=row>{name}</th>{cells}<td><b>{whole:,}</b></td></tr>"


def detectors(frame: pd.DataFrame) -> str:
    """How well each detector does, as a table that is the legend of its curve as well; the best of a column is bold."""
    shown = [name for name in COLUMNS if name in frame.columns]
    head = "".join(f'<th scope=col title="{COLUMNS[name][1]}">{COLUMNS[name][0]}</th>' for name in shown)
    best = {name: frame[name].max() for name in shown}
    body = "".join(_detector_line(line, shown, best) for line in frame.to_dict("records"))
    return f'<table class="detectors"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>'


def _detector_line(line: Mapping[Any, Any], shown: Sequence[str], best: Mapping[str, float]) -> str:
    style = detection.style(line["detector"])
    cells = "".join(
        f"<td{' class=best' if line[name] >= best[name] else ''}>{_figure(line[name], name)}</td>" for name in shown
    )
    return f"<tr><th scope=row>{_swatch(style)}{html.escape(style.title)}</th>{cells}</tr>"


def _figure(value: float, name: str) -> str:
    return f"{value:.3f}" if name.startswith("au") else html.escape(portion(value))


def _swatch(style: Style) -> str:
    return f'<i style="background:{detection.swatch(style)}"></i>'
