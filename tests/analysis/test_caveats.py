"""What must be known to read a number: damage kept, noisy test items, a probe that may not rank like training."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks import damage
from fdmat_core import curves, registry
from fdmat_core.analysis import caveats
from fdmat_core.analysis.issues import Tally
from fdmat_core.formats import percent
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.spec import Choice
from fdmat_core.types import Finding

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
MEASURES = {name: Choice(name) for name in ("energy", "linear_probe", "full_training")}


def tally(bad_kept, k, bad=200, n=1000):
    return Tally(bad - bad_kept, bad_kept, n - k - (bad - bad_kept), k - bad_kept)


def test_a_coreset_with_more_bad_items_than_chance_explains_is_warned_of():
    assert caveats.keeps_bad(tally(42, 100), "injected") == (
        "Keeps damage: 42% of what is kept is injected noise, 20% of all."
    )


@pytest.mark.parametrize(("bad_kept", "k"), [(20, 100), (24, 100), (0, 100), (3, 5), (0, 0), (200, 1000)])
def test_what_chance_explains_is_not_warned_of(bad_kept, k):
    assert caveats.keeps_bad(tally(bad_kept, k), "injected") == ""


def test_the_limit_is_where_one_random_coreset_in_a_hundred_has_as_many():
    rng = np.random.default_rng(0)
    counts = rng.hypergeometric(200, 800, 100, size=200_000)
    limit = next(bad for bad in range(100) if caveats.keeps_bad(tally(bad, 100), "injected"))
    assert (counts >= limit).mean() < 0.01 < (counts >= limit - 1).mean()


def test_what_a_method_is_known_to_keep_is_said_with_its_share():
    facts = registry.methods.get("k_center").facts
    share = percent(round(facts.keeps_flips or 0, 3))
    assert caveats.known_to_keep_bad(facts) == (
        f"Known to keep damage: with 20% of the sample's labels flipped, {share} of its 5% were flipped."
    )
    assert caveats.known_to_keep_bad(registry.methods.get("fdmat").facts) == ""


def test_where_a_method_compared_items_is_said_if_the_data_decided_it():
    order, ids = np.arange(3), np.arange(3)
    noted = Rankings.nested_in(ids, Ranking(order, notes={"features": "both signs: judged as they are"}))
    assert caveats.compared(noted) == "Features of this run: both signs: judged as they are."
    assert caveats.compared(Rankings.nested_in(ids, Ranking(order))) == ""
    assert caveats.compared(Rankings(ids, {1: Ranking(order, nested=False), 2: Ranking(order, nested=False)})) == ""


def table_of_damage():
    """The share of flips of every method at the share kept that is quoted, as the committed table has it."""
    rows = re.findall(r"^\| (\w+) \|(.+)\|$", (RESULTS / "damage.md").read_text(), re.M)
    at = damage.SHARES.index(caveats.KEPT)
    return {name: float(row.split("|")[at]) for name, row in rows if name != "method"}


def test_the_readme_quotes_the_table():
    text = " ".join((RESULTS.parents[1] / "README.md").read_text().split())
    kept = {name: f"{100 * share:.3g}%" for name, share in table_of_damage().items()}
    flips = "{fdmat} are flipped; of random's {random}, of k-center's {k_center}, of EL2N's {el2n} ("
    assert flips.format(**kept) in text


def test_every_method_that_keeps_more_flips_than_random_says_how_many():
    """The facts are those of the committed table; a method is named where it keeps more than random and a fifth."""
    kept = table_of_damage()
    assert set(kept) == {name for name, entry in registry.methods.all().items() if entry.facts.offered}
    for name, share in kept.items():
        said = registry.methods.get(name).facts.keeps_flips
        assert said == (pytest.approx(share) if share > caveats.FLIPPED + 0.05 else None), name


def test_the_figures_of_the_study_in_the_notes_are_those_of_the_study():
    text = (RESULTS / "study.md").read_text().split("## Accuracy, linear probe")[1]
    above = {
        name: re.search(rf"^\| {name} \| 90 \|.*\| (\d+%) \|", text, re.M)[1] for name in ("fdmat", "fdmat_published")
    }
    for name in above:
        body = " ".join(registry.methods.get(name).body.split())
        assert all(share in body for share in above.values()) and "90 cells" in body


def test_only_data_without_test_items_of_their_own_are_said_to_hold_some_out():
    held = Finding("only train items", "20% of every class is held out for testing", "test_share")
    assert caveats.held_out([Finding("a", "b"), held]).startswith("Test items are held out of the same data")
    assert caveats.held_out([Finding("a", "b", "missing=mean")]) == "" == caveats.held_out([])


def curve(probe, trained, k=50):
    """Methods a, b, ... with two seeds each, whose means are given, and random with the last four, one a seed."""
    rows = []
    for measure, values in (("linear_probe", probe), ("full_training", trained)):
        for place, value in enumerate(values[:-4]):
            by = 5 * (-1) ** place * (1 if measure == "linear_probe" else -1)
            rows += [(f"m{place}", k / 1000, k, seed, measure, value + sign * by) for seed, sign in ((0, 1), (1, -1))]
        rows += [("random", k / 1000, k, seed, measure, value) for seed, value in enumerate(values[-4:])]
    return curves.frame([dict(zip(curves.COLUMNS, row, strict=True)) for row in rows])


def told(points, measures=MEASURES):
    return caveats.of_probe(caveats.like_training(points, "linear_probe", measures), 0.05, [0.05, 1])


def test_a_probe_that_ranks_like_training_is_told_with_its_interval():
    text = "The probe ranks like training here: rho = 1.00 [1.00, 1.00], 12 coresets at 5% kept."
    assert told(curve(range(12), range(12))) == text
    assert told(curve(range(12), range(12, 0, -1))).startswith("The probe ranks against training here: rho = −1.00")


def test_a_probe_whose_interval_holds_0_may_not_rank_like_training():
    trained = np.random.default_rng(0).permutation(12)
    assert told(curve(range(12), trained)).startswith("The probe may not rank like training here: rho = ")


def test_where_no_network_was_trained_nothing_is_claimed():
    points = curve(range(12), range(12))
    without = {name: choice for name, choice in MEASURES.items() if name != "full_training"}
    text = "No network was trained; in our grid the probe ranked methods like training: rho = 0.93."
    assert told(points, without) == text
    assert "too few coresets" in told(points[points["measure"] == "linear_probe"])


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ""),
        (36, "One of the 36 test items is 2.8 points."),
        (99, "One of the 99 test items is 1.0 points."),
        (100, ""),
    ],
)
def test_test_items_of_which_one_is_more_than_a_point_are_counted(count, said):
    assert caveats.few_test_items(count) == said


def test_only_accuracies_on_fixed_features_are_probes():
    probes = {name for name, choice in MEASURES.items() if caveats.on_fixed_features(choice)}
    assert probes == {"linear_probe"}
