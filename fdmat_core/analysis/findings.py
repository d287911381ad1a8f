"""What was found in data, in one line."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from fdmat_core.formats import counted
from fdmat_core.types import Finding

#: What is done about findings that cost items or columns: such a one is told before all others.
LOSSES = ("left out", "not used", "passed over")
#: How many letters of a finding stand in the line.
LETTERS = 90


def line(found: Sequence[Finding]) -> str:
    """How many findings there are and the first that cost something, else the first of all; "" if there is none."""
    if not found:
        return ""
    first = next((one for one in found if any(word in one.action for word in LOSSES)), found[0])
    count = counted(len(found), "finding", "findings")
    return f"{count} about the data: {textwrap.shorten(f'{first.text}: {first.action}', LETTERS, placeholder=' …')}"
