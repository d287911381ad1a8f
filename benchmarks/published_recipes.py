"""How published tables were made: the data, the sizes, the network and its training, and what was published.

LBCS: Xia, Liu, Zhang, Wu, Wei, Liu, Refined Coreset Selection, ICML 2024, Table 2, the row of Fashion-MNIST; what its
text leaves open is as in its public code (`run_fashion.py`, `models.py`). DeepCore: Guo, Zhao, Bai, DEXA 2022, CIFAR-10
and CIFAR-100 with ResNet-18; its public code pads crops by reflection and takes Nesterov's momentum. Both codes report
the best test accuracy of all epochs, which is a choice made on the test set.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from fdmat_core import device, sizes
from fdmat_core.learning import training
from fdmat_core.spec import Choice

#: Numbers in the test images that are evaluated at once: blocks that stay in the cache of a core.
EVALUATED = 2**18


class Row(NamedTuple):
    """A line of a table: a method, what each class gets of the places, and how often it is repeated."""

    name: str
    method: Choice
    balance: str
    repeats: int
    wrong: bool = False  # the last of the method's order are kept, not the first


class Value(NamedTuple):
    """A published accuracy in percent, with its standard deviation where that is known."""

    mean: float
    sd: float | None = None


class Recipe(NamedTuple):
    """How a table was made."""

    title: str
    dataset: Callable[[str], Choice]  # from a folder, which may be empty
    backbone: Choice  # of ours, whose features the methods read
    rows: tuple[Row, ...]
    kept: tuple[float, ...]  # counts, or shares below 1
    network: Callable[[int], Any]  # from the number of classes
    optimiser: Callable[[Any], Any]  # from parameters
    batch: int
    epochs: int
    cosine: bool = False  # the rate falls to 0 as a cosine, or stays
    augmented: bool = False  # crops with padding 4, flips, and channels of mean 0 and sd 1
    published: Mapping[tuple[str, int], Value] = {}


class Data(NamedTuple):
    """What is learned from and tested on: images (n, height, width, channels) uint8, labels (n,), how many classes."""

    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: int


def counts(recipe: Recipe, n: int) -> list[int]:
    """How many of n items are kept."""
    return [sizes.kept_count(n, kept) if kept < 1 else int(kept) for kept in recipe.kept]


def steps(recipe: Recipe, k: int) -> int:
    """Steps of a training on k items: the last batch of an epoch may be smaller and is not dropped."""
    return recipe.epochs * -(-k // recipe.batch)


def lenet(classes: int) -> Any:
    """LeNet for images of 28 x 28 and one channel: two convolutions of 5 x 5, ReLU, average pools, three linear layers.

    A module of its own makes the first convolution at every second place for four shifts of its weights at once, so
    that its pool is a sum of channels: the same numbers, in half the time on a CPU.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    class First(nn.Conv2d):
        def forward(self, input: torch.Tensor) -> torch.Tensor:
            shifts = [(right, 1 - right, down, 1 - down) for down in (0, 1) for right in (0, 1)]
            weight = torch.cat([functional.pad(self.weight, shift) for shift in shifts])
            bias = self.bias.repeat(4) if self.bias is not None else None
            maps = functional.conv2d(input, weight, bias, stride=2, padding=2).relu()
            a, b, c, d = maps.split(self.out_channels, 1)
            return (a + b + c + d) / 4

    linear = (nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, classes))
    return nn.Sequential(First(1, 6, 5), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), *linear)


def resnet18(classes: int) -> Any:
    """ResNet-18 for images of 32 x 32: torchvision's with a first convolution of 3 x 3, stride 1, no pool after it."""
    from torch import nn
    from torchvision.models import resnet18

    network = resnet18(num_classes=classes)
    network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    network.maxpool = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
    return network


def adam(parameters: Any) -> Any:
    """Adam at a constant rate."""
    from torch import optim

    return optim.Adam(parameters, 0.001)


def sgd(parameters: Any) -> Any:
    """SGD as DeepCore has it."""
    from torch import optim

    return optim.SGD(parameters, 0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)


def learn(recipe: Recipe, data: Data, rows: np.ndarray, seed: int) -> list[int]:
    """Train a new network on rows (k,) of the training items; how many test items it has right after each epoch.

    The seed draws the first weights, the order of batches, crops and flips.
    """
    import torch
    from torch import nn, optim
    from torch.nn import functional

    place, rows = device.best(), np.sort(rows)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network: nn.Module = recipe.network(data.classes)
    first = [scaled(data.images)] if recipe.augmented else []
    network = nn.Sequential(*first, network)
    network.to(place, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] # torch's types lack it
    inputs, labels = training.to_inputs(data.images[rows]), torch.as_tensor(data.labels[rows], device=place)
    shown, answers = training.floats(training.to_inputs(data.test_images)), torch.as_tensor(np.array(data.test_labels))
    optimiser, draw, right = recipe.optimiser(network.parameters()), torch.Generator().manual_seed(seed), []
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimiser, steps(recipe, len(rows))) if recipe.cosine else None
    for _ in range(recipe.epochs):
        network.train()
        for chosen in torch.randperm(len(rows), generator=draw).split(recipe.batch):
            batch = training.floats(inputs[chosen.to(place)])
            loss = functional.cross_entropy(
                network(augmented(batch, draw) if recipe.augmented else batch), labels[chosen.to(place)]
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if schedule:
                schedule.step()
        found = training.evaluate(network, shown, numbers=EVALUATED).argmax(dim=1).cpu()
        right.append(int((found == answers).sum()))
    return right


def scaled(images: np.ndarray) -> Any:
    """A layer that takes the mean of each channel from its values and divides by their standard deviation, if any."""
    from torchvision.transforms import v2

    channels = [images[..., number] / 255 for number in range(images.shape[3])]
    return v2.Normalize([float(one.mean()) for one in channels], [float(one.std()) or 1.0 for one in channels])


def augmented(batch: Any, draw: Any) -> Any:
    """Images (b, channels, side, side) shifted by up to four pixels, borders mirrored, half of them flipped."""
    import torch
    from torch.nn import functional

    b, channels, side, _ = batch.shape
    padded = functional.pad(batch, (4, 4, 4, 4), mode="reflect")
    down, right = (start[:, None] + torch.arange(side) for start in torch.randint(0, 9, (2, b), generator=draw))
    flipped = torch.rand(b, 1, generator=draw) < 0.5
    right = torch.where(flipped, right.flip(1), right)  # (b, side)
    items, maps = torch.arange(b)[:, None, None, None], torch.arange(channels)[None, :, None, None]
    places = (items, maps, down[:, None, :, None], right[:, None, None, :])
    return padded[tuple(place.to(batch.device) for place in places)]


def _alike(names: tuple[str, ...], repeats: int) -> tuple[Row, ...]:
    """Methods as the program has them by itself, every class with its share."""
    return tuple(Row(name, Choice(name), "proportional", repeats) for name in names)


#: Our methods under the names of the table: all classes together, as their papers and codes have it.
_TOGETHER = {"Moderate": "moderate", "CCS": "ccs", "EL2N": "el2n", "GraNd": "grand"}
#: The table's row for Fashion-MNIST: mean and sd of ten repeats, in percent.
_NAMES = ("Uniform", "EL2N", "GraNd", "Influential", "Moderate", "CCS", "Probabilistic", "LBCS")
_MEANS = {
    1000: (76.9, 71.8, 70.7, 78.9, 77.0, 76.7, 80.3, 79.7),
    2000: (80.0, 73.7, 71.7, 80.4, 80.3, 81.4, 82.6, 82.8),
    3000: (81.7, 75.3, 73.3, 81.5, 81.7, 82.6, 83.7, 84.0),
    4000: (83.0, 77.0, 75.9, 82.4, 82.4, 84.1, 84.2, 84.5),
}
_SDS = {
    1000: (2.5, 2.9, 4.0, 2.0, 0.6, 3.5, 0.6, 0.7),
    2000: (2.4, 1.6, 2.3, 0.8, 0.4, 0.6, 0.2, 0.6),
    3000: (1.7, 2.3, 1.8, 1.2, 0.5, 1.2, 0.9, 0.6),
    4000: (1.7, 1.0, 2.1, 1.3, 0.3, 0.6, 0.7, 0.4),
}

LBCS = Recipe(
    title="Fashion-MNIST, LeNet (LBCS, Table 2)",
    dataset=lambda folder: Choice.of("fashion_mnist", root=folder) if folder else Choice("fashion_mnist"),
    backbone=Choice("early_cnn"),
    rows=(
        Row("Uniform", Choice("random"), "none", 10),
        *_alike(("fdmat", "energy_greedy", "random"), 3),
        *(Row(name, Choice(method), "none", 3) for name, method in _TOGETHER.items()),
        *_alike(("herding", "moderate", "ccs", "el2n", "grand"), 3),
        Row("el2n, wrong end", Choice("el2n"), "proportional", 1, wrong=True),
    ),
    kept=(1000, 2000, 3000, 4000),
    network=lenet,
    optimiser=adam,
    batch=128,
    epochs=100,
    published={
        (name, k): Value(mean, sd) for k in _MEANS for name, mean, sd in zip(_NAMES, _MEANS[k], _SDS[k], strict=True)
    },
)
#: As the public code has it, and in fewer steps: whether that is what the published accuracies are of.
RECIPES = {
    "lbcs": LBCS,
    "lbcs-256": LBCS._replace(
        title="The same in batches of 256", batch=256, rows=(LBCS.rows[0]._replace(repeats=3),), published={}
    ),
    # No published values: those that we know were not read in the paper.
    "deepcore": Recipe(
        title="CIFAR, ResNet-18 (DeepCore, Table 1)",
        dataset=lambda folder: Choice.of("torchvision", path=folder),
        backbone=Choice("early_cnn"),
        rows=(
            Row("Uniform", Choice("random"), "none", 5),
            *_alike(("fdmat", "energy_greedy", "random", "herding", "k_center", "forgetting", "grand", "cal"), 5),
            *_alike(("craig", "gradmatch", "glister", "facility_location", "graph_cut"), 5),
        ),
        kept=(0.001, 0.005, 0.01, 0.05, 0.1),
        network=resnet18,
        optimiser=sgd,
        batch=128,
        epochs=200,
        cosine=True,
        augmented=True,
    ),
}
