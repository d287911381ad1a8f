"""What a run stores so that its distances are known wherever the slider rests."""

import pytest

from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.store import entries
from tests.runs.conftest import make_spec


def test_distances_between_the_sizes_are_those_stored_at_the_sizes():
    spec = make_spec("herding", "craig", measures=(Choice("sliced_wasserstein"), Choice("energy")))
    library.execute(spec)
    run = Run(spec)
    curve, herding = run.curve(), spec.methods[0]
    for measure in spec.measures:
        points = curve[(curve["method"] == "herding") & (curve["measure"] == str(measure))]
        assert len(points) == 4
        for point in points.itertuples():
            assert run.distance(measure, herding, point.kept) == pytest.approx(point.value, rel=1e-5, abs=1e-7)
        found = [run.distance(measure, herding, kept) or 0.0 for kept in (0.5, 0.35, 0.2)]
        assert 0 < found[0] < found[1] < found[2]
        assert run.distance(measure, spec.methods[1], 0.2) is None  # weighs what it keeps
    assert run.complete and run.clusters.sizes.sum() == 200
    library.delete(run.key)
    assert not any(list(entries.keys(kind)) for kind in ("energy", "sorted", "clusters"))
