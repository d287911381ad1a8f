"""One mechanism for every kind of extension."""

import typing
from typing import Annotated, Literal, get_args

import pytest

from fdmat_core import registry
from fdmat_core.figures import theme
from fdmat_core.registry import BackboneFacts, Entry, Kind, Range
from fdmat_core.spec import Choice

FACTS = BackboneFacts(title="Toy", source="nobody")


@pytest.fixture
def kind():
    """A room of its own, so that nothing registered here is seen elsewhere."""
    room = Kind[BackboneFacts]("toy", "fdmat_core.figures")

    @room.register("pick", FACTS)
    def pick(
        table: list[int],
        *,
        budget: int,
        share: Annotated[float, Range(0, 1)] = 0.5,
        steps: Annotated[int, Range(1, 10)] = 3,
        norm: Literal["unit", "none"] = "unit",
        strict: bool = True,
    ) -> tuple[object, ...]:
        """Pick some.

        Parameters
        ----------
        share
            How much
            of it.
        steps
            How often.
        """
        return table, budget, share, steps, norm, strict

    return room


def test_parameters_come_from_the_signature(kind):
    share, steps, norm, strict = kind.get("pick").parameters
    assert (share.name, share.type, share.default, share.range) == ("share", float, 0.5, Range(0, 1))
    assert (steps.type, steps.default, steps.help) == (int, 3, "How often.")
    assert share.help == "How much of it."
    assert (norm.choices, norm.type) == (("unit", "none"), str)
    assert (strict.type, strict.help) == (bool, "")


def test_provided_arguments_are_no_parameters(kind):
    assert kind.get("pick").accepts == {"budget"}
    assert {parameter.name for parameter in kind.get("pick").parameters}.isdisjoint({"budget"})


def test_a_call_gets_checked_parameters_and_only_what_it_asks_for(kind):
    called = kind.get("pick")([1], params={"share": "0.25", "strict": "false"}, budget=4, rng=None, seed=9)
    assert called == ([1], 4, 0.25, 3, "unit", False)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"shar": 1}, "toy 'pick' has no parameter 'shar'; did you mean 'share'"),
        ({"colour": 1}, "no parameter 'colour'; known: share, steps, norm, strict"),
        ({"share": 1.5}, "share is 1.5; give 0 to 1"),
        ({"share": "nan"}, "share is 'nan'; give 0 to 1"),
        ({"share": "much"}, "share is 'much'; give a value of type float"),
        ({"steps": 2.5}, "steps is 2.5; give a value of type int"),
        ({"steps": "1_0"}, "steps is '1_0'; give a value of type int"),
        ({"steps": "inf"}, "steps is 'inf'; give a value of type int"),
        ({"share": "0_1"}, "share is '0_1'; give a value of type float"),
        ({"steps": 11}, "steps is 11; give 1 to 10"),
        ({"norm": "l2"}, "norm is 'l2'; choose 'unit' or 'none'"),
        ({"strict": "perhaps"}, "strict is 'perhaps'; give a value of type bool"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_fix(kind, params, message):
    with pytest.raises(ValueError, match=message):
        kind.get("pick").read(params)


def test_a_near_miss_is_suggested(kind):
    with pytest.raises(ValueError, match="no toy named 'pik'; did you mean 'pick'"):
        kind.get("pik")
    with pytest.raises(ValueError, match="no toy named 'other'; known: pick"):
        kind.get("other")


def test_facts_are_complete_or_refused(kind):
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'source'"):
        registry.backbone("poor", title="Poor")  # pyright: ignore[reportCallIssue]  that is what is tested
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        registry.backbone("odd", title="Odd", source="nobody", colour="red")  # pyright: ignore[reportCallIssue]  so is that
    assert kind.get("pick").facts == FACTS and kind.get("pick").title == "Toy"
    assert {"poor", "odd"}.isdisjoint(registry.backbones.all())


def test_a_decorator_gives_its_function_back_and_keeps_its_facts():
    random = registry.methods.get("random")
    assert random.facts.family == "baseline" and random.facts.runs == "table" and random.facts.weigh is None
    assert random.function.__name__ == "random" and random.accepts == {"rng"}


def test_every_fact_is_one_of_those_that_its_kind_lists():
    for kind in (registry.backbones, registry.methods, registry.measures):
        for entry in kind.all().values():
            hints = typing.get_type_hints(type(entry.facts))
            for name, hint in hints.items():
                if typing.get_origin(hint) is Literal:
                    assert getattr(entry.facts, name) in get_args(hint), f"{entry.name}: {name}"
    assert set(get_args(registry.Family)) == set(theme.DASHES)


def test_a_choice_is_titled_with_its_parameters_in_words(kind):
    assert kind.title(Choice("pick")) == "Toy"
    assert kind.title(Choice.of("pick", share=0.25, norm="some_norm")) == "Toy (norm some norm, share 0.25)"
    assert kind.title(Choice.of("lost", test_share=1e-05)) == "lost (test share 1e-05)"


def test_a_parameter_is_called_by_what_it_means():
    fdmat = registry.methods.get("fdmat")
    assert (fdmat.names["lam"], fdmat.names["tau"], fdmat.names["neighbours"]) == (
        "sharpness",
        "threshold",
        "neighbours",
    )
    assert registry.methods.title(Choice.of("fdmat", lam=3.0)) == "FDMat (sharpness 3)"


def test_the_seed_of_data_is_set_by_people_and_that_of_a_method_is_provided():
    seeded = [entry for entry in registry.methods.all().values() if "rng" in entry.accepts or "seed" in entry.accepts]
    assert seeded and all("seed" not in {p.name for p in entry.parameters} for entry in seeded)
    assert "seed" in {parameter.name for parameter in registry.datasets.get("mixture").parameters}


@pytest.mark.parametrize("kind", [registry.datasets, registry.methods], ids=lambda kind: kind.name)
def test_entries_are_named_sorted_and_summarised(kind):
    entries = kind.all()
    assert list(entries) == sorted(entries) and entries
    for name, entry in entries.items():
        assert entry.name == name == entry.function.__name__
        assert entry.summary.endswith(".") and entry.title
        entry.read({})  # the defaults are valid
        for parameter in entry.parameters:
            assert parameter.read(parameter.default, name) == parameter.default
            assert parameter.help, f"{name}: {parameter.name} has no text in the Parameters section"


DOC = """Keep the best.

It takes `argmin_i |x|`.

- one

Parameters
----------
lam
    How much.

Raises
------
ValueError
"""


def test_the_body_is_the_docstring_without_its_first_line_and_its_sections():
    def noted(doc):
        function = lambda: None  # noqa: E731
        function.__doc__ = doc
        return Entry("toy", "noted", function, FACTS).body

    assert noted(DOC) == "It takes `argmin_i |x|`.\n\n- one"
    assert noted("Only this.") == ""
