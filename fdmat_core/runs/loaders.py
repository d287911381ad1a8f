"""How an exported list is trained on: which dataset its ids index, and code that runs as it is shown."""

from __future__ import annotations

from typing import NamedTuple

from fdmat_core import registry
from fdmat_core.spec import Choice, Spec

#: Corruptions that leave the items as they are and change labels only, or leave items out.
SAME_ITEMS = ("none", "symmetric", "asymmetric", "long_tail", "long_tail_flips", "one_class", "second_choice", "step")
#: Datasets whose ids are places in torchvision's `FashionMNIST(train=True)`.
FASHION = ("fashion_mnist", "fashion_mnist_8k")
#: How a file is read into `ids` and `targets`, by its ending.
READ = {
    ".npy": """\
import numpy as np

kept = np.load({file!r})
ids, targets = kept["id"].tolist(), kept["final"].tolist()
""",
    ".txt": """\
import numpy as np

kept = np.loadtxt({file!r}, dtype=np.int64, ndmin=2)
ids, targets = kept[:, 0].tolist(), kept[:, -1].tolist()
""",
    ".csv": """\
import pandas

kept = pandas.read_csv({file!r})
ids, targets = kept["id"].tolist(), kept["target"].tolist()
""",
    ".parquet": """\
import pandas

kept = pandas.read_parquet({file!r})
ids, targets = kept["id"].tolist(), kept["target"].tolist()
""",
    ".json": """\
import json

with open({file!r}) as file:
    kept = json.load(file)["items"]
ids, targets = [one["id"] for one in kept], [one["target"] for one in kept]
""",
}
TORCHVISION = """\
from torchvision.datasets import FashionMNIST
from torchvision.transforms import ToTensor

dataset = FashionMNIST("data", train=True, transform=ToTensor(), download=True)
"""
OURS = """\
import torch

from fdmat_core import datasets
from fdmat_core.corruptions import corrupt
from fdmat_core.spec import Choice

data = corrupt(datasets.load({dataset}), {corruption})
"""
ITEM = {
    "images": "torch.from_numpy(data.images_of([item])[0]).permute(2, 0, 1) / 255",
    "features": "torch.from_numpy(data.features_of([item])[0]).float()",
    "text": "str(data.fields['text'][data.rows_of([item])[0]])",
}
WRAPPER = """\


class Items(torch.utils.data.Dataset):
    \"\"\"All items of the data by their ids.\"\"\"

    def __getitem__(self, item):
        return {item}, int(data.labels[data.rows_of([item])[0]])


dataset = Items()
"""
TRAIN = """\

from torch.utils.data import DataLoader, Dataset, Subset


class Relabelled(Dataset):
    \"\"\"A dataset in which the listed items have the labels of the list.\"\"\"

    def __init__(self, dataset, ids, targets):
        self.dataset, self.targets = dataset, dict(zip(ids, targets))

    def __getitem__(self, item):
        return self.dataset[item][0], self.targets[item]


train = DataLoader(Subset(Relabelled(dataset, ids, targets), ids), batch_size=128, shuffle=True)
for x, y in train:
    ...  # a step of your training
"""
ARRAYS = """\
import numpy as np

from fdmat_core import datasets
from fdmat_core.corruptions import corrupt
from fdmat_core.spec import Choice

data = corrupt(datasets.load({dataset}), {corruption})
x, y = {items}, np.array(targets)
"""
ITEMS = {
    "images": "data.images_of(np.array(ids))",
    "features": "data.features_of(np.array(ids))",
    "text": "data.fields['text'][data.rows_of(np.array(ids))]",
}


class Loader(NamedTuple):
    """What the ids of an exported list are, in a sentence, and code that reads it: with torch, and into arrays."""

    words: str
    torch: str
    arrays: str


def loader(spec: Spec, file: str, holds: str) -> Loader:
    """How to train on what a file lists of a run's items.

    Parameters
    ----------
    file
        Its name, which ends in one of `READ`.
    holds
        What an item of the dataset is: `Dataset.holds`.

    Raises
    ------
    ValueError
        Another ending.
    """
    ending = file[file.rfind(".") :]
    if ending not in READ:
        raise ValueError(f"file is {file!r}; give one that ends in {', '.join(READ)}")
    read = READ[ending].format(file=file)
    made = {"dataset": _code(spec.dataset), "corruption": _code(spec.corruption)}
    source = f"{OURS.format(**made)}{WRAPPER.format(item=ITEM[holds])}"
    if _is_torchvisions(spec):
        source = TORCHVISION
    arrays = ARRAYS.format(**made, items=ITEMS[holds])
    return Loader(words(spec), f"{read}\n{source}{TRAIN}", f"{read}\n{arrays}")


def words(spec: Spec) -> str:
    """Which dataset the ids of a run's exports index, in a sentence."""
    title, damage = registry.datasets.title(spec.dataset), spec.corruption.name
    changed = "" if damage == "none" else f", {registry.corruptions.title(spec.corruption)}"
    if _is_torchvisions(spec):
        return (
            "Ids are places, from 0, among the 60,000 training images of Fashion-MNIST, as in torchvision's "
            f"FashionMNIST(train=True). These are of {title}{changed}."
        )
    return f"Ids are those that this program gives the items of {title}{changed}."


def _is_torchvisions(spec: Spec) -> bool:
    """Whether torchvision has the very items of a run under their ids."""
    return spec.dataset.name in FASHION and spec.corruption.name in SAME_ITEMS


def _code(choice: Choice) -> str:
    """A choice as Python code."""
    given = "".join(f", {name}={value!r}" for name, value in choice.params)
    return f"Choice.of({choice.name!r}{given})"
