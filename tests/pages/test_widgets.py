"""Fields follow from the type, the bounds and the choices of a parameter; what comes back is a checked choice."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fdmat_core import formats
from fdmat_core.runs.jobs import Status
from fdmat_core.spec import Choice
from pages.data import gallery
from pages.shell import caches, frame
from pages.ui import forms, run_status

SCRIPT = '''
import streamlit as st
from typing import Annotated, Literal
from fdmat_core.registry import Entry, Range
from fdmat_core.spec import Choice
from pages.ui import forms

def thing(table, *, budget: int, share: Annotated[float, Range(0, 1)] = 0.5, many: Annotated[int, Range(1, 9)] = 3,
          way: Literal["short", "long_way"] = "short", sure: bool = False, name: str = "x"):
    """Do.

    Parameters
    ----------
    share
        How much of it.
    """

chosen = forms.parameters(Entry("method", "thing", thing, None), Choice.of("thing", many=4, gone=1), key="k")
st.text(chosen)
'''


@pytest.fixture
def form():
    return AppTest.from_string(SCRIPT).run()


def test_each_type_has_its_field_with_bounds_help_and_default(form):
    share, many = form.get_by_key("k.share"), form.get_by_key("k.many")
    assert (share.min, share.max, share.value, share.help) == (0.0, 1.0, 0.5, "How much of it.")
    assert (many.min, many.max, many.value, many.label) == (1, 9, 4, "Many")
    assert form.get_by_key("k.way").options == ["short", "long way"]
    assert form.get_by_key("k.sure").value is False and form.get_by_key("k.name").value == "x"


def test_only_what_differs_from_the_defaults_is_named(form):
    assert form.text[0].value == "thing(many=4)"
    form.get_by_key("k.many").set_value(3)
    form.get_by_key("k.way").set_value("long_way")
    form.get_by_key("k.share").set_value(0.25)
    form.run()
    assert form.text[0].value == "thing(share=0.25, way=long_way)"


def test_titles_name_the_parameters_that_differ():
    from fdmat_core import registry

    assert registry.methods.title(Choice("fdmat")) == registry.methods.get("fdmat").title
    assert registry.methods.title(Choice.of("fdmat", lam=4.0)) == "FDMat (sharpness 4)"
    assert registry.methods.title(Choice.of("fdmat", lam=0.25, tau=0.0)).endswith(
        "(sharpness 0.25, suspicion threshold 0)"
    )
    assert registry.methods.title(Choice("gone")) == "gone"


@pytest.mark.parametrize(("value", "step"), [(0.5, 0.05), (10.0, 1.0), (0.001, 0.0001), (0.0, 0.05)])
def test_a_click_moves_a_number_by_about_a_tenth(value, step):
    assert forms._step(value) == pytest.approx(step)


def test_durations_are_said_in_words():
    said = [formats.duration(seconds) for seconds in (4.2, 89, 150, 3600, 7500)]
    assert said == ["4 s", "89 s", "2 min", "60 min", "2 h 5 min"]


def test_progress_is_one_line():
    status = Status("k", "running", stage="rankings", done=3, total=8, seconds_left=10.0, message="FDMat")
    assert run_status.sentence(status) == "**Ranking** · 3 of 8 · FDMat · 0.5 per second · 10 s left"
    assert run_status.sentence(Status("k", "queued", ahead=2)) == "Waiting for 2 runs before it"
    assert run_status.sentence(Status("k", "running")) == "**Starting**"


def test_words_are_shown_as_they_stand():
    assert frame.plain("a_b *c* [d](e)") == "a\\_b \\*c\\* \\[d\\](e)"


def test_images_are_pngs_that_hold_the_same_pixels():
    for shape in ((5, 4, 1), (5, 4, 3)):
        pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        png = base64.b64decode(gallery.data_url(pixels).partition(",")[2])
        read = np.asarray(Image.open(io.BytesIO(png)))
        assert np.array_equal(read if shape[2] == 3 else read[..., None], pixels)


def test_captions_cannot_break_out_of_the_html():
    images = caches.Images(np.zeros((2, 4, 4, 1), np.uint8), ['"><b>x', "fine"], [False, True])
    made = gallery._cells(images, 44)
    assert "<b>" not in made and made.count("<img") == 2 and made.count("outline:3px") == 1
