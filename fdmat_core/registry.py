"""One mechanism for every kind of extension: a decorated function in a file of its own.

A form, a command-line flag, a page of notes and a test follow from the function's signature, its docstring and the
facts given to the decorator. Looking a kind up imports its room, so those modules import only numpy at the top.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

#: Arguments that the caller provides; every other keyword-only argument is a parameter that people may set.
PROVIDED = ("budget", "rng", "seed", "test", "dataset", "progress")
#: The kinds whose seed says which data it is, so that people set it like any other parameter.
OWN_SEED = ("dataset", "corruption")


@dataclass(frozen=True)
class Range:
    """Bounds of a number, both included: `Annotated[float, Range(0, 1)]`."""

    low: float
    high: float


@dataclass(frozen=True)
class Parameter:
    """One setting of an entry, as a form or a flag needs it."""

    name: str
    type: type
    default: Any
    choices: tuple[Any, ...] = ()
    range: Range | None = None
    help: str = ""

    def read(self, value: Any, owner: str) -> Any:
        """Turn a value from a form, a flag or a file into this parameter's type, or say what is wrong with it."""
        try:
            number = _to_type(value, self.type)
        except (TypeError, ValueError):
            raise ValueError(f"{owner}: {self.name} is {value!r}; give a value of type {self.type.__name__}") from None
        if self.choices and number not in self.choices:
            raise ValueError(f"{owner}: {self.name} is {value!r}; choose {' or '.join(map(repr, self.choices))}")
        if self.range and not self.range.low <= number <= self.range.high:
            raise ValueError(f"{owner}: {self.name} is {value!r}; give {self.range.low} to {self.range.high}")
        return number


def _to_type(value: Any, kind: type) -> Any:
    if kind is bool and isinstance(value, str):
        return bool(("false", "true").index(value.lower()))
    if kind is int and float(value) != int(float(value)):
        raise ValueError("not a whole number")
    return int(float(value)) if kind is int else kind(value)


@dataclass(frozen=True)
class Entry:
    """A registered function with what is known about it. `entry.facts["needs"]`, or shorter `entry.needs`."""

    kind: str
    name: str
    function: Callable[..., Any]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __getattr__(self, fact: str) -> Any:
        try:
            return self.__dict__["facts"][fact]
        except KeyError:
            raise AttributeError(f"this registry entry has no fact {fact!r}") from None

    @cached_property
    def doc(self) -> str:
        """The docstring, without its indentation."""
        return inspect.getdoc(self.function) or ""

    @property
    def summary(self) -> str:
        """The docstring's first line."""
        return self.doc.split("\n", 1)[0]

    @property
    def body(self) -> str:
        """The docstring's paragraphs: without its first line, and without its sections (Parameters, Raises, ...)."""
        text = self.doc.partition("\n")[2]
        return re.split(r"^\w+\n-{3,}$", text, maxsplit=1, flags=re.MULTILINE)[0].strip()

    @cached_property
    def accepts(self) -> frozenset[str]:
        """The provided arguments that this function asks for."""
        return self.provided & frozenset(inspect.signature(self.function).parameters)

    @property
    def provided(self) -> frozenset[str]:
        """The argument names that are never parameters of this kind."""
        return frozenset(PROVIDED) - (frozenset({"seed"}) if self.kind in OWN_SEED else frozenset())

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What people may set, in the order of the signature."""
        hints = typing.get_type_hints(self.function, include_extras=True)
        return tuple(
            _parameter(name, hints.get(name, str), argument.default, _help(self.doc, name))
            for name, argument in inspect.signature(self.function).parameters.items()
            if argument.kind is argument.KEYWORD_ONLY and name not in self.provided
        )

    def read(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Check parameters and fill in the defaults; an unknown name, a wrong type or range is a ValueError."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in params:
            if name not in known:
                raise ValueError(f"{self.kind} {self.name!r} has no parameter {name!r}{_nearest(name, known)}")
        owner = f"{self.kind} {self.name!r}"
        given = {name: known[name].read(value, owner) for name, value in params.items()}
        return {name: parameter.default for name, parameter in known.items()} | given

    def __call__(self, *data: Any, params: Mapping[str, Any] | None = None, **provided: Any) -> Any:
        """Call the function with checked parameters and those provided arguments that it asks for."""
        asked = {name: value for name, value in provided.items() if name in self.accepts}
        return self.function(*data, **self.read(params or {}), **asked)


def _parameter(name: str, hint: Any, default: Any, text: str) -> Parameter:
    bounds = None
    if typing.get_origin(hint) is typing.Annotated:
        hint, *extras = typing.get_args(hint)
        bounds = next((extra for extra in extras if isinstance(extra, Range)), None)
    choices = typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
    return Parameter(name, type(choices[0]) if choices else hint, default, choices, bounds, text)


def _help(doc: str, name: str) -> str:
    """The text below `name` in the docstring's Parameters section."""
    found = re.search(rf"^{name}\n((?:    .*\n?)+)", doc, re.MULTILINE)
    return " ".join(found.group(1).split()) if found else ""


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    listed = f"; known: {', '.join(known)}" if known else "; it has none"
    return f"; did you mean {near[0]!r}?" if near else listed


class Kind:
    """A room of extensions: the entries of one kind, found by importing every module of its package."""

    def __init__(self, name: str, package: str, required: tuple[str, ...], **defaults: Any) -> None:
        self.name, self.package, self.required, self.defaults = name, package, required, defaults
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, **facts: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorate the function that is this entry; its name and the file's are the entry's."""
        unknown = set(facts) - set(self.required) - set(self.defaults)
        missing = set(self.required) - set(facts)
        if unknown or missing:
            raise TypeError(f"{self.name} {name!r}: unknown facts {sorted(unknown)}, missing facts {sorted(missing)}")

        def keep(function: Callable[..., Any]) -> Callable[..., Any]:
            self._entries[name] = Entry(self.name, name, function, MappingProxyType(self.defaults | facts))
            return function

        return keep

    def all(self) -> dict[str, Entry]:
        """Every entry by name, in alphabetical order."""
        room = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(getattr(room, "__path__", ())):
            importlib.import_module(f"{self.package}.{module.name}")
        return dict(sorted(self._entries.items()))

    def get(self, name: str) -> Entry:
        """The entry of this name; a near miss is suggested."""
        if name not in self._entries and name not in self.all():  # looking through the room takes milliseconds
            raise ValueError(f"no {self.name} named {name!r}{_nearest(name, self.all())}")
        return self._entries[name]

    def title(self, name: str) -> str:
        """What people call an entry that is named with its parameters, as in `"energy(sample=10)"`."""
        name, bracket, inside = name.partition("(")
        return f"{self.get(name).title} ({inside}" if bracket else self.get(name).title


datasets = Kind("dataset", "fdmat_core.datasets", ("title", "licence", "source"), images=True)
corruptions = Kind("corruption", "fdmat_core.corruptions", ("title",))
backbones = Kind("backbone", "fdmat_core.backbones", ("title", "source"), trains=False, reads="images")
methods = Kind(
    "method",
    "fdmat_core.methods",
    ("title", "family", "needs", "keeps", "paper", "colour"),
    runs="class",  # "class": called on each class alone; "table": called once on all rows
    nested=True,
    weigh=None,  # (table, rows) -> (k,) weights, for methods whose coreset is weighted
    recommended=False,
)
measures = Kind(
    "measure",
    "fdmat_core.measures",
    ("title", "unit", "better", "source"),
    kind="distance",
    needs=("embedding",),
    dear=False,  # one value takes seconds or more: measured last, and random gets no band of its own
)

dataset = datasets.register
corruption = corruptions.register
backbone = backbones.register
method = methods.register
measure = measures.register
