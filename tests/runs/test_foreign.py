"""Selections of somebody else: read from any file, kept by content, and measured like any other method."""

import io

import numpy as np
import pytest

from fdmat_core import registry
from fdmat_core.methods import imported
from fdmat_core.runs import exchange, foreign, library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.store import entries
from tests.runs.conftest import make_spec

SPEC = make_spec("herding", measures=(Choice("energy"), Choice("sliced_wasserstein"), Choice("class_balance")))


@pytest.fixture
def run():
    library.execute(SPEC)
    return Run(SPEC)


def npy(values):
    stream = io.BytesIO()
    np.save(stream, np.asarray(values))
    return stream.getvalue()


def exported(run, ending, kept=0.12):
    """A selection by herding as a file, and its coreset; no run measures this size."""
    table = exchange.selected(run, Choice("herding"), kept)
    return exchange.content(table, ending), run.rankings(Choice("herding")).cut(kept)


@pytest.mark.parametrize("ending", [".npy", ".txt", ".csv"])
def test_what_was_exported_comes_back_with_the_same_coreset_and_values(run, ending):
    content, coreset = exported(run, ending)
    spec = foreign.add(run, content, f"picks{ending}", name="mine")
    library.execute(spec)
    again = Run(spec)
    assert spec.key != run.key and spec.methods[:-1] == run.spec.methods and not again.problems
    cut = again.rankings(spec.methods[-1]).cut(coreset.kept)
    assert np.array_equal(cut.ids, coreset.ids)
    curve = again.curve().query(f"k == {coreset.k}").set_index(["measure", "method"])["value"]
    for measure in ("energy", "sliced_wasserstein", "class_balance"):
        assert curve[measure, str(spec.methods[-1])] == curve[measure, "herding"]
    assert again.complete


def test_the_run_shares_features_and_rankings_and_keeps_its_own_copy(run, tmp_path):
    content, coreset = exported(run, ".npy")
    before = {kind: set(entries.keys(kind)) for kind in ("features", "projection")}
    spec = foreign.add(run, content, "picks.npy")
    library.execute(spec)
    assert before == {kind: set(entries.keys(kind)) for kind in ("features", "projection")}
    (stored,) = entries.keys("imported")
    assert np.array_equal(entries.find("imported", stored).arrays["ids"], coreset.ids)
    assert foreign.add(run, content, "picks.npy").key == spec.key
    assert registry.methods.title(spec.methods[-1]) == "Imported: picks"


def test_a_balance_does_not_move_it(run):
    ids = run.tables[0].ids[run.tables[0].labels == 2][:10]  # of one class alone
    spec = foreign.add(run, npy(ids), "picks.npy")
    assert spec.balance == "proportional"
    library.execute(spec)
    assert np.array_equal(Run(spec).rankings(spec.methods[-1]).cut(10 / Run(spec).tables[0].n).ids, ids)


def test_beyond_its_size_chance_fills_up_and_it_says_so(run):
    ids = run.tables[0].ids[40:50]
    spec = foreign.add(run, npy(ids), "picks.npy")
    library.execute(spec)
    ranking, n = Run(spec).ranking(spec.methods[-1]), run.tables[0].n
    assert ranking.notes == {"listed": 10} and (np.diff(run.tables[0].ids[ranking.order[10:]]) < 0).any()
    assert imported.caveat(ranking.notes, 10, n) == ""
    assert "at this size 15 more are kept, drawn by chance" in imported.caveat(ranking.notes, 25, n)
    assert "the first 4 of them" in imported.caveat(ranking.notes, 4, n)
    assert imported.caveat({"listed": n}, 5, n) == imported.caveat({}, 5, n) == ""
    assert 10 / n in spec.fractions


def test_scores_order_everything_from_the_end_that_is_kept(run):
    known = run.tables[0].ids
    score = np.random.default_rng(0).permutation(len(known)).astype(float)
    mixed = np.random.default_rng(1).permutation(len(known))
    lines = "id,score\n" + "".join(f"{known[row]},{score[row]}\n" for row in mixed)
    lowest = foreign.add(run, lines.encode(), "s.csv", meaning="scores", keep="lowest")
    highest = foreign.add(run, npy(np.stack([known, score], axis=1)), "s.npy", meaning="scores")
    for spec, order in ((lowest, np.argsort(score)), (highest, np.argsort(-score))):
        library.execute(spec)
        ranking = Run(spec).ranking(spec.methods[-1])
        assert np.array_equal(ranking.order, order) and np.array_equal(ranking.score, score)
        assert spec.fractions == run.spec.fractions


def test_positions_count_the_training_items_in_the_order_of_the_dataset(run):
    train = run.dataset().splits["train"]
    spec = foreign.add(run, b"3\n0\n7\n", "picks.txt", meaning="positions")
    library.execute(spec)
    ids = run.tables[0].ids[Run(spec).ranking(spec.methods[-1]).order[:3]]
    assert ids.tolist() == train[[3, 0, 7]].tolist()
    scores = foreign.add(run, npy(-np.arange(float(len(train)))), "s.npy", meaning="scores")
    library.execute(scores)
    assert Run(scores).ranking(scores.methods[-1]).order[0] == np.flatnonzero(run.tables[0].ids == train[0])[0]


def test_a_table_may_have_other_columns_comments_and_empty_rows(run):
    known = run.tables[0].ids
    text = f"# by hand\nlabel,ID,rank\n\ncat,{known[5]},1\ndog,{known[2]},2\n"
    spec = foreign.add(run, text.encode(), "picks.csv")
    library.execute(spec)
    assert Run(spec).ranking(spec.methods[-1]).order[:2].tolist() == [5, 2]


def wrong(run):
    a, b = run.tables[0].ids[:2]
    n = run.tables[0].n
    pairs = [[one, 1.0] for one in run.tables[0].ids]
    return {
        "unknown": (
            f"{a}\n# more\n-5\n".encode(),
            "p.txt",
            "ids",
            r"p.txt, row 3: id -5 is not among the \d+ training",
        ),
        "twice": (f"{a}\n{b}\n{a}\n".encode(), "p.txt", "ids", f"p.txt, row 3: id {a} stands in row 1 already"),
        "a word": (f"{a}\nfoo\n".encode(), "p.txt", "ids", "p.txt, row 2: 'foo' is no whole number"),
        "only a word": (b"foo\n", "p.txt", "ids", "row 1: 'foo' is no whole number"),
        "a fraction": (npy([1.5]), "p.npy", "ids", "p.npy, row 0: 1.5 is no whole number.*or say that it is scores"),
        "infinite id": (npy([np.inf]), "p.npy", "ids", "row 0: inf is no whole number"),
        "an odd id": (f"{a}\n1_0\n".encode(), "p.txt", "ids", "p.txt, row 2: '1_0' is no whole number"),
        "an odd score": (b"id,score\n1,1_0\n", "s.csv", "scores", "s.csv, row 2: '1_0' is no number"),
        "too large an id": (b"99999999999999999999\n", "p.txt", "ids", "is no whole number"),
        "nothing": (b"", "p.txt", "ids", "p.txt lists nothing"),
        "no ids": (npy(np.array([], int)), "p.npy", "ids", "p.npy lists nothing"),
        "no such place": (b"0\n100000\n", "p.txt", "positions", "row 2: there is no position 100000"),
        "place twice": (b"4\n4\n", "p.txt", "positions", "row 2: the item of that position stands in row 1"),
        "nan": (
            npy([*pairs[:-1], [pairs[-1][0], np.nan]]),
            "s.npy",
            "scores",
            f"row {n - 1}: the score of id .* is nan",
        ),
        "too few": (npy(np.ones(n - 1)), "s.npy", "scores", f"has {n - 1} scores, but there are {n} training items"),
        "one missing": (npy(pairs[1:]), "s.npy", "scores", rf"no score for id {a} \(1 such items\)"),
        "no score": (b"id,score\n1,high\n", "s.csv", "scores", "s.csv, row 2: 'high' is no number"),
        "no column": (b"name,score\n1,2\n", "s.csv", "scores", "call that of the ids id"),
        "no scores": (b"id,other\n1,2\n", "s.csv", "scores", "call that of the scores score"),
        "pickled": (npy_pickled(), "p.npy", "ids", "is no .npy file of plain numbers"),
        "a matrix": (npy(np.ones((3, 3), int)), "p.npy", "ids", r"shape \(3, 3\)"),
        "no text": (b"\xff\xfe\x00", "p.txt", "ids", "is no text"),
        "other ending": (b"1", "p.pkl", "ids", "take a file that ends in .npy, .txt, .csv"),
    }


def npy_pickled():
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return stream.getvalue()


def test_what_is_wrong_is_told_by_file_and_row_and_nothing_is_stored(run):
    runs = library.listing()
    for case, (content, file, meaning, words) in wrong(run).items():
        with pytest.raises(ValueError, match=words) as refused:
            foreign.add(run, content, file, meaning=meaning)
        assert "\n" not in str(refused.value), case
    assert list(entries.keys("imported")) == [] and library.listing() == runs


def test_too_large_a_file_and_a_bad_name_or_meaning_are_refused(run, monkeypatch):
    item = f"{run.tables[0].ids[0]}\n".encode()
    for options, words in (
        ({"name": "a(b)"}, "give up to 60 letters"),
        ({"meaning": "rows"}, "say ids, positions, scores"),
    ):
        with pytest.raises(ValueError, match=words):
            foreign.add(run, item, "p.txt", **options)
    with pytest.raises(ValueError, match=r"say .highest. or .lowest."):
        foreign.add(run, npy(np.ones(run.tables[0].n)), "s.npy", meaning="scores", keep="best")
    monkeypatch.setattr(foreign, "LARGEST", 1)
    with pytest.raises(ValueError, match="at most 1"):
        foreign.add(run, item, "p.txt")


def test_a_prune_keeps_what_runs_need_and_a_deletion_takes_it(run):
    spec = foreign.add(run, npy(run.tables[0].ids[:5]), "picks.npy")
    library.prune()  # before it was executed
    assert len(list(entries.keys("imported"))) == 1
    library.execute(spec)
    library.prune()
    assert len(list(entries.keys("imported"))) == 1
    library.delete(spec.key)
    assert list(entries.keys("imported")) == [] and Run(SPEC).complete


def test_a_selection_that_is_gone_is_a_problem_of_the_run_in_words(run):
    spec = foreign.add(run, npy(run.tables[0].ids[:5]), "picks.npy")
    (content,) = entries.keys("imported")
    entries.delete("imported", content)
    library.execute(spec)
    (problem,) = Run(spec).problems.values()
    assert problem == "the imported selection 'picks' is not in the store; add its file again"
