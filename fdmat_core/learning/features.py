"""From a dataset to feature tables: run a backbone over the images, train what is to be trained, record it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from fdmat_core import registry
from fdmat_core.backbones import Backbone
from fdmat_core.learning import extraction, training
from fdmat_core.learning.dynamics import Recorder
from fdmat_core.learning.head import apply, epochs_of, linear_head, parameters
from fdmat_core.learning.resuming import Saved
from fdmat_core.progress import Progress, silent
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset, FeatureTable, fingerprint

#: The columns of a table by name, without its ids, labels and classes.
Columns = dict[str, Any]
#: A network that learns the dataset takes at least so many steps; small datasets are passed over more often for it.
LEAST_STEPS = 200
#: The field of a dataset that holds its texts.
TEXT = "text"
#: What may be read of a dataset: a backbone that reads it, and what people call the items.
READERS = {"images": "pixels", "features": "given", "text": "hashed_words"}
UNITS = {"images": "images", "features": "rows", "text": "texts"}


#: Gives the embedding of slices of the items of a split, in order, that other processes make.
Elsewhere = Callable[[str, list[slice]], Generator[np.ndarray]]


class Job(NamedTuple):
    """A backbone, what it reads, and the items of a dataset to train and to test on."""

    backbone: Backbone
    reads: str
    train: Dataset
    test: Dataset

    @staticmethod
    def of(dataset: Dataset, choice: Choice) -> Job:
        """The job of making the features of a dataset's items."""
        train, test = dataset.split("train"), dataset.split("test")
        return Job(describe(train, choice), registry.backbones.get(choice.name).facts.reads, train, test)


def extract(
    dataset: Dataset,
    backbone: str | Choice,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    work: Path | None = None,
    elsewhere: Elsewhere | None = None,
) -> tuple[FeatureTable, FeatureTable]:
    """Make the feature tables of a dataset's train and test items, in ascending id order.

    Every backbone gives the same columns: embedding, head and logits, and for train items the dynamics of training.
    They are those of the network's own training, or of a linear head on frozen features. With a single class there is
    nothing to tell apart, and frozen features come without head, logits and dynamics. Logits that came with the dataset
    stand in the table of a frozen backbone in place of the head's; head and dynamics are the trained head's even then.

    Parameters
    ----------
    seed
        Of first weights and the order of batches.
    progress
        Called with (done, total, note).
    work
        A folder for what is half done: what a killed process has left there under the same name is not made again.
    elsewhere
        Where there are other processes that embed: gives what they make by `shard`. Needs `work`.

    Raises
    ------
    ValueError
        The backbone cannot read this dataset, or features are not finite; the message names the fix.
    """
    choice = Choice.named(backbone)
    name = key(dataset, choice, seed=seed)
    job, tell = Job.of(dataset, choice), progress or silent
    if job.backbone.epochs:
        columns, test_columns = _by_learning(job, seed, tell, work)
    else:
        _require_logits(dataset)
        columns, test_columns = _frozen(job, seed, tell, work, elsewhere)
    return _table(job.train, name, columns), _table(job.test, f"{name}-test", test_columns)


def key(dataset: Dataset, backbone: str | Choice, *, seed: int = 0) -> str:
    """The name of the features that `extract` makes; it needs neither images nor training."""
    choice = Choice.named(backbone)
    params = registry.backbones.get(choice.name).read(dict(choice.params))
    return fingerprint({"dataset": dataset.key, "backbone": choice.name, "params": params, "seed": seed})


def describe(dataset: Dataset, choice: Choice) -> Backbone:
    """The backbone for this dataset's items, or a ValueError if it cannot read them."""
    entry = registry.backbones.get(choice.name)
    if not _has(dataset, entry.facts.reads):
        other = next((name for kind, name in READERS.items() if _has(dataset, kind)), "given")
        raise ValueError(
            f"backbone {choice.name!r} reads {entry.facts.reads}, which dataset {dataset.name!r} does not have; "
            f"choose a backbone that reads what it has, such as {other!r}"
        )
    if entry.facts.trains and len(np.unique(dataset.labels)) < 2:
        raise ValueError(
            f"backbone {choice.name!r} learns to tell classes apart, but dataset {dataset.name!r} has one class only; "
            "choose a frozen backbone, such as 'pixels'"
        )
    shape = () if entry.facts.reads == "text" else items(dataset, entry.facts.reads, dataset.ids[:1]).shape[1:]
    return entry(shape, params=dict(choice.params))


def _has(dataset: Dataset, reads: str) -> bool:
    """Whether a dataset has what a backbone reads; texts are its field of that name."""
    return TEXT in dataset.fields if reads == "text" else getattr(dataset, reads) is not None


def items(dataset: Dataset, reads: str, ids: np.ndarray) -> np.ndarray:
    """Some items of a dataset: images (m, height, width, channels), ready-made features (m, d) or texts (m,)."""
    match reads:
        case "images":
            return dataset.images_of(ids)
        case "text":
            return dataset.fields[TEXT][dataset.rows_of(ids)]
        case _:
            return np.asarray(dataset.features_of(ids), dtype=np.float32)


def _table(items: Dataset, name: str, columns: Columns) -> FeatureTable:
    return FeatureTable(ids=items.ids, labels=items.labels, classes=items.classes, key=name, **columns)


def _by_learning(job: Job, seed: int, tell: Progress, work: Path | None) -> tuple[Columns, Columns]:
    """Columns from a network that is trained on the dataset: its last hidden layer, its last layer, its dynamics."""
    import torch

    train, test, backbone = job.train, job.test, job.backbone
    c, labels = len(train.classes), np.array(train.labels)
    inputs = training.to_inputs(items(train, job.reads, train.ids))
    network = training.classifier(backbone.network, inputs.shape[1:], c, seed=seed)
    epochs = epochs_for(backbone, len(labels))
    recorder = Recorder(labels, c, epochs)
    recipe = training.Recipe.of_epochs(epochs, len(labels), rate=backbone.rate, seed=seed)
    per_epoch = recipe.steps // epochs
    saved = Saved(work / "network.pt", recorder, per_epoch) if work else None
    embedding, head, logits = (np.empty(0) for _ in range(3))  # of the last epoch so far
    for step in training.train(network, inputs, torch.as_tensor(labels).to(inputs.device), recipe, saved=saved):
        tell(step, recipe.steps + 1, f"training, epoch {-(-step // per_epoch)} of {epochs}")
        if step % per_epoch == 0:
            embedding = training.evaluate(network[0], inputs).cpu().numpy()
            head = parameters(cast("torch.nn.Linear", network[1]))
            logits = apply(head, embedding)
            recorder.add(logits, embedding)
    shown = training.evaluate(network[0], training.to_inputs(items(test, job.reads, test.ids))).cpu().numpy()
    tell(recipe.steps + 1, recipe.steps + 1, "test items")
    columns = {"embedding": embedding, "logits": logits, "head": head, "dynamics": recorder.columns()}
    return columns, {"embedding": shown, "logits": apply(head, shown), "head": head}


def epochs_for(backbone: Backbone, n: int) -> int:
    """How often a network passes over n items that it learns: at least so often that it takes `LEAST_STEPS`."""
    return max(backbone.epochs, -(-LEAST_STEPS // training.steps_per_epoch(n, training.BATCH)))


def _frozen(
    job: Job, seed: int, tell: Progress, work: Path | None, elsewhere: Elsewhere | None
) -> tuple[Columns, Columns]:
    """Columns from a network that stays as it is, and a linear head trained on what it gives."""
    train, test = job.train, job.test
    n, both = len(train.ids), len(train.ids) + len(test.ids)
    epoch = max(1, both // 100)  # an epoch of the head counts as so many items
    epochs = epochs_of(n)
    total = both + (epochs * epoch if len(train.classes) > 1 else 0)
    told = extraction.paced(tell, total, both, UNITS[job.reads])
    embedding = embedded(job, train, work, told, elsewhere)
    shown = embedded(job, test, work, lambda done, fresh: told(n + done, fresh), elsewhere)
    if len(train.classes) < 2:
        return {"embedding": embedding}, {"embedding": shown}
    head, dynamics = linear_head(
        embedding,
        np.array(train.labels),
        len(train.classes),
        seed=seed,
        tell=lambda done: tell(both + done * epoch, total, f"linear head, epoch {done} of {epochs}"),
        work=work,
    )
    columns = {"embedding": embedding, "logits": _logits(train, head, embedding), "head": head, "dynamics": dynamics}
    return columns, {"embedding": shown, "logits": _logits(test, head, shown), "head": head}


def embedded(
    job: Job,
    split: Dataset,
    work: Path | None,
    told: Callable[[int, int], None],
    elsewhere: Elsewhere | None = None,
) -> np.ndarray:
    """The embedding (n, d) of one split by a network that stays as it is; by other processes if there is much to do."""
    name, n, batch = next(iter(split.splits)), len(split.ids), job.backbone.batch
    file = work / f"{name}.npy" if work else None
    if elsewhere and file and job.reads != "features" and n > extraction.SHARD * batch:
        return extraction.gathered(n, batch, partial(elsewhere, name), file, told)
    return extraction.embed(job.backbone, split.ids, _reader(job, split), file, told)


def shard(job: Job, split: str, rows: slice) -> np.ndarray:
    """The embedding (m, d) of some items of a split, in ascending id order, as another process makes it."""
    mine = job.test if split == "test" else job.train
    return extraction.embed(job.backbone, mine.ids[rows], _reader(job, mine), None, lambda done, fresh: None)


def _reader(job: Job, split: Dataset) -> Callable[[np.ndarray], np.ndarray]:
    """Reads some items (m, ...) of a split as the network takes them."""
    encode = job.backbone.encode or (lambda batch: batch)
    return lambda ids: encode(items(split, job.reads, ids))


def of_images(images: np.ndarray, backbone: Backbone) -> np.ndarray:
    """The embedding (m, d) of images (m, height, width, channels) by a network that stays as it is."""
    encode = backbone.encode or (lambda batch: batch)
    rows = np.arange(len(images))
    return extraction.embed(backbone, rows, lambda some: encode(images[some]), None, lambda done, fresh: None)


def _logits(items: Dataset, head: np.ndarray, embedding: np.ndarray) -> np.ndarray:
    """The logits (n, c) that came with a dataset, else those of the head."""
    if items.logits is None:
        return apply(head, embedding)
    return np.asarray(items.logits, dtype=np.float32)


def _require_logits(dataset: Dataset) -> None:
    """Refuse logits of a dataset's own that do not tell its classes apart, or are no numbers."""
    if dataset.logits is None or not dataset.labelled:
        return
    expected = (len(dataset.ids), len(dataset.classes))
    if dataset.logits.shape != expected:
        raise ValueError(
            f"logits of dataset {dataset.name!r} have shape {dataset.logits.shape}; give {expected}, one row per item "
            "and one column per class, in the order of its classes"
        )
    bad = ~np.isfinite(dataset.logits).all(axis=1)
    if bad.any():
        item = dataset.ids[int(bad.argmax())]
        raise ValueError(f"logits of item {item} are not finite (NaN or infinite); remove or repair such items")
