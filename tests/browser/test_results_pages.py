"""The pages of results in a real browser: the line stands where the share kept is, and moves without a new chart."""

import pandas as pd
import pytest

from fdmat_core import curves as curves_of
from fdmat_core import registry
from fdmat_core.analysis import per_class, summary
from fdmat_core.figures import tables
from fdmat_core.figures.theme import Look
from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import FRACTIONS
from pages.ui import kept
from tests.browser.tiny import SPEC

LINE = "parseFloat(getComputedStyle(document.querySelector('.st-key-lined-{key}'), '::after').left)"
PLOT = "document.querySelector('.st-key-lined-{key} .js-plotly-plot')"
AXIS = "(plot => plot._fullLayout.xaxis._offset + plot._fullLayout.xaxis.l2p(Math.log10({share})))(" + PLOT + ")"


@pytest.fixture
def store(stored, monkeypatch):
    """This process reads the store that the app reads."""
    monkeypatch.setenv("FDMAT_HOME", str(stored))


@pytest.fixture
def curves(page, app, store):
    page.goto(f"{app}/curves?run={settings.checked(SPEC).key}&kept=0.5&method=fdmat")
    for key in ("left", "right", "rhos"):
        page.wait_for_selector(f".st-key-lined-{key} .js-plotly-plot .xtick", timeout=60_000)
    return page


def wait_for_line(page, key, share):
    wanted = page.evaluate(AXIS.format(key=key, share=share))
    page.wait_for_function(f"Math.abs({LINE.format(key=key)} - {wanted}) < 2", timeout=8000)


def test_the_line_stands_at_the_share_kept_and_moves_while_the_charts_stay(curves):
    for key in ("left", "right", "rhos"):
        wait_for_line(curves, key, 0.5)
        curves.evaluate(f"{PLOT.format(key=key)}.dataset.seen = 'before'")
    thumb = curves.get_by_role("slider")
    thumb.focus()
    thumb.press("ArrowRight")
    stops = kept.stops({*SPEC.fractions, 0.5}, Run(SPEC).counts[0])
    share = stops[stops.index(0.5) + 1]
    curves.wait_for_url(f"**kept={share:g}**")
    for key in ("left", "right", "rhos"):
        wait_for_line(curves, key, share)
        assert curves.evaluate(f"{PLOT.format(key=key)}.dataset.seen") == "before"


def test_the_first_part_fits_a_low_screen_and_links_lead_to_the_others(curves):
    curves.set_viewport_size({"width": 1280, "height": 720})
    curves.reload()  # the second time the charts come from the cache
    curves.wait_for_selector(".st-key-lined-right .js-plotly-plot .xtick", timeout=60_000)
    box = "document.querySelector('.st-key-part-left').getBoundingClientRect()"
    curves.wait_for_function(f"{box}.width < 1280 && {box}.bottom <= 720", timeout=30_000)
    assert curves.evaluate(f"{box}.top") > 0
    for name, anchor in (("Does closer train better?", "closer"), ("Distance", "distance"), ("Accuracy", "accuracy")):
        curves.get_by_role("navigation", name="Parts of this page").get_by_role("link", name=name).press("Enter")
        bar = curves.locator(".parts").bounding_box()
        top = f"document.getElementById('{anchor}').getBoundingClientRect().top"
        curves.wait_for_function(f"{top} >= {bar['y'] + bar['height']} && {top} < 250", timeout=30_000)


def test_the_charts_hold_the_points_of_the_store(curves):
    table = summary.by_size(Run(SPEC).curve(), "sliced_wasserstein")
    mine = table[(table["method"] == "moderate") & (table["kept"] < 1)]
    plot = PLOT.format(key="right")
    drawn = curves.evaluate(f"[...{plot}.data.find(trace => trace.name === 'Moderate').y]")
    assert drawn[-len(mine) :] == pytest.approx(mine["mean"].tolist())
    assert curves.locator(".st-key-lined-left .js-plotly-plot .annotation").count() >= 4


def test_resting_on_a_point_tells_its_numbers(curves):
    plot = curves.locator(".st-key-lined-left .js-plotly-plot")
    spot = curves.evaluate(
        f"(plot => {{ const trace = plot.data.find(one => one.name === 'FDMat'), {{ xaxis, yaxis }} = plot._fullLayout;"
        " return [xaxis._offset + xaxis.l2p(Math.log10(trace.x[2])), yaxis._offset + yaxis.l2p(trace.y[2])] })"
        f"({PLOT.format(key='left')})"
    )
    plot.hover(position={"x": spot[0], "y": spot[1]})
    curves.wait_for_function("document.querySelector('.hovertext')?.textContent.includes('2 seeds')", timeout=8000)


@pytest.mark.parametrize("place", ["curves", "balance"])
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_nothing_is_wider_than_the_screen_and_no_label_is_cut(page, app, store, place, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{app}/{place}?run={settings.checked(SPEC).key}&kept=0.1")
    page.wait_for_selector(".js-plotly-plot .xtick", timeout=60_000)
    page.wait_for_timeout(1500)
    assert page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('[data-testid=stMain]'))") == 0
    cut = """[...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
      const frame = plot.getBoundingClientRect()
      return [...plot.querySelectorAll('.xtick text, .ytick text, .annotation text')].filter(text => {
        const box = text.getBoundingClientRect()
        return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
      }).map(text => text.textContent) })"""
    assert page.evaluate(cut) == []


def wide_table():
    """A table of the size of the sample run's: twelve sizes, eight methods, wide cells."""
    names = settings.METHODS
    rows = [
        (name, kept, round(8000 * kept), seed, "linear_probe", 0.1 + 0.25 * (seed % 2) + 0.01 * place)
        for place, name in enumerate(names)
        for kept in FRACTIONS
        for seed in range(10)
    ]
    table = summary.by_size(pd.DataFrame(rows, columns=curves_of.COLUMNS), "linear_probe")
    look = Look(measures={"linear_probe": registry.measures.get("linear_probe").facts})
    return tables.wide(table, "linear_probe", names, look=look, kept=0.05)


@pytest.mark.parametrize(("width", "fits"), [(1920, True), (1100, False)])
def test_a_table_of_twelve_sizes_fits_at_1920_and_scrolls_under_a_bar_where_it_does_not(page, app, store, width, fits):
    page.set_viewport_size({"width": width, "height": 1080})
    page.goto(f"{app}/curves?run={settings.checked(SPEC).key}&kept=0.1")
    page.get_by_text("Tables and downloads").click(timeout=60_000)
    page.wait_for_selector(".grid td")
    fill = """(grid, html) => { grid.innerHTML = html.match(/<table.*<\\/table>/s)[0]
      return [grid.scrollWidth, grid.clientWidth, getComputedStyle(grid, '::-webkit-scrollbar').height] }"""
    wanted, there, bar = page.locator(".grid").first.evaluate(fill, wide_table())
    assert (wanted <= there) is fits and bar == "10px", (wanted, there, bar)


def test_the_class_balance_page_names_the_share_of_the_store(page, app, store):
    page.goto(f"{app}/balance?run={settings.checked(SPEC).key}&kept=0.1&method=moderate")
    page.wait_for_selector("h3", timeout=60_000)
    table, ranking = Run(SPEC).tables[0], Run(SPEC).ranking(SPEC.methods[2])
    k = round(0.1 * table.n)
    sizes, kept = per_class.counts(table.labels, table.c, ranking.order[:k])
    page.get_by_role("heading", name=f"Kept {k:,} of {table.n:,}").wait_for(timeout=30_000)
    page.get_by_text("Kept share of each class").click()
    page.wait_for_selector(".grid td")
    row = page.locator(".grid tbody tr").first.inner_text().split()
    assert row[:2] == ["0", str(sizes[0])] and str(kept[0]) in row
