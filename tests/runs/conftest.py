"""Small specs, jobs that can be slowed down, and no UMAP, which takes long to compile."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from fdmat_core import projection
from fdmat_core.learning import features
from fdmat_core.runs import jobs, library, settings, stages
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec

CHILD = Path(__file__).parent / "child.py"


REAL_EXTRACT, REMEMBERED = features.extract, {}


def remembered(dataset, backbone, **options):
    """Features as they were made before in this session."""
    key = features.key(dataset, backbone)
    if key not in REMEMBERED:
        REMEMBERED[key] = REAL_EXTRACT(dataset, backbone, **options)
    return REMEMBERED[key]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Maps by PCA only, features made once, children from `child.py`, and none of them left behind."""
    monkeypatch.setattr(features, "extract", remembered)
    monkeypatch.setattr(projection, "umap", lambda table, seed=0: projection.pca(table))
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, str(CHILD)))
    yield
    for key in library.listing():
        jobs.cancel(key)


def make_spec(*methods, **changes):
    fields = {
        "dataset": Choice.of("mixture", n=250),
        "backbone": Choice("given"),
        "methods": tuple(map(Choice, methods or ("fdmat", "herding", "el2n"))),
        "measures": (Choice("energy"), Choice("class_balance")),
        "fractions": (0.05, 0.2, 0.5),
        "seeds": 2,
        "band": 3,
    }
    return Spec(**(fields | changes))


def with_features(spec):
    """The spec, with its features stored already, so that its job has no need of torch."""
    stages.make_features(settings.checked(spec), Run(spec).dataset(), lambda done, total, note: None)
    return spec


def exists(pid):
    """Whether a process goes on; one that ended and that nobody asked about since does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # also if it ends while it is looked at
        return False


def wait_for(condition, seconds=60):
    """The first true answer, or a failure when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"nothing after {seconds} s")
