"""Code is part of what made a result: its own and that of what it imports."""

import importlib
import sys

import pytest

from fdmat_core import registry
from fdmat_core.store import provenance


@pytest.fixture(autouse=True)
def forget():
    """What was read of a module is remembered; these tests change modules."""
    for function in (provenance.code, provenance._read, provenance._file):
        function.cache_clear()
    functions = provenance.code, provenance._read, provenance._file
    yield
    for function in functions:
        function.cache_clear()


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a package `fdmat_core_toy` with modules by name, and give its modules' versions."""
    folder = tmp_path / "fdmat_core_toy"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("fdmat_core_toy", None)  # of an earlier test

    def version(**modules):
        for name, text in modules.items():
            (folder / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        for function in (provenance.code, provenance._read, provenance._file):
            function.cache_clear()
        return provenance.code("fdmat_core_toy.method")

    return version


METHOD = (
    '"""A method."""\nfrom fdmat_core_toy import sums\ndef method(x):\n    """Add one."""\n    return sums.one + x\n'
)


def test_only_what_code_does_counts(module):
    before = module(method=METHOD, sums="one = 1\n")
    assert module(method=METHOD.replace("A method.", "Another text.").replace("return", "# why\n    return")) == before
    assert module(method=METHOD.replace("+ x", "- x")) != before


def test_the_code_of_what_is_imported_counts_however_far(module):
    before = module(method=METHOD, sums="from fdmat_core_toy.deep import one\n", deep="one = 1\n")
    assert module(deep="one = 2\n") != before
    assert module(deep="one = 1\n") == before
    late = METHOD.replace("    return", "    from fdmat_core_toy import late\n    return")
    before = module(method=late, late="two = 2\n")
    assert module(late="two = 3\n") != before


def test_modules_that_import_each_other_are_read_once(module):
    assert module(method=METHOD, sums="from fdmat_core_toy import method\none = 1\n")


def test_what_only_carries_results_does_not_count(monkeypatch):
    read, real = set(), provenance._read
    monkeypatch.setattr(provenance, "_read", lambda name: read.add(name) or real(name))
    provenance.code("fdmat_core.methods.fdmat")
    assert {"fdmat_core.methods.fdmat", "fdmat_core.numerics.transport", "fdmat_core.kernels"} <= read
    assert read.isdisjoint({"fdmat_core.registry", "fdmat_core.types", "fdmat_core.work.store"})


def test_every_method_has_a_version_of_its_own():
    found = {name: provenance.of(entry, "fdmat_core.selection") for name, entry in registry.methods.all().items()}
    assert len(set(found.values())) == len(found)


def test_a_module_without_source_is_known_by_its_name():
    assert provenance.code("fdmat_core.no_such_module") != provenance.code("fdmat_core.nor_this")
