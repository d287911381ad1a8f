"""Decisions read back from files: all or none, once or twice, whatever export they come from."""

import io

import pandas as pd
import pytest

from fdmat_core.runs import decisions, exchange, library, settings
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from tests.runs.conftest import make_spec


@pytest.fixture
def spec():
    spec = make_spec("fdmat")
    library.execute(spec)
    return spec


@pytest.fixture
def items(spec):
    return Run(spec).tables[0].ids[:4].tolist()


def state(spec):
    return {
        row.item: (row.decision, row.label, row.author) for row in decisions.current(Run(spec).dataset_key).itertuples()
    }


def take(spec, text, ending=".csv", **options):
    return exchange.take_in(Run(spec), exchange.read(io.BytesIO(text.encode()), ending), **options)


@pytest.mark.parametrize("what", ["decisions", "issues", "ranking"])
@pytest.mark.parametrize("ending", exchange.TABLES)
def test_every_export_can_be_read_back(spec, items, what, ending, tmp_path, monkeypatch):
    key = Run(spec).dataset_key
    for one in (Decision(items[0], "keep"), Decision(items[1], "drop"), Decision(items[2], "relabel", "class 1")):
        decisions.decide(key, one)
    before = state(spec)
    make = {"decisions": exchange.decided, "issues": exchange.issues}
    told = make[what](Run(spec)) if what in make else exchange.ranking(Run(spec), Choice("fdmat"), 0.1)
    content = exchange.content(told, ending)
    assert exchange.take_in(Run(spec), exchange.read(io.BytesIO(content), ending)) == exchange.Taken(3, 0)
    assert len(decisions.history(key)) == 3
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "elsewhere"))
    library.execute(spec)
    assert exchange.take_in(Run(spec), exchange.read(io.BytesIO(content), ending)) == exchange.Taken(3, 3)
    assert state(spec) == before


def test_only_what_is_new_is_written(spec, items):
    a, b, c, _ = items
    decisions.decide(Run(spec).dataset_key, Decision(a, "keep", author="ann"))
    text = f"item,decision,author\n{a},keep,bob\n{b},drop,\n{c},unsure,bob\n"
    assert take(spec, text, author="me") == exchange.Taken(3, 2)
    assert state(spec) == {a: ("keep", "", "ann"), b: ("drop", "", "me"), c: ("unsure", "", "bob")}
    assert take(spec, text, author="me") == exchange.Taken(3, 0)
    assert take(spec, f"item,decision\n{a},drop\n") == exchange.Taken(1, 1)
    assert state(spec)[a] == ("drop", "", "")
    assert decisions.history(Run(spec).dataset_key)["run"].tolist()[1:] == [settings.checked(spec).key] * 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{b},burn,", "item '{b}': decision is 'burn'"),
        ("{b},relabel,Hat", "relabelled 'Hat'"),
        ("{b},relabel,", "a relabel, and only that"),
        ("{a},drop,", "item {a} has two decisions, keep and drop"),
        ("987654,keep,", "item 987654 is not among the 200 training items"),
        ("3.5,keep,", "item '3.5'"),
        ("x,keep,", "item 'x'"),
    ],
)
def test_one_wrong_line_and_nothing_is_written(spec, items, line, message):
    a, b, *_ = items
    text = f"item,decision,label\n{a},keep,\n" + line.format(a=a, b=b) + "\n"
    with pytest.raises(ValueError, match=message.format(a=a, b=b)):
        take(spec, text)
    assert state(spec) == {}


@pytest.mark.parametrize(
    ("text", "ending", "message"),
    [
        ("", ".csv", "cannot be read as csv"),
        ("item,label\n1,a\n", ".csv", "lacks the column 'decision'"),
        ("not a file", ".parquet", "cannot be read as parquet"),
        ('{"item": 1}', ".json", "cannot be read as json"),
        ("3", ".json", "cannot be read as json"),
        ("x", ".xlsx", "the file ends in '.xlsx'; take one that ends in .csv, .parquet, .json"),
    ],
)
def test_what_is_no_table_of_decisions_is_refused_in_words(spec, text, ending, message):
    with pytest.raises(ValueError, match=message):
        take(spec, text, ending)


def test_numbers_and_gaps_as_pandas_writes_them(spec, items):
    a, b, *_ = items
    frame = pd.DataFrame({"item": [float(a), float(b)], "decision": ["keep", None], "label": [None, float("nan")]})
    assert exchange.take_in(Run(spec), frame) == exchange.Taken(1, 1)
    assert state(spec) == {a: ("keep", "", "")}


def test_a_run_without_features_takes_nothing():
    with pytest.raises(ValueError, match="run it first"):
        exchange.take_in(Run(make_spec()), pd.DataFrame({"item": [1], "decision": ["keep"]}))
