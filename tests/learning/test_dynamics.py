"""The recorder against a full log."""

import numpy as np
import pytest

from fdmat_core.learning.dynamics import Recorder
from fdmat_core.numerics import distances


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
    width = max(2, min(10, -(-epochs // 6)))
    eva = {"eva_early": error[:width], "eva_late": error[epochs // 2 : epochs // 2 + width]}
    own = np.take_along_axis(p, labels[None, :, None], 2)[:early, :, 0]
    span = max(2, min(10, -(-early // 3)))
    windows = [own[start : start + span] for start in range(early - span + 1)]
    more = {name: inside.var(axis=0, ddof=1) for name, inside in eva.items() if epochs >= 4}
    if windows:
        dual = np.mean([one.std(axis=0, ddof=1) * (1 - one.mean(axis=0)) for one in windows], axis=0)
        more |= {"dual": dual, "early_prob": own.mean(axis=0)}
    return more | {
        "forgetting": np.where(right.any(axis=0), events, epochs),
        "mean_loss": -np.log(np.take_along_axis(p, labels[None, :, None], 2)[..., 0]).mean(axis=0),
        "aum_logit": lead(logits, labels),
        "aum_prob": lead(p, labels),
        "el2n": error[:early].mean(axis=0),
        "grand": (error * np.sqrt(1 + (embeddings.astype(np.float64) ** 2).sum(axis=2)))[:early].mean(axis=0),
        "tdds": tdds,
    }


@pytest.mark.parametrize("epochs", [3, 4, 6, 7, 40, 200])
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
    few, many = (Recorder(np.zeros(10, int), 3, epochs) for epochs in (100, 3000))
    sizes = [{name: a.nbytes for name, a in vars(r).items() if isinstance(a, np.ndarray)} for r in (few, many)]
    assert sizes[0] == sizes[1] and few.sums.keys() == many.sums.keys()


def test_rows_do_not_mix():
    logits, embeddings, labels = full_log(6)
    turned = np.random.default_rng(1).permutation(len(labels))
    one, other = record(logits, embeddings, labels), record(logits[:, turned], embeddings[:, turned], labels[turned])
    assert all(np.array_equal(one[name][turned], other[name]) for name in one)


def test_windows_by_hand():
    """Six epochs: two are early, one window of both; error norms are sqrt 2 (1 - p) for two classes."""
    p = np.array([0.2, 0.6, 0.9, 0.5, 0.9, 0.9])
    logits = np.log(np.stack([p, 1 - p], axis=1))[:, None]  # (6, 1, 2), label 0
    columns = record(logits, np.zeros((6, 1, 1), np.float32), np.zeros(1, int))
    assert columns["early_prob"].tolist() == pytest.approx([0.4])
    assert columns["dual"].tolist() == pytest.approx([0.4 / np.sqrt(2) * 0.6])
    assert columns["eva_early"].tolist() == pytest.approx([2 * 0.4**2 / 2])  # epochs 1 and 2
    assert columns["eva_late"].tolist() == pytest.approx([2 * 0.4**2 / 2])  # epochs 4 and 5


def test_a_recorder_goes_on_where_another_was():
    logits, embeddings, labels = full_log(40)
    first = Recorder(labels, 4, 40)
    for step in range(23):
        first.add(logits[step], embeddings[step])
    second = Recorder(labels, 4, 40)
    second.restore({name: column.copy() for name, column in first.state().items()})
    for step in range(23, 40):
        second.add(logits[step], embeddings[step])
    whole = record(logits, embeddings, labels)
    assert all(np.array_equal(column, whole[name]) for name, column in second.columns().items())


def test_training_too_short_for_windows_has_none():
    assert {"dual", "early_prob", "eva_early"}.isdisjoint(record(*full_log(3)))
    assert "eva_early" in record(*full_log(4)) and "dual" in record(*full_log(4))
