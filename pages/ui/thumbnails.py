"""Pictures of single items, one request each, served by the app itself: `/thumb/<run>/<features>/<id>`.

A browser asks only for what is on screen, and keeps it: pictures of one extraction of features never change.
"""

from __future__ import annotations

import html
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from fdmat_core.runs.run import Run
from pages.shell import caches

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

#: Small pictures are enlarged in whole pixels up to about this size, large ones are scaled down to it.
SIDE = 112
#: Likewise of one that is looked at alone, or beside few others.
LARGE = 512
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class Card(NamedTuple):
    """One item of a gallery."""

    id: int
    label: str
    words: str  # alternative text and tooltip
    mark: str = ""  # "noise" or "suspect": gets a ring; "fly": the map flies to it
    text: str = ""  # stands for the picture of an item that has none
    named: str = ""  # the same in the tooltip, where fields have room for their names


def routes() -> list[BaseRoute]:
    """What the server answers besides the pages; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [Route("/thumb/{run}/{features}/{item}", thumb)]


def thumb(request: Request) -> Response:
    """Answer with the picture of an item of a stored run; anything else is not found."""
    from starlette.responses import Response

    try:
        side, asked = LARGE if "large" in request.query_params else SIDE, request.path_params
        run = caches.run(asked["run"])
        if asked["features"] != run.features_key:  # the data have changed since, and with them who has which id
            raise ValueError
        png = picture(run, int(asked["item"]), side)
    except (ValueError, OverflowError):
        return Response(status_code=404)
    return Response(png, media_type="image/png", headers=FOREVER)


def address(run: Run) -> str:
    """Where the pictures of a run are, seen from a page, up to the id of an item; "" if its data have none."""
    return f"thumb/{run.key}/{run.features_key}/" if caches.train(run).images else ""


def picture(run: Run, item: int, side: int = SIDE) -> bytes:
    """The picture of one item as a PNG of about this many pixels a side."""
    if changed := caches.changed(run):
        raise ValueError(changed)
    data = caches.dataset(run.spec.dataset, run.spec.corruption)
    return png(data.images_of(data.ids[data.rows_of([item])])[0], side)


def png(pixels: Any, side: int = SIDE) -> bytes:
    """An image (height, width, channels) as a PNG of a size to look at, with crisp pixels if it was small."""
    from PIL import Image

    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    times = round(side / max(image.size))
    if times > 1:
        image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    else:
        image.thumbnail((2 * side, 2 * side))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def gallery(cards: Iterable[Card], source: str, *, empty: str) -> str:
    """Cards side by side as HTML; the map rings the point of the one under the hand, and pins what is pressed."""
    shown = "".join(_figure(card, source) for card in cards)
    return f'<div class="cards">{shown}</div>' if shown else f'<p class="cards-empty">{html.escape(empty)}</p>'


def _figure(card: Card, source: str) -> str:
    words = html.escape(card.words, quote=True)
    label = "" if not source and card.label == f"item {card.id}" else html.escape(card.label)
    text = f"<span>{html.escape(card.text)}</span>" if card.text else ""
    stand_in = f"<p><b>{card.id}</b>{text}</p>"
    said = "" if card.mark else words  # the title of the figure says it already
    image = f'<img src={source}{card.id} alt="{said}">' if source else stand_in
    marked = f' class={card.mark} title="{words}"' if card.mark else ""
    if card.text and not source:
        hint = html.escape(f"{card.words}\n{card.named or card.text}", quote=True)
        marked = f' class="{card.mark} worded" title="{hint}"'
    fly = " data-fly" if card.mark == "fly" else ""
    return f"<figure data-item={card.id}{fly}{marked} role=button tabindex=0>{image}{label}</figure>"
