"""A small noisy run of images, made once for all tests of what is handed over."""

import pytest

from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from tests.stores import filling

SPEC = Spec(
    dataset=Choice("digits"),
    backbone=Choice("pixels"),
    methods=(Choice("fdmat"), Choice("random"), Choice("ccs"), Choice.of("fdmat", tau=0.0)),
    measures=(Choice("energy"), Choice("linear_probe")),
    corruption=Choice.of("symmetric", rate=0.1),
    fractions=(0.05, 0.2, 1.0),
    seeds=2,
    band=2,
)


@pytest.fixture(scope="session")
def report_home(tmp_path_factory):
    """A store that holds the run."""
    with filling(tmp_path_factory, "report") as home:
        library.execute(SPEC)
    return home


@pytest.fixture
def run(report_home, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(report_home))
    return Run(SPEC)
