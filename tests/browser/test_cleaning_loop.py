"""The loop as people click it: suspects relabelled in bulk, decisions applied, trained again, and what that brought."""

import re
import shutil
import time

import numpy as np
import pytest

from fdmat_core.runs import applying, decisions, jobs, settings
from fdmat_core.runs.run import Run
from tests.browser import driving
from tests.browser.driving import GRID, open_grid
from tests.browser.tiny import SPEC

KEY = settings.checked(SPEC).key
#: Seconds of a person: from opening the page to the press that starts the training.
PERSON = 120
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture
def own_app(stored, tmp_path, monkeypatch):
    """An app on a copy of the store, which this process reads, too: the run that is made here is nobody else's."""
    home = tmp_path / "loop"
    shutil.copytree(stored, home, ignore=shutil.ignore_patterns("decisions.*", "sets", "views", "backups"))
    monkeypatch.setenv("FDMAT_HOME", str(home))
    with driving.server(driving.ROOT / "app.py", {"FDMAT_HOME": str(home)}) as address:
        yield address
        for key in applying.made_from(Run(SPEC)):
            jobs.cancel(key)


def tab(page, name):
    page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True).click()
    page.wait_for_selector(AT_REST)


def on_all(run):
    """The accuracy of a probe on all items, mean over the seeds; None until it is measured."""
    found = run.curve()
    found = found[(found["method"] == "random") & (found["kept"] == 1) & (found["measure"] == "linear_probe")]
    return found["value"].mean() if len(found) == run.spec.seeds else None


def taken_along(page, folder):
    """The cleaned list as the button gives it, and the code beside it as it is shown."""
    tab(page, "Decisions")
    with page.expect_download() as started:
        page.get_by_role("button", name=re.compile("^Cleaned list")).click()
    file = started.value.suggested_filename
    started.value.save_as(folder / file)
    page.get_by_text("Train on a list").click()
    page.get_by_role("radio", name=file).click()
    code = page.locator("[data-testid=stCode] code")
    code.filter(has_text=file).wait_for()
    return file, code.filter(has_text=file).inner_text()


def trained(names, data):
    """The share of test items that a linear layer gets right after ten passes over the loader of a snippet."""
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(len(data.classes)))
    steps = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(10):
        for x, y in names["train"]:
            steps.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            steps.step()
    test = data.split("test")
    x = torch.from_numpy(test.images_of(test.ids)).permute(0, 3, 1, 2) / 255
    return float((model(x).argmax(dim=1).numpy() == test.labels).mean())


def test_suspects_are_relabelled_applied_trained_on_again_and_the_list_trains_as_shown(
    page, own_app, tmp_path, monkeypatch
):
    run, began = Run(SPEC), time.monotonic()
    open_grid(page, f"{own_app}/removed?run={KEY}&kept=0.5&method=fdmat")
    page.click(".issues [data-value='suspected mislabelled']")
    suspects = page.evaluate(f"Array.from({GRID}.sifted.list, row => Number({GRID}.items.ids[row]))")
    page.keyboard.press("Control+a")
    page.locator(".card button.relabel").click()
    page.wait_for_function(f"{GRID}.decided.size === {len(suspects)} && !{GRID}.outbox.length")
    said = decisions.current(run.dataset_key)
    assert len(suspects) > 50 and sorted(said["item"]) == sorted(suspects) and set(said["decision"]) == {"relabel"}

    tab(page, "Clean")
    page.get_by_text(f"0 items go, {len(suspects)} get another label").wait_for()
    page.get_by_role("button", name="Apply decisions").click()
    page.get_by_role("heading", name="Before and after").wait_for(timeout=20_000)
    assert time.monotonic() - began < PERSON
    (spec,) = applying.made_from(run).values()
    page.locator("[data-testid=stDataFrame]").first.wait_for(timeout=240_000)
    after = Run(spec)
    until = time.monotonic() + 120
    while on_all(after) is None and time.monotonic() < until:
        time.sleep(0.5)
    assert on_all(after) > on_all(run) + 0.005
    truth, clean = run.dataset().split("train").truth, after.dataset().split("train").truth
    assert clean.mislabelled.sum() < 0.4 * truth.mislabelled.sum()
    left = f"injected errors are undone, {clean.mislabelled.sum():,} are left"
    page.get_by_text(re.compile(left)).wait_for(timeout=60_000)

    monkeypatch.chdir(tmp_path)
    file, code = taken_along(page, tmp_path)
    names = {}
    exec(code, names)
    assert (tmp_path / file).exists() and set(suspects) <= set(names["ids"])
    right = dict(zip(said["item"], said["label"], strict=True))
    data = run.dataset()
    assert all(
        data.classes[label] == right[item]
        for item, label in zip(names["ids"], names["targets"], strict=True)
        if item in right
    )
    assert trained(names, data) > 0.85 and np.unique(names["targets"]).size == 10
