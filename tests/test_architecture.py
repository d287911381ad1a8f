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
#: The rooms from the ground up, as docs/architecture.md draws them: a module may import those of its own room and of
#: the floors below, never those above; no two rooms of one floor import each other both ways.
FLOORS = [
    {"types", "rankings", "spec", "progress", "errors", "device", "formats", "sizes", "registry"},
    {"numerics"},
    {"store", "checkpoints"},
    {"reading"},
    {"datasets", "backbones", "corruptions"},
    {"learning"},
    {"methods", "measures"},
    {"selection", "projection", "class_shares"},
    {"curves", "prefixes"},
    {"analysis"},
    {"in_memory"},
    {"runs"},
    {"figures", "web"},
    {"report"},
    {"cli", "cli_cache", "cli_exchange", "cli_report", "__main__", "serve", "terminal"},
]
HEAVY = (
    "torch",
    "torchvision",
    "ot",
    "umap",
    "plotly",
    "pandas",
    "sklearn",
    "scipy",
    "streamlit",
    "timm",
    "transformers",
    "safetensors",
    "ray",
)


def room(name):
    """The room of a dotted name of ours: `fdmat_core.numerics.greedy` lies in `numerics`."""
    return name.removeprefix("fdmat_core.").split(".")[0]


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def floor(name):
    return next((number for number, rooms in enumerate(FLOORS) if room(name) in rooms), None)


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
            theirs = floor(name) if name.startswith("fdmat_core.") else None
            if mine is not None and theirs is not None:
                assert theirs <= mine, f"{path.relative_to(ROOT)} imports {name}, which lives above it"


def test_no_two_rooms_import_each_other():
    arrows = {
        (room(module_name(path)), room(name))
        for path in CORE
        for name in imports(path)
        if name.startswith("fdmat_core.")
    }
    both = {tuple(sorted(arrow)) for arrow in arrows if arrow[0] != arrow[1] and arrow[::-1] in arrows}
    assert both == set()


def test_every_core_module_has_a_floor():
    unknown = [str(p) for p in CORE if floor(module_name(p)) is None and p.name != "__init__.py"]
    assert unknown == []


def test_numerics_know_arrays_and_the_device_only():
    for path in (ROOT / "fdmat_core" / "numerics").glob("*.py"):
        ours = {room(name) for name in imports(path) if name.startswith("fdmat_core")}
        assert ours <= {"numerics", "device", "fdmat_core"}, path


def test_the_core_never_imports_streamlit():
    assert [str(path) for path in CORE if any(name.split(".")[0] == "streamlit" for name in imports(path))] == []


@pytest.mark.parametrize("name", ["analysis", "figures"])
def test_pictures_and_sentences_know_no_store(name):
    for path in (ROOT / "fdmat_core" / name).glob("*.py"):
        assert {room(one) for one in imports(path)} & {"store", "runs", "web"} == set(), path


def test_heavy_libraries_are_imported_where_they_are_used():
    for path in CORE:
        if room(module_name(path)) == "figures":
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


def test_a_page_imports_no_other_page():
    for path in PAGES:
        mine = path.parts[-2]
        theirs = {name.split(".")[1] for name in imports(path) if name.startswith("pages.")}
        allowed = {"shell"} if mine == "shell" else {"shell", "ui", mine}
        assert theirs <= allowed, path


def test_what_pages_share_has_several_users():
    users = {path.stem: set() for path in (ROOT / "pages" / "ui").glob("*.py")}
    for path in [*PAGES, ROOT / "app.py"]:
        for name in imports(path):
            if name.startswith("pages.ui.") and name.split(".")[2] in users:
                users[name.split(".")[2]].add(path.stem if path.parts[-2] == "ui" else f"{path.parts[-2]}/")
    for _ in users:  # who uses a part uses what the part uses
        users = {name: mine.union(*(users.get(one, set()) for one in mine)) for name, mine in users.items()}
    users = {name: {one for one in mine if one.endswith("/")} for name, mine in users.items()}
    assert {name for name, pages in users.items() if len(pages) < 2} == set()


def test_pages_are_short():
    for path in PAGES:
        if path.name == "page.py":
            assert len(path.read_text().splitlines()) <= 90, path


def test_only_the_device_module_names_an_accelerator():
    word = re.compile("cu" + "da")
    named = {
        str(p.relative_to(ROOT)) for p in ROOT.rglob("*.py") if word.search(p.read_text()) and ".venv" not in p.parts
    }
    assert named == {"fdmat_core/device.py"}


def test_nobody_seeds_the_world():
    pattern = re.compile(r"np\.random\.seed|random\.seed\(|(?<!\.)torch\.manual_seed\(")
    assert [str(path) for path in CORE if pattern.search(path.read_text())] == []


def test_only_the_cache_module_caches():
    cached = [path.name for path in PAGES if "st.cache" in path.read_text()]
    assert cached in ([], ["caches.py"])


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
    "kind",
    [registry.datasets, registry.corruptions, registry.backbones, registry.methods, registry.measures],
    ids=lambda kind: kind.name,
)
def test_one_entry_per_file_named_like_it(kind):
    folder = ROOT / kind.package.replace(".", "/")
    files = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    assert files == sorted(kind.all(brought=True))


@pytest.mark.parametrize(
    "kind",
    [registry.datasets, registry.corruptions, registry.backbones, registry.methods, registry.measures],
    ids=lambda kind: kind.name,
)
def test_every_parameter_is_explained(kind):
    for entry in kind.all(brought=True).values():
        for parameter in entry.parameters:
            assert parameter.help, f"{kind.name} {entry.name}: {parameter.name} lacks a line in the docstring"
            assert parameter.type in (int, float, str, bool), f"{entry.name}: {parameter.name} is {parameter.type}"


def test_registered_colours_are_hex():
    for entry in registry.methods.all(brought=True).values():
        assert re.fullmatch(r"#[0-9A-Fa-f]{6}", entry.facts.colour), entry.name
