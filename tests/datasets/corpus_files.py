"""Odd array files, zip files and paths."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tests.datasets.corpus import Case, Either, Refused, Taken
from tests.datasets.corpus_tables import FEATURES, LABEL, N, base, write

WORDS, NUMBERS = np.array(LABEL), np.array([0, 1] * 5)
SOUND = Taken(classes=("x", "y"), labels=[0, 1] * 5, ids=list(range(N)), features=FEATURES, silent=True)


def npz(**arrays: Any) -> Callable[[Path], Path]:
    """A function that writes arrays; features and labels are sound unless they are given."""
    whole = {"features": FEATURES, "labels": WORDS} | arrays

    def put(folder: Path) -> Path:
        np.savez(folder / "t.npz", **{name: array for name, array in whole.items() if array is not None})
        return folder / "t.npz"

    return put


def cases() -> list[Case]:
    """All odd array files, zip files and paths."""
    return [*_features(), *_arrays(), *_npy(), *_packed(), *_zips(), *_paths()]


def _features() -> Iterable[Case]:
    small = np.array(FEATURES * 2, dtype=np.int64)
    for kind in (
        "f2",
        "f4",
        "f8",
        "g",
        ">f2",
        ">f4",
        ">f8",
        "i1",
        "i2",
        "i4",
        "i8",
        "u1",
        "u2",
        "u4",
        "u8",
        ">i2",
        ">i8",
        ">u4",
        "?",
    ):
        for order in "CF":
            values = np.array(small.astype(kind), order="F" if order == "F" else "C")
            wanted = values.astype(np.float32)
            yield Case(
                "npz", f"features {kind} {order}", npz(features=values), Taken(classes=("x", "y"), features=wanted)
            )
    for kind in ("c8", "c16", "M8[D]", "m8[s]", "S3", "V4"):
        yield Case(
            "npz",
            f"features {kind}",
            npz(features=np.zeros((N, 2), dtype="V4") if kind == "V4" else small.astype(kind)),
            Refused(("no numbers", "t.npz")) if kind != "S3" else Taken(shape=(N, 2)),
        )
    for shape in ((), (N,), (0,), (0, 2), (N, 0), (N, 2, 2), (N, 1, 1, 1), (1, N, 2), (N + 1, 2)):
        labels = np.zeros(shape[0] if shape else 1, dtype=int) if shape != (N + 1, 2) else WORDS
        yield Case(
            "npz", f"features of shape {shape}", npz(features=np.zeros(shape), labels=labels), Refused(("t.npz",))
        )
    yield Case(
        "npz", "features structured", npz(features=np.zeros(N, dtype=[("a", "f4"), ("b", "f4")])), Refused(("t.npz",))
    )
    yield Case(
        "npz",
        "features of objects",
        npz(features=np.array([[1, None]] * N, dtype=object)),
        Refused(("no .npz file of plain arrays",)),
    )
    yield Case("npz", "features of words", npz(features=np.array([["a", "b"]] * N)), Refused(("no numbers",)))
    yield Case("npz", "features of numbers as words", npz(features=FEATURES.astype(str)), Taken(features=FEATURES))
    for value, name in ((np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf"), (1e300, "1e300")):
        changed = FEATURES.astype(np.float64)
        changed[3, 0] = value
        kept = [row for row in range(N) if row != 3]
        yield Case(
            "npz",
            f"a feature is {name}",
            npz(features=changed),
            Taken(("1 of 10 rows", "row 3 of t.npz"), ids=kept, features=FEATURES[kept]),
        )
    yield Case(
        "npz",
        "float16 inf",
        npz(features=np.where(np.eye(N, 2) > 0, np.inf, 1).astype(np.float16)),
        Taken(("2 of 10 rows",)),
    )
    yield Case(
        "npz",
        "whole numbers beyond float32",
        npz(features=2**60 + 1000 * np.arange(2 * N).reshape(N, 2)),
        Taken(("32 bits cannot hold",)),
    )
    yield Case(
        "npz",
        "small uint8 images",
        npz(features=np.arange(N * 16, dtype=np.uint8).reshape(N, 4, 4)),
        Taken(classes=("x", "y"), ids=list(range(N))),
    )
    for shape in ((N, 4, 4), (N, 4, 4, 1), (N, 4, 4, 3)):
        yield Case(
            "npz",
            f"images {shape}",
            npz(features=None, images=np.ones(shape, dtype=np.uint8)),
            Taken(classes=("x", "y"), pixel=[1] * (3 if shape[-1] == 3 else 1)),
        )
    for shape, kind in (
        ((N, 4, 4, 2), "u1"),
        ((N, 4, 4, 4), "u1"),
        ((N, 3, 4, 4), "u1"),
        ((N, 4, 4), "f4"),
        ((N, 16), "u1"),
        ((N, 0, 4), "u1"),
        ((N, 4, 4), "i8"),
    ):
        yield Case(
            "npz",
            f"images {shape} {kind}",
            npz(features=None, images=np.ones(shape, dtype=kind)),
            Refused(("images has shape",)),
        )


def _arrays() -> Iterable[Case]:
    ids = np.arange(N) + 5
    rows = {"test_features": np.ones((2, 2)), "test_labels": np.array(["x", "z"])}
    given: dict[str, tuple[dict[str, Any], Refused | Taken | Either]] = {
        "sound": ({}, SOUND),
        "usual names": ({"features": None, "labels": None, "X": FEATURES, "y": WORDS}, SOUND),
        "two of a kind": ({"x": FEATURES}, Refused(("both features",))),
        "without features": ({"features": None}, Refused(("must hold features",))),
        "without labels": ({"labels": None}, Taken(classes=("unlabelled",))),
        "others": ({"extra": ids}, Taken(("also holds extra",), features=FEATURES)),
        "labels too short": ({"labels": WORDS[:-1]}, Refused(("labels has 9 rows",))),
        "labels of one": ({"labels": np.array(3)}, Refused(("single value",))),
        "labels in a column": ({"labels": WORDS[:, None]}, SOUND),
        "labels of bytes in a column": ({"labels": WORDS.astype("S1")[:, None]}, SOUND),
        "labels of bytes": ({"labels": WORDS.astype("S1")}, SOUND),
        "labels of no width": ({"labels": np.zeros((N, 0))}, Refused(("names 0 classes",))),
        "labels one-hot": ({"labels": np.eye(2)[NUMBERS]}, Taken(labels=[0, 1] * 5, classes=("0", "1"))),
        "labels two-hot": ({"labels": np.ones((N, 2))}, Refused(("names 2 classes in row 0",))),
        "labels no-hot": ({"labels": np.zeros((N, 2))}, Refused(("names 0 classes in row 0",))),
        "labels soft": ({"labels": np.full((N, 2), 0.5)}, Refused(("label has shape",))),
        "labels of words in two columns": ({"labels": np.array([LABEL, LABEL]).T}, Refused(("label has shape",))),
        "labels in three dimensions": ({"labels": np.zeros((N, 1, 1))}, Refused(("label has shape",))),
        "labels nan": (
            {"labels": np.where(NUMBERS, np.nan, 1)},
            Taken(("5 of 10 rows have no label",), classes=("1",)),
        ),
        "labels all nan": ({"labels": np.full(N, np.nan)}, Taken(("empty in every row",), classes=("unlabelled",))),
        "labels all -1": ({"labels": np.full(N, -1)}, Taken(("the same in every row",))),
        "labels -1, 0, 1": (
            {"labels": np.array([-1, 0, 1, 0, 1] * 2)},
            Taken(("is -1 in 2 rows",), classes=("0", "1")),
        ),
        "labels -1, 1": ({"labels": 2 * NUMBERS - 1}, Taken(("two classes",), classes=("-1", "1"))),
        "labels 2^62": ({"labels": 2**62 + NUMBERS}, Taken(classes=(str(2**62), str(2**62 + 1)))),
        "labels structured": ({"labels": np.zeros(N, dtype=[("a", "i4")])}, Refused(("no classes",))),
        "labels complex": ({"labels": NUMBERS + 0j}, Refused(("no classes",))),
        "labels times": ({"labels": NUMBERS.astype("M8[D]")}, Refused(("no classes",))),
        "labels of NUL": ({"labels": np.array(["x\0y", "x"] * 5)}, Taken(classes=("x", "x\0y"))),
        "ids": ({"ids": ids}, Taken(ids=ids.tolist(), features=FEATURES)),
        "ids in a column": ({"ids": ids[:, None]}, Taken(ids=ids.tolist(), features=FEATURES)),
        "ids in two columns": ({"ids": np.array([ids, ids]).T}, Refused(("ids has shape",))),
        "ids of bytes": ({"ids": ids.astype("S3")}, Taken(ids=ids.tolist())),
        "ids of odd bytes": (
            {"ids": np.array([b"\xff%d" % i for i in range(N)])},
            Taken(("ids are a field",), ids=list(range(N))),
        ),
        "ids twice": ({"ids": np.zeros(N, dtype=int)}, Refused(("id 0 occurs more than once",))),
        "ids nan": ({"ids": np.where(NUMBERS, np.nan, np.arange(N))}, Taken(("have no id",), ids=list(range(N)))),
        "ids uint64": (
            {"ids": ids.astype(np.uint64) + np.uint64(2**63)},
            Taken(("ids are a field",), ids=list(range(N))),
        ),
        "ids beyond 2^53 as floats": ({"ids": 2.0**60 + 1024 * ids}, Taken(("ids are a field",), ids=list(range(N)))),
        "ids lowest": ({"ids": -(2**63) + np.arange(N)}, Taken(ids=[-(2**63) + i for i in range(N)])),
        "ids true": ({"ids": NUMBERS.astype(bool)}, Refused(("occurs more than once",))),
        "ids too short": ({"ids": ids[1:]}, Refused(("ids has 9 rows",))),
        "split": ({"split": np.array(["train"] * 6 + ["test"] * 4)}, Taken(test=[6, 7, 8, 9])),
        "split of bytes": ({"split": np.array([b"train"] * 6 + [b"test"] * 4)}, Taken(test=[6, 7, 8, 9])),
        "split odd": ({"split": np.array(["train"] * 9 + ["odd"])}, Refused(("split is 'odd' in row 9 of t.npz",))),
        "split of numbers": ({"split": NUMBERS}, Refused(("split is '0'",))),
        "test items": (rows, Taken(classes=("x", "y", "z"), test=[10, 11])),
        "test items, ids of train": (rows | {"ids": ids}, Taken(test=[15, 16], ids=[*ids.tolist(), 15, 16])),
        "test items, largest id": (rows | {"ids": 2**63 - 11 + np.arange(N)}, Refused(("no test_ids",))),
        "test items, ids of words": (rows | {"ids": WORDS}, Refused(("no test_ids",))),
        "test items, same ids": (rows | {"ids": ids, "test_ids": ids[:2]}, Refused(("occurs more than once",))),
        "test items without labels": ({"test_features": np.ones((2, 2))}, Refused(("no test_labels",))),
        "test labels without items": ({"test_labels": WORDS[:2]}, Refused(("test_labels has 2 rows",))),
        "test items of none": (
            {"test_features": np.ones((0, 2)), "test_labels": WORDS[:0]},
            Taken(("test items are empty",), ids=list(range(N))),
        ),
        "test extras of none": ({"test_logits": np.ones((0, 2))}, Taken(("test items are empty",), ids=list(range(N)))),
        "test items wider": ({"test_features": np.ones((2, 3)), "test_labels": WORDS[:2]}, Refused(("wide",))),
        "test labels of another kind": (
            {"test_features": np.ones((2, 2)), "test_labels": np.array([0, 1])},
            Taken(classes=("0", "1", "x", "y")),
        ),
        "logits": ({"logits": FEATURES}, SOUND),
        "logits too wide": ({"logits": np.ones((N, 3))}, Refused(("logits has shape",))),
        "logits flat": ({"logits": np.ones(N)}, Refused(("logits has shape",))),
        "logits of words": ({"logits": np.array([LABEL, LABEL]).T}, Refused(("logits holds",))),
        "logits nan": ({"logits": np.full((N, 2), np.nan)}, Refused(("logits is not finite in row 0 of t.npz",))),
        "logits overflow": ({"logits": np.full((N, 2), 1e300)}, Refused(("logits is not finite",))),
        "text": ({"text": WORDS}, Taken(fields={"text"}, features=FEATURES)),
        "text of bytes": ({"text": np.array(["é".encode()] * N)}, Taken(fields={"text"})),
        "text of odd bytes": ({"text": np.array([b"\xff"] * N)}, Taken(fields={"text"})),
        "text in two columns": ({"text": np.array([LABEL, LABEL]).T}, Taken(fields={"text"})),
        "text in capitals": ({"TEXT": WORDS}, Taken(fields={"text"})),
    }
    for name, (arrays, expected) in given.items():
        yield Case("npz", name, npz(**arrays), expected)
    for kind in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", ">i4", ">f8", "U3", "S3"):
        yield Case(
            "npz",
            f"labels {kind}",
            npz(labels=np.array([10, 9] * 5).astype(kind)),
            Taken(classes=("9", "10"), labels=[1, 0] * 5),
        )


def _header(shape: str, kind: str = "<f4", version: tuple[int, int] = (1, 0), extra: str = "") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, {extra}}}\n".encode()
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text


def _npy() -> Iterable[Case]:
    def case(name: str, content: bytes, expected: Refused | Taken | Either) -> Case:
        return Case("npy", name, write(content, "t.npy"), expected)

    body = FEATURES.tobytes()
    plain = Taken(classes=("unlabelled",), features=FEATURES, ids=list(range(N)))
    whole = io.BytesIO()
    np.save(whole, FEATURES)
    yield case("sound", whole.getvalue(), plain)
    for version in ((1, 0), (2, 0), (3, 0)):
        yield case(f"version {version}", _header("(10, 2)", version=version) + body, plain)
    yield case("version 9", b"\x93NUMPY\x09\x00" + whole.getvalue()[8:], Refused(("plain arrays",)))
    yield case("more after the end", whole.getvalue() + b"rest", plain)
    for cut in (0, 3, 6, 8, 9, 20, 100, 128, 150, len(whole.getvalue()) - 1):
        yield case(f"cut at {cut}", whole.getvalue()[:cut], Refused(("t.npy",)))
    lies = (
        "(10000000000000, 2)",
        "(10, 10000000000000000000)",
        "(99999999999, 99999999999, 99999999999)",
        "(-1, 2)",
        "(10, -2)",
        "(11, 2)",
        "(1.5, 2)",
        "('a', 2)",
        "10",
        "None",
        "(True, 2)",
    )
    for shape in lies:
        yield case(f"a header of {shape}", _header(shape) + body, Refused(("t.npy",)))
    yield case(
        "a header that is code",
        b"\x93NUMPY\x01\x00" + struct.pack("<H", 30) + b"__import__('os').getcwd()    \n" + body,
        Refused(("plain arrays",)),
    )
    yield case(
        "a header of 1 MB", _header("(10, 2)", version=(2, 0), extra=" " * 1_000_000) + body, Refused(("plain arrays",))
    )
    yield case("a header that says 4 GB", b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", Refused(("plain arrays",)))
    yield case(
        "a header without a shape",
        b"\x93NUMPY\x01\x00" + struct.pack("<H", 30) + b"{'descr': '<f4'}".ljust(29) + b"\n" + body,
        Refused(("plain arrays",)),
    )
    for kind in ("|O", "<q9", "nonsense", "<f3", "|V0", "<U0"):
        yield case(f"a header of kind {kind}", _header("(10, 2)", kind) + body, Refused(("t.npy",)))
    yield case("a pickle", pickle.dumps(FEATURES), Refused(("plain arrays",)))
    yield case("objects", _saved(np.array([[1, "a"]], dtype=object)), Refused(("plain arrays",)))
    yield case("one number", _saved(np.array(3.0)), Refused(("single value",)))
    yield case("a row", _saved(np.ones(5)), Refused(("shape (5,)",)))
    yield case("nothing", _saved(np.ones((0, 3))), Refused(("shape (0, 3)",)))
    yield case("one item", _saved(np.ones((1, 3))), Refused(("1 usable item",)))
    yield case(
        "images", _saved(np.full((N, 4, 4, 3), 9, dtype=np.uint8)), Taken(classes=("unlabelled",), pixel=[9, 9, 9])
    )
    yield case("structured", _saved(np.zeros(N, dtype=[("é", "f4")])), Refused(("t.npy",)))
    yield case("a zip", b"PK\x05\x06" + bytes(18), Refused(("t.npy",)))


def _saved(array: np.ndarray) -> bytes:
    whole = io.BytesIO()
    np.save(whole, array, allow_pickle=True)
    return whole.getvalue()


def packed(
    members: dict[str, bytes],
    name: str,
    *,
    change: Callable[[bytes], bytes] = bytes,
    method: int = zipfile.ZIP_DEFLATED,
) -> Callable[[Path], Path]:
    """A function that writes a zip file."""

    def put(folder: Path) -> Path:
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", method) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        (folder / name).write_bytes(change(whole.getvalue()))
        return folder / name

    return put


def _encrypted(content: bytes) -> bytes:
    """The same zip with the mark of encryption on every file."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.find(mark)
        while start >= 0:
            changed[start + place] |= 1
            start = changed.find(mark, start + 4)
    return bytes(changed)


def _damaged(content: bytes) -> bytes:
    return content[:60] + bytes(255 - byte for byte in content[60:90]) + content[90:]


def _packed() -> Iterable[Case]:
    sound = {"features.npy": _saved(FEATURES), "labels.npy": _saved(WORDS)}

    def case(name: str, members: dict[str, bytes], expected: Refused | Taken | Either, **how: Any) -> Case:
        return Case("npz", name, packed(members, "t.npz", **how), expected)

    refused = Refused(("t.npz is no .npz file of plain arrays",))
    yield case("packed", sound, SOUND)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield case(f"packed by method {method}", sound, SOUND, method=method)
    yield case("encrypted", sound, Refused(("it is encrypted",)), change=_encrypted)
    yield case("damaged inside", sound, refused, change=_damaged)
    for share in (0.1, 0.5, 0.9, 0.99):
        yield case(
            f"cut at {share:.0%}",
            sound,
            refused,
            change=lambda content, share=share: content[: int(share * len(content))],
        )
    for at in range(10, 260, 25):
        yield case(
            f"a byte turned at {at} from the end",
            sound,
            Either(SOUND),
            change=lambda content, at=at: content[:-at] + bytes([content[-at] ^ 255]) + content[-at + 1 :],
        )
    yield case("something before", sound, refused, change=lambda content: b"before" * 9 + content)
    yield case(
        "a member that is no array", sound | {"notes.txt": b"x"}, Refused(("notes.txt, which is no .npy array",))
    )
    yield case("a member without an ending", {"features": sound["features.npy"]}, Refused(("no .npy array",)))
    yield case(
        "a member in a folder", sound | {"a/b.npy": sound["labels.npy"]}, Taken(("also holds a/b",), features=FEATURES)
    )
    yield case(
        "a member that leads out",
        sound | {"../b.npy": sound["labels.npy"]},
        Taken(("also holds ../b",), features=FEATURES),
    )
    yield case("a member that is empty", sound | {"ids.npy": b""}, refused)
    yield case("a member of objects", sound | {"text.npy": _saved(np.array(["a", None], dtype=object))}, refused)
    yield case(
        "a member that lies",
        sound | {"features.npy": _header("(9000000000000, 2)")},
        Refused(("more than the file holds",)),
    )
    yield case("no members", {}, Refused(("holds nothing",)))
    yield Case("npz", "two members of one name", _twice, Refused(("two arrays named features.npy",)))
    yield Case("npz", "a bomb", _bomb, Refused(("unpacks to 0.3 GB",)))
    yield Case("npz", "a text", write("hello", "t.npz"), refused)
    yield Case("npz", "empty", write("", "t.npz"), refused)
    yield Case("npz", "a pickle", write(pickle.dumps({"features": 1}), "t.npz"), refused)
    yield Case("npz", "an .npy inside", write(_saved(FEATURES), "t.npz"), refused)


def _twice(folder: Path) -> Path:
    import warnings

    with zipfile.ZipFile(folder / "t.npz", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for value in (FEATURES, FEATURES + 1):
            archive.writestr("features.npy", _saved(value))
    return folder / "t.npz"


def _bomb(folder: Path) -> Path:
    with (
        zipfile.ZipFile(folder / "t.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("features.npy", "w") as one,
    ):
        one.write(_header("(280, 262144)"))
        for _ in range(280):
            one.write(bytes(2**20))
    return folder / "t.npz"


def _zips() -> Iterable[Case]:
    table = base().encode()

    def case(name: str, members: dict[str, bytes], expected: Refused | Taken | Either, **how: Any) -> Case:
        return Case("zip", name, packed(members, "t.zip", **how), expected)

    refused = Refused(("t.zip cannot be unpacked", "unpack it yourself"))
    yield case("a table", {"t.csv": table}, SOUND)
    yield case("a table in folders", {"a/b/t.csv": table}, SOUND)
    yield case("a table and what macOS adds", {"t.csv": table, "__MACOSX/._t.csv": b"\0"}, SOUND)
    yield case("two tables", {"t.csv": table, "u.csv": table}, Refused(("nothing that can be read",)))
    yield case("arrays", {"t.npz": _npz_bytes()}, SOUND)
    yield case("empty", {}, Refused(("holds no files",)))
    yield case("only a folder", {"a/": b""}, Refused(("holds no files",)))
    yield case("a zip", {"inner.zip": _zip_bytes({"t.csv": table})}, Refused(("nothing that can be read",)))
    yield case("encrypted", {"t.csv": table}, Refused(("it is encrypted",)), change=_encrypted)
    for name in ("../t.csv", "/t.csv", "a/../../t.csv", "..\\t.csv", "\\t.csv"):
        yield case(f"a member {name}", {name: table}, Refused(("outside of its folder",)))
    yield case("a member of a long name", {"x" * 400 + ".csv": table}, refused)
    yield case("a member of dots", {"./t.csv": table}, SOUND)
    yield case("a file that is a folder too", {"a": table, "a/t.csv": table}, refused)
    yield case("names in unicode", {"größe 日本.csv": table}, SOUND)
    yield case("cut", {"t.csv": table}, refused, change=lambda content: content[: len(content) // 2])
    yield case("damaged inside", {"t.csv": table * 50}, refused, change=_damaged)
    yield case(
        "many declared",
        {"t.csv": table},
        SOUND,
        change=lambda content: content[:-14] + b"\xff\xff\xff\xff" + content[-10:],
    )
    yield case(
        "a directory far away",
        {"t.csv": table},
        refused,
        change=lambda content: content[:-6] + b"\xff\xff\xff\x7f" + content[-2:],
    )
    yield Case("zip", "a text", write("no zip", "t.zip"), refused)
    yield Case("zip", "nothing", write("", "t.zip"), refused)
    yield Case("zip", "two members of one name", _two_tables, Refused(("several files of one name",)))
    yield Case("zip", "a link", _link_member, Refused(("t.zip",)))


def _npz_bytes() -> bytes:
    whole = io.BytesIO()
    np.savez(whole, features=FEATURES, labels=WORDS)
    return whole.getvalue()


def _zip_bytes(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _two_tables(folder: Path) -> Path:
    import warnings

    with zipfile.ZipFile(folder / "t.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2):
            archive.writestr("t.csv", base())
    return folder / "t.zip"


def _link_member(folder: Path) -> Path:
    link = zipfile.ZipInfo("t.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return folder / "t.zip"


def _paths() -> Iterable[Case]:
    def case(name: str, path: str, words: str, dataset: str = "") -> Case:
        return Case("paths", name, lambda folder: path.replace("FOLDER", str(folder)), Refused((words,)), dataset)

    for dataset in ("", "arrays", "folder", "manifest"):
        word = f", {dataset}" if dataset else ""
        yield case(f"empty{word}", "", "path is empty", dataset)
        yield case(f"spaces{word}", "   ", "path is empty", dataset)
        yield case(f"nobody's home{word}", "~nobody-of-this-name/t.csv", "cannot be looked up", dataset)
        yield case(f"NUL{word}", "FOLDER/\0.csv", "NUL character", dataset)
        yield case(f"too long a name{word}", "FOLDER/" + "x" * 5000, "cannot be looked up", dataset)
        yield case(f"too long a path{word}", "FOLDER" + "/x" * 5000, "path", dataset)
        yield case(f"nothing there{word}", "FOLDER/none.csv", "check the spelling", dataset)
        yield case(f"an address{word}", "https://example.org/t.csv", "check the spelling", dataset)
        yield case(f"below a file{word}", "/dev/null/t.csv", "path", dataset)
        yield case(f"half a character{word}", "FOLDER/\udc80.csv", "path", dataset)
        yield case(f"a device{word}", "/dev/null", "path is '/dev/null'", dataset)
        yield case(f"an endless device{word}", "/dev/zero", "path is '/dev/zero'", dataset)
    yield case("a folder for a file", "FOLDER", "which is a folder", "arrays")
    yield case("a folder for a list", "FOLDER", "which is a folder", "manifest")
    yield case("an empty folder", "FOLDER", "nothing that can be read")
    yield Case("paths", "a file for a folder", write(base()), Refused(("which is no folder",)), "folder")
    yield Case(
        "paths", "a file of arrays for a list", write(_npz_bytes(), "t.npz"), Refused(("ends in '.npz'",)), "manifest"
    )
    yield Case("paths", "a file of another ending", write(base(), "t.txt"), Refused(("ends in '.txt'",)), "arrays")
    yield Case(
        "paths",
        "a folder that ends like a table",
        _folder_like_a_table,
        Refused(("which is nothing that can be read",)),
    )
    yield Case("paths", "a pipe", _pipe, Refused(("nothing that can be read",)))
    yield Case("paths", "a pipe as arrays", _pipe, Refused(("a device or pipe",)), "arrays")
    yield Case("paths", "a link to itself", _loop, Refused(("path",)))
    for name in (
        "größe.csv",
        "日本.csv",
        "a b.csv",
        "a,b.csv",
        "a(b).csv",
        "a'b.csv",
        'a"b.csv',
        "a;b.csv",
        "a=b.csv",
        "a[b].csv",
        "a%20b.csv",
        "-.csv",
        "$HOME.csv",
        "*.csv",
        "a\nb.csv",
        " a.csv",
        "~a.csv",
        "a#b.csv",
        "a&b.csv",
        "a\\b.csv",
        "t.CSV",
        "t.tar.csv",
        "🦊.csv",
    ):
        yield Case("paths", f"named {name!r}", write(base(), name), SOUND)
    yield Case("paths", "an ending and a space", write(base(), "t.csv "), Refused(("nothing that can be read",)))
    yield Case("paths", "spaces around the path", lambda folder: f"  {write(base())(folder)} ", SOUND)
    yield Case("paths", "a link to a table", _linked, SOUND)


def _folder_like_a_table(folder: Path) -> Path:
    (folder / "t.csv").mkdir()
    return folder / "t.csv"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "t.csv")
    return folder / "t.csv"


def _loop(folder: Path) -> Path:
    (folder / "t.csv").symlink_to(folder / "t.csv")
    return folder / "t.csv"


def _linked(folder: Path) -> Path:
    (folder / "u.csv").symlink_to(write(base())(folder))
    return folder / "u.csv"
