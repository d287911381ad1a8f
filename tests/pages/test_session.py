"""The choices that travel: the link decides at first, then the session, and the link follows."""

import pytest
from streamlit.testing.v1 import AppTest

from fdmat_core.runs import library, settings
from fdmat_core.spec import Choice
from pages.shell import state
from tests.pages.conftest import link


def see(script, **link):
    app = AppTest.from_string(f"import streamlit as st\nfrom pages.shell import state\n{script}")
    app.query_params.update(link)
    return app.run()


@pytest.mark.parametrize(
    ("said", "kept"), [("0.7", 0.7), ("2", 1.0), ("-1", 0.0), ("nan", state.KEPT), ("much", state.KEPT)]
)
def test_the_share_kept_of_a_link_is_read_and_bounded(said, kept):
    assert see("st.text(state.kept())", kept=said).text[0].value == str(kept)


@pytest.mark.parametrize(("said", "kept"), [("0.7", 0.3), ("0", 1.0), ("0.999", 0.001), ("nan", state.KEPT)])
def test_a_link_that_says_the_share_removed_still_works(said, kept):
    app = see("state.travel()\nst.text(state.kept())", ratio=said)
    assert app.text[0].value == str(kept) and "ratio" not in app.query_params
    assert link(app, "kept") == (f"{kept:g}" if said != "nan" else None)


def test_the_newer_word_wins_where_a_link_has_both():
    assert see("st.text(state.kept())", ratio="0.7", kept="0.05").text[0].value == "0.05"


def test_without_a_link_nothing_is_chosen():
    app = see("st.text(state.key())\nst.text(state.kept())")
    assert [text.value for text in app.text] == ["None", str(state.KEPT)]


def test_the_link_wins_at_first_and_the_session_later():
    script = "state.travel()\nst.button('b', on_click=state.choose, kwargs={'kept': 0.25})\nst.text(state.kept())"
    app = see(script, kept="0.7")
    assert app.text[0].value == "0.7"
    app.button[0].click().run()
    assert app.text[0].value == "0.25" and link(app, "kept") == "0.25"
    app.query_params.clear()
    app.run()
    assert link(app, "kept") == "0.25"


def test_none_forgets_a_choice():
    app = see("state.choose(run=None, kept=None)", run="a", kept="0.7", method="m")
    assert set(app.query_params) == {"method"}


def test_an_unknown_choice_is_refused():
    with pytest.raises(ValueError, match="'weather' does not travel"):
        state.choose(weather="fair")


@pytest.mark.parametrize(("said", "found"), [("herding", "herding"), ("nonsense", "fdmat"), ("random", "random")])
def test_the_method_is_one_of_the_run(said, found):
    script = """
from fdmat_core.runs.run import Run
from fdmat_core.runs.settings import SAMPLE
st.text(state.method(Run(SAMPLE)))
"""
    assert see(script, method=said).text[0].value == found


def test_the_run_of_a_link_is_opened_if_it_is_stored():
    script = "run = state.run()\nst.text(run and run.key)"
    assert see(script, run="0123456789abcdef").text[0].value == "None"
    assert see(script, run="../../etc").text[0].value == "None"
    key = library.save(settings.SAMPLE)
    assert see(script, run=key).text[0].value == key
    library.delete(key)
    assert see(script, run=key).text[0].value == "None"


def test_forms_start_from_the_sample_until_another_is_given():
    script = """
from dataclasses import replace
from fdmat_core.runs import settings
from fdmat_core.spec import Choice
st.text(state.field("dataset"))
st.text(state.start().dataset)
st.button("b", on_click=state.start_from, args=(replace(settings.SAMPLE, dataset=Choice("digits")),))
"""
    app = see(script)
    first = app.text[0].value
    assert app.text[1].value == str(Choice("fashion_mnist_8k"))
    app.button[0].click().run()
    assert app.text[0].value != first and app.text[1].value == "digits"
