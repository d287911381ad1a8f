"""The house rules that a program can check."""

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from fdmat_core import registry

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "fdmat_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
#: The rooms from the ground up: a module may import those of its own floor and below, never above.
FLOORS = [
    {"types", *(f"work.{name}" for name in ("device", "store", "points", "decisions", "causes", "heartbeat"))},
    {"registry", "budgets", "readings", "claim"},
    {"kernels", "submodular", "transport", "corruption", "training", "work.versions"},
    {"datasets", "backbones", "methods", "measures"},
    {"features", "selection", "projection"},
    {"curves", "audit", "detection"},
    {"work.parts"},
    {"work.stages", "work.costs"},
    {"work.runs"},
    {"work.jobs", "work.exports", "work.imports", "cli", "__main__"},
]
HEAVY = ("torch", "torchvision", "ot", "umap", "plotly", "pandas", "sklearn", "scipy", "streamlit")


def module_name(path):
    return ".".join(path.relative_to(ROOT / "fdmat_core").with_suffix("").parts)


def floor(name):
    for number, rooms in enumerate(FLOORS):
        if name in rooms or name.split(".")[0] in rooms:
            return number
    return None


def imports(path, *, everywhere=True):
    tree = ast.parse(path.read_text())
    nodes = ast.walk(tree) if everywhere else _at_import(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _at_import(tree):
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node


def functions():
    for path in CORE + PAGES + [ROOT / "app.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                doc = node.body[0] if ast.get_docstring(node) else None
                lines = node.end_lineno - node.body[0].lineno + 1
                yield path, node.name, lines - (doc.end_lineno - doc.lineno + 1 if doc else 0)


def test_imports_point_down():
    for path in CORE:
        mine = floor(module_name(path))
        for name in imports(path):
            theirs = floor(name.removeprefix("fdmat_core.")) if name.startswith("fdmat_core.") else None
            if mine is not None and theirs is not None:
                assert theirs <= mine, f"{path.relative_to(ROOT)} imports {name}, which lives above it"


def test_every_core_module_has_a_floor():
    outside = {"__init__", "view"}
    unknown = [str(p) for p in CORE if floor(module_name(p)) is None and not outside & set(module_name(p).split("."))]
    assert unknown == []


def test_the_core_never_imports_streamlit():
    assert [str(path) for path in CORE if any(name.split(".")[0] == "streamlit" for name in imports(path))] == []


def test_view_imports_only_types_readings_pandas_and_plotly():
    allowed = {"__future__", "collections", "dataclasses", "pandas", "plotly", "numpy", "typing", "math", "html"}
    allowed |= {"base64", "functools", "json", "struct"}
    for path in (ROOT / "fdmat_core" / "view").glob("*.py"):
        for name in imports(path):
            ours = name.startswith(tuple(f"fdmat_core.{room}" for room in ("types", "readings", "view")))
            ours |= name == "fdmat_core"
            assert ours or name.split(".")[0] in allowed, f"{path.name} imports {name}"


def test_heavy_libraries_are_imported_where_they_are_used():
    for path in CORE:
        if module_name(path).startswith("view."):
            continue
        for name in imports(path, everywhere=False):
            assert name.split(".")[0] not in HEAVY, f"{path.relative_to(ROOT)} imports {name} at the top"


def test_importing_the_core_loads_nothing_heavy():
    code = "import sys, fdmat_core; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert set(loaded.split()) & set(HEAVY) == set()


def test_listing_every_registry_loads_nothing_heavy():
    code = (
        "import sys; from fdmat_core import registry as r; "
        "[kind.all() for kind in (r.datasets, r.corruptions, r.backbones, r.methods, r.measures)]; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert set(loaded.split()) & set(HEAVY) == set()


def test_pages_do_no_maths():
    banned = {"numpy", "torch", "ot", "sklearn", "umap", "scipy"}
    for path in PAGES:
        assert {name.split(".")[0] for name in imports(path)} & banned == set(), path


def test_no_page_lies_directly_in_pages():
    assert list((ROOT / "pages").glob("*.py")) == []


def test_pages_are_short():
    for path in PAGES:
        if "shared" not in path.parts:
            assert len(path.read_text().splitlines()) <= 90, path


def test_only_the_device_module_names_an_accelerator():
    word = re.compile("cu" + "da")
    named = {
        str(p.relative_to(ROOT)) for p in ROOT.rglob("*.py") if word.search(p.read_text()) and ".venv" not in p.parts
    }
    assert named == {"fdmat_core/work/device.py"}


def test_nobody_seeds_the_world():
    pattern = re.compile(r"np\.random\.seed|random\.seed\(|(?<!\.)torch\.manual_seed\(")
    assert [str(path) for path in CORE if pattern.search(path.read_text())] == []


def test_only_the_cache_module_caches():
    cached = [path.name for path in PAGES if "st.cache" in path.read_text()]
    assert cached in ([], ["cached.py"])


def test_functions_are_small():
    lengths = [(lines, f"{path.relative_to(ROOT)}:{name}") for path, name, lines in functions()]
    too_long = [entry for entry in lengths if entry[0] > 60]
    assert too_long == []
    counts = sorted(lines for lines, _ in lengths)
    assert statistics.median(counts) <= 12
    assert counts[int(0.9 * len(counts))] <= 30


def test_files_are_small():
    for path in CORE + PAGES:
        assert len(path.read_text().splitlines()) <= 400, path


def test_public_functions_are_documented():
    for path in CORE:
        tree = ast.parse(path.read_text())
        for node in tree.body + [item for owner in tree.body if isinstance(owner, ast.ClassDef) for item in owner.body]:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.relative_to(ROOT)}:{node.name}"


@pytest.mark.parametrize(
    "kind", [registry.datasets, registry.backbones, registry.methods, registry.measures], ids=lambda kind: kind.name
)
def test_one_entry_per_file_named_like_it(kind):
    folder = ROOT / kind.package.replace(".", "/")
    files = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    assert files == sorted(kind.all())


@pytest.mark.parametrize(
    "kind",
    [registry.datasets, registry.corruptions, registry.backbones, registry.methods, registry.measures],
    ids=lambda kind: kind.name,
)
def test_every_parameter_is_explained(kind):
    for entry in kind.all().values():
        for parameter in entry.parameters:
            assert parameter.help, f"{kind.name} {entry.name}: {parameter.name} lacks a line in the docstring"
            assert parameter.type in (int, float, str, bool), f"{entry.name}: {parameter.name} is {parameter.type}"


def test_registered_colours_are_hex():
    for entry in registry.methods.all().values():
        assert re.fullmatch(r"#[0-9A-Fa-f]{6}", entry.colour), entry.name
