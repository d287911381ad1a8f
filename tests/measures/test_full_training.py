import numpy as np
import pytest

from fdmat_core import curves, registry
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset, FeatureTable

FULL = registry.measures.get("full_training")
CLASSES = ("left", "right")


def stripes(n=120, wrong=(), side=12):
    """Images with a bright half; the label says which. Items in `wrong` carry the other label. Ids are 3 x row."""
    rng = np.random.default_rng(0)
    sides = np.arange(n) % 2
    images = rng.integers(0, 60, (n, side, side, 1)).astype(np.uint8)
    for image, bright in zip(images, sides, strict=True):
        image[:, side // 2 * bright : side // 2 * (bright + 1)] += 150
    labels = sides.copy()
    labels[list(wrong)] = 1 - labels[list(wrong)]
    ids = 3 * np.arange(n)
    splits = {"train": ids[: n // 2], "test": ids[n // 2 :]}
    return Dataset("stripes", ids, labels, CLASSES, splits, "stripes", images=lambda asked: images[asked // 3])


def table_of(data):
    train = data.split("train")
    return FeatureTable(train.ids, train.labels, np.zeros((len(train.ids), 1), np.float32), CLASSES, "stripes")


def accuracy(data, rows, weights=None, **settings):
    given = {"steps": 40} | settings
    return FULL(table_of(data), params=given, dataset=data, seed=0)(np.asarray(rows), weights)


def test_it_learns_what_the_kept_images_show():
    assert accuracy(stripes(), np.arange(20)) == 1.0


def test_it_learns_from_the_kept_items_alone():
    poisoned = stripes(wrong=range(20))
    assert accuracy(poisoned, np.arange(20, 60)) == 1.0
    assert accuracy(poisoned, np.arange(20)) == 0.0  # every label it sees is the other


def test_one_class_kept_predicts_that_class():
    told = accuracy(stripes(), np.arange(0, 40, 2))
    assert told == pytest.approx(0.5) and told.per_class.tolist() == [1, 0]


def test_weights_decide_what_counts():
    poisoned, rows = stripes(wrong=range(20)), np.arange(40)
    right = np.where(rows < 20, 0.0, 1.0)
    assert accuracy(poisoned, rows, right) == 1.0
    assert accuracy(poisoned, rows, 1 - right) == 0.0


def test_the_seed_and_nothing_else_decides():
    data, rows = stripes(wrong=range(0, 60, 5)), np.arange(30)
    values = [FULL(table_of(data), params={"steps": 10}, dataset=data, seed=seed)(rows, None) for seed in (0, 0, 1, 2)]
    assert values[0] == values[1] and len(set(values[1:])) > 1


def test_features_serve_where_there_are_no_images():
    rng = np.random.default_rng(1)
    labels = np.arange(80) % 2
    features = 1e4 + (np.where(labels, 1.0, -1.0)[:, None] + rng.normal(0, 0.3, (80, 3))) * [1.0, 100.0, 1e-3]
    ids = np.arange(80)
    data = Dataset("f", ids, labels, CLASSES, {"train": ids[:40], "test": ids[40:]}, "f", features=features)
    table = FeatureTable(ids[:40], labels[:40], features[:40].astype(np.float32), CLASSES, "f")
    assert FULL(table, params={"steps": 60}, dataset=data, seed=0)(np.arange(10), None) == 1.0


def test_without_the_items_it_says_what_it_needs():
    with pytest.raises(ValueError, match="pass the dataset"):
        FULL(table_of(stripes()), seed=0)


def test_in_a_curve_it_comes_last_and_random_gets_no_band_of_its_own():
    methods, measures = (Choice("moderate"),), (Choice("full_training"), Choice("class_balance"))
    spec = Spec(Choice("x"), Choice("x"), methods, measures, fractions=(0.1,), seeds=2, band=5)
    tasks = curves.tasks(100, spec)
    first_dear = next(place for place, task in enumerate(tasks) if task.measure.name == "full_training")
    assert {task.measure.name for task in tasks[first_dear:]} == {"full_training"}
    assert sum(task.method.name == "random" for task in tasks[first_dear:]) == 2 * 2  # two sizes, two seeds
    assert sum(task.method.name == "random" for task in tasks[:first_dear]) == 5 * 2


def test_a_curve_hands_it_the_items():
    data = stripes(wrong=range(20))
    curve = curves.measure(
        table_of(data), dataset=data, methods=["random"], measures=[Choice.of("full_training", steps=40)],
        fractions=[0.5], seeds=1, band=1,
    )  # fmt: skip
    assert set(curve["k"]) == {30, 60} and curve["value"].between(0, 1).all()
