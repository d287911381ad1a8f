"""The command line: the same code and the same results as the app."""

from __future__ import annotations

import shlex
import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from fdmat_core import (
    __version__,
    cli_cache,
    cli_exchange,
    cli_report,
    datasets,
    errors,
    registry,
    serve,
    sizes,
    terminal,
)
from fdmat_core.analysis import summary
from fdmat_core.cli_report import Key
from fdmat_core.reading import check as odd
from fdmat_core.runs import engines, estimates, jobs, library, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Finding

if TYPE_CHECKING:
    import pandas

KINDS = {
    "datasets": registry.datasets,
    "corruptions": registry.corruptions,
    "backbones": registry.backbones,
    "methods": registry.methods,
    "measures": registry.measures,
}
#: Shares kept that `show` picks by itself.
SHOWN = (0.005, 0.02, 0.1)

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.add_typer(cli_cache.cache, name="cache")
selections = typer.Typer(help="Selections that somebody else made.", no_args_is_help=True)
app.add_typer(selections, name="selection")
app.command()(cli_report.report)
app.command()(cli_report.bundle)
app.command()(cli_exchange.export)
app.command("import")(cli_exchange.import_)
app.command("duplicates")(cli_exchange.find_duplicates)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; an error is one line on stderr and exit status 2."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _noted
            return app(arguments, standalone_mode=False) or 0
    except BrokenPipeError:  # the reader has seen enough, as in `... | head`
        return _quiet()
    except Exception as error:
        if type(error).__name__ == "Abort":
            return 130
        in_words = getattr(error, "format_message", None)  # of typer's own errors
        text = in_words() if in_words else errors.plain(error)
        if text:  # nothing is printed where the help was shown instead
            print(f"error: {' '.join(text.split())}", file=sys.stderr)
        return 2


def _noted(message: Warning | str, category: type[Warning], *where: Any) -> None:
    """Print what is to be known of somebody's data or weights in a line; a library's warning as it is."""
    text = warnings.formatwarning(message, category, *where[:2])
    print(f"note: {message}" if category is UserWarning else text, file=sys.stderr)


@app.callback(invoke_without_command=True)
def options(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """See which part of a training set a coreset keeps."""
    if version:
        print(__version__)
        raise typer.Exit


@app.command("app")
def app_(  # noqa: PLR0913, PLR0917  one flag for each setting
    path: Annotated[str, typer.Argument(help="A file or folder of yours to begin with.")] = "",
    port: Annotated[int | None, typer.Option(help="Port to listen on; 8501 or the next free one.")] = None,
    address: Annotated[str, typer.Option(help="Address to listen on; localhost: this machine alone.")] = "",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    host: Annotated[list[str] | None, typer.Option(help="A further name that the app answers to.")] = None,
    token: Annotated[str, typer.Option(help="What links must hold; `new` makes one.")] = "",
    login: Annotated[bool, typer.Option("--login", help="People log in, as Streamlit's secrets say.")] = False,
    everybody: Annotated[bool, typer.Option("--open", help="Ask nothing of those who reach the address.")] = False,
) -> None:
    """Start the app, maybe with your own data; Ctrl-C stops it."""
    if path:
        datasets.recognise(path)  # what cannot be read is said here, not on a page
    doors = serve.Doors(host or (), token, login, everybody)
    serve.serve(port, address, browser=browser, data=path, doors=doors)


@app.command("list")
def list_(
    kind: Annotated[str, typer.Argument(help="datasets, corruptions, backbones, methods, measures, runs")] = "",
) -> None:
    """List what there is to choose from, and the stored runs."""
    if kind and kind not in (*KINDS, "runs"):
        raise ValueError(f"kind is {kind!r}; choose {', '.join(KINDS)} or runs")
    for name in [kind] if kind else ["runs", *KINDS]:
        terminal.show(_runs() if name == "runs" else _entries(name))


@app.command()
def run(  # noqa: PLR0913, PLR0917  one flag for each field of a spec
    spec: Annotated[Path | None, typer.Option(help="A JSON file that says what to do; flags change it.")] = None,
    sample: Annotated[bool, typer.Option("--sample", help="The sample run; flags change it.")] = False,
    data: Annotated[str, typer.Option(help="A file or folder of yours; `fdmat check PATH` says what it is.")] = "",
    setting: Annotated[list[str] | None, typer.Option("--set", help="Of --data: label=kind, missing=mean, ...")] = None,
    dataset: Annotated[str, typer.Option(help="digits, or with parameters: 'mixture(n=300)'")] = "",
    corruption: Annotated[str, typer.Option(help="'symmetric(rate=0.4)'")] = "",
    backbone: Annotated[str, typer.Option(help="What turns items into features.")] = "",
    methods: Annotated[str, typer.Option(help="'fdmat,random,fdmat(tau=0)'")] = "",
    measures: Annotated[str, typer.Option(help="'sliced_wasserstein,coverage'")] = "",
    fractions: Annotated[str, typer.Option(help="Kept fractions: '0.01,0.1,0.5'")] = "",
    seeds: Annotated[int | None, typer.Option(help="Training seeds per point.")] = None,
    band: Annotated[int | None, typer.Option(help="Random subsets behind the random band.")] = None,
    balance: Annotated[str, typer.Option(help="proportional, equal, error, difficulty or none")] = "",
    chosen_set: Annotated[str, typer.Option(help="Items that every method begins with: a set's name; see --of.")] = "",
    of: Annotated[str, typer.Option(help="The run that --chosen-set is of; its settings, if no others.")] = "",
    engine: Annotated[str, typer.Option(help="serial, processes or ray: where it is computed, with one result.")] = "",
    workers: Annotated[int | None, typer.Option(help="How many tasks are computed at a time.")] = None,
) -> int:
    """Rank, measure and store; what is stored already is not done again. Ctrl-C keeps what is finished."""
    before = cli_exchange.chosen_set(chosen_set, of)
    if not (spec or sample or dataset or data or before):
        raise ValueError("nothing to run; name --data of yours, a --dataset, a --spec file, or say --sample")
    if data and dataset:
        raise ValueError(f"--data {data!r} and --dataset {dataset!r} both say what to read; give one of them")
    engines.choose(engine, workers)
    given = {
        "dataset": cli_exchange.one(dataset),
        "corruption": cli_exchange.one(corruption),
        "backbone": cli_exchange.one(backbone),
        "methods": Choice.read(methods),
        "measures": Choice.read(measures),
        "fractions": _numbers(fractions),
        "seeds": seeds,
        "band": band,
        "balance": balance,
        "chosen": before.chosen if before else None,
    }
    given = {name: value for name, value in given.items() if value not in ("", (), None)}
    named = bool(sample or dataset or data)
    base = cli_report.read_spec(spec) if spec else before if before and not named else settings.SAMPLE
    with datasets.loaded_once():
        base, told = _of_own_data(base, data, setting or []) if data else (base, ())
        asked = cli_exchange.same_data(replace(base, **given), before)
        asked = settings.checked(asked if spec or measures else settings.measured_to_clean(asked))
        ended = _run(asked)
        if data and ended == 0:  # what is odd about them as a whole is looked for by the run
            _note(finding for finding in Run(asked).findings if finding not in told)
        return ended


@app.command()
def check(
    path: Annotated[str, typer.Argument(help="A file or folder of yours.")],
    setting: Annotated[list[str] | None, typer.Option("--set", help="label=kind, missing=mean, ...")] = None,
) -> None:
    """Say what a file or folder is taken for, what was found in it, and what will be done about that."""
    given = setting or []
    with datasets.loaded_once():
        found = datasets.recognise(path)
        choice = _with(found.choice, given)
        data = datasets.load(choice)
    print(f"{found.said_of(data, choice)}; read as `{found.choice.name}`" + f" with {', '.join(given)}" * bool(given))
    for other in found.others:
        print(f"could also be read as {other}")
    terminal.show(terminal.splits(data))
    for finding in (*data.findings, *odd.check(data)):
        print(f"- {finding}")
    begin = replace(settings.SAMPLE, dataset=choice, backbone=datasets.suited(data))
    again = shlex.join(["--data", path, *(part for one in given for part in ("--set", one))])
    print(f"to begin: {_called()} run {again}, with the backbone `{begin.backbone}`")
    print(estimates.estimate(settings.checked(settings.suited(begin, data)), data))


@app.command()
def show(
    key: Key,
    at: Annotated[str, typer.Option(help="Shares kept; the nearest sizes of the run are shown.")] = "",
) -> None:
    """Show what came of a run: every method and measure at some sizes, with the spread over seeds."""
    run = Run.open(library.resolve(key))
    print(describe(run.spec))
    for finding in run.findings:
        print(f"- {finding}")
    curve = run.curve()
    for kept in _sizes(run, _numbers(at) or SHOWN):
        terminal.show(_summary(curve, run.spec, kept))
    for name, problem in run.problems.items():
        print(f"{name}: {problem}")
    if (status := jobs.status(run.key)) and status.advice:
        print(status.advice)


@selections.command("add")
def add_selection(
    key: Key,
    file: Annotated[Path, typer.Argument(help="What is kept, best first, or scores: .npy, .txt or .csv.")],
    name: Annotated[str, typer.Option(help="What to call it; the name of the file if left out.")] = "",
    meaning: Annotated[
        str, typer.Option("--as", help="What the numbers are: ids, positions among the training items, or scores.")
    ] = "ids",
    keep: Annotated[str, typer.Option(help="Of scores: which end is kept, highest or lowest.")] = "highest",
) -> int:
    """Add a selection to a run as one more method: makes a run that shares all the rest, and prints its key."""
    from fdmat_core.runs import foreign

    run = Run.open(library.resolve(key))
    if file.stat().st_size > foreign.LARGEST:
        raise ValueError(f"{file} has {file.stat().st_size:,} bytes; give a file of at most {foreign.LARGEST:,}")
    options: dict[str, Any] = {"name": name, "meaning": meaning, "keep": keep}
    return _run(foreign.add(run, file.read_bytes(), file.name, **options))


def describe(spec: Spec) -> str:
    """A spec in one line."""
    noise = "" if spec.corruption.name == "none" else f", {spec.corruption}"
    after = f", begins with {spec.chosen}" if spec.chosen else ""
    methods = f"{len(spec.methods)} methods, {spec.seeds} seeds"
    return f"run {spec.key}: {spec.dataset}{noise}, {spec.backbone}, {methods}{after}"


def _of_own_data(base: Spec, path: str, given: list[str]) -> tuple[Spec, tuple[Finding, ...]]:
    """A spec for somebody's own data: what can be done with it. What was found when they were read, told already."""
    choice = _with(datasets.recognise(path).choice, given)
    data = datasets.load(choice)
    _note(data.findings)
    return settings.suited(replace(base, dataset=choice, backbone=datasets.suited(data)), data), data.findings


def _note(findings: Iterable[Finding]) -> None:
    for finding in findings:
        print(f"note: {finding}", file=sys.stderr)


def _with(choice: Choice, given: list[str]) -> Choice:
    """A choice with settings as people type them: `label=kind`."""
    pairs = [text.partition("=") for text in given]
    if wrong := next((name for name, sign, _ in pairs if not sign), None):
        raise ValueError(f"--set {wrong!r} has no value; write name=value")
    return Choice.of(choice.name, **{**dict(choice.params), **{name.strip(): value for name, _, value in pairs}})


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in text.split(",") if number.strip())
    except ValueError:
        raise ValueError(f"fractions is {text!r}; write numbers separated by commas, such as 0.01,0.1") from None


def _run(spec: Spec) -> int:
    console = Console(stderr=True)
    with terminal.drawing(console) as draw:
        status = jobs.work(spec, draw)
    if status.state == "done":
        print(spec.key)
        for name, problem in Run(spec).problems.items():
            print(f"{name}: {problem}", file=sys.stderr)
        print(f"to see it: {_called()} app, or {_called()} show {spec.key}", file=sys.stderr)
        return 0
    stop = "" if status.message.endswith((".", "!", "?")) else "."
    print(f"error: {status.message}{stop} {status.advice}".strip(), file=sys.stderr)
    if status.advice == errors.RESUME:
        print("to resume it, say the same command again", file=sys.stderr)
    return 130 if status.state == "cancelled" else 2


def _called() -> str:
    """How this program was called: a copy that is not installed has no command of its own."""
    return "python -m fdmat_core" if Path(sys.argv[0]).parts[-2:] == ("fdmat_core", "__main__.py") else "fdmat"


def _entries(name: str) -> Table:
    table = terminal.table(name, "name", "what it is")
    for entry in KINDS[name].all().values():
        table.add_row(entry.name, entry.summary)
    return table


def _runs() -> Table:
    table = terminal.table("runs", "key", "state", "what it is")
    for key in library.listing():
        told = ": ".join(filter(None, (library.name(key), _described(key))))
        table.add_row(key, _state(key), told)
    return table


def _state(key: str) -> str:
    try:
        status = jobs.status(key)
    except (ValueError, OSError):  # of one run; the others are listed all the same
        return "unreadable"
    return status.state if status else "stored"


def _described(key: str) -> str:
    """What a stored run is about, or why that cannot be read."""
    try:
        return describe(Run.open(key).spec).partition(": ")[2]
    except ValueError as error:
        return str(error)


def _sizes(run: Run, asked: tuple[float, ...]) -> list[float]:
    """The shares kept that a run measures nearest to those asked for."""
    planned = run.planned.values() or run.spec.fractions
    return sorted({sizes.nearest(planned, kept) for kept in asked})


def _summary(curve: pandas.DataFrame, spec: Spec, kept: float) -> Table:
    here = curve[curve["kept"] == kept]
    tables = {str(measure): summary.by_size(here, str(measure)).set_index("method") for measure in spec.measures}
    table = terminal.table(f"kept {100 * kept:g}%", "method", *tables)
    for method in dict.fromkeys([*map(str, spec.methods), "random"]):
        table.add_row(method, *(_spread(points, method) for points in tables.values()))
    return table


def _spread(points: pandas.DataFrame, method: str) -> str:
    if method not in points.index:
        return "-"
    point: Any = points.loc[method]
    return f"{point['mean']:.4g}" + (f" ± {point['sd']:.2g}" if point["seeds"] > 1 else "")


def _quiet() -> int:
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
