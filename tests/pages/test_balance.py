"""The Class balance page under AppTest: what is kept of each class, and the accuracy in each."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fdmat_core.analysis.per_class import ClassReading
from fdmat_core.numerics import quotas
from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.balance import classes
from pages.balance.classes import Counts
from pages.shell import places
from tests.pages.conftest import RESULTS, button, share_features, texts


@pytest.fixture
def open_balance(visit, queue, results):
    def open_page(**options):
        app = visit(
            places.BALANCE, **({"run": queue.say(results, "done"), "method": "k_center", "kept": "0.2"} | options)
        )
        assert not app.exception and not app.error
        return app

    return open_page


def by_hand(method, k):
    """Items and items kept of each class."""
    table, ranking = Run(RESULTS).tables[0], Run(RESULTS).ranking(Choice(method))
    return [
        [int(np.sum(table.labels[rows] == label)) for label in range(table.c)]
        for rows in (np.arange(table.n), ranking.order[:k])
    ]


def shares(app):
    (bars,) = next(json.loads(one.proto.spec) for one in app.get("plotly_chart") if "Kept share" in one.proto.alt)[
        "data"
    ]
    return bars


def test_the_bars_and_the_words_are_the_counts_of_the_selection(open_balance):
    sizes, kept = by_hand("k_center", 48)
    assert min(kept) < max(kept) and set(sizes) == {48}
    app = open_balance()
    assert shares(app)["customdata"] == [[one, 48] for one in kept]
    worst, best = (f"class {kept.index(pick(kept))}, {pick(kept)} of 48" for pick in (min, max))
    assert "Kept 48 of 240 (20%)" in texts(app)
    assert f"Least kept: {worst}" in texts(app) and f"Most kept: {best}" in texts(app)
    assert "No class is lost." in texts(app)


def test_it_follows_the_method_and_the_share_kept(open_balance):
    app = open_balance()
    app.select_slider(key="kept").set_value(0.05).run()
    assert [some for some, _ in shares(app)["customdata"]] == by_hand("k_center", 12)[1]
    app = open_balance(method="moderate", kept="0.05")
    assert [some for some, _ in shares(app)["customdata"]] == by_hand("moderate", 12)[1]


def test_every_method_stands_in_the_table_with_its_least_class_marked(open_balance):
    app = open_balance()
    page = next(one.value for one in app.get("html") if 'class="grid"' in one.value)
    rows = [re.findall(r"<t[hd].*?</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", page)]
    place = next(place for place, cell in enumerate(rows[0]) if "k-center" in cell)
    kept = by_hand("k_center", 48)[1]
    column = [re.sub("<.*?>", "", row[place]) for row in rows[1:]]
    assert [int(re.search(r"\d+", cell)[0]) for cell in column] == kept
    assert [cell.startswith("★") for cell in column] == [one == min(kept) for one in kept]


def test_classes_that_keep_nothing_are_named():
    counts = Counts(("cat", "dog", "emu", "fox"), [10, 10, 10, 0], [5, 0, 0, 0])
    assert "Nothing left of 2 of 4 classes: dog, emu." in classes.lost(counts)
    assert "Least kept: dog, 0 of 10 (0%). Most kept: cat, 5 of 10 (50%)." in classes.sentence(counts)
    many = Counts(tuple(f"c{i}" for i in range(20)), [1] * 20, [0] * 20)
    assert many.overall == 0 and classes.lost(many).endswith("c11 and 8 more.]")
    assert classes.sentence(replace(counts, kept=[3, 3, 3, 0])).endswith("Every class keeps its share.")


def test_names_of_classes_are_no_markup():
    counts = Counts(("$a$", "b*c*", "d"), [10, 10, 10], [0, 0, 5])
    assert r"\$a\$, b\*c\*" in classes.lost(counts) and r"\$a\$, 0 of 10" in classes.sentence(counts)


def test_a_whole_item_more_or_less_is_no_finding():
    """By hand: 6 of 30 are 2.0, 2.0 and 2.0 of the three classes; 7 of 30 are 2.3 of each, so that one gets a third."""
    thirds = Counts(("cat", "dog", "emu"), [10, 10, 10], [3, 2, 2])
    assert thirds.even and not any("★" in classes._kept(thirds, place) for place in range(3))
    uneven = replace(thirds, kept=[4, 2, 1])
    assert not uneven.even and "Least kept: emu, 1 of 10 (10%). Most kept: cat" in classes.sentence(uneven)
    assert ["★" in classes._kept(uneven, place) for place in range(3)] == [False, False, True]
    near = Counts(("cat", "dog"), [1000, 1000], [101, 98])
    assert not near.even and classes.sentence(near).endswith("Every class keeps about the same share.")


def test_fewer_places_than_classes_are_said_to_be_the_reason():
    few = Counts(("cat", "dog", "emu"), [10, 10, 10], [1, 1, 0])
    assert "Nothing left of 1 of 3 classes: emu; 2 places cannot go to 3 classes." in classes.lost(few)
    one = Counts(("cat", "dog"), [10, 10], [1, 0])
    assert "Nothing left of 1 of 2 classes: dog; 1 place cannot go to 2 classes." in classes.lost(one)


def test_no_class_is_called_the_lowest_where_all_are_alike_and_another_size_is_named():
    none, alike, last = np.full(2, np.nan), np.array([1.0, 1.0]), np.array([1.0, 0.5])
    reading = ClassReading(alike, none, alike, 0.1, 2, 1)
    assert classes.lowest("ab", reading) == "Every class has the same accuracy, 100.0%."
    told = classes.lowest("ab", replace(reading, here=last), near=True)
    assert told == "At 10% kept, the nearest measured: Lowest accuracy: b, 50.0% (all data 100.0%)."
    untested = replace(reading, here=np.array([0.25, np.nan]))
    assert classes.lowest("ab", untested) == "Lowest accuracy: a, 25.0% (all data 100.0%)."


def test_places_that_were_shared_out_are_said_to_be(open_balance, monkeypatch):
    assert not any(told in texts(open_balance()) for told in classes.SHARED.values())
    assert set(classes.SHARED) == set(quotas.BALANCES) - {"none"}
    monkeypatch.setattr(classes, "SHARED", {"none": "By nobody."})
    assert "By nobody." not in texts(open_balance())  # methods differ in how many they keep
    monkeypatch.setattr(classes, "count", lambda *_: Counts(tuple("abcde"), [48] * 5, [10, 10, 10, 9, 9]))
    assert "No class is lost. By nobody." in texts(open_balance())


def test_what_is_equal_everywhere_is_folded_into_a_sentence(open_balance, monkeypatch):
    grids = lambda app: [one for one in app.get("html") if 'class="grid"' in one.value]  # noqa: E731
    bars = lambda app: [one for one in app.get("plotly_chart") if "Kept share" in one.proto.alt]  # noqa: E731
    app = open_balance()
    assert len(grids(app)) == len(bars(app)) == 1 and not app.expander
    monkeypatch.setattr(classes, "count", lambda *_: Counts(tuple("abcde"), [48] * 5, [10, 10, 10, 9, 9]))
    app = open_balance()
    assert not grids(app) and not bars(app)
    assert "Kept 48 of 240 (20%). Every class keeps its share." in texts(app)
    app.session_state["kept-shares"] = True
    app.run()
    assert [one.label for one in app.expander] == ["Kept share of each class"]
    assert len(grids(app)) == len(bars(app)) == 1


def test_one_method_that_starves_a_class_unfolds_it_for_all(open_balance, monkeypatch):
    found = iter(5 * ([[10, 10, 10, 9, 9]] * 3 + [[14, 10, 10, 9, 5]]))  # random comes last
    monkeypatch.setattr(classes, "count", lambda *_: Counts(tuple("abcde"), [48] * 5, next(found)))
    app = open_balance(method="herding")
    assert "Every class keeps its share." in texts(app) and not app.expander
    assert [one for one in app.get("html") if 'class="grid"' in one.value]


def test_the_page_opens_with_the_accuracy_of_the_classes(open_balance):
    app = open_balance()
    first, second = (one.value for one in app.subheader)
    assert first.startswith("Lowest accuracy: class") and second.startswith("Kept 48 of 240")
    (told,) = [
        one.value for one in app.get("html") if '<div class="caveats">' in one.value and "warning" not in one.value
    ]
    assert "No network was trained; in our grid the probe ranked methods like training: rho = 0.93." in told
    warned = [one.value for one in app.get("html") if 'class="warning"' in one.value]
    assert len(warned) == 1 and "Known to keep damage" in warned[0]  # k-center greedy


def test_what_all_methods_have_alike_stands_in_one_column(open_balance, monkeypatch):
    monkeypatch.setattr(classes, "count", lambda *_: Counts(tuple("abcde"), [48] * 5, [12, 12, 12, 6, 6]))
    (page,) = (one.value for one in open_balance().get("html") if 'class="grid"' in one.value)
    assert re.findall(r"<th>(.*?)</th>", page)[:3] == ["class", "items", "every method"]
    assert page.count("<td>12 (25%)</td>") == 3 and page.count("★ 6 (12.5%)") == 2


def test_an_empty_class_is_neither_worst_nor_marked():
    counts = Counts(("cat", "dog", "emu"), [10, 10, 0], [5, 2, 0])
    assert counts.present == [1, 0] and "Least kept: dog" in classes.sentence(counts)
    assert [classes._kept(counts, place).startswith("<td><b>★") for place in range(3)] == [False, True, False]


def test_the_stored_accuracy_of_every_class_stands_beside_random_and_all_data(open_balance, results, monkeypatch):
    shares = {("k_center", 48): [0.9, 0.4], ("random", 48): [0.6, 0.5], ("k_center", 240): [1.0, 0.7]}
    shares |= {("k_center", 12): [0.1, 0.2], ("moderate", 48): [0.3, 0.3]}
    rows = [
        (method, k, seed, label, value + 0.02 * seed)
        for (method, k), values in shares.items()
        for seed in range(2)
        for label, value in enumerate([*values, 0.95, 0.95, 0.95])
    ]
    told = pd.DataFrame(rows, columns=["method", "k", "seed", "label", "value"])
    monkeypatch.setattr(Run, "per_class", lambda run, measure: told)
    spec = replace(results, measures=(*results.measures, Choice("linear_probe")))
    share_features(spec, results)
    app = open_balance(run=settings.checked(spec).key)
    assert "Lowest accuracy: class 1, 41.0% (random 51.0%, all data 71.0%)." in texts(app)
    assert "At 20% kept, 2 seeds." in texts(app)
    (dots,) = (json.loads(one.proto.spec) for one in app.get("plotly_chart") if "Accuracy in each" in one.proto.alt)
    drawn = {trace["name"]: np.round(trace["x"], 6).tolist()[:2] for trace in dots["data"]}
    line = next(json.loads(one.proto.spec) for one in app.get("plotly_chart") if "Linear probe" in one.proto.alt)
    (mine,) = (trace for trace in line["data"] if trace.get("name") == "k-center greedy" and trace.get("mode"))
    assert np.round(mine["y"], 6).tolist() == [0.71, 0.41, 0.11]
    assert drawn == {"all data": [1.01, 0.71], "random": [0.61, 0.51], "k-center greedy": [0.91, 0.41]}
    app.select_slider(key="kept").set_value(0.05).run()
    assert "Lowest accuracy: class 0, 11.0% (all data 101.0%)." in texts(app)


def test_what_was_trained_from_scratch_stands_behind_a_switch(open_balance, results, monkeypatch):
    shares = {"linear_probe": 0.25, "full_training": 0.75}

    def told(run, measure):
        rows = [("k_center", 48, 0, label, shares[measure] + label / 50) for label in range(5)]
        return pd.DataFrame(rows, columns=["method", "k", "seed", "label", "value"])

    monkeypatch.setattr(Run, "per_class", told)
    alone = replace(results, measures=(Choice("energy"), Choice("full_training")))
    both = replace(results, measures=(Choice("linear_probe"), Choice("full_training")))
    for spec in (alone, both):
        share_features(spec, results)
    app = open_balance(run=settings.checked(alone).key)
    assert "Lowest accuracy: class 0, 75.0%." in texts(app) and "1 seed. Networks trained from scratch." in texts(app)
    app = open_balance(run=settings.checked(both).key)
    assert "Lowest accuracy: class 0, 25.0%." in texts(app) and "A linear probe on fixed features." in texts(app)
    app.button_group(key="accuracy_of").set_value("From scratch").run()
    assert "Lowest accuracy: class 0, 75.0%." in texts(app) and "Networks trained from scratch." in texts(app)


def test_the_accuracy_of_the_classes_is_offered_where_it_was_not_measured(open_balance, results):
    spec = replace(results, measures=(Choice("energy"),))
    share_features(spec, results)
    app = open_balance(run=settings.checked(spec).key)
    assert "This run did not measure that." in texts(app)
    button(app, "Measure the classes").click().run()
    assert app.title[0].value == "Runs"
    assert app.session_state["start"] == replace(spec, measures=(Choice("energy"), Choice("linear_probe")))


def test_while_a_run_is_measured_the_accuracies_are_not_those_of_a_far_size(open_balance, results, monkeypatch):
    rows = [("k_center", 12, 0, label, 0.5) for label in range(5)]
    values = pd.DataFrame(rows, columns=["method", "k", "seed", "label", "value"])
    monkeypatch.setattr(Run, "per_class", lambda run, measure: values)
    far, near = open_balance(kept="0.6"), open_balance(kept="0.1")
    assert "The accuracy in each class is not measured yet at this size." in texts(far)
    assert "At 5% kept" not in texts(far) and "At 5% kept, the nearest that is measured, 1 seed." in texts(near)
