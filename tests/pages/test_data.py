"""The Data page: what a dataset is, how many of each class, what its images look like, before anything runs."""

import numpy as np
import pandas as pd
import pytest

from fdmat_core import serve
from fdmat_core.spec import Choice
from pages.shell import caches, places
from tests.pages.conftest import button, texts


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def shown(app):
    return "".join(element.proto.body for element in app.get("html"))


def test_the_bundled_data_are_shown_with_licence_and_size(visit):
    app = visit(places.DATA)
    assert not app.exception
    assert metrics(app)["Training items"] == "8,000" and metrics(app)["One image"] == "28 × 28"
    assert "MIT, Zalando" in texts(app)
    assert shown(app).count("<img") == 140


def test_another_dataset_is_looked_at_before_it_is_used(visit):
    app = visit(places.DATA)
    app.get_by_key("dataset.0").select("digits").run()
    assert metrics(app)["Classes"] == "10" and metrics(app)["One image"] == "8 × 8"
    button(app, "Prepare a run with this").click().run()
    assert app.title[0].value == "Runs" and app.get_by_key("dataset.0").value == "digits"


def test_features_without_images_are_said_to_be_so(visit):
    app = visit(places.DATA)
    app.get_by_key("dataset.0").select("mixture").run()
    assert not app.exception
    assert "no images" in app.info[0].value and metrics(app)["Features"] == "16"


@pytest.mark.parametrize("name", ["folder", "arrays"])
def test_own_data_wait_for_their_path_without_a_complaint(visit, tmp_path, name):
    app = visit(places.DATA)
    app.get_by_key("dataset.0").select(name).run()
    assert not app.exception and not app.error and "Give the path" in app.info[0].value
    assert button(app, "Prepare a run with this").disabled
    app.get_by_key(f"dataset.0.{name}.path").set_value(str(tmp_path / "nowhere")).run()
    assert "nowhere" in app.error[0].value and not button(app, "Prepare a run with this").disabled


def own_table(folder):
    """A table of forty rows with a text each, of which two have no label."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(40), "b": rng.random(40), "label": ["x", "y"] * 20})
    frame["text"] = [f"row = {number} *bold*" for number in range(40)]
    frame.loc[[4, 9], "label"] = ""
    frame.to_csv(folder / "mine.csv", index=False)
    return folder / "mine.csv"


def test_a_path_is_recognised_and_fills_the_form(visit, tmp_path):
    app = visit(places.DATA)
    app.get_by_key("own_path").set_value(str(own_table(tmp_path))).run()
    assert not app.exception and not app.error
    assert app.get_by_key("dataset.1").value == "arrays" and app.get_by_key("backbone.1").value == "given"
    assert metrics(app)["Training items"] == "30" and metrics(app)["Classes"] == "2"
    assert "a table, mine.csv, with 4 columns and labels in label" in texts(app)
    assert "2 of 40 rows have no label: **left out**" in texts(app) and "line 6 of mine.csv" in texts(app)
    assert app.dataframe[0].value["text"].tolist()[:2] == ["row = 0 *bold*", "row = 1 *bold*"]
    button(app, "Prepare a run with this").click().run()
    assert app.title[0].value == "Runs" and app.get_by_key("dataset.1").value == "arrays"


def test_a_path_that_cannot_be_read_says_why_and_changes_nothing(visit, tmp_path):
    (tmp_path / "broken.npz").write_text("no")
    app = visit(places.DATA)
    app.get_by_key("own_path").set_value(str(tmp_path / "broken.npz")).run()
    assert "is no .npz file of plain arrays" in texts(app) and app.get_by_key("dataset.0").value == "fashion_mnist_8k"
    assert (
        "What is shown here is Fashion-MNIST" in app.warning[0].value
        and button(app, "Prepare a run with this").disabled
    )
    app.get_by_key("own_path").set_value("~nosuchperson/data").run()
    assert not app.exception and "cannot be looked up" in texts(app)
    app.get_by_key("own_path").set_value("").run()
    assert not app.warning and not button(app, "Prepare a run with this").disabled


def test_nothing_starts_while_a_path_is_wrong(visit, tmp_path):
    app = visit(places.RUNS)
    assert not button(app, "Start").disabled
    app.get_by_key("own_path").set_value(str(tmp_path / "nowhere")).run()
    assert button(app, "Start").disabled and "still those of Fashion-MNIST sample" in texts(app)
    app.get_by_key("own_path").set_value("").run()
    assert not button(app, "Start").disabled and "still those" not in texts(app)


def test_a_path_that_failed_is_tried_again_once_it_was_cleared(visit, tmp_path):
    file = tmp_path / "mine.csv"
    app = visit(places.DATA)
    app.get_by_key("own_path").set_value(str(file)).run()
    assert "there is nothing there" in texts(app)
    own_table(tmp_path)
    app.get_by_key("own_path").set_value("").run()
    app.get_by_key("own_path").set_value(str(file)).run()
    assert "labels in label" in texts(app) and not button(app, "Prepare a run with this").disabled
    app.get_by_key("own_path").set_value(str(tmp_path / "other.csv")).run()
    assert "What is shown here is mine.csv" in app.warning[0].value and metrics(app)["Training items"] == "30"


def test_data_without_labels_start_with_what_needs_none(visit, tmp_path):
    np.save(tmp_path / "mine.npy", np.random.default_rng(0).random((50, 4)))
    app = visit(places.DATA)
    app.get_by_key("own_path").set_value(str(tmp_path / "mine.npy")).run()
    assert not app.exception and "Without labels" in app.info[0].value and metrics(app)["Classes"] == "–"
    start = app.session_state["start"]
    assert "el2n" not in {choice.name for choice in start.methods} and "fdmat" in {
        choice.name for choice in start.methods
    }


def unnamed_labels(folder):
    """A table whose labels stand in a column of no usual name, so that it counts as unlabelled until that is named."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(40), "b": rng.random(40), "diagnosis": ["benign", "malignant"] * 20})
    frame.to_csv(folder / "cancer.csv", index=False)
    return folder / "cancer.csv"


def test_what_a_path_is_taken_for_is_said_of_the_data_as_they_are_loaded(visit, tmp_path):
    app = visit(places.DATA)
    app.get_by_key("own_path").set_value(str(unnamed_labels(tmp_path))).run()
    assert "a table, cancer.csv, with 3 columns, without labels." in texts(app) and metrics(app)["Classes"] == "–"
    app.get_by_key("dataset.1.arrays.label").set_value("diagnosis").run()
    assert "a table, cancer.csv, with 3 columns and labels in diagnosis." in texts(app)
    assert metrics(app)["Classes"] == "2" and "without labels" not in texts(app)
    app.get_by_key("dataset.1.arrays.label").set_value("diagnose").run()
    assert "Taken for a table, cancer.csv, with 3 columns." in texts(app) and app.error


def test_many_classes_are_shown_one_at_a_time(visit):
    app = visit(places.DATA)
    app.get_by_key("dataset.0").select("mixture").run()
    app.get_by_key("dataset.0.mixture.classes").set_value(100).run()
    assert not app.exception and metrics(app)["Classes"] == "100"


def test_counts_are_split_by_what_was_done_to_the_labels():
    digits, flipped = Choice("digits"), Choice.of("symmetric", rate=0.5)
    plain = caches.dataset(digits, Choice("none"))
    clean = caches.class_counts(plain)
    assert list(clean) == ["items"] and sum(clean["items"]) == plain.splits["train"].size
    groups = caches.class_counts(caches.dataset(digits, flipped))
    assert set(groups) == {"label is right", "label was changed"}
    total = sum(map(sum, groups.values()))
    assert total == sum(clean["items"]) and abs(sum(groups["label was changed"]) / total - 0.5) < 0.06


def test_samples_ring_those_whose_label_is_wrong_and_say_the_truth():
    digits, flipped = Choice("digits"), Choice.of("symmetric", rate=0.5)
    images = caches.samples(caches.dataset(digits, flipped), 3, 14)
    data = caches.dataset(digits, flipped).split("train")
    assert images.pixels.shape == (14, 8, 8, 1) and any(images.marked) and not all(images.marked)
    for caption, marked in zip(images.captions, images.marked, strict=True):
        item = int(caption.split(":")[0].removeprefix("item "))
        row = data.rows_of([item])[0]
        assert data.labels[row] == 3 and marked == (data.truth.clean_labels[row] != 3) == ("in truth" in caption)


def test_sizes_are_said_as_people_say_them():
    assert [caches.size(n) for n in (0, 999, 7_840_000, 3.2e9, 4e12)] == [
        "0 bytes",
        "999 bytes",
        "7.84 MB",
        "3.2 GB",
        "4e+03 GB",
    ]


def test_whoever_starts_the_app_with_a_path_begins_there(visit, monkeypatch, tmp_path):
    file = tmp_path / "own.csv"
    pd.DataFrame({"a": [0.5, 1.5, 2.5, 3.5] * 4, "b": range(16), "label": list("xxyy") * 4}).to_csv(file, index=False)
    monkeypatch.setenv(serve.OPENED, str(file))
    app = visit(places.MAP)
    assert app.get_by_key("own_path").value == str(file) and metrics(app)["Training items"] == "12"
    app.switch_page(str(places.MAP)).run()
    assert "Open the sample run" in [one.label for one in app.button]


def test_a_file_that_is_written_anew_is_counted_anew(visit, tmp_path):
    def write(count):
        rows = [f"{i % 7},{i * i},{'ab'[i % 2]}\n" for i in range(count)]
        (tmp_path / "mine.csv").write_text("x,y,label\n" + "".join(rows))
        caches._written.clear()

    choice, none = Choice.of("arrays", path=str(tmp_path / "mine.csv")), Choice("none")
    for count in (40, 100):
        write(count)
        data = caches.dataset(choice, none)
        assert caches.facts(data)["Training items"] == str(int(0.8 * count))
        assert sum(caches.class_counts(data)["items"]) == len(caches.rows(data)) == 0.8 * count
