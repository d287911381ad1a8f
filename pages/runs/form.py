"""The form of a new run: what there is to choose follows from the registry, the defaults from the sample run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from fdmat_core import device, errors, registry
from fdmat_core.formats import counted, percent
from fdmat_core.registry import Entry
from fdmat_core.runs import jobs, sets
from fdmat_core.runs.jobs import Status
from fdmat_core.runs.settings import MOST_FRACTIONS, checked, measured_to_clean
from fdmat_core.spec import FRACTIONS, Choice, Chosen, Spec
from pages.shell import caches, frame, places, state
from pages.ui import forms, own_data, run_status

NAMES = {"corruption": "damage", "backbone": "features", "band": "random subsets", "chosen": "what is chosen before"}
#: Where no set is chosen before a run.
NOTHING = "Nothing: every method begins by itself"
#: Names a method of the form, or one of its variants: the method, and the variant's number from 0.
Slot = tuple[str, int]
Named = TypeVar("Named", bound=Hashable)
BALANCES = {
    "proportional": "By class size",
    "equal": "Same for every class",
    "error": "By validation error",
    "difficulty": "By difficulty",
    "none": "As the method likes",
}


def show() -> None:
    """Show the form; its button starts the run, or opens it if it is there already."""
    with st.container(border=True):
        title, button = st.columns([1, 1], vertical_alignment="center")
        title.subheader("New run", anchor=False)
        effort = st.container()
        dataset, corruption, backbone = forms.choose_data(state.start())
        start = state.start()  # may follow the data
        st.markdown("**Methods** :small[:gray[random is always among them, as the bar to clear]]")
        names = forms.choose_methods(start.methods, key=state.field("methods"))
        st.markdown("**Measures**")
        measures = _measures(replace(start, corruption=corruption))
        more = _more(start, names)
        chosen = _chosen(start, dataset)
    if not measures:
        effort.warning("Choose at least one measure.", icon=":material/touch_app:")
        return
    data: dict[str, Any] = {"dataset": dataset, "corruption": corruption, "backbone": backbone, "chosen": chosen}
    spec = checked(Spec(measures=measures, **data, **more))
    with effort:
        st.caption(_effort(spec))
        _device()
        _compare(spec)
    with button:
        _launch(spec)
    with effort:  # last, as it may take a second or two
        _estimate(spec)


def _device() -> None:
    """Say what runs are computed on; where there is a choice, it holds for all who use the app."""
    names = device.names()
    if len(names) == 1:
        st.caption(f":material/memory: Computed on {device.CPU}.")
        return
    now = os.environ.get("FDMAT_DEVICE") or names[0]
    chosen = st.segmented_control("Compute on", names, default=now if now in names else names[0], key="device")
    os.environ["FDMAT_DEVICE"] = chosen or now
    st.caption(
        f":material/memory: {device.describe()}. Runs that start from now on are computed there, whoever starts."
    )


def _estimate(spec: Spec) -> None:
    """Say how long it will take and how much memory, or why these data and this backbone do not go together."""
    if forms.lacks_path(spec.dataset):
        return
    try:
        said = caches.estimate(spec)
    except (ValueError, OSError) as error:
        st.caption(f":red[:material/error: {frame.plain(errors.plain(error))}]")
        return
    icon = "warning" if said.bytes > said.free else "schedule"
    st.caption(f":material/{icon}: {frame.plain(str(said))}")


def _measures(start: Spec) -> tuple[Choice, ...]:
    before = {choice.name: choice for choice in measured_to_clean(start).measures}
    entries = registry.measures.all()
    names = forms.choose_several(
        "Taken of every coreset", entries, [name for name in entries if name in before], key=state.field("measures")
    )
    return tuple(before.get(name, Choice(name)) for name in _as_before(names, before))


def _as_before(names: Iterable[Named], before: Iterable[Named]) -> list[Named]:
    """Names in the order they had, new ones last: the same settings give the same run."""
    chosen, there = dict.fromkeys(names), dict.fromkeys(before)
    return [*(name for name in there if name in chosen), *(name for name in chosen if name not in there)]


def _more(start: Spec, names: tuple[str, ...]) -> dict[str, Any]:
    """The settings that most people leave as they are."""
    with st.expander("Settings of the methods"):
        methods = _method_settings(start, names)
    with st.expander("Fractions, seeds, balance"):
        fractions = _fractions(start.fractions)
        left, right = st.columns(2)
        seeds = left.number_input(
            "Training seeds", 1, 20, start.seeds, key=state.field("seeds"), persist_state="session"
        )
        band = right.number_input(
            "Random subsets", 1, 100, start.band, key=state.field("band"), persist_state="session"
        )
        balance = st.pills(
            "Places per class",
            list(BALANCES),
            required=True,
            default=start.balance,
            format_func=BALANCES.__getitem__,
            key=state.field("balance"),
            persist_state="session",
            help="Unless the method decides, every class keeps at least one item while there are places enough. At 1% "
            "and less, a rare class would otherwise be lost. By validation error, classes that a linear classifier "
            "mistakes more often get more (DRoP); by difficulty those with larger errors early in training (NUCS).",
        )
    return {"methods": methods, "fractions": fractions, "seeds": int(seeds), "band": int(band), "balance": balance}


def _chosen(start: Spec, dataset: Choice) -> Chosen | None:
    """Ask for the items that every method begins with: a named set of a run on these data, or what was chosen."""
    options: dict[str, Chosen | None] = {NOTHING: None} | sets.of_runs(caches.runs_on(dataset).values())
    if start.chosen and start.dataset == dataset and start.chosen not in options.values():
        options[str(start.chosen).removeprefix("the ")] = start.chosen
    if len(options) == 1:
        return None
    name = st.selectbox(
        "Chosen before",
        list(options),
        index=list(options.values()).index(start.chosen) if start.chosen in options.values() else 0,
        key=state.field("chosen"),
        persist_state="session",
        help="A named set of items, made on the Removed page. Every method, random too, begins with it and then adds "
        "what it would to fill up. A method that picks one by one takes note of it; any other keeps its own order.",
    )
    return options.get(name)


def _method_settings(start: Spec, names: tuple[str, ...]) -> tuple[Choice, ...]:
    """The chosen methods with their parameters and variants, random always among them."""
    before = _slots(start.methods)
    chosen = _brought(before)
    for name in _as_before([*names, "random"], (name for name, _ in before)):
        chosen |= _variants(registry.methods.get(name), before)
    return tuple(chosen[slot] for slot in _as_before(chosen, before))


def _brought(before: Mapping[Slot, Choice]) -> dict[Slot, Choice]:
    """The methods of the run before that came with a file, which no form offers: those that are to stay."""
    there = {slot: one for slot, one in before.items() if not registry.methods.get(one.name).facts.offered}
    if not there:
        return {}
    titles = {str(one): registry.methods.title(one) for one in there.values()}
    facts: dict[str, Any] = {"key": state.field("brought"), "persist_state": "session", "wrap": True}
    stay = st.pills(
        "Imported selections that stay",
        list(titles),
        selection_mode="multi",
        default=list(titles),
        format_func=titles.__getitem__,
        **facts,
    )
    return {slot: one for slot, one in there.items() if str(one) in stay}


def _slots(methods: Iterable[Choice]) -> dict[Slot, Choice]:
    """Choices by their method and, where a method is chosen several times, their place among its variants."""
    seen: Counter[str] = Counter()
    found = {}
    for choice in methods:
        found[choice.name, seen[choice.name]] = choice
        seen[choice.name] += 1
    return found


def _variants(entry: Entry[Any], before: Mapping[Slot, Choice]) -> dict[Slot, Choice]:
    """Ask for the parameters of a method, once for each of its variants, and for one variant more."""
    if not entry.parameters:
        return {(entry.name, 0): Choice(entry.name)}
    there = state.field(f"variants.{entry.name}")
    numbers = st.session_state.setdefault(there, [number for name, number in before if name == entry.name] or [0])
    found: dict[Slot, Choice] = {}
    for place, number in enumerate(numbers):
        start = before.get((entry.name, number), Choice(entry.name))
        found[entry.name, number] = choice = _variant(entry, start, place, there)
        if choice in list(found.values())[:-1]:
            st.caption(":orange[The same as another of this method, so that it counts once: change a setting.]")
    label, more = f"Add a variant of {entry.title}", [*numbers, max(numbers) + 1]
    facts: dict[str, Any] = {"icon": ":material/add:", "type": "tertiary", "args": ({there: more},)}
    help = "The same method once more, with other settings"
    st.button(label, key=f"{there}.add", help=help, on_click=st.session_state.update, **facts)
    return found


def _variant(entry: Entry[Any], start: Choice, place: int, there: str) -> Choice:
    """Ask for the parameters of one variant; those after the first can be taken out again."""
    numbers = st.session_state[there]
    key = state.field(f"method.{entry.name}") + f".{numbers[place]}" * (numbers[place] > 0)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{entry.title}**" + f" :small[:gray[variant {place + 1}]]" * (len(numbers) > 1), width="content")
        if place:
            fewer = {there: [*numbers[:place], *numbers[place + 1 :]]}
            facts: dict[str, Any] = {"icon": ":material/close:", "type": "tertiary", "args": (fewer,)}
            st.button("Take out", key=f"{key}.out", on_click=st.session_state.update, **facts)
    return forms.parameters(entry, start, key=key)


def _fractions(start: tuple[float, ...]) -> tuple[float, ...]:
    known = {percent(fraction): fraction for fraction in sorted({*FRACTIONS, *start})}  # which has more digits
    said = st.multiselect(
        "Kept fractions",
        list(known),
        [percent(fraction) for fraction in start],
        accept_new_options=True,
        max_selections=MOST_FRACTIONS,
        key=state.field("fractions"),
        help="Coresets of these sizes are measured. Type another percentage to add it.",
        persist_state="session",
    )
    shares = {text: known.get(text) or _read_percent(text) for text in said}
    wrong = ", ".join(text for text, share in shares.items() if share is None)
    if wrong:
        told = f"Left out: {frame.plain(wrong)}. Give percentages above 0 and up to 100, such as 15%."
        st.warning(told, icon=":material/warning:")
    found = tuple(share for share in shares.values() if share is not None)
    if not found:
        st.caption("None is left: the sizes are those that the form began with.")
    return found or start


def _read_percent(text: str) -> float | None:
    """The share that a percentage says, with or without its sign; None if that is no part of a whole."""
    try:
        share = round(float(text.strip().rstrip("%")) / 100, 9)
    except ValueError:
        return None
    return share if 0 < share <= 1 else None


def _effort(spec: Spec) -> str:
    """How much there is to do, in words."""
    coresets = len(spec.methods) * len(spec.fractions)
    measures = counted(len(spec.measures), "measure", "measures")
    many = counted(len(spec.methods), "method", "methods")
    seeds = f"{spec.seeds} training seeds" if spec.seeds > 1 else "1 training seed"
    methods = ", ".join([many, *_several(spec)])
    return (
        f"{methods}{',' * (',' in methods)} at {len(spec.fractions)} sizes: {coresets:,} coresets, {measures}, {seeds}."
    )


def _several(spec: Spec) -> list[str]:
    """The methods that a spec has several variants of, in words."""
    counts = Counter(choice.name for choice in spec.methods)
    return [f"{registry.methods.get(name).title} in {many} variants" for name, many in counts.items() if many > 1]


def _compare(spec: Spec) -> None:
    """Say in what the form differs from the run that is open, so that the two are never mixed up."""
    run = state.run()
    opened = run.spec if run else None
    fields = differences(spec, opened) if opened else []
    if fields:
        said, button = st.columns([4, 1], vertical_alignment="center")
        said.markdown(f":orange[:material/difference: Not the run that is open: differs in {', '.join(fields)}.]")
        button.button("Revert", type="tertiary", on_click=state.start_from, args=(opened,), width="stretch")


def differences(one: Spec, other: Spec) -> list[str]:
    """The names of the settings in which two specs differ, in words."""
    there, here = one.to_json(), other.to_json()
    return [NAMES.get(name, name) for name in there | here if there.get(name) != here.get(name)]


def _launch(spec: Spec) -> None:
    """The button that starts a run, or opens it if it is there."""
    wait = forms.lacks_path(spec.dataset) or own_data.wrong()
    status = jobs.status(spec.key)
    if status is None or not (status.live or status.state == "done"):
        facts: dict[str, Any] = {"icon": ":material/play_arrow:", "width": "stretch", "args": (spec,)}
        st.button("Start", type="primary", on_click=_begin, disabled=wait, **facts)
        return
    facts = {"icon": ":material/scatter_plot:", "width": "stretch", "disabled": own_data.wrong()}
    if st.button(_open(status), type="primary", **facts):
        state.choose(run=spec.key, method=None)
        st.switch_page(places.MAP)


def _open(status: Status) -> str:
    """What the button is called that opens the run of the form."""
    return "Open the run: it is under way" if status.live else "Open the run: it is stored"


def _begin(spec: Spec) -> None:
    """Start a run, unless its data and its backbone do not go together: then it would only be there as failed."""
    try:
        caches.estimate(spec)
    except (ValueError, OSError) as error:
        st.toast(f"Not started: {frame.plain(errors.plain(error))}", icon=":material/error:")
        return
    run_status.begin(spec, method=None)
    if status := jobs.status(spec.key):
        st.toast(run_status.sentence(status), icon=":material/play_arrow:")
