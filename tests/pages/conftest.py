"""The app in a test: the real pages behind the real router, jobs that are only noted down."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fdmat_core.runs import artifacts, jobs, library, settings
from fdmat_core.runs.jobs import Status
from fdmat_core.spec import Choice, Spec
from pages.shell import places
from tests.stores import filling

ROUTER = str(places.ROOT / "pages/shell/router.py")


@dataclass
class Queue:
    """What the pages asked of the jobs, and what the jobs say."""

    asked: list[Any] = field(default_factory=list[Any])
    states: dict[str, Status] = field(default_factory=dict[str, Status])

    def say(self, spec, state, **facts):
        """Store a run and let it be in this state."""
        key = library.save(spec)
        self.states[key] = Status(key=key, state=state, **facts)
        return key

    def delete(self, key):
        self.asked.append(("delete", key))
        library.delete(key)

    def submit(self, spec):
        self.asked.append(("submit", spec))
        return self.say(spec, "queued")


@pytest.fixture
def queue(monkeypatch):
    queue = Queue()
    monkeypatch.setattr(jobs, "submit", queue.submit)
    monkeypatch.setattr(jobs, "status", queue.states.get)
    monkeypatch.setattr(jobs, "cancel", lambda key: queue.asked.append(("cancel", key)))
    monkeypatch.setattr(jobs, "delete", queue.delete)
    monkeypatch.setattr(jobs, "log", lambda key: "epoch 1\nepoch 2")
    return queue


@pytest.fixture
def visit(queue):
    """Open a page, as by a link with these parameters."""
    st.cache_data.clear()
    st.cache_resource.clear()

    def open_page(page, **link):
        app = AppTest.from_file(ROUTER, default_timeout=60)
        app.query_params.update(link)
        app.run()
        if page != places.MAP:
            app.switch_page("../../" + str(page.relative_to(places.ROOT))).run()
        return app

    return open_page


def texts(app):
    """All the words that a page shows outside of its fields."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.title, app.header, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def button(app, label, place=0):
    return [one for one in app.button if one.label == label][place]


def link(app, name):
    """What the address of a page says about a choice."""
    value = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


#: A run that is small, real and quick to make.
RESULTS = Spec(
    dataset=Choice.of("mixture", n=300),
    backbone=Choice("given"),
    methods=tuple(map(Choice, ("random", "herding", "moderate", "k_center"))),
    measures=tuple(map(Choice, ("energy", "linear_probe", "sliced_wasserstein", "class_balance"))),
    fractions=(0.05, 0.2, 0.5, 1.0),
    seeds=2,
    band=4,
    balance="none",
)


@pytest.fixture(scope="session")
def results_home(tmp_path_factory):
    """A store that holds RESULTS."""
    with filling(tmp_path_factory, "results") as home:
        library.execute(RESULTS)
    return home


@pytest.fixture
def results(results_home, monkeypatch):
    """The stored run RESULTS."""
    monkeypatch.setenv("FDMAT_HOME", str(results_home))
    return settings.checked(RESULTS)


def share_features(spec, other):
    """Store a run that uses the features, and so the rankings and points, of another."""
    library.save(spec)
    artifacts.note(settings.checked(spec), artifacts.used_features(other))
