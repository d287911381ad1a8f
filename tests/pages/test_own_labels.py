"""Labels that somebody names after the path: what needs labels comes with them and goes with them, hands apart."""

import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fdmat_core.runs import settings
from pages.shell import places
from tests.pages.conftest import button


def table(folder):
    """A table whose labels stand in a column of no usual name, so that it counts as unlabelled until that is named."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(40), "b": rng.random(40), "diagnosis": ["benign", "malignant"] * 20})
    frame.to_csv(folder / "cancer.csv", index=False)
    return folder / "cancer.csv"


def pictures(folder):
    """A list of images with labels likewise."""
    for number in range(24):
        pixels = np.random.default_rng(number).integers(0, 255, (8, 8)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    frame = pd.DataFrame({"path": [f"{number}.png" for number in range(24)], "kind": ["x", "y"] * 12})
    frame.to_csv(folder / "list.csv", index=False)
    return folder / "list.csv"


@pytest.fixture
def opened(visit):
    """The Data page with a path."""

    def open_path(path):
        app = visit(places.DATA)
        return app.get_by_key("own_path").set_value(str(path)).run()

    return open_path


def field(app, name):
    """The field of this name; its key goes on counting when it starts again."""
    (found,) = [one for one in (*app.pills, *app.selectbox) if re.fullmatch(rf"{name}(\.\d+)+", one.key)]
    return found


def to_runs(app):
    """The Runs page, by the button, and to stay there."""
    button(app, "Prepare a run with this").click().run()
    return app.switch_page("../../" + str(places.RUNS.relative_to(places.ROOT))).run()


def label(app, name, dataset="arrays"):
    """Name the column of labels."""
    return app.get_by_key(f"dataset.1.{dataset}.label").set_value(name).run()


def chosen(app):
    """The methods and measures that are lit."""
    return {name for group in app.pills if group.key.startswith(("methods.", "measures.")) for name in group.value}


def submitted(app, queue):
    button(app, "Start").click().run()
    assert not app.exception
    return queue.asked[-1][1]


NEED = {"el2n", "class_balance", "linear_probe"}


def test_what_needs_labels_comes_back_once_they_are_named(opened, queue, tmp_path):
    app = label(opened(table(tmp_path)), "diagnosis")
    to_runs(app)
    assert chosen(app) >= NEED
    spec = submitted(app, queue)
    assert spec.methods == settings.SAMPLE.methods and spec.measures == settings.SAMPLE.measures


def test_what_was_chosen_by_hand_stays_as_it_is(opened, queue, tmp_path):
    app = opened(table(tmp_path))
    to_runs(app)
    before = chosen(app)
    assert not before & NEED
    measures = [name for name in field(app, "measures").value if name != "coverage"]
    field(app, "measures").set_value([*measures, "mmd"]).run()
    label(app, "diagnosis")
    assert chosen(app) == before - {"coverage"} | {"mmd"} | NEED
    field(app, "measures").set_value([*measures, "mmd", "class_balance"]).run()  # the probe is not wanted
    label(app, "none")
    assert chosen(app) == before - {"coverage"} | {"mmd"}
    label(app, "diagnosis")
    assert chosen(app) == before - {"coverage", "linear_probe"} | {"mmd", "el2n", "class_balance"}
    spec = submitted(app, queue)
    assert {choice.name for choice in (*spec.methods, *spec.measures)} - {"random"} == chosen(app)


def test_a_mistyped_label_changes_nothing(opened, tmp_path):
    app = label(label(opened(table(tmp_path)), "diagnosis"), "diagnose")
    assert app.error
    button(app, "Prepare a run with this").click().run()
    assert chosen(app) >= NEED


def test_the_features_of_images_follow_their_labels_unless_chosen_by_hand(opened, tmp_path):
    app = opened(pictures(tmp_path))
    assert field(app, "backbone").value == "pixels"
    label(app, "kind", "manifest")
    assert field(app, "backbone").value == "early_cnn"
    field(app, "backbone").select("pixels").run()
    label(app, "none", "manifest")
    label(app, "kind", "manifest")
    assert field(app, "backbone").value == "pixels"
