"""Facts about the installation as small tables: versions, disk use, where data and weights come from."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import metadata

import pandas as pd

from fdmat_core import __version__
from fdmat_core.registry import BackboneFacts, DatasetFacts, Entry
from fdmat_core.store import entries as store

PACKAGES = ("streamlit", "torch", "torchvision", "POT", "umap-learn", "plotly", "numpy", "scikit-learn", "pandas")


def versions() -> pd.DataFrame:
    """What runs here: this program, Python and the packages whose results depend on their version."""
    rows = [("FDMat Explorer", __version__), ("Python", platform.python_version())]
    rows += [(name, _version(name)) for name in PACKAGES]
    return pd.DataFrame(rows, columns=["package", "version"])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def usage() -> pd.DataFrame:
    """Megabytes on disk by kind of what is stored."""
    sizes = store.usage()
    rows = [(kind, size / 1e6) for kind, size in sizes.items()] + [("all", sum(sizes.values()) / 1e6)]
    return pd.DataFrame([(kind, f"{size:,.1f} MB") for kind, size in rows], columns=["kind", "on disk"])


def sources(entries: Iterable[Entry[DatasetFacts] | Entry[BackboneFacts]]) -> pd.DataFrame:
    """Datasets and backbones with their source and licence."""
    rows = [(one.title, one.kind, getattr(one.facts, "licence", ""), one.facts.source) for one in entries]
    return pd.DataFrame(rows, columns=["name", "kind", "licence", "source"])
