"""Turns every method round and looks whether its known-answer test notices.

    python benchmarks/mutations.py [method ...]

For each method, every place that decides which end is kept is flipped, one at a time, in a temporary copy of the code:
`keep="lowest"` and `keep="highest"`, `argmax` and `argmin`, `argsort(x)` and `argsort(-x)`. Places in the greedy loops
that a method calls count as its own. Then `tests/methods/test_<method>.py` runs on the copy; it has to go red. Prints a
table and ends with an error if a flipped method went unnoticed.
"""

import ast
import io
import os
import shutil
import subprocess
import sys
import tempfile
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
#: Modules whose functions hold the loops of several methods.
SHARED = ("distances", "greedy", "gradients", "neighbours", "probabilities", "transport")
FLIPS = {"argmax": "argmin", "argmin": "argmax", '"lowest"': '"highest"', '"highest"': '"lowest"'}
#: Methods that have no such place, and what to turn round in them instead.
INSTEAD = {
    "forgetting": ("-loss, -events", "-loss, events"),
    "random": ("rng.permutation(table.n)", "np.arange(table.n)"),
    "support_points": ("* apart + pull @ z", "* -apart + pull @ z"),
    "wasserstein_quantisation": ("np.full(n, 1 / n), cost", "np.full(n, 1 / n), -cost"),
}
#: Places that may be turned round without harm, by the method ("" for any) and a piece of their line, and why.
HARMLESS = {
    ("", "argsort(turn[rows])"): "a random priority is as random backwards",
    ("", "np.argsort(labels, kind"): "rows that stand for all in a large table are as evenly spread backwards",
    ("fdmat_published", "log_shares.argmax(axis=1)"): "names the class preferred, which its score does not ask",
}


class Mutant(NamedTuple):
    """One change to one file."""

    path: Path  # from the root
    line: int
    start: int  # position in the text
    stop: int
    new: str


def main(names):
    from fdmat_core import registry

    known = registry.methods.all()
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("fdmat_core", "tests", "pyproject.toml"):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__", "browser"))
            else:
                shutil.copy(source, copy / part)
        print(f"{'method':<28} {'where':<32} {'change':<40} known-answer test")
        for name in names or known:
            verdicts = [report(name, mutant, copy) for mutant in mutants(name)]
            if not verdicts:
                sys.exit(f"{name} has no place to turn round; name one in INSTEAD")
            survivors += sum(verdicts)
    sys.exit(f"{survivors} changes went unnoticed" if survivors else 0)


def report(name, mutant, copy):
    """Print one line of the table; 1 if the change went unnoticed."""
    text = (ROOT / mutant.path).read_text()
    line = text.splitlines()[mutant.line - 1]
    harmless = next((why for (whose, piece), why in HARMLESS.items() if piece in line and whose in ("", name)), None)
    verdict = f"harmless: {harmless}" if harmless else outcome(name, mutant, copy)
    change = f"{text[mutant.start : mutant.stop]} -> {mutant.new}"
    where = f"{mutant.path.relative_to('fdmat_core')}:{mutant.line}"
    print(f"{name:<28} {where:<32} {change:<40} {verdict}", flush=True)
    return verdict.isupper()


def outcome(name, mutant, copy):
    """What the method's test says about the mutant, if it has nothing to say about the method."""
    if not (copy / test_of(name)).exists():
        return "NO TEST"
    if untouched(name, copy) != 0:
        return "RED BEFORE"
    target, original = copy / mutant.path, (ROOT / mutant.path).read_text()
    target.write_text(original[: mutant.start] + mutant.new + original[mutant.stop :])
    code = run_test(name, copy)
    target.write_text(original)
    return {0: "UNNOTICED", 1: "red"}.get(code, f"COULD NOT RUN ({code})")


def test_of(name):
    return Path("tests/methods") / f"test_{name}.py"


@cache
def untouched(name, copy):
    return run_test(name, copy)


def run_test(name, copy):
    """Pytest's exit code: 0 green, 1 red, more when it could not run."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", str(test_of(name))]
    place = os.environ | {"PYTHONPATH": "."}
    return subprocess.run(command, cwd=copy, env=place, capture_output=True, check=False).returncode


def mutants(name) -> Iterator[Mutant]:
    """Every way to turn this method round."""
    path = Path("fdmat_core/methods") / f"{name}.py"
    text = (ROOT / path).read_text()
    if name in INSTEAD:
        old, new = INSTEAD[name]
        start = text.index(old)
        yield Mutant(path, text[:start].count("\n") + 1, start, start + len(old), new)
        return
    yield from flips(path, 1, text.count("\n") + 1)
    seen = set()
    for module, loop in called(ast.parse(text), SHARED):
        yield from flips_within(module, loop, text, seen)


def flips_within(module, name, text, seen) -> Iterator[Mutant]:
    """The flips in a shared function or class that a text uses, and in what it calls in its module."""
    path = Path("fdmat_core/numerics") / f"{module}.py"
    tree = ast.parse((ROOT / path).read_text())
    node = next((node for node in tree.body if getattr(node, "name", None) == name), None)
    if node is None or (module, name) in seen:
        return
    seen.add((module, name))
    used = node.body if isinstance(node, ast.ClassDef) else [node]
    for function in used:
        if function is node or f".{getattr(function, 'name', None)}(" in text:
            yield from flips(path, function.lineno, function.end_lineno)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            yield from flips_within(module, inner.func.id, text, seen)


def called(tree, modules) -> list[tuple[str, str]]:
    """The functions of these modules that some code names, once each."""
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    pairs = [(node.value.id, node.attr) for node in attributes if isinstance(node.value, ast.Name)]
    return [pair for pair in dict.fromkeys(pairs) if pair[0] in modules]


def flips(path, first, last) -> Iterator[Mutant]:
    """The places between two lines of a file that decide an end, with what turns them round."""
    text = (ROOT / path).read_text()
    offsets = [0]
    for line in text.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for token, after, sign in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if not first <= token.start[0] <= last:
            continue
        start, stop = (offsets[row - 1] + column for row, column in (token.start, token.end))
        if token.string in FLIPS:
            yield Mutant(path, token.start[0], start, stop, FLIPS[token.string])
        elif token.string == "argsort" and after.string == "(":
            negative = sign.string == "-"
            yield Mutant(path, token.start[0], start, stop + 1 + negative, "argsort(" + "-" * (not negative))


if __name__ == "__main__":
    main(sys.argv[1:])
