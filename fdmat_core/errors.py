"""Why work stopped, in plain words, and what to do about it."""

from __future__ import annotations

import errno
from collections.abc import Sequence

RESUME = "Resume: what was finished is kept."
LOST = "The process ended without a word: killed from outside, most often because the machine ran out of memory."

#: Words in an error's text, and what they mean.
KNOWN = (
    (
        ("out of memory", "can't allocate memory", "cannot allocate memory", "unable to allocate", "failed to map"),
        "The machine ran out of memory.",
        "Close other programs, choose a smaller batch size or dataset, or a machine with more. "
        "Resume tries again with smaller blocks: what was finished is kept.",
    ),
    (
        ("no space left", "disk is full", "disk quota", "file too large", "requested and"),
        "The disk is full.",
        "Free space, for example by `python -m fdmat_core cache prune`, or let FDMAT_HOME name a folder elsewhere. "
        + RESUME,
    ),
    (
        ("database is locked", "table is locked"),
        "Another program holds the folder where results are kept.",
        f"Wait until it has ended, or end it; then try again. {RESUME}",
    ),
    (
        ("is malformed", "is not a database"),
        "A file of the folder where results are kept is damaged.",
        f"Try again: the file is set aside, and decisions are taken from their copies. {RESUME}",
    ),
    (
        ("permission denied", "read-only", "readonly", "unable to open database"),
        "The folder where results are kept cannot be written.",
        f"Let your account write there, or let FDMAT_HOME name a folder that you may write in. {RESUME}",
    ),
)


def explain(error: BaseException) -> tuple[str, str]:
    """What went wrong as a sentence, and what to do.

    Our own errors say "what is wrong; what to do", which is split here; known errors get a text of their own.
    """
    text = " ".join(plain(error).split())
    for words, reason, advice in KNOWN:
        if any(word in f"{type(error).__name__} {text}".lower() for word in words):
            return f"{reason} ({text})" if text else reason, advice
    if isinstance(error, MemoryError):
        return KNOWN[0][1:]
    if isinstance(error, ValueError):
        reason, _, advice = text.partition("; ")
        return reason, _sentence(advice) or "See the log."
    return f"{type(error).__name__}: {text}", f"See the log. {RESUME}"


def is_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, which may go well another time."""
    text = f"{type(error).__name__} {error}".lower()
    return isinstance(error, MemoryError) or any(word in text for word in KNOWN[0][0])


def outdated(parts: Sequence[str]) -> str:
    """What Resume makes again of a run that was done, named in words, in one sentence."""
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    return (
        "Made by an earlier version of this program, or no longer stored: "
        f"{listed} will be made again by Resume; decisions are kept."
    )


def plain(error: BaseException) -> str:
    """An error's text without the number that the system gives it."""
    if isinstance(error, OSError) and error.strerror and error.errno in errno.errorcode:
        named = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{named}"
    return str(error) or type(error).__name__


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""
