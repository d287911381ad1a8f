"""Which versions made a result: this program, Python, and the packages whose results depend on their version."""

from __future__ import annotations

import platform
from importlib import metadata

from fdmat_core import __version__

PACKAGES = ("streamlit", "torch", "torchvision", "POT", "umap-learn", "plotly", "numpy", "scikit-learn", "pandas")


def here() -> dict[str, str]:
    """The versions that run here, by name."""
    return {"FDMat Explorer": __version__, "Python": platform.python_version()} | {one: _of(one) for one in PACKAGES}


def _of(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
