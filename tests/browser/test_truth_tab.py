"""The Truth tab of the Removed page in a real browser: its figures are those of the store, and follow every choice."""

import numpy as np
import pytest

from fdmat_core.analysis import detectors, issues
from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.ui import kept
from tests.browser.tiny import SPEC

PLOT = "document.querySelector('.st-key-{key} .js-plotly-plot')"
FIGURES = "rows => rows.map(row => [...row.querySelectorAll('b')].map(it => +it.textContent.replace(',', '')))"


@pytest.fixture
def truth(page, app, stored, monkeypatch):
    """The tab at 60% kept, by FDMat; this process reads the store that the app reads."""
    monkeypatch.setenv("FDMAT_HOME", str(stored))
    page.goto(f"{app}/removed?run={settings.checked(SPEC).key}&kept=0.6&method=fdmat")
    page.get_by_role("radio", name="Truth").click()
    page.wait_for_selector(".st-key-truth_alarms .js-plotly-plot .xtick", timeout=60_000)
    return page


def injected():
    return Run(SPEC).dataset().split("train").truth.bad


def tally(method, ratio):
    """What the table has to say: bad and clean by removed, kept and all."""
    bad, order = injected(), Run(SPEC).ranking(Choice(method)).order
    k = round((1 - ratio) * len(bad))
    gone, left = bad[order[k:]], bad[order[:k]]
    lines = [[int(part.sum()) for part in (gone, left, bad)], [int((~part).sum()) for part in (gone, left, bad)]]
    return [*lines, [len(gone), len(left), len(bad)]]


def wait_for_tally(page, figures):
    page.wait_for_function(
        f"want => String(({FIGURES})([...document.querySelectorAll('.tally tbody tr')])) === String(want)",
        arg=figures,
        timeout=8000,
    )


def test_the_table_follows_the_method_and_the_slider(truth):
    assert truth.eval_on_selector_all(".tally tbody tr", FIGURES) == tally("fdmat", 0.4)
    bad = tally("fdmat", 0.4)[0]
    assert bad[0] / bad[
        2
    ] > 0.9 and f"{100 * round(bad[0] / bad[2], 3):.4g}% of the injected noise is removed" in truth.inner_text("body")
    truth.get_by_role("radio", name="Moderate").click()
    wait_for_tally(truth, tally("moderate", 0.4))
    stops = kept.stops([*SPEC.fractions, 0.6], Run(SPEC).counts[0])
    lower = stops[stops.index(0.6) + 1]
    thumb = truth.get_by_role("slider")
    thumb.focus()
    thumb.press("ArrowRight")
    wait_for_tally(truth, tally("moderate", 1 - lower))
    truth.wait_for_url(f"**kept={lower:g}**")


def test_the_detectors_have_the_figures_that_their_scores_give(truth):
    frame = detectors.compare(Run(SPEC).detection, injected())
    shown = truth.eval_on_selector_all(
        ".detectors tbody tr", "rows => rows.map(row => [...row.cells].slice(1).map(it => it.textContent))"
    )
    want = [
        [f"{line.auroc:.3f}", f"{line.auprc:.3f}", *(f"{100 * round(share, 3):.4g}%" for share in line[4:])]
        for line in frame[["detector", "auroc", "auprc", *cuts(frame)]].itertuples()
    ]
    assert shown == want and frame["auroc"].iloc[0] > 0.95 and len(want) > 3
    best = truth.eval_on_selector_all(
        ".detectors tbody tr td:nth-child(2).best", "all => all.map(it => it.textContent)"
    )
    assert set(best) == {f"{frame['auroc'].max():.3f}"}


def cuts(frame):
    return [name for name in frame.columns if name.startswith("precision_at_")]


def test_the_charts_hold_what_is_in_the_store(truth):
    evidence, table, bad = Run(SPEC).evidence, Run(SPEC).tables[0], injected()
    alarms = issues.false_alarms(evidence.evidence["issue"][~bad], table.labels[~bad], table.classes)
    bars = truth.evaluate(f"{PLOT.format(key='truth_alarms')}.data[0].customdata.map(it => [...it])")
    assert sorted(bars) == sorted(alarms[["suspected", "items"]].to_numpy().tolist())
    assert sum(suspected for suspected, _ in bars) == np.sum(evidence.evidence["issue"][~bad] > 0) > 0
    for method, title in (("fdmat", "FDMat"), ("moderate", "Moderate")):
        line = f"{PLOT.format(key='truth_removals')}.data.find(it => it.name === '{title}')"
        x, y = truth.evaluate(f"(line => [[...line.x], [...line.y]])({line})")
        place = int(np.argmin(np.abs(np.array(x) - 0.4)))
        removed, _, whole = tally(method, x[place])[0]
        assert abs(x[place] - 0.4) < 0.02 and y[place] == pytest.approx(removed / whole, abs=0.01)
