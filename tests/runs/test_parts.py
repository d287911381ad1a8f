"""One list of what a run consists of: what is made, what is missing and what it will take never disagree."""

import pytest

from fdmat_core.runs import artifacts, estimates, library, parts, settings, stages
from fdmat_core.runs.run import KINDS, Run
from fdmat_core.spec import Choice
from fdmat_core.store import entries
from tests.runs.conftest import make_spec
from tests.runs.test_estimates import said, seconds_of_one

assert seconds_of_one  # the fixture
SPEC = make_spec("fdmat", "herding", "random", "k_medoids")


@pytest.fixture
def made():
    """A finished run, and which features it uses."""
    spec = settings.checked(SPEC)
    library.execute(spec)
    return spec, artifacts.used_features(spec)


def test_a_run_stores_what_the_list_says_and_nothing_else(made):
    spec, used = made
    stored = {(kind, key) for kind in KINDS for key in entries.keys(kind)}
    drawn = {(part.kind, part.key) for part in parts.of(spec, used, seeds=max(spec.seeds, spec.band))}
    assert {(part.kind, part.key) for part in parts.of(spec, used)} <= stored == drawn
    assert not list(parts.missing(spec, used)) and not list(parts.unmeasured(spec, used))
    assert library.prune() == []


def test_what_is_gone_is_missing_and_takes_its_time(made, seconds_of_one, tmp_path):
    spec, used = made
    for part in parts.of(spec, used):
        there = entries.path(part.kind, part.key)
        there.rename(tmp_path / "away")
        assert list(parts.missing(spec, used)) == [part]
        assert stages.lacking(spec) == (stages.PARTS[part.kind],)
        taken = {name: seconds for name, seconds in said(spec).seconds.items() if seconds}
        assert taken == {estimates.STAGES[part.kind]: 8 if part.kind == "features" else 1}
        (tmp_path / "away").rename(there)
    assert stages.lacking(spec) == () and said(spec).total == 0


def test_what_needs_labels_takes_nothing_where_there_are_none(seconds_of_one):
    measures = (Choice("energy"), Choice("linear_probe"))
    bare = make_spec("herding", "craig", measures=measures, dataset=Choice.of("mixture", n=250, classes=1))
    found = said(bare)
    library.execute(bare)
    run = Run(settings.checked(bare))
    assert set(run.problems) == {"craig", "linear_probe"}
    assert found.seconds["rankings"] == 1 and found.seconds["points"] == len(run.curve()) > 0
