"""The ready story: what it says of an item is true of that item."""

import numpy as np

from fdmat_core.runs import explained, library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from tests.runs.conftest import make_spec


def test_the_item_that_is_looked_at_is_the_last_of_the_damaged_and_not_of_all(quick):
    measures = (Choice("energy"), Choice("linear_probe"))
    spec = make_spec("fdmat", "random", measures=measures, corruption=Choice.of("symmetric", rate=0.2))
    library.execute(spec)
    run = Run(spec)
    bad, order, ids = run.dataset().split("train").truth.bad, run.ranking(Choice("fdmat")).order, run.tables[0].ids
    step = next(one for one in explained.story(run).steps if one.colour == "noise" and one.pinned)
    last = max(np.flatnonzero(bad[order]))
    assert step.pinned == str(ids[order[last]])
    assert step.caption.startswith("The last of these in FDMat's order: its label says ")


def test_one_suspect_is_one_item_and_chance_that_keeps_none_is_not_told(quick):
    spec = make_spec("fdmat", "random", measures=(Choice("energy"), Choice("linear_probe")), fractions=(0.05, 0.5))
    library.execute(spec)
    assert Run(spec).evidence.rejected.sum() == 1
    told = next(one.caption for one in explained.story(Run(spec)).steps if one.colour == "noise" and not one.pinned)
    assert told == "Items that do not belong go first. FDMat suspects 1 item. Of these none is still kept at 5%."


def test_it_ends_at_the_smallest_share_with_an_item_for_every_class(quick):
    """Of 200 items 1% are two, fewer than there are classes, and 5% are ten."""
    measures = (Choice("energy"), Choice("linear_probe"))
    spec = make_spec("fdmat", "random", measures=measures, fractions=(0.01, 0.05, 0.25))
    library.execute(spec)
    run = Run(spec)
    least = next(share for k, share in run.planned.items() if k >= run.tables[0].c)
    assert 2 in run.planned and least == explained.story(run).steps[-1].kept > min(run.planned.values())
