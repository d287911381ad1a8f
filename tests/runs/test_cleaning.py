"""The cleaned list: what FDMat suspects and what people dropped is out, whatever the share kept."""

import pytest

from fdmat_core.runs import cleaning, decisions, exchange, library
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from tests.runs.conftest import make_spec


@pytest.fixture
def run():
    spec = make_spec("fdmat", "herding", corruption=Choice.of("symmetric", rate=0.2))
    library.execute(spec)
    return Run(spec)


def test_suspects_are_out_unless_people_say_otherwise(run):
    table, rejected = run.tables[0], run.evidence.rejected
    suspects, others = table.ids[rejected].tolist(), table.ids[~rejected].tolist()
    assert 20 < len(suspects) < 80
    assert cleaning.listed(run)["id"].tolist() == others
    wrong = {table.ids.tolist().index(item) for item in suspects[2:3]}
    target = next(name for name in table.classes if name != table.classes[table.labels[wrong.pop()]])
    said = {suspects[0]: "keep", suspects[1]: "unsure", suspects[3]: "drop", others[0]: "drop", others[1]: "unsure"}
    for item, kind in said.items():
        decisions.decide(run.dataset_key, Decision(item, kind))
    decisions.decide(run.dataset_key, Decision(suspects[2], "relabel", target))
    found = cleaning.listed(run)
    stay = {*others, suspects[0], suspects[2]} - {others[0]}
    assert found["id"].tolist() == [item for item in table.ids.tolist() if item in stay]
    told = found.set_index("id")
    assert told.loc[suspects[2], "final_label"] == target != told.loc[suspects[2], "given_label"]
    assert table.classes[told.loc[suspects[2], "target"]] == target
    assert (told["final_label"] == told["given_label"]).sum() == len(told) - 1
    attrs = {name: found.attrs[name] for name in ("kept", "of", "suspects_out", "drop", "relabel")}
    assert attrs == {"kept": len(stay), "of": 200, "suspects_out": len(suspects) - 3, "drop": 2, "relabel": 1}
    assert len(cleaning.rows(run)) == len(stay)
    assert cleaning.undecided(run) == len(suspects) - 3  # "unsure" decides nothing
    assert exchange.endings(found) == tuple(exchange.WRITERS)


def test_it_needs_fdmat():
    spec = make_spec("herding")
    with pytest.raises(ValueError, match="has no fdmat among its methods"):
        cleaning.rows(Run(spec))
    assert cleaning.undecided(Run(spec)) == 0
    with pytest.raises(ValueError, match="has not ranked by fdmat yet"):
        cleaning.rows(Run(make_spec("fdmat")))
