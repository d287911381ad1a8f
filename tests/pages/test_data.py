"""The Data page: what a dataset is, how many of each class, what its images look like, before anything runs."""

import pytest

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
    assert metrics(app)["Training items"] == "8,000" and metrics(app)["One image"] == "28 x 28"
    assert "MIT, Zalando" in texts(app)
    assert shown(app).count("<img") == 140


def test_another_dataset_is_looked_at_before_it_is_used(visit):
    app = visit(places.DATA)
    app.get_by_key("dataset.0").select("digits").run()
    assert metrics(app)["Classes"] == "10" and metrics(app)["One image"] == "8 x 8"
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


def test_many_classes_are_shown_one_at_a_time(visit):
    app = visit(places.DATA)
    app.get_by_key("dataset.0").select("mixture").run()
    app.get_by_key("dataset.0.mixture.classes").set_value(100).run()
    assert not app.exception and metrics(app)["Classes"] == "100"


def test_counts_are_split_by_what_was_done_to_the_labels():
    digits, flipped = Choice("digits"), Choice.of("symmetric", rate=0.5)
    clean = caches.class_counts(digits, Choice("none"))
    assert (
        list(clean) == ["items"] and sum(clean["items"]) == caches.dataset(digits, Choice("none")).splits["train"].size
    )
    groups = caches.class_counts(digits, flipped)
    assert set(groups) == {"label is right", "label was changed"}
    total = sum(map(sum, groups.values()))
    assert total == sum(clean["items"]) and abs(sum(groups["label was changed"]) / total - 0.5) < 0.06


def test_samples_ring_those_whose_label_is_wrong_and_say_the_truth():
    digits, flipped = Choice("digits"), Choice.of("symmetric", rate=0.5)
    images = caches.samples(digits, flipped, 3, 14)
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
