"""One bad run never blocks the rest: whatever its small files hold, the others are listed, pruned and deleted."""

import shutil

import pytest

from fdmat_core.runs import artifacts, jobs, library, points
from fdmat_core.runs.run import KINDS, Run
from fdmat_core.store import entries
from tests.runs import damage
from tests.runs.conftest import make_spec
from tests.stores import filling

GOOD, BAD = make_spec("herding"), make_spec("random", "k_center", balance="none")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with two runs."""
    with filling(tmp_path_factory, "two") as home:
        for spec in (GOOD, BAD):
            assert jobs.work(spec).state == "done"
    return home


@pytest.fixture
def two(filled, tmp_path, monkeypatch):
    """A copy of it; returns the folder of the run that will be bad."""
    shutil.copytree(filled, tmp_path / "copy")
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "copy"))
    return artifacts.folder(BAD.key)


def there():
    return {(kind, key) for kind in KINDS for key in entries.keys(kind)} | {("points", one) for one in points.origins()}


@pytest.mark.parametrize(("file", "content"), damage.DAMAGES, ids=damage.names())
def test_a_bad_run_is_said_and_takes_nothing_along(two, file, content):
    before = there()
    damage.do(two, file, content)
    assert set(library.listing()) == {GOOD.key, BAD.key}
    assert jobs.status(GOOD.key).state == "done"
    assert jobs.log(BAD.key) is not None
    if file == damage.SPEC:
        with pytest.raises(ValueError, match=r"cannot be read.*delete the run"):
            Run.open(BAD.key)
    elif file in (damage.STATUS, damage.LOG):
        assert jobs.status(BAD.key).state == "done"
    else:
        run = Run.open(BAD.key)
        assert run.unreadable == (file,)
        assert (run.problems, run.findings, library.name(BAD.key)) == ({}, run.findings, "")
        assert jobs.status(BAD.key).state == ("outdated" if file == damage.FEATURES else "done")
    assert library.prune() == [] and there() == before
    library.delete(BAD.key)
    assert library.listing() == [GOOD.key] and Run.open(GOOD.key).complete
    library.prune()
    assert jobs.status(GOOD.key).state == "done" and there() < before


def test_what_a_bad_run_may_share_stays_until_it_is_deleted(two):
    before = there()
    damage.do(two, damage.SPEC, "")
    library.delete(GOOD.key)
    assert library.listing() == [BAD.key] and there() == before
    library.delete(BAD.key)
    library.prune()
    assert there() == set()


def test_a_run_with_a_damaged_note_is_whole_again_when_it_is_started_again(two):
    damage.do(two, damage.FEATURES, "{}")
    assert jobs.work(BAD).state == "done" and Run.open(BAD.key).unreadable == ()


def test_what_people_brought_along_is_not_swept_away(two):
    entries.put("imported", "one", entries.Item({}, {}))
    (entries.path("imported", "one") / "manifest.json").write_text("no more")
    assert entries.find("imported", "one") is None
    library.prune()
    assert len(list(entries.path("imported", "one").parent.glob("one.damaged-*"))) == 1
