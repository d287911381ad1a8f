"""The Compare page in a real browser, on a small stored run: two maps, one slider, one camera, one pointer."""

import re

import numpy as np
import pytest

from fdmat_core.analysis import agreement
from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from tests.browser import driving
from tests.browser.driving import place_of
from tests.browser.tiny import SPEC

FDMAT, RANDOM, MODERATE = SPEC.methods


@pytest.fixture
def on_pair(page, app, stored, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(stored))  # this process reads the store that the app reads
    page.goto(f"{app}/compare?run={settings.checked(SPEC).key}&kept=0.5&a=fdmat&b=moderate")
    page.wait_for_function(f"{driving.PAIR}?.panes[1].frames > 0 && {driving.PAIR}.agreement.n > 0", timeout=120_000)
    page.wait_for_selector(".cards img", timeout=60_000)
    return page


def look(page, expression):
    """A value of the comparison: `look(page, "panes[1].k")`."""
    return page.evaluate(f"(() => {{ const pair = {driving.PAIR}; return pair.{expression} }})()")


def only(kept):
    """What only one side keeps, as Python sets of rows, and the share of agreement."""
    cuts = [Run(SPEC).rankings(method).cut(kept) for method in (FDMAT, MODERATE)]
    a, b = (set(cut.rows.tolist()) for cut in cuts)
    return (a - b, b - a), agreement.overlap(*cuts).jaccard


def drag_to(page, place):
    box = page.locator("input.kept-slider").bounding_box()
    at = [box["x"] + 16 + share * (box["width"] - 32) for share in (look(page, "panes[0].slider.place"), place)]
    page.mouse.move(at[0], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(at[1], box["y"] + box["height"] / 2, steps=6)


def test_what_is_kept_is_written_in_the_blue_of_the_dots_on_dark_ground(on_pair):
    on_pair.emulate_media(color_scheme="dark")
    on_pair.reload()
    on_pair.wait_for_function(f"{driving.PAIR}?.panes[1].frames > 0", timeout=60_000)
    pixel, ground = look(on_pair, "panes[1].colours.kept"), look(on_pair, "panes[1].colours.ground")
    dots, under = ([colour >> at & 255 for at in (0, 8, 16)] for colour in (pixel, ground))
    for part in (".count .kept", ".pane .only"):
        kind = ("::before", "backgroundColor") if "only" in part else ("", "color")
        said = on_pair.evaluate(
            "([part, [kind, name]]) => " + driving.HOSTS + ".map(it => it.shadowRoot?.querySelector(part))"
            ".filter(it => it).map(it => getComputedStyle(it, kind || null)[name])[0]",
            [part, kind],
        )
        assert [int(one) for one in re.findall(r"\d+", said)] == dots
    assert sum(under) < 150 and contrast(dots, under) >= 4.5


def contrast(one, other):
    """By the rule of WCAG, of two colours as red, green and blue to 255."""
    shares = [np.array(colour) / 255 for colour in (one, other)]
    linear = [np.where(share <= 0.03928, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) for share in shares]
    low, high = sorted(float(part @ [0.2126, 0.7152, 0.0722]) for part in linear)
    return (high + 0.05) / (low + 0.05)


def test_a_drag_moves_both_maps_and_outlines_the_set_difference(on_pair):
    drag_to(on_pair, place_of(0.1))
    wanted, jaccard = only(0.1)
    for place, rows in enumerate(wanted):  # the thumb is still held: no round trip
        outlined = look(on_pair, f"panes[{place}].outlined.reduce((rows, one, row) => one ? [...rows, row] : rows, [])")
        assert set(outlined) == rows
        assert on_pair.locator(".pane .only").nth(place).inner_text() == f"{len(rows)} only here"
    assert f"Jaccard {100 * jaccard:.1f}%" in on_pair.locator(".agree").inner_text()
    on_pair.mouse.up()
    on_pair.wait_for_url(re.compile("kept=0.1"))
    ids, ranking = Run(SPEC).tables[0].ids, Run(SPEC).ranking(FDMAT)
    first = [int(ids[row]) for row in ranking.order[: round(0.1 * len(ids))] if row in wanted[0]][:10]
    on_pair.wait_for_function(
        "want => String([...document.querySelectorAll('.st-key-only-A figure')].map(it => +it.dataset.item)) == want",
        arg=",".join(map(str, first)),
    )


def test_camera_and_pointer_are_one(on_pair):
    box = on_pair.locator("canvas.points").first.bounding_box()
    on_pair.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    on_pair.mouse.wheel(0, -400)
    on_pair.wait_for_function(f"{driving.PAIR}.panes[1].camera.zoom > 1.5 && !{driving.PAIR}.panes[0].moving")
    camera, row = look(on_pair, "panes[1].camera"), 7
    assert camera == look(on_pair, "panes[0].camera")
    xy = look(on_pair, f"panes[0].points.xy.slice({2 * row}, {2 * row + 2}).join()").split(",")
    other = on_pair.locator("canvas.points").nth(1).bounding_box()
    assert (other["width"], other["height"]) == (box["width"], box["height"])
    on_pair.keyboard.press("0")
    on_pair.wait_for_function(f"!{driving.PAIR}.panes[0].frame")
    camera = look(on_pair, "panes[0].camera")
    x = other["x"] + other["width"] / 2 + (float(xy[0]) - camera["x"]) * camera["scale"]
    y = other["y"] + other["height"] / 2 - (float(xy[1]) - camera["y"]) * camera["scale"]
    on_pair.mouse.move(x, y)
    on_pair.wait_for_function(f"{driving.PAIR}.panes[1].hover >= 0")
    hover = look(on_pair, "panes[1].hover")
    assert look(on_pair, "panes[0].hover") == hover
    cards = on_pair.locator(".pane .card")
    assert cards.nth(0).is_visible() and cards.nth(1).is_visible()
    on_pair.wait_for_timeout(100)
    for place, method in enumerate((FDMAT, MODERATE)):
        rank = int(np.flatnonzero(Run(SPEC).ranking(method).order == hover)[0]) + 1
        assert f"rank {rank:,} of" in cards.nth(place).inner_text()


def test_a_click_in_the_matrix_opens_the_pair(on_pair):
    plot = on_pair.locator(".st-key-matrix .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    on_pair.wait_for_timeout(500)
    named = {str(method): its for method, its in Run(SPEC).ranked.items()}
    order = [list(named)[place] for place in agreement.chain(agreement.matrix(named, named, 0.5))]
    row, column = order.index("random"), order.index("fdmat")
    spot = plot.evaluate(
        "(plot, at) => { const { xaxis, yaxis } = plot._fullLayout;"
        " return [xaxis._offset + xaxis.l2p(at[0]), yaxis._offset + yaxis.l2p(at[1])] }",
        [column, row],
    )
    plot.click(position={"x": spot[0], "y": spot[1]})
    on_pair.wait_for_url(re.compile("a=random&b=fdmat"))
    on_pair.wait_for_function(f"{driving.PAIR}.panes[0].points.method === 'Random'")
    assert on_pair.locator(".pane .title").all_inner_texts() == ["Random", "FDMat"]


def test_keys_change_b_swap_and_take_the_outlines_off(on_pair):
    on_pair.keyboard.press("2")
    on_pair.wait_for_url(re.compile("b=random"))
    on_pair.wait_for_function(f"{driving.PAIR}.panes[1].points.method === 'Random'")
    on_pair.keyboard.press("x")
    on_pair.wait_for_url(re.compile("a=random&b=fdmat"))
    on_pair.keyboard.press("r")
    assert look(on_pair, "panes[0].outlined") is None
    on_pair.keyboard.press("Home")
    assert on_pair.locator(".count .kept").inner_text().startswith("kept 1,")
    on_pair.keyboard.press("?")
    assert "swap A and B" in on_pair.locator(".keys").inner_text()


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720)])
def test_maps_and_galleries_are_on_one_screen(on_pair, width, height):
    on_pair.set_viewport_size({"width": width, "height": height})
    on_pair.wait_for_timeout(600)
    ends = on_pair.evaluate(
        "['A', 'B'].map(it => document.querySelector(`.st-key-only-${it} .cards`).getBoundingClientRect().bottom)"
    )
    assert height - 60 < ends[0] == ends[1] <= height
    assert on_pair.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('[data-testid=stMain]'))") == 0
