"""What to cite stands once in CITATION.cff, and the report says the same."""

from pathlib import Path

import fdmat_core
from fdmat_core.report import chapters

ROOT = Path(__file__).resolve().parents[2]


def test_the_citation_file_and_the_report_agree():
    lines = (ROOT / "CITATION.cff").read_text().splitlines()
    facts = dict(line.strip().removeprefix("- ").split(": ", 1) for line in lines if ": " in line)
    assert facts["doi"] in chapters.PAPER and f"version: {fdmat_core.__version__}" in lines
    for author in ("Xiao", "Chen", "Shan", "Wang", "Su"):
        assert f"    - family-names: {author}" in lines and f". {author}" in chapters.PAPER
    assert any("Feature Distribution Matching by Optimal Transport" in line for line in lines)
