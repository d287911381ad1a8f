"""What leaves a run in the forms of other tools: ids are exact, and rank and reason come along."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core.report import removed
from fdmat_core.runs import exchange, originals
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice

if TYPE_CHECKING:
    import pandas

    from fdmat_core.types import Dataset

#: When every file in a zip was made: the same run gives the same bytes.
MADE = (1980, 1, 1, 0, 0, 0)
#: What is told of an item besides its picture and its label.
TOLD = ("id", "rank", "reason", "kept", "given_label", "corrected_label", "decision")


class Tool(NamedTuple):
    """A tool, the ending of the file that it reads, what it gets, and what makes it of a run's ranking."""

    title: str
    ending: str
    words: str
    make: Callable[[Run, pandas.DataFrame], bytes]


def content(name: str, run: Run, method: Choice, kept: float) -> bytes:
    """A run by one of its methods at a share kept, as the file that a tool of `TOOLS` reads.

    Raises
    ------
    ValueError
        An unknown tool, data that it cannot show, or no ranking; see `exchange.ranking`.
    """
    if name not in TOOLS:
        raise ValueError(f"tool is {name!r}; choose {', '.join(TOOLS)}")
    return TOOLS[name].make(run, exchange.ranking(run, method, kept))


def _cleanlab(run: Run, table: pandas.DataFrame) -> bytes:
    """The label issue table that `CleanLearning.fit(label_issues=...)` takes: a line per training item, in id order."""
    import pandas

    found = exchange.issues(run)
    if run.tables is None or not run.tables[0].labelled:
        raise ValueError("cleanlab's table is about labels, which these data have not; take another form")
    place = {name: number for number, name in enumerate(run.tables[0].classes)}
    told = table.set_index("id").loc[found["id"]]
    lines = pandas.DataFrame(
        {
            "is_label_issue": found["is_label_issue"],
            "label_quality": found["label_quality"],
            "given_label": found["given_label"].map(place),
            "predicted_label": found["predicted_label"].map(place),
            "id": found["id"],
            "rank": told["rank"].to_numpy(),
            "reason": told["reason"].to_numpy(),
        }
    )
    return lines.sort_values("id", kind="stable").to_csv(index=False).encode()


def _huggingface(run: Run, table: pandas.DataFrame) -> bytes:
    """What `Dataset.select` takes: the ids kept, best first, with their final labels, ranks and reasons."""
    del run
    kept = table[table["kept"]]
    columns = {"rank": "rank", "reason": "reason", "final_label": "final_label", "target": "target"}
    told = {name: kept[column].tolist() for name, column in columns.items()}
    return json.dumps({"indices": kept["id"].tolist()} | told | {"classes": table.attrs["classes"]}, indent=1).encode()


def _fiftyone(run: Run, table: pandas.DataFrame) -> bytes:
    """A zip in FiftyOne's form `FiftyOneImageClassificationDataset`: `data/ID.png`, and `labels.json` about them."""
    train, entries = _with_images(run, "FiftyOne"), {}
    for line in table.to_dict("records"):
        attributes = {name: _plain(line[name]) for name in TOLD}
        entries[str(line["id"])] = {"label": line["final_label"], "attributes": attributes}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        _add(file, "labels.json", json.dumps({"classes": table.attrs["classes"], "labels": entries}).encode())
        ids = table["id"].to_numpy()
        for start in range(0, len(ids), removed.BLOCK):
            block = ids[start : start + removed.BLOCK]
            for item, pixels in zip(block.tolist(), train.images_of(block), strict=True):
                _add(file, f"data/{item}.png", _png(pixels))
    return buffer.getvalue()


def _atlas(run: Run, table: pandas.DataFrame) -> bytes:
    """The Parquet that Embedding Atlas shows: a line per item with its place on the map, `x` and `y`."""
    if run.projection is None or run.tables is None:
        raise ValueError(f"run {run.key} has no map yet; run it first")
    rows = {item: row for row, item in enumerate(run.tables[0].ids.tolist())}
    places = run.projection.xy[[rows[item] for item in table["id"].tolist()]]
    stream = io.BytesIO()
    table.assign(x=places[:, 0], y=places[:, 1]).to_parquet(stream, index=False)
    return stream.getvalue()


def _label_studio(run: Run, table: pandas.DataFrame) -> bytes:
    """Label Studio's tasks: an item that the method rejects each, with its picture and FDMat's class as prediction."""
    train = _with_images(run, "Label Studio")
    preferred = exchange.issues(run).set_index("id")["predicted_label"]
    todo = table[table["reason"] != ""].iloc[::-1]  # the worst are ranked last
    ids = todo["id"].to_numpy()
    blocks = (ids[start : start + removed.BLOCK] for start in range(0, len(ids), removed.BLOCK))
    pictures = (removed.picture(pixels) for block in blocks for pixels in train.images_of(block))
    tasks = []
    for line, picture in zip(todo.to_dict("records"), pictures, strict=True):
        told = {name: _plain(line[name]) for name in TOLD}
        choice = {"choices": [str(preferred[line["id"]])]}
        result = {"from_name": "label", "to_name": "image", "type": "choices", "value": choice}
        tasks.append(
            {"data": {"image": picture} | told, "predictions": [{"model_version": "FDMat", "result": [result]}]}
        )
    return json.dumps(tasks).encode()


def _wandb(run: Run, table: pandas.DataFrame) -> bytes:
    """What `wandb.Table(**json.load(file))` takes: a row per item with its labels, rank, reason and decision."""
    del run
    columns = [*TOLD, "final_label"]
    rows = [[_plain(value) for value in row] for row in table[columns].itertuples(index=False, name=None)]
    return json.dumps({"columns": columns, "data": rows}).encode()


def _with_images(run: Run, tool: str) -> Dataset:
    train = run.train()
    if train.images is not None:
        return train
    if run.dataset().images is not None:
        raise ValueError(f"{tool} shows images, and {originals.CHANGED}; run it again first")
    raise ValueError(f"{tool} shows images, which these data have not; take another form")


def _plain(value: object) -> object:
    """A value as JSON has it."""
    return value.item() if isinstance(value, np.generic) else value


def _png(pixels: np.ndarray) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(stream, "PNG")
    return stream.getvalue()


def _add(file: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, MADE)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    file.writestr(entry, body)


#: The forms by the name that the command line has for each.
TOOLS = {
    "cleanlab": Tool("cleanlab", ".csv", "label issue table of all items, by id", _cleanlab),
    "huggingface": Tool("Hugging Face datasets", ".json", "indices for Dataset.select, best first", _huggingface),
    "fiftyone": Tool("FiftyOne", ".zip", "FiftyOneImageClassificationDataset, all items", _fiftyone),
    "atlas": Tool("Embedding Atlas", ".parquet", "all items with x, y, rank and reason", _atlas),
    "label-studio": Tool("Label Studio", ".json", "tasks: what the method rejects, the worst first", _label_studio),
    "wandb": Tool("Weights & Biases", ".json", "columns and rows for wandb.Table, all items", _wandb),
}
