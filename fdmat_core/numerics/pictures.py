"""Grey pictures of one small size: fingerprints of them and of their crops, and how far two are apart once aligned.

All is linear in the pixels and separable, so that it is a few products of matrices for thousands of pictures at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

#: The side of a reduced picture, of the coarse one that is aligned first, and of the low frequencies of a fingerprint.
SIDE, COARSE, LOW = 32, 16, 8
#: Blur, in pixels, before two pictures are aligned: of the coarse ones, of the others.
SOFT = {COARSE: 1.1, SIDE: 1.0}
#: The crops that are looked for: the share of each side that is left, and where it may lie between the two ends.
CROPS = ((0.965, (0.0, 1.0)), (0.93, (0.0, 0.5, 1.0)))
#: A picture may show no less of the other than this share of each side, and lie no further off.
LEAST, MOST, BEFORE, BEYOND = 0.85, 1.05, -0.05, 0.15
#: The frequencies that count when aligned pictures are compared, in cycles over two sides, and how their strength does.
BANDS, STRENGTH = 20, 0.75
#: How many pictures are worked on at once, and how many such blocks side by side.
BLOCK, THREADS = 500, 2
#: The most that one step of the alignment moves anything, as a share of a side.
STEP = 0.03


class Window(NamedTuple):
    """Which part of pictures (m,) is seen, as shares of a side."""

    height: np.ndarray
    top: np.ndarray
    width: np.ndarray
    left: np.ndarray

    def take(self, rows: np.ndarray | slice) -> Window:
        """The windows of some of the pictures."""
        return Window(*(one[rows] for one in self))


def reduced(images: np.ndarray) -> np.ndarray:
    """Images (m, h, w, channels) uint8 as grey pictures (m, SIDE, SIDE) float32 from 0 to 1, by means over areas."""
    grey = images.mean(axis=-1, dtype=np.float32) / 255
    return (_areas(SIDE, grey.shape[1]) @ grey @ _areas(SIDE, grey.shape[2]).T).astype(np.float32)


def windows() -> list[tuple[float, float, float]]:
    """The whole and the crops that are looked for: share of a side, top and left."""
    crops = [(share, (1 - share) * y, (1 - share) * x) for share, at in CROPS for y in at for x in at]
    return [(1.0, 0.0, 0.0), *crops]


def fingerprints(pictures: np.ndarray, window: tuple[float, float, float]) -> np.ndarray:
    """The low frequencies (n, LOW * LOW - 1) of what pictures (n, SIDE, SIDE) show in a window, of length 1.

    Brightness and contrast do not count; a picture of one grey has zeros.
    """
    share, top, left = window
    down, across = (_frequencies(LOW, SIDE) @ _cut(share, at) for at in (top, left))
    found = np.empty((len(pictures), LOW * LOW - 1), dtype=np.float32)
    for block in _blocks(len(pictures), 8 * BLOCK):
        seen = down @ pictures[block].astype(np.float32) @ across.T
        flat = seen.reshape(len(seen), -1)[:, 1:]
        length = np.linalg.norm(flat, axis=1, keepdims=True)
        found[block] = np.where(length > 1e-4, flat / np.maximum(length, 1e-4), 0)
    return found


def coarse(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, SIDE, SIDE) as small blurred ones (n, COARSE, COARSE) float16, to align them fast."""
    shrink = _blur(COARSE) @ _areas(COARSE, SIDE)
    found = np.empty((len(pictures), COARSE, COARSE), dtype=np.float16)
    for block in _blocks(len(pictures), 8 * BLOCK):
        found[block] = shrink @ pictures[block].astype(np.float32) @ shrink.T
    return found


def roughly(small: np.ndarray, a: np.ndarray, b: np.ndarray, window: Window) -> tuple[Window, np.ndarray]:
    """Align pairs of rows of coarse pictures, from windows (m,): the windows of a that show b, and distances (m,)."""

    def one(block: slice) -> tuple[np.ndarray, ...]:
        first, second = (small[rows[block]].astype(np.float32) for rows in (a, b))
        best = _aligned(first, second, window.take(block), steps=4)
        return *best, _cosine(_seen(first, best), second)

    return _block_by_block(one, len(a))


def finely(pictures: np.ndarray, a: np.ndarray, b: np.ndarray, window: Window) -> tuple[Window, np.ndarray]:
    """Align pairs of rows of pictures (n, SIDE, SIDE) further, and compare them frequency by frequency.

    The distance (m,) is 0 where all details agree and 1 where none does. Blur, contrast and compression weaken details
    but leave them where they are, so they count little; another thing of the same shape has other details.
    """
    blur = _blur(SIDE)

    def one(block: slice) -> tuple[np.ndarray, ...]:
        first, second = (pictures[rows[block]].astype(np.float32) for rows in (a, b))
        best = _aligned(blur @ first @ blur.T, blur @ second @ blur.T, window.take(block), steps=2)
        return *best, _details(_seen(first, best), second)

    return _block_by_block(one, len(a))


def _block_by_block(one: Callable[[slice], tuple[np.ndarray, ...]], n: int) -> tuple[Window, np.ndarray]:
    """Windows and distances (n,), from those of each block."""
    with ThreadPoolExecutor(THREADS) as threads:  # numpy lets others work meanwhile
        found = list(threads.map(one, _blocks(n, BLOCK)))
    height, top, width, left, away = [np.concatenate(column) for column in zip(*found, strict=True)] or [
        np.zeros(0)
    ] * 5
    return Window(height, top, width, left), away


def _aligned(a: np.ndarray, b: np.ndarray, window: Window, *, steps: int) -> Window:
    """The windows in which pictures a (m, s, s) show b, by least squares; a step that does not help is halved."""
    slopes = tuple(np.gradient(a, axis=axis) * a.shape[1] for axis in (1, 2))
    seen = _seen(a, window)
    error, pace = (b - seen).var(axis=(1, 2)), np.ones(len(a), dtype=np.float32)
    for _ in range(steps):
        further = _stepped(seen, slopes, b, window, pace)
        there = _seen(a, further)
        left = (b - there).var(axis=(1, 2))
        better = left < error
        window = Window(*(np.where(better, new, old) for new, old in zip(further, window, strict=True)))
        seen, error = np.where(better[:, None, None], there, seen), np.minimum(left, error)
        pace = np.where(better, pace, pace / 2)
    return window


def _stepped(
    seen: np.ndarray, slopes: tuple[np.ndarray, ...], b: np.ndarray, window: Window, pace: np.ndarray
) -> Window:
    """Windows after one step towards b, from what is seen through them now; contrast and brightness are fitted, too."""
    along = (np.arange(seen.shape[1], dtype=np.float32) + 0.5) / seen.shape[1]
    dy, dx = (_seen(slope, window) for slope in slopes)
    moves = np.stack([dy * along[:, None], dy, dx * along, dx, seen, np.ones_like(seen)], axis=1)
    moves = moves.reshape(len(seen), 6, -1)
    normal = moves @ moves.transpose(0, 2, 1)
    normal[:, range(6), range(6)] = normal[:, range(6), range(6)] * 1.001 + 1e-3
    right = moves @ (b - seen).reshape(len(seen), -1, 1)
    step = np.clip(np.linalg.solve(normal, right)[:, :4, 0], -STEP, STEP) * pace[:, None]
    height, top, width, left = (old + new for old, new in zip(window, step.T, strict=True))
    return Window(
        np.clip(height, LEAST, MOST),
        np.clip(top, BEFORE, BEYOND),
        np.clip(width, LEAST, MOST),
        np.clip(left, BEFORE, BEYOND),
    )


def _seen(pictures: np.ndarray, window: Window) -> np.ndarray:
    """What pictures (m, s, s) show in their windows, as large as before."""
    side = pictures.shape[1]
    rows, columns = _sampler(side, window.height, window.top), _sampler(side, window.width, window.left)
    return rows @ pictures @ columns.transpose(0, 2, 1)


def _cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Distances (m,) of pictures (m, s, s) of which brightness and contrast do not count."""
    a, b = (one - one.mean(axis=(1, 2), keepdims=True) for one in (a, b))
    inner, lengths = (a * b).sum(axis=(1, 2)), (a * a).sum(axis=(1, 2)) * (b * b).sum(axis=(1, 2))
    return np.sqrt(np.maximum(0, 1 - inner / np.sqrt(lengths + 1e-9)))


def _details(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How little the details of pictures (m, SIDE, SIDE) agree, from 0 to 1, over rings of frequencies."""
    waves = _frequencies(BANDS + 1, SIDE)
    ring = np.hypot(*np.mgrid[: BANDS + 1, : BANDS + 1]).round().astype(np.int64).ravel()
    rings = (ring[:, None] == np.arange(1, BANDS + 1)).astype(np.float32)
    fa, fb = ((waves @ one @ waves.T).reshape(len(one), -1) for one in (a, b))
    inner, strength = (fa * fb) @ rings, np.sqrt(((fa * fa) @ rings) * ((fb * fb) @ rings)) + 1e-9
    weight = strength**STRENGTH
    agreed = (inner / strength * weight).sum(axis=1) / weight.sum(axis=1)
    return np.sqrt(np.maximum(0, 1 - agreed))


def _sampler(side: int, share: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Matrices (m, side, side) that read a line between its pixels: a share of it from a start on."""
    along = (np.arange(side, dtype=np.float32) + 0.5) / side
    at = (start[:, None] + share[:, None] * along) * side - 0.5
    return np.maximum(0, 1 - np.abs(at[:, :, None] - np.arange(side, dtype=np.float32))).astype(np.float32)


def _areas(to: int, of: int) -> np.ndarray:
    """The matrix (to, of) that takes the means of a line of pixels over `to` equal parts."""
    return _overlap(np.arange(to + 1) / to, of)


def _cut(share: float, start: float) -> np.ndarray:
    """The matrix (SIDE, SIDE) that stretches a share of a line, from a start on, to the whole of it."""
    return _overlap(start + share * np.arange(SIDE + 1) / SIDE, SIDE)


def _overlap(edges: np.ndarray, of: int) -> np.ndarray:
    pixels = np.arange(of + 1) / of
    low = np.maximum(edges[:-1, None], pixels[None, :-1])
    high = np.minimum(edges[1:, None], pixels[None, 1:])
    shared = np.maximum(0, high - low)
    return (shared / shared.sum(axis=1, keepdims=True)).astype(np.float32)


def _frequencies(count: int, of: int) -> np.ndarray:
    """The first `count` cosines (count, of) over a line of pixels, of length 1."""
    waves = np.cos(np.pi * np.arange(count)[:, None] * (np.arange(of) + 0.5) / of) * np.sqrt(2 / of)
    waves[0] /= np.sqrt(2)
    return waves.astype(np.float32)


def _blur(side: int) -> np.ndarray:
    away = np.arange(side)[:, None] - np.arange(side)
    bell = np.exp(-0.5 * (away / SOFT[side]) ** 2)
    return (bell / bell.sum(axis=1, keepdims=True)).astype(np.float32)


def _blocks(n: int, step: int) -> Iterator[slice]:
    return (slice(start, min(n, start + step)) for start in range(0, n, step))
