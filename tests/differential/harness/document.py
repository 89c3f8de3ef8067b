# SPDX-License-Identifier: Apache-2.0
"""The list of intended differences as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_DOCUMENT = Path(__file__).resolve().parents[3] / "docs/formats/layers.md"
_HEADING = "## Beside umoci 0.4.7\n"


def problems(reasons: Mapping[str, str]) -> list[str]:
    """Whether the document has exactly these reasons, in these words."""
    section = _DOCUMENT.read_text().partition(_HEADING)[2].partition("\n## ")[0]
    if not section:
        return [f"{_DOCUMENT.name}: there is no section {_HEADING.strip()!r}"]
    written = [" ".join(item.split()) for item in section.split("\n- ")[1:]]
    wanted = [f"{name}: {sentence}" for name, sentence in reasons.items()]
    found = [f"{_DOCUMENT.name}: not in intended.py: {item}" for item in written if item not in wanted]
    return found + [f"{_DOCUMENT.name}: does not have: {item}" for item in wanted if item not in written]
