"""`fdmat_core.select`: what the app keeps, from arrays of any kind."""

import subprocess
import sys

import numpy as np
import pandas
import pytest

from fdmat_core import Choice, select, selection
from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Spec
from tests.conftest import make_table

NAMES = np.array(["ant", "bee", "cow"])


@pytest.fixture
def given():
    """Features, labels as words, and ids in no order."""
    table = make_table((50, 40, 30))
    return np.array(table.embedding), NAMES[table.labels], np.array(table.ids)


@pytest.mark.parametrize("method", ["fdmat", "el2n", "craig", "k_medoids", "fdmat(tau=0)"])
def test_it_keeps_what_a_run_on_the_same_arrays_keeps(method, given, tmp_path):
    features, labels, ids = given
    file = tmp_path / "given.npz"
    others = {"test_features": features[:9], "test_labels": labels[:9], "test_ids": ids.max() + 1 + np.arange(9)}
    np.savez(file, features=features, labels=labels, ids=ids, **others)
    name, tau = method.partition("(")[0], "(" in method
    choice = Choice.of(name, tau=0.0) if tau else Choice(name)
    spec = Spec(Choice.of("arrays", path=str(file)), Choice("given"), (choice,), (), fractions=(0.1, 0.4), band=1)
    library.execute(spec)
    run = Run(spec)
    for kept in (0.1, 0.4):
        coreset = run.rankings(run.spec.methods[0]).cut(kept)
        found = select(features, labels, method, kept, ids=ids)
        assert np.array_equal(found.ids, coreset.ids)
        assert np.array_equal(ids[found.rows], found.ids)


def test_a_mistake_and_an_outlier_are_told_by_row(given):
    features, labels, _ = given
    features[3] += 200
    wrong = int(np.flatnonzero(labels == "ant")[4])
    labels[wrong] = "cow"
    found = select(features, labels, kept=0.2)
    assert found.reasons[3] == "outlier" and found.reasons[wrong] == "suspected mislabelled"
    assert set(np.flatnonzero(found.reasons == "kept")) == set(found.rows) and len(found.rows) == 24
    assert "redundant" in found.reasons and (found.weights == 1).all()


def test_without_labels_nothing_is_mislabelled(given):
    features, _, _ = given
    features[3] += 200
    found = select(features, kept=10)
    assert found.reasons[3] == "outlier" and "suspected mislabelled" not in found.reasons
    with pytest.raises(ValueError, match=r"method 'el2n' needs dynamics.el2n, .*this data has none; choose one of"):
        select(features, None, "el2n")


def test_weights_are_those_of_the_method(given):
    features, labels, _ = given
    weights = select(features, labels, "k_medoids", 12).weights
    assert len(weights) == 12 and np.isclose(weights.mean(), 1) and np.ptp(weights) > 0


def test_numbers_and_words_for_labels_keep_the_same(given):
    features, labels, _ = given
    numbers = np.searchsorted(NAMES, labels)
    assert np.array_equal(select(features, labels, kept=9).rows, select(features, numbers.tolist(), kept=9).rows)


def test_tensors_come_from_any_gradient_and_type(given):
    import torch

    features, labels, _ = given
    numbers = np.searchsorted(NAMES, labels)
    plain = select(features, numbers, kept=15)
    tensor = torch.tensor(features, requires_grad=True)
    assert np.array_equal(select(tensor, torch.tensor(numbers), kept=15).rows, plain.rows)
    coarse = torch.tensor(features).to(torch.bfloat16)
    assert np.array_equal(select(coarse, numbers, kept=15).rows, select(coarse.float().numpy(), numbers, kept=15).rows)


def test_a_pandas_index_gives_the_ids_if_it_can(given):
    features, labels, ids = given
    frame, series = pandas.DataFrame(features, index=ids), pandas.Series(labels, index=ids)
    assert np.array_equal(select(frame, series, kept=9).ids, select(features, labels, kept=9, ids=ids).ids)
    named = frame.set_axis([f"item {one}" for one in ids])
    assert np.array_equal(select(named, labels, kept=9).ids, select(features, labels, kept=9).ids)
    with pytest.raises(ValueError, match="different indices; align them"):
        select(frame, series.sort_index(), kept=9)


def test_one_hot_labels_are_those_classes(given):
    features, labels, _ = given
    numbers = np.searchsorted(NAMES, labels)
    plain = select(features, numbers, kept=15)
    for other in (np.eye(len(NAMES))[numbers], numbers[:, None]):
        assert np.array_equal(select(features, other, kept=15).rows, plain.rows)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.linspace(0, 1, 60), "labels holds fractions such as 0.0169"),
        (np.arange(60), "60 different values in 60 rows"),
    ],
)
def test_what_is_measured_is_no_class(labels, message):
    with pytest.raises(ValueError, match=f"{message}.*no labels"):
        select(np.random.default_rng(0).random((60, 3)), labels, kept=15)


def test_rows_are_the_input_s_whatever_the_ids(given):
    features, labels, _ = given
    backwards = np.arange(len(labels))[::-1]
    found = select(features, labels, "herding", 9, ids=backwards)
    assert np.array_equal(found.ids, backwards[found.rows])


def test_logits_of_ones_own_are_used(given):
    features, labels, _ = given
    logits = np.random.default_rng(3).standard_normal((len(labels), 3))
    assert not np.array_equal(
        select(features, labels, "entropy", 20, logits=logits).ids, select(features, labels, "entropy", 20).ids
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kept": 0}, "kept is 0, a count, but there are 120 items; give 1 to 120"),
        ({"kept": 121}, "kept is 121, a count"),
        ({"kept": 1.5}, "kept is 1.5; give a share above 0 and up to 1"),
        ({"kept": True}, "kept is True; give a share"),
        ({"kept": float("nan")}, "kept is nan; give a share"),
        ({"method": "fdmat,random"}, "names 2 methods; name one"),
        ({"method": "fdmatt"}, "did you mean 'fdmat'"),
        ({"labels": ["a"]}, r"labels has shape \(1,\); give \(120,\)"),
        ({"labels": [None, *["a"] * 119]}, "labels has no value in row 0"),
        ({"labels": pandas.array([1, None] * 60)}, "labels has no value in row 1"),
        ({"features": np.ones(5)}, r"features has shape \(5,\); give \(n, d\)"),
        ({"features": [["a", "b"]] * 120}, "features holds values that are no numbers"),
        ({"ids": np.zeros(120, int)}, "ids holds 0 more than once"),
        ({"ids": np.ones(120)}, "give 120 whole numbers"),
        ({"logits": np.ones((120, 2))}, "logits has 2 columns, but labels name 3 classes"),
        ({"logits": np.ones((7, 3))}, "logits has 7 rows, features 120"),
        ({"features": np.full((120, 2), np.nan)}, "embedding of item 0 is not finite"),
        ({"features": np.full((120, 2), np.nan), "method": "el2n"}, "embedding of item 0 is not finite"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(change, words, given):
    features, labels, _ = given
    with pytest.raises(ValueError, match=words):
        select(**({"features": features, "labels": labels} | change))


def test_one_and_all_are_a_count_and_a_share(given):
    features, labels, _ = given
    assert len(select(features, labels, "random", 1).ids) == 1
    assert len(select(features, labels, "random", 1.0).ids) == 120
    assert len(select(features, labels, "random", np.int64(7)).ids) == 7


def test_the_result_and_the_arrays_given_stay_as_they_are(given):
    features, labels, _ = given
    before = features.copy()
    found = select(features, labels, kept=9)
    assert np.array_equal(before, features) and features.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        found.ids[0] = 5


def test_it_is_selection_under_another_door(table):
    found = select(table.embedding, table.labels, "herding", 20, ids=table.ids)
    assert np.array_equal(found.ids, selection.coreset(table, "herding", 20).ids)


def test_the_name_is_there_without_its_load():
    code = "import sys, fdmat_core; assert 'select' in fdmat_core.__all__; print('fdmat_core.in_memory' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "False"
    import fdmat_core

    with pytest.raises(AttributeError, match="no attribute 'selekt'"):
        _ = fdmat_core.selekt


@pytest.fixture(scope="module")
def overlapping():
    """Twelve classes that overlap: features, class numbers, and logits with a column for each."""
    rng = np.random.default_rng(0)
    labels = np.arange(480) % 12
    centres = 2 * rng.standard_normal((12, 6))
    features = np.maximum(centres[labels] + 1.5 * rng.standard_normal((480, 6)), 0).astype(np.float32)
    return features, labels, -((features[:, None] - np.maximum(centres, 0)) ** 2).sum(axis=2)


def categories(labels):
    """Names whose order is not that of letters: c2 before c10."""
    return pandas.Categorical([f"c{one}" for one in labels], [f"c{one}" for one in range(12)])


@pytest.mark.parametrize(
    "kind",
    [
        lambda labels: labels.astype(object),
        lambda labels: labels.astype(str),
        lambda labels: labels.astype(float),
        lambda labels: pandas.Series(labels, dtype="Int64"),
        lambda labels: pandas.Categorical([f"c{one}" for one in labels], [f"c{one}" for one in range(12)]),
        lambda labels: pandas.Series(
            pandas.Categorical([f"c{one}" for one in labels], [f"c{one}" for one in range(12)])
        ),
        lambda labels: np.array([float(one) if i % 2 else int(one) for i, one in enumerate(labels)], dtype=object),
    ],
)
def test_columns_of_logits_belong_to_classes_in_the_order_of_their_numbers_or_categories(kind, overlapping):
    features, labels, logits = overlapping
    for method in ("margin", "fdmat"):
        expected = select(features, labels, method, 40, logits=logits)
        assert np.array_equal(select(features, kind(labels), method, 40, logits=logits).ids, expected.ids)


def test_which_number_a_class_has_does_not_matter_to_fdmat(overlapping):
    features, labels, _ = overlapping
    other = np.random.default_rng(1).permutation(12)[labels]
    found, same = (set(select(features, some, "fdmat", 48).ids.tolist()) for some in (labels, other))
    assert len(found & same) >= 46  # a head learns the classes in another order, which rounding tells


def test_fdmat_reads_what_a_head_says_as_in_a_run(overlapping, tmp_path):
    features, labels, _ = overlapping
    file = tmp_path / "given.npz"
    test = {"test_features": features[:9], "test_labels": labels[:9]}
    np.savez(file, features=features, labels=labels, **test)
    spec = Spec(Choice.of("arrays", path=str(file)), Choice("given"), (Choice("fdmat"),), (), fractions=(0.1,), band=1)
    library.execute(spec)
    coreset = Run(spec).rankings(Choice("fdmat")).cut(0.1)
    assert np.array_equal(select(features, labels, "fdmat", 0.1).ids, coreset.ids)


@pytest.mark.parametrize("label", [-1, ""])
def test_a_label_that_the_app_takes_for_none_is_refused(label, given):
    features, labels, _ = given
    labels = np.arange(len(features)) % 3 if label == -1 else labels.astype(object)
    labels[7] = label
    with pytest.raises(ValueError, match="in row 7, which stands for no label; leave such items out"):
        select(features, labels)
