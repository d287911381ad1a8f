"""Write the table of methods in README.md from the registry."""

from __future__ import annotations

import re
from pathlib import Path

from fdmat_core import registry

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"(<!-- methods: .*? -->\n).*?(<!-- /methods -->)", re.DOTALL)


def table() -> str:
    """The methods by family, as a Markdown table."""
    entries = sorted(registry.methods.all().values(), key=lambda entry: (entry.facts.family, entry.name))
    lines = [
        f"| {e.facts.family} | `{e.name}` | {e.facts.keeps} | {'yes' if e.facts.nested else 'no'} |" for e in entries
    ]
    return "\n".join(["| family | method | keeps | nested |", "|---|---|---|---|", *lines]) + "\n"


def render(text: str) -> str:
    """README text with the table as it should be."""
    return BLOCK.sub(lambda found: f"{found[1]}{table()}{found[2]}", text)


if __name__ == "__main__":
    README.write_text(render(README.read_text()))
