"""Colours and styles: fixed per method, distinct per variant, readable on both backgrounds."""
# pyright: reportAttributeAccessIssue=false
# The line above: plotly gives its figures and traces no types.

from dataclasses import replace

import plotly.graph_objects as go
import pytest

from fdmat_core import registry
from fdmat_core.figures import theme
from fdmat_core.figures.theme import Look, Style, contrast
from fdmat_core.registry import MethodFacts
from fdmat_core.spec import Choice

FDMAT = MethodFacts(title="FDMat", colour="#0072B2", family="distribution", needs=(), keeps="", paper="")
FACTS = {
    Choice("random"): replace(FDMAT, title="Random", colour="#123456", family="baseline"),
    Choice("fdmat"): FDMAT,
    Choice.of("fdmat", lam=10): replace(FDMAT, title="FDMat (lam 10)"),
    Choice("herding"): replace(FDMAT, title="Herding", colour="#E69F00", family="geometry"),
}


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21) and contrast("#123456", "#123456") == 1
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_a_method_has_the_colour_that_the_registry_gives_and_its_familys_dash():
    styles = theme.styles(FACTS)
    assert styles["herding"] == Style("Herding", "#E69F00", theme.DASHES["geometry"])
    assert styles["fdmat"] == Style("FDMat", "#0072B2", "solid")


def test_random_is_grey_and_dashed_whatever_its_facts_say():
    assert theme.styles(FACTS)["random"] == Style("Random", theme.RANDOM, "dash")


def test_variants_share_a_colour_and_differ_in_dash_and_name():
    styles = theme.styles(FACTS)
    one, other = styles["fdmat"], styles["fdmat(lam=10)"]
    assert one.colour == other.colour and one.dash != other.dash
    assert (one.title, other.title) == ("FDMat", "FDMat (lam 10)")


def test_a_selection_of_ones_own_is_no_baseline():
    """It has a family of its own, so that its line and its place in a menu are not those of random."""
    own = Choice.of("imported", content="abc", called="mine")
    styles = theme.styles({choice: registry.methods.get(choice.name).facts for choice in (Choice("random"), own)})
    assert registry.methods.get("imported").facts.family == "yours"
    assert styles[str(own)].dash != styles["random"].dash == theme.DASHES["baseline"]


@pytest.mark.parametrize("ink", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_what_is_suspected_stands_out_from_the_page_in_a_colour_of_its_own(ink):
    assert contrast(ink.suspect, ink.surface) >= 3
    others = [
        value for scheme in (":root", ".dark") for name, value in theme.tokens(scheme).items() if name != "suspect"
    ]
    others += [entry.facts.colour for entry in registry.methods.all(brought=True).values()]
    assert ink.suspect not in others


def test_families_have_distinct_dashes():
    assert len(set(theme.DASHES.values())) == len(theme.DASHES) == 8


def test_an_unlisted_method_keeps_its_name_and_takes_the_palette():
    look = Look(methods=theme.styles(FACTS))
    assert look.style("herding").title == "Herding"
    assert look.style("mine", 2) == Style("mine", theme.PALETTE[2])
    assert look.style("mine", len(theme.PALETTE)).colour == theme.PALETTE[0]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_line_can_be_read_from_the_back_of_a_room(dark):
    facts = {Choice(name): entry.facts for name, entry in registry.methods.all(brought=True).items()}
    look = Look(dark, theme.styles(facts))
    for name in look.methods:
        colour = look.style(name).colour
        quiet = theme.faded(colour, look.ink.surface, theme.QUIET)
        assert contrast(colour, look.ink.surface) >= (4.5 if dark else 3), name
        assert 3 <= contrast(quiet, look.ink.surface) < 3.4, name


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert theme.readable("#0072B2", "#FFFFFF", 4.5) == "#0072B2"
    assert contrast(theme.readable("#0072B2", "#12181E", 4.5), "#12181E") >= 4.5 > contrast("#0072B2", "#12181E")


def test_no_button_and_no_class_has_the_colour_of_a_method():
    taken = {entry.facts.colour.upper() for entry in registry.methods.all(brought=True).values()}
    for ground in (theme.tokens(), theme.tokens(".dark")):
        assert ground["accent"].upper() not in taken
    assert registry.methods.get("fdmat").facts.colour not in {theme.tokens()[f"class-{c}"] for c in range(10)}


@pytest.mark.parametrize("ink", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_ink_is_readable_on_its_surface(ink):
    assert contrast(ink.text, ink.surface) >= 7
    assert contrast(ink.muted, ink.surface) >= 4.5
    assert contrast(theme.KEPT, ink.surface) >= 3
    assert contrast(ink.pruned, ink.surface) >= 1.5


def test_template_is_one_that_plotly_accepts_transparent_and_in_the_pages_ink():
    for dark, ink in ((False, theme.LIGHT), (True, theme.DARK)):
        layout = go.layout.Template(theme.template(Look(dark))).layout
        assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert layout.font.color == ink.text and layout.xaxis.gridcolor == ink.grid


def test_no_two_methods_share_a_colour():
    colours = [entry.facts.colour.upper() for entry in registry.methods.all(brought=True).values()]
    assert len(set(colours)) == len(colours) > 30
