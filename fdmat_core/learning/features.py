"""From a dataset to feature tables: run a backbone over the images, train what is to be trained, record it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from fdmat_core import device, registry
from fdmat_core.backbones import Backbone
from fdmat_core.learning import training
from fdmat_core.learning.dynamics import Recorder
from fdmat_core.learning.head import HEAD_EPOCHS, apply, linear_head, parameters
from fdmat_core.progress import Progress, silent
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset, FeatureTable, fingerprint

#: The columns of a table by name, without its ids, labels and classes.
Columns = dict[str, Any]
#: A network that learns the dataset takes at least so many steps; small datasets are passed over more often for it.
LEAST_STEPS = 200


def extract(
    dataset: Dataset, backbone: str | Choice, *, seed: int = 0, progress: Progress | None = None
) -> tuple[FeatureTable, FeatureTable]:
    """Make the feature tables of a dataset's train and test items, in ascending id order.

    Every backbone gives the same columns: embedding, head and logits, and for train items the dynamics of training.
    They are those of the network's own training, or of a linear head on frozen features. With a single class there is
    nothing to tell apart, and frozen features come without head, logits and dynamics.

    Parameters
    ----------
    seed
        Of first weights and the order of batches.
    progress
        Called with (done, total, note).

    Raises
    ------
    ValueError
        The backbone cannot read this dataset, or features are not finite; the message names the fix.
    """
    choice = Choice.named(backbone)
    name = key(dataset, choice, seed=seed)
    train, test = dataset.split("train"), dataset.split("test")
    described = describe(train, choice)
    make = _by_learning if described.epochs else _frozen
    columns, test_columns = make(described, train, test, seed, progress or silent)
    return _table(train, name, columns), _table(test, f"{name}-test", test_columns)


def key(dataset: Dataset, backbone: str | Choice, *, seed: int = 0) -> str:
    """The name of the features that `extract` makes; it needs neither images nor training."""
    choice = Choice.named(backbone)
    params = registry.backbones.get(choice.name).read(dict(choice.params))
    return fingerprint({"dataset": dataset.key, "backbone": choice.name, "params": params, "seed": seed})


def describe(dataset: Dataset, choice: Choice) -> Backbone:
    """The backbone for this dataset's items, or a ValueError if it cannot read them."""
    entry = registry.backbones.get(choice.name)
    if getattr(dataset, entry.facts.reads) is None:
        other = "given" if entry.facts.reads == "images" else "pixels"
        raise ValueError(
            f"backbone {choice.name!r} reads {entry.facts.reads}, which dataset {dataset.name!r} does not have; "
            f"choose a backbone that reads what it has, such as {other!r}"
        )
    if entry.facts.trains and len(np.unique(dataset.labels)) < 2:
        raise ValueError(
            f"backbone {choice.name!r} learns to tell classes apart, but dataset {dataset.name!r} has one class only; "
            "choose a frozen backbone, such as 'pixels'"
        )
    return entry(_items(dataset, dataset.ids[:1]).shape[1:], params=dict(choice.params))


def _table(items: Dataset, name: str, columns: Columns) -> FeatureTable:
    return FeatureTable(ids=items.ids, labels=items.labels, classes=items.classes, key=name, **columns)


def _items(dataset: Dataset, ids: np.ndarray) -> np.ndarray:
    """Some items of a dataset as images (m, height, width, channels), or as their ready-made features (m, d)."""
    if dataset.images is not None:
        return dataset.images(ids)
    return np.asarray(dataset.features_of(ids), dtype=np.float32)


def _by_learning(
    backbone: Backbone, train: Dataset, test: Dataset, seed: int, tell: Progress
) -> tuple[Columns, Columns]:
    """Columns from a network that is trained on the dataset: its last hidden layer, its last layer, its dynamics."""
    import torch

    c, labels = len(train.classes), np.array(train.labels)
    inputs = training.to_inputs(_items(train, train.ids))
    network = training.classifier(backbone.network, inputs.shape[1:], c, seed=seed)
    epochs = max(backbone.epochs, -(-LEAST_STEPS // training.steps_per_epoch(len(labels), training.BATCH)))
    recorder = Recorder(labels, c, epochs)
    recipe = training.Recipe.of_epochs(epochs, len(labels), rate=backbone.rate)
    per_epoch = recipe.steps // epochs
    embedding, head, logits = (np.empty(0) for _ in range(3))  # of the last epoch so far
    for step in training.train(network, inputs, torch.as_tensor(labels).to(inputs.device), recipe, seed=seed):
        tell(step, recipe.steps + 1, f"training, epoch {-(-step // per_epoch)} of {epochs}")
        if step % per_epoch == 0:
            embedding = training.evaluate(network[0], inputs).cpu().numpy()
            head = parameters(cast("torch.nn.Linear", network[1]))
            logits = apply(head, embedding)
            recorder.add(logits, embedding)
    shown = training.evaluate(network[0], training.to_inputs(_items(test, test.ids))).cpu().numpy()
    tell(recipe.steps + 1, recipe.steps + 1, "test items")
    columns = {"embedding": embedding, "logits": logits, "head": head, "dynamics": recorder.columns()}
    return columns, {"embedding": shown, "logits": apply(head, shown), "head": head}


def _frozen(backbone: Backbone, train: Dataset, test: Dataset, seed: int, tell: Progress) -> tuple[Columns, Columns]:
    """Columns from a network that stays as it is, and a linear head trained on what it gives."""
    n, items = len(train.ids), len(train.ids) + len(test.ids)
    epoch = max(1, items // 100)  # an epoch of the head counts as so many items
    total = items + (HEAD_EPOCHS * epoch if len(train.classes) > 1 else 0)
    embedding = _embed(backbone, train, lambda done: tell(done, total, "features"))
    shown = _embed(backbone, test, lambda done: tell(n + done, total, "features"))
    if len(train.classes) < 2:
        return {"embedding": embedding}, {"embedding": shown}
    head, dynamics = linear_head(
        embedding,
        np.array(train.labels),
        len(train.classes),
        seed=seed,
        tell=lambda done: tell(items + done * epoch, total, f"linear head, epoch {done} of {HEAD_EPOCHS}"),
    )
    columns = {"embedding": embedding, "logits": apply(head, embedding), "head": head, "dynamics": dynamics}
    return columns, {"embedding": shown, "logits": apply(head, shown), "head": head}


def _embed(backbone: Backbone, items: Dataset, tell: Callable[[int], None]) -> np.ndarray:
    """The embedding (n, d) of all items, read and computed batch by batch."""
    network = backbone.network.to(device.best())
    parts = []
    for start in range(0, max(1, len(items.ids)), backbone.batch):
        batch = _items(items, items.ids[start : start + backbone.batch])
        parts.append(training.evaluate(network, training.to_inputs(batch)).cpu().numpy())
        _require_finite(parts[-1], items.ids[start:])
        tell(start + len(batch))
    return np.concatenate(parts)


def _require_finite(embedding: np.ndarray, ids: np.ndarray) -> None:
    bad = ~np.isfinite(embedding).all(axis=1)
    if bad.any():
        raise ValueError(
            f"features of item {ids[int(bad.argmax())]} are not finite (NaN or infinite); remove or repair such items"
        )
