"""Stages that share, resume, repair and report; the same spec gives the same bytes anywhere."""

import dataclasses
import errno
import hashlib
import os

import numpy as np
import pytest

from fdmat_core import curves, registry, selection, sizes
from fdmat_core.analysis import detectors
from fdmat_core.learning import features
from fdmat_core.numerics import distances
from fdmat_core.runs import artifacts, jobs, library, points, settings, tasks
from fdmat_core.runs.run import KINDS, Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries
from fdmat_core.store import files as store
from tests.runs.conftest import REAL_EXTRACT, make_spec


def bytes_of(kind):
    """The content of every array stored under a kind, by key and name."""
    files = (store.home() / kind).glob("*/*.npy")
    return {f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture
def counted(monkeypatch):
    """How often features were extracted and rows ranked."""
    calls = {"extract": 0, "rank": 0}

    def count(module, name):
        real = getattr(module, name)

        def counting(*arguments, **options):
            calls[name] += 1
            return real(*arguments, **options)

        monkeypatch.setattr(module, name, counting)

    count(features, "extract")
    count(selection, "rank")
    return calls


def test_a_run_makes_everything_that_readers_ask_for():
    spec = make_spec()
    assert Run(spec).tables is None and Run(spec).projection is None and Run(spec).curve().empty
    assert Run(spec).ranking(Choice("fdmat")) is None
    library.execute(spec)
    tables = Run(spec).tables
    train, test = tables[0], tables[1]
    assert (train.n, test.n) == (200, 50)
    assert np.array_equal(train.ids, Run(spec).dataset().split("train").ids)
    assert Run(spec).projection.kind == "UMAP" and Run(spec).projection.xy.shape == (200, 2)
    for method in spec.methods:
        mine, fresh = Run(spec).ranking(method), selection.rank(train, method)
        assert np.array_equal(mine.order, fresh.order)
        assert mine.survivors == fresh.survivors and mine.nested == fresh.nested
    evidence = Run(spec).ranking(Choice("fdmat")).evidence
    assert set(evidence) >= {"own_share", "suspicion", "preferred", "issue"}
    assert Run(spec).problems == {}


def test_the_curve_of_a_run_is_that_of_the_library():
    spec = make_spec()
    library.execute(spec)
    tables = Run(spec).tables
    train, test = tables[0], tables[1]
    fresh = curves.measure(
        train, test, methods=spec.methods, measures=spec.measures, fractions=spec.fractions, seeds=2, band=3
    )
    mine = Run(spec).curve()
    assert mine.equals(fresh)
    assert set(mine["method"]) == {"fdmat", "herding", "el2n", "random"}
    random = mine[(mine["method"] == "random") & (mine["measure"] == "energy") & (mine["k"] == 10)]
    assert random["seed"].tolist() == [0, 1, 2] and random["kept"].tolist() == [0.05] * 3


def test_the_same_spec_in_two_homes_gives_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(features, "extract", REAL_EXTRACT)
    spec, found = make_spec("fdmat", "herding", "random"), []
    for home in "ab":
        monkeypatch.setenv("FDMAT_HOME", str(tmp_path / home))
        library.execute(spec)
        found.append((bytes_of("ranking"), bytes_of("features"), bytes_of("projection"), Run(spec).curve()))
    first, second = found
    assert len(first[0]) > 10 and first[:3] == second[:3]
    assert first[3].equals(second[3])


def test_a_second_time_nothing_is_done_again(counted):
    library.execute(make_spec())
    before = dict(counted)
    library.execute(make_spec())
    assert before["extract"] == 1 and counted == before


def test_runs_share_what_they_have_in_common(counted):
    library.execute(make_spec("fdmat", "herding"))
    before = dict(counted)
    library.execute(make_spec("fdmat", "moderate"))
    assert counted == {"extract": before["extract"], "rank": before["rank"] + 1}
    library.execute(make_spec("fdmat", dataset=Choice.of("mixture", n=251)))
    assert counted["extract"] == 2


@pytest.mark.parametrize(
    ("change", "anew"),
    [({"seeds": 3}, False), ({"fractions": (0.1,)}, False), ({"balance": "equal"}, True), ({"band": 1}, False)],
)
def test_only_what_changes_a_ranking_makes_it_anew(counted, change, anew):
    library.execute(make_spec("herding"))
    before = counted["rank"]
    library.execute(make_spec("herding", **change))
    assert (counted["rank"] > before) == anew and counted["extract"] == 1


def test_parameters_at_their_default_are_left_out_of_the_key():
    plain = settings.checked(make_spec("fdmat"))
    assert settings.checked(make_spec(methods=(Choice.of("fdmat", lam=10.0), Choice("fdmat")))) == plain
    assert settings.checked(make_spec("fdmat", fractions=(0.5, 0.05, 0.2, 0.5))) == plain
    assert settings.checked(make_spec(methods=(Choice.of("fdmat", lam="3"),))).methods == (Choice.of("fdmat", lam=3.0),)


@pytest.mark.parametrize("sample", [settings.SAMPLE, settings.SAMPLE_NOISY])
def test_the_samples_are_valid_as_they_stand(sample):
    assert settings.checked(sample) == sample
    assert Spec.from_json(sample.to_json()) == sample


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"methods": ()}, "methods is empty"),
        ({"fractions": ()}, "fractions is empty"),
        ({"fractions": tuple(k / 100 for k in range(1, 33))}, "fractions has 32 entries; give at most 31"),
        ({"fractions": (0.0,)}, "kept fraction is 0.0"),
        ({"fractions": (1.5,)}, "kept fraction is 1.5"),
        ({"seeds": 0}, "seeds is 0; give 1 to 1000"),
        ({"band": -1}, "band is -1; give 0 to 1000"),
        ({"seeds": 10**9}, "seeds is 1000000000; give 1 to 1000"),
        ({"balance": "fair"}, "balance is 'fair'"),
        ({"methods": (Choice("fdmatt"),)}, "did you mean 'fdmat'"),
        ({"methods": (Choice.of("fdmat", lamb=3),)}, "no parameter 'lamb'; did you mean 'lam'"),
        ({"dataset": Choice("digitz")}, "did you mean 'digits'"),
        ({"backbone": Choice("pixel")}, "did you mean 'pixels'"),
        ({"measures": (Choice("enerji"),)}, "did you mean 'energy'"),
        ({"corruption": Choice.of("symmetric", rate=2)}, "rate is 2; give 0"),
    ],
)
def test_a_spec_that_cannot_work_is_refused_before_anything_is_stored(change, message):
    with pytest.raises(ValueError, match=message):
        library.save(make_spec(**change))
    assert library.listing() == []


def test_corrupted_data_has_features_of_its_own_and_keeps_its_truth():
    clean, noisy = make_spec("herding"), make_spec("herding", corruption=Choice.of("symmetric", rate=0.3))
    for spec in (clean, noisy):
        library.execute(spec)
    truth = Run(noisy).dataset().split("train").truth
    labels = [Run(spec).tables[0].labels for spec in (clean, noisy)]
    assert np.array_equal(labels[0] != labels[1], truth.mislabelled) and truth.mislabelled.sum() == 60


def test_a_method_that_fails_is_reported_and_the_others_go_on(monkeypatch):
    poor = {"dynamics": {}, "head": None, "logits": None}
    extract = features.extract
    monkeypatch.setattr(
        features, "extract", lambda *a, **o: tuple(dataclasses.replace(t, **poor) for t in extract(*a, **o))
    )
    spec = make_spec("el2n", "herding")
    library.execute(spec)
    assert set(Run(spec).problems) == {"el2n"}
    assert "needs" in Run(spec).problems["el2n"] and "dynamics.el2n" in Run(spec).problems["el2n"]
    assert set(Run(spec).curve()["method"]) == {"herding", "random"}
    with pytest.raises(ValueError, match="no method could rank: method 'el2n' needs"):
        library.execute(make_spec("el2n"))


def test_a_measure_that_fails_is_reported_and_the_others_go_on(monkeypatch):
    def broken(table, **_options):
        raise ZeroDivisionError("no such luck")

    entry = registry.measures.get("coverage")
    monkeypatch.setitem(registry.measures._entries, "coverage", dataclasses.replace(entry, function=broken))
    spec = make_spec("herding", measures=tuple(map(Choice, ("energy", "coverage", "class_balance"))))
    library.execute(spec)
    assert Run(spec).problems == {"coverage": "no such luck"}
    counts = Run(spec).curve()["measure"].value_counts()
    assert counts.to_dict() == {"energy": 16, "class_balance": 16}  # (herding + 3 random) x 4 sizes
    monkeypatch.undo()
    library.execute(spec)
    assert Run(spec).problems == {} and len(Run(spec).curve()) == 48


def test_a_full_disk_stops_the_run_and_loses_nothing(monkeypatch):
    real, spec = np.save, make_spec("herding", "random")

    def full(file, array, **options):
        if "order" in str(file):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(file, array, **options)

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space left on device; free disk space"):
        library.execute(spec)
    assert Run(spec).tables[0].n == 200 and Run(spec).projection.kind == "PCA"
    monkeypatch.setattr(np, "save", real)
    library.execute(spec)
    assert len(Run(spec).curve()) == 32


@pytest.mark.parametrize("kind", ["features", "ranking", "projection", "detection"])
def test_damaged_parts_are_made_again(kind):
    spec = make_spec("fdmat", "herding")
    library.execute(spec)
    before, curve = bytes_of(kind), Run(spec).curve()
    for folder in (store.home() / kind).iterdir():
        file = sorted(folder.glob("*.npy"))[0]
        os.truncate(file, file.stat().st_size // 2)
    points.forget(artifacts.source(spec, artifacts.used_features(spec)).origin)
    library.execute(spec)
    whole = {name: digest for name, digest in bytes_of(kind).items() if ".damaged-" not in name}
    assert whole == before and Run(spec).curve().equals(curve)


def test_detection_is_of_the_runs_own_fdmat():
    spec = make_spec("random", methods=(Choice("random"), Choice.of("fdmat", lam=3.0, neighbours=5)))
    assert Run(spec).detection is None
    library.execute(spec)
    train = Run(spec).tables[0]
    fresh = detectors.scores(train, selection.rank(train, spec.methods[1]))
    mine = Run(spec).detection
    assert list(mine) == list(fresh) and all(np.array_equal(mine[name], fresh[name]) for name in fresh)
    other = dataclasses.replace(spec, methods=(Choice("random"), Choice("fdmat")))
    assert Run(other).detection is None
    library.execute(other)
    assert not np.array_equal(Run(other).detection["FDMat"], mine["FDMat"])
    assert np.array_equal(Run(other).detection["self-confidence"], mine["self-confidence"])


def test_a_run_without_fdmat_has_no_detection():
    spec = make_spec("herding")
    library.execute(spec)
    assert Run(spec).detection is None and list(entries.keys("detection")) == []


def too_large():
    """The error of numpy for an array that has no room."""
    with pytest.raises(MemoryError) as caught:
        np.empty((1 << 60,), dtype=np.uint8)
    return caught.value


@pytest.mark.parametrize("error", [MemoryError("cannot allocate"), too_large()])
def test_memory_that_runs_out_in_one_method_is_no_problem_for_ever(monkeypatch, error):
    spec, rank, held = make_spec("fdmat", "herding"), tasks.selection.rank, []

    def hungry(table, method, **options):
        held.append((distances.BLOCK, distances.DENSE_ROWS))
        if method == Choice("herding") and len(held) < 8:
            raise error
        return rank(table, method, **options)

    monkeypatch.setattr(tasks.selection, "rank", hungry)
    ended = jobs.work(spec)
    assert (ended.state, Run(spec).problems) == ("failed", {})
    assert "ran out of memory in herding" in ended.message and "smaller blocks" in ended.advice
    assert Run(spec).ranking(Choice("fdmat")) is not None and Run(spec).lacking == ("rankings", "points", DISTANCES)
    assert set(held) == {(2**26, 20_000)} and (artifacts.folder(spec.key) / "memory.json").read_text() == "1"
    held[:] = [(2**24, 5_000)] * 8
    assert jobs.work(spec).state == "done" and Run(spec).complete
    assert set(held) == {(2**24, 5_000)} and distances.BLOCK == 2**26
    assert not (artifacts.folder(spec.key) / "memory.json").exists()


DISTANCES = "distances between the sizes"


def test_detection_that_fails_stops_nothing(monkeypatch):
    monkeypatch.setattr(detectors, "out_of_fold", lambda *_, **__: 1 / 0)
    spec = make_spec("fdmat")
    library.execute(spec)
    assert "zero" in Run(spec).problems["detection"] and Run(spec).projection.kind == "UMAP"
    assert Run(spec).detection is None and not Run(spec).curve().empty


def test_points_that_got_lost_are_measured_again(counted):
    spec = make_spec("herding")
    library.execute(spec)
    curve, before = Run(spec).curve(), dict(counted)
    points.forget(artifacts.source(spec, artifacts.used_features(spec)).origin)
    assert Run(spec).curve().empty
    library.execute(spec)
    assert Run(spec).curve().equals(curve) and counted == before


def test_what_is_finished_can_be_read_while_the_rest_is_made(monkeypatch):
    spec, seen = make_spec("herding", "fdmat", "random"), []

    def watch(done, total, note):
        maps, random, ranking = Run(spec).projection, *(Run(spec).ranking(Choice(name)) for name in ("random", "fdmat"))
        assert random or not ranking  # FDMat is not seen without random
        seen.append((note.partition(":")[0], maps.kind if maps else None, ranking is not None, len(Run(spec).curve())))

    library.execute(spec, watch)
    assert [stage for stage, *_ in seen if stage != "points"][-1] == "projection"
    assert ("rankings", "PCA", False, 0) in seen and ("rankings", "PCA", True, 0) in seen  # the recommended one first
    counts = [count for stage, *_, count in seen if stage == "points"]
    assert counts == list(range(len(counts))) and counts[-1] > 20


def test_progress_is_in_step_with_the_work():
    told = []
    library.execute(make_spec("herding"), lambda done, total, note: told.append((done, total, note)))
    stages_told = list(dict.fromkeys(note.partition(":")[0] for *_, note in told))
    assert stages_told == ["features", "projection", "rankings", "points"]
    assert all(0 <= done <= total for done, total, _ in told)


def test_methods_that_choose_afresh_have_one_ranking_for_each_size():
    spec = make_spec("ccs")
    assert not registry.methods.get("ccs").facts.nested
    library.execute(spec)
    train = Run(spec).tables[0]
    for fraction in (*spec.fractions, 1.0):
        k = sizes.kept_count(train.n, fraction)
        fresh = selection.rank(train, "ccs", budget=k)
        assert np.array_equal(Run(spec).ranking(Choice("ccs"), k=k).order, fresh.order)
    assert Run(spec).ranking(Choice("ccs"), k=17) is None
    assert Run(spec).ranking(Choice("ccs")) is not None


def test_other_code_gives_another_key(monkeypatch):
    spec = make_spec("herding")
    library.execute(spec)
    monkeypatch.setattr(artifacts.provenance, "of", lambda *_: "another version")
    assert Run(spec).ranking(Choice("herding")) is None and Run(spec).curve().empty
    assert Run(spec).tables is not None  # which features were used is written down


def test_runs_are_listed_newest_first_and_found_by_their_first_letters():
    first, second = make_spec("herding"), make_spec("random")
    keys = [library.save(first), library.save(second)]
    for age, key in zip((20, 10), keys, strict=True):
        os.utime(artifacts.folder(key) / "spec.json", (1e9 - age, 1e9 - age))
    assert library.listing() == keys[::-1]
    assert Run.open(keys[0]).spec == settings.checked(first)
    assert library.resolve(keys[0][:6]) == keys[0]
    with pytest.raises(ValueError, match="2 runs start with ''"):
        library.resolve("")
    with pytest.raises(ValueError, match="no run starts with 'zz'"):
        library.resolve("zz")
    with pytest.raises(ValueError, match="no run 'abc' is stored"):
        Run.open("abc")


def test_deleting_a_run_leaves_what_another_needs():
    kept, gone = make_spec("herding"), make_spec("herding", "fdmat")
    for spec in (kept, gone):
        library.execute(spec)
    library.delete(gone.key)
    assert library.listing() == [kept.key]
    assert Run(kept).ranking(Choice("herding")) is not None and len(Run(kept).curve()) == 32
    assert len(list(entries.keys("ranking"))) == 1 + 3  # herding, and random for the band
    assert list(entries.keys("detection")) == []
    library.delete(kept.key)
    assert {kind: list(entries.keys(kind)) for kind in KINDS} == {kind: [] for kind in KINDS}
    assert points.origins() == set()


def test_prune_removes_only_what_no_run_needs():
    spec = make_spec("herding")
    library.execute(spec)
    entries.put("ranking", "orphan", entries.Item({"order": np.arange(3)}, {}))
    points.insert(
        points.Source("orphan", {("a", "b"): "v"}),
        [{"method": "a", "measure": "b", "k": 1, "seed": 0, "value": 1.0}],
    )
    before = bytes_of("ranking"), Run(spec).curve()
    assert library.prune() == ["points/orphan", "ranking/orphan"]
    assert library.prune() == []
    assert {name for name in before[0] if not name.startswith("orphan")} == set(bytes_of("ranking"))
    assert Run(spec).curve().equals(before[1])


def test_a_run_whose_method_is_gone_does_not_get_in_the_way():
    spec = make_spec("herding")
    library.execute(spec)
    store.write_json(artifacts.folder("0123") / "spec.json", spec.to_json() | {"methods": ["no_such_method"]})
    assert set(library.listing()) == {spec.key, "0123"}
    assert library.prune() == []
    library.delete("0123")
    assert library.listing() == [spec.key]


@pytest.mark.parametrize(
    ("dataset", "message"),
    [(Choice.of("mixture", n=50, classes=1), "class"), (Choice.of("mixture", n=12, classes=3), None)],
)
def test_one_class_and_few_rows_are_survived_or_refused_in_words(dataset, message):
    spec = make_spec("fdmat", "random", "herding", dataset=dataset)
    library.execute(spec)
    assert not Run(spec).curve().empty
    assert all(message in problem for problem in Run(spec).problems.values())


def test_of_several_fdmats_the_one_with_usual_settings_says_what_is_suspected():
    variants = Choice.of("fdmat", tau=0.0), Choice.of("fdmat", tau=1.0)
    assert artifacts.evidence_method(make_spec(methods=(*variants, Choice("herding"), Choice("fdmat")))) == Choice(
        "fdmat"
    )
    assert artifacts.evidence_method(make_spec(methods=(Choice("herding"), *variants))) == variants[0]
    assert artifacts.evidence_method(make_spec("herding")) is None


def test_a_killed_extraction_goes_on_in_the_next_run_and_leaves_nothing(monkeypatch, store_home):
    """Features of a run that stopped in its head are not read again, and its folder is gone when they are stored."""
    monkeypatch.setattr(features, "extract", REAL_EXTRACT)
    spec = make_spec("herding", dataset=Choice.of("mixture", n=252))

    def stops(done, total, note):
        if "linear head" in note:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.execute(spec, stops)
    left = [folder.name for folder in (store_home / "features").iterdir()]
    assert len(left) == 1 and left[0].endswith(".work") and library.prune() == []
    told = []
    library.execute(spec, lambda done, total, note: told.append(note))
    assert not any("rows/s" in note for note in told)
    assert [folder.name for folder in (store_home / "features").iterdir()] == [left[0][1:].removesuffix(".work")]
