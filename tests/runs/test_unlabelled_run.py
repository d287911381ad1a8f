"""A real run on data without labels, from features to files."""

import numpy as np
import pytest

from fdmat_core.runs import exchange, library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.types import Issue
from tests.runs.conftest import make_spec

MEASURES = tuple(map(Choice, ("energy", "exact_wasserstein", "linear_probe", "class_balance", "coverage")))
SPEC = make_spec(
    "fdmat", "random", "el2n", "moderate", dataset=Choice.of("mixture", n=250, classes=1), measures=MEASURES
)


@pytest.fixture
def run():
    library.execute(SPEC)
    return Run(SPEC)


def test_it_is_complete_and_says_once_what_it_leaves_out(run):
    assert run.complete
    assert set(run.problems) == {"linear_probe", "class_balance", "el2n"}
    assert run.problems["class_balance"].endswith("needs labels, which this data has not; it is left out of runs")
    assert run.problems["el2n"].startswith(
        "method 'el2n' needs dynamics.el2n, which come of labels, and this data has none"
    )
    assert set(run.curve()["measure"]) == {"energy", "exact_wasserstein", "coverage"}
    assert {str(method) for method in run.ranked} == {"fdmat", "random", "moderate"}
    assert run.measures("accuracy") == [] and [str(one) for one in run.measures("coverage")] == ["coverage"]
    library.execute(SPEC)  # again, with the problems known
    assert run.complete and set(run.problems) == {"linear_probe", "class_balance", "el2n"}


def test_no_measure_without_labels_leaves_rankings_alone():
    spec = make_spec("fdmat", dataset=SPEC.dataset, measures=(Choice("linear_probe"),))
    library.execute(spec)
    assert Run(spec).complete and Run(spec).curve().empty and Run(spec).ranked


def test_fdmat_matches_the_whole_better_than_random(run):
    means = run.curve().query("measure == 'energy' and kept < 1").groupby(["method", "kept"])["value"].mean()
    assert (means["fdmat"] < means["random"]).all()


def test_files_leave_columns_about_labels_empty(run):
    ranking = exchange.ranking(run, Choice("fdmat"), 0.2)
    assert set(ranking["given_label"]) == {""} and "suspected mislabelled" not in set(ranking["reason"])
    issues = exchange.issues(run)
    assert set(issues["given_label"]) == set(issues["predicted_label"]) == {""}
    assert not issues["is_label_issue"].any() and issues["label_quality"].isna().all()
    assert Issue.MISLABELLED.title not in set(issues["issue"])
    assert len(exchange.content(ranking, ".parquet")) > 0


def test_detectors_are_those_that_read_no_label(run):
    assert list(run.detection) == ["FDMat", "local outlier factor"]
    assert all(np.isfinite(score).all() for score in run.detection.values())


def test_a_relabel_is_refused(run):
    import pandas

    item = int(run.tables[0].ids[0])
    frame = pandas.DataFrame({"item": [item], "decision": ["relabel"], "label": ["cat"]})
    with pytest.raises(ValueError, match="these data have no labels; keep or drop it"):
        exchange.take_in(run, frame)
