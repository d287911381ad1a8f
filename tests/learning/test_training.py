"""The training loop: every item seen, repeatable, stopped at any step."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from fdmat_core.learning import training
from fdmat_core.learning.training import Recipe


def blobs(n=300, c=3, d=6, seed=0, spread=1.0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, c, n)
    centres = 3 * rng.standard_normal((c, d))
    return (centres[labels] + spread * rng.standard_normal((n, d))).astype(np.float32), labels


@pytest.mark.parametrize(("n", "batch", "steps"), [(1000, 128, 7), (256, 128, 2), (255, 128, 2), (80, 128, 1)])
def test_an_epoch_has_the_steps_it_should(n, batch, steps):
    assert training.steps_per_epoch(n, batch) == steps


@pytest.mark.parametrize(("n", "batch", "seen"), [(300, 70, 280), (100, 70, 100)])
def test_every_pass_sees_items_once_and_in_a_new_order(n, batch, seen):
    per_epoch = training.steps_per_epoch(n, batch)
    batches = [rows.numpy() for rows in training._batches(n, Recipe(2 * per_epoch, batch))]
    passes = [np.concatenate(batches[:per_epoch]).tolist(), np.concatenate(batches[per_epoch:]).tolist()]
    assert [len(rows) for rows in passes] == [len(set(rows)) for rows in passes] == [seen, seen]
    assert passes[0] != passes[1]


def trained(seed=0, steps=60, **options):
    inputs, labels = blobs()
    network = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
    training.initialise(network, seed)
    for _ in training.train(
        network, torch.from_numpy(inputs), torch.from_numpy(labels), Recipe(steps, seed=seed), **options
    ):
        pass
    logits = training.evaluate(network, torch.from_numpy(inputs)).numpy()
    return logits, (logits.argmax(axis=1) == labels).mean()


def test_training_learns_repeats_and_needs_no_global_seed():
    (first, accuracy), (again, _), (other, _) = trained(), trained(), trained(seed=1)
    assert accuracy > 0.95 and first.tobytes() == again.tobytes() != other.tobytes()
    torch.manual_seed(5)
    assert trained()[0].tobytes() == first.tobytes()
    assert not torch.are_deterministic_algorithms_enabled()


def test_the_caller_may_stop_at_any_step():
    inputs, labels = blobs()
    network = nn.Linear(6, 3)
    steps: Any = training.train(network, torch.from_numpy(inputs), torch.from_numpy(labels), Recipe(100))
    assert [next(steps), next(steps)] == [1, 2]
    weight = network.weight.detach().clone()
    steps.close()
    assert torch.equal(weight, network.weight)


def test_items_of_weight_zero_do_not_count():
    _, labels = blobs()
    weights = torch.from_numpy(np.where(labels == 0, 0, 300 / (labels != 0).sum()).astype(np.float32))
    logits, _ = trained(weights=weights)
    assert not (logits.argmax(axis=1) == 0).any()


def test_a_network_trained_on_images_tells_others_apart():
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 2
    images = (rng.integers(0, 100, (120, 6, 6, 1)) + 120 * labels[:, None, None, None]).astype(np.uint8)

    def build():
        return nn.Sequential(nn.Flatten(), nn.Linear(36, 2))

    told = training.train_network(build, images[:60], labels[:60], steps=40)
    assert told(images[60:]).tolist() == labels[60:].tolist()
    blind = training.train_network(build, images[:60], labels[:60], weights=np.where(labels[:60], 2.0, 0.0), steps=40)
    assert blind(images[60:]).tolist() == [1] * 60
