"""Small synthetic tables that every test may use."""

import dataclasses
import inspect
import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in fdmat_core/__main__.py; read when torch is loaded

import numpy as np
import pytest

from fdmat_core import device, registry
from fdmat_core.types import UNLABELLED, FeatureTable

#: Words in the names of tests that run whole pages, start processes, train networks or draw a million times.
SLOW = (
    *(
        "tests/pages/",
        "tests/report/",
        "tests/runs/",
        "tests/backbones/",
        "test_cli.py",
        "test_features.py",
        "test_detectors.py",
    ),
    *("full_training", "test_the_experiment_runs", "zcore"),
)


def pytest_collection_modifyitems(items):
    """Mark what is slow, so that `-m "not slow and not browser"` answers within a minute."""
    for item in items:
        if any(word in item.nodeid for word in SLOW):
            item.add_marker("slow")


#: Words in the file of a method or measure that computes where its arrays lie.
ON_DEVICE = ("device.put", "transported", "head_gradients", "by_class", "to_part", "predictor")


@pytest.fixture(params=["numpy", "tensors"])
def arrays(request, monkeypatch):
    """Compute with numpy's arrays as on a CPU, and with tensors as on an accelerator, where that is not the same."""
    if request.param == "tensors":
        monkeypatch.setattr(device, "takes_tensors", lambda: True)
        named = getattr(request.node, "callspec", None)
        name = named.params.get("name") if named else None
        name = name or request.node.path.stem.removeprefix("test_")
        for room in (registry.methods, registry.measures):
            if name in room.all() and not any(word in source(room.get(name)) for word in ON_DEVICE):
                pytest.skip("the same on every device")
    return request.param


def source(entry):
    return Path(inspect.getfile(entry.function)).read_text()


def make_table(sizes=(40, 30, 20), d=8, seed=0, spread=1.0, labels=None):
    """A Gaussian mixture after a ReLU with every column that a method may need; one blob per class, rows shuffled."""
    rng = np.random.default_rng(seed)
    c = len(sizes)
    labels = rng.permutation(np.repeat(np.arange(c), sizes)) if labels is None else np.asarray(labels)
    centres = 4 * rng.random((c, d))
    n = len(labels)
    embedding = np.maximum(0, centres[labels] + spread * rng.standard_normal((n, d))).astype(np.float32)
    mean = embedding.mean(axis=0)
    weights = np.stack([(centres[label] - mean) / d for label in range(c)])
    head = np.concatenate([weights, -0.5 * (weights**2).sum(axis=1, keepdims=True)], axis=1).astype(np.float32)
    logits = (embedding - mean) @ head[:, :-1].T + head[:, -1] + 0.3 * rng.standard_normal((n, c)).astype(np.float32)
    names = ("forgetting", "aum_logit", "aum_prob", "el2n", "tdds", "mean_loss")
    dynamics = {name: rng.random(n).astype(np.float32) for name in names}
    dynamics["forgetting"] = rng.integers(0, 4, n).astype(np.float32)
    dynamics["grand"] = dynamics["el2n"] * np.sqrt(1 + (embedding**2).sum(axis=1))
    more = np.random.default_rng(seed + 1)
    dynamics |= {name: more.random(n).astype(np.float32) for name in ("dual", "early_prob", "eva_early", "eva_late")}
    return FeatureTable(
        ids=rng.permutation(10 * n)[:n].astype(np.int64),
        labels=labels.astype(np.int64),
        embedding=embedding,
        classes=tuple(f"class {label}" for label in range(c)),
        key="synthetic",
        logits=logits.astype(np.float32),
        head=head,
        dynamics=dynamics,
    )


@pytest.fixture
def table():
    return make_table()


@pytest.fixture(autouse=True)
def store_home(tmp_path, monkeypatch):
    """Every test has a store of its own."""
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def without_labels(table):
    """A table as data without labels give it: one class for all, and nothing that a classifier would have learned."""
    labels = np.zeros(table.n, dtype=np.int64)
    return dataclasses.replace(table, labels=labels, classes=UNLABELLED, logits=None, head=None, dynamics={})
