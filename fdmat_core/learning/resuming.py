"""A training on disk, from which a killed process goes on to the same bytes."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fdmat_core.learning.dynamics import Recorder
from fdmat_core.store.files import explained

#: Seconds between two times that a training is saved, at least; and how many times as long as saving it takes.
SECONDS, SHARE = 10.0, 20.0
#: What reading a file raises that was not written to its end, or by another version of a library.
DAMAGE = (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, TypeError, AttributeError, LookupError)


class Saved:
    """A training as it was after a whole epoch, with what was recorded of it, in a file that is replaced at times.

    The order of batches follows from the seed and the number of steps, so that no generator has to be kept.
    """

    def __init__(self, file: Path, recorder: Recorder, per_epoch: int) -> None:
        self.file, self.recorder, self.per_epoch = file, recorder, per_epoch
        self.next = time.monotonic() + SECONDS

    def restore(self, parts: Mapping[str, Any]) -> int:
        """Bring network, optimiser, schedule and recorder to where they were, and return the steps done by then."""
        import torch

        try:
            state = torch.load(self.file, map_location="cpu", weights_only=True)
        except DAMAGE:
            return 0
        for name, part in parts.items():
            part.load_state_dict(state[name])
        self.recorder.restore({name: column.numpy() for name, column in state["recorder"].items()})
        return state["step"]

    def keep(self, step: int, parts: Mapping[str, Any]) -> None:
        """Save all after a whole epoch, unless that was done a moment ago."""
        import torch

        began = time.monotonic()
        if step % self.per_epoch or began < self.next:
            return
        recorded = {name: torch.from_numpy(column) for name, column in self.recorder.state().items()}
        state = {name: part.state_dict() for name, part in parts.items()} | {"step": step, "recorder": recorded}
        partial = self.file.with_suffix(".partial")
        with explained(f"write {self.file.name}"):
            torch.save(state, partial)
            os.replace(partial, self.file)
        self.next = time.monotonic() + max(SECONDS, SHARE * (time.monotonic() - began))
