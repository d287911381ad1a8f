"""What a report says of a run in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fdmat_core import formats, registry, sizes
from fdmat_core.analysis import caveats, issues, predictiveness, recommendation, summary
from fdmat_core.formats import counted, percent, portion
from fdmat_core.report.scene import Scene
from fdmat_core.spec import Choice

if TYPE_CHECKING:
    import pandas


def summaries(scene: Scene) -> list[str]:
    """The answers of a run, the most wanted first."""
    parts = [_kept(scene), *_measured(scene), _enough(scene), _noise(scene), _closer(scene)]
    return [part for part in parts if part]


def notes(scene: Scene) -> list[str]:
    """What must be known to read a report honestly."""
    found = ["Distances on the map are not Wasserstein distances: a projection keeps neighbours, not lengths."]
    found.append(caveats.begins_with(scene.run.spec.chosen, scene.focus, scene.coreset.k))
    found += [_accuracy(scene, one) for one in scene.run.measures("accuracy")]
    found.append(caveats.held_out(scene.run.findings))
    found += [_variant(scene, one) for one in scene.methods if registry.methods.get(one.name).facts.stands_for]
    found += [_damage(scene, one) for one in scene.methods]
    found.append(_band(scene))
    if scene.bad is not None and scene.bad.word == "suspected":
        found.append("Nothing was injected into these data: what is called suspected is what FDMat rejects of itself.")
    if scene.bad is not None and scene.bad.word == "injected":
        found.append("Noise was injected, so that it is known which items are noisy. Real noise may be harder to find.")
    if scene.left_out:
        left = counted(scene.left_out, "method of the run is", "methods of the run are")
        found.append(f"{left} not in this report; it holds 8 at most.")
    found += [f"{name} is left out: {problem}" for name, problem in scene.run.problems.items()]
    found.append(
        "Places on this map are rounded to 1/65,535 of its sides, scores to three digits; who is kept is exact."
    )
    return [text for text in found if text]


def reading(point: Any, unit: str) -> str:
    """A line of `summary.by_size` as people read it: 87.4% ± 0.3%. A spread that would show as 0 is left out."""
    value = formats.number(point.mean, unit)
    if point.seeds < 2:
        return value
    around = formats.number(point.sd, unit) if unit.startswith("share") else f"{point.sd:.2g}"
    return value if float(around.rstrip("%")) == 0 else f"{value} ± {around}"


def _kept(scene: Scene) -> str:
    return f"{scene.at(scene.focus)} keeps {scene.coreset.k:,} of {scene.coreset.n:,} items."


def _measured(scene: Scene) -> Iterator[str]:
    """The first accuracy and the first distance of the method in focus, beside random and all data."""
    for kind in ("accuracy", "distance"):
        for measure in scene.run.measures(kind)[:1]:
            facts = registry.measures.get(measure.name).facts
            mine = scene.readings(measure, str(scene.focus))
            near = sizes.neighbour(mine["kept"], scene.kept, scene.run.planned.values())
            if near is None:
                continue
            point: Any = next(mine[mine["kept"] == near].itertuples())
            parts = [
                f"{registry.measures.title(measure)} at {percent(round(near, 6))} kept: {reading(point, facts.unit)}"
            ]
            if point.seeds > 1:
                parts[0] += f" ({'sd over' if '±' in parts[0] else 'the same on'} {point.seeds} seeds)"
            parts += _beside(scene, measure, near, facts.unit, whole=kind == "accuracy")
            yield f"{'; '.join(parts)}. {facts.better.capitalize()} is better."


def _beside(scene: Scene, measure: Choice, near: float, unit: str, *, whole: bool) -> Iterator[str]:
    random = scene.readings(measure, "random")
    point: Any
    for point in random[random["kept"] == near].itertuples():
        yield f"random {reading(point, unit)}" + (f" ({point.seeds} subsets)" if point.seeds > 1 else "")
    table = summary.by_size(scene.curve, str(measure))
    every = table.loc[table["kept"] == 1, "mean"]
    if whole and len(every):
        yield f"all data {formats.number(float(every.mean()), unit)}"


def _enough(scene: Scene) -> str:
    """How much of the data each method needs."""
    for measure in scene.run.measures("accuracy")[:1]:
        table = summary.complete(summary.by_size(scene.curve, str(measure)), scene.run.planned)
        needed = {scene.look.style(name).title: share for name, share in summary.enough(table).items()}
        if needed:
            whole = float(table.loc[table["kept"] == 1, "mean"].mean())
            said = f"{registry.measures.title(measure)}. {summary.answer(needed, whole)} {_recommended(scene, table)}"
            return said.strip().replace("**", "")
    return ""


def _recommended(scene: Scene, table: pandas.DataFrame) -> str:
    """The share that is recommended for networks, of the summary of the first accuracy."""
    if not recommendation.applies(scene.run.measures("accuracy")):
        return ""
    share = recommendation.of_summary(table, scene.run.planned)
    return "" if share is None else recommendation.said(share)


def _noise(scene: Scene) -> str:
    if scene.bad is None or not scene.bad.rows.any():
        return ""
    tally = issues.tally(scene.coreset, scene.bad.rows)
    total, word = tally.bad_removed + tally.bad_kept, scene.bad.word
    theirs = f"{portion(tally.recall)} of the {counted(total, f'{word} item', f'{word} items')}"
    of_all = f"{scene.title(scene.focus)} removes {theirs}"
    return f"{of_all}, and {portion(tally.false_removal)} of all others; {tally.bad_kept:,} stay among the kept."


def _closer(scene: Scene) -> str:
    """Whether closer means better here."""
    distances, accuracies = scene.run.measures("distance"), scene.run.measures("accuracy")
    if not distances or not accuracies:
        return ""
    table = predictiveness.correlation(scene.curve, str(distances[0]), str(accuracies[0]))
    row = predictiveness.nearest(table, scene.kept, scene.run.planned.values())
    return predictiveness.verdict(row, registry.measures.title(distances[0]))


def _accuracy(scene: Scene, measure: Choice) -> str:
    title = registry.measures.title(measure)
    if not caveats.on_fixed_features(measure):
        return f"{title}: networks trained from scratch, with the same recipe at every size."
    like = caveats.like_training(scene.run.curve(), str(measure), scene.run.spec.measures_by_name)
    said = caveats.of_probe(like, scene.kept, scene.run.planned.values())
    few = caveats.few_test_items(scene.run.counts[1])
    return " ".join(filter(None, [f"{title} is read off fixed features; it is not full training. {said}", few]))


def _variant(scene: Scene, method: Choice) -> str:
    entry, title = registry.methods.get(method.name), registry.methods.title(method)
    text = f"{title} ({method}) is {entry.facts.stands_for}: {entry.facts.paper}. {entry.summary}"
    return " ".join(filter(None, [text, caveats.compared(scene.ranked[method])]))


def _damage(scene: Scene, method: Choice) -> str:
    """That a method keeps more noise than chance explains; "" if it does not."""
    if scene.bad is None:
        return ""
    text = caveats.keeps_bad(issues.tally(scene.ranked[method].cut(scene.kept), scene.bad.rows), scene.bad.word)
    return f"{scene.at(method)}. {text}" if text else ""


def _band(scene: Scene) -> str:
    spec = scene.run.spec
    drawn = f"{spec.band} random subsets of each size" if spec.band else "one random subset of each size"
    return (
        f"The grey band is the range of {drawn}; a network trained from scratch is drawn for fewer. "
        f"Training is repeated with {spec.seeds} {'seed' if spec.seeds == 1 else 'seeds'}; ± is one standard deviation."
    )
