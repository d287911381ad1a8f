"""One mechanism for every kind of extension: a decorated function in a file of its own.

A form, a command-line flag, a page of notes and a test follow from the function's signature, its docstring and the
facts given to the decorator. Looking a kind up imports its room, so those modules import only numpy at the top.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Concatenate, Generic, Literal, NamedTuple, ParamSpec, Protocol, TypeVar

import numpy as np

from fdmat_core import formats
from fdmat_core.spec import Choice
from fdmat_core.types import FeatureTable

#: Arguments that the caller provides; every other keyword-only argument is a parameter that people may set. `quota` is
#: (c,) how many each class is to have, for a method that runs on the whole table and needs to know; else None.
PROVIDED = ("budget", "chosen", "quota", "rng", "seed", "test", "dataset", "progress")
#: The kinds whose seed says which data it is, so that people set it like any other parameter.
OWN_SEED = ("dataset", "corruption")

#: What a method goes by; the last is that of selections that people bring along.
Family = Literal["distribution", "geometry", "submodular", "gradients", "uncertainty", "dynamics", "baseline", "yours"]
#: The last is that of a difference to random, which no registered measure is.
MeasureKind = Literal["distance", "coverage", "accuracy", "balance", "difference"]
#: (table, rows (k,)) -> weights (k,), for methods whose coreset is weighted.
Weigh = Callable[[FeatureTable, np.ndarray], np.ndarray]


class Claim(NamedTuple):
    """What a dataset takes a file or folder for, how certain that is from 0 to 1, and the parameters that follow."""

    words: str
    certainty: float
    params: Mapping[str, Any] = {}
    label: str | None = None  # the column of labels by its name, "" if none has a usual one; None where none could


@dataclass(frozen=True, kw_only=True)
class DatasetFacts:
    """What is known about a dataset; `recognises` looks at a path that exists, for people's own data."""

    title: str
    licence: str
    source: str
    images: bool = True
    recognises: Callable[[Path], Claim | None] | None = None


@dataclass(frozen=True, kw_only=True)
class CorruptionFacts:
    """What is known about a corruption."""

    title: str
    called: str = ""  # the title of a choice with its parameters in braces, a rate as a percentage
    offered: bool = True  # False: it comes of what people decided, and no form offers it


@dataclass(frozen=True, kw_only=True)
class BackboneFacts:
    """What is known about a backbone."""

    title: str
    source: str
    trains: bool = False
    reads: Literal["images", "features", "text"] = "images"
    files: tuple[str, ...] = ()  # parameters that name weights of somebody's own; these count by their content


@dataclass(frozen=True, kw_only=True)
class MethodFacts:
    """What is known about a method."""

    title: str
    family: Family
    needs: tuple[str, ...]  # columns of the table
    keeps: str
    paper: str
    colour: str
    #: Called on each class alone, or once on all rows; an order that is given keeps its places whatever the balance.
    runs: Literal["class", "table", "given"] = "class"
    nested: bool = True
    weigh: Weigh | None = None
    uses: tuple[str, ...] = ()  # further columns that it reads where the table has them
    recommended: bool = False
    offered: bool = True  # whether it can be chosen by its name alone; False: it comes with a file that people bring
    called: str = ""  # the title of a choice with its parameters in braces; empty: title and parameters in words
    #: What the name stands for here, in a few words, where people may take it for something else.
    stands_for: str = ""
    #: The method to hold this one against, where both go by nearly the same name.
    beside: str = ""
    #: How many flipped labels are among what it keeps of data with a fifth flipped, as a share: `benchmarks/damage.py`.
    #: Given where it is more than random keeps.
    keeps_flips: float | None = None


@dataclass(frozen=True, kw_only=True)
class MeasureFacts:
    """What is known about a measure."""

    title: str
    unit: str
    better: Literal["lower", "higher"]
    source: str
    kind: MeasureKind = "distance"
    needs: tuple[str, ...] = ("embedding",)
    expensive: bool = False  # one value takes seconds or more: measured last, and without a random band of its own
    target: str = ""  # what a distance of a run leads to, in words; empty where only one thing can be meant


class Titled(Protocol):
    """Facts of any kind."""

    @property
    def title(self) -> str:
        """What people call the entry."""
        ...


Facts = TypeVar("Facts", bound=Titled)
Function = TypeVar("Function", bound=Callable[..., Any])
Given = ParamSpec("Given")


@dataclass(frozen=True)
class Range:
    """Bounds of a number, both included: `Annotated[float, Range(0, 1)]`; a word may follow that says what it means."""

    low: float
    high: float


@dataclass(frozen=True)
class Parameter:
    """One setting of an entry, as a form or a flag needs it."""

    name: str
    type: type[Any]
    default: Any
    choices: tuple[Any, ...] = ()
    range: Range | None = None
    help: str = ""
    called: str = ""  # what it means, in two or three words; empty: its name says it

    @property
    def words(self) -> str:
        """What people call it."""
        return self.called or formats.words(self.name)

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


def _to_type(value: Any, kind: type[Any]) -> Any:
    if kind is bool and isinstance(value, str):
        return bool(("false", "true").index(value.lower()))
    if kind is int:
        return formats.whole(value)
    return formats.real(value) if kind is float else kind(value)


@dataclass(frozen=True)
class Entry(Generic[Facts]):
    """A registered function with what is known about it, as in `entry.facts.needs`."""

    kind: str
    name: str
    function: Callable[..., Any]
    facts: Facts

    @property
    def title(self) -> str:
        """What people call it."""
        return self.facts.title

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
    def names(self) -> Mapping[str, str]:
        """What people call each parameter, by its name."""
        return {one.name: one.words for one in self.parameters}

    @cached_property
    def accepts(self) -> frozenset[str]:
        """The provided arguments that this function asks for."""
        return self.provided & frozenset(inspect.signature(self.function).parameters)

    @property
    def draws(self) -> bool:
        """Whether it draws, so that what it gives depends on a seed."""
        return "rng" in self.accepts

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
    bounds, called = None, ""
    if typing.get_origin(hint) is typing.Annotated:
        hint, *extras = typing.get_args(hint)
        bounds = next((extra for extra in extras if isinstance(extra, Range)), None)
        called = next((extra for extra in extras if isinstance(extra, str)), "")
    choices = typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
    return Parameter(name, type(choices[0]) if choices else hint, default, choices, bounds, text, called)


def _help(doc: str, name: str) -> str:
    """The text below `name` in the docstring's Parameters section."""
    found = re.search(rf"^{name}\n((?:    .*\n?)+)", doc, re.MULTILINE)
    return " ".join(found.group(1).split()) if found else ""


def _nearest(name: str, known: Iterable[str]) -> str:
    return formats.did_you_mean(name, known) or (f"; known: {', '.join(known)}" if known else "; it has none")


class Kind(Generic[Facts]):
    """A room of extensions: the entries of one kind, found by importing every module of its package."""

    def __init__(self, name: str, package: str) -> None:
        self.name, self.package = name, package
        self._entries: dict[str, Entry[Facts]] = {}

    def register(self, name: str, facts: Facts) -> Callable[[Function], Function]:
        """Decorate the function that is this entry; its name and the file's are the entry's."""

        def keep(function: Function) -> Function:
            self._entries[name] = Entry(self.name, name, function, facts)
            return function

        return keep

    def all(self, *, brought: bool = False) -> dict[str, Entry[Facts]]:
        """Every entry by name, in alphabetical order; with `brought` also those that come with a file of people's."""
        room = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(getattr(room, "__path__", ())):
            importlib.import_module(f"{self.package}.{module.name}")
        found = dict(sorted(self._entries.items()))
        return {name: one for name, one in found.items() if brought or getattr(one.facts, "offered", True)}

    def get(self, name: str) -> Entry[Facts]:
        """The entry of this name; a near miss is suggested."""
        known = name in self._entries or name in self.all(brought=True)  # looking through the room takes milliseconds
        if not known:
            raise ValueError(f"no {self.name} named {name!r}{_nearest(name, self.all())}")
        return self._entries[name]

    def title(self, choice: Choice) -> str:
        """What people call a choice: the entry's title or its file's name, with what differs from the defaults."""
        try:
            entry = self.get(choice.name)
        except ValueError:  # of an entry that is no more
            return _in_words(choice.name, choice)
        if called := getattr(entry.facts, "called", ""):
            return called.format(**_said(entry.read(dict(choice.params))))
        return _in_words(entry.title, choice, entry.names)


def _said(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters as a title says them: a rate as a percentage."""
    return {name: formats.percent(value) if name == "rate" else _short(value) for name, value in params.items()}


def _in_words(title: str, choice: Choice, names: Mapping[str, str] | None = None) -> str:
    """A title with the parameters of a choice, by what they are called."""
    params = dict(choice.params)
    if path := params.pop("path", ""):  # somebody's own data are called like their file or folder
        title = Path(path).name
    inside = ", ".join(
        f"{(names or {}).get(name) or formats.words(name)} {_short(value)}" for name, value in params.items()
    )
    return f"{title} ({inside})" if inside else title


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else formats.words(str(value))


def _decorator(
    kind: Kind[Facts], facts: Callable[Given, Facts]
) -> Callable[Concatenate[str, Given], Callable[[Function], Function]]:
    """The decorator of a kind: `@method("herding", title="Herding", ...)`, whose keyword arguments are its facts."""

    def decorate(name: str, *args: Given.args, **known: Given.kwargs) -> Callable[[Function], Function]:
        return kind.register(name, facts(*args, **known))

    return decorate


datasets = Kind[DatasetFacts]("dataset", "fdmat_core.datasets")
corruptions = Kind[CorruptionFacts]("corruption", "fdmat_core.corruptions")
backbones = Kind[BackboneFacts]("backbone", "fdmat_core.backbones")
methods = Kind[MethodFacts]("method", "fdmat_core.methods")
measures = Kind[MeasureFacts]("measure", "fdmat_core.measures")

dataset = _decorator(datasets, DatasetFacts)
corruption = _decorator(corruptions, CorruptionFacts)
backbone = _decorator(backbones, BackboneFacts)
method = _decorator(methods, MethodFacts)
measure = _decorator(measures, MeasureFacts)
