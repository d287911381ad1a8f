"""What a job tells about itself: one JSON line at each step, and every two seconds that it is still there."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import traceback
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fdmat_core import errors
from fdmat_core.progress import Progress

#: Seconds between lines: at most one per step, at least one per beat.
STEP, BEAT = 0.25, 2.0
#: Letters of a text in a line, at most, and the bytes at the end of the file that hold a whole line whatever it says.
LONGEST, TAIL = 1000, 16_384


class Cancelled(BaseException):
    """Someone asked this process to stop."""


class Heart:
    """A `progress(done, total, "stage: note")` that writes each step to `status.jsonl`, and passes it on."""

    def __init__(self, folder: Path, mark: Mapping[str, int], draw: Progress | None) -> None:
        self._file, self._draw = folder / "status.jsonl", draw
        self._line: dict[str, Any] = {"state": "running", "started": time.time()} | dict(mark)
        self._stage_began = self._written = 0.0

    def __call__(self, done: int, total: int, note: str) -> None:
        """Tell a step; the text before the first colon names the stage."""
        stage, _, message = note.partition(": ")
        if self._draw:
            self._draw(done, total, note)
        now = time.monotonic()
        if fresh := stage != self._line.get("stage"):
            self._stage_began = now
        left = (now - self._stage_began) * (total - done) / done if done and not fresh else None
        state = "queued" if stage == "queued" else "running"
        step = {"state": state, "stage": stage, "done": int(done), "total": int(total), "message": message}
        self._line = self._line | step | {"seconds_left": left if left is None else round(left, 1)}
        if fresh or done == total or now - self._written > STEP:
            self.tell()

    def finish(self, state: str, message: str, advice: str = "") -> None:
        """Tell how it ended."""
        self._line = self._line | {"state": state, "message": message, "advice": advice, "seconds_left": None}
        self.tell()

    def tell(self) -> None:
        """Append the present line; a full disk must not stop the work for the sake of its status."""
        self._written = time.monotonic()
        line = {name: _brief(value) for name, value in self._line.items()} | {"heartbeat": time.time()}
        text = json.dumps(line, ensure_ascii=False) + "\n"
        with suppress(OSError), self._file.open("ab", buffering=0) as stream:
            stream.write(text.encode("utf-8", "replace"))

    def beat(self, stop: threading.Event) -> None:
        """Repeat the present line until it is to stop."""
        while not stop.wait(BEAT):
            if time.monotonic() - self._written > BEAT:
                self.tell()


def _brief(value: Any) -> Any:
    """A value; of a text that is too long for a line its beginning."""
    return f"{value[: LONGEST - 1]}…" if isinstance(value, str) and len(value) > LONGEST else value


@contextmanager
def beating(folder: Path, mark: Mapping[str, int], draw: Progress | None = None) -> Generator[Heart]:
    """Tell how the work inside goes and ends: done, failed with its cause, or cancelled by SIGTERM or Ctrl-C.

    Parameters
    ----------
    mark
        Numbers in every line by which `last` knows the lines of this attempt.
    """
    heart, stop = Heart(folder, mark, draw), threading.Event()
    thread = threading.Thread(target=heart.beat, args=(stop,), daemon=True)
    thread.start()
    before = _on_terminate(_raise_cancelled)
    try:
        yield heart
        ending = ("done", "")
    except (Cancelled, KeyboardInterrupt):
        ending = ("cancelled", "Cancelled.", errors.RESUME)
    except Exception as error:
        with suppress(OSError), (folder / "log.txt").open("a") as log:
            traceback.print_exc(file=log)
        ending = ("failed", *errors.explain(error))
    finally:
        _on_terminate(before)
        stop.set()
        thread.join()
    heart.finish(*ending)


def last(folder: Path, mark: Mapping[str, int]) -> Mapping[str, Any]:
    """The last whole line with this mark, or nothing."""
    try:
        with (folder / "status.jsonl").open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - TAIL))
            lines = stream.read().splitlines()
    except OSError:  # no status yet, or one that cannot be read
        return {}
    for text in reversed(lines):
        line = _parsed(text)
        if _is_status(line) and all(line.get(name) == number for name, number in mark.items()):
            return line
    return {}


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:  # the first of the block read may be cut, the last half-written on a full disk
        return {}
    return line if isinstance(line, dict) else {}


#: What the fields of a line are.
FORM: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("state", "stage", "message", "advice"), str),
    **dict.fromkeys(("done", "total"), int),
    **dict.fromkeys(("started", "heartbeat"), (int, float)),
    "seconds_left": (int, float, type(None)),
}
STATES = ("queued", "running", "done", "failed", "cancelled")


def _is_status(line: Mapping[str, Any]) -> bool:
    """Whether a line is one that `Heart` writes."""
    right = all(isinstance(line[name], form) for name, form in FORM.items() if name in line)
    return right and line.get("state") in STATES


def _raise_cancelled(number: int, _frame: Any) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise Cancelled


def _on_terminate(handler: Any) -> Any:
    """Set what SIGTERM does and return what it did; only a process's main thread may."""
    if threading.current_thread() is threading.main_thread():
        return signal.signal(signal.SIGTERM, handler)
    return None
