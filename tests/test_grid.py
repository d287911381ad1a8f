"""The grid: its work comes in an order that may end anywhere, and a killed one goes on to the same trials."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import grid, grid_data
from fdmat_core.errors import plain
from fdmat_core.spec import Choice

ROOT = Path(__file__).resolve().parents[1]
#: Two methods on digits, clean and with flips, at two shares: seconds.
TINY = """
import os, signal
from pathlib import Path
from benchmarks import grid
from fdmat_core.spec import Choice

grid.SHARES = (0.01, 0.03)
home = Path(os.environ["FDMAT_HOME"])
units = [grid.Unit(0, "digits", damage, (grid.PROBE,)) for damage in ("clean", "40% flips")]
calls, answer, last = [], grid.answer, int(os.environ["TRIALS"])

def dying(future):
    calls.append(future)
    if len(calls) > last:
        with (home / "trials.jsonl").open("a") as out:
            out.write('{"dataset": "digits", "dam')  # as a write that was cut off
        os.kill(os.getpid(), signal.SIGKILL)
    return answer(future)

grid.answer = dying
grid.run(home / "trials.jsonl", iter(units), 60, (Choice("random"), Choice("herding")))
"""


def tiny(home, trials=1000):
    """Run the tiny grid, killed after some trials."""
    home.mkdir(exist_ok=True)
    environment = os.environ | {"FDMAT_HOME": str(home), "TRIALS": str(trials), "OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, "-c", TINY], cwd=ROOT, env=environment, check=False).returncode


def values(home):
    return {grid.key(one): one["value"] for one in grid.known(home / "trials.jsonl")}


@pytest.mark.slow
def test_a_killed_grid_goes_on_to_the_same_trials(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert tiny(whole) == 0
    assert tiny(killed, 7) == -signal.SIGKILL
    assert len(values(killed)) == 7
    assert tiny(killed) == 0
    assert values(killed) == values(whole)
    lines = (killed / "trials.jsonl").read_text().splitlines()
    assert len(lines) == len({grid.key(json.loads(line)) for line in lines}) == 18  # none twice, nothing cut off
    assert grid.known(whole / "trials.jsonl")[0]["commit"] == grid.commit()


def test_every_draw_of_every_damage_comes_before_the_next_draw():
    todo = list(grid.units(["segments", "digits"], 2))
    first = [unit for unit in todo if unit.damage in grid.DAMAGES]
    assert [unit.draw for unit in first] == sorted(unit.draw for unit in first)
    assert [unit[:3] for unit in todo[:4]] == [(0, name, "clean") for name in ("segments", "digits")] * 2
    assert [unit.judges for unit in todo[:4]] == [grid.JUDGED] * 2 + [(grid.TRAINED,)] * 2
    later = [place for place, unit in enumerate(todo) if (unit.draw, unit.damage) == (0, "20% flips")]
    last = max(place for place, unit in enumerate(todo) if (unit.draw, unit.damage) == (1, "one class polluted"))
    assert min(later) > last  # two draws of the main damages first
    assert len(todo) == len(set(todo))


def test_networks_are_trained_only_where_a_dataset_says_so():
    todo = list(grid.units(["Fashion-MNIST", "Fashion-MNIST, pretrained"], 1))
    trained = {unit.damage for unit in todo if unit.dataset == "Fashion-MNIST" and grid.TRAINED in unit.judges}
    assert trained == set(grid_data.ON_IMAGES)
    assert {unit.damage for unit in todo if unit.dataset == "Fashion-MNIST, pretrained"} == set(grid_data.IF_WIDE)


def test_a_share_is_tried_where_every_class_can_keep_an_item():
    methods = (Choice("fdmat"), Choice("random"), Choice("herding"))
    probed = list(grid.tried(grid.Unit(2, "digits", "clean", (grid.PROBE,)), 1347, 10, methods))
    assert sorted({one.share for one in probed}) == [0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 1]  # .003 of 1,347 are four items
    assert [one.task.seed for one in probed if one.share == 0.1 and one.task.method.name == "random"] == [2, 1002, 2002]
    assert [str(one.task.method) for one in probed if one.share == 1] == ["random"]
    assert [str(one.task.method) for one in probed if one.share == 0.5] == ["fdmat", *["random"] * 3]
    trained = list(grid.tried(grid.Unit(2, "digits", "clean", (grid.TRAINED,)), 1347, 10, methods))
    few = ["fdmat", "random"]
    by_share = {share: [str(one.task.method) for one in trained if one.share == share] for share in (0.03, 0.3, 0.7, 1)}
    assert by_share == {0.03: ["fdmat", "random", "herding"], 0.3: few, 0.7: few, 1: ["random"]}
    assert {one.task.seed for one in trained} == {2}


def test_a_failure_is_kept_with_its_reason():
    def fail():
        raise ValueError("no\n such method")

    from fdmat_core.runs import engines

    future = engines.HERE.submit(lambda _: fail(), None)
    found = grid.answer(future)
    assert np.isnan(found["value"])
    assert found["problem"] == plain(ValueError("no such method"))


def test_images_are_halved_by_the_mean_of_four_pixels():
    images = np.array([[[0, 4, 10, 10], [4, 8, 10, 10]]], dtype=np.uint8)
    np.testing.assert_array_equal(grid_data.halved(images), [[[4, 10]]])


def test_a_dataset_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("FDMAT_GRID_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"package/src/digits/0.json is not in .*; see benchmarks/grid_data.py"):
        grid_data.choice("MNIST", 0, tmp_path)


def test_every_draw_holds_out_other_items(tmp_path):
    from fdmat_core import datasets

    one, other = (datasets.load(grid_data.choice("digits", draw, tmp_path)) for draw in (0, 1))
    assert len(one.split("train").ids) == 1347
    assert len(np.setdiff1d(one.splits["test"], other.splits["test"])) > 200
