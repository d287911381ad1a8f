"""Words about files and names that findings are made of."""

import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from fdmat_core import datasets
from fdmat_core.reading import archives, places
from fdmat_core.reading.places import listed


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (4, "a, b, c, d"),
        (5, "a, b, c, d, e"),
        (6, "a, b, c, d and 2 more"),
    ],
)
def test_no_single_name_is_hidden(count, words):
    assert listed("abcdef"[:count], 4) == words


def test_a_new_folder_of_a_class_changes_what_was_seen(tmp_path):
    for name in ("a/1", "a/2", "b/inner/3"):
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(name)
    root = tmp_path / "root"
    with datasets.noting() as noted:
        places.marks(root, places.walk(root, root, []))
    seen = [datasets.state_of(noted)]
    for change in ("c", "b/other"):
        (root / change).mkdir()
        seen.append(datasets.state_of(noted))
    assert len(set(seen)) == 3
    (tmp_path / "beside").mkdir()  # what lies beside the data is nothing to them
    assert datasets.state_of(noted) == seen[-1]


def test_who_opens_an_archive_while_it_is_unpacked_waits_for_all_of_it(tmp_path, monkeypatch):
    file = tmp_path / "mine.zip"
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(40):
            packed.writestr(f"data/{number}.txt", str(number))
    write = archives._write
    monkeypatch.setattr(archives, "_write", lambda *args: (time.sleep(0.005), write(*args)))
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(archives.inside, [file] * 4))
    assert len(set(found)) == 1 and len(list(found[0].iterdir())) == 40
    assert [one.name for one in found[0].parent.parent.iterdir()] == [found[0].parent.name]  # and nothing half done
