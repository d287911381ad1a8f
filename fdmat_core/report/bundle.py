"""All of a run in one zip: what is kept, the tables, the figures, the report, and the spec that makes it again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from fdmat_core import sizes
from fdmat_core.report import chapters, figures, naming, page, scene, versions
from fdmat_core.report.scene import Scene
from fdmat_core.runs import cleaning, exchange, loaders
from fdmat_core.runs.run import Run

if TYPE_CHECKING:
    import pandas

#: When every file in a bundle was made: the same run gives the same bytes.
MADE = (1980, 1, 1, 0, 0, 0)
CONTENTS = """\
{heading}
run {key}, by FDMat Explorer {version}

report.html    open it in a browser; it needs no network and no Python
spec.json      `fdmat run --spec spec.json` makes this run again; data that are not bundled must lie where it says
versions.json  the versions that this was read with
selections/    of each method the ids kept, best first, with their labels, at every measured size (.npy); at {kept} all
               about them (.csv). cleaned.csv: all items but what is suspected or dropped, with corrected labels.
               load.py trains on it. {ids}
tables/        every point of the curves, issues, people's decisions, what was found in the data
figures/       as SVG

To cite: {paper}
"""


def content(run: Run, methods: Sequence[str] = (), *, focus: str = "", kept: float | None = None) -> bytes:
    """A bundle of a run as the bytes of a zip; its arguments and errors are those of `scene.of`."""
    told = scene.of(run, methods, focus=focus, kept=kept)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, body in _files(told):
            entry = zipfile.ZipInfo(f"{naming.file(run.spec)}/{name}", MADE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            file.writestr(entry, body)
    return buffer.getvalue()


def _files(told: Scene) -> Iterator[tuple[str, str | bytes]]:
    """The name of every file in a bundle and what it holds."""
    run, spec = told.run, told.run.spec
    facts = {"heading": naming.heading(spec), "key": run.key, "version": versions.here()["FDMat Explorer"]}
    facts |= {"kept": naming.share(told.kept), "paper": chapters.PAPER, "ids": loaders.words(spec)}
    yield "README.txt", CONTENTS.format(**facts)
    yield "spec.json", json.dumps(spec.to_json(), indent=1)
    yield "versions.json", json.dumps({"run": run.key} | versions.here(), indent=1)
    yield from _selections(told)
    for name, table in _tables(told):
        yield f"tables/{name}.csv", exchange.content(table, ".csv")
    for name, figure in figures.drawn(told).items():
        yield f"figures/{name}", figure
    yield "report.html", page.page(told)


def _selections(told: Scene) -> Iterator[tuple[str, bytes]]:
    shares = [kept for kept in told.run.planned.values() if kept < 1]
    for method, rankings in told.ranked.items():
        name = f"selections/{naming.slug(str(method))}"
        for kept in shares:
            table = exchange.selected(told.run, method, kept)
            yield f"{name}_{naming.share(kept)}.npy", exchange.content(table, ".npy")
        here = told.kept if rankings.nested or not shares else sizes.nearest(shares, told.kept)
        table = exchange.selected(told.run, method, here)
        yield f"{name}_{naming.share(here)}.csv", exchange.content(table, ".csv")
    if told.evidence is not None:
        yield "selections/cleaned.csv", exchange.content(cleaning.listed(told.run), ".csv")
        yield "selections/load.py", loaders.loader(told.run.spec, "cleaned.csv", told.train.holds).torch.encode()


def _tables(told: Scene) -> Iterator[tuple[str, pandas.DataFrame]]:
    import pandas

    run = told.run
    yield "curves", run.curve()
    if told.evidence is not None:
        yield "issues", exchange.issues(run)
    yield "decisions", exchange.decided(run)
    rows = [asdict(one) | {"places": "; ".join(one.places)} for one in run.findings]
    yield "findings", pandas.DataFrame(rows, columns=["text", "action", "switch", "places"])
