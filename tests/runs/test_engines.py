"""Where tasks are computed: the same bytes anywhere, whoever is killed; and how an engine is chosen."""

import hashlib
import importlib
import importlib.util
import json
import os
import signal
import sqlite3
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from fdmat_core import cli
from fdmat_core.runs import artifacts, by_class, engines, jobs, library, memory, settings, tasks
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.store import files
from tests.runs.conftest import exists, make_spec, wait_for, with_features
from tests.stores import filling

ON_RAY = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs the extra `ray`")
ENGINES = [("processes", 1), ("processes", 2), ("processes", 4), pytest.param("ray", 2, marks=ON_RAY)]


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """A Ray cluster of two workers on this machine, where Ray is installed."""
    if importlib.util.find_spec("ray") is None:
        yield
        return
    ray = importlib.import_module("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def choose(monkeypatch, name, workers):
    monkeypatch.setenv("FDMAT_ENGINE", name)
    monkeypatch.setenv("FDMAT_WORKERS", str(workers))


def stored():
    """The bytes of every array of the store, and every point with its classes, but for when it was made."""
    home = files.home()
    found = {
        str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest() for file in home.rglob("*/*.npy")
    }
    database = sqlite3.connect(home / "fdmat.sqlite")
    for table, says in (("points", "value"), ("classes", "parts")):
        rows = database.execute(f"SELECT origin, method, measure, version, kept, seed, {says}, seal FROM {table}")
        found |= {str((table, *row[:-2])): row[-2:] for row in rows}
    database.close()
    return found


def rich():
    """A run with methods that draw, that weigh and that are not nested, and with measures that train."""
    measures = ("energy", "sliced_wasserstein", "linear_probe")
    chosen = (*map(Choice, measures), Choice.of("full_training", steps=10))
    return make_spec("fdmat", "k_medoids", "craig", "random", measures=chosen, fractions=(0.05, 0.2))


@pytest.fixture(scope="module")
def by_one(tmp_path_factory):
    """What a run stores that computes one task after the other in its own process."""
    with filling(tmp_path_factory, "serial"):
        assert jobs.work(rich()).state == "done"
        return stored()


@pytest.mark.parametrize(("name", "workers"), ENGINES)
def test_every_engine_leaves_the_same_bytes(monkeypatch, by_one, name, workers):
    choose(monkeypatch, name, workers)
    assert jobs.work(rich()).state == "done"
    assert Run(rich()).problems == {} and Run(rich()).complete
    assert 0 < Run(rich()).costs.trainings["full_training(steps=10)"] < 60
    assert stored() == by_one
    assert sum("ranking/" in key for key in by_one) > 10 and sum("('points'" in key for key in by_one) > 80
    assert sum("('classes'" in key for key in by_one) > 10


@pytest.mark.parametrize(("name", "workers"), [("processes", 2), pytest.param("ray", 2, marks=ON_RAY)])
def test_a_ranking_of_many_rows_is_divided_by_class_and_the_same(monkeypatch, by_one, name, workers):
    monkeypatch.setattr(by_class, "ROWS", 100)
    choose(monkeypatch, name, workers)
    notes = []
    library.execute(rich(), lambda done, total, note: notes.append(note))
    assert any("k-medoids (3 classes)" in note for note in notes) and "rankings: 2 of 2 workers: Random, FDMat" in notes
    assert Run(rich()).problems == {} and Run(rich()).complete
    assert stored() == by_one


def test_killing_workers_costs_their_tasks_only(monkeypatch, by_one):
    choose(monkeypatch, "processes", 2)
    killed, notes = [], []

    def tell(done, total, note):
        notes.append(note)
        if (note.startswith("rankings") and done == 2) or (note.startswith("points") and done == 40):
            mine = [child for child in psutil.Process().children() if child.pid not in killed and is_worker(child)]
            os.kill(mine[0].pid, signal.SIGKILL)
            killed.append(mine[0].pid)

    library.execute(rich(), tell)
    assert len(killed) == 2
    assert Run(rich()).problems == {} and stored() == by_one
    assert "rankings: 2 of 2 workers: Random, FDMat" in notes  # what a page shows
    assert any(note.startswith("trainings: 1 of 2 workers: ") for note in notes)  # the last one
    stages = list(dict.fromkeys(note.partition(":")[0] for note in notes))
    assert stages[stages.index("points") + 1] == "trainings"  # what is left of each is told by its own pace


def is_worker(process):
    with suppress(psutil.NoSuchProcess):  # it has just ended
        return any("spawn_main" in word for word in process.cmdline())
    return False


def named(folder):
    """Leave a file for each time that this is called, and answer with the process that it was called in."""
    place = Path(folder)
    place.mkdir(exist_ok=True)
    (place / str(time.time_ns())).touch()
    return os.getpid()


def killed_once(folder):
    first = not Path(folder).exists()
    process = named(folder)
    if first and folder.endswith("3"):
        os.kill(process, signal.SIGKILL)
    return process


def killed_always(folder):
    if folder.endswith("3"):
        os.kill(os.getpid(), signal.SIGKILL)
    return named(folder)


@pytest.mark.parametrize(("name", "workers"), ENGINES)
def test_a_task_whose_process_is_killed_is_begun_again_and_no_other(tmp_path, monkeypatch, name, workers):
    choose(monkeypatch, name, workers)
    folders = [str(tmp_path / str(number)) for number in range(8)]
    with engines.opened(engines.chosen()) as engine:
        assert engine.workers == workers and not engine.here
        answers = {task: future.result() for task, future in engines.each(engine, killed_once, folders)}
    assert set(answers) == set(folders) and os.getpid() not in answers.values()
    if name == "processes":
        assert len(set(answers.values())) <= workers + 1
    assert [len(list(Path(folder).iterdir())) for folder in folders] == [1, 1, 1, 2, 1, 1, 1, 1]


def test_a_task_that_ends_every_process_is_an_error_and_the_others_go_on(tmp_path):
    folders = [str(tmp_path / str(number)) for number in range(6)]
    with engines.opened(engines.Chosen("processes", 2)) as engine:
        futures = dict(engines.each(engine, killed_always, folders))
    errors = {task: future.exception() for task, future in futures.items() if future.exception()}
    assert list(errors) == [folders[3]]
    assert isinstance(errors[folders[3]], MemoryError) and "killed 3 times" in str(errors[folders[3]])
    assert all(len(list(Path(folder).iterdir())) == 1 for folder in folders if folder != folders[3])


class Odd(Exception):
    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")


def fails(task):
    if task == "odd":
        raise Odd(1, 2)
    raise {"value": ValueError("lam is -1; give 0.01 to 1000"), "disk": OSError(28, "No space left on device")}[task]


@pytest.mark.parametrize("name", ["serial", "processes", pytest.param("ray", marks=ON_RAY)])
def test_the_error_of_a_task_is_that_of_its_function(name):
    with engines.opened(engines.Chosen(name, 1)) as engine:
        found = {task: future.exception() for task, future in engines.each(engine, fails, ("value", "disk", "odd"))}
    assert type(found["value"]) is ValueError and str(found["value"]) == "lam is -1; give 0.01 to 1000"
    assert isinstance(found["disk"], OSError) and found["disk"].errno == 28
    assert "1 and 2" in str(found["odd"])
    if name != "serial":
        assert "in fails" in found["value"].__notes__[0] and type(found["odd"]) is RuntimeError


def test_tasks_are_asked_for_when_a_worker_is_free(tmp_path):
    asked, seen = [], []

    def todo():
        for number in range(6):
            asked.append(number)
            yield str(tmp_path / str(number))

    with engines.opened(engines.Chosen("processes", 2)) as engine:
        for _ in engines.each(engine, named, todo()):
            seen.append(len(asked))
    assert len(seen) == 6 and all(now <= done + 2 for done, now in enumerate(seen)) and seen[0] == 2


def test_cancelling_a_job_ends_its_workers(monkeypatch):
    choose(monkeypatch, "processes", 2)
    monkeypatch.setenv("SLOW", "30")
    key = jobs.submit(with_features(make_spec("herding", "fdmat")))
    pids = wait_for(lambda: workers_of(key, 2))
    began = time.monotonic()
    jobs.cancel(key)
    assert time.monotonic() - began < 2 and jobs.status(key).state == "cancelled"
    assert wait_for(lambda: not any(map(exists, pids)), 5)


def test_workers_end_when_the_process_of_their_run_is_killed(monkeypatch):
    choose(monkeypatch, "processes", 2)
    monkeypatch.setenv("SLOW", "1")
    key = jobs.submit(with_features(make_spec("herding", "fdmat")))
    pids = wait_for(lambda: workers_of(key, 2))
    with jobs.connect(jobs.SCHEMA) as database:
        os.kill(jobs._job(database, key).pid, signal.SIGKILL)
    assert wait_for(lambda: not any(map(exists, pids)), 30)


def workers_of(key, count):
    assert jobs.status(key).live, jobs.log(key)
    with jobs.connect(jobs.SCHEMA) as database:
        children = psutil.Process(jobs._job(database, key).pid).children()
    found = [child.pid for child in children if is_worker(child)]
    return found if len(found) == count else []


def work(spec):
    with_features(spec)
    spec = settings.checked(spec)
    return tasks.Work.of(spec, artifacts.used_features(spec))


def test_a_worker_of_another_version_refuses():
    mine = work(make_spec("herding"))
    tasks.ranking(mine, tasks.Rank(Choice("herding"), None))
    assert Run(mine.spec).ranking(Choice("herding")) is not None
    with pytest.raises(tasks.Unfit, match="another version of this program or of a library"):
        tasks.ranking(mine._replace(version="another"), tasks.Rank(Choice("herding"), None))


def test_a_worker_that_is_not_fit_stops_the_run_and_nothing_counts_as_a_problem(monkeypatch):
    choose(monkeypatch, "processes", 1)
    monkeypatch.setattr(tasks, "_version", lambda spec, used: "that of this process alone")
    end = jobs.work(make_spec("herding", "fdmat"))
    assert (end.state, end.stage) == ("failed", "rankings") and "another version of this program" in end.message
    assert end.advice == "Install the same versions on every machine."
    assert Run(make_spec("herding", "fdmat")).problems == {}


def test_a_worker_that_does_not_see_the_store_refuses(tmp_path, monkeypatch):
    mine = work(make_spec("herding", fractions=(0.3,)))
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(tasks.Unfit, match=r"finds no features of this run under .*elsewhere; let FDMAT_HOME"):
        tasks.ranking(mine, tasks.Rank(Choice("herding"), None))


def test_a_worker_that_reads_other_data_refuses(monkeypatch):
    mine = work(make_spec("herding", measures=(Choice.of("full_training", steps=10),)))
    (task, *_) = tasks.curves.tasks(mine.used.n, mine.spec, mine.used.largest)
    other = Run(make_spec(dataset=Choice("digits"))).dataset()
    monkeypatch.setattr(tasks.datasets, "load", lambda choice: other)
    with pytest.raises(tasks.Unfit, match="other data than the run began with"):
        tasks.point(mine, task)


def test_a_worker_holds_less_after_memory_ran_out(monkeypatch):
    mine = work(make_spec("herding", balance="equal"))
    folder, seen = artifacts.folder(mine.spec.key), []
    memory.note(folder)
    block = memory.distances.BLOCK
    monkeypatch.setattr(tasks, "rank", lambda *_: seen.append(memory.distances.BLOCK))
    tasks.ranking(tasks.Work.of(mine.spec, mine.used), tasks.Rank(Choice("herding"), None))
    assert seen == [block // memory.SMALLER] and block == memory.distances.BLOCK


@pytest.mark.parametrize(
    ("name", "workers", "words"),
    [
        ("procesess", "2", "engine is 'procesess'; choose serial, processes, ray"),
        ("processes", "0", "workers is '0'; give a number from 1"),
        ("processes", "two", "workers is 'two'; give a number from 1"),
        ("serial", "2", "workers is 2, but engine 'serial' computes one task at a time; choose 'processes'"),
        ("", "2", "workers is 2, but engine 'serial'"),
    ],
)
def test_what_cannot_be_chosen_is_said_before_anything_is_computed(monkeypatch, name, workers, words):
    choose(monkeypatch, name, workers)
    with pytest.raises(ValueError, match=words):
        engines.chosen()
    end = jobs.work(make_spec("herding"))
    assert end.state == "failed" and words.partition(";")[0] in f"{end.message}" and Run(make_spec()).tables is None


def test_the_command_line_chooses_an_engine(tmp_path, monkeypatch, capsys):
    choose(monkeypatch, "", "")
    opened = []

    @contextmanager
    def noted(workers):
        opened.append(workers)
        yield engines.HERE

    monkeypatch.setitem(engines.ENGINES, "processes", noted)
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(make_spec("herding").to_json()))
    assert cli.main(["run", "--spec", str(spec), "--engine", "processes", "--workers", "3"]) == 0
    assert opened == [3]
    assert cli.main(["run", "--spec", str(spec), "--engine", "spark"]) == 2
    assert "error: engine is 'spark'; choose serial, processes, ray" in capsys.readouterr().err


def test_ray_that_is_not_installed_is_said(monkeypatch):
    choose(monkeypatch, "ray", 2)
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"Ray, which is not installed; run `pip install 'fdmat-explorer\[ray\]'`"):
        engines.chosen()


def test_an_engine_is_chosen_by_the_environment_or_by_hand(monkeypatch):
    choose(monkeypatch, "", "")
    assert engines.chosen() == ("serial", 1)
    engines.choose("processes")
    assert engines.chosen() == ("processes", os.cpu_count())
    engines.choose(workers=3)
    assert engines.chosen() == ("processes", 3)
    engines.choose()
    assert engines.chosen() == ("processes", 3)
