"""Extraction: read ahead in order, told with its rate, and gone on with after a kill, to the same bytes."""

import dataclasses
import threading
import time

import numpy as np
import pytest

from fdmat_core import device
from fdmat_core.learning import extraction, features, resuming
from fdmat_core.spec import Choice
from tests.learning.test_features import columns, mixture, toy


def test_reading_ahead_keeps_the_order_and_its_bounds():
    read, taken, most = [], [], []

    def slow(part):
        time.sleep(0.002 * (part % 3))
        read.append(part)
        most.append(len(read) - len(taken))
        return part * 10

    for made in extraction.ahead(slow, range(40), 3):
        taken.append(made)
        time.sleep(0.001)
    assert taken == [10 * part for part in range(40)] and max(most) <= 5


def test_several_parts_are_read_at_once():
    meeting = threading.Barrier(3, timeout=10)
    assert list(extraction.ahead(lambda part: (meeting.wait(), part)[1], range(3), 3)) == [0, 1, 2]


def test_an_error_while_reading_comes_through_and_nothing_more_is_read():
    read = []

    def broken(part):
        read.append(part)
        if part == 2:
            raise ValueError("no such image")
        time.sleep(0.01)

    with pytest.raises(ValueError, match="no such image"):
        list(extraction.ahead(broken, range(1000), 2))
    assert max(read) <= 6


def test_rate_and_time_left_are_told_of_what_was_computed_now(monkeypatch):
    now, told = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    tell = extraction.paced(lambda *step: told.append(step), 70_000, 60_000, "images")
    now[0] += 50
    tell(2000, 0)  # were there before
    now[0] += 3
    tell(3200, 1200)
    assert told == [
        (2000, 70_000, "2,000 of 60,000"),
        (3200, 70_000, "3,200 of 60,000, 400 images/s, 2 min left"),
    ]


def pictures(data, read=None, until=10**9):
    """A dataset whose images are counted as they are read, and that breaks after so many."""
    read = [] if read is None else read

    def images(ids):
        if len(read) + len(ids) > until:
            raise KeyboardInterrupt
        read.extend(ids.tolist())
        return data.images(ids)

    return dataclasses.replace(data, images=images)


@pytest.mark.parametrize("readers", [1, 4])
def test_a_killed_extraction_reads_only_what_is_missing(tmp_path, monkeypatch, readers):
    monkeypatch.setattr(extraction, "READERS", readers)
    data, choice = toy(10_000), Choice("pixels")  # 8,000 items to train on in batches of 1,024
    whole = features.extract(data, choice)
    before, after = [], []
    with pytest.raises(KeyboardInterrupt):
        features.extract(pictures(data, before, until=6000), choice, work=tmp_path)
    resumed = features.extract(pictures(data, after), choice, work=tmp_path)
    assert len(after) <= len(data.ids) - 4 * 1024 + 1  # with the one whose shape is asked for
    for one, other in zip(whole, resumed, strict=True):
        for name, column in columns(one).items():
            assert column.tobytes() == columns(other)[name].tobytes(), name


@pytest.mark.parametrize(("backbone", "make"), [("early_cnn", toy), ("given", mixture), ("pixels", toy)])
def test_a_killed_training_goes_on_to_the_same_bytes(tmp_path, monkeypatch, backbone, make):
    monkeypatch.setattr(resuming, "SECONDS", 0.0)
    monkeypatch.setattr(resuming, "SHARE", 0.0)
    data = make()
    seen, again = [], []

    def breaks(done, total, note):
        seen.append(note)
        if done > 0.6 * total and "epoch" in note and (backbone == "early_cnn" or "18 of 30" in note):
            raise KeyboardInterrupt

    whole = features.extract(data, backbone, seed=3)
    with pytest.raises(KeyboardInterrupt):
        features.extract(data, backbone, seed=3, progress=breaks, work=tmp_path)
    resumed = features.extract(data, backbone, seed=3, work=tmp_path, progress=lambda *step: again.append(step[2]))
    epochs = [int(note.split("epoch ")[1].split()[0]) for note in again if "epoch" in note]
    assert min(epochs) >= 10  # of 30, or 22
    for one, other in zip(whole, resumed, strict=True):
        for name, column in columns(one).items():
            assert column.tobytes() == columns(other)[name].tobytes(), name


def test_a_damaged_training_begins_anew(tmp_path):
    (tmp_path / "head.pt").write_bytes(b"PK\x03\x04 cut off")
    whole, resumed = (features.extract(mixture(), "given", work=work)[0] for work in (None, tmp_path))
    assert np.array_equal(whole.logits, resumed.logits)


def test_a_cpu_computes_in_full_precision(monkeypatch):
    import torch

    monkeypatch.setenv("FDMAT_DEVICE", "cpu")
    with device.mixed():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


@pytest.mark.gpu
def test_an_accelerator_computes_in_half_precision_and_gives_nearly_the_same(monkeypatch):
    import torch

    if device.best().type == "cpu":
        pytest.skip("no accelerator")
    with device.mixed():
        ones = torch.ones(2, 2, device=device.best())
        assert (ones @ ones).dtype in (torch.bfloat16, torch.float16)
    data = toy(300, size=20)
    choice = Choice.of("torchvision", model="mobilenet_v3_small", weights="random", size=64)
    fast = features.extract(data, choice)[0].embedding
    monkeypatch.setenv("FDMAT_DEVICE", "cpu")
    slow = features.extract(data, choice)[0].embedding
    assert np.linalg.norm(fast - slow) < 0.05 * np.linalg.norm(slow)
