"""Modules of the web library as one script, for a page that no server stands behind.

Every module becomes a function that is called once and returns what it exports, in the order in which they need each
other. So the same files are what the app serves and what a report holds, without a build.
"""

from __future__ import annotations

import json
import posixpath
import re

from fdmat_core.web import files

IMPORT = re.compile(
    r'^import (?:\* as (?P<all>\w+)|\{(?P<names>[^}]*)\}) from "(?P<path>\.{1,2}/[\w./-]+)"\s*$', re.MULTILINE
)
EXPORT = re.compile(r"^export (?P<what>(?:async )?function\*?|const|let|class) (?P<name>\w+)", re.MULTILINE)
#: What is left of the two when a module says it in another way than ours do.
OTHER = re.compile(r"^\s*(?:import|export)\b|\bimport\s*\(", re.MULTILINE)


def script(entry: str, call: str) -> str:
    """The text of a module script that holds a module and all that it imports, and then calls one of its exports.

    Parameters
    ----------
    entry
        A module by its path in the web library.
    call
        The name of a function that it exports.

    Raises
    ------
    ValueError
        A module that imports itself through others; that says import or export otherwise than by `import { a as b }`,
        `import * as a` and `export` before a const or a function; or that holds what would end a script in a page.
    """
    order: dict[str, str] = {}
    _gather(entry, (), order)
    text = "\n".join([*order.values(), f"{_variable(entry)}.{call}()", ""])
    if re.search(r"</script|<!--", text, re.IGNORECASE):
        raise ValueError(f"{entry} or a module that it imports holds </script or <!--; write it in two parts")
    return text


def _gather(path: str, by: tuple[str, ...], order: dict[str, str]) -> None:
    """Add a module after all that it imports."""
    if path in by:
        raise ValueError(
            f"modules import each other: {' -> '.join((*by, path))}; let one of them be given what it needs"
        )
    if path in order:
        return
    if path not in files.contents():
        raise ValueError(f"{by[-1] if by else 'nobody'} imports {path}, which is not there")
    source = files.contents()[path].decode()
    for found in IMPORT.finditer(source):
        _gather(_resolved(path, found["path"]), (*by, path), order)
    order[path] = _wrapped(path, source)


def _wrapped(path: str, source: str) -> str:
    names = [found["name"] for found in EXPORT.finditer(source)]
    body = IMPORT.sub(lambda found: _binding(path, found), source)
    body = EXPORT.sub(r"\g<what> \g<name>", body)
    if odd := OTHER.search(re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)):
        raise ValueError(
            f"{path} has {odd[0].strip()!r} in a form that `modules` does not read; write it as the others do"
        )
    address = json.dumps(f"file:///web/{path}")  # where it would lie; nothing is fetched from there
    body = body.replace("import.meta.url", address)
    return f"const {_variable(path)} = (() => {{\n{body}\nreturn {{ {', '.join(names)} }}\n}})()"


def _binding(path: str, found: re.Match[str]) -> str:
    """An import as what it takes out of a module that has been called."""
    theirs = _variable(_resolved(path, found["path"]))
    if found["all"]:
        return f"const {found['all']} = {theirs}"
    names = (name.strip() for name in found["names"].split(","))
    return f"const {{ {', '.join(name.replace(' as ', ': ') for name in names if name)} }} = {theirs}"


def _resolved(path: str, wanted: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), wanted))


def _variable(path: str) -> str:
    """What the exports of a module are called in the script."""
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))
