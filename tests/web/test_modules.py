"""Modules as one script: what a report runs is what the app serves."""

import subprocess

import pytest

from fdmat_core.web import files, modules


@pytest.fixture
def served(monkeypatch):
    """Sets what lies in the library."""
    return lambda **texts: monkeypatch.setattr(
        files, "contents", lambda: {f"{name.replace('__', '/')}.js": text.encode() for name, text in texts.items()}
    )


def run(script, tmp_path):
    (tmp_path / "one.mjs").write_text(script)
    return subprocess.run(["node", tmp_path / "one.mjs"], capture_output=True, text=True, check=True).stdout


def test_modules_run_in_the_order_of_their_need_and_each_once(served, tmp_path):
    served(
        a='import { twice as double } from "./deep/b.js"\nimport * as c from "./c.js"\n'
        "export async function go() { console.log(double(c.N), c.where) }\n",
        deep__b='import { N } from "../c.js"\nexport const twice = (x) => N + x\nexport class Other {}\n',
        c='console.log("once")\nexport const N = 4\nexport let where = new URL("x", import.meta.url).pathname\n',
    )
    assert run(modules.script("a.js", "go"), tmp_path) == "once\n8 /web/x\n"


def test_names_of_modules_do_not_meet(served, tmp_path):
    served(
        a='import { f } from "./b.js"\nconst own = 1\nexport function go() { console.log(own + f()) }\n',
        b="const own = 10\nexport function f() { return own }\n",
    )
    assert run(modules.script("a.js", "go"), tmp_path) == "11\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('import b from "./b.js"', "has 'import' in a form"),
        ('export { go } from "./b.js"', "has 'export' in a form"),
        ('const b = await import("./b.js")', r"has 'import\(' in a form"),
        ('import { a } from "./a.js"', "modules import each other: a.js -> a.js"),
        ('import { x } from "./none.js"', "a.js imports none.js, which is not there"),
        ('const end = "</script>"', "holds </script or <!--"),
    ],
)
def test_what_would_not_work_in_a_page_is_refused(served, text, complaint):
    served(a=f"{text}\nexport function go() {{}}\n", b="export const b = 1\n")
    with pytest.raises(ValueError, match=complaint):
        modules.script("a.js", "go")


def test_the_script_of_the_report_is_whole(tmp_path):
    script = modules.script("report/report.js", "begin")
    (tmp_path / "report.mjs").write_text(script)
    subprocess.run(["node", "--check", tmp_path / "report.mjs"], check=True)
    assert "import.meta" not in script and len(script) < 250_000
