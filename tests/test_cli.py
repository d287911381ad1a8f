"""The command line: the same results as the library, and errors in one line."""

import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fdmat_core import cli, selection
from fdmat_core.reading import check, tables
from fdmat_core.runs import artifacts, decisions, jobs, library, sets, settings
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import KINDS, Run
from fdmat_core.spec import Choice
from fdmat_core.store import entries
from fdmat_core.store.files import home
from fdmat_core.types import Finding
from tests.runs.conftest import make_spec, quick

ROOT = Path(__file__).parent.parent
RUN = "run --dataset mixture(n=250) --backbone given --methods fdmat,herding,el2n --measures energy,class_balance"
SIZES = "--fractions 0.05,0.2,0.5 --seeds 2 --band 3"
FLAGS = (*RUN.split(), *SIZES.split())

pytestmark = pytest.mark.usefixtures("quick")
assert quick  # the fixture


@pytest.fixture
def say(capsys):
    """Run a command: its exit status, what it printed, and what it complained of."""

    def call(*arguments):
        status = cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def done(say):
    """The key of a run that is done."""
    status, out, err = say(*FLAGS)
    assert status == 0, err
    return out.strip()


def test_list_shows_every_entry_with_its_summary(say):
    status, everything, _ = say("list")
    assert status == 0
    for name, kind in cli.KINDS.items():
        _, out, _ = say("list", name)
        assert out.strip() in everything
        for entry in kind.all().values():
            line = next(line for line in out.splitlines() if line.startswith(f"{entry.name} "))
            assert entry.summary in line


def test_list_of_one_kind_shows_only_that(say):
    _, out, _ = say("list", "measures")
    assert "energy" in out and "herding" not in out


def test_flags_make_the_spec_that_they_name_and_the_results_of_the_library(say, done):
    spec = make_spec()
    assert done == settings.checked(spec).key and Run.open(done).spec == settings.checked(spec)
    train = Run(spec).tables[0]
    assert np.array_equal(Run(spec).ranking(Choice("fdmat")).order, selection.rank(train, "fdmat").order)
    assert jobs.status(done).state == "done"
    status, out, _ = say("list", "runs")
    assert status == 0 and f"{done}  done" in out and "mixture(n=250)" in out


@pytest.mark.parametrize(
    ("argument", "named"),
    [
        ("/here/fdmat_core/__main__.py", "python -m fdmat_core"),
        ("/bin/fdmat", "fdmat"),
        ("/pytest/__main__.py", "fdmat"),
    ],
)
def test_hints_name_the_program_as_it_was_called(monkeypatch, argument, named):
    monkeypatch.setattr("sys.argv", [argument, "run"])
    assert cli._called() == named


def test_progress_goes_to_stderr_and_the_key_to_stdout(say):
    _, out, err = say(*FLAGS)
    key = settings.checked(make_spec()).key
    assert out == f"{key}\n"
    *stages, last = err.splitlines()
    assert stages == ["features", "projection", "rankings", "points", "detection", "projection"]
    assert last == f"to see it: fdmat app, or fdmat show {key}"


def test_flags_change_a_spec_file(say, tmp_path):
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(make_spec("herding").to_json()))
    status, out, _ = say("run", "--spec", file, "--methods", "random", "--band", 1, "--balance", "equal")
    assert status == 0
    assert Run.open(out.strip()).spec == settings.checked(make_spec("random", band=1, balance="equal"))


def test_the_sample_is_the_sample(say, monkeypatch):
    specs = []
    monkeypatch.setattr(cli, "_run", lambda spec: specs.append(spec) or 0)
    assert say("run", "--sample")[0] == 0
    say("run", "--sample", "--corruption", "symmetric(rate=0.2)")
    say("run", "--sample", "--corruption", "symmetric(rate=0.4)")
    assert specs[:2] == [settings.SAMPLE, settings.SAMPLE_NOISY]
    assert specs[2].corruption == Choice.of("symmetric", rate=0.4)


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("fdmat", [Choice("fdmat")]),
        ("fdmat, random", [Choice("fdmat"), Choice("random")]),
        ("fdmat(lam=3, tau=0),random", [Choice.of("fdmat", lam="3", tau="0"), Choice("random")]),
        ("fashion_mnist(root=/data/x-1)", [Choice.of("fashion_mnist", root="/data/x-1")]),
        ("folder(path='a, (b)=c.csv')", [Choice.of("folder", path="a, (b)=c.csv")]),
        (r'arrays(path="it\'s \\ \"x\"", label=y)', [Choice.of("arrays", path='it\'s \\ "x"', label="y")]),
        ("", []),
    ],
)
def test_choices_are_read_as_they_are_printed(text, choices):
    assert list(Choice.read(text)) == choices
    assert Choice.read(",".join(map(str, choices))) == tuple(choices)


def own_table(folder):
    """A table of forty labelled rows, of which two have no label."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(40), "b": rng.random(40), "kind": ["x", "y"] * 20})
    frame.loc[[4, 9], "kind"] = ""
    frame.to_csv(folder / "mine, (1).csv", index=False)
    return folder / "mine, (1).csv"


def test_check_says_what_a_path_is_and_what_will_be_done(say, tmp_path):
    status, out, _ = say("check", own_table(tmp_path), "--set", "label=kind")
    assert status == 0 and "a table, mine, (1).csv, with 3 columns and labels in kind; read as `arrays`" in out
    assert "- 2 of 40 rows have no kind (line 6 of mine, (1).csv; line 11 of mine, (1).csv): left out" in out
    assert re.search(r"train +30 +2 +15 +15", out) and re.search(r"test +8 +2 +4 +4", out)
    assert "--set label=kind, with the backbone" in out.replace("'", "")
    unlabelled = say("check", own_table(tmp_path), "--set", "label=none")[1]
    assert "with 3 columns, without labels; read as" in unlabelled and "class  " not in unlabelled
    assert re.search(r"split +items *\ntrain +32 *\ntest +8 *\n", unlabelled)
    assert say("check", tmp_path / "none.csv")[0] == 2


def test_own_data_run_by_their_path_as_by_the_name_of_their_dataset(say, tmp_path, monkeypatch):
    file, read, reads = own_table(tmp_path), tables.read, []
    monkeypatch.setattr(tables, "read", lambda *given, **more: reads.append(given) or read(*given, **more))
    flags = ("--methods", "fdmat,random,el2n", "--measures", "energy", *SIZES.split())
    monkeypatch.setattr(check, "check", lambda data: [Finding(f"{data.name} is odd as a whole", "kept")])
    status, out, err = say("run", "--data", file, "--set", "label=kind", *flags)
    assert "note: mine, (1) is odd as a whole: kept" in err  # as `fdmat check` says
    assert status == 0 and "note: 2 of 40 rows have no kind" in err and len(reads) == 1
    spec = Run.open(out.strip()).spec
    assert spec.dataset == Choice.of("arrays", path=str(file), label="kind") and spec.backbone == Choice("given")
    again = say("run", "--dataset", str(spec.dataset), "--backbone", "given", *flags)[1]
    assert again == out


def test_data_without_labels_run_with_what_needs_none(say, tmp_path):
    file = own_table(tmp_path)
    flags = ("--methods", "fdmat,random,el2n", "--measures", "energy,linear_probe", *SIZES.split())
    status, out, _ = say("run", "--data", file, "--set", "label=none", *flags)
    assert status == 0 and {choice.name for choice in Run.open(out.strip()).spec.methods} == {"fdmat", "random", "el2n"}
    status, out, _ = say("run", "--data", file, "--set", "label=none", *SIZES.split())
    assert status == 0 and "el2n" not in {choice.name for choice in Run.open(out.strip()).spec.methods}


@pytest.mark.parametrize("text", ["fdmat(lam=3", "fdmat)", "a b", "fdmat(3)", ",", "fdmat((a=1))"])
def test_choices_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError, match="cannot read"):
        Choice.read(text)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("list nothing", "kind is 'nothing'; choose datasets, corruptions"),
        ("lst", "No such command 'lst'"),
        ("run", "nothing to run; name --data of yours, a --dataset"),
        ("run --dataset digitz", "no dataset named 'digitz'; did you mean 'digits'"),
        ("run --dataset digits --methods fdmat(lamb=3)", "no parameter 'lamb'; did you mean 'lam'"),
        ("run --dataset digits --methods fdmat(lam=zero)", "lam is 'zero'; give a value of type float"),
        ("run --dataset digits --fractions 0.1,much", "fractions is '0.1,much'; write numbers"),
        ("run --dataset digits --fractions 2", "kept fraction is 2.0"),
        ("run --dataset digits,mixture", "'digits,mixture' names 2 things; name one"),
        ("run --dataset digits --seeds many", "--seeds"),
        ("run --spec missing.json", "missing.json"),
        ("show 123", "no run starts with '123'"),
        ("export 123 --method fdmat --kept 0.1 --to x.csv", "no run starts with '123'"),
        ("export 123 --method fdmat", "--to"),
        ("cache delete 123", "no run starts with '123'"),
    ],
)
def test_an_error_is_one_line_with_the_fix(say, arguments, complaint):
    status, out, err = say(*arguments.split())
    assert status == 2 and out == ""
    assert err.startswith("error: ") and len(err.splitlines()) == 1 and complaint in err
    assert library.listing() == []


@pytest.mark.parametrize("content", ["{", "[1]", "{}", '{"dataset": "digits", "ratios": [0.1]}', '{"dataset": 3}'])
def test_a_file_that_is_no_spec_is_refused(say, tmp_path, content):
    (tmp_path / "spec.json").write_text(content)
    status, _, err = say("run", "--spec", tmp_path / "spec.json")
    assert status == 2 and len(err.splitlines()) == 1 and "spec" in err


def test_a_run_that_fails_says_why_in_one_line(say):
    status, out, err = say("run", "--dataset", "digits", "--backbone", "given", "--methods", "random")
    assert status == 2 and out == ""
    assert err.splitlines()[-1].startswith("error: backbone 'given' reads features, which dataset 'digits' does not")
    assert "Traceback" not in err


def test_a_method_that_fails_is_named_and_the_run_is_done(say, monkeypatch):
    rank = selection.rank

    def picky(table, method, **options):
        if method.name == "el2n":
            raise ValueError("el2n is not in the mood; ask again")
        return rank(table, method, **options)

    monkeypatch.setattr(selection, "rank", picky)
    status, out, err = say(*FLAGS)
    assert status == 0 and "el2n: el2n is not in the mood; ask again" in err
    assert "el2n is not in the mood" in say("show", out.strip())[1]


def test_show_gives_mean_and_spread_at_the_nearest_fractions(say, done):
    status, out, _ = say("show", done[:5], "--at", "0.06,0.5")
    assert status == 0 and "kept 5%" in out and "kept 50%" in out and "kept 20%" not in out
    curve = Run(make_spec()).curve()
    random = curve[(curve["method"] == "random") & (curve["measure"] == "energy") & (curve["k"] == 10)]["value"]
    fdmat = curve[(curve["method"] == "fdmat") & (curve["measure"] == "energy") & (curve["k"] == 10)]["value"]
    lines = out.split("kept 50%")[0].splitlines()
    told = {line.split()[0]: line.split()[1:] for line in lines if line[:6] in ("random", "fdmat ")}
    assert told["random"][:3] == [f"{random.mean():.4g}", "±", f"{random.std():.2g}"]
    assert told["fdmat"][0] == f"{fdmat.item():.4g}"


def test_show_prints_no_spread_of_rounding(say, done, monkeypatch):
    curve = Run(make_spec()).curve()
    mine = (curve["method"] == "random") & (curve["measure"] == "energy")
    curve.loc[mine, "value"] = 0.3 + 1e-16 * (1 + curve["seed"][mine] % 2)
    monkeypatch.setattr(Run, "curve", lambda run: curve)
    out = say("show", done[:5], "--at", "0.05")[1]
    assert re.search(r"random +0\.3 ± 0( |\n)", out)


def test_exports_hold_the_selection(say, done, tmp_path):
    train = Run(make_spec()).tables[0]
    kept = selection.coreset(train, "fdmat", 20).ids.tolist()
    files = {end: tmp_path / f"kept.{end}" for end in ("csv", "parquet", "json", "npy", "txt")}
    for file in files.values():
        status, out, _ = say("export", done, "--method", "fdmat", "--kept", 0.1, "--to", file)
        assert status == 0 and out == f"{file}: 20 of 200 items kept by fdmat\n"
    assert np.load(files["npy"])["id"].tolist() == kept
    assert [int(line.split("\t")[0]) for line in files["txt"].read_text().splitlines()] == kept
    told = json.loads(files["json"].read_text())
    assert (told["run"], told["method"], told["kept"], told["of"], told["seed"]) == (done, "fdmat", 20, 200, 0)
    for frame in (pd.read_csv(files["csv"]), pd.read_parquet(files["parquet"]), pd.DataFrame(told["items"])):
        assert list(frame.columns) == [
            *("id", "rank", "given_label", "corrected_label", "final_label", "target"),
            *("score", "weight", "reason", "decision"),
        ]
        assert frame["id"].tolist() == kept and frame["rank"].tolist() == list(range(1, 21))
        row = int(np.flatnonzero(train.ids == frame["id"][0])[0])
        assert frame["final_label"][0] == train.classes[train.labels[row]]
        assert np.isclose(frame["score"][0], Run(make_spec()).ranking(Choice("fdmat")).score[row])
        assert frame["weight"].tolist() == [1.0] * 20 and set(frame["reason"].dropna()) <= {""}
    say("export", done, "--what", "ranking", "--method", "fdmat", "--kept", 0.1, "--to", tmp_path / "all.csv")
    ranking = pd.read_csv(tmp_path / "all.csv")
    assert ranking["id"][ranking["kept"]].tolist() == kept and ranking["rank"].tolist() == list(range(1, 201))
    assert ranking["weight"][:20].tolist() == [1.0] * 20 and ranking["weight"][20:].isna().all()
    assert set(ranking["reason"].fillna("")) <= {"", "suspected mislabelled", "outlier"}
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--method moderate --kept 0.1 --to x.csv", "method is moderate; this run has fdmat, herding, el2n"),
        ("--method fdmat --kept 1.1 --to x.csv", "kept fraction is 1.1"),
        ("--method fdmat --kept 0.1 --to x.docx", "'x.docx'; let it end in .csv"),
        ("--method fdmat --kept 0.1 --to missing/x.csv", "missing"),
        ("--method fdmat --to x.csv", "of a size; give --kept"),
        ("--kept 0.1 --to x.csv", "of a size; give --method"),
        ("--what issues --to x.txt", "'x.txt'; let it end in .csv, .parquet, .json"),
        ("--what truth --to x.csv", "--what is 'truth'; say selection, ranking, cleaned, issues, decisions, cleanlab"),
    ],
)
def test_an_export_that_cannot_be_is_refused(say, done, options, complaint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, err = say("export", done, *options.split())
    assert status == 2 and len(err.splitlines()) == 1 and complaint in err
    assert list(tmp_path.glob("x.*")) == []


def test_an_export_of_a_size_that_was_not_chosen_afresh_is_refused(say, tmp_path):
    _, out, _ = say(*FLAGS, "--methods", "ccs")
    status, _, err = say("export", out.strip(), "--method", "ccs", "--kept", 0.3, "--to", tmp_path / "x.csv")
    assert status == 2 and "was run for kept fractions 0.05, 0.2, 0.5; give one of these" in err
    assert say("export", out.strip(), "--method", "ccs", "--kept", 0.2, "--to", tmp_path / "x.csv")[0] == 0


def test_an_export_carries_the_weights_of_methods_that_weigh(say, tmp_path):
    _, out, _ = say(*FLAGS, "--methods", "craig")
    say("export", out.strip(), "--method", "craig", "--kept", 0.1, "--to", tmp_path / "x.csv")
    weights = pd.read_csv(tmp_path / "x.csv")["weight"][:20]
    assert np.isclose(weights.mean(), 1) and weights.std() > 0


def test_a_named_set_is_exported_by_its_name(say, done, tmp_path):
    run, file = Run(make_spec()), tmp_path / "set.csv"
    assert "no set 'mine' is stored" in say("export", done, "--what", "set", "--name", "mine", "--to", file)[2]
    sets.save(run.dataset_key, sets.of_items(run, "mine", run.tables[0].ids[[4, 2]]))
    status, out, _ = say("export", done, "--what", "set", "--name", "mine", "--to", file)
    assert status == 0 and out == f"{file}: the 2 items of the set 'mine'\n"
    assert pd.read_csv(file)["id"].tolist() == sorted(run.tables[0].ids[[2, 4]].tolist())


def test_decisions_overrule_an_export_and_come_back(say, done, tmp_path, monkeypatch):
    train = Run(make_spec()).tables[0]
    order = train.ids[Run(make_spec()).ranking(Choice("fdmat")).order].tolist()
    label = train.classes[0]
    for one in (Decision(order[150], "keep"), Decision(order[3], "drop"), Decision(order[5], "relabel", label)):
        decisions.decide(Run(make_spec()).dataset_key, one)
    command = ("export", done, "--method", "fdmat", "--kept", 0.1, "--to")
    status, out, _ = say(*command, tmp_path / "kept.txt")
    assert status == 0 and out.endswith(
        "20 of 200 items kept by fdmat; decisions: 1 keep, 1 drop, 1 relabel; 1 is in and 1 out because of them\n"
    )
    lines = [tuple(map(int, line.split("\t"))) for line in (tmp_path / "kept.txt").read_text().splitlines()]
    assert [item for item, _ in lines] == [order[5], order[150], *order[:3], *order[4:5], *order[6:20]]
    assert lines[0] == (order[5], 0)
    suspects = int(Run(make_spec()).evidence.rejected.sum())
    status, out, _ = say("export", done, "--what", "cleaned", "--to", tmp_path / "clean.csv", "--code")
    listed, told = pd.read_csv(tmp_path / "clean.csv"), {line[0]: line[1] for line in lines}
    assert f"clean.csv: {len(listed):,} of 200 items; out are {suspects} suspect and 1 dropped, 1 has a" in out
    assert order[3] not in set(listed["id"]) and listed.set_index("id")["target"][order[5]] == told[order[5]]
    assert "class Relabelled(Dataset):" in out and f"pandas.read_csv('{tmp_path / 'clean.csv'}')" in out
    assert say("export", done, "--what", "decisions", "--to", tmp_path / "d.csv")[1].endswith("decisions of 3 items\n")
    assert say("export", done, "--what", "issues", "--to", tmp_path / "i.csv")[1].endswith("issues of 200 items\n")

    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "elsewhere"))
    say(*FLAGS)
    file = tmp_path / "d.csv"
    assert say("import", done[:6], file)[1] == f"{file}: 3 decisions, 3 of them new\n"
    assert say("import", done, file)[1] == f"{file}: 3 decisions, 0 of them new\n"
    assert say(*command, tmp_path / "again.txt")[0] == 0
    assert (tmp_path / "again.txt").read_text() == (tmp_path / "kept.txt").read_text()


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("d.csv", "item,decision\n5,keep\n6,burn\n", "item '6': decision is 'burn'"),
        ("d.json", "[1", "cannot be read as json"),
        ("d.txt", "5", "the file ends in '.txt'"),
        ("missing.csv", None, "missing.csv"),
    ],
)
def test_an_import_that_cannot_be_is_refused(say, done, tmp_path, name, text, complaint):
    if text is not None:
        (tmp_path / name).write_text(text)
    status, out, err = say("import", done, tmp_path / name)
    assert status == 2 and out == "" and len(err.splitlines()) == 1 and complaint in err
    assert decisions.history(Run(make_spec()).dataset_key).empty


def test_cache_counts_checks_and_clears(say, done):
    status, out, _ = say("cache")
    assert status == 0 and str(home()) in out.replace("\n", "") and "ranking" in out and "runs" in out
    ranking = next((home() / "ranking").glob("*/order.npy"))
    ranking.write_bytes(ranking.read_bytes()[:-8])
    status, out, _ = say("cache", "verify")
    assert status == 0 and f"ranking {ranking.parent.name}: damaged, set aside" in out
    status, out, _ = say("cache", "prune")
    assert status == 0 and out.startswith("1 entries removed")
    assert say(*FLAGS)[0] == 0
    status, out, _ = say("cache", "delete", done[:6])
    assert status == 0 and library.listing() == []
    assert all(not list(entries.keys(kind)) for kind in KINDS)
    assert jobs.status(done) is None and not artifacts.folder(done).exists()


def test_a_home_that_cannot_be_written_is_one_line_with_the_fix(say, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "file"))
    status, out, err = say(*FLAGS)
    assert status == 2 and out == "" and len(err.splitlines()) == 1
    assert "Not a directory" in err and "let FDMAT_HOME name a folder to write in" in err


def test_a_disk_that_fills_up_is_told_and_the_run_goes_on_later(say, monkeypatch):
    real = np.save

    def full(file, array, **options):
        if "order" in str(file):
            raise OSError(28, "No space left on device")
        real(file, array, **options)

    monkeypatch.setattr(np, "save", full)
    status, _, err = say(*FLAGS)
    assert status == 2 and err.splitlines()[-1].startswith("error: The disk is full. (cannot store ranking")
    assert "cache prune" in err and jobs.status(settings.checked(make_spec()).key).stage == "rankings"
    monkeypatch.setattr(np, "save", real)
    assert say(*FLAGS)[0] == 0


def python(*arguments, **options):
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, **options)


def test_the_module_runs_as_a_program():
    listed = python("-m", "fdmat_core", "list", "methods")
    assert listed.returncode == 0 and "herding" in listed.stdout and listed.stderr == ""
    wrong = python("-m", "fdmat_core", "show", "nothing")
    assert wrong.returncode == 2 and wrong.stdout == "" and wrong.stderr.count("\n") == 1


def test_a_reader_that_stops_reading_is_no_error():
    code = f"{sys.executable} -m fdmat_core list | head -1"
    piped = subprocess.run(code, cwd=ROOT, shell=True, capture_output=True, text=True, timeout=120, check=False)
    assert piped.stderr == ""


def test_starting_loads_nothing_heavy():
    """What takes long to load stays out of the way of `list` and of a job that waits for its turn."""
    code = "import sys; from fdmat_core import cli; cli.main(['list']); print(*sys.modules)"
    loaded = set(python("-c", code).stdout.split("\n")[-2].split())
    assert loaded & {"torch", "ot", "umap", "sklearn", "pandas", "scipy", "plotly", "streamlit"} == set()


def test_a_selection_is_added_as_a_method_of_a_new_run(say, done, tmp_path):
    file = tmp_path / "mine.txt"
    say("export", done, "--to", file, "--method", "herding", "--kept", "0.05")
    status, out, err = say("selection", "add", done, file, "--name", "Mine")
    assert status == 0, err
    spec = Run.open(out.strip()).spec
    assert spec.key != done and str(spec.methods[-1]).startswith("imported(called=Mine, ")
    file.unlink()  # the run has its own copy
    _, shown, _ = say("show", spec.key, "--at", "0.05")
    values = {line.split()[0].partition("(")[0]: line.split()[-2:] for line in shown.splitlines() if line.strip()}
    assert values["imported"] == values["herding"] and "imported" not in say("list", "methods")[1]


def test_a_wrong_selection_is_one_line(say, done, tmp_path):
    file = tmp_path / "mine.txt"
    file.write_text("-9\n")
    status, _, err = say("selection", "add", done, file)
    assert status == 2 and err.startswith("error: mine.txt, row 1: id -9 is not among") and err.count("\n") == 1


def test_a_run_begins_with_a_set_of_another(say, done):
    run = Run.open(done)
    sets.save(sets.dataset_of(run), sets.of_items(run, "to check", run.tables[0].ids[[40, 7, 3]]))
    status, out, _ = say("run", "--chosen-set", "to check", "--of", done[:8])
    after = Run.open(out.strip())
    assert status == 0 and after.spec.chosen.called == "to check"
    assert after.spec.methods == run.spec.methods and after.key != run.key
    assert set(after.rankings(Choice("herding")).cut(0.05).ids[:3]) == set(run.tables[0].ids[[40, 7, 3]])
    assert "begins with the 3 items of 'to check'" in say("show", after.key)[1]
    for arguments, complaint in [
        (("--chosen-set", "to check"), "name a set and the run that it is of"),
        (("--chosen-set", "other", "--of", done), "no set 'other' is stored for these data; stored: 'to check'"),
        (("--dataset", "digits", "--chosen-set", "to check", "--of", done), "choose a set of the same data"),
    ]:
        status, _, err = say("run", *arguments)
        assert status == 2 and complaint in err


def test_what_is_to_be_known_of_weights_is_a_note_and_no_line_of_code(say, monkeypatch):
    def warn():
        warnings.warn("fc.weight left out", stacklevel=1)
        warnings.warn("a library's own", RuntimeWarning, stacklevel=1)

    monkeypatch.setattr(cli.terminal, "show", lambda table: warn())
    _, _, err = say("list", "backbones")
    assert err.splitlines()[0] == "note: fc.weight left out" and "RuntimeWarning: a library's own" in err


@pytest.mark.parametrize("name", ["old [/draft]", "[red]new", "see :smile:"])
def test_names_are_no_markup(say, done, name):
    library.rename(done, name)
    status, out, err = say("list", "runs")
    assert status == 0 and name in out, err
