import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.learning import head
from fdmat_core.methods import elfs
from fdmat_core.spec import Choice
from tests.methods.tables import kept, points


def three_directions(n=90, spread=0.2, seed=0, labels=None):
    """Rows around three directions, and six half way between the first two."""
    rng = np.random.default_rng(seed)
    centres = np.eye(3)[np.arange(n) % 3]
    between = np.array([[0.7, 0.7, 0.0]] * 6)
    return points(5 * np.concatenate([centres, between]) + spread * rng.standard_normal((n + 6, 3)), labels=labels)


def unit(table):
    z = table.embedding.astype(np.float64)
    return z / np.linalg.norm(z, axis=1)[:, None]


def test_pseudo_labels_are_the_clusters():
    table = three_directions()
    found = elfs.pseudo_labels(unit(table), 3)
    groups = [set(found[start:90:3].tolist()) for start in range(3)]
    assert all(len(one) == 1 for one in groups) and len(set.union(*groups)) == 3


def test_rows_between_clusters_are_hardest():
    table = three_directions()
    assert set(kept(table, "elfs", 6, clusters=3, beta=0)) == set(range(90, 96))


def test_the_hardest_are_left_out_and_come_last():
    """Of 96 rows, the sixteenth is six: those between the clusters, the hardest of all last."""
    table = three_directions()
    ranking = selection.rank(table, Choice.of("elfs", clusters=3, beta=6 / 96), balance="none")
    assert set(ranking.order[-6:].tolist()) == set(range(90, 96)) and ranking.survivors == 90
    assert ranking.order[-1] == ranking.score.argmin()
    assert (np.diff(ranking.score[ranking.order[:90]]) >= 0).all()


def test_the_score_is_the_margin_of_a_head_on_the_clusters():
    table = three_directions()
    score = selection.rank(table, Choice.of("elfs", clusters=3), balance="none").score
    pseudo = elfs.pseudo_labels(unit(table), 3)
    margins = head.linear_head(table.embedding, pseudo, 3, tell=lambda done: None)[1]["aum_prob"]
    assert score == pytest.approx(margins, abs=1e-5)


def test_labels_are_not_read():
    one, other = three_directions(labels=np.arange(96) % 3), three_directions(labels=(np.arange(96) // 7) % 3)
    assert kept(one, "elfs", 20) == kept(other, "elfs", 20)


def test_what_is_not_left_out_may_all_be_kept():
    """The public code keeps nothing where no easy row is to be cut off."""
    table = three_directions()
    assert len(kept(table, "elfs", 96 - int(0.25 * 96), clusters=3, beta=0.25)) == 72
    assert len(set(kept(table, "elfs", 96, clusters=3, beta=0.25))) == 96


def test_as_many_clusters_as_classes_or_as_told():
    seen = []
    rng = np.random.default_rng(0)
    table = points(rng.standard_normal((60, 4)), labels=np.arange(60) % 4)
    for clusters in (0, 2, 7):
        count = clusters or table.c
        seen.append(len(np.unique(elfs.pseudo_labels(unit(table), count))))
    assert seen == [4, 2, 7]
    few = points(np.repeat(np.eye(2), 10, axis=0))
    assert len(np.unique(elfs.pseudo_labels(unit(few), 5))) == 2
