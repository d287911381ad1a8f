"""Stories: what comes back, what is refused and why, and the ready one, whose numbers are those of the run."""

import json

import pytest

from fdmat_core.runs import library, stories
from fdmat_core.runs.stories import Step, Story
from fdmat_core.spec import Choice, Spec

STEP = {"run": "abc", "kept": 0.1}
FULL = Step(
    "abc",
    method="fdmat(lam=3.0)",
    kept=0.02,
    colour="class-3",
    names="off",
    camera="0.5_-0.25_3.2",
    lasso="UMAP_1_2_30_4_-5_60",
    pinned="-7",
    caption="Two\nlines, “quoted”.",
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path))
    return tmp_path


def test_a_story_comes_back_as_it_was(home):
    story = Story("A talk / for: all", (FULL, Step("other", page="curves", hidden="random", values="random")))
    stories.save(story)
    assert stories.load("A talk / for: all") == story
    assert stories.read(stories.written(story).encode()) == story
    assert stories.names() == ["A talk / for: all"]


def test_what_is_as_usual_is_not_written():
    assert Story("x", (Step("abc"),)).to_json() == {"name": "x", "steps": [{"run": "abc", "page": "map", "kept": 0.05}]}


def test_the_words_of_a_step_are_those_of_the_link():
    assert FULL.view == {
        "colour": "class-3",
        "names": "off",
        "camera": "0.5_-0.25_3.2",
        "lasso": "UMAP_1_2_30_4_-5_60",
        "pinned": "-7",
    }
    assert FULL.words == FULL.view | {"run": "abc", "method": "fdmat(lam=3.0)", "kept": "0.02"}


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([STEP | {"kept": 1.5}], "step 1: kept is 1.5; give a number above 0 and up to 1"),
        ([STEP, STEP | {"kept": True}], "step 2: kept is True; give a number"),
        ([STEP | {"kept": float("nan")}], "step 1: kept is nan"),
        ([STEP | {"page": "runs"}], "step 1: page is 'runs'; give one of map, compare, removed, curves, balance"),
        ([STEP | {"page": "map\n"}], r"step 1: page is 'map\\n'"),
        ([{"kept": 0.1}], "step 1: run is missing; give the key of a run"),
        ([STEP | {"run": "../x"}], "step 1: run is '../x'; give the key of a run"),
        ([STEP | {"camera": "left"}], "step 1: camera is 'left'; give x_y_zoom"),
        ([STEP | {"lasso": "UMAP_1_2"}], "step 1: lasso is 'UMAP_1_2'; give what a link has"),
        ([STEP | {"pinned": 7}], "step 1: pinned is 7; give the number of an item, as text"),
        ([STEP | {"colour": "red!"}], "step 1: colour is 'red!'; give kept, class"),
        ([STEP | {"caption": "x" * 601}], "step 1: caption has 601 letters; give at most 600"),
        ([STEP | {"weather": "fair"}], "step 1: field 'weather' is not known; known: a, b, camera"),
        (["next"], "step 1 is 'next'; give an object of fields"),
        ("steps", "steps is 'steps'; give a list of steps"),
        ([STEP] * 201, "steps has 201 entries; give at most 200"),
    ],
)
def test_a_wrong_field_is_named_with_its_value_and_what_helps(steps, told):
    with pytest.raises(ValueError, match=told):
        stories.story({"name": "x", "steps": steps})


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, 3, None])
def test_a_name_has_letters_but_not_too_many(name):
    with pytest.raises(ValueError, match=r"name is .*; give 1 to 60 letters"):
        stories.story({"name": name, "steps": []})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "the file is no JSON"),
        (b"\xff\xfe", "the file is no JSON"),
        (b"[" * 100_000, "the file is no JSON"),
        (b"[]", "a story must be an object of name and steps"),
        (json.dumps({"name": "x", "steps": [], "more": 1}).encode(), "a story must be an object of name and steps"),
        (b" " * 1_000_001, "the file has 1,000,001 bytes; a story has at most 1,000,000"),
    ],
)
def test_a_file_that_is_no_story_is_refused(data, told):
    with pytest.raises(ValueError, match=told):
        stories.read(data)


def test_steps_are_recorded_moved_captioned_and_removed(home):
    story, *_ = [stories.record("Talk", Step("abc", kept=kept)) for kept in (0.1, 0.2, 0.3)][::-1]
    order = lambda story: [step.kept for step in story.steps]  # noqa: E731
    assert order(story) == order(stories.load("Talk")) == [0.1, 0.2, 0.3]
    assert order(stories.moved(story, 0, 1)) == [0.2, 0.1, 0.3]
    assert order(stories.moved(story, 0, -1)) == [0.1, 0.2, 0.3]
    assert order(stories.moved(story, 2, -2)) == [0.3, 0.1, 0.2]
    assert order(stories.without(story, 1)) == [0.1, 0.3]
    assert [step.caption for step in stories.captioned(story, 1, "here").steps] == ["", "here", ""]


def test_another_name_takes_the_place_of_the_first_but_not_of_another_story(home):
    stories.save(Story("one", (FULL,)))
    stories.save(Story("two"))
    with pytest.raises(ValueError, match="name is 'two', which another story has"):
        stories.rename("one", "two")
    assert stories.rename("one", "three").steps == (FULL,)
    assert stories.names() == ["three", "two"]
    with pytest.raises(ValueError, match="no story 'one' is stored; stored: three, two"):
        stories.rename("one", "four")


def test_files_that_are_no_stories_are_left_out(home):
    stories.save(Story("one"))
    (home / "stories" / "broken.json").write_text("{")
    (home / "stories" / "list.json").write_text("[]")
    assert stories.names() == ["one"]


def test_a_run_has_a_name_until_it_is_taken_away(home):
    key = library.save(Spec(Choice("digits"), Choice("pixels"), (Choice("random"),), ()))
    assert library.name(key) == ""
    library.rename(key, "  Digits,   plain ")
    assert library.name(key) == "Digits, plain"
    assert library.listing() == [key]
    library.rename(key, "")
    assert library.name(key) == ""
    with pytest.raises(ValueError, match="name has 61 letters; give at most 60"):
        library.rename(key, "x" * 61)
    with pytest.raises(ValueError, match="no run 'nobody' is stored"):
        library.rename("nobody", "x")
