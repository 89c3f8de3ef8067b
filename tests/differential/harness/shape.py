# SPDX-License-Identifier: Apache-2.0
"""What a tree looks like while layers are applied: types and links only, enough to choose the next entry by."""

from __future__ import annotations

import dataclasses
import enum

Path = tuple[str, ...]
MOST_LINKS = 40


class Kind(enum.Enum):
    """What generated trees consist of."""

    DIRECTORY = "directory"
    LINK = "link"
    OTHER = "other"


@dataclasses.dataclass
class Way:
    """How a directory is reached."""

    end: Path
    links: list[Path]  # those that were followed
    missing: bool  # something on the way is not there


class Shape:
    """Objects by path, and what the current layer did."""

    def __init__(self) -> None:
        self.kinds: dict[Path, Kind] = {(): Kind.DIRECTORY}
        self.targets: dict[Path, str] = {}
        self.upper: set[Path] = set()  # of this layer: what it made, and what is above that
        self.described: set[Path] = set()  # directories with an entry in this layer

    def next_layer(self) -> None:
        """Everything belongs to lower layers from now on."""
        self.upper.clear()
        self.described.clear()

    def way(self, path: Path) -> Way | None:
        """Follows links inside the tree; None if there is a file on the way, or too many links."""
        found = Way((), [], False)
        rest = list(path)
        while rest:
            name = rest.pop(0)
            step = found.end[:-1] if name == ".." else found.end + (name,) * (name not in ("", "."))
            kind = self.kinds.get(step)
            if kind is Kind.LINK:
                found.links.append(step)
                target = self.targets[step]
                found.end = () if target.startswith("/") else found.end
                rest = target.split("/") + rest
            elif kind is Kind.OTHER:
                return None
            else:
                found.missing |= kind is None
                found.end = step
            if len(found.links) > MOST_LINKS:
                return None
        return found

    def below(self, top: Path) -> list[Path]:
        """A path and all below it that is there."""
        return [path for path in self.kinds if path[: len(top)] == top]

    def put(self, path: Path, kind: Kind, target: str = "") -> None:
        """Makes an object where a resolved path says, and what is missing above."""
        for count in range(len(path)):
            self.kinds.setdefault(path[:count], Kind.DIRECTORY)
        if not self.kinds.get(path) is kind is Kind.DIRECTORY:
            self._remove(self.below(path))
        self.kinds[path] = kind
        self.targets[path] = target
        self.touch(path)
        if kind is Kind.DIRECTORY:
            self.described.add(path)

    def touch(self, path: Path) -> None:
        """Makes a path, and what is above, one of this layer."""
        self.upper.update(path[:count] for count in range(len(path) + 1))

    def hide(self, top: Path) -> None:
        """Removes what lower layers have at a path and below."""
        self._remove([path for path in self.below(top) if path not in self.upper])

    def refilled(self, top: Path) -> list[Path]:
        """Directories that hiding would leave although their layer does not describe them."""
        made = [path for path in self.below(top) if path in self.upper and path not in self.described]
        return [path for path in made if self.kinds[path] is Kind.DIRECTORY]

    def _remove(self, paths: list[Path]) -> None:
        for path in paths:
            del self.kinds[path]
            self.described.discard(path)
