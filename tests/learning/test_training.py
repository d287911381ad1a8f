"""Training: the loop, the recorder against a full log, the head folded back."""

import numpy as np
import pytest
import torch
from torch import nn

from fdmat_core.learning import training
from fdmat_core.learning.dynamics import Recorder
from fdmat_core.learning.head import apply, fold, linear_head
from fdmat_core.learning.training import Recipe
from fdmat_core.numerics import distances, scaling


def blobs(n=300, c=3, d=6, seed=0, spread=1.0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, c, n)
    centres = 3 * rng.standard_normal((c, d))
    return (centres[labels] + spread * rng.standard_normal((n, d))).astype(np.float32), labels


def full_log(epochs, n=40, c=4, d=5, seed=0):
    """Logits (epochs, n, c), embeddings (epochs, n, d) and labels of a made-up training."""
    rng = np.random.default_rng(seed)
    logits = np.cumsum(rng.standard_normal((epochs, n, c)), axis=0).astype(np.float32)
    return logits, rng.random((epochs, n, d)).astype(np.float32), rng.integers(0, c, n)


def record(logits, embeddings, labels):
    recorder = Recorder(labels, logits.shape[2], len(logits))
    for outputs, embedding in zip(logits, embeddings, strict=True):
        recorder.add(outputs, embedding)
    return recorder.columns()


def lead(outputs, labels):
    own = np.eye(outputs.shape[2], dtype=bool)[labels]
    return (outputs[:, own] - np.where(own, -np.inf, outputs).max(axis=2)).mean(axis=0)


def from_the_full_log(logits, embeddings, labels):
    """All columns by their definitions, from everything at once."""
    epochs, n, c = logits.shape
    p = np.exp(logits - logits.max(axis=2, keepdims=True)).astype(np.float64)
    p /= p.sum(axis=2, keepdims=True)
    right = logits.argmax(axis=2) == labels
    events = (right[:-1] & ~right[1:]).sum(axis=0)
    error = np.linalg.norm(p - np.eye(c)[labels], axis=2)
    early = -(-epochs // 3)
    window = min(10, max(3, early))
    moves = np.abs(p[1:] * (np.log(p[1:]) - np.log(p[:-1]))).sum(axis=2)  # (epochs - 1, n)
    tdds = np.zeros(n)
    for start in range(epochs - window + 1):
        inside = moves[start : start + window - 1]
        spread = np.sqrt(((inside - inside.mean(axis=0)) ** 2).sum(axis=0))
        tdds += 0.9 * 0.1 ** (epochs - window - start) * spread
    return {
        "forgetting": np.where(right.any(axis=0), events, epochs),
        "mean_loss": -np.log(np.take_along_axis(p, labels[None, :, None], 2)[..., 0]).mean(axis=0),
        "aum_logit": lead(logits, labels),
        "aum_prob": lead(p, labels),
        "el2n": error[:early].mean(axis=0),
        "grand": (error * np.sqrt(1 + (embeddings.astype(np.float64) ** 2).sum(axis=2)))[:early].mean(axis=0),
        "tdds": tdds,
    }


@pytest.mark.parametrize("epochs", [3, 6, 7, 40])
def test_streamed_columns_equal_those_of_a_full_log(epochs, monkeypatch):
    monkeypatch.setattr(distances, "BLOCK", 240)  # several blocks, the last one smaller
    log = full_log(epochs)
    streamed, whole = record(*log), from_the_full_log(*log)
    assert set(streamed) == set(whole)
    for name, column in whole.items():
        assert streamed[name].dtype == np.float32
        assert np.allclose(streamed[name], column, rtol=1e-4, atol=1e-5), name


def test_forgetting_by_hand():
    right = np.array([[0, 0, 0, 0, 0], [1, 0, 1, 0, 1], [0, 1, 0, 1, 1], [1, 1, 1, 1, 1]])
    logits = np.stack([right.T, np.full(right.T.shape, 0.5)], axis=2).astype(np.float32)  # (5, 4, 2), label 0
    assert record(logits, np.zeros((5, 4, 1), np.float32), np.zeros(4, int))["forgetting"].tolist() == [5, 2, 1, 0]


def test_aum_by_hand():
    logits = np.array([[[2, 1, 0]], [[0, 3, 1]]], dtype=np.float32)
    assert record(logits, np.zeros((2, 1, 1), np.float32), np.zeros(1, int))["aum_logit"].tolist() == [-1]


def test_a_steadily_moving_prediction_has_no_tdds_and_short_training_has_none():
    steady = np.zeros((6, 1, 2), np.float32)
    columns = record(steady, np.zeros((6, 1, 1), np.float32), np.zeros(1, int))
    assert columns["tdds"].tolist() == [0]
    assert "tdds" not in record(*full_log(2)) and "tdds" in record(*full_log(3))


def test_memory_of_the_recorder_does_not_grow_with_epochs():
    few, many = (Recorder(np.zeros(10, int), 3, epochs) for epochs in (30, 3000))
    sizes = [{name: a.nbytes for name, a in vars(r).items() if isinstance(a, np.ndarray)} for r in (few, many)]
    assert sizes[0] == sizes[1] and few.sums.keys() == many.sums.keys()


def test_rows_do_not_mix():
    logits, embeddings, labels = full_log(6)
    turned = np.random.default_rng(1).permutation(len(labels))
    one, other = record(logits, embeddings, labels), record(logits[:, turned], embeddings[:, turned], labels[turned])
    assert all(np.array_equal(one[name][turned], other[name]) for name in one)


@pytest.mark.parametrize(("n", "batch", "steps"), [(1000, 128, 7), (256, 128, 2), (255, 128, 2), (80, 128, 1)])
def test_an_epoch_has_the_steps_it_should(n, batch, steps):
    assert training.steps_per_epoch(n, batch) == steps


@pytest.mark.parametrize(("n", "batch", "seen"), [(300, 70, 280), (100, 70, 100)])
def test_every_pass_sees_items_once_and_in_a_new_order(n, batch, seen):
    per_epoch = training.steps_per_epoch(n, batch)
    batches = [rows.numpy() for rows in training._batches(n, Recipe(2 * per_epoch, batch), 0)]
    passes = [np.concatenate(batches[:per_epoch]).tolist(), np.concatenate(batches[per_epoch:]).tolist()]
    assert [len(rows) for rows in passes] == [len(set(rows)) for rows in passes] == [seen, seen]
    assert passes[0] != passes[1]


def trained(seed=0, steps=60, **options):
    inputs, labels = blobs()
    network = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
    training.initialise(network, seed)
    for _ in training.train(
        network, torch.from_numpy(inputs), torch.from_numpy(labels), Recipe(steps), seed=seed, **options
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
    steps = training.train(network, torch.from_numpy(inputs), torch.from_numpy(labels), Recipe(100))
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


def test_the_folded_head_gives_the_logits_of_the_standardised_one():
    embedding, _ = blobs(d=5)
    embedding = embedding * np.array([1, 100, 0.01, 1, 1], np.float32) + np.array([0, 1000, 0, 0, 7], np.float32)
    embedding[:, 4] = 7  # constant
    mean, scale = scaling.standard(embedding)
    raw = np.random.default_rng(0).standard_normal((3, 6)).astype(np.float32)
    direct = apply(raw, (embedding - mean) / scale)
    assert np.allclose(apply(fold(raw, mean, scale), embedding), direct, atol=1e-3)
    assert scale[4] > 0 and np.isfinite(direct).all()


def test_a_linear_head_separates_what_is_separable_and_names_flipped_labels():
    embedding, labels = blobs(n=600)
    given = labels.copy()
    given[:60] = (given[:60] + 1) % 3
    head, dynamics = linear_head(embedding, given, 3, tell=lambda done: None)
    assert head.shape == (3, 7) and (apply(head, embedding).argmax(axis=1) == labels).mean() > 0.95
    assert np.quantile(dynamics["aum_logit"][:60], 0.95) < 0 < np.quantile(dynamics["aum_logit"][60:], 0.05)
    assert set(dynamics) == {"forgetting", "mean_loss", "aum_logit", "aum_prob", "el2n", "grand", "tdds"}
