"""The choices that travel: the link decides at first, then the session, and the link follows."""

import pytest
from streamlit.testing.v1 import AppTest

from fdmat_core.runs import run
from fdmat_core.spec import Choice
from pages.shell import state
from tests.pages.conftest import link


def see(script, **link):
    app = AppTest.from_string(f"import streamlit as st\nfrom pages.shared import session\n{script}")
    app.query_params.update(link)
    return app.run()


@pytest.mark.parametrize(
    ("said", "ratio"), [("0.7", 0.7), ("2", 1.0), ("-1", 0.0), ("nan", state.RATIO), ("much", state.RATIO)]
)
def test_the_ratio_of_a_link_is_read_and_kept_within_bounds(said, ratio):
    assert see("st.text(session.ratio())", ratio=said).text[0].value == str(ratio)


def test_without_a_link_nothing_is_chosen():
    app = see("st.text(session.run())\nst.text(session.ratio())")
    assert [text.value for text in app.text] == ["None", str(state.RATIO)]


def test_the_link_wins_at_first_and_the_session_later():
    script = (
        "session.travel()\nst.button('b', on_click=session.choose, kwargs={'ratio': 0.25})\nst.text(session.ratio())"
    )
    app = see(script, ratio="0.7")
    assert app.text[0].value == "0.7"
    app.button[0].click().run()
    assert app.text[0].value == "0.25" and link(app, "ratio") == "0.25"
    app.query_params.clear()
    app.run()
    assert link(app, "ratio") == "0.25"


def test_none_forgets_a_choice():
    app = see("session.choose(run=None, ratio=None)", run="a", ratio="0.7", method="m")
    assert set(app.query_params) == {"method"}


def test_an_unknown_choice_is_refused():
    with pytest.raises(ValueError, match="'colour' does not travel"):
        state.choose(colour="red")


@pytest.mark.parametrize(("said", "found"), [("herding", "herding"), ("nonsense", "fdmat"), ("random", "random")])
def test_the_method_is_one_of_the_run(said, found):
    script = "from fdmat_core.work import runs\nst.text(session.method(runs.SAMPLE))"
    assert see(script, method=said).text[0].value == found


def test_the_run_of_a_link_is_opened_if_it_is_stored():
    script = "spec = session.spec()\nst.text(spec and spec.key)"
    assert see(script, run="0123456789abcdef").text[0].value == "None"
    assert see(script, run="../../etc").text[0].value == "None"
    key = run.save(run.SAMPLE)
    assert see(script, run=key).text[0].value == key


def test_forms_start_from_the_sample_until_another_is_given():
    script = """
from dataclasses import replace
from fdmat_core.types import Choice
from fdmat_core.work import runs
st.text(session.field("dataset"))
st.text(session.start().dataset)
st.button("b", on_click=session.start_from, args=(replace(runs.SAMPLE, dataset=Choice("digits")),))
"""
    app = see(script)
    first = app.text[0].value
    assert app.text[1].value == str(Choice("fashion_mnist_8k"))
    app.button[0].click().run()
    assert app.text[0].value != first and app.text[1].value == "digits"
