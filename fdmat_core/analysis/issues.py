"""What was removed and why: one line per item, evidence for a card, and the tally against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from fdmat_core.formats import portion
from fdmat_core.methods import fdmat
from fdmat_core.methods.fdmat import Transported
from fdmat_core.numerics import spaces
from fdmat_core.numerics.arrays import to_numpy
from fdmat_core.numerics.distances import squared_distances
from fdmat_core.rankings import Coreset, Ranking
from fdmat_core.types import FeatureTable, Issue, Truth

if TYPE_CHECKING:
    import pandas

#: The issues that an item is listed under, gravest first.
GRAVEST_FIRST = (Issue.MISLABELLED, Issue.OUTLIER, Issue.NEAR_DUPLICATE, Issue.UNCLEAR_CLASS, Issue.NONE)
#: Two items are near duplicates when they lie closer than this share of their class's median nearest distance.
DUPLICATE_SHARE = 0.1


class Bad(NamedTuple):
    """Which items count as bad, and how that is known."""

    rows: np.ndarray  # (n,) bool
    word: Literal["injected", "suspected"]


def bad(truth: Truth | None, evidence: Ranking | None) -> Bad | None:
    """What was injected or, if nothing was, what a ranking with evidence suspects; None if nothing is known yet."""
    if truth is not None and truth.bad.any():
        return Bad(truth.bad, "injected")
    return None if evidence is None else Bad(evidence.rejected, "suspected")


def items(table: FeatureTable, evidence: Ranking) -> pandas.DataFrame:
    """One line per row of a table: what FDMat's two criteria say about it. Columns:

    `item, row, given, preferred` (class names; empty without labels), `own_share, suspicion, agreement` (see the FDMat
    method), `distance_percentile` (share of its class that lies closer to the class prototype; without labels share of
    all that lie closer to their neighbours), `issue` (an `Issue`), `why` (an outlier is one, in words; else empty).

    Parameters
    ----------
    table
        The features.
    evidence
        The ranking of method `fdmat` on this table, for its evidence.
    """
    import pandas

    columns, names, issue = evidence.evidence, class_names(table), of_rows(table, evidence)
    return pandas.DataFrame(
        {
            "item": table.ids,
            "row": np.arange(table.n),
            "given": names[table.labels],
            "preferred": names[np.asarray(columns["preferred"], dtype=np.int64)],
            "own_share": columns["own_share"],
            "suspicion": columns["suspicion"],
            "agreement": columns["agreement"],
            "distance_percentile": class_percentile(columns["own_cost" if table.labelled else "radius"], table.labels),
            "issue": issue,
            "why": _why_outliers(table, evidence, issue),
        }
    )


def _why_outliers(table: FeatureTable, evidence: Ranking, issue: np.ndarray) -> np.ndarray:
    """Why each row (n,) is an outlier, in words; "" for all others, and without labels, where there is one reason."""
    columns, why = evidence.evidence, np.full(table.n, "", dtype=object)
    if not table.labelled:
        return why
    far, share = closeness(columns["radius"], table.labels), class_percentile(columns["radius"], table.labels)
    grounds = _grounds(table)
    for row in np.flatnonzero(issue == Issue.OUTLIER):
        if columns["issue"][row] == Issue.NO_FEATURES:
            why[row] = "its features are all zero"
        elif columns["strangeness"][row] > 0:
            why[row] = f"by {grounds} it more likely belongs to no class than to any"
        else:
            label = table.classes[table.labels[row]]
            why[row] = (
                f"its nearest neighbours lie {far[row]:.3g} times as far off as is usual in {label}, "
                f"farther than {_part(share[row])} that class have theirs"
            )
    return why


def _grounds(table: FeatureTable) -> str:
    """By what FDMat judges that a row belongs to no class, in words: of two classes the labels around say nothing."""
    told = ["the labels of its neighbours"] * (len(np.unique(table.labels)) > 2) + ["how far its neighbours lie"]
    told += ["how unsure a classifier is of it"] * (table.logits is not None)
    return f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else told[0]


def class_names(table: FeatureTable) -> np.ndarray:
    """What the classes are called in tables (c,): nothing where there are no labels."""
    return np.array(table.classes if table.labelled else [""] * table.c, dtype=object)


def of_rows(table: FeatureTable, evidence: Ranking) -> np.ndarray:
    """The gravest `Issue` (n,) of every row, as its number; rows without features are outliers."""
    columns = evidence.evidence
    unclear = np.isin(table.labels, [table.classes.index(name) for name in evidence.notes["unclear classes"]])
    conditions = [
        columns["issue"] == Issue.MISLABELLED,
        columns["issue"] != Issue.NONE,
        (closeness(columns["nearest"], table.labels) < DUPLICATE_SHARE) | columns.get("copy", np.zeros(table.n, bool)),
        unclear,
    ]
    return np.select(conditions, GRAVEST_FIRST[:-1], default=GRAVEST_FIRST[-1]).astype(np.uint8)


def gravest_first(table: FeatureTable, evidence: Ranking) -> np.ndarray:
    """All rows (n,) in the order to look at them: by issue, the gravest first, and within one the worst first.

    Outliers go by strangeness, rows without features before them, all others by suspicion; without labels all go by how
    far they lie from their neighbours. Ties go to the lower row.
    """
    columns, issue = evidence.evidence, of_rows(table, evidence)
    place = np.argmax(issue[:, None] == np.array(GRAVEST_FIRST), axis=1)
    severity = np.where(issue == Issue.OUTLIER, columns["strangeness"], columns["suspicion"])
    severity = severity if table.labelled else columns["radius"]
    severity = np.where(columns["issue"] == Issue.NO_FEATURES, np.inf, severity)
    return np.lexsort((-severity, place))


def class_percentile(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """For each row the share (n,) of its class with a smaller value, 0 to 1; ties count half."""
    from scipy.stats import rankdata

    share = np.zeros(len(values))
    for label in np.unique(labels):
        mine = labels == label
        share[mine] = (rankdata(values[mine]) - 1) / max(1, mine.sum() - 1)
    return share


def closeness(distances: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How far (n,) every row lies from its neighbours, in units of what is usual in its class: its median.

    In a class that is mostly copies it is the median of the others.
    """
    usual = np.ones(len(labels))
    for label in np.unique(labels):
        mine = distances[labels == label]
        apart = mine if np.median(mine) > 0 else mine[mine > 0]
        usual[labels == label] = np.median(apart) if len(apart) else 1
    return distances / usual


def transported(table: FeatureTable, evidence: Ranking, *, lam: float = 10.0) -> Transported:
    """What many cards about a table's rows read: in the space in which method `fdmat` judged them, its evidence."""
    found = fdmat.transported(table, lam=lam, space=fdmat.judged_in(evidence))
    return found._replace(x=to_numpy(found.x))


def plan_row(by: Transported, table: FeatureTable, row: int) -> pandas.DataFrame:
    """Where the mass of one row goes: columns `label, share`, in class order."""
    import pandas

    return pandas.DataFrame({"label": table.classes, "share": by.plan.shares(by.x[row : row + 1])[0]})


def nearest_kept(by: Transported, table: FeatureTable, row: int, kept: np.ndarray, count: int = 5) -> pandas.DataFrame:
    """The kept rows nearest to one row, itself left out: columns `item, row, label, distance`, nearest first."""
    import pandas

    others = kept[kept != row]
    distances = np.sqrt(squared_distances(by.x[row : row + 1], by.x[others])[0])
    near = np.argsort(distances, kind="stable")[:count]
    rows = others[near]
    names = class_names(table)[table.labels[rows]]
    return pandas.DataFrame({"item": table.ids[rows], "row": rows, "label": names, "distance": distances[near]})


def likeness(by: Transported, row: int) -> np.ndarray:
    """How like one row all are (n,): minus the squared distance of their transported features, 0 for the row itself."""
    found = -squared_distances(by.x[row : row + 1], by.x)[0]
    found[row] = 0
    return found


def likeness_to(table: FeatureTable, other: np.ndarray, evidence: Ranking | None = None) -> np.ndarray:
    """How like something from outside the rows of a table are (n,), as `likeness` says it of one of them.

    Parameters
    ----------
    other
        (d,) its features, by what made those of the table.
    evidence
        The ranking of method `fdmat` on the table, if there is one.
    """
    space = fdmat.judged_in(evidence) if evidence else fdmat.spaces_of(table).judging
    x = spaces.features(np.concatenate([table.embedding, other[None]]), space).x
    return -squared_distances(x[-1:], x[:-1])[0]


def sentence(line: pandas.Series) -> str:
    """One line of `items` in plain words."""
    if not line.given:
        return f"It lies farther from its neighbours than {_part(line.distance_percentile)} the items lie from theirs."
    away = f"{_part(1 - line.own_share)} its mass leaves {line.given}"
    if line.preferred != line.given:
        away += f", most of it for {line.preferred}"
    near = f"{_part(line.agreement)} its nearest neighbours are {line.given}"
    far = f"it lies farther from {line.given} than {_part(line.distance_percentile)} that class"
    if line.distance_percentile == 0:
        far = f"it lies closer to {line.given} than all others of that class"
    text = f"{away[0].upper()}{away[1:]}; {near}; {far}."
    if line.preferred != line.given and line.issue not in GRAVEST_FIRST[:2]:
        return f"{text} Not suspected: enough of its mass or of its neighbours speaks for the label."
    return f"{text} An outlier: {line.why}." if line.get("why") else text


def _part(share: float) -> str:
    """A share in words: "89% of", and neither "0% of" nor "100% of"."""
    told = portion(share, 2).replace("< ", "under ").replace("> ", "over ")
    return {0.0: "none of", 1.0: "all of"}.get(float(share), f"{told} of")


@dataclass(frozen=True)
class Tally:
    """A 2 x 2 table of bad and clean against removed and kept."""

    bad_removed: int
    bad_kept: int
    clean_removed: int
    clean_kept: int

    @property
    def recall(self) -> float:
        """Share of the bad rows that are removed; NaN when there are none."""
        return _share(self.bad_removed, self.bad_removed + self.bad_kept)

    @property
    def false_removal(self) -> float:
        """Share of the clean rows that are removed with them."""
        return _share(self.clean_removed, self.clean_removed + self.clean_kept)

    @property
    def noise_kept(self) -> float:
        """Share of the kept rows that are bad."""
        return _share(self.bad_kept, self.bad_kept + self.clean_kept)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def tally(coreset: Coreset, bad: np.ndarray) -> Tally:
    """How a coreset divides the bad rows (n,) bool of its table."""
    kept, removed = bad[coreset.mask], bad[~coreset.mask]
    return Tally(int(removed.sum()), int(kept.sum()), int((~removed).sum()), int((~kept).sum()))


def false_alarms(issue: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> pandas.DataFrame:
    """The share of every class that is suspected: columns `label, items, suspected, share`."""
    import pandas

    counts = np.bincount(labels, minlength=len(classes))
    suspected = np.bincount(labels[issue > 0], minlength=len(classes))
    share = suspected / np.maximum(counts, 1)
    return pandas.DataFrame({"label": classes, "items": counts, "suspected": suspected, "share": share})
