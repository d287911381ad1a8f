"""Room for what is large, in memory or in a file, and rows taken into it."""

import errno
import gc
import os
from pathlib import Path

import numpy as np
import pytest

from fdmat_core.numerics import arrays, transport

LINUX = pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="reads what the system says of memory")


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(arrays, "IN_MEMORY", 1000)


def files_of_mine():
    return Path("/proc/self/maps").read_text().count("(deleted)")


@LINUX
@pytest.mark.usefixtures("small")
def test_much_room_is_in_a_file_without_a_name_that_goes_with_the_array(monkeypatch, tmp_path):
    monkeypatch.setattr(arrays.tempfile, "tempdir", str(tmp_path))
    before, x = files_of_mine(), np.zeros((2, 2))
    large, less = arrays.room(x, (251, 1)), arrays.room(x, (250, 1))
    assert large.shape == (251, 1) and large.dtype == less.dtype == np.float32
    assert files_of_mine() == before + 1 and not list(tmp_path.iterdir())
    large[:] = np.arange(251)[:, None]
    assert large.sum() == 251 * 125
    del large
    gc.collect()
    assert files_of_mine() == before


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("problem", [OSError(errno.ENOSPC, "full"), AttributeError("no such function")])
def test_a_full_disk_leaves_it_in_memory(monkeypatch, problem):
    def refuses(*arguments):
        raise problem

    monkeypatch.setattr(os, "posix_fallocate", refuses, raising=False)
    found = arrays.room(np.zeros(1), (300, 2))
    found[:] = 7
    assert found.shape == (300, 2) and found.sum() == 4200


@pytest.mark.usefixtures("small")
def test_rows_are_taken_in_their_order_and_all_of_them_are_the_array_itself():
    x = np.random.default_rng(0).normal(size=(500, 3)).astype(np.float32)
    rows = np.flatnonzero(x[:, 0] > -1)
    assert 400 < len(rows) < 500 and np.array_equal(arrays.take(x, rows), x[rows])
    assert np.array_equal(arrays.take(x, rows[:5]), x[rows[:5]])
    assert arrays.take(x, np.arange(500)) is x


@pytest.mark.usefixtures("small")
def test_features_are_the_same_in_a_file():
    z = np.random.default_rng(1).exponential(size=(400, 4)).astype(np.float32)
    z[7] = 0
    in_file = transport.features(z, power=0.5, norm="unit")
    arrays.IN_MEMORY = 2**28
    in_memory = transport.features(z, power=0.5, norm="unit")
    assert in_file.x.tobytes() == in_memory.x.tobytes() and not in_file.usable[7]
