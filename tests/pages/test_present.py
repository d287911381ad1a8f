"""The Present page under AppTest: what the browser is told of a story, and how stories are put in order."""

import json

import pytest

from fdmat_core.runs import explained, library, stories
from fdmat_core.runs.stories import Step, Story
from pages.present import editor, stage
from pages.shell import places
from tests.pages.conftest import button, link, texts

FDMAT = "moderate"  # stands for it: the small run has none


@pytest.fixture
def story(results):
    """A story of three steps: a map, another page, and a run that is not there."""
    told = Story(
        "Talk",
        (
            Step(results.key, method=FDMAT, kept=0.2, colour="class", caption="First *this*."),
            Step(results.key, page="curves", method=FDMAT, kept=0.05, hidden="herding"),
            Step("gone", method="fdmat", caption="Then that."),
        ),
    )
    stories.save(told)
    yield told
    for name in stories.names():
        stories.delete(name)


def told(monkeypatch, visit, **words):
    """What the component of the stage is given."""
    given = []
    monkeypatch.setattr(stage, "STAGE", lambda **facts: given.append(facts["data"]))
    app = visit(places.PRESENT, **words)
    assert not app.exception
    return app, given[0] if given else None


def test_the_browser_is_told_all_that_the_steps_need(monkeypatch, visit, story, results):
    _, data = told(monkeypatch, visit, story="Talk", step="2")
    assert (data["name"], data["at"], data["word"]) == ("Talk", 1, "step")
    first, second, third = data["steps"]
    assert first["view"] == {"colour": "class"} and first["missing"] == second["missing"] == ""
    for part in ("curves?", f"run={results.key}", "kept=0.05", "hidden=herding", "embed=true", "tour=0"):
        assert part in second["source"]
    assert third["missing"].startswith("This step shows run gone, which is not stored here")
    assert third["missing"].endswith("The other steps work.")
    methods = data["runs"][results.key]["methods"]
    assert [one["name"] for one in methods][-1] == "random"
    assert all(one["address"].startswith(f"payload/map/{results.key}/") for one in methods)
    sizes = [kept for kept, _ in methods[0]["verdicts"]]
    assert sizes == sorted(sizes) and len(sizes) == 4
    assert "5% kept: " in methods[0]["verdicts"][0][1]
    assert json.loads(json.dumps(data))["at"] == 1


def test_a_step_by_a_method_that_the_run_lacks_says_so(visit, story, results):
    told = stage.missing(Step(results.key, method="fdmat"), library_run(results))
    assert told == f"Run {results.key} has no ranking by fdmat. The other steps work."


def library_run(spec):
    from fdmat_core.runs.run import Run

    return Run(spec)


def test_without_a_story_the_present_view_is_the_only_step(monkeypatch, visit, results):
    words = {"run": results.key, "method": "herding", "kept": "0.3", "colour": "score", "pin": "12"}
    _, data = told(monkeypatch, visit, step="1", **words)
    (step,) = data["steps"]
    assert (step["method"], step["kept"]) == ("herding", 0.3)
    assert step["view"] == {"colour": "score", "pinned": "12"}


def test_who_leaves_sees_the_map_as_it_was_seen_last(monkeypatch, visit, story, results):
    seen = {"run": results.key, "method": "herding", "kept": 0.05, "colour": "noise", "camera": "0.5_0.5_2"}
    monkeypatch.setattr(stage, "left", lambda: seen)
    app, _ = told(monkeypatch, visit, story="Talk", step="1")
    names = ("run", "method", "kept", "colour", "camera")
    assert [link(app, name) for name in names] == [results.key, "herding", "0.05", "noise", "0.5_0.5_2"]


def test_a_step_is_never_recorded_into_the_ready_story(monkeypatch, visit, story, results):
    ready = Story(explained.NAME, (Step(results.key, method=FDMAT, kept=0.2, caption="Ready."),))
    monkeypatch.setattr(editor, "ready", lambda run: ready)
    app = visit(places.PRESENT, run=results.key)
    button(app, explained.NAME).click().run()
    assert link(app, "story") == explained.NAME and "Ready." in texts(app)
    assert "written" not in app.session_state
    app.button(key="story.Talk").click().run()
    assert app.session_state["written"] == "Talk"


def test_the_ready_story_starts_with_one_press(monkeypatch, visit, story, results):
    ready = Story(explained.NAME, (Step(results.key, method=FDMAT, kept=0.2, caption="Ready."),))
    monkeypatch.setattr(editor, "ready", lambda run: ready)
    given = []
    monkeypatch.setattr(stage, "STAGE", lambda **facts: given.append(facts["data"]))
    app = visit(places.PRESENT, run=results.key)
    app.button(key="start-ready").click().run()
    assert (given[-1]["name"], given[-1]["at"]) == (explained.NAME, 0)


def test_steps_are_moved_captioned_and_removed(visit, story):
    app = visit(places.PRESENT, story="Talk")
    assert not app.exception and "gone" in texts(app)
    app.button(key="down.0").click().run()
    assert [step.page for step in stories.load("Talk").steps] == ["curves", "map", "map"]
    app.text_area(key="caption.Talk.0").set_value("The curves.").run()
    assert [step.caption for step in stories.load("Talk").steps] == ["The curves.", "First *this*.", "Then that."]
    app.button(key="drop.1").click().run()
    assert [step.caption for step in stories.load("Talk").steps] == ["The curves.", "Then that."]
    assert [app.text_area(key=f"caption.Talk.{place}").value for place in (0, 1)] == ["The curves.", "Then that."]
    assert not app.exception


def test_a_story_is_made_renamed_and_deleted(visit, story):
    app = visit(places.PRESENT)
    app.text_input[0].set_value("Talk")
    button(app, "Create").click().run()
    assert stories.names() == ["Talk", "Talk 2"] and link(app, "story") == "Talk 2"
    app.text_input(key="title.Talk 2").set_value("Other").run()
    assert stories.names() == ["Other", "Talk"] and link(app, "story") == "Other"
    button(app, "Delete").click().run()
    assert stories.names() == ["Talk"]
    assert not app.exception


def test_a_story_that_is_not_here_says_so(visit, results):
    app = visit(places.PRESENT, story="nobody's")
    assert "is not stored here" in texts(app)
    assert not app.exception


def test_a_recorded_view_becomes_a_step_of_the_story_that_was_open(visit, story, results):
    app = visit(places.MAP, run=results.key, method="herding")
    app.session_state["written"] = "Talk"
    app.session_state["map"] = {"record": {"of": results.key, "kept": "0.2", "colour": "class-1", "pinned": "5"}}
    app.run()
    last = stories.load("Talk").steps[-1]
    assert last == Step(results.key, method="herding", kept=0.2, colour="class-1", pinned="5")


def test_the_map_tells_how_it_is_seen_and_the_link_follows(visit, results):
    app = visit(places.MAP, run=results.key, camera="0_0_2")
    assert link(app, "camera") == "0_0_2"
    app.session_state["map"] = {"view": {"of": results.key, "colour": "score", "pinned": "5"}}
    app.run()
    assert [link(app, name) for name in ("colour", "pin", "camera")] == ["score", "5", None]
    app.session_state["map"] = {"view": {"of": "another run", "camera": "1_1_1"}}
    app.run()
    assert link(app, "camera") is None


def test_a_run_has_a_name_in_titles_and_cards(visit, results):
    library.rename(results.key, "My *first*")
    try:
        app = visit(places.MAP, run=results.key)
        (menu,) = [one for one in app.get("popover") if "first" in one.proto.popover.label]
        assert menu.proto.popover.label.startswith("My \\*first\\* · ")
        assert "**My \\*first\\***" in texts(visit(places.RUNS))
    finally:
        library.rename(results.key, "")


def test_a_second_copy_of_the_ready_story_is_a_story_of_its_own(visit, story):
    ready = Story("Ready", story.steps)
    editor._copy(ready)
    stories.save(stories.captioned(stories.load("Ready, my copy"), 0, "Mine."))
    editor._copy(ready)
    assert stories.names() == ["Ready, my copy", "Ready, my copy 2", "Talk"]
    assert stories.load("Ready, my copy").steps[0].caption == "Mine."


def test_steps_that_another_tab_has_recorded_stay_when_one_is_changed(visit, story):
    app = visit(places.PRESENT, story="Talk")
    stories.record("Talk", Step("gone", caption="Recorded meanwhile."))
    app.text_area(key="caption.Talk.0").set_value("The map.").run()
    told = [step.caption for step in stories.load("Talk").steps]
    assert told == ["The map.", "", "Then that.", "Recorded meanwhile."]
    stories.save(stories.without(stories.load("Talk"), 0))
    app.button(key="drop.0").click().run()  # which is another step by now
    assert [step.caption for step in stories.load("Talk").steps] == told[1:]
    assert [one.value for one in app.toast] == ["Not changed: this step was changed elsewhere meanwhile."]
