"""The Runs page: a form that follows from the registry, and a card for every state of a run."""

from dataclasses import asdict, replace

import pytest

from fdmat_core import registry
from fdmat_core.runs import artifacts, decisions, jobs, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.store import files, notices
from fdmat_core.types import Finding
from pages.shell import caches, places, state
from tests.pages.conftest import button, link, texts

DIGITS = replace(settings.SAMPLE, dataset=Choice("digits"), seeds=5)


def field(app, name):
    return app.get_by_key(f"{name}.0")


def submitted(app, queue):
    button(app, "Start").click().run()
    (asked,) = queue.asked
    assert asked[0] == "submit" and not app.exception
    return asked[1]


def test_the_runs_stand_before_the_form_and_only_the_form_has_a_main_button(visit, queue):
    for place in range(2):
        queue.say(replace(DIGITS, band=5 + place), "done")
    app = visit(places.RUNS)
    labels = [one.label for one in app.main if one.type == "button"]
    assert labels.index("Open") < labels.index("Start") and labels.count("Open") == 2
    assert [one.label for one in app.button if one.proto.type == "primary"] == ["Start"]


def test_where_no_run_is_stored_the_samples_are_a_press_away(visit, queue):
    app = visit(places.RUNS)
    assert "No run is stored yet" in texts(app)
    button(app, "Open the sample run").click().run()
    assert queue.asked == [("submit", settings.SAMPLE)] and not app.exception
    assert "No run is stored yet" not in texts(app) and link(app, "run") == settings.SAMPLE.key


def test_the_form_as_it_is_starts_the_sample_run(visit, queue):
    assert submitted(visit(places.RUNS), queue) == settings.SAMPLE


def test_every_method_and_measure_can_be_chosen_by_its_title(visit):
    app = visit(places.RUNS)
    offered = {getattr(option, "content", option) for group in app.pills for option in group.options}
    entries = [*registry.methods.all().values(), *registry.measures.all().values()]
    assert {entry.title for entry in entries} - offered == {registry.methods.get("random").title}


def test_what_is_chosen_is_what_is_started(visit, queue):
    app = visit(places.RUNS)
    field(app, "dataset").select("digits").run()
    field(app, "corruption").select("symmetric").run()
    rate = next(parameter for parameter in registry.corruptions.get("symmetric").parameters if parameter.name == "rate")
    field(app, "corruption").run()
    app.get_by_key("corruption.0.symmetric.rate").set_value(0.4).run()
    field(app, "seeds").set_value(1).run()
    field(app, "balance").set_value("equal").run()
    spec = submitted(app, queue)
    assert rate.default != 0.4
    assert (spec.dataset, spec.corruption) == (Choice("digits"), Choice.of("symmetric", rate=0.4))
    assert (spec.seeds, spec.balance) == (1, "equal")


def test_a_method_added_brings_its_parameters(visit, queue):
    app = visit(places.RUNS)
    app.get_by_key("method.fdmat.0.lam").set_value(25.0).run()
    group = next(group for group in app.pills if group.key == "methods.0.Geometry")
    group.set_value(["zcore"]).run()
    spec = submitted(app, queue)
    assert Choice.of("fdmat", lam=25.0) in spec.methods and Choice("zcore") in spec.methods
    assert Choice("herding") not in spec.methods and Choice("random") in spec.methods


def test_random_is_always_among_the_methods(visit, queue):
    app = visit(places.RUNS)
    for group in [group for group in app.pills if group.key.startswith("methods.")]:
        group.set_value([])
    app.run()
    assert submitted(app, queue).methods == (Choice("random"),)


def test_without_a_measure_there_is_nothing_to_start(visit):
    app = visit(places.RUNS)
    field(app, "measures").set_value([]).run()
    assert "at least one measure" in texts(app)
    assert [one for one in app.button if one.label == "Start"] == []


def test_fractions_are_added_as_percentages(visit, queue):
    app = visit(places.RUNS)
    field(app, "fractions").set_value(["1%", "15", "100%"]).run()
    assert submitted(app, queue).fractions == (0.01, 0.15, 1.0)


@pytest.mark.parametrize("said", ["lots", "0", "120%"])
def test_a_fraction_that_is_none_is_told_with_the_fix_and_left_out(visit, queue, said):
    queue.say(DIGITS, "done")
    app = visit(places.RUNS)
    field(app, "fractions").set_value(["1%", said, "x"]).run()
    assert not app.exception and not app.error
    assert f"Left out: {said}, x." in app.warning[0].value and "such as 15%" in app.warning[0].value
    assert "Handwritten digits" in texts(app)
    assert submitted(app, queue).fractions == (0.01,)


def test_a_run_of_own_data_starts_once_their_path_is_given(visit, tmp_path):
    app = visit(places.RUNS)
    app.get_by_key("dataset.0").select("arrays").run()
    assert not app.exception and not app.error and button(app, "Start").disabled
    app.get_by_key("dataset.0.arrays.path").set_value(str(tmp_path / "mine.npz")).run()
    assert not button(app, "Start").disabled


def test_a_run_that_is_there_is_opened_instead_of_started(visit, queue):
    key = queue.say(settings.SAMPLE, "done")
    app = visit(places.RUNS)
    button(app, "Open the run: it is stored").click().run()
    assert queue.asked == [] and link(app, "run") == key


def test_the_form_says_in_what_it_differs_from_the_open_run_and_reverts(visit, queue):
    key = queue.say(DIGITS, "done")
    app = visit(places.RUNS, run=key)
    assert "differs in" not in texts(app)  # a link begins with the run that it opens, as after a reload
    assert app.get_by_key("dataset.0").value == "digits" and app.get_by_key("seeds.0").value == 5
    app.get_by_key("seeds.0").set_value(2).run()
    assert "differs in seeds" in texts(app)
    button(app, "Revert").click().run()
    assert "differs in" not in texts(app)
    assert app.get_by_key("dataset.1").value == "digits" and app.get_by_key("seeds.1").value == 5


def test_the_settings_of_a_run_are_cloned_into_the_form(visit, queue):
    queue.say(DIGITS, "done")
    app = visit(places.RUNS)
    button(app, "Use its settings").click().run()
    assert app.get_by_key("dataset.1").value == "digits"


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("queued", "Waiting"),
        ("running", "Running"),
        ("failed", "Failed"),
        ("lost", "Lost"),
        ("outdated", "Out of date"),
    ],
)
def test_a_card_names_the_state(visit, queue, state, word):
    queue.say(DIGITS, state, message="The disk is full.", advice="Free space.")
    app = visit(places.RUNS)
    assert not app.exception
    assert word in "\n".join(element.value for element in app.markdown)
    assert "Handwritten digits" in texts(app) and "8 methods · 12 sizes · 6 measures · 5 seeds" in texts(app)


def test_a_running_card_tells_stage_count_rate_and_time_left_and_cancels(visit, queue):
    facts = {"stage": "points", "done": 200, "total": 1000, "seconds_left": 400.0, "message": "Herding at 5%"}
    key = queue.say(DIGITS, "running", **facts)
    app = visit(places.RUNS)
    said = app.get("progress")[0].proto.text
    assert said == "**Measuring** · 200 of 1,000 · Herding at 5% · 2 per second · 7 min left"
    button(app, "Cancel").click().run()
    assert queue.asked == [("cancel", key)]
    queue.say(DIGITS, "running", **facts | {"stage": "features", "message": "training, epoch 55 of 100"})
    said = visit(places.RUNS).get("progress")[0].proto.text
    assert said == "**Extracting features** · training, epoch 55 of 100 · 7 min left"


@pytest.mark.parametrize("state", ["failed", "cancelled", "lost"])
def test_what_stopped_short_says_why_and_resumes(visit, queue, state):
    queue.say(DIGITS, state, stage="rankings", message="The disk is full", advice="Free space.")
    app = visit(places.RUNS)
    told = [*app.error, *app.warning][0].value
    assert "while ranking" in told and "Free space." in told
    assert ("The disk is full." in told) == (state != "cancelled")
    button(app, "Resume").click().run()
    assert queue.asked == [("submit", DIGITS)]


def test_a_run_that_is_out_of_date_stopped_nowhere_and_resumes(visit, queue):
    queue.say(DIGITS, "outdated", advice="Resume makes them anew.")
    app = visit(places.RUNS)
    assert app.warning[0].value == "**Out of date.** Resume makes them anew."
    button(app, "Resume").click().run()
    assert queue.asked == [("submit", DIGITS)]


def test_a_method_that_could_not_be_used_is_named(visit, queue, monkeypatch):
    queue.say(replace(DIGITS, methods=(Choice("craig"),)), "done")
    monkeypatch.setattr(Run, "problems", {"craig": "It needs a head."})
    assert "**CRAIG** could not be used: It needs a head." in texts(visit(places.RUNS))


def test_a_run_is_deleted_only_after_a_question(visit, queue, monkeypatch):
    key = queue.say(DIGITS, "done")
    monkeypatch.setattr(Run, "dataset_key", "d")
    decisions.decide_all("d", [decisions.Decision(item, "drop") for item in range(3)])
    app = visit(places.RUNS, run=key)
    button(app, "Delete").click().run()
    assert queue.asked == [] and "cannot be undone" in texts(app)
    assert "decided about its items stays, 3 decisions so far" in texts(app)
    assert texts(app).count("8 methods · 12 sizes · 6 measures · 5 seeds") == 2  # on its card, and in the question
    button(app, "Delete it").click().run()
    assert queue.asked == [("delete", key)] and "run" not in app.query_params
    assert len(decisions.current("d")) == 3


def test_a_run_that_is_under_way_is_called_so_and_stopped_before_it_goes(visit, queue):
    key = queue.say(settings.SAMPLE, "running", stage="points", done=1, total=9)
    app = visit(places.RUNS, run=key)
    assert button(app, "Open the run: it is under way") and key[:6] in texts(app)
    button(app, "Delete").click().run()
    assert "It is under way, and will be stopped first." in texts(app)
    queue.say(settings.SAMPLE, "done")
    app = visit(places.RUNS, run=key)
    assert button(app, "Open the run: it is stored")


def test_a_run_is_opened_on_the_map(visit, queue):
    key = queue.say(DIGITS, "queued")
    app = visit(places.RUNS)
    button(app, "Open").click().run()
    assert link(app, "run") == key and not app.exception
    assert [title.value for title in app.title] != ["Runs"]


def with_tau(app, tau, number=1):
    """Add a variant of FDMat with this tau to the form."""
    app.get_by_key("variants.fdmat.0.add").click().run()
    app.get_by_key(f"method.fdmat.0.{number}.tau").set_value(tau).run()


def test_a_method_is_entered_twice_with_other_settings(visit, queue):
    app = visit(places.RUNS)
    with_tau(app, 0.0)
    with_tau(app, 0.25, number=2)
    assert f"{len(settings.SAMPLE.methods) + 2} methods, FDMat in 3 variants, at 12 sizes" in texts(app)
    app.get_by_key("method.fdmat.0.1.out").click().run()
    assert submitted(app, queue).methods == (*settings.SAMPLE.methods, Choice.of("fdmat", tau=0.25))


def test_a_variant_like_another_counts_once_and_is_told(visit, queue):
    app = visit(places.RUNS)
    app.get_by_key("variants.fdmat.0.add").click().run()
    assert texts(app).count("The same as another of this method") == 1
    assert submitted(app, queue) == settings.SAMPLE


def test_a_run_with_two_variants_is_cloned_as_it_is(visit, queue):
    herding = Choice("herding")
    methods = (Choice.of("fdmat", tau=0.0), herding, Choice("random"), Choice("fdmat"))
    spec = replace(DIGITS, methods=methods)
    key = queue.say(spec, "done")
    app = visit(places.RUNS, run=key)
    button(app, "Use its settings").click().run()
    assert app.get_by_key("method.fdmat.1.tau").value == 0.0 and app.get_by_key("method.fdmat.1.1.tau").value == 0.5
    assert "differs in" not in texts(app)


def test_the_variant_that_could_not_be_used_is_named(visit, queue, monkeypatch):
    spec = replace(DIGITS, methods=(Choice("fdmat"), Choice.of("fdmat", tau=0.0)))
    queue.say(spec, "done")
    monkeypatch.setattr(Run, "problems", {"fdmat(tau=0.0)": "It fell over."})
    assert "**FDMat (threshold 0)** could not be used: It fell over." in texts(visit(places.RUNS))


@pytest.mark.parametrize(("ahead", "words"), [(0, "Waiting to start"), (2, "Waiting for 2 runs before it")])
def test_the_toast_and_the_card_say_the_same_of_a_run_that_waits(visit, queue, monkeypatch, ahead, words):
    monkeypatch.setattr(jobs, "submit", lambda spec: queue.say(spec, "queued", ahead=ahead))
    app = visit(places.RUNS)
    button(app, "Start").click().run()
    assert [one.value for one in app.toast] == [words]
    assert any("Waiting" in one.value and "badge" in one.value for one in app.markdown)


def test_a_run_is_chosen_before_its_process_starts(visit, queue, monkeypatch):
    chosen = []
    monkeypatch.setattr(jobs, "submit", lambda spec: chosen.append((spec.key, state.key())))
    button(visit(places.RUNS), "Start").click().run()
    ((started, open_then),) = chosen
    assert started == open_then


def test_a_run_that_cannot_be_is_refused_before_it_waits(visit, queue, monkeypatch):
    def refuse(spec):
        raise ValueError("backbone early_cnn reads images; choose given")

    monkeypatch.setattr(caches, "estimate", refuse)
    app = visit(places.RUNS)
    button(app, "Start").click().run()
    assert queue.asked == [] and not app.exception
    assert [one.value.replace("\\", "") for one in app.toast] == [
        "Not started: backbone early_cnn reads images; choose given"
    ]


def test_a_run_with_damaged_settings_does_not_hide_the_others(visit, queue):
    bad, good = queue.say(DIGITS, "done"), queue.say(settings.SAMPLE, "done")
    (artifacts.folder(bad) / "spec.json").write_text('{"dataset": 3, "methods": "x"}')
    app = visit(places.RUNS)
    assert not app.exception and not app.error
    assert f"the settings of run '{bad}' cannot be read" in texts(app).replace("\\", "")
    assert app.get_by_key(f"open.{good}") is not None
    app.get_by_key(f"delete.{bad}").click().run()
    assert queue.asked == [("delete", bad)]


@pytest.mark.parametrize("content", ["", "[1]", '{"key": 7}', b"\xff"])
@pytest.mark.parametrize("file", ["features.json", "problems.json", "findings.json", "status.jsonl"])
def test_a_run_with_a_damaged_note_says_so_and_does_not_hide_the_others(visit, queue, file, content):
    bad, good = queue.say(DIGITS, "done"), queue.say(settings.SAMPLE, "done")
    (artifacts.folder(bad) / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    app = visit(places.RUNS)
    assert not app.exception and not app.error
    said = [one.value for one in app.warning if one.value.startswith(f"{file}: damaged")]
    assert len(said) == (file != "status.jsonl")
    assert app.get_by_key(f"open.{good}") is not None and app.get_by_key(f"open.{bad}") is not None


def test_what_happened_to_the_store_is_said_on_every_page_until_it_was_read(visit, queue):
    notices.note("decisions.sqlite was damaged; 3 lines were restored")
    for page in (places.MAP, places.RUNS, places.ABOUT):
        app = visit(page)
        assert any("3 lines were restored" in one.value for one in app.warning)
    button(app, "I have read this").click().run()
    assert not app.warning and notices.unread() == []


def test_a_card_keeps_what_was_found_in_the_data_in_sight(visit, queue):
    key = queue.say(DIGITS, "done")
    finding = Finding("3 of 40 rows have no label", "left out", "unlabelled=class", ("line 5 of my_file.csv",))
    files.write_json(artifacts.folder(key) / "findings.json", [asdict(finding)])
    app = visit(places.RUNS)
    assert Run.open(key).findings == (finding,)
    words = texts(app).replace("\\", "")
    assert "3 of 40 rows have no label: **left out**" in words and "line 5 of my_file.csv" in words
