"""Jobs in processes of their own: shared, queued, cancelled, lost, resumed."""

import hashlib
import json
import os
import signal
import sqlite3
import threading
import time

import psutil
import pytest

from fdmat_core import errors
from fdmat_core.runs import artifacts, decisions, heartbeat, jobs, library, points, settings, stages, tasks
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import KINDS, Run
from fdmat_core.spec import Choice
from fdmat_core.store import entries, provenance
from fdmat_core.store.database import connect
from fdmat_core.store.files import home
from tests.runs.conftest import exists, make_spec, wait_for, with_features

MARK = {"job": 1, "pid": 42}
COMMAND = jobs.COMMAND


def slow(monkeypatch, seconds=30, **environment):
    """Let every ranking of the children take so long."""
    for name, value in {"SLOW": seconds, **environment}.items():
        monkeypatch.setenv(name, str(value))


def submitted(*methods, **changes):
    return jobs.submit(with_features(make_spec(*(methods or ("herding",)), **changes)))


def state(key):
    return jobs.status(key).state


def wait_until(key, *states):
    return wait_for(lambda: jobs.status(key) if state(key) in states else None, 120)


def wait_for_stage(key, stage):
    """Until the child is in this stage; it must not end before."""
    wait_for(lambda: jobs.status(key).stage == stage or not jobs.status(key).live, 120)
    assert jobs.status(key).live, jobs.log(key)


def row(key):
    with connect(jobs.SCHEMA) as database:
        return jobs._job(database, key)


def rankings():
    files = (home() / "ranking").glob("*/*.npy")
    return {f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_job_runs_to_its_end_and_leaves_what_the_same_run_here_would():
    spec = make_spec("fdmat", "el2n")
    assert jobs.status(spec.key) is None
    key = jobs.submit(spec)
    assert key == settings.checked(spec).key and state(key) in ("queued", "running")
    end = wait_until(key, *jobs.FINAL, "lost")
    assert (end.state, end.stage, end.seconds_left) == ("done", "projection", None), jobs.log(key)
    assert not end.live and end.heartbeat > end.started > 0
    there, curve = rankings(), Run(spec).curve()
    entries.delete("ranking", artifacts.ranking_key(spec, artifacts.used_features(spec), Choice("fdmat"), 0, None))
    points.forget(artifacts.source(spec, artifacts.used_features(spec)).origin)
    library.execute(spec)
    assert rankings() == there and Run(spec).curve().equals(curve)


def test_what_is_whole_without_a_job_is_done_and_what_is_not_is_not_started():
    spec = settings.checked(with_features(make_spec("herding")))
    library.save(spec)
    assert jobs.status(spec.key) is None
    library.execute(spec)
    assert jobs.status(spec.key) == jobs.Status(spec.key, "done")
    entries.delete("ranking", artifacts.ranking_key(spec, artifacts.used_features(spec), Choice("herding"), 0, None))
    assert jobs.status(spec.key) is None


def test_kill_9_shows_as_lost_and_resuming_gives_what_an_undisturbed_run_gives(tmp_path, monkeypatch):
    spec = make_spec("fdmat", "herding", band=4)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("FDMAT_HOME", str(tmp_path / "undisturbed"))
        library.execute(spec)
        undisturbed = rankings(), Run(spec).curve()
    slow(monkeypatch, 0.5)
    key = jobs.submit(with_features(spec))
    wait_for(lambda: len(Run(spec).curve()) > 5 or not jobs.status(key).live, 120)  # the other draws are slow as well
    os.kill(row(key).pid, signal.SIGKILL)
    lost = wait_until(key, "lost")
    assert lost.stage == "points" and lost.message == errors.LOST and lost.advice == errors.RESUME
    assert 5 < len(Run(spec).curve()) < len(undisturbed[1])
    monkeypatch.setenv("SLOW", "0")
    assert jobs.submit(spec) == key
    assert wait_until(key, *jobs.FINAL, "lost").state == "done", jobs.log(key)
    assert rankings() == undisturbed[0] and Run(spec).curve().equals(undisturbed[1])


def test_cancel_stops_within_two_seconds_and_keeps_what_is_finished(monkeypatch):
    slow(monkeypatch)
    key = submitted()
    wait_for_stage(key, "rankings")
    began = time.monotonic()
    jobs.cancel(key)
    assert time.monotonic() - began < 2
    assert row(key).over and wait_for(lambda: not exists(row(key).pid), 5)
    ended = jobs.status(key)
    assert (ended.state, ended.stage, ended.message) == ("cancelled", "rankings", "Cancelled.")
    assert ended.advice == errors.RESUME
    assert Run.open(key).tables is not None
    jobs.cancel(key)  # once more is fine
    assert state(key) == "cancelled"


def test_a_process_that_does_not_listen_is_cancelled_all_the_same(monkeypatch):
    slow(monkeypatch, STUBBORN=1)
    key = submitted()
    wait_for_stage(key, "rankings")
    wait_for(lambda: signal.SIGTERM in blocked(row(key).pid))
    began = time.monotonic()
    jobs.cancel(key)
    assert time.monotonic() - began < 2.2 and state(key) == "cancelled"
    assert not exists(row(key).pid)


def blocked(pid):
    with open(f"/proc/{pid}/status") as file:
        mask = next(int(line.split()[1], 16) for line in file if line.startswith("SigBlk"))
    return {number for number in signal.Signals if mask >> (number - 1) & 1}


def test_a_job_can_be_cancelled_before_it_has_said_a_word():
    key = submitted()
    jobs.cancel(key)
    assert state(key) == "cancelled"


def test_who_asks_for_the_same_run_shares_one_job(monkeypatch):
    slow(monkeypatch)
    keys, threads = [], []
    for _ in range(4):
        threads.append(threading.Thread(target=lambda: keys.append(submitted())))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1 and len(keys) == 4
    with connect(jobs.SCHEMA) as database:
        assert database.execute("SELECT count(*), max(number) FROM jobs").fetchone() == (1, 1)
    jobs.cancel(keys[0])
    submitted()
    assert row(keys[0]).number == 2 and state(keys[0]) in ("queued", "running")


def test_jobs_take_turns_in_the_order_of_submission(monkeypatch):
    slow(monkeypatch)
    first, second, third = (submitted(method) for method in ("herding", "el2n", "random"))
    wait_until(first, "running")
    wait_for(lambda: jobs.status(third).stage == "queued")
    assert [jobs.status(key).ahead for key in (first, second, third)] == [0, 1, 2]
    assert [state(key) for key in (first, second, third)] == ["running", "queued", "queued"]
    jobs.cancel(second)  # leaves the queue
    assert jobs.status(third).ahead == 1 and state(third) == "queued"
    os.kill(row(first).pid, signal.SIGKILL)  # a dead one is waited for no longer
    wait_until(third, "running")
    assert [state(key) for key in (first, second)] == ["lost", "cancelled"]


def test_jobs_of_other_devices_do_not_wait(monkeypatch):
    slow(monkeypatch)
    first = submitted("herding")
    monkeypatch.setenv("FDMAT_DEVICE", "cpu")
    second = submitted("el2n")
    wait_until(second, "running")
    assert state(first) in ("queued", "running") and jobs.status(second).ahead == 0


def test_a_number_that_another_process_got_is_not_mistaken_for_the_job():
    key = submitted()
    with connect(jobs.SCHEMA) as database:
        born = psutil.Process(os.getpid()).create_time()
        database.execute("UPDATE jobs SET pid = ?, born = ?", (os.getpid(), born - 100))
    assert state(key) == "lost" and not jobs.alive(row(key))
    with connect(jobs.SCHEMA) as database:
        database.execute("UPDATE jobs SET born = ?", (born,))
    assert jobs.alive(row(key))
    with connect(jobs.SCHEMA) as database:
        database.execute("DELETE FROM jobs")


@pytest.mark.parametrize("step", [3600, -3600, 3 * 10**7, -3])
def test_a_step_of_the_clock_neither_loses_nor_doubles_a_job(monkeypatch, step):
    slow(monkeypatch)
    key = submitted()
    wait_for_stage(key, "rankings")
    pid, born, now = row(key).pid, psutil.Process.create_time, time.time
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: born(process) + step)
    monkeypatch.setattr(time, "time", lambda: now() + step)
    assert state(key) == "running" and submitted() == key
    assert (row(key).pid, row(key).number) == (pid, 1)
    jobs.cancel(key)
    assert state(key) == "cancelled" and wait_for(lambda: not exists(pid), 5)


def test_a_process_of_another_boot_is_another():
    key = submitted()
    jobs.cancel(key)
    mine = jobs._born(os.getpid())
    with connect(jobs.SCHEMA) as database:
        database.execute("UPDATE jobs SET over = 0, pid = ?, born = ?", (os.getpid(), mine))
    assert jobs.alive(row(key))
    with connect(jobs.SCHEMA) as database:
        database.execute("UPDATE jobs SET born = ?", (f"another {str(mine).split()[1]}",))
    assert not jobs.alive(row(key))


def test_deleting_a_run_stops_it_first(monkeypatch):
    slow(monkeypatch)
    key = submitted()
    wait_for_stage(key, "rankings")
    pid = row(key).pid
    jobs.delete(key)
    assert library.listing() == [] and jobs.status(key) is None and wait_for(lambda: not exists(pid), 5)
    assert not any(list(entries.keys(kind)) for kind in KINDS)


def test_a_run_that_fails_says_where_why_and_what_to_do():
    key = jobs.submit(make_spec(dataset=Choice("digits")))
    end = wait_until(key, *jobs.FINAL, "lost")
    assert (end.state, end.stage) == ("failed", "features")
    assert end.message.startswith("backbone 'given' reads features, which dataset 'digits' does not have")
    assert end.advice.startswith("Choose a backbone") and "Traceback" in jobs.log(key)


def test_work_here_is_a_job_like_any_other():
    spec, told = make_spec("herding"), []
    end = jobs.work(spec, lambda done, total, note: told.append(note))
    assert end.state == "done" and any(note.startswith("points: ") for note in told)
    assert jobs.work(make_spec("random")).state == "done"  # the same process does not wait for itself
    assert row(spec.key).over and state(spec.key) == "done"


def test_work_on_what_another_process_does_follows_that_one(monkeypatch):
    slow(monkeypatch, 1)
    key, told = submitted(), []
    pid = row(key).pid
    end = jobs.work(make_spec("herding"), lambda done, total, note: told.append(note))
    assert end.state == "done" and row(key).pid == pid and row(key).number == 1
    assert any(note.startswith("rankings: ") for note in told)


@pytest.mark.parametrize("error", [KeyboardInterrupt, heartbeat.Cancelled])
def test_stopping_by_hand_counts_as_cancelled(monkeypatch, error):
    def stopped(spec, tell):
        tell(1, 2, "rankings: fdmat")
        raise error

    monkeypatch.setattr(library, "execute", stopped)
    assert jobs.work(make_spec()).state == "cancelled"


def test_every_status_line_stands_for_itself(tmp_path):
    with heartbeat.beating(tmp_path, MARK) as heart:
        heart(0, 4, "rankings: fdmat")
        time.sleep(0.3)
        heart(1, 4, "rankings: random")
    lines = [json.loads(text) for text in (tmp_path / "status.jsonl").read_text().splitlines()]
    assert [(line["state"], line["done"], line["message"]) for line in lines] == [
        ("running", 0, "fdmat"),
        ("running", 1, "random"),
        ("done", 1, ""),
    ]
    assert all(line["job"] == 1 and line["total"] == 4 and line["stage"] == "rankings" for line in lines)
    assert 0.8 < lines[1]["seconds_left"] < 3  # one of four took 0.3 s


def test_the_heart_beats_while_a_step_is_long(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat, "BEAT", 0.05)
    with heartbeat.beating(tmp_path, MARK) as heart:
        heart(0, 1, "projection: UMAP")
        wait_for(lambda: len((tmp_path / "status.jsonl").read_text().splitlines()) >= 4)
    beats = [json.loads(text)["heartbeat"] for text in (tmp_path / "status.jsonl").read_text().splitlines()]
    assert beats == sorted(beats) and len(set(beats)) == len(beats)


def test_the_last_whole_line_of_this_attempt_counts(tmp_path):
    file = tmp_path / "status.jsonl"
    assert heartbeat.last(tmp_path, MARK) == {}
    old = json.dumps({"job": 0, "pid": 42, "state": "failed"})
    mine = json.dumps({"job": 1, "pid": 42, "state": "running"})
    file.write_text(f"{old}\n{mine}\n{old}\n{mine[:10]}")
    assert heartbeat.last(tmp_path, MARK)["state"] == "running"
    file.write_text(f"{old}\n")
    assert heartbeat.last(tmp_path, MARK) == {}
    file.write_text(f"{'x' * 20_000}\n{mine}\n")
    assert heartbeat.last(tmp_path, MARK)["state"] == "running"


def test_a_long_error_hides_no_line(tmp_path):
    with heartbeat.beating(tmp_path, {"job": 1}):
        raise ValueError("ü" * 9000)
    found = heartbeat.last(tmp_path, {"job": 1})
    assert found["state"] == "failed" and found["message"].endswith("…") and len(found["message"]) == heartbeat.LONGEST


def test_a_status_that_cannot_be_written_does_not_stop_the_work(tmp_path):
    (tmp_path / "status.jsonl").mkdir()
    with heartbeat.beating(tmp_path, MARK) as heart:
        heart(1, 1, "rankings: fdmat")
    assert heartbeat.last(tmp_path / "status.jsonl", MARK) == {}


@pytest.mark.parametrize(
    ("error", "cause", "advice"),
    [
        (MemoryError(), "ran out of memory", "smaller"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "ran out of memory", "smaller"),
        (RuntimeError("out of memory. Tried to allocate 2 GiB"), "ran out of memory", "smaller"),
        (ImportError("libtorch_cpu.so: failed to map segment from shared object"), "ran out of memory", "smaller"),
        (OSError(28, "cannot store ranking x under /h: No space left on device"), "disk is full", "cache prune"),
        (sqlite3.OperationalError("database or disk is full"), "disk is full", "cache prune"),
        (PermissionError(13, "Permission denied", "/root/x"), "cannot be written", "FDMAT_HOME"),
        (ValueError("lam is -1; give 0.01 to 1000"), "lam is -1", "Give 0.01 to 1000."),
        (ValueError("features of item 7 are not finite (NaN); remove such items"), "item 7 are not finite", "Remove"),
        (ValueError("nothing else is known"), "nothing else is known", "See the log."),
        (KeyError("x"), "KeyError: 'x'", "See the log. Resume"),
    ],
)
def test_known_causes_have_a_text_of_their_own(error, cause, advice):
    told = errors.explain(error)
    assert cause in told[0] and advice in told[1]


def test_the_log_shows_its_end(store_home):
    key = library.save(make_spec())
    assert jobs.log(key) == ""
    (artifacts.folder(key) / "log.txt").write_text("\n".join(map(str, range(100))))
    assert jobs.log(key, 3).split() == ["97", "98", "99"]


@pytest.mark.slow
def test_the_real_command_does_all_of_it(monkeypatch):
    monkeypatch.setattr(jobs, "COMMAND", COMMAND)
    spec = make_spec("fdmat", dataset=Choice("digits"), backbone=Choice("pixels"))
    key = jobs.submit(spec)
    assert wait_for(lambda: jobs.status(key) if not jobs.status(key).live else None, 300).state == "done", jobs.log(key)
    assert Run(spec).projection.kind == "UMAP" and not Run(spec).curve().empty


def test_a_run_whose_parts_are_all_there_is_done_whatever_its_last_job_says(monkeypatch):
    spec = make_spec("fdmat", "herding")
    slow(monkeypatch)
    key = submitted("fdmat", "herding")
    os.kill(wait_for(lambda: row(key), 10).pid, signal.SIGKILL)
    assert wait_until(key, "lost").advice == errors.RESUME
    library.execute(spec)
    ended = jobs.status(key)
    assert (ended.state, ended.message, ended.advice) == ("done", "", "")
    used = artifacts.used_features(settings.checked(spec))
    with connect(points.SCHEMA) as database:
        database.execute("DELETE FROM points WHERE method = 'herding' AND kept = 100 AND measure = 'energy'")
    assert state(key) == "lost"
    library.execute(spec)
    for kind, name in [
        ("projection", artifacts.projection_key(used, "UMAP")),
        ("detection", artifacts.detection_key(spec, used, Choice("fdmat"))),
        ("ranking", artifacts.ranking_key(spec, used, Choice("herding"), 0, None)),
        ("features", used.key),
    ]:
        assert state(key) == "done"
        entries.delete(kind, name)
        assert state(key) == "lost", kind
        library.execute(spec)


def test_what_is_a_known_problem_is_not_waited_for(monkeypatch):
    rank = tasks.selection.rank

    def picky(table, method, **options):
        if method in (Choice("fdmat"), Choice("el2n")):
            raise ValueError("not in the mood")
        return rank(table, method, **options)

    monkeypatch.setattr(tasks.selection, "rank", picky)
    variant = Choice.of("fdmat", tau=0.0)
    spec = make_spec(methods=(Choice("fdmat"), variant, Choice("herding"), Choice("el2n")))
    library.execute(spec)
    assert list(Run(spec).problems) == ["fdmat", "el2n"] and Run(spec).complete
    assert library.lacking("nothing") == tuple(dict.fromkeys(stages.PARTS.values()))


def test_a_done_run_that_lacks_a_part_is_out_of_date_until_it_is_made_anew():
    spec = make_spec("fdmat", "herding")
    assert jobs.work(spec).state == "done"
    with connect(points.SCHEMA) as database:  # as after a change of the code of a method
        database.execute("UPDATE points SET version = 'older' WHERE method = 'herding'")
    ended = jobs.status(spec.key)
    assert (ended.state, ended.advice, ended.live) == ("outdated", errors.outdated(["points"]), False)
    assert (ended.stage, ended.message) == ("", "")
    assert jobs.work(spec).state == "done"


def test_a_store_of_an_earlier_version_says_what_is_made_again_and_keeps_decisions(monkeypatch):
    spec = make_spec("fdmat", "herding")
    with monkeypatch.context() as earlier:
        earlier.setattr(provenance, "code", lambda function: "an earlier version")
        assert jobs.work(spec).state == "done"
        item = int(Run(spec).tables[0].ids[3])
        decisions.decide(Run(spec).dataset_key, Decision(item, "drop", author="ann"))
    note = artifacts.folder(spec.key) / "features.json"
    known = json.loads(note.read_text())
    note.write_text(json.dumps({name: known[name] for name in ("key", "n", "largest")}))
    ended = jobs.status(spec.key)
    assert ended.state == "outdated" and ended.advice == (
        "Made by an earlier version of this program, or no longer stored: features, map, clusters, rankings, points, "
        "distances between the sizes and scores of the detectors will be made again by Resume; decisions are kept."
    )
    assert Run(spec).tables[0].n == 200 and Run(spec).ranking(Choice("fdmat")) is None and Run(spec).curve().empty
    assert decisions.current(Run(spec).dataset_key).item.tolist() == [item]
    assert jobs.work(spec).state == "done"
    assert decisions.current(Run(spec).dataset_key).item.tolist() == [item]


def test_features_of_another_version_are_out_of_date_with_all_that_follows(monkeypatch):
    spec = make_spec("herding", measures=(Choice("class_balance"),))
    assert jobs.work(spec).state == "done"
    used = artifacts.used_features(spec)
    monkeypatch.setattr(artifacts, "features_version", lambda spec: "that of another torch")
    assert artifacts.used_features(spec) == used and Run(spec).curve().empty is False
    assert stages.lacking(settings.checked(spec)) == tuple(dict.fromkeys(stages.PARTS.values()))
