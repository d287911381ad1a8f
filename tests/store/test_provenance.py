"""What made a result is known by its content: other code has another version, and the same code elsewhere the same."""

import importlib
import importlib.metadata
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from fdmat_core import corruptions, curves, datasets, projection, registry, selection
from fdmat_core.analysis import detectors
from fdmat_core.learning import features
from fdmat_core.spec import Choice
from fdmat_core.store import provenance

KINDS = registry.datasets, registry.corruptions, registry.backbones, registry.methods, registry.measures
STAGES = features.extract, projection.project, selection.rank, curves.points, detectors.scores


REMEMBERED = provenance.code, provenance._definition, provenance._module, provenance._file, provenance._version


def forget():
    """What was read of a module and of a library is remembered; these tests change both."""
    for function in REMEMBERED:
        function.cache_clear()


@pytest.fixture(autouse=True)
def fresh():
    forget()
    yield
    forget()


@pytest.fixture
def version(tmp_path, monkeypatch):
    """Write a package `toy` anew, with modules by dotted name, and give the version of a function in it."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(where, **modules):
        for name in [name for name in sys.modules if name.split(".")[0] == "toy"]:
            del sys.modules[name]
        for file in [*tmp_path.rglob("*.py")]:
            file.unlink()
        for name, text in modules.items():
            file = tmp_path.joinpath("toy", *name.split("__")).with_suffix(".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            for folder in [file.parent, *file.parent.parents]:
                if folder.is_relative_to(tmp_path / "toy"):
                    (folder / "__init__.py").touch()
            file.write_text(text)
        importlib.invalidate_caches()
        forget()
        module, _, function = where.rpartition(".")
        return provenance.code(getattr(importlib.import_module(f"toy.{module}"), function))

    return write


METHOD = '''"""A method."""
from dataclasses import dataclass
import numpy as np
from toy import sums

FAR = 3

@dataclass(frozen=True)
class Pair:
    """Two numbers."""
    left: int
    right: int = FAR

    def both(self) -> int:
        """Both."""
        return sums.add(self.left, self.right)

def method(x: int, *, budget: int = 5) -> int:
    """Add."""
    from sklearn import decomposition
    rows = [sums.add(row, FAR) for row in np.arange(budget)]
    return _last(decomposition.PCA(x).fit(rows)) + Pair(x).both()

def _last(values):
    if values is None:
        raise ValueError(f"{values} are none")
    return values[-1] + sums.OFFSETS["low"]
'''
SUMS = '''
OFFSETS = {"low": 1, "high": 2}
ONE, TWO = 1, 2

def add(a, b):
    """Add two numbers."""
    return a + b * deep(ONE)

def deep(n):
    return deep(n - 1) if n else TWO
'''
#: The same in other files, under other names, imported in other ways, in another order.
MOVED = """
import numpy
from dataclasses import dataclass
from toy.rooms.plus import together, TABLE as LOW
import toy.rooms.limits

def end(values: list) -> float:
    # the last
    if values is None:
        raise TypeError("give some")
    return values[-1] + LOW["low"]

def renamed(x, *, budget=5):
    from sklearn.decomposition import PCA
    from toy.rooms import plus as other
    rows = [other.together(row, toy.rooms.limits.LIMIT) for row in numpy.arange(budget)]
    return end(PCA(x).fit(rows)) + Couple(x).both()

@dataclass(frozen=True)
class Couple:
    left: float
    right: float = toy.rooms.limits.LIMIT

    def both(self):
        return together(self.left, self.right)
"""
PLUS = '''
from . import limits
from .limits import unit as first, second

TABLE = {"low": 1, "high": 2}

def together(a: int, b: int) -> int:
    return a + b * below(first)

def below(n):
    """Go down."""
    return below(n - 1) if n else second
'''
LIMITS = "LIMIT = 3\nunit, second = 1, 2\n"


def test_moving_and_renaming_changes_nothing(version):
    before = version("method.method", method=METHOD, sums=SUMS)
    assert version("new.renamed", new=MOVED, rooms__plus=PLUS, rooms__limits=LIMITS) == before
    through = MOVED.replace("from toy.rooms.plus", "from toy.again")
    again = "from toy.rooms.plus import TABLE, together as together\n"
    assert version("new.renamed", new=through, again=again, rooms__plus=PLUS, rooms__limits=LIMITS) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""A method."""', '"""Another text."""'),
        ('"""Both."""', ""),
        ("FAR = 3", "FAR = 3  # why"),
        ("x: int,", "x: 'float',"),
        ("left: int", "left: float"),
        (") -> int:", "):"),
        ("are none", "are no values at all"),
        ("import numpy as np", "import numpy as np\nimport json"),
    ],
)
def test_what_does_nothing_does_not_count(version, old, new):
    assert old in METHOD
    assert version("method.method", method=METHOD.replace(old, new), sums=SUMS) == version(
        "method.method", method=METHOD, sums=SUMS
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FAR = 3", "FAR = 4"),
        ("+ Pair", "- Pair"),
        ("budget: int = 5", "budget: int = 6"),
        ("frozen=True", "frozen=False"),
        ("right: int = FAR", "right: int = 2"),
        ("    left: int\n", ""),
        ("self.left, self.right", "self.right, self.left"),
        ("PCA", "KernelPCA"),
        ("values is None", "values is not None"),
        ("np.arange", "np.ones"),
        ('OFFSETS["low"]', 'OFFSETS["high"]'),
        ('{"low": 1', '{"low": 0'),
        ("ONE, TWO = 1, 2", "TWO, ONE = 1, 2"),
        ("deep(ONE)", "deep(TWO)"),
        ("a + b * deep", "a * b + deep"),
        ("deep(n - 1)", "deep(n - 2)"),
    ],
)
def test_what_does_something_else_counts_however_far(version, old, new):
    assert old in METHOD + SUMS
    before = version("method.method", method=METHOD, sums=SUMS)
    assert version("method.method", method=METHOD.replace(old, new), sums=SUMS.replace(old, new)) != before


def test_a_name_bound_locally_is_no_reference(version):
    def text(body):
        return f"from toy.sums import one\ndef method(x, *rest):\n{body}\n"

    for body in (
        "    one = x\n    return one",
        "    return [one for one in x]",
        "    return (lambda one: one)(x)",
        "    for one, two in x:\n        return one",
        "    with x as one:\n        return one",
        "    from json import loads as one\n    return one(x)",
        "    def one(y):\n        return y\n    return one(x)",
    ):
        found = {version("method.method", method=text(body), sums=f"one = {value}\n") for value in (1, 2)}
        assert len(found) == 1, body
    for body in (
        "    return [one for x in x]",
        "    return [x for one in one]",
        "    return [two + one for two in [one for one in x]]",
        "    return (lambda two: one)(x)",
        "    def two(y=one):\n        one = y\n        return one\n    return two()",
        "    from toy import sums as other\n    return other.one",
    ):
        found = {version("method.method", method=text(body), sums=f"one = {value}\n") for value in (1, 2)}
        assert len(found) == 2, body


def test_a_whole_module_counts_with_all_that_it_defines(version):
    text = "from toy import sums\ndef method(name):\n    return getattr(sums, name)\n"
    found = {version("method.method", method=text, sums=f"def one():\n    return {value}\n") for value in (1, 2)}
    assert len(found) == 2


def test_functions_that_call_each_other_have_versions(version):
    here = "from toy import there\ndef even(n):\n    return n == 0 or there.odd(n - 1)\n"
    there = "from toy import here\ndef odd(n):\n    return n != 0 and here.even(n - 1)\n"
    both = version("here.even", here=here, there=there), version("there.odd", here=here, there=there)
    assert len(set(both)) == 2
    assert version("here.even", here=here, there=there) == both[0]
    assert version("here.even", here=here, there=there.replace("- 1", "- 2")) != both[0]


def test_versions_of_the_libraries_that_are_used_count(version, monkeypatch):
    real = importlib.metadata.version
    before = version("method.method", method=METHOD, sums=SUMS)

    def after(library, number):
        monkeypatch.setattr(importlib.metadata, "version", lambda name: number if name == library else real(name))
        forget()
        return version("method.method", method=METHOD, sums=SUMS)

    assert after("scikit-learn", "0.1") not in (before, after("scikit-learn", "0.2"))
    assert after("umap-learn", "0.1") == before  # it is not used
    assert after("scikit-learn", f"{real('scikit-learn')}+build") == before


@pytest.mark.parametrize(
    ("library", "function"),
    [
        ("umap-learn", projection.project),
        ("torch", features.extract),
        ("scikit-learn", detectors.scores),
        ("torchvision", registry.backbones.get("resnet18").function),
        ("POT", registry.measures.get("exact_wasserstein").function),
        ("scipy", registry.methods.get("support_points").function),
        ("scikit-learn", registry.methods.get("fdmat").function),
    ],
)
def test_every_stage_counts_the_libraries_that_it_uses(library, function, monkeypatch):
    before, real = provenance.code(function), importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.1" if name == library else real(name))
    forget()
    assert provenance.code(function) != before


def reached(function):
    """Every place that the version of a function takes in."""
    places = [provenance.Place(function.__module__, function.__qualname__)]
    for place in places:
        found = (word for word in provenance._definition(place) if isinstance(word, provenance.Place))
        places += [word for word in dict.fromkeys(found) if word not in places]
    return places


def test_what_only_carries_results_does_not_count():
    places = reached(registry.methods.get("fdmat").function)
    assert ("fdmat_core.numerics.distances", "BLOCK") in places
    assert ("fdmat_core.numerics.matching", "herd") in places
    carriers = {"registry", "types", "rankings", "spec", "progress", "errors", "device", "store", "runs"}
    for function in (*STAGES, *(entry.function for kind in KINDS for entry in kind.all().values())):
        assert {place.module.split(".")[1] for place in reached(function)}.isdisjoint(carriers)


def test_everything_of_ours_that_is_referred_to_is_found():
    for function in (*STAGES, *(entry.function for kind in KINDS for entry in kind.all().values())):
        for place in reached(function):
            assert provenance._module(place.module).definitions[place.name], place


def test_every_registered_function_has_a_version_of_its_own():
    for kind in KINDS:
        found = {name: provenance.of(entry, selection.rank) for name, entry in kind.all().items()}
        assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("fact", [{"runs": "table"}, {"nested": False}, {"needs": ()}, {"weigh": selection.weights}])
def test_facts_that_decide_count_and_others_do_not(fact):
    entry = registry.methods.get("herding")
    changed = registry.Entry(entry.kind, entry.name, entry.function, replace(entry.facts, **fact))
    renamed = registry.Entry(entry.kind, "other", entry.function, replace(entry.facts, title="Other", colour="#000000"))
    assert provenance.of(renamed) == provenance.of(entry) != provenance.of(changed)


def test_versions_of_everything_take_seconds_at_most_and_load_no_library():
    code = (
        "import sys, time\n"
        "from fdmat_core import registry as r\n"
        "from fdmat_core.store import provenance\n"
        "kinds = r.datasets, r.corruptions, r.backbones, r.methods, r.measures\n"
        "entries = [entry for kind in kinds for entry in kind.all().values()]\n"
        "before = time.process_time()\n"
        "found = [provenance.of(entry) for entry in entries]\n"
        "print(time.process_time() - before, len(found))\n"
        "print(*sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    lines = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True).stdout
    (seconds, count), loaded = (line.split() for line in lines.splitlines())
    assert float(seconds) < 3 and int(count) >= 60  # it reads our sources alone, not those of libraries
    assert {"torch", "torchvision", "ot", "umap", "sklearn", "scipy"}.isdisjoint(loaded)


def test_a_function_without_source_counts_by_its_name():
    assert provenance.code(time.sleep) != provenance.code(time.time)
    assert provenance.code(lambda: 1)


def test_datasets_keep_the_keys_under_which_decisions_are_stored():
    """Those of the first version, to the letter."""
    assert datasets.load("digits").key == "digits-3af0372837f1baf7"
    assert datasets.load("mixture").key == "mixture-b94e0fc52e02fa5a"
    assert datasets.load("fashion_mnist_8k").key == "fashion_mnist_8k-2430f1a2ad2982d0"
    assert corruptions.corrupt(datasets.load("digits"), "symmetric").key == "c8293fc68eed3fb4"
    changed = Choice.of("symmetric", rate=0.4, seed=3)
    assert corruptions.corrupt(datasets.load("digits"), changed).key == "0a6f6be2d36b70b3"
