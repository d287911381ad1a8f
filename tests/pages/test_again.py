"""The Clean tab under AppTest: it says what applying does, starts the run, and shows what that brought."""

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fdmat_core.runs import applying, decisions, jobs, library, settings
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from tests.stores import filling

SPEC = Spec(
    dataset=Choice.of("mixture", n=300),
    backbone=Choice("given"),
    methods=(Choice("fdmat"), Choice("random")),
    measures=(Choice("linear_probe"), Choice("energy"), Choice("energy_to_clean")),
    corruption=Choice.of("symmetric", rate=0.3),
    fractions=(0.2, 1.0),
    seeds=2,
    band=3,
)


def script(key):
    from fdmat_core.spec import Choice
    from pages.removed import again
    from pages.shell import caches

    again.panel(caches.run(key), Choice("fdmat"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with SPEC and its cleaned run, for which somebody relabelled every flipped item that is suspected."""
    with filling(tmp_path_factory, "again") as home:
        library.execute(SPEC)
        run = Run(SPEC)
        data, table = run.dataset().split("train"), run.tables[0]
        rows = np.flatnonzero(run.evidence.rejected & data.truth.mislabelled)
        labels = [data.classes[label] for label in data.truth.clean_labels[rows]]
        items = table.ids[rows].tolist()
        decisions.decide_all(
            run.dataset_key, [Decision(one, "relabel", label, "ann") for one, label in zip(items, labels, strict=True)]
        )
        library.execute(applying.apply(run))
    return home, len(rows)


@pytest.fixture
def cleaned(filled, monkeypatch):
    """How many items were relabelled, and what the page asked of the jobs."""
    monkeypatch.setenv("FDMAT_HOME", str(filled[0]))
    asked = []
    monkeypatch.setattr(jobs, "submit", lambda spec: asked.append(spec) or library.save(spec))
    monkeypatch.setattr(jobs, "status", lambda key: None)
    st.cache_data.clear()
    st.cache_resource.clear()
    return filled[1], asked


def show(spec):
    app = AppTest.from_function(script, args=(settings.checked(spec).key,), default_timeout=60).run()
    assert not app.exception
    return app


def words(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.subheader, app.info) for element in kind)


def test_the_run_that_was_decided_on_shows_what_cleaning_brought(cleaned):
    count, _ = cleaned
    app = show(SPEC)
    assert f"**0 items go, {count:,} get another label**" in words(app)
    undecided = int(Run(SPEC).evidence.rejected.sum()) - count
    assert f"{undecided:,} suspects that nobody decided about stay in the new run" in words(app)
    assert Run(SPEC).counts[1] < 100 and f"One of the {Run(SPEC).counts[1]} test items is" in words(app)
    table = app.dataframe[0].value
    assert table["what"].tolist()[0] == "Linear probe accuracy, all items"
    after = Run(applying.apply(Run(SPEC)))
    curves = [
        one.curve().query("kept == 1 and measure == 'linear_probe' and method == 'random'")
        for one in (Run(SPEC), after)
    ]
    before_mean, after_mean = (100 * curve["value"].mean() for curve in curves)
    assert after_mean > before_mean + 1
    assert table["before"][0].startswith(f"{before_mean:.1f}") and table["after"][0].startswith(f"{after_mean:.1f}")
    bad = Run(SPEC).dataset().split("train").truth.bad.sum()
    assert f"**{count:,} of {bad:,}** injected errors are undone, {bad - count:,} are left" in words(app)
    by_class = app.dataframe[1].value
    assert (
        sorted(by_class["label"]) == sorted(after.tables[0].classes) and by_class["difference"].is_monotonic_decreasing
    )


def test_the_cleaned_run_says_whose_decisions_it_follows(cleaned):
    spec = applying.apply(Run(SPEC))
    app = show(spec)
    assert f"0 dropped, {cleaned[0]} relabelled, 0 called right** by ann" in words(app)
    assert "Before and after" in words(app) and "Drop or relabel items" in words(app)


def test_a_button_starts_the_run_and_whole_networks_if_asked(cleaned):
    app = show(SPEC)
    app.button[0].click().run()
    assert [one.key for one in cleaned[1]] == [applying.apply(Run(SPEC)).key]
    app.toggle[0].set_value(True).run()
    app.button[0].click().run()
    assert [len(one.measures) for one in cleaned[1][1:]] == [3, 2, 2]
    assert [one.corruption.name for one in cleaned[1][2:]] == ["cleaned", "symmetric"]
