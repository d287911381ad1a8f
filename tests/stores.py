"""Stores that several tests read: filled once, with maps by PCA, as UMAP takes long to compile."""

from contextlib import contextmanager

import pytest

from fdmat_core import projection


@contextmanager
def filling(tmp_path_factory, name):
    """A new home in which runs are made within: yields its folder."""
    home = tmp_path_factory.mktemp(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FDMAT_HOME", str(home))
        patch.setattr(projection, "umap", lambda table, seed=0: projection.pca(table))
        yield home
