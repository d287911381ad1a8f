"""Small images side by side, crisp at any size, in one piece of HTML."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable
from typing import Any

import streamlit as st

from fdmat_core.figures.theme import NOISE
from pages.shell.caches import Images

ROW = 50  # pixels from one row of images to the next


def strip(images: Images, *, size: int = 56) -> None:
    """Show images in rows that wrap, each `size` pixels wide."""
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:6px;padding:3px">{_cells(images, size)}</div>')


def rows(groups: Iterable[Images], *, size: int = ROW - 6) -> None:
    """Show one row of images per group, ROW pixels apart; those that do not fit the width are left out."""
    look = f"display:flex;flex-wrap:wrap;gap:6px;height:{ROW}px;padding:3px;overflow:hidden;box-sizing:border-box"
    st.html("".join(f'<div style="{look}">{_cells(images, size)}</div>' for images in groups))


def _cells(images: Images, size: int) -> str:
    return "".join(_cell(*one, size) for one in zip(*images, strict=True))


def _cell(pixels: Any, caption: str, ringed: bool, size: int) -> str:
    text = html.escape(caption, quote=True)
    ring = f"outline:3px solid {NOISE};outline-offset:-1px;" if ringed else ""
    crisp = "pixelated" if pixels.shape[1] < size else "auto"
    look = (
        f"width:{size}px;height:{size}px;flex:none;object-fit:contain;border-radius:4px;image-rendering:{crisp};{ring}"
    )
    return f'<img src="{data_url(pixels)}" alt="{text}" title="{text}" style="{look}">'


def data_url(pixels: Any) -> str:
    """An image (height, width, channels) uint8 as a PNG inside an address."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
