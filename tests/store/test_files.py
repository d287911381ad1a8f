"""Where everything is kept."""

import sys
from pathlib import Path

import pytest

from fdmat_core.store import files


def test_a_file_in_a_folder_that_is_not_there_is_refused_by_its_own_name(tmp_path):
    said = r"kept\.csv cannot be written: there is no folder .*nowhere; make it"
    with pytest.raises(FileNotFoundError, match=said), files.whole(tmp_path / "nowhere" / "kept.csv"):
        pass


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
