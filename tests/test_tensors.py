"""What is computed with tensors, as on an accelerator, is what numpy computes."""

import numpy as np
import pytest

from fdmat_core import device, registry, selection
from fdmat_core.numerics import distances, matching, neighbours
from fdmat_core.numerics.arrays import to_numpy
from tests.conftest import make_table

#: Methods may differ in this share of what they keep: two candidates tie, but for the last bits of a float.
TIES = 0.02


def tensors(monkeypatch):
    monkeypatch.setattr(device, "takes_tensors", lambda: True)


@pytest.mark.parametrize("name", registry.methods.all())
def test_every_method_keeps_the_same_items(name, monkeypatch):
    table = make_table((300, 200, 100), d=16, seed=3)
    for balance in ("proportional", "none"):
        mine = selection.coreset(table, name, 90, balance=balance).ids
        with monkeypatch.context() as patch:
            tensors(patch)
            theirs = selection.coreset(table, name, 90, balance=balance).ids
        assert len(set(mine) - set(theirs)) <= TIES * len(mine)


def test_neighbours_are_the_same(monkeypatch):
    x = np.random.default_rng(0).standard_normal((500, 6)).astype(np.float32)
    mine = neighbours.nearest_rows(x, 9)
    tensors(monkeypatch)
    theirs = neighbours.nearest_rows(device.put(x), 9)
    assert np.array_equal(mine.rows, theirs.rows) and theirs.distances == pytest.approx(mine.distances, abs=1e-6)
    x[40] = x[7]
    copies = neighbours.nearest_rows(device.put(x), 9)
    assert copies.rows[40, 0] == 7 and copies.distances[40, 0] == 0


@pytest.mark.parametrize("n", [50, 64, 65, 1000])
def test_the_smallest_are_found_by_runs(n, monkeypatch):
    import torch

    monkeypatch.setattr(neighbours, "RUN", 4)
    values = torch.from_numpy(np.random.default_rng(n).standard_normal((30, n)))
    found = neighbours._smallest(values, 7)
    assert torch.equal(values.gather(1, found).sort(dim=1).values, values.sort(dim=1).values[:, :7])


def test_where_memory_runs_out_blocks_are_halved_and_nothing_is_lost():
    seen, fits = [], 3

    class OutOfMemoryError(RuntimeError):
        """As torch calls it."""

    def work(rows):
        if rows.stop - rows.start > fits:
            raise OutOfMemoryError
        seen.extend(range(rows.start, rows.stop))

    distances.by_blocks(work, 20, distances.BLOCK // 8)
    assert seen == list(range(20))
    fits = 0
    with pytest.raises(OutOfMemoryError):
        distances.by_blocks(work, 20, distances.BLOCK // 8)


def test_other_errors_are_not_tried_again():
    with pytest.raises(KeyError):
        distances.by_blocks(lambda rows: {}[rows.start], 20, distances.BLOCK // 8)


def test_arrays_are_moved_block_by_block_and_keep_their_numbers(monkeypatch):
    tensors(monkeypatch)
    monkeypatch.setattr(device, "MOVED", 30)
    x = np.random.default_rng(0).standard_normal((23, 7)).astype(np.float16)
    assert np.array_equal(to_numpy(device.put(x)), x)


def test_a_pool_matches_all_rows_and_parts_take_turns_with_what_is_left(monkeypatch):
    x = np.random.default_rng(0).standard_normal((900, 3)).astype(np.float32)
    whole = matching.energy(x, 900)
    monkeypatch.setattr(matching, "POOL", 300)
    monkeypatch.setattr(matching, "PART", 100)
    parts = matching.energy(x, 900)
    assert len(set(parts)) == 900 and np.array_equal(matching.energy(x, 400), parts[:400])

    def gap(rows):
        between = distances.mean_distances(x[rows], x).mean()
        return 2 * between - distances.mean_distances(x[rows], x[rows]).mean() - distances.mean_distances(x, x).mean()

    drawn = np.random.default_rng(0).permutation(900)
    for k, share in ((100, 0.6), (300, 0.6), (600, 0.6)):
        assert gap(whole[:k]) <= gap(parts[:k]) < share * gap(drawn[:k])
    last = [set(parts[850:]) & set(part) for part in matching._drawn(np.setdiff1d(np.arange(900), parts[:150]), 100)]
    assert min(map(len, last)) >= 5  # each of the eight parts still has its turn at the end


def test_blocks_on_several_cores_hold_what_one_core_finds(monkeypatch):
    x = np.random.default_rng(0).standard_normal((700, 3))
    alone = distances.distance_rows(x)(slice(0, 700)), distances.mean_distances(x[:99], x)
    monkeypatch.setattr(distances, "BLOCK", 2**16)  # so that there are many
    monkeypatch.setattr(distances, "cores", lambda x: 5)
    several = distances.distance_rows(x)(slice(0, 700)), distances.mean_distances(x[:99], x)
    assert np.array_equal(alone[0], several[0]) and np.allclose(alone[1], several[1], rtol=1e-6)

    def fail(rows):
        raise KeyError(rows.start)

    with pytest.raises(KeyError):
        distances.by_blocks(fail, 20, distances.BLOCK // 8, cores=3)


def test_the_mean_of_what_is_picked_in_pools_follows_that_of_all(monkeypatch):
    x = np.random.default_rng(0).standard_normal((900, 3)).astype(np.float32) + 7
    whole = matching.means(x, 900)
    monkeypatch.setattr(matching, "POOL", 300)
    monkeypatch.setattr(matching, "PART", 100)
    parts = matching.means(x, 900)
    assert len(set(parts)) == 900 and np.array_equal(matching.means(x, 400), parts[:400])
    after = matching.means(x, 500, [3, 5, 8])
    assert len(set(after)) == 500 and set(after[:3]) == {3, 5, 8}

    def gap(rows):
        return np.linalg.norm(x[rows].mean(axis=0) - x.mean(axis=0))

    drawn = np.random.default_rng(0).permutation(900)
    for k in (50, 150, 400, 700):
        assert gap(whole[:k]) < gap(parts[:k]) < 0.4 * gap(drawn[:k])
