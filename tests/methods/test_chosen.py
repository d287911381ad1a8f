"""Items chosen before a selection: which method takes note of them, and answers that can be checked by hand."""

import numpy as np
import pytest

from fdmat_core import registry, selection
from fdmat_core.numerics import matching
from fdmat_core.types import Issue
from tests.conftest import make_table
from tests.methods.tables import cloud, energy_distance, line, points

#: Pick one by one, so that what is chosen counts for what follows.
NOTING = {
    *("fdmat", "energy_greedy", "kernel_herding", "herding", "cfd_greedy", "k_center", "contextual_diversity"),
    *("facility_location", "facility_location_stochastic", "graph_cut", "craig", "lcmat", "infomax", "glister"),
    "max_herding",
}


def order(table, name, chosen, balance="none"):
    return selection.rank(table, name, balance=balance, chosen=chosen).order.tolist()


def test_these_methods_take_note_of_what_is_chosen():
    assert {name for name, entry in registry.methods.all().items() if "chosen" in entry.accepts} == NOTING


def test_k_center_goes_on_with_what_is_farthest_from_the_chosen():
    """Of 0, 1, 2, 3 and 10 the row at 3 is nearest the mean; after the rows at 0 and 10 it is that at 3."""
    table = line(0, 1, 2, 3, 10)
    assert order(table, "k_center", []) == [3, 4, 0, 1, 2]
    assert order(table, "k_center", [0, 4]) == [0, 4, 3, 1, 2]


def test_herding_fills_up_what_the_chosen_leave_out():
    """The mean is 4, so that after 0 and 1 the sum of three should be 12: 11 is missing, and 10 is nearest to it."""
    table = line(0, 1, 4, 5, 10)
    assert order(table, "herding", [0, 1])[:3] == [0, 1, 4] or order(table, "herding", [0, 1])[:3] == [1, 0, 4]
    assert order(table, "herding", [])[0] == 2


def test_a_score_keeps_its_order_without_the_chosen():
    table = line(0, 1, 2, 3, 10, dynamics={"el2n": np.array([0.1, 0.5, 0.3, 0.9, 0.7], dtype=np.float32)})
    assert order(table, "el2n", []) == [3, 4, 1, 2, 0]
    assert order(table, "el2n", [0, 1]) == [1, 0, 3, 4, 2]


def test_what_is_added_brings_the_whole_closer_than_what_is_picked_without_knowing():
    table = cloud()
    corner = np.argsort(table.embedding.sum(axis=1))[:20]
    aware = order(table, "energy_greedy", corner)[:40]
    blind = selection.rank(table, "energy_greedy", balance="none").order.tolist()
    unaware = [*corner.tolist(), *[row for row in blind if row not in set(corner.tolist())]][:40]
    z = np.asarray(table.embedding)
    assert set(aware[:20]) == set(corner.tolist())
    assert energy_distance(z[aware], z) < 0.5 * energy_distance(z[unaware], z)


def test_pools_of_a_large_class_take_note_of_the_chosen(monkeypatch):
    z, chosen = cloud(n=300).embedding, np.arange(10, 60)
    small = matching.energy(z, 120, chosen)
    monkeypatch.setattr(matching, "POOL", 100)
    large = matching.energy(z, 120, chosen)
    assert len(set(large)) == len(large) == 120 and set(large[:50]) == set(small[:50]) == set(chosen)
    assert len(set(matching.energy(z, 300, chosen))) == 300
    assert energy_distance(z[large], z) < 1.5 * energy_distance(z[small], z)


def test_a_class_with_more_than_its_share_waits_for_the_others():
    """Five of class 0 are chosen, so that the next five are of class 1, and both have five of ten."""
    table = points(np.arange(40)[:, None], labels=np.repeat([0, 1], 20))
    for name in ("energy_greedy", "random"):
        labels = table.labels[order(table, name, [0, 1, 2, 3, 4], balance="proportional")]
        assert labels[:10].tolist() == [0] * 5 + [1] * 5
        assert np.bincount(labels[:20]).tolist() == [10, 10]


def test_what_is_chosen_is_kept_though_fdmat_rejects_it():
    rng = np.random.default_rng(0)
    table = make_table((60, 60))
    wrong = rng.choice(np.flatnonzero(table.labels == 0), 6, replace=False)
    table = points(table.embedding, labels=np.where(np.isin(np.arange(120), wrong), 1, table.labels))
    alone = selection.rank(table, "fdmat")
    rejected = np.flatnonzero(alone.rejected)
    assert len(np.intersect1d(rejected, wrong)) >= 4
    after = selection.rank(table, "fdmat", chosen=rejected[:2])
    assert set(after.order[:2].tolist()) == set(rejected[:2].tolist()) and after.survivors == alone.survivors + 2
    assert (after.evidence["issue"][rejected[:2]] != Issue.NONE).all()


def test_an_item_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="item 99 is chosen already, but not among these 5 items"):
        selection.rank(line(0, 1, 2, 3, 10), "k_center", chosen=[1, 99])
