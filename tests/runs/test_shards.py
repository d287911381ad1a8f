"""Features that workers make shard by shard: the same bytes as those of one process, and nothing made twice."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fdmat_core.learning import extraction, features
from fdmat_core.runs import artifacts, engines, settings, shards, stages, tasks
from fdmat_core.runs.engines import Engine
from fdmat_core.runs.run import Run
from fdmat_core.runs.shards import Shard
from fdmat_core.spec import Choice
from fdmat_core.store import entries
from tests.runs.conftest import REAL_EXTRACT, make_spec
from tests.runs.test_engines import ON_RAY

#: What pixels take at a time, and shards with them while they are of one batch.
BATCH = 1024


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    monkeypatch.setattr(features, "extract", REAL_EXTRACT)
    monkeypatch.setattr(extraction, "SHARD", 1)


def pixels_of(dataset):
    chosen = {"dataset": Choice(dataset), "backbone": Choice("pixels"), "fractions": (0.05,)}
    return settings.checked(make_spec("random", **chosen))


@pytest.fixture
def spec():
    return pixels_of("fashion_mnist_8k")


def silent(done, total, note):
    pass


def made(spec, engine=engines.HERE, tell=silent):
    return stages.make_features(spec, Run(spec).dataset(), tell, engine)[1]


def same(one, other):
    return all(
        np.asarray(getattr(a, name)).tobytes() == np.asarray(getattr(b, name)).tobytes()
        for a, b in zip(one, other, strict=True)
        for name in ("ids", "embedding", "logits", "head")
    )


@pytest.mark.parametrize("name", ["processes", pytest.param("ray", marks=ON_RAY)])
def test_workers_leave_the_same_features(monkeypatch, name):
    spec, taken, gather = pixels_of("digits"), [], shards.gather

    def watched(engine, embed, key, split, rows):
        for part in gather(engine, embed, key, split, rows):
            taken.append((split, len(part)))
            yield part

    monkeypatch.setattr(shards, "gather", watched)
    with engines.opened(engines.Chosen(name, 2)) as engine:
        tables = made(spec, engine)
    assert taken == [("train", BATCH), ("train", len(tables[0].ids) - BATCH)]  # of the few to test on, none
    assert same(tables, REAL_EXTRACT(Run(spec).dataset(), "pixels"))
    assert not entries.half_done("features", artifacts.used_features(spec).key).exists()


class Stopped(Exception):
    """The run is killed."""


def test_shards_that_are_there_are_not_made_again_after_a_kill(spec, monkeypatch):
    made_here, embed = [], tasks.embedding

    def counted(work, shard):
        before = shard.file.exists()
        embed(work, shard)
        made_here.extend([] if before else [(shard.split, shard.start)])

    def breaks(done, total, note):
        if note.startswith("1,024 of"):
            raise Stopped

    monkeypatch.setattr(tasks, "embedding", counted)
    ahead = Engine("ahead", 3, engines.HERE.submit)  # three are made before the first is taken up
    with pytest.raises(Stopped):
        made(spec, ahead, breaks)
    assert made_here == [("train", 0), ("train", 1024), ("train", 2048)]
    left = {file.name for file in entries.half_done("features", key_of(spec)).glob("train-*.npy")}
    assert {"train-1024-2048.npy", "train-2048-3072.npy"} <= left
    tables = made(spec, ahead)
    assert len(made_here) == len(set(made_here)) == sum(-(-len(table.ids) // BATCH) for table in tables)
    assert same(tables, REAL_EXTRACT(Run(spec).dataset(), "pixels"))


def key_of(spec):
    return artifacts.features_key(spec, Run(spec).dataset())


def test_shards_are_taken_up_in_order_whoever_is_first(tmp_path):
    order, threads = [], ThreadPoolExecutor(4)

    def embed(shard):
        time.sleep(0.2 if shard.start == 0 else 0)
        order.append(shard.start)
        shards.leave(shard, np.arange(shard.start, shard.stop, dtype=np.float32)[:, None])

    rows = [slice(start, start + 10) for start in range(0, 60, 10)]
    with entries.working("features", "k"):
        engine = Engine("threads", 4, threads.submit)
        parts = list(shards.gather(engine, embed, "k", "train", rows))
        assert not list(entries.half_done("features", "k").glob("*.npy"))
    threads.shutdown()
    assert order[0] != 0 and sorted(order) == [0, 10, 20, 30, 40, 50]
    assert np.concatenate(parts).ravel().tolist() == list(range(60))


def test_a_worker_that_reads_other_data_embeds_nothing(spec, monkeypatch):
    key = key_of(spec)
    work = tasks.Work.of(spec, artifacts.UsedFeatures(key, 0))
    other = Run(make_spec(dataset=Choice("digits"))).dataset()
    monkeypatch.setattr(tasks.datasets, "load", lambda choice: other)
    with entries.working("features", key), pytest.raises(tasks.Unfit, match="other data than the run began with"):
        tasks.embedding(work, Shard(key, "train", 0, 10))
    with entries.working("features", key), pytest.raises(tasks.Unfit, match="another version"):
        tasks.embedding(work._replace(version="another"), Shard(key, "train", 0, 10))


def test_features_that_came_with_the_data_are_not_handed_out(monkeypatch):
    monkeypatch.setattr(shards, "gather", lambda *rest: pytest.fail("handed out"))
    tables = made(settings.checked(make_spec("random", dataset=Choice.of("mixture", n=9000))), Engine("x", 2, None))
    assert len(tables[0].ids) > BATCH
