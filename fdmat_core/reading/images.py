"""Images from files that nobody has checked: limits before decoding, every depth and mode as 8 bits of colour."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

#: Formats that are decoded, whatever a file is called: nothing that runs code or another program.
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "PPM", "TIFF", "MPO", "HEIF", "AVIF")
#: Formats that a package adds, and that package.
ADDED = {".heic": "pillow-heif", ".heif": "pillow-heif", ".avif": "pillow-heif"}
#: Names that images end in; other files are passed over.
ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff", *ADDED)
#: More pixels than this are not decoded: a file of kilobytes can ask for gigabytes.
MOST_PIXELS = 89_000_000
#: Highest value of a pixel, by the mode of images with more than 8 bits.
FULL = {"I;16": 65535, "I;16B": 65535, "I;16L": 65535, "I": 65535}

#: A file, or the bytes of one.
Source = Path | bytes


class Seen(NamedTuple):
    """What is known of an image without its pixels."""

    mode: str = ""
    size: tuple[int, int] = (0, 0)
    trouble: str = ""  # why it cannot be read; empty if it can
    several: bool = False  # it holds more than one picture

    def named(self, name: str) -> Seen:
        """The same with a name before the trouble, if there is any."""
        return self._replace(trouble=f"{name}: {self.trouble}") if self.trouble else self


def look_at(source: Source) -> Seen:
    """Read an image to its end, and say what it is or why it cannot be used."""
    try:
        with _opened(source) as image:
            image.load()
            return Seen(image.mode, image.size, several=bool(getattr(image, "is_animated", False)))
    except Exception as error:  # whatever a decoder raises on broken bytes
        return Seen(trouble=_why(error, source))


def square(source: Source, size: int, name: str = "") -> np.ndarray:
    """An image as a colour square (size, size, 3), turned as the camera was held; the middle is cut out."""
    from PIL import ImageOps

    try:
        with _opened(source) as image:
            return np.asarray(ImageOps.fit(colour(ImageOps.exif_transpose(image)), (size, size)))
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(
            f"{name or source} can no longer be read ({_why(error, source)}); put it back or load the data again"
        ) from error


def fitted(source: Source, shape: tuple[int, ...]) -> np.ndarray:
    """An image in a shape (height, width, 3, or 1 for grey), turned as the camera was held; the middle is cut out.

    Raises whatever a decoder raises on broken bytes, an OSError, ValueError or SyntaxError.
    """
    from PIL import ImageOps

    height, width, channels = shape
    with _opened(source) as image:
        found = ImageOps.fit(colour(ImageOps.exif_transpose(image)), (width, height))
        return np.asarray(found.convert("L") if channels == 1 else found).reshape(shape)


def reader(source: Callable[[int], Source], size: int) -> Callable[[np.ndarray], np.ndarray]:
    """A function from rows to images (m, size, size, 3), from one that gives the file or bytes of a row."""

    def read(rows: np.ndarray) -> np.ndarray:
        found = np.empty((len(rows), size, size, 3), dtype=np.uint8)
        for place, row in enumerate(rows):
            found[place] = square(source(int(row)), size)
        return found

    return read


def colour(image: Image) -> Image:
    """An image of any mode in 8 bits of red, green, blue: more bits are scaled, what is transparent becomes white."""
    from PIL import Image as images

    if image.mode in FULL or image.mode == "F":
        image = images.fromarray(_eight_bits(np.asarray(image), FULL.get(image.mode, 0)))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        behind = images.new("RGBA", image.size, "white")
        image = images.alpha_composite(behind, image.convert("RGBA"))
    return image.convert("RGB")


def _eight_bits(values: np.ndarray, full: int) -> np.ndarray:
    """Grey values as bytes; those of floats run to 1, 255 or 65535, whichever holds them."""
    values = np.nan_to_num(values.astype(np.float64))
    if not full:
        full = next((top for top in (1, 255, 65535) if values.max(initial=0) <= top), values.max(initial=1))
    return np.clip(np.round(255 * values / full), 0, 255).astype(np.uint8)


def _opened(source: Source) -> Image:
    from PIL import Image as images

    if isinstance(source, Path) and source.suffix.lower() in ADDED:
        _add_heif()
    image = images.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=_formats())
    if image.size[0] * image.size[1] > MOST_PIXELS:
        raise ValueError(f"{image.size[0]:,} x {image.size[1]:,} pixels are more than {MOST_PIXELS:,}")
    return image


def _formats() -> list[str]:
    from PIL import Image as images

    images.init()
    return [name for name in FORMATS if name in images.OPEN]


def _add_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        raise ValueError('needs `pip install "fdmat-explorer[heif]"`') from None
    pillow_heif.register_heif_opener()


def _why(error: Exception, source: Source) -> str:
    text = " ".join(str(error).split())
    if type(error).__name__ == "UnidentifiedImageError":
        return "no image in a format that is read" if not isinstance(source, Path) or source.stat().st_size else "empty"
    if "DecompressionBomb" in type(error).__name__:
        return f"more than {MOST_PIXELS:,} pixels"
    return text or type(error).__name__
