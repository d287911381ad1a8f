"""Which code made a stored thing, so that a result never outlives the code that it came from.

The code of a module is its own and that of every module of ours that it imports, however far; comments, docstrings and
layout do not count. The registry, the types and the rooms of `work` only carry things about and are left out.
"""

from __future__ import annotations

import ast
import importlib.util
from functools import cache
from pathlib import Path

from fdmat_core.registry import Entry
from fdmat_core.types import fingerprint

#: Modules that move results but do not decide them.
CARRIERS = tuple(f"fdmat_core{name}" for name in ("", ".registry", ".types", ".spec", ".progress", ".errors"))


def of(entry: Entry, *modules: str) -> str:
    """The version of a registered function, together with other modules that decide what comes of it."""
    return fingerprint([code(name) for name in (entry.function.__module__, *modules)])


@cache
def code(module: str) -> str:
    """Sixteen hex digits that change when a module, or one of ours that it imports, does something else."""
    seen, waiting = {}, [module]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen[name], imported = _read(name)
            waiting += [other for other in imported if _decides(other)]
    return fingerprint(sorted(seen.items()))


def _decides(name: str) -> bool:
    return name not in CARRIERS and not name.startswith(("fdmat_core.store", "fdmat_core.runs"))


@cache
def _read(name: str) -> tuple[str, tuple[str, ...]]:
    """The code of one module without its texts, and the modules of ours that it names in imports."""
    file = _file(name)
    if file is None:
        return name, ()
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:]
    return fingerprint(ast.dump(tree)), tuple(sorted(_imports(tree)))


def _imports(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.startswith("fdmat_core") and _file(name)}


@cache
def _file(name: str) -> Path | None:
    """The source file of a module; None for what is no module or has no source."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None
