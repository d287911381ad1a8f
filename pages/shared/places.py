"""Where the pages are, for the router and for everything that leads to one."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / "pages/explore/map.py"
REMOVED = ROOT / "pages/explore/removed.py"
CURVES = ROOT / "pages/explore/curves.py"
BALANCE = ROOT / "pages/explore/balance.py"
DATA = ROOT / "pages/work/data.py"
RUNS = ROOT / "pages/work/runs.py"
NOTES = ROOT / "pages/help/methods.py"
ABOUT = ROOT / "pages/help/about.py"
