"""The Removed page under AppTest: what the wall is given, what cards say, how decisions arrive."""

import json

import numpy as np
import pytest

from fdmat_core import datasets, selection, sizes
from fdmat_core.analysis import issues, unusual
from fdmat_core.corruptions import corrupt
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.runs import decisions
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import FeatureTable
from fdmat_core.web import payload
from pages.removed import evidence, items, routes, scores
from pages.shell import caches, places
from tests.pages.conftest import button, texts
from tests.web.reading import unpack

MEASURES = (Choice("coverage"),)
FDMAT = Choice.of("fdmat", lam=20.0)
POINTS = Spec(Choice("mixture"), Choice("given"), (Choice("random"), FDMAT), MEASURES, fractions=(0.1, 1.0))
FLIPPED = Spec(
    Choice("digits"), Choice("pixels"), (Choice("fdmat"), Choice("random")), MEASURES, Choice.of("symmetric", rate=0.1)
)
PLAIN = Spec(Choice("digits"), Choice("pixels"), (Choice("random"),), MEASURES)


@pytest.fixture
def ranked(queue, monkeypatch):
    """Make the stages of a run that this page needs, in memory; returns its key."""
    made = {}

    def table(spec):
        if spec.key not in made:
            train = corrupt(datasets.load(spec.dataset), spec.corruption).split("train")
            x = train.features if train.images is None else train.images(train.ids).reshape(len(train.ids), -1)
            made[spec.key] = FeatureTable(train.ids, train.labels, np.float32(x), train.classes, spec.key)
        return made[spec.key]

    def ranking(run, method, *, seed=0, k=None):
        return selection.rank(table(run.spec), method, budget=k, seed=seed)

    monkeypatch.setattr(Run, "tables", property(lambda run: (table(run.spec), table(run.spec))))
    monkeypatch.setattr(Run, "ranking", ranking)
    return lambda spec: queue.say(spec, "done")


def test_the_grid_gets_every_row_worst_first_and_the_order_of_the_method(visit, ranked):
    key = ranked(FLIPPED)
    visit(places.REMOVED, run=key)
    run = caches.run(key)
    table, random = run.tables[0], run.ranking(Choice("random"))
    facts, columns = unpack(routes.payload(key, "random"))
    found = caches.inspection(run)
    assert facts["issues"] == [issue.title for issue in issues.GRAVEST_FIRST]
    assert (facts["items"], facts["classes"]) == (f"{key}.{run.features_key}", list(table.classes))
    assert columns["order"].tolist() == random.order.tolist()
    assert columns["worst"].tolist() == issues.gravest_first(table, found.evidence).tolist()
    assert columns["ids"].tolist() == table.ids.tolist() != list(range(table.n))
    assert [issues.GRAVEST_FIRST[code] for code in columns["issue"]] == found.items.issue.tolist()
    assert np.array(table.classes)[columns["preferred"]].tolist() == found.items.preferred.tolist()
    truth = caches.train(run).truth
    assert ((columns["flags"] & facts["flags"]["mislabelled"]) > 0).tolist() == truth.mislabelled.tolist()
    assert columns["clean_labels"].tolist() == truth.clean_labels.tolist()


def test_the_worst_are_nearly_all_flipped(visit, ranked):
    key = ranked(FLIPPED)
    visit(places.REMOVED, run=key)
    found, truth = caches.inspection(caches.run(key)), caches.train(caches.run(key)).truth
    assert truth.mislabelled[found.order[:50]].mean() >= 0.94
    suspicion = found.items.suspicion.to_numpy()[found.order[:50]]
    assert (np.diff(suspicion) <= 0).all()


def test_a_method_without_one_order_sends_what_it_keeps_at_each_count(visit, ranked):
    key = ranked(FLIPPED)
    visit(places.REMOVED, run=key)
    table = caches.run(key).tables[0]
    rankings = {k: Ranking(np.roll(np.arange(table.n), k), nested=False) for k in (10, 100)}
    shown = items.Items(caches.run(key), Choice("ccs"), Rankings(table.ids, rankings))
    facts, columns = unpack(shown.packed())
    assert "order" not in columns
    assert facts["sizes"] == [10 / table.n, 100 / table.n]
    assert np.flatnonzero(columns["kept_bits"] & 1).tolist() == list(range(table.n - 10, table.n))
    assert np.flatnonzero(columns["kept_bits"] & 2).tolist() == list(range(table.n - 100, table.n))


def items_key(key):
    """What names the items of a run for the grid."""
    return f"{key}.{caches.run(key).features_key}"


def test_the_page_runs_and_its_choices_travel(visit, ranked):
    key = ranked(FLIPPED)
    app = visit(places.REMOVED, run=key, kept="0.4", method="random", issue="redundant")
    assert not app.exception and not app.error
    assert app.session_state["method"] == "random"
    app.session_state["grid"] = {"kept": 0.25, "filters": {"of": items_key(key), "pair": "1>7"}}
    app.run()
    assert not app.exception
    said = {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}
    assert said["kept"] == "0.25" and said["pair"] == "1>7" and "issue" not in said


def test_a_card_says_what_the_core_says(visit, ranked):
    key = ranked(FLIPPED)
    visit(places.REMOVED, run=key)
    run = caches.run(key)
    table, found, truth = run.tables[0], caches.inspection(run), caches.train(run).truth
    row = int(np.flatnonzero(truth.mislabelled)[3])
    card = evidence.card(run, Choice("random"), 0.2, int(table.ids[row]))
    assert card["sentence"] == issues.sentence(found.items.iloc[row])
    assert card["truth"] == f"injected: was {table.classes[truth.clean_labels[row]]}"
    shares = issues.plan_row(found.transported, table, row)
    assert [name for name, _ in card["bars"]] == list(table.classes)
    assert [share for _, share in card["bars"]] == pytest.approx(shares.share.tolist(), abs=1e-4)
    random, k = run.ranking(Choice("random")), round(0.2 * table.n)
    near = issues.nearest_kept(found.transported, table, row, random.order[:k])
    assert [int(one["item"]) for one in card["near"]] == near.item.tolist() and len(near) == 5
    places_ = {one["method"]: (one["place"], one["kept"]) for one in card["ranks"]}
    at = random.order.tolist().index(row) + 1
    assert places_["Random"] == (at, at <= k)
    assert json.loads(json.dumps(card)) is not None


def test_the_plan_of_a_card_is_that_of_the_runs_own_parameters(visit, ranked):
    key = ranked(POINTS)
    visit(places.REMOVED, run=key)
    run = caches.run(key)
    table = run.tables[0]
    card = evidence.card(run, Choice("random"), 0.5, int(table.ids[5]))
    by = [issues.transported(table, run.evidence, lam=lam) for lam in (20.0, 10.0)]
    right, wrong = (issues.plan_row(one, table, 5).share for one in by)
    assert [share for _, share in card["bars"]] == pytest.approx(right.tolist(), abs=1e-4)
    assert [share for _, share in card["bars"]] != pytest.approx(wrong.tolist(), abs=1e-4)


def test_data_without_images_show_their_fields(visit, ranked):
    key = ranked(POINTS)
    app = visit(places.REMOVED, run=key)
    assert not app.exception and not app.error
    run = caches.run(key)
    train, table = caches.train(run), run.tables[0]
    facts, columns = unpack(items.Items(run, FDMAT, run.rankings(FDMAT)).packed())
    assert facts["pictures"] == ""
    assert columns["fields"].reshape(table.n, 4).tolist() == train.features[:, :4].tolist()
    card = evidence.card(run, FDMAT, 0.5, int(table.ids[9]))
    first = unusual.least_usual(train, 9, 8)[0]
    assert card["fields"] == [] and len(card["unusual"]) == 8
    assert card["unusual"][0] == {"name": first.name, "value": f"{first.value:.4g}", "usual": f"{first.usual:.4g}"}


def test_many_classes_show_the_largest_shares(visit, ranked):
    spec = Spec(Choice.of("mixture", classes=30), Choice("given"), (Choice("fdmat"),), MEASURES)
    key = ranked(spec)
    visit(places.REMOVED, run=key)
    table = caches.run(key).tables[0]
    shares = [share for _, share in evidence.card(caches.run(key), Choice("fdmat"), 0.5, int(table.ids[0]))["bars"]]
    assert len(shares) == 10 and shares == sorted(shares, reverse=True)


def test_a_run_without_fdmat_says_which_setting_is_missing(visit, ranked):
    app = visit(places.REMOVED, run=ranked(PLAIN))
    assert not app.exception and not app.error
    assert "does not rank by FDMat" in texts(app)
    button(app, "Prepare this run with FDMat added").click().run()
    assert app.session_state["start"].methods == (Choice("fdmat"), Choice("random"))


def test_the_layout_waits_while_the_run_has_no_ranking(visit, queue):
    app = visit(places.REMOVED, run=queue.say(FLIPPED, "running", stage="features", done=1, total=4))
    assert not app.exception and len(app.get("skeleton")) == 3


def test_a_decision_is_written_with_author_and_run(visit, ranked):
    key = ranked(FLIPPED)
    data = caches.train(caches.run(key))
    first, second = (int(item) for item in data.ids[:2])
    assert routes.write(key, {"item": first, "decision": "keep", "author": "ann"})["decision"] == "keep"
    routes.write(key, {"item": second, "decision": "relabel", "label": data.classes[4], "author": ""})
    told = decisions.current(data.key)
    assert told.drop(columns="made").values.tolist() == [
        [first, "keep", "", "ann", key],
        [second, "relabel", data.classes[4], "me", key],
    ]
    assert data.key != datasets.load("digits").key  # the corrupted data have decisions of their own


def test_what_was_decided_is_listed_the_latest_on_each(visit, ranked):
    key = ranked(FLIPPED)
    app = visit(places.REMOVED, run=key)
    app.session_state["part"] = "Decisions"
    app.run()
    assert "Nothing is decided yet" in app.info[0].value
    data = caches.train(caches.run(key))
    routes.write(key, {"item": int(data.ids[7]), "decision": "keep"})
    routes.write(key, {"item": int(data.ids[7]), "decision": "relabel", "label": data.classes[2]})
    app.run()
    (line,) = app.dataframe[0].value.to_dict("records")
    assert (line["item"], line["decision"], line["label"]) == (data.ids[7], "relabel", data.classes[2])
    assert line["given"] == data.classes[data.labels[7]]
    assert line["picture"] == f"thumb/{key}/{caches.run(key).features_key}/{data.ids[7]}"
    assert not app.exception


def test_the_truth_tab_is_at_the_share_kept_that_travels(visit, ranked):
    key = ranked(FLIPPED)
    app = visit(places.REMOVED, run=key, kept="0.75", method="random")
    app.session_state["part"] = "Truth"
    app.run()
    assert not app.exception and not app.error
    truth, order = caches.train(caches.run(key)).truth, caches.run(key).ranking(Choice("random")).order
    removed = truth.mislabelled[order[sizes.kept_count(len(order), 0.75) :]].sum()
    tables = next(one.value for one in app.get("html") if "tally" in one.value and "<td" in one.value)
    assert f">{removed:,}<" in tables and f">{truth.mislabelled.sum():,}<" in tables


def test_changes_are_those_since_a_number(visit, ranked):
    key = ranked(FLIPPED)
    first, second = (int(item) for item in caches.train(caches.run(key)).ids[:2])
    routes.write(key, {"item": first, "decision": "keep"})
    then = routes.changes(key, 0)
    assert then["changes"] == [(str(first), "keep", "", "me")]
    routes.write(key, {"item": second, "decision": "unsure"})
    routes.write(key, {"item": second, "decision": "drop"})
    assert routes.changes(key, then["last"])["changes"] == [(str(second), "drop", "", "me")]
    assert routes.write(key, {"undo": True}) == {
        "item": str(second),
        "count": 1,
        "decision": "unsure",
        "label": "",
    }
    assert routes.changes(key, then["last"])["changes"] == [(str(second), "unsure", "", "me")]
    assert routes.write(key, {"undo": True}) == {"item": str(second), "count": 1, "decision": "", "label": ""}
    assert routes.write(key, {"undo": True})["item"] == str(first)
    assert routes.write(key, {"undo": True}) == {"item": None, "count": 0}


def test_a_request_that_comes_twice_is_taken_once(visit, ranked):
    key = ranked(FLIPPED)
    first, second = (int(item) for item in caches.train(caches.run(key)).ids[:2])
    for item, name in ((first, "a"), (second, "b")):
        for _ in range(2):
            routes.write(key, {"item": item, "decision": "keep", "session": "one", "id": name})
    assert len(decisions.history(routes.dataset_key(key))) == 2
    undo = {"undo": True, "session": "one", "id": "c"}
    assert [routes.write(key, undo)["item"] for _ in range(2)] == [str(second)] * 2
    assert decisions.current(routes.dataset_key(key))["item"].tolist() == [first]


def test_undo_takes_back_what_the_same_session_decided_whoever_signed(visit, ranked):
    key = ranked(FLIPPED)
    first, second = (int(item) for item in caches.train(caches.run(key)).ids[:2])
    routes.write(key, {"item": first, "decision": "keep", "author": "ann", "session": "one"})
    routes.write(key, {"item": second, "decision": "drop", "author": "ann", "session": "two"})
    assert routes.write(key, {"undo": True, "author": "bob", "session": "one"})["item"] == str(first)
    assert routes.write(key, {"undo": True, "author": "ann", "session": "one"}) == {"item": None, "count": 0}
    assert decisions.current(routes.dataset_key(key))["item"].tolist() == [second]


def many(run, rows, **said):
    """A wish about several rows, as the grid sends it."""
    rows = sorted(rows)
    ids = run.tables[0].ids
    return {"rows": payload.bits_of(np.array(rows), len(ids)), "count": len(rows), "first": str(ids[rows[0]]), **said}


def test_many_rows_are_decided_in_one_step_and_taken_back_in_one(visit, ranked):
    key = ranked(FLIPPED)
    run = caches.run(key)
    data, ids = caches.train(run), run.tables[0].ids
    routes.write(key, {"item": int(ids[5]), "decision": "keep", "author": "bob", "session": "two"})
    wish = many(run, range(3, 303), decision="relabel", label=data.classes[2], author="ann", session="one", id="r")
    answers = [routes.write(key, wish) for _ in range(2)]
    assert answers == [{"item": str(ids[3]), "count": 300, "decision": "relabel", "label": data.classes[2]}] * 2
    told = decisions.current(data.key)
    assert told["item"].tolist() == sorted(ids[3:303].tolist()) and set(told["author"]) == {"ann"}
    assert len(decisions.history(data.key)) == 301
    back = routes.write(key, {"undo": True, "session": "one"})
    assert (back["item"], back["count"]) == (str(ids[3]), 300)
    assert decisions.current(data.key)[["item", "decision"]].values.tolist() == [[ids[5], "keep"]]


def test_many_rows_get_a_class_each_or_nothing(visit, ranked):
    key = ranked(FLIPPED)
    run = caches.run(key)
    data, ids = caches.train(run), run.tables[0].ids
    routes.write(key, many(run, [40, 7, 90], decision="relabel", labels=[1, 5, 2]))
    told = dict(decisions.current(data.key)[["item", "label"]].values.tolist())
    assert told == {ids[7]: data.classes[1], ids[40]: data.classes[5], ids[90]: data.classes[2]}
    routes.write(key, many(run, [7, 90], decision=""))
    assert decisions.current(data.key)["item"].tolist() == [ids[40]]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"count": 2}, "not the 2 that were sent"),
        ({"first": "-5"}, "reload the page"),
        ({"rows": ""}, "are 0 items"),
        ({"decision": "burn"}, "burn"),
        ({"label": "cat"}, "cat"),
        ({"label": "", "labels": [1, 2]}, "labels are 2"),
        ({"label": "", "labels": [1, 2, 99]}, "10 classes"),
    ],
)
def test_of_many_rows_all_are_refused_if_anything_is_wrong(visit, ranked, said, message):
    key = ranked(FLIPPED)
    run = caches.run(key)
    wish = many(run, [1, 2, 3], decision="relabel", label=caches.train(run).classes[0])
    with pytest.raises(ValueError, match=message):
        routes.write(key, wish | said)
    assert decisions.history(routes.dataset_key(key)).empty


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"item": 10**6, "decision": "keep"}, "no item 1000000"),
        ({"decision": "keep"}, "no item -1"),
        ({"decision": "burn"}, "burn"),
        ({"decision": "relabel", "label": "cat"}, "cat"),
        ({"decision": "relabel"}, "relabel"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(visit, ranked, said, message):
    key = ranked(FLIPPED)
    item = {"item": int(caches.train(caches.run(key)).ids[0])} if "burn" in str(said) or "relabel" in str(said) else {}
    with pytest.raises(ValueError, match=message):
        routes.write(key, item | said)
    assert decisions.history(routes.dataset_key(key)).empty


def test_odd_questions_are_answered_in_words(visit, ranked):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from pages.map import routes as map_routes
    from pages.ui import thumbnails

    key = ranked(FLIPPED)
    client = TestClient(Starlette(routes=[*routes.routes(), *thumbnails.routes(), *map_routes.routes()]))
    huge = 10**30
    for path in (f"/evidence/{key}/{huge}", f"/evidence/{key}/1.7", f"/evidence/{key}/1?kept=nan&method=fdmat"):
        assert client.get(path).status_code == 400, path
    assert client.get(f"/decisions/{key}?after={huge}").status_code == 400
    for path in (
        f"/{thumbnails.address(caches.run(key))}{huge}",
        "/thumb/..%2f../0/1",
        f"/payload/map/{key}/nothing",
        "/payload/grid/x/fdmat",
    ):
        assert client.get(path).status_code == 404, path
    first = int(caches.train(caches.run(key)).ids[0])
    for wish in ({"item": 1.7, "decision": "keep"}, {"item": huge, "decision": "keep"}, {"item": first}, [1], "x"):
        assert client.post(f"/decisions/{key}", json=wish).status_code == 400, wish
    deep = "[" * 50_000
    assert (
        client.post(f"/decisions/{key}", content=deep, headers={"content-type": "application/json"}).status_code == 400
    )
    long = client.post(f"/decisions/{key}", json={"item": first, "decision": "keep", "author": "a" * 950_000})
    assert long.status_code == 413 and decisions.current(caches.train(caches.run(key)).key).empty


def test_every_stored_score_is_offered_and_sent_by_row(visit, ranked):
    key = ranked(FLIPPED)
    visit(places.REMOVED, run=key)
    run = caches.run(key)
    table, found, random = run.tables[0], caches.inspection(run), run.ranking(Choice("random"))
    facts, _ = unpack(routes.payload(key, "random"))
    offered = [one["name"] for one in facts["scores"]]
    assert offered[0] == "detector FDMat" and offered[-2:] == ["rank fdmat", "rank random"]

    def sent(name):
        return unpack(scores.packed(run, name))[1]["score"]

    assert sent("detector FDMat").tolist() == np.float32(found.items.suspicion).tolist()
    assert sent("evidence own_share").tolist() == np.float32(1 - found.items.own_share).tolist()
    last = random.order[-1]
    assert sent("rank random").argmax() == last and sent("rank random")[last] == table.n
    with pytest.raises(ValueError, match="detector FDMat"):
        scores.packed(run, "rank nobody")


def test_items_are_sorted_by_how_like_one_of_them_they_are(visit, ranked):
    key = ranked(FLIPPED)
    visit(places.REMOVED, run=key)
    run = caches.run(key)
    table, x = run.tables[0], caches.inspection(run).transported.x
    sent = unpack(scores.packed(run, f"like {table.ids[7]}"))[1]["score"]
    assert sent[7] == 0 == sent.max()
    assert np.argsort(-sent, kind="stable")[1] == np.argsort(np.linalg.norm(x - x[7], axis=1), kind="stable")[1]
    for wrong in ("like", "like 10000000", "like x", "like ٣x"):
        with pytest.raises(ValueError):
            scores.packed(run, wrong)


def test_sets_are_saved_listed_compared_narrowed_to_and_deleted(visit, ranked):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    key = ranked(FLIPPED)
    visit(places.REMOVED, run=key)
    client = TestClient(Starlette(routes=routes.routes()))
    run = caches.run(key)
    ids = run.tables[0].ids
    wish = many(run, [9, 2, 4]) | {"name": "to check", "origin": "marked by hand"}
    saved = client.post(f"/sets/{key}", json=wish).json()["sets"]
    assert saved == [{"name": "to check", "count": 3, "origin": "marked by hand"}]
    client.post(f"/sets/{key}", json=many(run, [4, 5]) | {"name": "B"})
    told = client.get(f"/sets/{key}?with=to check").json()["sets"]
    assert [(one["name"], one["shared"]) for one in told] == [("B", 1), ("to check", 3)]
    rows = client.get(f"/sets/{key}/rows?name=to check").json()["rows"]
    assert payload.rows_in(rows, len(ids)).tolist() == [2, 4, 9]
    file = client.get(f"/sets/{key}/file?name=to check&ending=.csv")
    assert 'filename="set-to-check.csv"' in file.headers["content-disposition"]
    assert [int(line.split(",")[0]) for line in file.text.splitlines()[1:]] == sorted(ids[[2, 4, 9]].tolist())
    for missing, message in [("name=C&ending=.csv", "no set 'C' is stored"), ("name=B&ending=.exe", "choose .csv")]:
        refused = client.get(f"/sets/{key}/file?{missing}")
        assert refused.status_code == 400 and message in refused.json()["error"]
    for sent, message in [
        (wish, "name is 'to check', which another set has"),
        (wish | {"name": ""}, "give 1 to 60 letters"),
        (wish | {"name": "C", "count": 4}, "reload the page"),
        ({"name": "C"}, "rows are 0 items"),
    ]:
        refused = client.post(f"/sets/{key}", json=sent)
        assert refused.status_code == 400 and message in refused.json()["error"]
    assert client.post(f"/sets/{key}", json=wish, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get(f"/sets/{key}/rows?name=C").status_code == 400
    assert [one["name"] for one in client.post(f"/sets/{key}", json={"delete": "B"}).json()["sets"]] == ["to check"]


def test_views_are_saved_listed_and_deleted(visit, ranked):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    key = ranked(FLIPPED)
    visit(places.REMOVED, run=key)
    client = TestClient(Starlette(routes=routes.routes()))
    words = {"issue": "outlier", "decision": "open", "set": "", "order": "column -rank"}
    saved = client.post(f"/views/{key}", json={"name": " far  out ", "words": words}).json()["views"]
    said = {"issue": "outlier", "decision": "open", "order": "column -rank"}
    assert saved == [{"name": "far out", "words": said}]
    for wish, message in [
        ({"name": "far out", "words": words}, "name is 'far out', which another view has"),
        ({"name": "", "words": words}, "give 1 to 60 letters"),
        ({"name": "B", "words": {"issue": ""}}, "set a filter, an order or a set first"),
        ({"name": "B", "words": {"colour": "red"}}, "a view says nothing of 'colour'"),
        ({"name": "B", "words": {"item": 501 * "a"}}, "item has 501 letters"),
        ({"name": "B"}, "send what is seen as an object"),
    ]:
        refused = client.post(f"/views/{key}", json=wish)
        assert refused.status_code == 400 and message in refused.json()["error"]
    client.post(f"/views/{key}", json={"name": "B", "words": {"item": "12"}})
    assert [one["name"] for one in client.get(f"/views/{key}").json()["views"]] == ["B", "far out"]
    assert client.post(f"/views/{key}", json={"delete": "B"}).json() == {"views": saved}


def test_a_picture_is_refused_in_words_where_it_cannot_be_held_against_the_items(visit, ranked):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    key = ranked(FLIPPED)
    client, kind = TestClient(Starlette(routes=routes.routes())), {"content-type": "application/octet-stream"}
    told = client.post(f"/like/{key}", content=b"x", headers=kind)  # its features are none that were stored
    assert (told.status_code, told.json()["error"].split(" that")[0]) == (
        400,
        "the data or the network are no longer those",
    )
    assert client.post(f"/like/{key}", content=b"x").status_code == 415
    assert client.post(f"/like/{key}", content=b"x" * 950_000, headers=kind).status_code == 413
    assert client.post(f"/like/{key}", content=b"x", headers=kind | {"sec-fetch-site": "cross-site"}).status_code == 403


def test_the_chosen_set_travels_in_the_link(visit, ranked):
    key = ranked(FLIPPED)
    app = visit(places.REMOVED, run=key, set="to check", issue="redundant")
    assert not app.exception and app.query_params["set"] in ("to check", ["to check"])
    app.session_state["grid"] = {"filters": {"of": "another run", "set": "C"}}  # means nothing here
    app.run()
    assert app.query_params["set"] in ("to check", ["to check"]) and "issue" in app.query_params
    app.session_state["grid"] = {"filters": {"of": items_key(key), "set": "B"}}
    app.run()
    assert app.query_params["set"] in ("B", ["B"]) and "issue" not in app.query_params
    app.session_state["grid"] = {"filters": {"of": items_key(key)}}
    app.run()
    assert not app.exception and "set" not in app.query_params


def decided_by(key, author, items, decision, **said):
    for item in items:
        routes.write(key, {"item": int(item), "decision": decision, "author": author, "session": author, **said})


def test_reviewers_are_counted_compared_and_their_conflicts_opened(visit, ranked):
    key = ranked(FLIPPED)
    app = visit(places.REMOVED, run=key, kept="1", issue="redundant")
    run = caches.run(key)
    ids = caches.train(run).ids
    decided_by(key, "ann", ids[:6], "keep")
    decided_by(key, "bob", ids[:4], "keep")
    app.session_state["part"] = "Decisions"
    app.run()
    assert "Nobody contradicts anybody" in texts(app)
    decided_by(key, "bob", ids[4:6], "drop")
    app.run()
    assert not app.exception
    counts, agreement, conflicts = (one.value for one in app.dataframe[:3])
    assert counts[["author", "items", "drop"]].values.tolist() == [["ann", 6, 0], ["bob", 6, 2]]
    assert agreement[["both", "agree"]].values.tolist() == [[6, 4]] and agreement["kappa"].tolist() == [0]
    assert conflicts["item"].tolist() == sorted(ids[4:6].tolist())
    assert conflicts["words"].tolist() == ["ann: keep; bob: drop"] * 2
    button(app, "Inspect 2 conflicts").click().run()
    assert not app.exception and app.session_state["part"] == "Inspect"
    only = app.session_state["picked_only"][1]
    assert ids[payload.rows_in(only, len(ids))].tolist() == ids[4:6].tolist()
    assert "issue" not in app.query_params
    left = run.ranking(run.evidence_method).order[round(float(app.query_params["kept"][0]) * len(ids)) :]
    assert {4, 5} <= set(left.tolist())
