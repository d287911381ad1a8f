"""Odd tables: text in every spelling, Parquet, Feather and JSON lines."""

from __future__ import annotations

import codecs
import datetime
import decimal
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas

from tests.datasets.corpus import Case, Either, Refused, Taken

N = 10
#: Two features and a label in ten rows, and what comes of them.
A, B, LABEL = [0.5 + 1.5 * i for i in range(N)], [(7 * i) % 5 for i in range(N)], ["xy"[i % 2] for i in range(N)]
FEATURES = np.array([A, B], dtype=np.float32).T
SOUND = Taken(classes=("x", "y"), labels=[0, 1] * 5, ids=list(range(N)), features=FEATURES, silent=True)
#: Names of classes that a reader may take for something else.
NAMES = (
    *("NA", "N/A", "nan", "NaN", "None", "none", "null", "NULL", "-", "?", "#N/A", "True", "False", "true", "inf"),
    *("été", "日本", "🦊", "a b", "a,b", "a;b", "a|b", 'say "x"', "it's", "=1+1", "01", "1e5", "0x1f", "x" * 3000),
    *("2020-01-01", "<b>", "../x", "C:\\x", "%s", "{x}", "1_000", "−1"),
)


def write(content: str | bytes, name: str = "t.csv") -> Callable[[Path], Path]:
    """A function that writes a file."""

    def put(folder: Path) -> Path:
        file = folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return put


def lines(rows: Iterable[Iterable[object]], sep: str = ",", end: str = "\n") -> str:
    """Rows as text."""
    return end.join(sep.join(map(str, row)) for row in rows) + end


def base(sep: str = ",", end: str = "\n", **columns: list[Any]) -> str:
    """The sound table as text, with columns changed or added."""
    whole = {"a": A, "b": B, "label": LABEL} | columns
    return lines([list(whole), *zip(*whole.values(), strict=True)], sep, end)


def put(values: Iterable[Any], **at: Any) -> list[Any]:
    """A column with some cells changed: `put(A, _3="NA")`."""
    changed = list(values)
    for place, value in at.items():
        changed[int(place[1:])] = value
    return changed


def cases() -> list[Case]:
    """All odd tables."""
    return [
        *_sound_text(),
        *_spelling(),
        *_classes(),
        *_labels(),
        *_columns(),
        *_ids(),
        *_splits(),
        *_broken_text(),
        *_typed(),
        *_json(),
    ]


def text(
    name: str, content: str | bytes, expected: Refused | Taken | Either, file: str = "t.csv", **settings: Any
) -> Case:
    """A case of a text file."""
    kind = "csv" if file.endswith(".csv") else file.rpartition(".")[2]
    return Case(kind, name, write(content, file), expected, "arrays" if settings else "", settings)


def _sound_text() -> Iterable[Case]:
    for sep in ",;|\t":
        for end, word in (("\n", "lf"), ("\r\n", "crlf"), ("\r", "cr")):
            for mark in (b"", codecs.BOM_UTF8):
                for last in (True, False):
                    content = base(sep, end).encode()
                    content = mark + (content if last else content[: -len(end)])
                    named = f"sound, {sep!r}, {word}, {'bom, ' * bool(mark)}{'' if last else 'no last line end'}"
                    yield text(named, content, SOUND)
                    if sep == "\t":
                        yield text(named, content, SOUND, "t.tsv")
    quoted = lines([[f'"{cell}"' for cell in row] for row in [("a", "b", "label"), *zip(A, B, LABEL, strict=True)]])
    yield text("all quoted", quoted, SOUND)
    yield text(
        "spaces before numbers",
        base().replace(",", ", ").replace("a, b, label", "a,b,label").replace(", x", ",x").replace(", y", ",y"),
        SOUND,
    )
    yield text("blank lines between", base().replace("\n", "\n\n"), SOUND)
    yield text("blank lines above", "\n\n" + base(), SOUND)
    yield text("upper-case ending", base(), SOUND, "T.CSV")
    yield text("exponents", base(a=[f"{value:.3e}" for value in A]), SOUND)
    yield text("plus signs", base(a=[f"+{value}" for value in A]), SOUND)
    yield text("a name with a separator in quotes", base(";").replace("a;", '"a,x,y,z";', 1), SOUND)
    yield text(
        "a cell over two lines",
        base(note=put(LABEL, _2='"one\ntwo"')),
        Taken(("of words",), fields={"note"}, features=FEATURES),
    )
    yield text("label first", lines([("label", "a", "b"), *zip(LABEL, A, B, strict=True)]), SOUND)
    yield text("Label in capitals", base().replace("label", "LABEL"), SOUND)
    yield text("spaces around the name", base().replace("label", " label "), SOUND)
    yield text("names in unicode", base().replace("a,", "größe,", 1), SOUND)
    yield text("columns counted from 0", lines([(0, 1, "label"), *zip(A, B, LABEL, strict=True)]), SOUND)
    yield text("columns counted from 1", lines([(1, 2, "label"), *zip(A, B, LABEL, strict=True)]), SOUND)


def _spelling() -> Iterable[Case]:
    without = [row for row in range(N) if row != 3]
    kept = Taken(ids=without, classes=("x", "y"), features=FEATURES[without], words=("1 of 10 rows", "missing=mean"))
    for gap in (
        "",
        "NA",
        "N/A",
        "n/a",
        "nan",
        "NaN",
        "NAN",
        "None",
        "null",
        "NULL",
        "-",
        "--",
        "?",
        "#N/A",
        "<NA>",
        " ",
        "inf",
        "-inf",
        "Infinity",
        "1e999",
    ):
        yield text(f"a feature is {gap!r}", base(a=put(A, _3=gap)), kept)
        if gap not in ("inf", "-inf", "Infinity", "1e999"):
            yield text(f"a feature is {gap!r}, tabs", base("\t", a=put(A, _3=gap)), kept, "t.tsv")
    filled = Taken(ids=list(range(N)), shape=(N, 2), words=("filled with the mean",))
    yield text("a gap filled", base(a=put(A, _3="NA")), filled, missing="mean")
    yield text(
        "a gap refused", base(a=put(A, _3="NA")), Refused(("remove these rows", "line 5 of t.csv")), missing="refuse"
    )
    yield text(
        "a stray word",
        base(a=put(A, _3="abc")),
        Taken(
            ("column a has 1 cell that is no number (line 5 of t.csv: 'abc')",),
            ids=without,
            features=FEATURES[without],
        ),
    )
    yield text("a unit", base(a=put(A, _3="5 cm")), Taken(("no number (line 5 of t.csv: '5 cm')",), ids=without))
    yield text(
        "words in two of ten",
        base(a=put(A, _3="abc", _5="?!")),
        Taken(("2 cells that are no numbers", "no feature"), fields={"a"}, features=FEATURES[:, 1:]),
    )
    yield text(
        "a column of words",
        base(note=[f"n{i}" for i in range(N)]),
        Taken(("columns of words: note",), fields={"note"}, features=FEATURES),
    )
    yield text(
        "decimal commas",
        base(";", a=[str(one).replace(".", ",") for one in A]),
        Taken(("writes numbers like 0,5",), classes=("x", "y"), features=FEATURES),
    )
    yield text(
        "decimal commas, tabs",
        base("\t", a=[str(one).replace(".", ",") for one in A]),
        Taken(("read as points",), features=FEATURES),
        "t.tsv",
    )
    yield text(
        "decimal commas, quoted",
        base(a=[f'"{one}"'.replace(".", ",") for one in A]),
        Taken(("read as points",), features=FEATURES),
    )
    yield text(
        "thousands separators",
        base(a=[f'"{1000 * (i + 1):,}"' for i in range(N)]),
        Refused(("comma may stand before",)),
    )
    yield text("commas and points", base(";", a=put(A, _3="3,5")), Refused(("comma may stand before", "line 5")))
    yield text(
        "European thousands", base(";", a=[f"1.{i}00,5" for i in range(N)]), Taken(("of words: a",), fields={"a"})
    )
    yield text("underscores", base(a=[f"1_00{i}" for i in range(N)]), Taken(("of words: a",), fields={"a"}))
    yield text("percent", base(a=[f"{i}%" for i in range(N)]), Taken(("of words: a",), fields={"a"}))
    yield text("hexadecimal", base(a=[hex(i + 16) for i in range(N)]), Taken(("of words: a",), fields={"a"}))
    yield text("complex", base(a=[f"{i}+2j" for i in range(N)]), Taken(("of words: a",), fields={"a"}))
    yield text("dates", base(a=[f"2020-01-{i + 1:02}" for i in range(N)]), Taken(("of words: a",), fields={"a"}))
    yield text(
        "true and false", base(a=["True", "False"] * 5), Taken(features=np.array([[1, 0] * 5, B]).T, shape=(N, 2))
    )
    yield text("true and a gap", base(a=put(["True", "False"] * 5, _3="")), Taken(("of words: a",), fields={"a"}))
    yield text(
        "half of it gaps",
        base(a=put(A, _0="NA", _1="NA", _2="NA", _3="NA", _4="NA", _5="NA")),
        Taken(("of words: a",), fields={"a"}),
    )
    yield text(
        "a column without a value", base(a=[""] * N), Taken(("no finite value in any row",), features=FEATURES[:, 1:])
    )
    yield text("no value at all", base(a=[""] * N, b=[""] * N), Refused(("10 of 10 rows",)))
    yield text(
        "no row whole",
        base(a=put(A, **{f"_{i}": "" for i in range(0, N, 2)}), b=put(B, **{f"_{i}": "" for i in range(1, N, 2)})),
        Refused(("missing=mean",)),
    )
    yield text(
        "huge numbers",
        base(a=[10.0**300 * (i + 1) for i in range(N)]),
        Taken(("no finite value in any row",), features=FEATURES[:, 1:]),
    )
    yield text("one huge number", base(a=put(A, _3="1e300")), kept)
    yield text("tiny numbers", base(a=[f"1e-{300 + i}" for i in range(N)]), Taken(("constant",), shape=(N, 2)))
    yield text(
        "digits beyond float32",
        base(a=[1.7e9 + 0.001 * i for i in range(N)]),
        Taken(("digits that 32 bits cannot hold",)),
    )
    yield text(
        "whole numbers beyond float32",
        base(a=[2**40 + 3 * i * i for i in range(N)]),
        Taken(("digits that 32 bits cannot hold",)),
    )
    yield text(
        "whole numbers beyond int64",
        base(a=[2**70 + i * 2**60 for i in range(N)]),
        Taken(shape=(N, 2), ids=list(range(N))),
    )
    yield text("different units", base(a=[1e6 * one for one in A]), Taken(("different units", "standardise=true")))
    yield text("constant", base(a=[7] * N), Taken(("1 of 2 columns of the features is constant",)))
    yield text("rows of zeros", base(a=put(A, _0=0), b=put(B, _0=0)), Taken(("1 row of the features is all zero",)))
    yield text("rows twice", base() + "".join(base().splitlines(keepends=True)[1:]), Taken(ids=list(range(20))))


def _classes() -> Iterable[Case]:
    """Every odd name of a class, in every format: it stays as it is."""
    for name in NAMES:
        labels = [name if i % 2 else "zebra" for i in range(N)]
        wanted = Taken(classes=tuple(sorted((name, "zebra"))), ids=list(range(N)), features=FEATURES)
        frame = pandas.DataFrame({"a": A, "b": B, "label": labels})
        for ending in ("csv", "tsv", "parquet", "feather", "jsonl", "npz"):
            yield Case("classes", f"{name[:20]!r} in {ending}", _frame(frame, f"t.{ending}"), wanted)
    for pair in (
        ("True", "False"),
        ("TRUE", "FALSE"),
        ("true", "false"),
        ("yes", "no"),
        ("01", "02"),
        ("1", "01"),
        ("NA", "None"),
        ("nan", "NaN"),
        ("Cat", "cat"),
        ("é", "e\u0301"),
    ):
        frame = pandas.DataFrame({"a": A, "b": B, "label": list(pair) * 5})
        words = ("differ only in case",) if pair in (("nan", "NaN"), ("Cat", "cat"), ("é", "e\u0301")) else ()
        for ending in ("csv", "parquet", "jsonl", "npz"):
            yield Case(
                "classes",
                f"{pair} in {ending}",
                _frame(frame, f"t.{ending}"),
                Taken(words, classes=tuple(sorted(pair))),
            )
    for pair in (("10", "9"), ("100", "20"), ("-5", "3"), ("2", "1")):
        frame = pandas.DataFrame({"a": A, "b": B, "label": list(pair) * 5})
        wanted = Taken(classes=tuple(sorted(pair, key=int)), ids=list(range(N)))
        for ending in ("csv", "parquet", "jsonl", "npz"):
            yield Case("classes", f"{pair} as words in {ending}", _frame(frame, f"t.{ending}"), wanted)
            number = frame.assign(label=frame["label"].astype(int))
            yield Case("classes", f"{pair} as numbers in {ending}", _frame(number, f"t.{ending}"), wanted)


def _frame(frame: pandas.DataFrame, name: str) -> Callable[[Path], Path]:
    """A function that writes a frame in the format of a name."""

    def put_frame(folder: Path) -> Path:
        file = folder / name
        ending = file.suffix
        if ending in (".csv", ".tsv"):
            frame.to_csv(file, index=False, sep="\t" if ending == ".tsv" else ",")
        elif ending == ".parquet":
            frame.to_parquet(file)
        elif ending == ".feather":
            frame.to_feather(file)
        elif ending == ".jsonl":
            file.write_text("".join(json.dumps(row) + "\n" for row in frame.to_dict("records")))
        else:
            labels = frame["label"].to_numpy()
            np.savez(file, features=FEATURES, labels=labels.astype(str) if labels.dtype == object else labels)
        return file

    return put_frame


def _labels() -> Iterable[Case]:
    rows = lambda n: {"a": [i / 7 for i in range(n)], "b": [(3 * i) % 11 for i in range(n)]}  # noqa: E731
    none = Taken(("taken as data without labels",), classes=("unlabelled",))
    yield text("no label column", lines([("a", "b"), *zip(A, B, strict=True)]), none)
    yield text("an empty label column", base(label=[""] * N), none)
    yield text("blank labels", base(label=["  "] * N), none)
    yield text(
        "some labels empty",
        base(label=put(LABEL, _2="", _4=" ")),
        Taken(("2 of 10 rows have no label", "line 4 of t.csv"), ids=[0, 1, 3, 5, 6, 7, 8, 9]),
    )
    yield text(
        "empty labels as a class",
        base(label=put(LABEL, _2="", _4="")),
        Taken(("a class of their own",), classes=("x", "y", "no label")),
        unlabelled="class",
    )
    yield text(
        "whole floats", base(label=[f"{i % 2}.0" for i in range(N)]), Taken(classes=("0", "1"), labels=[0, 1] * 5)
    )
    yield text(
        "whole floats and whole numbers",
        base(label=["0", "1", "0.0", "1.0", "1"] * 2),
        Taken(classes=("0", "1"), labels=[0, 1, 0, 1, 1] * 2),
    )
    yield text(
        "floats with a gap",
        base(label=put([f"{i % 2}.0" for i in range(N)], _3="")),
        Taken(("1 of 10 rows has no label",), classes=("0", "1")),
    )
    yield text("fractions", base(label=A), Refused(("a fraction and no class", "label=none")))
    yield text(
        "a regression target",
        base().replace("label", "target").replace("x", "1.5").replace("y", "2.75"),
        Refused(("target is 1.5 in row 0",)),
    )
    yield text("fractions after a gap", base(label=put([1] * N, _0="", _1="0.5")), Refused(("label is 0.5 in row 1",)))
    yield text(
        "numbers and words", base(label=["1", "2", "NA", "x", "10"] * 2), Taken(classes=("1", "10", "2", "NA", "x"))
    )
    yield text(
        "spaces around",
        base(label=["x", " x", "y", "y ", "y"] * 2),
        Taken(("spaces around them",), classes=("x", "y"), labels=[0, 0, 1, 1, 1] * 2),
    )
    yield text(
        "spaces around numbers",
        base(label=["1", " 1", "2", "2 ", "2"] * 2),
        Taken(("spaces around them",), classes=("1", "2")),
    )
    yield text(
        "only case differs",
        base(label=["Cat", "cat", "dog", "dog", "CAT"] * 2),
        Taken(("differ only in case", "kept apart"), classes=("CAT", "Cat", "cat", "dog")),
    )
    yield text("one value", base(label=["x"] * N), Taken(("the same in every row",), classes=("x",)))
    yield text(
        "-1 means none",
        base(label=[0, 1, -1, 0, 1] * 2),
        Taken(("label is -1 in 2 rows", "have no label"), classes=("0", "1"), ids=[0, 1, 3, 4, 5, 6, 8, 9]),
    )
    yield text(
        "-1 and 1 are classes", base(label=[-1, 1] * 5), Taken(("two classes",), classes=("-1", "1"), labels=[0, 1] * 5)
    )
    yield text("-1 and words", base(label=["-1", "x"] * 5), Taken(classes=("-1", "x")))
    yield text("only -1", base(label=[-1] * N), Taken(("the same in every row",), classes=("-1",)))
    yield text("-2 and -1", base(label=[-2, -1] * 5), Taken(classes=("-2", "-1"), labels=[0, 1] * 5))
    yield text("ids as labels", base(label=list(range(N))), Refused(("no class has two items",)))
    yield text(
        "ids as labels, many",
        lines([("a", "label"), *((i, f"item{i}") for i in range(0, 900, 3))]),
        Refused(("look like ids",)),
    )
    yield text(
        "70,000 labels",
        lines([("a", "label"), *((i % 97, i // 2) for i in range(140_000))]),
        Refused(("look like ids",)),
    )
    yield text(
        "measured",
        base(**{k: v for k, v in (rows(200) | {"label": [i % 70 for i in range(200)]}).items()}),
        Taken(("looks like something measured",)),
    )
    yield text(
        "huge whole numbers",
        base(label=[10**30 + i % 2 for i in range(N)]),
        Taken(classes=(str(10**30), str(10**30 + 1))),
    )
    yield text("inf", base(label=["inf", "x"] * 5), Taken(classes=("inf", "x")))
    yield text(
        "a class of one item", base(label=put(LABEL, _0="z")), Taken(classes=("x", "y", "z"), ids=list(range(N)))
    )
    yield text("label asked by name", base().replace("label", "kind"), Taken(classes=("x", "y")), label="kind")
    yield text(
        "label asked, another is there",
        base(kind=["p", "q"] * 5),
        Taken(("with a name of labels, ids, splits or paths: label",), classes=("p", "q"), features=FEATURES),
        label="kind",
    )
    yield text(
        "label none",
        base(label=[0, 1] * 5),
        Taken(("no features",), classes=("unlabelled",), features=FEATURES),
        label="none",
    )
    yield text("label that is not there", base(), Refused(("no such column",)), label="kind")
    yield text(
        "two columns of labels",
        base(target=[0, 1] * 5),
        Taken(("labels, ids, splits or paths: target",), classes=("x", "y"), features=FEATURES),
    )
    yield text(
        "coarse and fine",
        base(fine_label=[i % 5 for i in range(N)]),
        Taken(("fine_label",), classes=("x", "y"), features=FEATURES),
    )


def _columns() -> Iterable[Case]:
    yield text(
        "an index",
        ","
        + base().replace("\n", "\n0,", 1).split("\n", 1)[0]
        + "\n"
        + "".join(f"{i},{row}\n" for i, row in enumerate(base().splitlines()[1:])),
        Taken(("only counts the rows",), features=FEATURES),
    )
    yield text(
        "a shuffled index",
        base(**{"Unnamed: 0": put(range(N), _0=5, _5=0)}),
        Taken(("Unnamed: 0 in t.csv only counts",), features=FEATURES),
    )
    yield text(
        "a column named index that counts nothing", base(index=[1.3 + i % 3 for i in range(N)]), Taken(shape=(N, 3))
    )
    yield text("an index kept", base(n=list(range(N))), Taken(shape=(N, 3)), row_numbers="keep")
    yield text("two names alike", base().replace("a,b", "a,a", 1), Refused(("two columns named 'a'",)))
    yield text(
        "two labels alike", base().replace("a,b,label", "a,label,label", 1), Refused(("two columns named 'label'",))
    )
    yield text("no line of names", "\n".join(base().splitlines()[1:]), Refused(("first line holds numbers",)))
    yield text("no line of names, digits", lines([(5, 0, 0, 3, 0, 0)] * 9), Refused(("first line holds numbers",)))
    yield text("a name is empty", base().replace("a,b", ",b", 1), Taken(shape=(N, 2)))
    yield text(
        "separators at the end", base().replace("\n", ",\n"), Taken(("no finite value in any row",), features=FEATURES)
    )
    yield text(
        "2,048 columns",
        lines([[f"f{i}" for i in range(2048)], *((np.arange(2048) * (row + 1) % 7).tolist() for row in range(N))]),
        Taken(("without labels",), shape=(N, 2048)),
    )
    yield text(
        "2,048 columns and a label",
        lines(
            [
                [*(f"f{i}" for i in range(2048)), "label"],
                *([*(np.arange(2048) * (row + 1) % 7).tolist(), LABEL[row]] for row in range(N)),
            ]
        ),
        Taken(classes=("x", "y"), shape=(N, 2048)),
    )
    yield text("no features", lines([["label"], *([one] for one in LABEL)]), Refused(("no column of numbers",)))
    yield text(
        "only words", lines([("note", "label"), *zip(LABEL, LABEL, strict=True)]), Refused(("no column of numbers",))
    )
    yield text("text and sentence", base(sentence=["s"] * N, text=["t"] * N), Taken(fields={"sentence", "text"}))
    yield text(
        "lists written as text",
        lines([("embedding", "label"), *((f'"[{a}, {b}]"', c) for a, b, c in zip(A, B, LABEL, strict=True))]),
        Taken(classes=("x", "y"), features=FEATURES),
    )
    yield text(
        "lists as numpy prints",
        lines([("embedding", "label"), *((f'"[{a}  {b}]"', c) for a, b, c in zip(A, B, LABEL, strict=True))]),
        Taken(features=FEATURES),
    )
    yield text(
        "lists that are cut",
        lines([("embedding", "label"), *(('"[0.1 ... 0.2]"', c) for c in LABEL)]),
        Refused(("no column of numbers",)),
    )
    yield text(
        "lists of different lengths",
        lines([("embedding", "label"), *((f'"[{i}{", 1" * (i == 3)}]"', "xy"[i % 2]) for i in range(N))]),
        Refused(("2 numbers in line 5",)),
    )
    yield text(
        "a list that is broken",
        lines([("embedding", "label"), *((f'"[{i}, {"b" if i == 3 else 1}]"', "xy"[i % 2]) for i in range(N))]),
        Refused(("no list of numbers",)),
    )
    yield text(
        "a list is missing",
        lines([("embedding", "label"), *(("" if i == 3 else f'"[{i}, 1]"', "xy"[i % 2]) for i in range(N))]),
        Taken(("1 of 10 rows",), ids=[0, 1, 2, 4, 5, 6, 7, 8, 9]),
    )
    yield text("a long text", base(note=put(LABEL, _3="z" * 200_000)), Taken(fields={"note"}, features=FEATURES))
    yield text("one row", base().split("\n")[0] + "\n" + base().split("\n")[1] + "\n", Refused(("1 usable item",)))
    yield text("two rows", lines([("a", "label"), (1, "x"), (2.5, "x")]), Taken(("the same in every row",), ids=[0, 1]))
    yield text(
        "two rows of two classes", lines([("a", "label"), (1, "x"), (2.5, "y")]), Refused(("no class has two items",))
    )

    yield text(
        "the only numbers count the rows",
        lines([("a", "label"), *enumerate(LABEL)]),
        Refused(("a in t.csv only counts the rows", "row_numbers=keep")),
    )


def _ids() -> Iterable[Case]:
    values: dict[str, tuple[list[Any], Any]] = {
        "whole": ([100 + 3 * i for i in range(N)], [100 + 3 * i for i in range(N)]),
        "counting": (list(range(5, N + 5)), list(range(5, N + 5))),
        "negative": ([-i - 1 for i in range(N)], [-i - 1 for i in range(N)]),
        "up to 2^53": ([2**53 + i for i in range(N)], [2**53 + i for i in range(N)]),
        "beyond 2^63": ([2**63 + i for i in range(N)], None),
        "whole floats": ([f"{i}.0" for i in range(7, N + 7)], list(range(7, N + 7))),
        "fractions": ([f"{i}.5" for i in range(N)], None),
        "words": ([f"item {i}" for i in range(N)], None),
        "zeros in front": ([f"00{i}" for i in range(N)], None),
        "unicode": ([f"é{i}" for i in range(N)], None),
    }
    for name, (ids, wanted) in values.items():
        said = Taken(("ids are a field",), ids=list(range(N)), fields={"id"}, features=FEATURES)
        taken = said if wanted is None else Taken(ids=wanted, fields=set(), features=FEATURES)
        yield text(f"ids {name}", base(id=ids), taken)
        if name != "beyond 2^63" and all(isinstance(one, int) for one in ids):
            yield Case(
                "parquet",
                f"ids {name}",
                _frame(pandas.DataFrame({"a": A, "b": B, "label": LABEL, "id": ids}), "t.parquet"),
                taken,
            )
            yield Case(
                "jsonl",
                f"ids {name}",
                _frame(pandas.DataFrame({"a": A, "b": B, "label": LABEL, "id": ids}), "t.jsonl"),
                taken,
            )
    yield text("ids twice", base(id=put(range(N), _3=1)), Refused(("id 1 occurs more than once", "line 3", "line 5")))
    yield text(
        "ids twice, words",
        base(id=put([f"i{i}" for i in range(N)], _3="i1")),
        Refused(("id i1 occurs more than once",)),
    )
    yield text(
        "an id is missing",
        base(id=put(range(N), _3="")),
        Taken(("1 of 10 rows has no id",), ids=list(range(N)), fields={"id"}),
    )
    yield text(
        "ids are missing", base(id=put(range(N), _3="", _5="")), Taken(("2 of 10 rows have no id",), ids=list(range(N)))
    )
    yield text("all ids are missing", base(id=[""] * N), Taken(("10 of 10 rows have no id",), ids=list(range(N))))
    yield text(
        "two columns of ids",
        base(id=list(range(N)), uid=[i * i for i in range(N)]),
        Taken(("ids, splits or paths: uid",), features=FEATURES, fields={"uid"}),
    )


def _splits() -> Iterable[Case]:
    for train, test in (
        ("train", "test"),
        ("Train", "TEST"),
        ("training", "testing"),
        ("trn", "tst"),
        (" train ", " test"),
        ("train", "eval"),
        ("train", "val"),
        ("train", "valid"),
        ("train", "validation"),
        ("train", "dev"),
    ):
        yield text(
            f"split {train!r} and {test!r}",
            base(split=[train] * 6 + [test] * 4),
            Taken(classes=("x", "y"), test=[6, 7, 8, 9], features=FEATURES),
        )
    for name in ("subset", "partition", "set", "Split"):
        yield text(
            f"split in {name}",
            base(**{name: ["train"] * 6 + ["test"] * 4}),
            Taken(test=[6, 7, 8, 9], features=FEATURES),
        )
    for word in ("fold 3", "0", "", "tets", "train,test", "NA"):
        yield text(
            f"split {word!r}",
            base(split=put(["train"] * 6 + ["test"] * 4, _3=f'"{word}"')),
            Refused(("line 5 of t.csv", "say train, validation or test")),
        )
    yield text("splits 0 and 1", base(split=[0] * 6 + [1] * 4), Refused(("split is '0'",)))
    for word in ("train", "test"):
        yield text(
            f"only {word}",
            base(split=[word] * N),
            Taken((f"only {'training' if word == 'train' else 'test'} items",), ids=list(range(N))),
        )
    yield text(
        "only validation", base(split=["val"] * N), Taken(("10 validation items: used for testing", "only test items"))
    )
    yield text(
        "all three",
        base(split=["train"] * 4 + ["val"] * 3 + ["test"] * 3),
        Taken(("3 validation items: left out",), test=[7, 8, 9], ids=[0, 1, 2, 3, 7, 8, 9]),
    )
    yield text(
        "validation trains",
        base(split=["train"] * 4 + ["val"] * 3 + ["test"] * 3),
        Taken(("used for training",), test=[7, 8, 9], ids=list(range(N))),
        validation="train",
    )
    yield text("only validation, dropped", base(split=["val"] * N), Refused(("no item is left",)), validation="drop")
    yield text("split none", base(split=["a"] * N), Taken(ids=list(range(N))), split="none")
    yield text(
        "a class only in test",
        base(split=["train"] * 8 + ["test"] * 2, label=put(LABEL, _9="z")),
        Taken(classes=("x", "y", "z"), test=[8, 9]),
    )
    yield text(
        "the odd row lies below a gap",
        base(a=put(A, _1=""), split=put(["train"] * 6 + ["test"] * 4, _3="odd")),
        Refused(("line 5 of t.csv",)),
    )


def _broken_text() -> Iterable[Case]:
    yield text("empty", b"", Refused(("t.csv is empty",)))
    yield text("only line ends", b"\n\n\n", Refused(("t.csv",)))
    yield text("only a mark", codecs.BOM_UTF8, Refused(("t.csv",)))
    yield text("header only", "a,b,label\n", Refused(("holds no items",)))
    yield text("latin-1", base(label=["é", "x"] * 5).encode("latin-1"), Refused(("not in UTF-8",)))
    yield text("latin-1 in the header", base().replace("a,", "é,", 1).encode("latin-1"), Refused(("not in UTF-8",)))
    for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield text(
            code, base().encode(code), Refused(("save it in UTF-8" if code in ("utf-16", "utf-32") else "NUL bytes",))
        )
    yield text("NUL in a cell", base(label=put(LABEL, _3="x\0")), Refused(("NUL bytes",)))
    yield text("NUL far below", base() + "1,2,x\n" * 400_000 + "1,2,\0\n", Refused(("NUL bytes",)))
    yield text("a long row", base() + "1,2,x,4\n", Refused(("cannot be read as csv",)))
    yield text(
        "all rows long",
        base().replace("x\n", "x,1\n").replace("y\n", "y,1\n"),
        Refused(("more cells than its first line",)),
    )
    yield text("a short row", base() + "1\n", Taken(("1 of 11 rows",), ids=list(range(N))))
    yield text(
        "a row without a label",
        base() + "1,2\n",
        Taken(("1 of 11 rows has no label (line 12 of t.csv)",), ids=list(range(N))),
    )
    yield text("a quote that never ends", base() + '1,2,"x\n3,4,y\n', Refused(("cannot be read as csv",)))
    yield text("a quote inside", base(label=put(LABEL, _3='5" nail')), Taken(classes=('5" nail', "x", "y")))
    yield text("HTML", "<!DOCTYPE html>\n<html><body>404</body></html>\n", Refused(("no column of numbers",)))
    yield text("JSON", json.dumps({"a": [1, 2], "label": [0, 1]}), Refused(("t.csv",)))
    yield text("a pickle", b"\x80\x04\x95\x00\x00\x00\x00\x8c\x03abc.", Refused(("t.csv",)))
    yield text("a PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Refused(("NUL bytes",)))
    yield text("zip inside", b"PK\x03\x04 no text \xff\xfe", Refused(("UTF-8",)))
    yield text("Excel's first line", "sep=;\n" + base(";"), Refused(("t.csv",)))
    yield text("a line above", "made by a program\n" + base(), Refused(("t.csv",)))
    yield text("comments above", "# a,b\n# c\n" + base(), Refused(("t.csv",)))
    yield text("one million commas", "," * 1_000_000, Refused(("t.csv",)))
    yield text("one endless cell", "a" * 3_000_000, Refused(("t.csv",)))
    yield text("another ending", base(), Refused(("nothing that can be read",)), "t.xls")
    yield text("no ending", base(), Refused(("nothing that can be read",)), "table")
    yield text("only an ending", base(), Refused(("nothing that can be read",)), ".csv")
    yield text("Parquet in name only", base(), Refused(("cannot be read as parquet",)), "t.parquet")
    yield text("Feather in name only", base(), Refused(("cannot be read as feather",)), "t.feather")
    yield text("empty Parquet", b"", Refused(("is empty",)), "t.parquet")
    yield text("Parquet of magic alone", b"PAR1PAR1", Refused(("cannot be read as parquet",)), "t.parquet")


def _typed() -> Iterable[Case]:
    frame = pandas.DataFrame({"a": A, "b": B, "label": LABEL})
    without = [row for row in range(N) if row != 3]
    day = datetime.date(2020, 1, 1)
    kinds: dict[str, tuple[dict[str, Any], Refused | Taken | Either]] = {
        "sound": ({}, SOUND),
        "nullable whole numbers": ({"b": pandas.array(B, dtype="Int64")}, SOUND),
        "nullable whole numbers with a gap": (
            {"b": pandas.array(put(B, _3=None), dtype="Int64")},
            Taken(("1 of 10 rows",), ids=without, features=FEATURES[without]),
        ),
        "nullable floats with a gap": (
            {"a": pandas.array(put(A, _3=None), dtype="Float64")},
            Taken(("1 of 10 rows",), ids=without),
        ),
        "nullable booleans": (
            {"b": pandas.array([True, False] * 5, dtype="boolean")},
            Taken(features=np.array([A, [1, 0] * 5]).T),
        ),
        "decimals": ({"a": [decimal.Decimal(str(one)) for one in A]}, Taken(features=FEATURES)),
        "numbers as words": ({"a": list(map(str, A))}, Taken(features=FEATURES)),
        "categories": ({"label": pandas.Categorical(LABEL, categories=["y", "x", "unused"])}, SOUND),
        "categories with a gap": (
            {"label": pandas.Categorical(put(LABEL, _3=None))},
            Taken(("1 of 10 rows has no label",), ids=without, classes=("x", "y")),
        ),
        "categories of numbers": (
            {"label": pandas.Categorical([10, 9] * 5)},
            Taken(classes=("9", "10"), labels=[1, 0] * 5),
        ),
        "a feature of categories": (
            {"b": pandas.Categorical(list("pqrst") * 2)},
            Taken(("of words: b",), fields={"b"}),
        ),
        "labels of bytes": ({"label": [one.encode() for one in LABEL]}, SOUND),
        "labels nullable": ({"label": pandas.array([0, 1] * 5, dtype="Int8")}, Taken(classes=("0", "1"))),
        "labels nullable with a gap": (
            {"label": pandas.array(put([0, 1] * 5, _3=None), dtype="Int8")},
            Taken(("has no label",), ids=without, classes=("0", "1")),
        ),
        "labels true or false": ({"label": [True, False] * 5}, Taken(classes=("False", "True"), labels=[1, 0] * 5)),
        "labels true, false or nothing": (
            {"label": put([True, False] * 5, _3=None)},
            Taken(("has no label",), ids=without, classes=("False", "True")),
        ),
        "labels are times": ({"label": pandas.date_range("2020", periods=N)}, Refused(("label=none",))),
        "labels are days": (
            {"label": [day + datetime.timedelta(i % 2) for i in range(N)]},
            Refused(("date", "label=none")),
        ),
        "labels are lists of one": ({"label": [[one] for one in LABEL]}, SOUND),
        "labels are lists": ({"label": [["x", "y"]] * N}, Refused(("label has shape",))),
        "labels are lists of different lengths": (
            {"label": [["x"] * (1 + i % 2) for i in range(N)]},
            Refused(("one label",)),
        ),
        "labels are one-hot": (
            {"label": np.eye(2, dtype=int)[[0, 1] * 5].tolist()},
            Taken(classes=("0", "1"), labels=[0, 1] * 5),
        ),
        "labels are things": ({"label": [{"p": 1}] * N}, Refused(("no class",))),
        "labels beyond int64": (
            {"label": np.array([2**63, 2**63 + 1] * 5, dtype=np.uint64)},
            Taken(classes=(str(2**63), str(2**63 + 1))),
        ),
        "labels of huge floats": ({"label": [1e300, 2e300] * 5}, Refused(("too large",))),
        "labels inf": (
            {"label": [np.inf, 1.0, 2.0, 1.0, 2.0] * 2},
            Taken(("2 of 10 rows have no label",), classes=("1", "2")),
        ),
        "times": ({"b": pandas.date_range("2020", periods=N)}, Taken(("of words: b",), fields={"b"})),
        "times with a gap": (
            {"c": pandas.Series(pandas.date_range("2020", periods=N)).where(np.arange(N) != 3)},
            Taken(("of words: c",), fields={"c"}),
        ),
        "durations": ({"c": pandas.to_timedelta(np.arange(N), unit="s")}, Taken(fields={"c"})),
        "bytes": ({"c": [b"\xff\x00"] * N}, Taken(("of words: c",), fields={"c"})),
        "things": ({"c": [{"p": i} for i in range(N)]}, Taken(("of words: c",), fields={"c"})),
        "float16": ({"a": np.array(A, dtype=np.float16)}, SOUND),
        "uint8": ({"b": np.array(B, dtype=np.uint8)}, SOUND),
        "nothing in a column": ({"c": [None] * N}, Taken(fields={"c"}, features=FEATURES)),
        "lists": (
            {"embedding": FEATURES.tolist()},
            Taken(("beside the column of features: a, b",), features=FEATURES, fields={"a", "b"}),
        ),
        "lists, the first missing": (
            {"embedding": put(FEATURES.tolist(), _0=None)},
            Taken(("1 of 10 rows",), ids=list(range(1, N)), features=FEATURES[1:]),
        ),
        "lists with a gap inside": (
            {"embedding": put(FEATURES.tolist(), _3=[None, 1.0])},
            Taken(("1 of 10 rows",), ids=without),
        ),
        "lists of different lengths": (
            {"embedding": put(FEATURES.tolist(), _3=[1.0])},
            Refused(("1 numbers in row 3",)),
        ),
        "lists of lists": ({"embedding": [[[1.0, 2.0]]] * N}, Refused(("one row of numbers",))),
        "lists of words": ({"embedding": [["p", "q"]] * N}, Refused(("no numbers",))),
        "empty lists": ({"embedding": [[]] * N}, Refused(("0 numbers",))),
        "lists beside numbers": ({"other": FEATURES.tolist()}, Taken(("of lists: other",), features=FEATURES)),
        "lists and logits": ({"logits": FEATURES.tolist()}, Taken(features=FEATURES, classes=("x", "y"))),
        "logits too wide": ({"logits": [[1.0, 2.0, 3.0]] * N}, Refused(("logits has shape",))),
        "logits of numbers": ({"logits": A}, Taken(("no features",), features=FEATURES)),
    }
    for ending in ("parquet", "feather"):
        for name, (changed, expected) in kinds.items():
            yield Case(ending, name, _frame(frame.assign(**changed), f"t.{ending}"), expected)
        yield Case(ending, "zero rows", _frame(frame.iloc[:0], f"t.{ending}"), Refused(("holds no items",)))
        yield Case(ending, "no columns", _frame(frame[[]], f"t.{ending}"), Refused(("holds no items",)))
        for share in (0.1, 0.5, 0.9, 0.99):
            yield Case(
                ending,
                f"cut at {share:.0%}",
                _cut(frame, f"t.{ending}", share),
                Refused((f"cannot be read as {ending}",)),
            )
    yield Case(
        "parquet",
        "one column of lists",
        _frame(pandas.DataFrame({"vec": FEATURES.tolist(), "label": LABEL}), "t.parquet"),
        Taken(features=FEATURES),
    )
    yield Case(
        "parquet",
        "an index of its own",
        _frame(frame.set_index(pandas.Index(range(5, 5 + N), name="key")), "t.parquet"),
        SOUND,
    )
    yield Case(
        "parquet",
        "names that are numbers",
        _frame(pandas.DataFrame({0: A, 1: B, "label": LABEL}).rename(columns=str), "t.parquet"),
        SOUND,
    )
    yield Case("parquet", "a folder of parts", _parts, Refused(("several configurations (label=x, label=y)",)))


def _cut(frame: pandas.DataFrame, name: str, share: float) -> Callable[[Path], Path]:
    def put_cut(folder: Path) -> Path:
        file = _frame(frame, name)(folder)
        content = file.read_bytes()
        file.write_bytes(content[: int(share * len(content))])
        return file

    return put_cut


def _parts(folder: Path) -> Path:
    for part in ("x", "y"):
        (folder / "t" / f"label={part}").mkdir(parents=True)
        pandas.DataFrame({"a": A}).to_parquet(folder / "t" / f"label={part}" / "0.parquet")
    return folder / "t"


def _json() -> Iterable[Case]:
    rows = [{"a": a, "b": b, "label": c} for a, b, c in zip(A, B, LABEL, strict=True)]
    without = [row for row in range(N) if row != 3]

    def case(name: str, content: str | bytes, expected: Refused | Taken | Either, file: str = "t.jsonl") -> Case:
        return Case("jsonl", name, write(content, file), expected)

    def dump(changed: list[Any], end: str = "\n") -> str:
        return end.join(one if isinstance(one, str) else json.dumps(one) for one in changed) + end

    yield case("sound", dump(rows), SOUND)
    yield case("sound, another ending", dump(rows), SOUND, "t.ndjson")
    yield case("crlf", dump(rows, "\r\n"), SOUND)
    yield case("blank lines", dump(rows, "\n\n"), SOUND)
    yield case("a mark", codecs.BOM_UTF8 + dump(rows).encode(), SOUND)
    yield case(
        "other order of names",
        dump([dict(reversed(row.items())) if i == 3 else row for i, row in enumerate(rows)]),
        SOUND,
    )
    yield case("NaN", dump(put(rows, _3='{"a": NaN, "b": 1, "label": "x"}')), Taken(("1 of 10 rows",), ids=without))
    yield case(
        "Infinity", dump(put(rows, _3='{"a": -Infinity, "b": 1, "label": "x"}')), Taken(("1 of 10 rows",), ids=without)
    )
    yield case("null", dump(put(rows, _3='{"a": null, "b": 1, "label": "x"}')), Taken(("1 of 10 rows",), ids=without))
    yield case("a name is missing", dump(put(rows, _3={"a": 1, "label": "x"})), Taken(("1 of 10 rows",), ids=without))
    yield case(
        "a name too many",
        dump(put(rows, _3=rows[3] | {"c": "w"})),
        Taken(("of words: c",), fields={"c"}, features=FEATURES),
    )
    yield case(
        "a label is missing", dump(put(rows, _3={"a": 1, "b": 2})), Taken(("1 of 10 rows has no label",), ids=without)
    )
    yield case("a broken line", dump(put(rows, _3='{"a": 1, ')), Refused(("line 4 is no JSON",)))
    yield case("a list", dump(put(rows, _3="[1, 2]")), Refused(("line 4 holds no object",)))
    yield case("one list of all", json.dumps(rows), Refused(("line 1 holds no object",)))
    yield case("one object over lines", json.dumps(rows[0], indent=1), Refused(("line 1 is no JSON",)))
    yield case(
        "a name twice", dump(put(rows, _3='{"a": 1, "a": 2, "b": 1, "label": "x"}')), Refused(("line 4 names a twice",))
    )
    yield case(
        "numbers and words",
        dump(put(rows, _3=rows[3] | {"a": "abc"})),
        Taken(("1 cell that is no number",), ids=without),
    )
    yield case("numbers as words", dump([row | {"a": str(row["a"])} for row in rows]), Taken(features=FEATURES))
    yield case(
        "huge whole numbers", dump([row | {"a": 10**25 * (i + 1)} for i, row in enumerate(rows)]), Taken(shape=(N, 2))
    )
    yield case(
        "5,000 digits",
        dump(put(rows, _3='{"a": ' + "9" * 5000 + ', "b": 1, "label": "x"}')),
        Refused(("line 4 is no JSON",)),
    )
    yield case(
        "200 digits",
        dump(put(rows, _3='{"a": ' + "9" * 200 + ', "b": 1, "label": "x"}')),
        Taken(("1 of 10 rows",), ids=without),
    )
    yield case("deep", dump(put(rows, _3="[" * 100_000 + "]" * 100_000)), Refused(("line 4 is no JSON",)))
    yield case("objects", dump([row | {"c": {"d": 1}} for row in rows]), Taken(("of words: c",), fields={"c"}))
    yield case(
        "labels of mixed kinds",
        dump([row | {"label": [1, 1.0, "1", "x", "x"][i % 5]} for i, row in enumerate(rows)]),
        Taken(("words and numbers",), classes=("1", "x"), labels=[0, 0, 0, 1, 1] * 2),
    )
    yield case("labels that are objects", dump(put(rows, _3=rows[3] | {"label": {"p": 1}})), Refused(("no class",)))
    yield case("labels that are lists later", dump(put(rows, _3=rows[3] | {"label": ["x"]})), Refused(("one label",)))
    yield case(
        "half a character", dump([row | {"label": "\ud800x" if i % 2 else "y"} for i, row in enumerate(rows)]), Either()
    )
    yield case(
        "latin-1", dump(put(rows, _3='{"a": 1, "b": 1, "label": "é"}')).encode("latin-1"), Refused(("not in UTF-8",))
    )
    yield case("UTF-16", dump(rows).encode("utf-16"), Refused(("t.jsonl",)))
    yield case("NUL", dump(rows) + "\0\n", Refused(("line 11 is no JSON",)))
    yield case("empty", b"", Refused(("is empty",)))
    yield case("only blank", b"\n \n", Refused(("t.jsonl",)))
    yield case("empty objects", "{}\n{}\n", Refused(("t.jsonl",)))
    yield case("a table", base(), Refused(("line 1 is no JSON",)))
    yield case(
        "embeddings",
        dump([{"embedding": one, "label": c} for one, c in zip(FEATURES.tolist(), LABEL, strict=True)]),
        Taken(features=FEATURES, classes=("x", "y")),
    )
    yield case(
        "embeddings of different lengths",
        dump([{"embedding": [1.0] * (1 + (i == 3)), "label": "x"} for i in range(N)]),
        Refused(("2 numbers in row 3",)),
    )
    yield case(
        "embeddings with null",
        dump([{"embedding": [1.0, None if i == 3 else i], "label": "xy"[i % 2]} for i in range(N)]),
        Taken(("1 of 10 rows",), ids=without),
    )
    yield case(
        "embeddings that are numbers later",
        dump([{"embedding": 5 if i == 3 else [1.0, i], "label": "x"} for i in range(N)]),
        Refused(("row 3",)),
    )
