"""What can happen to the small files of a run, as (file, what it holds then); used by the table of faults, too."""

import json

SPEC, FEATURES, PROBLEMS, FINDINGS, CHECK, NAME, STATUS, LOG = (
    *("spec.json", "features.json", "problems.json", "findings.json", "check.json", "name.json"),
    *("status.jsonl", "log.txt"),
)
GONE, FOLDER, DEEP = "gone", "a folder", "[" * 100_000


def _damages():
    for file in (SPEC, FEATURES, PROBLEMS, FINDINGS, NAME):
        yield file, ""
        yield file, "null"
        yield file, "[1, 2]"
        yield file, b"\xff\xfe\x00 no text"
    yield SPEC, GONE
    yield SPEC, FOLDER
    yield SPEC, DEEP
    yield SPEC, '{"dataset": "mixture", "methods": ["a method of tomorrow"]}'
    yield SPEC, json.dumps({"dataset": "mixture", "methods": ["random"]})  # those of another run
    yield FEATURES, '{"key": "x", "n": 3, "largest": 1, "version": "", "weights": "", "of tomorrow": 1}'
    yield FEATURES, '{"key": 7, "n": "many"}'
    yield PROBLEMS, '{"random": ["not", "words"]}'
    yield CHECK, '{"findings": [{"text": 1}]}'
    yield STATUS, b"\x00" * 9000
    yield STATUS, '{"job": 1, "state": "of tomorrow", "done": "x"}\n'
    yield LOG, FOLDER


DAMAGES = list(_damages())


def names():
    return [f"{file}: {repr(content)[:30]}" for file, content in DAMAGES]


def do(folder, file, content):
    """Damage a file in the folder of a run."""
    place = folder / file
    if place.is_file():
        place.unlink()
    if content == FOLDER:
        place.mkdir()
    elif content != GONE:
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
