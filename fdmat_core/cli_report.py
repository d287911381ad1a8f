"""The commands that hand a run over, a report or a bundle of all, and the spec that comes back out of one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import files

#: A spec is a few kB; no more of a file is read.
LARGEST = 1_000_000

Key = Annotated[str, typer.Argument(metavar="RUN", help="A run's key, or its first letters.")]
Methods = Annotated[str, typer.Option(help="Which methods it holds, at most 8: 'fdmat,random'.")]
Focus = Annotated[str, typer.Option("--method", help="The method that it opens with.")]
Kept = Annotated[float | None, typer.Option(help="The share kept that it opens at; 0.05 if left out.")]


def report(
    key: Key,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; named after data, method and share if left out.")
    ] = None,
    methods: Methods = "",
    method: Focus = "",
    kept: Kept = None,
) -> None:
    """Write a report: one HTML file with the map, its slider and all results, which needs no network and no Python."""
    from fdmat_core.report import naming, page, scene

    told = scene.of(Run.open(library.resolve(key)), _names(methods), focus=method, kept=kept)
    file = out or Path(f"{naming.file(told.run.spec, str(told.focus), naming.share(told.kept), 'report')}.html")
    _ending(file, ".html")
    body = page.page(told).encode()
    with files.whole(file) as stream:
        stream.write(body)
    left = f"; {told.left_out} more are not in it, name them with --methods" if told.left_out else ""
    print(f"{file}: {len(body) / 1e6:.1f} MB, {len(told.methods)} methods{left}")


def bundle(
    key: Key,
    out: Annotated[Path, typer.Option(help="The file to write; it ends in .zip.")],
    methods: Methods = "",
    method: Focus = "",
    kept: Kept = None,
) -> None:
    """Write all of a run into a zip: selections, tables, figures, the report, and the spec that makes it again."""
    from fdmat_core.report import bundle as bundles

    _ending(out, ".zip")
    body = bundles.content(Run.open(library.resolve(key)), _names(methods), focus=method, kept=kept)
    with files.whole(out) as stream:
        stream.write(body)
    print(f"{out}: {len(body) / 1e6:.1f} MB")


def read_spec(file: Path) -> Spec:
    """The spec in a JSON file; where versions lie beside it, those that differ here are told.

    Raises
    ------
    ValueError
        The file is no spec.
    """
    if file.stat().st_size > LARGEST:
        raise ValueError(f"{file} has {file.stat().st_size:,} bytes; a spec has at most {LARGEST:,}")
    try:
        spec = Spec.from_json(json.loads(file.read_text()))
    except (TypeError, KeyError, AttributeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{file} is no spec ({error}); compare spec.json in the folder of a run") from None
    for line in _differences(file.with_name("versions.json")):
        print(f"note: {line}", file=sys.stderr)
    return spec


def _differences(file: Path) -> list[str]:
    """Which versions in a file are others than those that run here, in words."""
    from fdmat_core.report import versions

    if not file.exists() or file.stat().st_size > LARGEST:
        return []
    try:
        told = json.loads(file.read_text())
    except (ValueError, RecursionError):
        return [f"{file} cannot be read; versions are not compared"]
    here = versions.here()
    there = {name: told[name] for name in here if isinstance(told, dict) and isinstance(told.get(name), str)}
    return [f"made with {name} {one}, here runs {here[name]}" for name, one in there.items() if one != here[name]]


def _names(methods: str) -> list[str]:
    return [str(choice) for choice in Choice.read(methods)]


def _ending(file: Path, ending: str) -> None:
    if file.suffix != ending:
        raise ValueError(f"--out is {str(file)!r}; let it end in {ending}")
