"""What was found in a run's data stands at the head of its pages: a line, and all of it on a click."""

import pytest

from fdmat_core.runs import artifacts
from fdmat_core.types import Finding
from pages.shell import places
from tests.pages.conftest import texts

FOUND = (
    Finding("4 of 40 items have the same features as an item before them", "kept"),
    Finding("12 of 40 rows have no label", "left out", "unlabelled=class", ("line 5 of my_file.csv",)),
)


@pytest.mark.parametrize("page", [places.MAP, places.REMOVED, places.CURVES, places.BALANCE])
def test_the_head_of_a_run_tells_what_was_found(visit, results, monkeypatch, page):
    for found, label in ((FOUND, "2 findings about the data: 12 of 40 rows have no label: left out"), ((), None)):
        monkeypatch.setattr(artifacts, "findings", lambda spec, found=found: found)
        app = visit(page, run=results.key)
        labels = [one.proto.popover.label for one in app.get("popover")]
        assert not app.exception and [one for one in labels if "finding" in one] == ([label] if label else [])
        assert ("line 5 of my_file.csv" in texts(app).replace("\\", "")) == bool(found)
