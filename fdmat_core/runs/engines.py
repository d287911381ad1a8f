"""Where the tasks of a run are computed: here one after the other, in processes of this machine, or on a Ray cluster.

A task is a function of a module with one argument, both of which can be pickled. What a task makes goes to the store,
what it answers goes through memory. An engine is no part of what names a result: a task gives the same bytes on each.
As the last bits of a product depend on the number of threads, a worker takes as many as the run itself would.
"""

from __future__ import annotations

import errno
import importlib
import importlib.util
import multiprocessing
import os
import pickle
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from fdmat_core.store.files import home

Task = TypeVar("Task")
Call = Callable[[Any], Any]
#: How often a task is begun before its run says that it ends its worker.
TRIES = 3
KILLED = f"the process of a task was killed {TRIES} times, most often because the machine ran out of memory"


class Engine(NamedTuple):
    """What computes tasks: `submit(function, task)` answers at once, and holds the result when it is there."""

    name: str
    workers: int  # as many tasks are computed at a time
    submit: Callable[[Call, Any], Future[Any]]

    @property
    def here(self) -> bool:
        """Whether tasks are computed in this process, which need not be told what it knows."""
        return self == HERE


class Chosen(NamedTuple):
    """An engine by its name, and how many workers it is to have; 0 are as many as there are cores in a cluster."""

    name: str
    workers: int


def chosen() -> Chosen:
    """The engine that `FDMAT_ENGINE` and `FDMAT_WORKERS` name: serial, one task at a time, if neither is set.

    Raises
    ------
    ValueError
        An unknown engine, one that is not installed, or a number of workers that it cannot have.
    """
    name, text = os.environ.get("FDMAT_ENGINE") or "serial", os.environ.get("FDMAT_WORKERS") or ""
    if name not in ENGINES:
        raise ValueError(f"engine is {name!r}; choose {', '.join(ENGINES)}")
    if name == "ray" and not importlib.util.find_spec("ray"):
        raise ValueError("engine 'ray' needs Ray, which is not installed; run `pip install 'fdmat-explorer[ray]'`")
    if text and not (text.isdecimal() and int(text) >= 1):
        raise ValueError(f"workers is {text!r}; give a number from 1")
    if name == "serial" and int(text or 1) > 1:
        raise ValueError(f"workers is {text}, but engine 'serial' computes one task at a time; choose 'processes'")
    usual = {"serial": 1, "processes": os.cpu_count() or 1, "ray": 0}
    return Chosen(name, int(text) if text else usual[name])


def choose(name: str = "", workers: int | None = None) -> None:
    """Choose the engine of this process and those that it starts; what is not given stays as it is."""
    given = {"FDMAT_ENGINE": name, "FDMAT_WORKERS": "" if workers is None else str(workers)}
    os.environ.update({variable: value for variable, value in given.items() if value})
    chosen()


def opened(wanted: Chosen) -> AbstractContextManager[Engine]:
    """The engine, with its workers, which end when the work inside does."""
    return ENGINES[wanted.name](wanted.workers)


def each(
    engine: Engine,
    function: Callable[[Task], Any],
    tasks: Iterable[Task],
    tell: Callable[[Sequence[Task]], None] = lambda running: None,
) -> Iterator[tuple[Task, Future[Any]]]:
    """Every task with its result, as they end. The next is asked for when a worker is free.

    Whenever that changes, it is told what is computed.
    """
    running: dict[Future[Any], Task] = {}
    for task in tasks:
        tell([*running.values(), task])
        running[engine.submit(function, task)] = task
        if len(running) >= engine.workers:
            yield from _ended(running)
    while running:
        tell(list(running.values()))
        yield from _ended(running)


def _ended(running: dict[Future[Any], Task]) -> Iterator[tuple[Task, Future[Any]]]:
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        yield running.pop(future), future


def _now(function: Call, task: Any) -> Future[Any]:
    """Compute a task here, before anything else is done."""
    return _settle(Future(), lambda: function(task))


def _settle(future: Future[Any], result: Callable[[], Any]) -> Future[Any]:
    """A future with what a function gives, or the error that it raises."""
    try:
        future.set_result(result())
    except Exception as error:
        future.set_exception(error)
    return future


def _result(answer: Any, error: Exception | None) -> Any:
    """What a task answered; the error, raised, that it ended with."""
    if error:
        raise error
    return answer


#: The engine of a run for which none is chosen.
HERE = Engine("serial", 1, _now)


@contextmanager
def serial(workers: int) -> Generator[Engine]:
    """Compute one task after the other in this process."""
    yield HERE


@contextmanager
def processes(workers: int) -> Generator[Engine]:
    """Compute tasks in processes of this machine. One that is killed costs its task, which is begun again."""
    idle: SimpleQueue[_Worker] = SimpleQueue()
    everyone = [_Worker() for _ in range(workers)]
    for worker in everyone:
        idle.put(worker)

    def done(function: Call, task: Any) -> Any:
        worker = idle.get()
        try:
            return _result(*worker.do(function, task))
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(workers)  # each waits for a worker
    try:
        yield Engine("processes", workers, lambda function, task: threads.submit(done, function, task))
    finally:
        for worker in everyone:
            worker.end()
        threads.shutdown(cancel_futures=True)


@contextmanager
def on_ray(workers: int) -> Generator[Engine]:
    """Compute tasks on the Ray cluster that `RAY_ADDRESS` names or that runs on this machine; else on a new one here.

    Every machine of it must have the same versions of this program and its libraries, and see the same FDMAT_HOME.
    """
    ray: Any = importlib.import_module("ray")
    if mine := not ray.is_initialized():
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves this machine that nobody asked for
        with _same_handler():
            ray.init(log_to_driver=False)
    far = ray.remote(max_retries=TRIES - 1, runtime_env={"env_vars": _environment()})(_answer)

    def submit(function: Call, task: Any) -> Future[Any]:
        future: Future[Any] = Future()
        there: Future[Any] = far.remote(function, task).future()
        there.add_done_callback(lambda ended: _settle(future, lambda: _result(*_of_ray(ended))))
        return future

    try:
        yield Engine("ray", workers or int(ray.cluster_resources()["CPU"]), submit)
    finally:
        if mine:
            ray.shutdown()  # ends what its workers are at


def _of_ray(ended: Future[Any]) -> tuple[Any, Exception | None]:
    """What a worker of Ray told. What Ray itself says of a worker that was killed, or of its cluster, is an error."""
    try:
        return ended.result()
    except Exception as error:
        if type(error).__name__ in ("WorkerCrashedError", "OutOfMemoryError", "NodeDiedError"):
            raise MemoryError(KILLED) from error
        raise OSError(errno.EIO, f"Ray could not compute a task: {error}") from error


#: How an engine is opened, by its name; 0 workers are as many as there are.
ENGINES: dict[str, Callable[[int], AbstractContextManager[Engine]]] = {
    "serial": serial,
    "processes": processes,
    "ray": on_ray,
}


class _Worker:
    """A process that computes one task after the other, begun when the first comes, and anew if it was killed."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Any = None
        self._over, self._lock = False, threading.Lock()

    def do(self, function: Call, task: Any) -> tuple[Any, Exception | None]:
        """What the function answers, and the error that it ended with."""
        status = 0
        for _ in range(TRIES):
            with self._lock:
                if self._over:
                    break
                if self._process is None:
                    self._begin()
            with suppress(EOFError, OSError):  # of a pipe whose other end is gone
                self._pipe.send((function, task))
                return self._pipe.recv()
            status = self._ended()
        if status > 0:
            return None, RuntimeError(f"the process of a task ended with status {status}; the log says why")
        return None, MemoryError(KILLED)

    def end(self) -> None:
        """Kill the process: what it has stored is whole, and all else is as if it had not begun."""
        with self._lock:
            self._over = True
            if self._process is not None:
                self._process.kill()

    def _begin(self) -> None:
        fresh = multiprocessing.get_context("spawn")
        self._pipe, theirs = fresh.Pipe()
        self._process = fresh.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()  # so that the end of the process is the end of the pipe

    def _ended(self) -> int:
        """The status with which a process ended whose pipe is broken; below 0 if a signal ended it."""
        with self._lock:
            self._process.join(1)
            self._process.kill()
            self._process.join()
            self._pipe.close()
            status, self._process = self._process.exitcode, None
        return status


def _serve(pipe: Any) -> None:
    """Answer what comes through a pipe until the run at its other end is over; Ctrl-C is that one's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, ConnectionError):
        while True:
            pipe.send(_answer(*pipe.recv()))


def _answer(function: Call, task: Any) -> tuple[Any, Exception | None]:
    """What a function answers, or the error that it ends with, fit to be pickled; the error says where it arose."""
    try:
        return function(task), None
    except Exception as error:
        error.add_note(f"On {socket.gethostname()}: {traceback.format_exc()}")
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            return None, RuntimeError(f"{type(error).__name__}: {error}")
        return None, error


@contextmanager
def _same_handler() -> Generator[None]:
    """Let SIGTERM do after the work inside what it did before: Ray takes it, and a job that is cancelled needs it."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def _environment() -> dict[str, str]:
    """What a worker on another machine must find: the store, this program, and as many threads as there are here."""
    paths = [str(Path(__file__).resolve().parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: os.environ[name] for name in ("FDMAT_DEVICE", "OPENBLAS_NUM_THREADS") if name in os.environ}
    threads = os.environ.get("OMP_NUM_THREADS") or str(os.cpu_count())
    always = {"FDMAT_HOME": str(home().resolve()), "OMP_NUM_THREADS": threads, "PYTHONPATH": os.pathsep.join(paths)}
    return kept | always | {"OMP_WAIT_POLICY": "PASSIVE", "THP_MEM_ALLOC_ENABLE": "1"}  # as in `__main__`
