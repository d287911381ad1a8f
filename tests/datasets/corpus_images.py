"""Odd images, odd folders of images, and odd lists of them."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
from PIL import Image

from tests.datasets.corpus import Case, Either, Refused, Taken

RED, BLUE = (200, 10, 20), (10, 20, 200)


def png(colour: Any = RED, size: tuple[int, int] = (64, 64), mode: str = "RGB", kind: str = "PNG", **how: Any) -> bytes:
    """An image of one colour as bytes, of the size that images are read in, so that nothing is said about it."""
    whole = io.BytesIO()
    Image.new(mode, size, colour).save(whole, kind, **how)
    return whole.getvalue()


def tree(*names: str, **contents: bytes | str) -> Callable[[Path], Path]:
    """A function that writes a folder `data` of images, each of its own colour; others by name with their content."""

    def put(folder: Path) -> Path:
        root = folder / "data"
        root.mkdir()
        for number, name in enumerate(names):
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(png((number, 100, 200)))
        for name, content in contents.items():
            file = root / name.replace("__", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return put


def then(first: Callable[[Path], Path], change: Callable[[Path], Any]) -> Callable[[Path], Path]:
    """A function that writes, and changes what was written."""

    def put(folder: Path) -> Path:
        root = first(folder)
        change(root)
        return root

    return put


def several(*folders: str, count: int = 3, ending: str = "png") -> list[str]:
    """Names of some images in each folder."""
    return [f"{folder}/{number}.{ending}" for folder in folders for number in range(count)]


def cases() -> list[Case]:
    """All odd images, folders and lists."""
    return [*_images(), *_broken(), *_folders(), *_splits(), *_lists(), *_inside()]


def _images() -> Iterable[Case]:
    """One odd image in four: what becomes of its middle."""
    deep = np.full((8, 8), 32896, dtype=np.uint16)
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, *RED])
    turned = Image.new("RGB", (9, 3), RED)
    turned.putpixel((0, 0), BLUE)
    exif = Image.Exif()
    exif[0x0112] = 6
    odd: dict[str, tuple[bytes, list[int], tuple[str, ...]]] = {
        "png": (png(), [*RED], ()),
        "bmp": (png(kind="BMP"), [*RED], ()),
        "gif": (_saved(palette, "GIF"), [*RED], ()),
        "ppm": (png(kind="PPM"), [*RED], ()),
        "tiff": (png(kind="TIFF"), [*RED], ()),
        "webp": (png(kind="WEBP", lossless=True), [*RED], ()),
        "one pixel": (png(size=(1, 1)), [*RED], ("different sizes",)),
        "a line": (png(size=(500, 1)), [*RED], ("different sizes",)),
        "grey": (png(7, mode="L"), [7, 7, 7], ("different modes",)),
        "one bit": (png(1, mode="1"), [255, 255, 255], ("different modes",)),
        "grey and transparent": (png((7, 0), mode="LA"), [255, 255, 255], ("different modes",)),
        "transparent": (png((*RED, 0), mode="RGBA"), [255, 255, 255], ("different modes",)),
        "opaque": (png((*RED, 255), mode="RGBA"), [*RED], ("different modes",)),
        "palette": (_saved(palette, "PNG"), [*RED], ("different modes",)),
        "palette and transparency": (_saved(palette, "PNG", transparency=1), [255, 255, 255], ("different modes",)),
        "colour and transparency": (png(transparency=RED), [255, 255, 255], ()),
        "CMYK": (png((0, 255, 255, 0), mode="CMYK", kind="TIFF"), [255, 0, 0], ("different modes",)),
        "YCbCr": (png((100, 128, 128), mode="YCbCr", kind="TIFF"), [100, 100, 100], ("different modes",)),
        "16 bits": (_saved(Image.fromarray(deep), "PNG"), [128, 128, 128], ("more than 8 bits",)),
        "16 bits, TIFF": (_saved(Image.fromarray(deep), "TIFF"), [128, 128, 128], ("more than 8 bits",)),
        "32 bits": (_saved(Image.fromarray(deep.astype(np.int32)), "TIFF"), [128, 128, 128], ("more than 8 bits",)),
        "floats": (
            _saved(Image.fromarray(np.full((8, 8), 0.5, np.float32)), "TIFF"),
            [128, 128, 128],
            ("more than 8 bits",),
        ),
        "floats with nan": (
            _saved(Image.fromarray(np.full((8, 8), np.nan, np.float32)), "TIFF"),
            [0, 0, 0],
            ("more than 8 bits",),
        ),
        "floats below zero": (
            _saved(Image.fromarray(np.full((8, 8), -5, np.float32)), "TIFF"),
            [0, 0, 0],
            ("more than 8 bits",),
        ),
        "moving": (_moving("GIF"), [255, 0, 0], ("1 image holds several pictures",)),
        "moving PNG": (_moving("PNG"), [255, 0, 0], ("1 image holds several pictures",)),
        "pages": (_moving("TIFF"), [255, 0, 0], ("1 image holds several pictures",)),
        "turned": (_saved(turned, "PNG", exif=exif), [*RED], ("different sizes",)),
        "more after the end": (png() + b"rest" * 99, [*RED], ()),
    }
    rest = several("a", "b")
    for name, (content, pixel, words) in odd.items():
        for ending in ("png", "jpg"):
            expected = Taken(words, classes=("a", "b"), ids=list(range(7)), pixel=pixel)
            yield Case("images", f"{name}, called .{ending}", _tree_with(rest, f"a/!.{ending}", content), expected)


def _tree_with(names: list[str], name: str, content: bytes) -> Callable[[Path], Path]:
    """A folder with one image of the caller's, which comes first."""

    def change(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)

    return then(tree(*names), change)


def _saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    whole = io.BytesIO()
    image.save(whole, kind, **how)
    return whole.getvalue()


def _moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    return _saved(frames[0], kind, save_all=True, append_images=frames[1:])


def _huge(width: int, height: int) -> bytes:
    """A PNG whose header asks for pixels that it does not hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def _broken() -> Iterable[Case]:
    sound, photo = png(size=(60, 60)), _saved(Image.effect_noise((60, 60), 50).convert("RGB"), "JPEG")
    broken: dict[str, bytes] = {
        "nothing": b"",
        "a text": b"no image",
        "NUL bytes": bytes(1000),
        "a script": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage",
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "HTML": b"<!DOCTYPE html><html></html>",
        "PDF": _saved(Image.new("RGB", (8, 8)), "PDF"),
        "an icon": _saved(Image.new("RGB", (16, 16)), "ICO"),
        "half a PNG": sound[: len(sound) // 2],
        "a PNG's head": sound[:30],
        "half a JPEG": photo[: len(photo) // 2],
        "a JPEG's head": photo[:100],
        "13,000 x 13,000": _huge(13_000, 13_000),
        "2 billion wide": _huge(2**31 - 1, 1),
        "2 billion square": _huge(2**31 - 1, 2**31 - 1),
        "no pixels": _huge(0, 0),
        "missing pixels": _huge(900, 900),
        "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
    }
    for name, content in broken.items():
        for ending in ("png", "jpg"):
            put = _tree_with(several("a", "b"), f"a/!.{ending}", content)
            yield Case(
                "images",
                f"{name}, called .{ending}",
                put,
                Taken((f"1 of 7 images cannot be read (a/!.{ending}: ",), classes=("a", "b"), ids=[1, 2, 3, 4, 5, 6]),
            )
    for place in range(0, len(sound), 9):
        content = sound[:place] + bytes([sound[place] ^ 255]) + sound[place + 1 :]
        yield Case(
            "images",
            f"a byte turned at {place}",
            _tree_with(several("a", "b"), "a/!.png", content),
            Either(Taken(ids=list(range(7)))),
        )
    yield Case("images", "all broken", _all_broken, Refused(("none of the 4 images in data can be read",)))
    yield Case(
        "images",
        "a class broken",
        _tree_with([*several("a"), *several("b")], "c/0.png", b"x"),
        Taken(("among them all of c",), classes=("a", "b")),
    )
    yield Case("images", "all but one broken", _one_left, Refused(("1 usable item",)))


def _all_broken(folder: Path) -> Path:
    return then(tree(*several("a", "b", count=2)), lambda root: [file.write_text("x") for file in root.rglob("*.png")])(
        folder
    )


def _one_left(folder: Path) -> Path:
    return then(
        tree(*several("a", "b", count=2)),
        lambda root: [file.write_text("x") for file in sorted(root.rglob("*.png"))[1:]],
    )(folder)


def _folders() -> Iterable[Case]:
    two = several("a", "b")
    taken = Taken(classes=("a", "b"), labels=[0, 0, 0, 1, 1, 1], ids=list(range(6)))

    def case(name: str, put: Callable[[Path], Path], expected: Refused | Taken | Either, **settings: Any) -> Case:
        return Case("folders", name, put, expected, "folder" if settings else "", settings)

    yield case("sound", tree(*two), Taken(classes=("a", "b"), labels=[0, 0, 0, 1, 1, 1], silent=True))
    yield case("empty", tree(), Refused(("nothing that can be read",)))
    yield case("empty, asked for", tree(), Refused(("no images in folders below data",)), size=64)
    yield case(
        "empty classes",
        then(tree(), lambda root: [(root / name).mkdir() for name in "ab"]),
        Refused(("no images",)),
        size=64,
    )
    yield case("an empty class beside", then(tree(*two), lambda root: (root / "c").mkdir()), taken)
    yield case("one class", tree(*several("a")), Taken(("class is the same in every row",), classes=("a",)))
    yield case("one image a class", tree("a/0.png", "b/0.png"), Refused(("no class has two items",)))
    yield case("one image", tree("a/0.png"), Refused(("1 usable item",)))
    yield case("no classes", tree(*(f"{i}.png" for i in range(5))), Taken(classes=("unlabelled",), ids=[0, 1, 2, 3, 4]))
    yield case("nested", tree(*several("a/deep/deeper", "b/deep")), taken)
    yield case("deep", tree(*several("a" + "/d" * 300, "b")), taken)
    yield case("deeper than Python", _very_deep, Either(taken))
    yield case(
        "beside the classes",
        tree(*two, "loose.png"),
        Taken(("1 file or folder: lies beside the class folders", "loose.png"), ids=list(range(6))),
    )
    yield case("hidden", tree(*two, "a/.0.png", ".hidden/0.png", ".DS_Store"), taken)
    yield case(
        "other files", tree(*two, a__notes="text", readme="text"), Taken(("2 files are no images",), classes=("a", "b"))
    )
    yield case("only other files", tree(a__notes="text"), Refused(("it holds 1 no ending",)), size=64)
    yield case("a table in it", tree(**{"t.csv": "a,b\n1,2\n"}), Refused(("nothing that can be read",)))
    for name in (
        "größe",
        "日本",
        "a b",
        "a,b",
        "x" * 200,
        "NA",
        "nan",
        "None",
        "-1",
        "0",
        "1e5",
        "'",
        '"',
        "(x)",
        " x",
        "x ",
        "x;y",
        "🦊",
        "CON",
        "%s",
    ):
        yield case(
            f"a class {name[:9]!r}",
            tree(*several(name, "~z")),
            Taken(classes=tuple(sorted((name, "~z"))), ids=list(range(6))),
        )
    yield case(
        "classes of digits stay in the order of names",
        tree(*several("10", "9", "-1")),
        Taken(classes=("-1", "10", "9"), labels=[0, 0, 0, 1, 1, 1, 2, 2, 2]),
    )
    yield case(
        "only case differs", tree(*several("Cat", "cat")), Taken(("differ only in case",), classes=("Cat", "cat"))
    )
    yield case("letters composed in two ways", tree(*several("é", "e\u0301")), Taken(("differ only in case",)))
    for ending in ("PNG", "Png", "jpeg", "JPG", "tif", "webp", "bmp", "gif"):
        yield case(f"ending {ending}", tree(*several("a", "b", ending=ending)), taken)
    for ending in ("txt", "png.bak", "dat", "psd"):
        yield case(
            f"ending {ending} is none",
            tree(*two, f"a/9.{ending}"),
            Taken(("1 file is no image",), ids=list(range(6))),
        )
    yield case("no ending", tree(*two, "a/image"), Taken(("1 file is no image",)))
    for ending in ("heic", "avif"):
        yield case(
            f"{ending} without its package",
            tree(*two, **{f"c__0.{ending}": b"....ftypheic"}),
            Taken((f"c/0.{ending}", "among them all of c"), classes=("a", "b")),
        )
    yield case("a class that ends like an image", tree(*several("a.png", "b")), Taken(classes=("a.png", "b")))
    yield case("names alike in two classes", tree("a/x.png", "a/y.png", "b/x.png", "b/y.png"), Taken(ids=[0, 1, 2, 3]))
    yield case("names with spaces", tree("a/x y.png", "a/ z.png", "b/x  y.png", "b/w .png"), Taken(ids=[0, 1, 2, 3]))
    yield case(
        "a broken link",
        then(tree(*two), lambda root: (root / "a" / "x.png").symlink_to("nothing")),
        Taken(("leads nowhere",), ids=list(range(6))),
    )
    yield case(
        "a link to itself",
        then(tree(*two), lambda root: (root / "a" / "x.png").symlink_to("x.png")),
        Taken(("leads nowhere",), ids=list(range(6))),
    )
    yield case(
        "a link to the folder above",
        then(tree(*two), lambda root: (root / "a" / "x").symlink_to(root)),
        Taken(("holds it",), ids=list(range(6))),
    )
    yield case(
        "a link to its folder",
        then(tree(*two), lambda root: (root / "a" / "x").symlink_to(root / "a")),
        Taken(("holds it",), ids=list(range(6))),
    )
    yield case("links to each other", then(tree(*two), _each_other), Taken(("holds it",)))
    yield case(
        "a link outside",
        then(tree(*two), _outside),
        Taken(("out of the folder",), ids=list(range(6))),
    )
    yield case("a link outside, followed", then(tree(*two), _outside), Taken(ids=list(range(7))), links=True)
    yield case(
        "a link inside",
        then(tree(*two), lambda root: (root / "b" / "x.png").symlink_to(root / "a" / "0.png")),
        Taken(ids=list(range(7))),
    )
    yield case(
        "a pipe",
        then(tree(*two), lambda root: os.mkfifo(root / "a" / "x.png")),
        Taken(("no regular file",), ids=list(range(6))),
    )
    yield case("a socket", then(tree(*two), _socket), Taken(("no regular file",), ids=list(range(6))))
    yield case(
        "a name that is no text",
        then(tree(*two), lambda root: open(os.fsencode(root / "a") + b"/\xff.png", "wb").close()),
        Taken(("no valid text",), ids=list(range(6))),
    )
    yield case(
        "a class that is no text",
        then(tree(*two), lambda root: os.mkdir(os.fsencode(root) + b"/\xff")),
        Taken(("no valid text",), ids=list(range(6))),
    )
    yield case("a folder that is a link", _linked_root, taken)
    yield case("a slash at the end", lambda folder: f"{tree(*two)(folder)}/", taken)
    for name in ("größe", "a b", "a,b", "(x)", "x'y", "x.y", "t.csv", "x.zip", " x", "x " * 3):
        yield case(f"a folder {name!r}", _named(name, two), taken)


def _very_deep(folder: Path) -> Path:
    root = tree(*several("a", "b"))(folder)
    here = os.getcwd()
    try:
        os.chdir(root / "a")
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)
    return root


def _each_other(root: Path) -> None:
    (root / "a" / "x").symlink_to(root / "b")
    (root / "b" / "x").symlink_to(root / "a")


def _outside(root: Path) -> None:
    (root.parent / "out.png").write_bytes(png())
    (root / "a" / "x.png").symlink_to(root.parent / "out.png")


def _socket(root: Path) -> None:
    import socket

    here = os.getcwd()
    os.chdir(root / "a")
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("x.png")
    finally:
        os.chdir(here)


def _linked_root(folder: Path) -> Path:
    (folder / "link").symlink_to(tree(*several("a", "b"))(folder))
    return folder / "link"


def _named(name: str, names: list[str]) -> Callable[[Path], Path]:
    return lambda folder: tree(*names)(folder).rename(folder / name)


def _splits() -> Iterable[Case]:
    def case(name: str, names: list[str], expected: Refused | Taken | Either, **settings: Any) -> Case:
        return Case("folders", name, tree(*names), expected, "folder" if settings else "", settings)

    for train, test in (
        ("train", "test"),
        ("Train", "TEST"),
        ("training", "testing"),
        ("TRAIN", "Valid"),
        ("train", "val"),
        ("trn", "tst"),
        ("train", "dev"),
        ("train", "eval"),
    ):
        yield case(
            f"{train} and {test}",
            several(f"{train}/a", f"{train}/b", f"{test}/a", f"{test}/b"),
            Taken(classes=("a", "b"), test=[6, 7, 8, 9, 10, 11]),
        )
    for only in ("train", "test", "val"):
        yield case(
            f"only {only}",
            several(f"{only}/a", f"{only}/b"),
            Taken((f"only {'training' if only == 'train' else 'test'} items",), classes=("a", "b"), ids=list(range(6))),
        )
    yield case(
        "train, val and test",
        several("train/a", "val/a", "test/a", "train/b"),
        Taken(("3 validation items: left out",), test=[9, 10, 11]),
    )
    yield case(
        "a class only in test",
        several("train/a", "test/a", "test/b"),
        Taken(classes=("a", "b"), test=list(range(3, 9))),
    )
    yield case(
        "a class only in validation, which is dropped",
        several("train/a", "val/b", "test/a"),
        Taken(("validation items: left out",), test=[6, 7, 8]),
    )
    yield case("Cat and cat", several("train/Cat", "test/cat"), Taken(("differ only in case",)))
    yield case(
        "test without classes",
        several("train/a", "train/b", "test"),
        Taken(("3 of 9 rows have no class", "only training items"), classes=("a", "b"), ids=list(range(6))),
    )
    yield case(
        "train without classes",
        several("train", "test/a", "test/b"),
        Taken(("3 of 9 rows have no class",), ids=[3, 4, 5, 6, 7, 8]),
    )
    yield case("neither with classes", several("train", "test"), Taken(classes=("unlabelled",), test=[3, 4, 5]))
    yield case(
        "images beside",
        [*several("train/a", "test/a"), "loose.png"],
        Taken(("lies beside the folders of splits (loose.png)",), ids=list(range(6))),
    )
    yield case(
        "another folder beside",
        several("train/a", "test/a", "extra"),
        Taken(("lies beside the folders of splits (extra)",), ids=list(range(6))),
    )
    yield case(
        "a class named train",
        several("car", "plane", "train"),
        Taken(("folders named like a split",), classes=("car", "plane", "train"), ids=list(range(9))),
    )
    yield case(
        "classes named test and dev",
        several("dev", "prod", "test"),
        Taken(("folders named like a split",), classes=("dev", "prod", "test")),
    )
    yield case(
        "train twice",
        several("train/a", "Train/a", "test/a"),
        Taken(classes=("a",), test=[6, 7, 8], ids=list(range(9))),
    )
    yield case(
        "test is empty",
        [*several("train/a", "train/b"), "test/notes.txt"],
        Taken(("only training items",), ids=list(range(6))),
    )


def _listed(rows: dict[str, list[Any]], name: str = "list.csv", **how: Any) -> Callable[[Path], Path]:
    """A function that writes six images, 0.png to 5.png, and a table that lists some."""

    def put(folder: Path) -> Path:
        root = tree(*(f"{number}.png" for number in range(6)))(folder)
        frame = pandas.DataFrame(rows)
        if name.endswith(".parquet"):
            frame.to_parquet(root / name)
        elif name.endswith(".jsonl"):
            frame.to_json(root / name, orient="records", lines=True)
        else:
            frame.to_csv(root / name, index=False, sep="\t" if name.endswith(".tsv") else ",", **how)
        return root / name

    return put


def _lists() -> Iterable[Case]:
    paths, labels = [f"{number}.png" for number in range(6)], ["x", "y"] * 3

    def case(name: str, path: list[Any], expected: Refused | Taken | Either, **columns: list[Any]) -> Case:
        return Case("lists", name, _listed({"path": path, "label": labels[: len(path)]} | columns), expected)

    sound = Taken(classes=("x", "y"), labels=[0, 1] * 3, ids=list(range(6)), pixel=[0, 100, 200], silent=True)
    for ending in ("csv", "tsv", "parquet", "jsonl"):
        yield Case("lists", f"sound {ending}", _listed({"path": paths, "label": labels}, f"list.{ending}"), sound)
    for column in ("Path", "file", "filename", "file_name", "filepath", "image", "img", "image_path"):
        yield Case("lists", f"paths in {column}", _listed({column: paths, "label": labels}), sound)
    bad: dict[str, str] = {
        "missing": "none.png",
        "empty": "",
        "blank": " ",
        "above": "../secret.png",
        "absolute": "/etc/passwd",
        "a folder": ".",
        "the folder above": "..",
        "an address": "https://example.org/0.png",
        "a file's address": "file:///etc/passwd",
        "too long": "x" * 5000,
        "NA": "NA",
        "home": "~/0.png",
        "a broken image": "list.csv",
        "a pattern": "*.png",
        "another case": "2.PNG",
        "a device": "/dev/zero",
    }
    for name, path in bad.items():
        changed = [*paths[:2], path, *paths[3:]]
        yield case(
            f"a path: {name}",
            changed,
            Taken(("1 of 6 rows of list.csv has no image that can be read (row 2: ",), ids=[0, 1, 3, 4, 5]),
        )
    yield case("all missing", [f"none{i}.png" for i in range(6)], Refused(("6 of 6 rows", "root=FOLDER")))
    yield case("all paths empty", [""] * 6, Refused(("6 of 6 rows",)))
    yield case("paths are numbers", list(range(6)), Refused(("6 of 6 rows",)))
    yield case(
        "twice", [*paths[:5], "0.png"], Taken(("1 row names an image that a row above names",), ids=list(range(6)))
    )
    yield case("dots and slashes", [f"./{path}" for path in paths], Taken(ids=list(range(6))))
    yield case("in and out again", [f"../data/{path}" for path in paths], Taken(ids=list(range(6))))
    yield case("spaces around", [f" {path} " for path in paths], Taken(ids=list(range(6))))
    yield case("backslashes", [f".\\{path}" for path in paths], Taken(classes=("x", "y"), ids=list(range(6))))
    yield case(
        "labels missing",
        paths,
        Taken(("2 of 6 rows have no label",), ids=[1, 2, 4, 5]),
        label=["", "y", "x", "", "x", "y"],
    )
    yield case("labels that are fractions", paths, Refused(("a fraction",)), label=[0.5, 1, 2, 3, 4, 5])
    yield case("a split", paths, Taken(test=[4, 5]), split=["train"] * 4 + ["test"] * 2)
    yield case(
        "an odd split", paths, Refused(("split is 'odd' in row 3",)), split=["train"] * 3 + ["odd", "test", "test"]
    )
    yield case("ids", paths, Taken(ids=[5, 7, 9, 11, 13, 15]), id=[5, 7, 9, 11, 13, 15])
    yield case("ids twice", paths, Refused(("id 5 occurs more than once",)), id=[5, 7, 9, 5, 13, 15])
    yield case("fields", paths, Taken(fields={"camera", "file"}), camera=["c"] * 6)
    yield case(
        "features too",
        paths,
        Taken(fields={"path"}, shape=(6, 2)),
        embedding=["[1, 2]", "[3, 4]", "[5, 6]", "[7, 8]", "[9, 10]", "[2, 1]"],
    )
    yield Case("lists", "no rows", _listed({"path": [], "label": []}), Refused(("holds no items",)))
    yield Case(
        "lists",
        "no labels",
        _listed({"path": paths}),
        Taken(("taken as data without labels",), classes=("unlabelled",)),
    )
    yield Case(
        "lists", "no paths", _listed({"a": labels, "label": labels}), Refused(("no column of paths",)), "manifest"
    )
    yield Case(
        "lists",
        "another column of paths",
        _listed({"where": paths, "label": labels}),
        sound,
        "manifest",
        {"image": "where"},
    )
    yield Case(
        "lists",
        "a folder that is not there",
        _listed({"path": paths, "label": labels}),
        Refused(("nothing there",)),
        "manifest",
        {"root": "/nowhere"},
    )
    yield Case(
        "lists",
        "null",
        _listed({"path": [*paths[:5], None], "label": labels}, "list.jsonl"),
        Taken(("1 of 6 rows",), ids=[0, 1, 2, 3, 4]),
    )
    yield Case(
        "lists",
        "lists of paths",
        _listed({"path": [[path] for path in paths], "label": labels}, "list.jsonl"),
        Refused(("6 of 6 rows",)),
    )


def _inside() -> Iterable[Case]:
    """Images inside Parquet, as Hugging Face writes them."""
    sound = [png((number, 100, 200)) for number in range(6)]

    def case(name: str, cells: list[Any], expected: Refused | Taken | Either) -> Case:
        return Case("lists", name, _listed({"image": cells, "label": ["x", "y"] * 3}, "list.parquet"), expected)

    taken = Taken(classes=("x", "y"), ids=list(range(6)), pixel=[0, 100, 200])
    yield case("bytes inside", sound, taken)
    yield case("bytes and names inside", [{"bytes": one, "path": "x.png"} for one in sound], taken)
    yield case("names inside", [{"bytes": None, "path": f"{i}.png"} for i in range(6)], taken)
    yield case("broken bytes inside", [*sound[:5], b"x"], Taken(("1 of 6 rows",), ids=[0, 1, 2, 3, 4]))
    yield case("empty bytes inside", [*sound[:5], b""], Taken(("1 of 6 rows",), ids=[0, 1, 2, 3, 4]))
    yield case("nothing inside", [*sound[:5], None], Taken(("1 of 6 rows",), ids=[0, 1, 2, 3, 4]))
    yield case("things inside", [{"width": i} for i in range(6)], Refused(("6 of 6 rows",)))
    yield case("pixels inside", [[[1, 2], [3, 4]]] * 6, Refused(("6 of 6 rows",)))


warnings.simplefilter("ignore", Image.DecompressionBombWarning)
