"""The files of the web library, as a server hands them out: modules and styles, under an address with their version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
#: What a browser may have of this folder, by the end of the name.
TYPES = {".js": "text/javascript", ".css": "text/css"}


@cache
def contents() -> Mapping[str, bytes]:
    """All modules and styles by their path in this folder, as they were when first asked for."""
    found = (path for path in sorted(FOLDER.rglob("*")) if path.suffix in TYPES)
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in found}


@cache
def version() -> str:
    """A name for these contents: under it they never change."""
    content = hashlib.sha256()
    for name, body in contents().items():
        content.update(f"{name} {len(body)}\n".encode() + body)
    return content.hexdigest()[:16]
