"""What a browser may have of the web library, and where its colours stand."""

import re
import tomllib
from pathlib import Path

from fdmat_core.figures import theme
from fdmat_core.web import files

ROOT = Path(__file__).resolve().parents[2]
HEX = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b")


def test_a_browser_may_have_modules_and_styles_and_nothing_else():
    names = files.contents()
    assert {"map/canvas.js", "grid/grid.js", "payload.js", "tokens.css", "grid/card.css"} <= set(names)
    assert {Path(name).suffix for name in names} == {".js", ".css"}
    assert re.fullmatch(r"[0-9a-f]{16}", files.version())


def test_every_import_names_a_file_that_is_served():
    names = files.contents()
    for name, body in names.items():
        for wanted in re.findall(r'(?:from|import\()\s*"(\.[^"]+)"', body.decode()):
            path = (files.FOLDER / name).parent / wanted
            assert path.resolve().relative_to(files.FOLDER).as_posix() in names, f"{name} imports {wanted}"


def test_colours_stand_in_the_tokens_and_nowhere_else():
    styles = [*files.FOLDER.rglob("*.css"), *files.FOLDER.rglob("*.js"), *(ROOT / "pages").rglob("*.css")]
    named = {path.name for path in styles if HEX.search(re.sub(r"/\*.*?\*/|//.*", "", path.read_text()))}
    assert named == {"tokens.css"}


def test_figures_and_canvas_share_their_colours():
    tokens = (files.FOLDER / "tokens.css").read_text()
    assert f"--kept: {theme.KEPT};" in tokens and f"--noise: {theme.NOISE};" in tokens
    assert theme.LIGHT.pruned != theme.DARK.pruned
    assert f"--pruned: {theme.DARK.pruned};" in tokens.partition(".dark")[2]
    assert theme.DARK.focus == "#FFFFFF" and theme.PALETTE[1] == "#E69F00"


def test_the_theme_of_streamlit_is_that_of_the_tokens():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
    assert tuple(config["chartCategoricalColors"]) == theme.PALETTE
    for name, ink in (("light", theme.LIGHT), ("dark", theme.DARK)):
        assert config[name]["textColor"] == ink.text and config[name]["grayColor"] == ink.muted
        assert config[name]["backgroundColor"] == ink.surface
