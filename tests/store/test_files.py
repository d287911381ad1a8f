"""Where everything is kept."""

import sys
from pathlib import Path

import pytest

from fdmat_core.store import files


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")
@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({}, "/somewhere/.cache/fdmat"),
        ({"XDG_CACHE_HOME": ""}, "/somewhere/.cache/fdmat"),
        ({"XDG_CACHE_HOME": "/caches"}, "/caches/fdmat"),
        ({"XDG_CACHE_HOME": "/caches", "FDMAT_HOME": "/mine"}, "/mine"),
        ({"FDMAT_HOME": "~/mine"}, "/somewhere/mine"),
    ],
)
def test_everything_is_kept_in_the_cache_folder_unless_told_otherwise(monkeypatch, variables, place):
    for name in ("FDMAT_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/somewhere", **variables}.items():
        monkeypatch.setenv(name, value)
    assert files.home() == Path(place)
