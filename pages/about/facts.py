"""Facts about the installation as small tables: versions, disk use, where data and weights come from."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from fdmat_core.registry import BackboneFacts, DatasetFacts, Entry
from fdmat_core.report.versions import here
from fdmat_core.store import entries as store


def versions() -> pd.DataFrame:
    """What runs here: this program, Python and the packages whose results depend on their version."""
    return pd.DataFrame(list(here().items()), columns=["package", "version"])


def usage() -> pd.DataFrame:
    """Megabytes on disk by kind of what is stored."""
    sizes = store.usage()
    rows = [(kind, size / 1e6) for kind, size in sizes.items()] + [("all", sum(sizes.values()) / 1e6)]
    return pd.DataFrame([(kind, f"{size:,.1f} MB") for kind, size in rows], columns=["kind", "on disk"])


def sources(entries: Iterable[Entry[DatasetFacts] | Entry[BackboneFacts]]) -> pd.DataFrame:
    """Datasets and backbones with their source and licence."""
    rows = [(one.title, one.kind, getattr(one.facts, "licence", ""), one.facts.source) for one in entries]
    return pd.DataFrame(rows, columns=["name", "kind", "licence", "source"])
