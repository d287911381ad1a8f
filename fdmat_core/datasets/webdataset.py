"""WebDataset: samples of your own in .tar shards, each a few files with one key: 0001.jpg, 0001.cls, 0001.json."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from fdmat_core.datasets import Seed, Side, TestShare
from fdmat_core.formats import counted, some
from fdmat_core.reading import archives, columns, images, labels, places, sources, splits
from fdmat_core.reading.columns import Missing
from fdmat_core.reading.places import EXAMPLES, listed, relative, short
from fdmat_core.reading.records import Records, Unlabelled, assemble
from fdmat_core.reading.splits import Validation
from fdmat_core.registry import Claim, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset, Finding

#: Endings of compressed shards, which cannot be read from the middle.
PACKED = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")
#: Larger images, and larger texts, labels or vectors, in bytes, are not read.
MOST_IMAGE, MOST_TEXT = 2**28, 2**22
#: What a file beside the shards may be called that names the classes, one a line.
CLASSES = ("classnames.txt", "classes.txt")
#: Parts of samples that are read where they are listed.
SMALL = ("cls", "json", "txt", "npy")


class DamagedError(ValueError):
    """A shard is no .tar that can be read to its end; the message names it and the fix."""


class Span(NamedTuple):
    """Where bytes lie: in which file, from where, how many."""

    file: Path
    start: int
    size: int


@dataclass
class Sample:
    """The files of one key in one shard."""

    shard: Path
    key: str
    image: Span | None = None
    parts: dict[str, Any] = field(default_factory=dict[str, Any])  # by ending: a word, an object, a text, a vector


def _recognises(path: Path) -> Claim | None:
    shards = _shards(path)[0]
    if not shards:
        return None
    whole = f"{len(shards):,} shards" if len(shards) > 1 else short(shards[0].name)
    beside = path.is_dir() and any(file.suffix.lower() in images.ENDINGS for file in places.walk(path, path, []))
    return Claim(f"samples in {whole}, as WebDataset keeps them", 0.3 if beside else 0.9)


@dataset(
    "webdataset",
    title="Your own WebDataset (.tar, or a folder of them)",
    licence="yours",
    source="a file or folder on this machine",
    recognises=_recognises,
)
def webdataset(  # noqa: PLR0913  what people may set
    *,
    path: str = "",
    size: Side = 64,
    test_share: TestShare = 0.2,
    seed: Seed = 0,
    missing: Missing = "drop",
    unlabelled: Unlabelled = "drop",
    validation: Validation = "auto",
) -> Dataset:
    """Read samples from .tar shards: an image or a vector (.npy) each, with its label and text.

    The label stands in .cls or, under a usual name, in .json; text stands in .txt. Shards are not unpacked: images are
    read from their places when they are needed. Names of shards or their folders may say train, val or test. A file
    `classnames.txt` beside the shards names the classes, one a line.

    Parameters
    ----------
    path
        The shard, or the folder of shards, on the machine that this program runs on.
    size
        Side of the images in pixels.
    test_share
        Share of every class held out if the names of the shards say nothing.
    seed
        Which items are held out.
    missing
        Vectors that are not finite: left out, filled with the column's mean, or refused.
    unlabelled
        Samples without a label where others have one: left out, or a class of their own.
    validation
        What validation items are for; `auto`: for testing if there are no test items, otherwise left out.
    """
    root = archives.inside(places.existing(path))
    shards, passed = _shards(root)
    if not shards:
        raise ValueError(
            f"path is {short(path)!r}, where no .tar lies{_instead(passed)}; give a .tar or a folder of them"
        )
    found, sound, others = _read(shards)
    if not found:
        raise ValueError(f"{_words(sound)} hold no samples; each is a few files with one key, as 0001.jpg and 0001.cls")
    content = provenance.data("webdataset", 1, shards=places.marks(_base(root), shards))
    facts, findings = _columns(found, size, content, missing)
    values, names = _labels(found, _base(root))
    records = Records(
        name=root.stem,
        n=len(found),
        where=lambda row: f"{short(found[row].key)} in {short(found[row].shard.name)}",
        labels=values,
        classes=names,
        typed=False,
        splits=_splits(found, _base(root)),
        fields=_fields(found),
        findings=(*_compressed(passed, root), *others, *_endless(sound), *_unlabelled(values), *findings),
        **facts,
    )
    settings = [size, test_share, seed, missing, unlabelled, validation]
    key = provenance.data("webdataset", 1, content=content, settings=settings)
    return assemble(records, key, test_share=test_share, seed=seed, unlabelled=unlabelled, validation=validation)


def _base(root: Path) -> Path:
    return root if root.is_dir() else root.parent


def _words(shards: list[Path]) -> str:
    return f"the {len(shards):,} shards" if len(shards) > 1 else short(shards[0].name)


def _shards(root: Path) -> tuple[list[Path], list[Path]]:
    """The .tar files that are a path or lie below it, train before validation before test; and those compressed."""
    files = [root] if root.is_file() else list(places.walk(root, root, []))
    order = {name: place for place, name in enumerate(splits.NAMES)}
    tars = [file for file in files if file.suffix.lower() == ".tar"]
    tars.sort(key=lambda file: order.get(_split(file, _base(root)) or "", 0))
    return tars, [file for file in files if file.name.lower().endswith(PACKED)]


def _instead(passed: list[Path]) -> str:
    return f" ({short(passed[0].name)} is compressed; unpack it to .tar)" if passed else ""


def _compressed(passed: list[Path], root: Path) -> list[Finding]:
    if not passed:
        return []
    names = tuple(relative(file, root) for file in passed[:EXAMPLES])
    text = counted(len(passed), "shard is compressed", "shards are compressed")
    return [Finding(text, "passed over; unpack to .tar", "", names)]


def _endless(shards: list[Path]) -> list[Finding]:
    """Shards that do not end as a .tar does, after which more may have followed."""
    cut = []
    for shard in shards:
        with shard.open("rb") as stream:
            stream.seek(-512, io.SEEK_END)
            if stream.read(512).strip(b"\0"):
                cut.append(shard.name)
    text = f"{some(len(cut), len(shards), 'shards')} no end, and may be cut off"
    return [Finding(text, "what they hold is read", "", tuple(map(short, cut[:EXAMPLES])))] if cut else []


def _unlabelled(values: Any) -> list[Finding]:
    if values is not None:
        return []
    return [Finding("no sample has a .cls, or a label in a .json", "taken as data without labels")]


def _split(shard: Path, base: Path) -> str | None:
    """The split that a shard's name or its folders' say, word by word: imagenet-train-0001.tar."""
    return splits.said_by(relative(shard.with_suffix(""), base))


def _splits(found: list[Sample], base: Path) -> np.ndarray | None:
    """The split of every sample (n,); None if no shard says any."""
    of = {shard: _split(shard, base) for shard in {sample.shard for sample in found}}
    if not any(of.values()):
        return None
    silent = [shard for shard, split in of.items() if split is None]
    if silent:
        raise ValueError(
            f"{short(min(silent).name)} does not say whether it is train, val or test, as other shards do; rename it"
        )
    return np.array([of[sample.shard] for sample in found], dtype=object)


def _read(shards: list[Path]) -> tuple[list[Sample], list[Path], list[Finding]]:
    """All samples of all sound shards in order; these shards; which are damaged, and what else lies in the others."""
    found: list[Sample] = []
    sound: list[Path] = []
    others: list[str] = []
    damaged: list[DamagedError] = []
    for shard in shards:
        try:
            samples, strangers = _samples(shard)
        except DamagedError as error:
            damaged.append(error)
            continue
        sound.append(shard)
        others.extend(strangers)
        found.extend(sample for sample in samples if sample.image or sample.parts)
    if not sound:
        raise damaged[0]
    return found, sound, [*_damaged(damaged, len(shards)), *_strangers(others, sound)]


def _damaged(errors: list[DamagedError], n: int) -> list[Finding]:
    if not errors:
        return []
    names = tuple(str(error) for error in errors[:EXAMPLES])
    return [Finding(f"{some(len(errors), n, 'shards', 'are')} damaged", "left out with all that they hold", "", names)]


def _strangers(others: list[str], shards: list[Path]) -> list[Finding]:
    if not others:
        return []
    files = counted(len(others), f"file in {_words(shards)} is", f"files in {_words(shards)} are")
    text = f"{files} no image, label, text or vector that is read"
    return [Finding(text, "passed over", "", tuple(others[:EXAMPLES]))]


def _samples(shard: Path) -> tuple[list[Sample], list[str]]:
    """The samples of a shard, and what else lies in it."""
    samples: dict[str, Sample] = {}
    others: list[str] = []
    with shard.open("rb") as stream:
        for name, span in _members(shard):
            _take(samples, shard, name, span, stream, others)
    return list(samples.values()), others


def _members(shard: Path) -> Iterator[tuple[str, Span]]:
    """The regular files in a shard: their names and where their bytes lie."""
    import tarfile

    length = shard.stat().st_size
    try:
        with tarfile.open(shard, "r:") as opened:
            for member in opened:
                if not member.isreg() or member.issparse():
                    continue
                if member.offset_data + member.size > length:
                    raise tarfile.ReadError(f"{short(member.name)} is cut off")
                yield member.name, Span(shard, member.offset_data, member.size)
                opened.members = []  # pyright: ignore[reportAttributeAccessIssue]  a shard may hold millions
    except (tarfile.TarError, OSError, ValueError, OverflowError, EOFError) as error:
        packed = " or compressed" if isinstance(error, tarfile.ReadError) else ""
        raise DamagedError(f"{short(shard.name)} is damaged{packed} ({error}); get it again, or unpack it") from error


def _take(samples: dict[str, Sample], shard: Path, name: str, span: Span, stream: BinaryIO, others: list[str]) -> None:
    """Add a file of a shard to the sample of its key."""
    folder, _, last = name.rpartition("/")
    stem, _, ending = last.partition(".")
    if not stem:  # what macOS adds begins with a dot
        return
    key = f"{folder}/{stem}" if folder else stem
    sample = samples.setdefault(key, Sample(shard, key))
    ending = ending.lower()
    if f".{ending}" in images.ENDINGS and sample.image is None:
        sample.image = span
    elif ending in SMALL:
        if span.size > MOST_TEXT:
            raise ValueError(
                f"{short(name)} in {short(shard.name)} has {span.size:,} bytes, more than {MOST_TEXT:,}; shorten it"
            )
        stream.seek(span.start)
        sample.parts[ending] = _parsed(stream.read(span.size), ending, f"{short(name)} in {short(shard.name)}")
    else:
        others.append(f"{short(name)} in {short(shard.name)}")


def _parsed(content: bytes, ending: str, named: str) -> Any:
    """What a small file of a sample holds."""
    try:
        if ending == "npy":
            return np.load(io.BytesIO(content), allow_pickle=False)
        text = content.decode("utf-8-sig")
        return json.loads(text) if ending == "json" else text.strip()
    except (ValueError, RecursionError, EOFError, OSError, TypeError, SyntaxError) as error:
        why = short(" ".join(str(error).split()), 120)
        raise ValueError(f"{named} is no {ending} file in UTF-8 or of plain numbers ({why}); write it again") from error


def _columns(found: list[Sample], size: int, content: str, missing: Missing) -> tuple[dict[str, Any], list[Finding]]:
    """Images, or vectors where there are none, and the rows without."""
    if any(sample.image for sample in found):
        spans = [sample.image for sample in found]
        trouble = {row: f"{short(found[row].key)}: no image" for row, span in enumerate(spans) if span is None}
        trouble |= {
            row: f"{short(found[row].key)}: more than {MOST_IMAGE:,} bytes"
            for row, span in enumerate(spans)
            if span and span.size > MOST_IMAGE
        }
        lost, findings = sources.lost(len(found), _look(found), trouble, content=content, of="samples", side=size)
        return {"images": images.reader(lambda row: _bytes(found[row]), size), "lost": lost}, findings
    vectors = [sample.parts.get("npy") for sample in found]
    first = next((np.size(vector) for vector in vectors if vector is not None), 0)
    if not first:
        raise ValueError(f"the samples hold neither images ({listed(images.ENDINGS, 3)}) nor vectors (.npy); add them")
    values = np.full((len(found), first), np.nan)
    for row, vector in enumerate(vectors):
        if vector is None:
            continue
        if np.size(vector) != first or vector.dtype.kind not in "biuf":
            raise ValueError(
                f"{short(found[row].key)}.npy in {short(found[row].shard.name)} holds {np.size(vector)} of "
                f"{vector.dtype}, the first {first} numbers; give all the same"
            )
        values[row] = vector.reshape(-1)
    kept = columns.in_float32(values, "npy")
    read = columns.checked(*kept, "npy", missing=missing, where=lambda row: short(found[row].key))
    return {"features": read.values, "lost": read.lost}, list(read.findings)


def _bytes(sample: Sample) -> bytes:
    """The bytes of a sample's image."""
    span = sample.image
    try:
        if span is None:
            raise OSError("it has no image")
        with span.file.open("rb") as stream:
            stream.seek(span.start)
            return stream.read(span.size)
    except OSError as error:
        raise ValueError(
            f"{short(sample.key)} in {short(sample.shard.name)} can no longer be read ({error}); load the data again"
        ) from error


def _look(found: list[Sample]) -> Callable[[int], images.Seen]:
    def look(row: int) -> images.Seen:
        sample = found[row]
        return images.look_at(_bytes(sample)).named(f"{short(sample.key)} in {short(sample.shard.name)}")

    return look


def _labels(found: list[Sample], base: Path) -> tuple[Any, tuple[str, ...]]:
    """The label of every sample (n,) or None, as words or as positions in the names of classes that a file gives."""
    values = [_label(sample) for sample in found]
    present = [value for value in values if value is not None]
    if not present:
        return None, ()
    whole = all(re.fullmatch(r"-?\d{1,9}", str(value)) for value in present)
    if not whole:
        return np.array([None if value is None else str(value) for value in values], dtype=object), ()
    file = next((base / name for name in CLASSES if (base / name).is_file()), None)
    if file is None:
        return np.array([None if value is None else int(value) for value in values], dtype=object), ()
    numbers = np.array([-1 if value is None else int(value) for value in values], dtype=np.int64)
    names = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return labels.joined([(numbers, names)], f"the class (of {len(names)} in {file.name})")


def _label(sample: Sample) -> Any:
    """What a sample's .cls says, or else its .json under a usual name."""
    if sample.parts.get("cls"):
        return sample.parts["cls"]
    facts = sample.parts.get("json")
    if isinstance(facts, dict):
        by_name = {str(name).lower(): value for name, value in facts.items()}
        found = next((by_name[name] for name in columns.NAMES["label"] if name in by_name), None)
        return _whole(found) if isinstance(found, str | int | float) and found != "" else None
    return _whole(facts) if isinstance(facts, int | float) else None


def _whole(value: str | int | float) -> str | int | None:
    """A label as it is said; a whole number that JSON has as 1.0 as 1, and one with a fraction as none."""
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else None


def _fields(found: list[Sample]) -> dict[str, np.ndarray]:
    """The key of every sample, its text, and what its .json says besides the label."""
    fields = {"key": np.array([short(sample.key, 300) for sample in found])}
    if any("txt" in sample.parts for sample in found):
        fields["text"] = np.array([sample.parts.get("txt", "") for sample in found])
    facts = [one if isinstance(one := sample.parts.get("json"), dict) else {} for sample in found]
    names = dict.fromkeys(name for one in facts for name, value in one.items() if isinstance(value, str | int | float))
    for name in names:
        if name.lower() not in columns.NAMES["label"]:
            fields.setdefault(name, np.array([str(one.get(name, "")) for one in facts]))
    return fields
