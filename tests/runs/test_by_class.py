"""Rankings that are divided by class: which, into what, and when they are put together."""

import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.runs import artifacts, by_class, settings, stages, tasks
from fdmat_core.runs.run import Run
from fdmat_core.runs.tasks import Rank, Ranked
from fdmat_core.spec import Choice
from fdmat_core.store import entries
from tests.runs.conftest import make_spec

HERDING, MEDOIDS = Choice("herding"), Choice("k_medoids")


def test_classes_are_dealt_by_their_size():
    labels = np.repeat([0, 1, 3, 4, 5], [2, 9, 5, 5, 1])  # nothing is of class 2
    assert by_class.dealt(labels, 2) == [(1, 4, 5), (3, 0)]
    assert by_class.dealt(labels, 9) == [(1,), (3,), (4,), (0,), (5,)]
    assert by_class.dealt(labels, 1) == [(1, 3, 4, 0, 5)]


def ended(method, k, *labels):
    return Ranked(Rank(method, k, labels), {}, 0.0)


def test_parts_are_given_once_all_of_a_ranking_have_ended():
    tasks = [Rank(HERDING, None, (0, 2)), Rank(HERDING, None, (1,)), Rank(MEDOIDS, 5, (0,)), Rank(MEDOIDS, 5, (1, 2))]
    tasks += [Rank(MEDOIDS, 9, (0,)), Rank(MEDOIDS, 9, (1, 2)), Rank(Choice("random"), None)]
    order = [ended(MEDOIDS, 5, 0), ended(HERDING, None, 1), ended(Choice("random"), None), ended(MEDOIDS, 9, 0)]
    order += [ended(HERDING, None, 0, 2), ended(MEDOIDS, 5, 1, 2)]
    found = list(by_class.gathered(tasks, order))
    assert found == [[order[1], order[4]], [order[0], order[5]]]  # of the coresets of 9 one part never ended


@pytest.fixture
def divided(monkeypatch):
    """Into how many tasks the ranking of a run by a method is divided."""
    monkeypatch.setattr(by_class, "ROWS", 100)

    def of(method, workers=3, stored=False, **changes):
        spec = settings.checked(make_spec(method, **changes))
        used, (train, _) = stages.make_features(spec, Run(spec).dataset(), lambda done, total, note: None)
        task = Rank(Choice(method), None)
        if stored:
            tasks.rank(spec, used, train, task.method, 0, None)
        return by_class.divided(spec, used, train, workers, task)

    return of


def test_a_ranking_is_divided_where_that_brings_something(divided, monkeypatch):
    assert [len(task.labels) for task in divided("herding")] == [2, 2, 1]
    assert [len(task.labels) for task in divided("herding", balance="equal", workers=2)] == [3, 2]
    whole = [Rank(HERDING, None)]
    assert divided("herding", workers=1) == whole  # nobody to share it with
    assert divided("herding", balance="none") == whole  # looks at all classes at once
    assert divided("herding", balance="error") == whole  # every worker would ask a classifier
    assert divided("fdmat") == [Rank(Choice("fdmat"), None)]
    assert divided("herding", stored=True) == whole
    monkeypatch.setattr(by_class, "ROWS", 1000)
    assert divided("herding", chosen=None) == whole  # few rows


def test_the_seconds_of_a_divided_ranking_are_those_of_its_parts():
    spec = settings.checked(make_spec("herding"))
    used, (train, _) = stages.make_features(spec, Run(spec).dataset(), lambda done, total, note: None)
    parts = [
        Ranked(Rank(HERDING, None, labels), selection.rank_classes(train, HERDING, labels), 30.0)
        for labels in (tuple(range(4)), tuple(range(4, train.c)))
    ]
    tasks.put_together(spec, used, train, parts)
    item = entries.find("ranking", artifacts.ranking_key(spec, used, HERDING, 0, None))
    assert item is not None and 60 <= item.facts["seconds"] < 70
    assert np.array_equal(item.arrays["order"], selection.rank(train, "herding").order)
