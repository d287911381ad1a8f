"""What to do: a choice of an entry with its parameters, and the settings of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

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

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value}" for name, value in self.params)
        return f"{self.name}({inside})" if inside else self.name


#: `name` or `name(parameter=value, ...)`, then a comma or the end.
CHOICE = re.compile(r"\s*([\w.-]+)\s*(?:\(([^()]*)\))?\s*(?:,|$)")


def read_choices(text: str) -> tuple[Choice, ...]:
    """Read `"fdmat, random, fdmat(lam=3, tau=0)"`, the form in which choices are printed."""
    choices, place = [], 0
    while place < len(text):
        found = CHOICE.match(text, place)
        if not found:
            raise ValueError(f"cannot read {text!r}; write name or name(parameter=value), separated by commas")
        choices.append(Choice.of(found[1], **_parameters(found[2] or "", text)))
        place = found.end()
    return tuple(choices)


def _parameters(inside: str, text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in inside.split(",") if pair.strip()]
    if not all(sign for _, sign, _ in pairs):
        raise ValueError(f"cannot read {text!r}; write parameters as name=value")
    return {name.strip(): value.strip() for name, _, value in pairs}


#: Kept fractions measured by default: log-spaced, dense where pruning is extreme.
FRACTIONS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


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

    def to_json(self) -> dict[str, Any]:
        """A JSON-able description that a person can read."""
        return asdict(self) | {
            "dataset": self.dataset.to_json(),
            "backbone": self.backbone.to_json(),
            "corruption": self.corruption.to_json(),
            "methods": [choice.to_json() for choice in self.methods],
            "measures": [choice.to_json() for choice in self.measures],
            "fractions": list(self.fractions),
        }

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
        return Spec(**one, **many, **rest)

    @property
    def methods_by_name(self) -> dict[str, Choice]:
        """The methods of this spec's curves by the text that a curve has for each; random is always among them."""
        return {str(choice): choice for choice in (Choice("random"), *self.methods)}

    @property
    def measures_by_name(self) -> dict[str, Choice]:
        """The measures by the text that a curve has for each."""
        return {str(choice): choice for choice in self.measures}

    @property
    def key(self) -> str:
        """The name of this spec's run."""
        return fingerprint(self.to_json())
