"""What is measured at the slider: the verdict over the map, and the numbers beside it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from pages.map.numbers import numbers
from pages.shell import state
from pages.ui import caveats

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from pages.map.scene import Scene


def show(view: Scene, verdict: DeltaGenerator, beside: DeltaGenerator) -> None:
    """The verdict and the numbers at the slider; while the run goes on they fill up without it."""
    kept = state.kept()
    verdict.html(f'<p class="verdict">{html.escape(view.verdict(kept))}</p>')
    with beside:
        numbers(view.numbers(kept))
        here = view.run, view.method, view.rankings, kept
        caveats.show([caveats.damage(*here)], [caveats.of_others(*here), *view.caveats(kept)])
