"""What was removed, to look at: some items of every reason, with their pictures and what people decided."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np

from fdmat_core.analysis import fields, issues
from fdmat_core.report.scene import Scene
from fdmat_core.types import Issue

#: Items shown at most, and the longest side of their pictures in pixels.
SHOWN, SIDE = 500, 64
#: Pictures up to this side are kept as they are; larger ones become JPEG of this quality.
SMALL, QUALITY = 32, 72
#: Items whose pictures are read at once.
BLOCK = 128


@dataclass(frozen=True)
class Group:
    """The removed items of one reason."""

    title: str
    count: int  # of all that are removed for it
    rows: np.ndarray  # of those shown, the worst first


def groups(scene: Scene, shown: int = SHOWN) -> list[Group]:
    """The removed items by reason, the gravest first; those that people decided on come first in each.

    Every reason gets the same number of places, and what one does not need goes to the next.
    """
    removed = ~scene.coreset.mask
    if scene.evidence is None:
        order = np.arange(scene.table.n)[removed]
        return [Group("removed", len(order), _decided_first(scene, order)[:shown])]
    issue = issues.of_rows(scene.table, scene.evidence)
    worst = issues.gravest_first(scene.table, scene.evidence)
    worst = worst[removed[worst]]
    members = [(one, worst[issue[worst] == one]) for one in issues.GRAVEST_FIRST]
    members = [(one, rows) for one, rows in members if len(rows)]
    places = _places([len(rows) for _, rows in members], shown)
    return [
        Group(one.title, len(rows), _decided_first(scene, rows)[:count])
        for (one, rows), count in zip(members, places, strict=True)
    ]


def _places(wanted: list[int], most: int) -> list[int]:
    """How many places each gets of a number in all: equal shares, as far as each has use for them."""
    given = [0] * len(wanted)
    for left in range(len(wanted), 0, -1):
        place = sorted(range(len(wanted)), key=lambda i: wanted[i])[len(wanted) - left]
        given[place] = min(wanted[place], most // left)
        most -= given[place]
    return given


def _decided_first(scene: Scene, rows: np.ndarray) -> np.ndarray:
    return rows[np.argsort(scene.decided.decision[rows] == "", kind="stable")]


def section(scene: Scene, shown: int = SHOWN) -> str:
    """The removed items as HTML."""
    found = groups(scene, shown)
    parts = []
    pictures = _pictures(scene, np.concatenate([group.rows for group in found]) if found else np.zeros(0, dtype=int))
    lines = None if scene.evidence is None else issues.items(scene.table, scene.evidence)
    for group in found:
        cards = []
        for row in group.rows.tolist():
            why = "" if lines is None else issues.sentence(lines.iloc[row])
            cards.append(_card(scene, row, why, pictures.get(row, "")))
        count = f"{len(group.rows):,} of {group.count:,}" if len(group.rows) < group.count else f"{group.count:,}"
        parts.append(f"<h3>{escape(group.title)} <small>{count}</small></h3><div class=cards>{''.join(cards)}</div>")
    return "".join(parts)


def _card(scene: Scene, row: int, why: str, picture: str) -> str:
    item, table = int(scene.table.ids[row]), scene.table
    label = table.classes[table.labels[row]] if table.labelled else f"item {item}"
    words = f"item {item}: {label}. {why}{_truth(scene, row)}"
    shown = f'<img src="{picture}" alt="{escape(words, quote=True)}">' if picture else _text(scene, row, item)
    caption = escape(label) + _preferred(scene, row) + _decision(scene, row)
    mark = ' class="noise"' if scene.bad is not None and scene.bad.rows[row] else ""
    title = escape(words, quote=True)
    return f'<figure data-item="{item}"{mark} title="{title}">{shown}<figcaption>{caption}</figcaption></figure>'


def _text(scene: Scene, row: int, item: int) -> str:
    """What stands for an item without a picture."""
    return f"<p>{escape(fields.short(scene.train, row) or f'item {item}')}</p>"


def _truth(scene: Scene, row: int) -> str:
    truth = scene.train.truth
    if truth is not None and truth.mislabelled[row]:
        return f" Its label was changed: in truth {scene.train.classes[truth.clean_labels[row]]}."
    return " Its content was changed." if truth is not None and truth.outlier[row] else ""


def _preferred(scene: Scene, row: int) -> str:
    """The class that the transport plan prefers, where the label is suspected."""
    if scene.evidence is None or scene.evidence.evidence["issue"][row] != Issue.MISLABELLED:
        return ""
    return f" → {escape(scene.table.classes[int(scene.evidence.evidence['preferred'][row])])}"


def _decision(scene: Scene, row: int) -> str:
    decision, label = scene.decided.decision[row], scene.decided.label[row]
    if not decision:
        return ""
    said = f"relabel: {label}" if decision == "relabel" else str(decision)
    return f' <b class="{decision}">{escape(said)}</b>'


def _pictures(scene: Scene, rows: np.ndarray) -> dict[int, str]:
    """The pictures of some rows as addresses that hold them; none if the data have none."""
    if scene.train.images is None:
        return {}
    return dict(_read(scene, rows))


def _read(scene: Scene, rows: np.ndarray) -> Iterator[tuple[int, str]]:
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        for row, pixels in zip(block.tolist(), scene.train.images_of(scene.table.ids[block]), strict=True):
            yield row, picture(pixels)


def picture(pixels: np.ndarray) -> str:
    """An image (height, width, channels) as an address that holds it, no larger than it need be."""
    from PIL import Image

    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    small = max(image.size) <= SMALL
    image.thumbnail((SIDE, SIDE))
    buffer = io.BytesIO()
    if small:
        image.save(buffer, "PNG", optimize=True)
    else:
        image.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return f"data:image/{'png' if small else 'jpeg'};base64,{base64.b64encode(buffer.getvalue()).decode()}"
