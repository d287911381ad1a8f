"""Where the pages are, for the router and for everything that leads to one."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAP, REMOVED, CURVES, BALANCE, DATA, RUNS, METHODS, ABOUT = (
    ROOT / "pages" / name / "page.py"
    for name in ("map", "removed", "curves", "balance", "data", "runs", "methods", "about")
)
