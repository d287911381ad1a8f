"""An array that grows on disk: interrupted anywhere, it goes on there, to the same bytes."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from fdmat_core.store import growing

N, BLOCK = 1000, 30
WHOLE = np.random.default_rng(0).standard_normal((N, 7)).astype(np.float32)
#: Fills the array slowly in a process of its own, one line printed per block.
CHILD = """
import sys, time
from pathlib import Path
from fdmat_core.store import growing
from tests.store.test_growing import blocks
growing.SECONDS = 0
def slow(start):
    for number, block in enumerate(blocks()(start)):
        print(number, flush=True)
        time.sleep(0.002)
        yield block
growing.grow(Path(sys.argv[1]), 1000, slow)
"""


def blocks(made=None, until=N):
    """Blocks of the whole from a row on; the rows made are noted, and at row `until` something breaks."""

    def make(start):
        for row in range(start, N, BLOCK):
            if row >= until:
                raise KeyboardInterrupt
            if made is not None:
                made.append(row)
            yield WHOLE[row : row + BLOCK]

    return make


def test_the_array_is_that_of_the_blocks(tmp_path):
    file = tmp_path / "deep" / "train.npy"
    grown = growing.grow(file, N, blocks())
    assert isinstance(grown, np.memmap) and grown.dtype == WHOLE.dtype and np.array_equal(grown, WHOLE)
    np.save(tmp_path / "plain.npy", WHOLE)
    assert np.array_equal(np.load(file), np.load(tmp_path / "plain.npy"))
    assert np.array_equal(growing.grow(None, N, blocks()), WHOLE)


def test_an_interrupted_array_goes_on_where_it_was(tmp_path):
    file, first, second = tmp_path / "train.npy", [], []
    with pytest.raises(KeyboardInterrupt):
        growing.grow(file, N, blocks(first, until=600))
    assert first == list(range(0, 600, BLOCK))
    grown = growing.grow(file, N, blocks(second))
    assert second == list(range(600, N, BLOCK)) and grown.tobytes() == WHOLE.tobytes()
    growing.grow(file, N, blocks(third := []))
    assert third == []


def test_a_killed_process_leaves_what_it_noted(tmp_path):
    file, rows = tmp_path / "train.npy", []
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(file)], stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        if int(line) == 20:
            os.kill(child.pid, signal.SIGKILL)
            break
    assert child.wait() == -signal.SIGKILL
    grown = growing.grow(file, N, blocks(rows))
    assert grown.tobytes() == WHOLE.tobytes() and rows[-1] == 990
    assert 15 * BLOCK <= rows[0] <= 22 * BLOCK


def test_rows_beyond_the_note_are_made_again(tmp_path):
    """As after a kill between two notes, in the middle of a block."""
    file, rows = tmp_path / "train.npy", []
    with pytest.raises(KeyboardInterrupt):
        growing.grow(file, N, blocks(until=600))
    with file.open("ab") as stream:
        stream.write(b"half a row")
    assert growing.grow(file, N, blocks(rows)).tobytes() == WHOLE.tobytes() and rows[0] == 600


@pytest.mark.parametrize("lost", ["note", "array", "end of array", "other length"])
def test_what_does_not_fit_together_is_made_again(tmp_path, lost):
    file, rows = tmp_path / "train.npy", []
    with pytest.raises(KeyboardInterrupt):
        growing.grow(file, N, blocks(until=600))
    if lost == "note":
        (tmp_path / "train.json").write_text("{")
    elif lost == "array":
        file.unlink()
    elif lost == "end of array":
        os.truncate(file, 500)
    else:
        note = tmp_path / "train.json"
        note.write_text(note.read_text().replace("1000", "999"))
    assert growing.grow(file, N, blocks(rows)).tobytes() == WHOLE.tobytes() and rows[0] == 0


def test_notes_are_written_as_time_goes_by(tmp_path, monkeypatch):
    noted, note = [], growing.write_json
    monkeypatch.setattr(growing, "write_json", lambda file, value: (noted.append(value["rows"]), note(file, value)))
    monkeypatch.setattr(time, "monotonic", iter(range(10_000)).__next__)
    growing.grow(tmp_path / "train.npy", N, blocks())
    assert len(noted) > 5 and noted == sorted(noted) and noted[-1] == N


def test_no_rows_are_an_empty_array(tmp_path):
    def one_empty(start):
        yield WHOLE[:0]

    assert growing.grow(tmp_path / "train.npy", 0, one_empty).shape == (0, 7)


def test_a_full_disk_is_explained(tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(growing, "_head", full)
    with pytest.raises(OSError, match=r"cannot write train\.npy .*free disk space"):
        growing.grow(tmp_path / "train.npy", N, blocks())
