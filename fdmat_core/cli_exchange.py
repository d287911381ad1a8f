"""What the command line writes to files of a run, and reads back from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from fdmat_core import terminal
from fdmat_core.cli_report import Key
from fdmat_core.formats import counted
from fdmat_core.report import tools
from fdmat_core.runs import cleaning, duplicates, exchange, library, loaders, sets
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Chosen, Spec
from fdmat_core.store import files

if TYPE_CHECKING:
    import pandas

#: What an export says of a whole run, by the function that makes it.
WHOLE = {"cleaned": cleaning.listed, "issues": exchange.issues, "decisions": exchange.decided}


def export(  # noqa: PLR0913, PLR0917  one flag for each choice
    key: Key,
    to: Annotated[
        Path, typer.Option(help="File that ends in .csv, .parquet, .json, or .npy or .txt for ids and labels kept.")
    ],
    what: Annotated[
        str,
        typer.Option(
            help="selection (what is kept), cleaned (all but suspects and drops), ranking, issues, decisions, set "
            f"(see --name); or for another tool: {', '.join(tools.TOOLS)}"
        ),
    ] = "selection",
    method: Annotated[str, typer.Option(help="Of a selection or ranking: which method of the run.")] = "",
    kept: Annotated[float | None, typer.Option(help="Of a selection or ranking: the share kept.")] = None,
    seed: Annotated[int, typer.Option(help="Of a selection or ranking by a method that draws.")] = 0,
    name: Annotated[str, typer.Option(help="Of a set of items: its name, as the app shows it.")] = "",
    code: Annotated[bool, typer.Option("--code", help="Print code that trains on the file with torch.")] = False,
) -> None:
    """Write what a method keeps, its ranking of all items, the cleaned list, issues, decisions or a set to a file.

    Decisions overrule the method in a selection and in a ranking, and FDMat's suspicion in the cleaned list.
    """
    run = Run.open(library.resolve(key))
    if what in tools.TOOLS:
        _to_tool(run, what, one(method), kept, to)
        return
    if what in ("selection", "ranking"):
        table = _of_method(run, what, one(method), kept, seed)
        said = f"{table.attrs['kept']:,} of {table.attrs['of']:,} items kept by {method}{_overruled(table.attrs)}"
    elif what == "set":
        table = sets.table(run, sets.load(sets.dataset_of(run), name))
        said = f"the {len(table):,} items of the set {table.attrs['set']!r}"
    elif what in WHOLE:
        table = WHOLE[what](run)
        said = f"{what} of {len(table):,} items" if what != "cleaned" else _cleaned(table.attrs)
    else:
        raise ValueError(f"--what is {what!r}; say selection, ranking, {', '.join([*WHOLE, *tools.TOOLS, 'set'])}")
    exchange.write(table, to)
    print(f"{to}: {said}")
    if code and what in ("selection", "cleaned", "set"):
        print(loaders.loader(run.spec, str(to), run.dataset().holds).torch)


def import_(
    key: Key,
    file: Annotated[Path, typer.Argument(help="Decisions, as `export` wrote them: .csv, .parquet or .json.")],
    author: Annotated[str, typer.Option(help="Of decisions that name nobody.")] = "",
) -> None:
    """Read decisions back from a file: all of them or, if one line is wrong, none; twice does no harm."""
    run = Run.open(library.resolve(key))
    with file.open("rb") as stream:
        taken = exchange.take_in(run, exchange.read(stream, file.suffix), author=author)
    print(f"{file}: {taken.read:,} decisions, {taken.new:,} of them new")


def one(text: str) -> Choice | None:
    """The one choice that a text names; None if it names none."""
    choices = Choice.read(text)
    if len(choices) > 1:
        raise ValueError(f"{text!r} names {len(choices)} things; name one")
    return choices[0] if choices else None


def _of_method(run: Run, what: str, method: Choice | None, kept: float | None, seed: int) -> pandas.DataFrame:
    """A selection or a ranking."""
    if method is None or kept is None:
        raise ValueError(f"a {what} is by a method and of a size; {_missing(method, kept)}")
    return (exchange.selected if what == "selection" else exchange.ranking)(run, method, kept, seed=seed)


def _missing(method: Choice | None, kept: float | None) -> str:
    """Which of the two is to be given."""
    return "give " + " and ".join(name for name, value in (("--method", method), ("--kept", kept)) if value is None)


def _to_tool(run: Run, what: str, method: Choice | None, kept: float | None, to: Path) -> None:
    """Write what another tool reads."""
    tool = tools.TOOLS[what]
    if method is None or kept is None:
        raise ValueError(f"the form of {what} is by a method and of a size; {_missing(method, kept)}")
    if to.suffix != tool.ending:
        raise ValueError(f"file is {to.name!r}; {tool.title} reads files that end in {tool.ending}")
    body = tools.content(what, run, method, kept)
    with files.whole(to) as stream:
        stream.write(body)
    print(f"{to}: {tool.words}")


def _cleaned(attrs: Mapping[Any, Any]) -> str:
    """How many items are on the cleaned list, and how many are not, in words."""
    suspects = counted(attrs["suspects_out"], "suspect", "suspects")
    corrected = counted(attrs["relabel"], "has a corrected label", "have a corrected label")
    return f"{attrs['kept']:,} of {attrs['of']:,} items; out are {suspects} and {attrs['drop']:,} dropped, {corrected}"


def _overruled(attrs: Mapping[Any, Any]) -> str:
    """What people's decisions did to a selection, in words."""
    given = [f"{count:,} {kind}" for kind, count in attrs["decided"].items() if count]
    if not given:
        return ""
    there = counted(attrs["kept_by_decision"], "is in", "are in")
    moved = f"{there} and {attrs['dropped_by_decision']:,} out because of them"
    return f"; decisions: {', '.join(given)}; {moved}"


def find_duplicates(key: Key) -> None:
    """Look for items that are there twice, exactly or nearly, in training and test; the app shows and decides them."""
    run = Run.open(library.resolve(key))
    with terminal.drawing(Console(stderr=True)) as draw:
        copies = duplicates.look(run, draw)
    exact = int((copies.found.first != range(len(copies.ids))).sum())
    near = ", ".join(f"{len(pairs.a):,} near pairs by {by}" for by, pairs in copies.found.near.items())
    print(f"{len(copies.ids):,} items: {exact:,} exact copies of an item before them; {near}, before any threshold")


def chosen_set(name: str, of: str) -> Spec | None:
    """The settings of a run with one of its sets chosen before; None if no set is named."""
    if bool(name) is not bool(of):
        raise ValueError(f"--chosen-set is {name!r} and --of is {of!r}; name a set and the run that it is of")
    if not name:
        return None
    run = Run.open(library.resolve(of))
    found = sets.load(sets.dataset_of(run), name)
    return replace(run.spec, chosen=Chosen(found.ids, found.name))


def same_data(spec: Spec, of: Spec | None) -> Spec:
    """The spec itself, if it is of the dataset that its chosen items are of."""
    if of is not None and spec.dataset != of.dataset:
        raise ValueError(
            f"--chosen-set is of {of.dataset}, but the run would be of {spec.dataset}; choose a set of the same data"
        )
    return spec
