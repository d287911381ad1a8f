"""What happened to the store that people must know: damage that was found, and what was done about it."""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from pathlib import Path

from fdmat_core.store.files import home, settle

#: So many are shown, the latest.
MOST = 20


def note(text: str) -> None:
    """Keep a sentence until somebody has read it, and print it; a full disk must not stop the rest for its sake."""
    print(f"note: {text}", file=sys.stderr, flush=True)
    with suppress(OSError):
        home().mkdir(parents=True, exist_ok=True)
        with _file().open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"made": time.strftime("%Y-%m-%d %H:%M:%S"), "text": text}) + "\n")
            settle(stream)


def unread() -> list[str]:
    """The sentences that nobody has called read, each with its time, the latest last."""
    try:
        lines = _file().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found: list[str] = []
    for line in lines[-MOST:]:
        with suppress(ValueError, KeyError, TypeError):
            one = json.loads(line)
            found.append(f"{one['made']}: {one['text']}")
    return found


def read() -> None:
    """Somebody has read them."""
    with suppress(FileNotFoundError):
        _file().unlink()


def _file() -> Path:
    return home() / "notices.jsonl"
