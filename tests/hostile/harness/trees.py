# SPDX-License-Identifier: Apache-2.0
"""What a tree must look like, as cases write it down.

    {"d/f": b"content", "d/l": "target of a link", "s": Is("-", mode=0o4755, uid=7), "fifo": Is("p")}

A tree is complete: whatever is not named must not be there, but directories on the way to something need
no mention. Paths are text, surrogates standing for odd bytes.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path

from harness.states import State, state_of, states_below


@dataclasses.dataclass(frozen=True)
class Is:
    """An object; what is None may be anything."""

    kind: str | None = None
    content: bytes | None = None
    mode: int | None = None
    uid: int | None = None
    gid: int | None = None
    links: int | None = None
    size: int | None = None
    mtime_ns: int | None = None
    device: tuple[int, int] | None = None
    xattrs: Mapping[str, bytes] | None = None


DIRECTORY = Is("d")
FILE = Is("-")
Tree = Mapping[str, Is | bytes | str]


def _as_is(expected: Is | bytes | str) -> Is:
    if isinstance(expected, bytes):
        return Is("-", expected)
    if isinstance(expected, str):
        return Is("l", os.fsencode(expected))
    return expected


def check_tree(root: Path, tree: Tree) -> None:
    """Raises AssertionError for whatever is different."""
    found = states_below(str(root))
    found[b"."] = state_of(str(root))
    for name, expected in tree.items():
        path = os.fsencode(name)
        assert path in found, f"{name!r} is missing"
        check_object(name, found[path], _as_is(expected))
    named = {os.fsencode(name) for name in tree} | {b"."}
    on_the_way = {path[:i] for path in named for i in range(len(path)) if path[i : i + 1] == b"/"}
    unexpected = found.keys() - named - on_the_way
    assert not unexpected, f"unexpected: {sorted(unexpected)[:5]!r}"


def check_object(name: str, found: State, expected: Is) -> None:
    """Raises AssertionError if an object is not as it must be."""
    for field in dataclasses.fields(Is):
        wanted = getattr(expected, field.name)
        if wanted is None:
            continue
        actual = getattr(found, field.name)
        if field.name == "xattrs":
            actual = {key: value for key, value in found.xattrs if key != "security.selinux"}
        assert actual == wanted, f"{name!r}: {field.name} is {actual!r}, not {wanted!r}"
