"""The report: what it holds, that nothing in it can end what it stands in, and that it asks for nothing."""

import base64
import dataclasses
import hashlib
import html as escaping
import json
import re
import zlib

import numpy as np
import pytest

from fdmat_core.report import chapters, naming, page, removed, scene, sentences
from fdmat_core.runs import decisions
from fdmat_core.runs.decisions import Decision
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Finding
from tests.web.reading import unpack

FDMAT, CCS = Choice("fdmat"), Choice("ccs")


@pytest.fixture
def text(run):
    return page.html(run, kept=0.2)


def payload_of(text):
    packed = re.search(r'id="payload">([A-Za-z0-9+/=]*)</script>', text)[1]
    return unpack(zlib.decompress(base64.b64decode(packed)))


def test_the_payload_holds_the_orders_of_every_method(run, text):
    facts, columns = payload_of(text)
    assert [one["method"] for one in facts["methods"]] == ["FDMat", "FDMat (threshold 0)", "CCS", "Random"]
    assert [one["score"] for one in facts["methods"]] == ["suspicion", "suspicion", "score", "score"]
    assert facts["start"] == {"kept": 0.2, "method": 0} and facts["methods"][0]["sizes"] == [0.05, 0.2, 1.0]
    n = run.tables[0].n
    assert columns["rank.0"].dtype == np.uint16
    assert np.array_equal(np.argsort(columns["rank.0"]), run.rankings(FDMAT).nested.order)
    assert np.array_equal(np.cumsum(columns["steps"]), run.tables[0].ids)
    kept = run.rankings(CCS).cut(0.2)
    place = facts["methods"][2]["sizes"].index(kept.k / n)
    assert np.array_equal(np.flatnonzero(columns["kept_bits.2"] >> place & 1), np.sort(kept.rows))
    left, low, width, height = facts["box"]
    back = columns["places"].reshape(-1, 2) / 65535 * [width, height] + [left, low]
    assert np.abs(back - run.projection.xy).max() <= max(width, height) / 65535
    score = run.rankings(FDMAT).nested.score
    bits = columns["score_high.0"].astype("<u4") << 16 | columns["score_low.0"].astype("<u4") << 12  # best first
    assert np.allclose(bits.view("<f4"), score[run.rankings(FDMAT).nested.order], rtol=2**-11)


def test_only_the_script_of_the_page_may_run_and_nothing_may_be_fetched(text):
    policy = escaping.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])
    script = re.search(r'<script type="module">(.*?)</script>', text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; script-src 'sha256-{digest}'; ")
    assert "connect-src" not in policy and "http" not in policy and "unsafe-eval" not in policy
    assert text.count("<script") == text.count("</script>") == 2
    addresses = re.findall(r"""(?:src|href)=["']?([^"'\s>]+)""", text.replace(script, ""))
    assert addresses and {address[:11] for address in addresses} == {"data:image/"}


def test_the_same_run_gives_the_same_text(run, text):
    assert page.html(run, kept=0.2) == text


def test_what_data_say_is_text_and_never_markup(run, monkeypatch):
    evil = '</script><img src=x onerror="alert(1)">'
    told = scene.of(run)
    told.__dict__["table"] = dataclasses.replace(told.table, classes=(evil, *told.table.classes[1:]))
    monkeypatch.setattr(type(run), "findings", (Finding(f"3 rows {evil}", "left out"),))
    made = page.page(told)
    assert evil not in made and 'onerror="alert' not in made
    assert "3 rows &lt;/script&gt;&lt;img src=x" in made
    assert made.count("<script") == made.count("</script>") == 2
    assert payload_of(made)[0]["classes"][0] == evil


def test_texts_stand_for_items_without_pictures_the_shorter_the_more_there_are(run, monkeypatch):
    told = scene.of(run)
    assert payload_of(page.page(told))[0]["said"] == []
    notes = np.array([f"note {item} </script>" for item in told.train.ids], dtype=object)
    told.__dict__["train"] = dataclasses.replace(told.train, images=None, fields={"text": notes})
    assert payload_of(page.page(told))[0]["said"] == notes.tolist()
    monkeypatch.setattr(page, "LETTERS", 5 * len(notes))
    monkeypatch.setattr(page, "LEAST_LETTERS", 2)
    assert payload_of(page.page(told))[0]["said"] == ["note…"] * len(notes)


def test_removed_items_stand_under_their_reasons_those_decided_on_first(run):
    told = scene.of(run, kept=0.05)
    groups = removed.groups(told, shown=90)
    out = ~run.rankings(FDMAT).cut(0.05).mask
    rows = np.concatenate([group.rows for group in groups])
    assert len(rows) == len(set(rows.tolist())) == 90 and out[rows].all()
    assert sum(group.count for group in groups) == out.sum()
    assert groups[0].title == "suspected mislabelled" and groups[-1].title == "redundant"
    suspected = run.evidence.evidence["issue"] == 1
    assert suspected[groups[0].rows].all() and groups[0].count == (suspected & out).sum()
    last = int(run.tables[0].ids[np.flatnonzero(suspected & out)[-1]])
    decisions.decide(run.dataset_key, Decision(last, "relabel", "7"))
    try:
        again = scene.of(run, kept=0.05)
        assert run.tables[0].ids[removed.groups(again, 90)[0].rows[0]] == last
        shown = removed.section(again, 90)
        card = re.search(rf'<figure data-item="{last}".*?</figure>', shown)[0]
        assert '<b class="relabel">relabel: 7</b>' in card and "data:image/png;base64," in card
        assert "1 relabel" in chapters.gone(again)
    finally:
        decisions.undo(run.dataset_key, "")


@pytest.mark.parametrize(
    ("wanted", "most", "given"),
    [
        ([5, 5], 100, [5, 5]),
        ([900, 2, 900], 10, [4, 2, 4]),
        ([900, 900, 900], 10, [3, 3, 4]),
        ([], 10, []),
        ([3], 2, [2]),
    ],
)
def test_places_are_shared_evenly_and_none_is_wasted(wanted, most, given):
    assert sorted(removed._places(wanted, most)) == sorted(given)


def test_sentences_say_what_the_store_says(run):
    told = scene.of(run, kept=0.2)
    said = sentences.summaries(told)
    n, coreset = run.tables[0].n, run.rankings(FDMAT).cut(0.2)
    assert said[0] == f"FDMat at 20% kept keeps {coreset.k} of {n:,} items."
    points = told.curve
    mine = points[(points["method"] == "fdmat") & (points["measure"] == "linear_probe") & (points["k"] == coreset.k)][
        "value"
    ]
    assert said[1].startswith(f"Linear probe accuracy at 20% kept: {100 * mine.mean():.1f}%")
    assert "; random " in said[1] and "; all data " in said[1] and said[1].endswith("Higher is better.")
    bad = run.dataset().split("train").truth.bad
    assert any(f"of the {bad.sum():,} injected items" in one for one in said)
    assert mine.std() == 0 and f"{100 * mine.mean():.1f}% (the same on {len(mine)} seeds); random" in said[1]
    noted = " ".join(sentences.notes(told))
    for words in (
        "not Wasserstein distances",
        "not full training",
        "2 random subsets",
        "FDMat (threshold 0) (fdmat(tau=0.0)) is ours, after the paper: after Xiao",
        f"Features of this run: {run.rankings(FDMAT).nested.notes['features']}.",
        "No network was trained; in our grid the probe ranked methods like training: rho = 0.93.",
    ):
        assert words in noted


def test_settings_name_parameters_at_their_defaults_versions_and_the_paper(text):
    assert "symmetric(rate=0.1, seed=0)" in escaping.unescape(text)
    for words in (
        "FDMat Explorer",
        "torch",
        "10.1609/aaai.v38i8.28771",
        "CITATION.cff",
        "2 trainings, 2 random subsets",
    ):
        assert words in text
    spec = json.loads(escaping.unescape(re.search(r"<pre>(.*?)</pre>", text, re.DOTALL)[1]))
    assert Spec.from_json(spec).methods[2] == CCS


def test_methods_are_chosen_by_name_and_those_left_out_are_counted(run):
    told = scene.of(run, ["ccs", "fdmat"], focus="fdmat", kept=0.05)
    assert [str(one) for one in told.methods] == ["ccs", "fdmat"] and told.left_out == 2
    assert "2 methods of the run are not in this report" in " ".join(sentences.notes(told))
    facts, columns = payload_of(page.page(told))
    assert facts["start"]["method"] == 1 and "rank.1" in columns and "rank.2" not in columns


@pytest.mark.parametrize(
    ("methods", "facts", "complaint"),
    [
        (["fdmta"], {}, "method is 'fdmta'; this run has ranked by fdmat"),
        ([], {"focus": "herding"}, "method is 'herding'"),
        (["ccs"], {"focus": "fdmat"}, "focus is 'fdmat', which is not among methods"),
        ([], {"kept": 1.5}, "kept fraction is 1.5"),
        (["fdmat"] * 9, {}, "methods names 9; a report holds at most 8"),
    ],
)
def test_what_cannot_be_told_is_refused(run, methods, facts, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        scene.of(run, methods, **facts)


def test_names_of_files_say_what_is_in_them():
    plain = Spec(Choice("fashion_mnist"), Choice("early_cnn"), (FDMAT,), ())
    assert naming.file(plain, "fdmat", naming.share(0.05), "map") == "fashion-mnist_fdmat_5pct_map"
    noisy = Spec(Choice("digits"), Choice("pixels"), (FDMAT,), (), Choice("symmetric"))
    assert (
        naming.file(noisy, str(Choice.of("fdmat", tau=0.0)), naming.share(0.001))
        == "digits_symmetric-20pct_fdmat-tau=0.0_0.1pct"
    )
    own = Spec(Choice.of("folder", path="/data/Mine & Yours"), Choice("pixels"), (FDMAT,), ())
    assert naming.file(own, "../x") == "mine-yours_x"


def test_a_method_with_an_order_for_each_size_is_told_at_the_size_that_it_has(run):
    """CCS has ranked for 5%, 20% and all; at 30% the nearest is 20%."""
    told = scene.of(run, ["ccs", "fdmat"], focus="ccs", kept=0.3)
    n = run.tables[0].n
    assert sentences.summaries(told)[0] == f"CCS at 20% kept keeps {round(0.2 * n)} of {n:,} items."
    assert scene.of(run, kept=0.3).at(FDMAT) == "FDMat at 30% kept"
