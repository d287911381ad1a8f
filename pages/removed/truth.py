"""What is removed, against injected noise where there is some, or against what is suspected and what people decided."""

from __future__ import annotations
