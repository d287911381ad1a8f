"""Parts of a Hugging Face dataset on disk: the splits that save_to_disk wrote, or Parquet files with their notes."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fdmat_core.reading import columns, places, splits
from fdmat_core.reading.places import listed, relative, short

if TYPE_CHECKING:
    import pyarrow


class Part(NamedTuple):
    """A file or a split: its rows without images, what its columns are by Hugging Face's word, and cells of images."""

    name: str
    split: str | None
    table: pyarrow.Table
    types: Mapping[str, Any]
    image: str | None
    cell: Callable[[int], Any]  # row -> {"bytes": ..., "path": ...} or bytes


def is_saved(path: Path) -> bool:
    """Whether save_to_disk wrote a folder."""
    return (path / "dataset_dict.json").is_file() or all(
        (path / name).is_file() for name in ("state.json", "dataset_info.json")
    )


def of_saved(root: Path) -> list[Part]:
    """The splits of a dataset that save_to_disk has written."""
    try:
        package = importlib.import_module("datasets")
    except ImportError:
        raise ValueError(
            f"{short(root.name)} was written by Hugging Face's save_to_disk, which needs one more package to read; "
            'pip install "fdmat-explorer[hf-datasets]"'
        ) from None
    package.disable_progress_bars()
    _require_inside(root)
    try:
        loaded = package.load_from_disk(str(root))
        by_name = dict(loaded.items()) if isinstance(loaded, dict) else {str(loaded.split or root.name): loaded}
        parts = []
        for name, one in by_name.items():
            split = splits.known(name) if isinstance(loaded, dict) else None
            parts.append(_saved_part(name, split, one.with_format("arrow")[:], one.features.to_dict()))
    except MemoryError:
        raise
    except Exception as error:  # whatever the package raises on broken files
        why = short(" ".join(str(error).split()) or type(error).__name__, 160)
        raise ValueError(f"{short(root.name)} cannot be read as a saved dataset ({why}); save it again") from error
    return _ordered(parts)


def _require_inside(root: Path) -> None:
    """Refuse a dataset whose description names files elsewhere."""
    for file in (*root.glob("state.json"), *root.glob("*/state.json")):
        try:
            named = [entry["filename"] for entry in json.loads(file.read_bytes())["_data_files"]]
            strangers = [name for name in named if Path(name).name != name]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"{relative(file, root)} is not what save_to_disk writes; save it again") from error
        if strangers:
            raise ValueError(
                f"{relative(file, root)} names {listed(strangers, 2)}, which lies elsewhere; save it again"
            )


def _saved_part(name: str, split: str | None, table: pyarrow.Table, types: Mapping[str, Any]) -> Part:
    image = _image_column(table.schema, types)
    column = table.column(image) if image else None
    rest = table.drop_columns([image]) if image else table
    rest.validate(full=True)  # words that are no UTF-8
    return Part(name, split, rest, types, image, lambda row: None if column is None else column[row].as_py())


def of_parquet(root: Path) -> list[Part]:
    """The Parquet files that are a path or lie below it."""
    files = [root] if root.is_file() else list(places.walk(root, root, []))
    files = [file for file in files if file.suffix.lower() == ".parquet"]
    if not files:
        raise ValueError(f"path is {short(root.name)!r}, where no .parquet and no saved dataset lies; give its folder")
    base = root if root.is_dir() else root.parent
    kinds = dict.fromkeys(_configuration(file, base) for file in files)
    if len(kinds) > 1:
        raise ValueError(
            f"{short(root.name)} holds Parquet of several configurations ({listed(kinds)}); give the folder of one"
        )
    return _ordered([_parquet_part(file, base) for file in files])


def _configuration(file: Path, base: Path) -> str:
    """The folders of a file that say neither a split nor "data"."""
    folders = file.relative_to(base).parts[:-1]
    return "/".join(name for name in folders if name != "data" and not splits.known(name)) or "."


def _parquet_part(file: Path, base: Path) -> Part:
    from pyarrow import parquet

    try:
        opened = parquet.ParquetFile(file)
        types = _types_in(opened.schema_arrow)
        image = _image_column(opened.schema_arrow, types)
        table = opened.read(columns=[name for name in opened.schema_arrow.names if name != image])
        table.validate(full=True)  # words that are no UTF-8
        ends = np.cumsum([opened.metadata.row_group(group).num_rows for group in range(opened.num_row_groups)])
    except MemoryError:
        raise
    except Exception as error:  # whatever pyarrow raises on broken files
        why = short(" ".join(str(error).split()) or type(error).__name__, 160)
        raise ValueError(f"{short(file.name)} cannot be read as Parquet ({why}); get it again") from error

    @lru_cache(maxsize=2)
    def group(number: int) -> pyarrow.ChunkedArray:
        return parquet.ParquetFile(file).read_row_group(number, columns=[image]).column(0)

    def cell(row: int) -> Any:
        number = int(np.searchsorted(ends, row, side="right"))
        return group(number)[row - (int(ends[number - 1]) if number else 0)].as_py()

    return Part(file.name, splits.said_by(relative(file.with_suffix(""), base)), table, types, image, cell)


def types_of(file: Path) -> Mapping[str, Any]:
    """What Hugging Face notes of the columns in a Parquet file; nothing if it did not write it."""
    from pyarrow import parquet

    try:
        return _types_in(parquet.read_schema(file))
    except Exception:  # what is wrong with it is said when it is read
        return {}


def _types_in(schema: pyarrow.Schema) -> Mapping[str, Any]:
    """What Hugging Face's note in a schema says of each column: {"label": {"_type": "ClassLabel", "names": [...]}}."""
    try:
        types = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError, RecursionError):
        return {}
    return {name: said for name, said in types.items() if isinstance(said, dict)} if isinstance(types, dict) else {}


def _image_column(schema: pyarrow.Schema, types: Mapping[str, Any]) -> str | None:
    """The first column of images: of bytes and paths, or of bytes under a usual name."""
    from pyarrow import types as kinds

    for field in schema:
        said = types.get(field.name, {}).get("_type", "")
        named = {inner.name for inner in field.type} if kinds.is_struct(field.type) else set[str]()
        if said == "Image" or (not said and {"bytes", "path"} <= named):
            return field.name
        if kinds.is_binary(field.type) and field.name.lower() in columns.NAMES["path"]:
            return field.name
    return None


def _ordered(parts: list[Part]) -> list[Part]:
    """Train before validation before test, otherwise as they came."""
    order = {name: place for place, name in enumerate(splits.NAMES)}
    return sorted(parts, key=lambda part: order.get(part.split or "", 0))
