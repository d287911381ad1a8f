"""What to do: a choice of an entry with its parameters, and the settings of a run."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fdmat_core.formats import counted
from fdmat_core.types import fingerprint


@dataclass(frozen=True)
class Choice:
    """A registered name and the parameters that differ from its defaults."""

    name: str
    params: tuple[tuple[str, Any], ...] = ()

    @staticmethod
    def of(name: str, **params: Any) -> Choice:
        """`Choice.of("fdmat", lam=10)`."""
        return Choice(name, tuple(sorted(params.items())))

    @staticmethod
    def named(choice: str | Choice) -> Choice:
        """A choice as it is, or a name as the choice of its defaults."""
        return choice if isinstance(choice, Choice) else Choice(choice)

    @staticmethod
    def from_json(value: str | Mapping[str, Any]) -> Choice:
        """Read `"fdmat"` or `{"name": "fdmat", "params": {"lam": 10}}`."""
        if isinstance(value, str):
            return Choice(value)
        return Choice.of(value["name"], **value.get("params", {}))

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        return {"name": self.name, "params": dict(self.params)}

    @staticmethod
    def read(text: str) -> tuple[Choice, ...]:
        """Read `"fdmat, random, fdmat(lam=3), folder(path='a, b')"`, the form in which choices are printed."""
        choices, place = [], 0
        while place < len(text):
            found = _CHOICE.match(text, place)
            if not found:
                raise ValueError(f"cannot read {text!r}; write name or name(parameter=value), separated by commas")
            params = {name: _unquoted(value) for name, value in _PARAMETER.findall(found[2] or "")}
            choices.append(Choice.of(found[1], **params))
            place = found.end()
        return tuple(choices)

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={_quoted(value)}" for name, value in self.params)
        return f"{self.name}({inside})" if inside else self.name


#: A value in quotes, in which a backslash takes the meaning from the next sign, or without.
_VALUE = r"""(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|[^,()'"]*+)"""
_PARAMETER = re.compile(rf"([\w-]+)\s*=\s*({_VALUE})")
#: `name` or `name(parameter=value, ...)`, then a comma or the end.
_CHOICE = re.compile(
    rf"\s*+([\w.-]+)\s*+(?:\(\s*+((?:[\w-]+\s*+=\s*+{_VALUE}\s*+(?:,\s*+(?=[\w-]+\s*=)|(?=\))))*+)\))?\s*+(?:,|$)"
)


def _quoted(value: Any) -> str:
    """A value as `read` reads it: in quotes if it has signs that mean something there."""
    text = str(value)
    plain = not isinstance(value, str) or (not set(text) & set(",()='\"\\") and text == text.strip())
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(text: str) -> str:
    text = text.strip()
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text[:1] in ("'", '"') and len(text) > 1 else text


#: Kept fractions measured by default: log-spaced, dense where pruning is extreme.
FRACTIONS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


@dataclass(frozen=True)
class Chosen:
    """Items that are chosen before a run: every method begins with them, then picks what it would to fill up."""

    ids: tuple[int, ...]  # ascending, each once
    called: str = ""  # what people call them, such as the name of a set

    @staticmethod
    def from_json(value: Mapping[str, Any] | None) -> Chosen | None:
        """Read what `to_json` wrote."""
        if value is None:
            return None
        ids = value["ids"]
        if not isinstance(ids, list) or not all(type(one) is int for one in ids) or not ids:
            raise ValueError(f"chosen.ids is {str(ids)[:60]}; give a list of ids, whole numbers")
        return Chosen(tuple(sorted(set(ids))), str(value.get("called", "")))

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        return {"ids": list(self.ids), "called": self.called}

    def without(self, ids: Collection[int]) -> Chosen | None:
        """These but for some; None if none is left."""
        rest = tuple(one for one in self.ids if one not in ids)
        return Chosen(rest, self.called) if rest else None

    def __str__(self) -> str:
        named = f" of {self.called!r}" if self.called else ""
        return f"the {counted(len(self.ids), 'item', 'items')}{named}"


@dataclass(frozen=True)
class Spec:
    """What to do: hashed to a key, so that the same question is answered once."""

    dataset: Choice
    backbone: Choice
    methods: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    corruption: Choice = Choice("none")
    fractions: tuple[float, ...] = FRACTIONS  # kept fractions
    seeds: int = 3  # training seeds per point
    band: int = 10  # random subsets behind the random band
    balance: str = "proportional"  # see `numerics.quotas.BALANCES`
    chosen: Chosen | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON-able description that a person can read; it says `chosen` only where there are any."""
        said: dict[str, Any] = {
            "dataset": self.dataset.to_json(),
            "backbone": self.backbone.to_json(),
            "methods": [choice.to_json() for choice in self.methods],
            "measures": [choice.to_json() for choice in self.measures],
            "corruption": self.corruption.to_json(),
            "fractions": list(self.fractions),
            "seeds": self.seeds,
            "band": self.band,
            "balance": self.balance,
        }
        return said | {"chosen": self.chosen.to_json()} if self.chosen else said

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Spec:
        """Read what `to_json` wrote; unknown fields are an error."""
        unknown = set(value) - set(Spec.__dataclass_fields__)
        if unknown:
            raise ValueError(
                f"spec has an unknown field {sorted(unknown)[0]!r}; known: {', '.join(Spec.__dataclass_fields__)}"
            )
        one = {name: Choice.from_json(value[name]) for name in ("dataset", "backbone", "corruption") if name in value}
        many = {name: tuple(map(Choice.from_json, value[name])) for name in ("methods", "measures") if name in value}
        rest = {name: value[name] for name in ("seeds", "band", "balance") if name in value}
        if "fractions" in value:
            rest["fractions"] = tuple(float(fraction) for fraction in value["fractions"])
        return Spec(**one, **many, **rest, chosen=Chosen.from_json(value.get("chosen")))

    @property
    def methods_by_name(self) -> dict[str, Choice]:
        """The methods of this spec's curves by the text that a curve has for each; random is always among them."""
        return {str(choice): choice for choice in (Choice("random"), *self.methods)}

    @property
    def measures_by_name(self) -> dict[str, Choice]:
        """The measures by the text that a curve has for each."""
        return {str(choice): choice for choice in self.measures}

    @cached_property
    def key(self) -> str:
        """The name of this spec's run."""
        return fingerprint(self.to_json())
