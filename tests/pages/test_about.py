"""About: versions as installed, disk use that adds up, every dataset and backbone with its source."""

import importlib.metadata

import numpy as np

from fdmat_core import registry
from fdmat_core.report import versions
from fdmat_core.store import entries, files
from pages.about import facts
from pages.shell import places


def test_the_page_shows_versions_sources_and_the_folder(visit):
    app = visit(places.ABOUT)
    usage, versions, sources = (one.value for one in app.dataframe)
    assert dict(versions.to_numpy())["torch"] == importlib.metadata.version("torch")
    assert set(sources["name"]) >= {entry.title for entry in registry.datasets.all().values()}
    assert (
        sources.set_index("name").loc["Fashion-MNIST (60,000 + 10,000)", "licence"]
        == registry.datasets.get("fashion_mnist").facts.licence
    )
    assert str(files.home()) in "".join(one.value for one in app.markdown) and "all" in set(usage["kind"])


def test_a_package_that_is_missing_is_said_to_be(monkeypatch):
    monkeypatch.setattr(versions, "PACKAGES", ("no-such-package",))
    assert dict(facts.versions().to_numpy())["no-such-package"] == "not installed"


def test_disk_use_adds_up():
    entries.put("features", "0" * 16, entries.Item({"x": np.zeros(10**6)}, {}))
    table = dict(facts.usage().to_numpy())
    assert table["features"] == table["all"] == "8.0 MB"
