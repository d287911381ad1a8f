"""The report from disk, with the network off: what its slider keeps is what Python keeps, and pictures come out."""

import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from tests.browser import driving, reports
from tests.browser.driving import place_of
from tests.browser.reports import STATE
from tests.browser.tiny import SPEC

KEY = settings.checked(SPEC).key


@pytest.fixture(scope="module")
def file(stored, tmp_path_factory):
    """A report of the tiny run, by the command."""
    out = tmp_path_factory.mktemp("report") / "report.html"
    command = [sys.executable, "-m", "fdmat_core", "report", KEY, "--out", str(out)]
    subprocess.run(command, cwd=driving.ROOT, env=os.environ | {"FDMAT_HOME": str(stored)}, check=True)
    return out


@pytest.fixture(params=["light", "dark"])
def on_report(request, chromium, file, stored, monkeypatch):
    """The report on a machine without a network; it fails if anything but the file is asked for, or complains."""
    monkeypatch.setenv("FDMAT_HOME", str(stored))
    asked, said = [], []
    screen = {"width": 1280, "height": 720}
    with chromium.new_context(offline=True, viewport=screen, color_scheme=request.param) as context:
        page = context.new_page()
        page.on("request", lambda one: asked.append(one.url))
        page.on("console", lambda one: said.append(one.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        reports.opened(page, file)
        yield page
    assert [url[:60] for url in asked if not url.startswith(("data:", "blob:"))] == [file.as_uri()[:60]]
    assert said == []


def test_the_slider_keeps_what_python_keeps_by_every_method(on_report):
    run = Run(SPEC)
    assert on_report.evaluate(f"{STATE}.slider.kept") == 0.05
    for number, method in enumerate(run.ranked):
        on_report.locator("input[name=method]").nth(number).check(force=True)
        for kept in (0.5, 0.05):
            reports.slide_to(on_report, place_of(kept))
            coreset = run.rankings(method).cut(kept)
            assert reports.kept_ids(on_report) == np.sort(coreset.ids).tolist()
            assert f"kept {coreset.k:,} of {coreset.n:,}" in on_report.locator("p.count").inner_text()
    points = run.curve()
    mine = points[
        (points["method"] == str(list(run.ranked)[-1]))
        & (points["measure"] == "linear_probe")
        & (points["kept"] == 0.05)
    ]
    told = on_report.locator("dd[data-readings]").first.inner_text()
    assert told.startswith(f"{100 * mine['value'].mean():.1f}%") and told.endswith("at 5% kept")


def test_cards_and_lines_follow_the_slider_and_the_pointer_finds_an_item(on_report):
    run = Run(SPEC)
    figure = on_report.locator("figure[data-item]").last
    item = int(figure.get_attribute("data-item"))
    rank = run.rankings(SPEC.methods[0]).nested.order.tolist().index(run.tables[0].ids.tolist().index(item))
    mark = on_report.locator(".curves .mark").first
    assert mark.get_attribute("transform") == "translate(0.0 0)" and "stays" not in (
        figure.get_attribute("class") or ""
    )
    reports.slide_to(on_report, 0)
    assert "stays" in figure.get_attribute("class")
    unit = float(on_report.locator(".curves svg[data-unit]").first.get_attribute("data-unit"))
    assert mark.get_attribute("transform") == f"translate({unit * np.log10(0.05):.1f} 0)"
    reports.slide_to(on_report, place_of((rank + 0.4) / run.tables[0].n))
    assert "stays" not in figure.get_attribute("class")
    figure.hover()
    assert on_report.evaluate(f"String({STATE}.points.ids[{STATE}.hover])") == str(item)
    on_report.wait_for_timeout(150)
    shown, source = on_report.evaluate(
        f"[{STATE}.elements.card.querySelector('img')].map(it => [it.hidden, it.src])[0]"
    )
    assert not shown and source == figure.locator("img").get_attribute("src")


def test_the_map_is_saved_twice_as_sharp_under_a_name_that_says_what_it_is(on_report):
    reports.slide_to(on_report, place_of(0.1))
    width, height = on_report.evaluate(f"[{STATE}.stage.width, {STATE}.stage.height]")
    with on_report.expect_download() as saved:
        on_report.get_by_role("button", name="PNG").click()
    assert saved.value.suggested_filename == "digits_symmetric-10pct_fdmat_10pct_map.png"
    image = Image.open(io.BytesIO(saved.value.path().read_bytes())).convert("RGB")
    assert image.size == (2 * width, 2 * (height + 58 + 34))
    pixel = on_report.evaluate(f"{STATE}.layer.bright[0]")  # what is kept is brighter on dark
    rgb = pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255
    kept = (np.asarray(image) == rgb).all(axis=2)
    assert kept[116:-68].sum() > 2000 and kept[-68:].sum() > 50  # dots on the map, and one in the legend
    with on_report.expect_download() as saved:
        on_report.get_by_role("button", name="SVG").click()
    assert saved.value.suggested_filename == "digits_symmetric-10pct_fdmat_10pct_map.svg"
    drawn = saved.value.path().read_text()
    coreset = Run(SPEC).rankings(SPEC.methods[0]).cut(0.1)
    assert len(re.findall(rf'<circle cx="\d+\.\d" [^>]*fill="#{bytes(rgb).hex()}"', drawn)) == coreset.k
    assert f">FDMat: kept {coreset.k} of {coreset.n:,} (" in drawn and "not Wasserstein distances" in drawn


def test_a_saved_map_has_the_names_where_the_screen_has_them(on_report):
    shown = on_report.locator(".names figure:not([hidden])")
    names = shown.all_inner_texts()
    assert len(names) >= 8 and set(names) <= set("0123456789")
    stage = on_report.locator(".stage").bounding_box()
    wanted = [
        (box["x"] - stage["x"] + box["width"] / 2, 58 + box["y"] - stage["y"] + box["height"] / 2)
        for box in (shown.nth(number).bounding_box() for number in range(len(names)))
    ]
    with_names, text = saved_both(on_report)
    drawn = re.findall(r'<g class="name".*?<text x="([\d.]+)" y="([\d.]+)".*?>([^<]+)</text></g>', text)
    assert [name for _, _, name in drawn] == names
    assert np.allclose([[float(x), float(y)] for x, y, _ in drawn], wanted, atol=1.5)
    on_report.locator("canvas.points").focus()
    on_report.keyboard.press("n")
    without, text = saved_both(on_report)
    assert 'class="name"' not in text
    differs = (with_names != without).any(axis=2)
    for x, y in wanted:
        assert differs[round(2 * y) - 16 : round(2 * y) + 16, round(2 * x) - 12 : round(2 * x) + 12].mean() > 0.1
    assert not differs[:116].any()


def saved_both(page):
    """The map as it stands, as pixels of its PNG and as the text of its SVG."""
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    image = np.asarray(Image.open(io.BytesIO(saved.value.path().read_bytes())).convert("RGB"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    return image, saved.value.path().read_text()


def test_it_prints_on_a4_in_the_colours_of_paper(on_report):
    body = on_report.pdf(prefer_css_page_size=True, print_background=True)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", body)
    assert [round(float(side)) for side in box.groups()] == [595, 842]
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", body)) <= 20
    on_report.emulate_media(media="print")
    ground = on_report.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
