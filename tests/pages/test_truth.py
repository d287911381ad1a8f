"""The Truth tab and the buttons to take away, under AppTest, on small runs that are really stored."""

import io
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fdmat_core.analysis import detectors, issues
from fdmat_core.report import tools
from fdmat_core.runs import cleaning, decisions, exchange, library, settings, stages
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.removed import downloads, people, tables, truth
from tests.runs.conftest import make_spec, quick

assert quick  # the fixture
pytestmark = pytest.mark.usefixtures("quick")
METHODS = (Choice("fdmat"), Choice("herding"), Choice("random"), Choice("ccs"))
NOISY = make_spec(methods=METHODS, corruption=Choice.of("symmetric", rate=0.2))
EAGER = Choice.of("fdmat", tau=1.0)
TITLES = {tool.title for tool in tools.TOOLS.values()}
CLEAN = make_spec(dataset=Choice.of("mixture", n=250, spread=2.0), methods=(EAGER, Choice("herding")))


def script(key, method, kept):
    import streamlit as st

    from fdmat_core.spec import Choice
    from pages.removed import downloads, truth
    from pages.shell import caches, state

    if "choices" not in st.session_state:
        state.choose(run=key, kept=kept)
    run = caches.run(key)
    downloads.row(run, Choice(method), state.kept())
    if st.toggle("Truth", True):
        truth.panel(run, Choice(method))


@pytest.fixture
def stored():
    """Make features, rankings and detection of a spec; the curves are not needed here."""
    st.cache_data.clear()
    st.cache_resource.clear()

    def make(spec, *, detected=True):
        spec = settings.checked(spec)
        library.save(spec)
        used, (train, _) = stages.make_features(spec, Run(spec).dataset(), lambda *_: None)
        stages.make_rankings(spec, used, train, lambda *_: None)
        if detected:
            stages.make_detection(spec, used, train, lambda *_: None)
        return spec

    return make


def show(spec, method="fdmat", kept=0.7):
    app = AppTest.from_function(script, args=(spec.key, method, kept), default_timeout=60).run()
    assert not app.exception
    return app


def html(app):
    blocks: Any = app.get("html")
    return [one.value for one in blocks]


def cells(app, kind):
    """The rows of an HTML table, without tags."""
    page = next(one for one in html(app) if f'<table class="{kind}' in one)
    rows = re.findall(r"<tr.*?</tr>", page)
    return [[re.sub("<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def words(app):
    kinds = (app.markdown, app.caption, app.subheader, app.info, app.error)
    return "\n".join(element.value for kind in kinds for element in kind)


def tally_of(spec, method, kept, bad):
    return issues.tally(Run(spec).rankings(Choice(method)).cut(kept), bad)


def told(part):
    """A share of few items as a percentage with at most one digit."""
    return f"{100 * round(part, 3):.4g}%"


def test_injected_noise_is_shown_in_a_table_and_a_sentence(stored):
    spec = stored(NOISY)
    bad = Run(spec).dataset().split("train").truth.bad
    for method in ("fdmat", "herding"):
        mine, app = tally_of(spec, method, 0.7, bad), show(spec, method)
        assert cells(app, "tally injected") == [
            ["", "Removed", "Kept", "All"],
            ["Noise", f"{mine.bad_removed}{told(mine.recall)}", f"{mine.bad_kept}{told(1 - mine.recall)}", "40"],
            [
                "Clean",
                f"{mine.clean_removed}{told(mine.false_removal)}",
                f"{mine.clean_kept}{told(1 - mine.false_removal)}",
                "160",
            ],
            ["All", "6030%", "14070%", "200"],
        ]
        assert (
            f"**{told(mine.recall)} of the injected noise is removed**, with {told(mine.false_removal)} of the clean"
            in words(app)
        )
        assert "random would have removed 30% of both" in words(app)
    assert "uspected items" not in words(app)


def slider(app):
    return app.select_slider(key="truth_kept")


def test_the_slider_moves_the_table_and_the_choice(stored):
    app = show(stored(NOISY))
    assert slider(app).value == 0.7
    slider(app).set_value(0.2).run()
    assert cells(app, "tally")[3] == ["All", "16080%", "4020%", "200"]
    assert app.session_state["choices"]["kept"] == "0.2"
    assert "Injected noise at 80% removed" in words(app)


def test_the_share_kept_is_the_same_after_a_look_at_another_tab(stored):
    app = show(stored(NOISY), kept=0.55)
    app.toggle[0].set_value(False).run()
    assert not app.select_slider
    app.toggle[0].set_value(True).run()
    assert slider(app).value == 0.55 and app.session_state["choices"]["kept"] == "0.55"


def test_a_method_that_is_not_nested_is_shown_at_its_nearest_count(stored):
    app = show(stored(NOISY), "ccs", 0.18)  # kept 5%, 20% and 50% were made
    assert cells(app, "tally")[3] == ["All", "16080%", "4020%", "200"]


def test_detectors_stand_side_by_side_with_their_figures(stored):
    spec = stored(NOISY)
    bad = Run(spec).dataset().split("train").truth.bad
    frame = detectors.compare(Run(spec).detection, bad)
    app = show(spec)
    table = cells(app, "detectors")
    assert table[0] == ["", "AUROC", "AUPRC", "first 50", "first 100", "first 200"]
    names = [row[0] for row in table[1:]]
    assert names[:3] == ["FDMat", "FDMat, outliers", "Self-confidence (as cleanlab)"] and len(names) == 7
    assert [row[1] for row in table[1:]] == [f"{value:.3f}" for value in frame["auroc"]]
    assert [row[3] for row in table[1:]] == [f"{100 * value:.4g}%" for value in frame["precision_at_50"].round(3)]
    assert "20% of the items are noise" in words(app)


def test_without_stored_detection_the_rest_is_shown(stored):
    app = show(stored(NOISY, detected=False))
    assert cells(app, "tally")[3][0] == "All" and "compared at the end of a run" in words(app)


def test_false_alarms_are_those_on_clean_items(stored):
    spec = stored(NOISY)
    train, bad = Run(spec).tables[0], Run(spec).dataset().split("train").truth.bad
    reason = Run(spec).ranking(Choice("fdmat")).evidence["issue"]
    share = np.mean(reason[~bad] > 0)
    app = show(spec)
    assert f"FDMat suspects {100 * round(share, 3):.4g}% of the clean items" in words(app)
    assert train.n == 200


def test_where_nothing_was_injected_the_word_is_suspected(stored):
    spec = stored(CLEAN)
    suspected = Run(spec).ranking(EAGER).rejected
    assert 2 < suspected.sum() < 10
    mine, app = tally_of(spec, "herding", 0.7, suspected), show(spec, "herding")
    assert cells(app, "tally suspected")[1][1] == f"{mine.bad_removed}{told(mine.recall)}"
    assert cells(app, "tally suspected")[1][0] == "Suspected" and cells(app, "tally suspected")[2][0] == "Others"
    said = words(app)
    assert "injected" not in said.lower() and "noise" not in said.lower() and "*suspected* means by FDMat" in said
    assert f"suspects {100 * round(suspected.mean(), 3):.4g}% of all items; on clean data each is a false alarm" in said
    assert not any('class="detectors"' in one for one in html(app))


def test_then_people_are_the_truth(stored):
    spec = stored(CLEAN)
    train, ranking = Run(spec).tables[0], Run(spec).ranking(EAGER)
    worst = train.ids[ranking.order[::-1]].tolist()
    suspected = int(ranking.rejected.sum())

    def decide(items, kind):
        for item in items:
            decisions.decide(Run(spec).dataset_key, Decision(item, kind, train.classes[0] if kind == "relabel" else ""))

    decide(worst[:1], "drop")
    decide(worst[1:2], "relabel")
    decide(worst[150:152], "keep")
    decide(worst[170:171], "unsure")
    app = show(spec, "herding")
    assert "**2 called wrong** (1 dropped, 1 relabelled), of which FDMat suspects 2 (100%)" in words(app)
    assert "**2 called right**, of which FDMat suspects 0 (0%); 1 unsure." in words(app)
    assert "Once 10 items are called wrong and 10 right" in words(app)
    assert not any('class="detectors' in one for one in html(app))
    decide(worst[2:10], "drop")
    decide(worst[152:160], "keep")
    app = show(spec, "herding")
    assert f"of which FDMat suspects {min(10, suspected)}" in words(app)
    rows = [int(np.flatnonzero(train.ids == item)[0]) for item in (*worst[:10], *worst[150:160])]
    scores = {name: score[rows] for name, score in Run(spec).detection.items()}
    frame = detectors.compare(scores, np.arange(20) < 10, cuts=())
    assert [row[1] for row in cells(app, "detectors")[1:]] == [f"{value:.3f}" for value in frame["auroc"]]


def test_decisions_are_held_against_an_injected_truth(stored):
    spec = stored(NOISY)
    train, bad = Run(spec).tables[0], Run(spec).dataset().split("train").truth.bad
    for item, kind in ((train.ids[bad][0], "drop"), (train.ids[bad][1], "keep"), (train.ids[~bad][0], "keep")):
        decisions.decide(Run(spec).dataset_key, Decision(int(item), kind))
    assert "2 of 3 agree with the injected truth" in words(show(spec))


def test_without_fdmat_the_tab_says_what_is_missing(stored):
    spec = stored(make_spec("herding"))
    assert "FDMat has to rank first" in words(show(spec, "herding"))


def test_where_five_of_1600_remain_nothing_reads_100_percent():
    tally = issues.Tally(1595, 5, 6005, 395)
    said = "**99.7% of the injected noise is removed**, with 93.8% of the clean data; "
    assert truth.sentence(tally, "injected") == f"{said}random would have removed 95% of both."
    table = re.sub("<[^i/].*?>", "", tables.two_by_two(tally, "injected"))
    assert "1,595</b><i>99.7%" in table and "5</b><i>0.3%" in table
    few = tables.two_by_two(issues.Tally(7999, 1, 0, 9), "injected")
    assert "<i>&gt; 99.9%</i>" in few and "<i>&lt; 0.1%</i>" in few and "<i>100%</i>" in few


def test_sentences_without_anything_to_count():
    assert truth.sentence(issues.Tally(0, 0, 3, 7), "suspected") == "No item is suspected."
    frame = pd.DataFrame({"decision": ["unsure"], "items": [2], "suspected": [1]})
    assert people.sentence(frame) == "**0 called wrong** (0 dropped, 0 relabelled); **0 called right**; 2 unsure."


@pytest.fixture
def taken(monkeypatch):
    """What each download button would give: (data, file name), by its label."""
    buttons = {}

    def button(label, data, file, *kind, **facts):
        if not kind and label not in TITLES:  # the report, the bundle and other tools' forms have tests of their own
            buttons[label] = None if facts["disabled"] else (data(), file)

    monkeypatch.setattr(downloads.st, "download_button", button)
    return buttons


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".json", ".npy", ".txt"])
def test_buttons_give_what_the_command_line_gives_and_no_other_format(stored, taken, ending):
    spec = stored(NOISY)
    run, herding = Run(spec), Choice("herding")
    order = run.tables[0].ids[run.ranking(herding).order].tolist()
    decisions.decide(run.dataset_key, Decision(order[199], "keep"))
    app = show(spec, "herding", 0.1)
    taken.clear()
    app.selectbox(key="ending").set_value(ending).run()
    cleaned = cleaning.listed(run)
    wanted = {
        "Selection (20)": (exchange.selected(run, herding, 0.1), f"selection-herding-20-of-200{ending}"),
        f"Cleaned list ({len(cleaned)})": (cleaned, f"cleaned-{len(cleaned)}-of-200{ending}"),
    }
    if ending in exchange.TABLES:
        wanted |= {
            "Ranking (200)": (exchange.ranking(run, herding, 0.1), f"ranking-herding-20-of-200{ending}"),
            "Issues": (exchange.issues(run), f"issues-{spec.key}{ending}"),
            "Decisions (1)": (exchange.decided(run), f"decisions-{spec.key}{ending}"),
        }
    assert taken == {name: (exchange.content(table, ending), file) for name, (table, file) in wanted.items()}
    if ending == ".txt":
        lines = taken["Selection (20)"][0].decode().splitlines()
        assert [int(line.split("\t")[0]) for line in lines] == [order[199], *order[:19]]
    assert "1 pinned by people: the selection follows them" in words(app)


def test_nothing_decided_and_no_evidence_leave_nothing_to_take(stored, taken):
    show(stored(make_spec("herding")), "herding")
    assert taken["Issues"] is None and taken["Decisions (0)"] is None and taken["Selection (140)"]


def test_a_selection_of_a_method_that_is_not_nested_has_its_nearest_count(stored, taken):
    spec = stored(NOISY)
    show(spec, "ccs", 0.18)
    found = pd.read_csv(io.BytesIO(taken["Selection (40)"][0]))
    ranking = Run(spec).ranking(Choice("ccs"), k=40)
    assert found["id"].tolist() == Run(spec).tables[0].ids[ranking.order[:40]].tolist()


def upload(app, name, content):
    app.file_uploader[0].set_value((name, content, "text/plain")).run()
    assert not app.exception
    return app


def test_decisions_come_back_once_and_wrong_files_are_refused(stored):
    spec = stored(NOISY)
    items, app = Run(spec).tables[0].ids[:2].tolist(), show(spec)
    good = f"item,decision\n{items[0]},keep\n{items[1]},drop\n".encode()
    upload(app, "wrong.csv", good + b"987654,keep\n")
    assert "wrong.csv was not taken in" in app.error[0].value and "987654" in app.error[0].value
    assert decisions.current(Run(spec).dataset_key).empty
    upload(app, "right.csv", good)
    assert [one.value for one in app.toast] == ["2 decisions read, 2 of them new"] and not app.error
    assert decisions.undo(Run(spec).dataset_key, "") == items  # what a file says is one step
    app.run()  # the file still lies in its field, and is not read again
    assert decisions.current(Run(spec).dataset_key).empty


def test_the_file_of_a_selection_is_named_after_the_variant():
    names = [downloads._file_name(choice) for choice in (Choice("fdmat"), EAGER, Choice.of("ccs", a=1, b="x/y z"))]
    assert names == ["fdmat", "fdmat-tau=1.0", "ccs-a=1-b=x-y-z"]
