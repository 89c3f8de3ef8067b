# SPDX-License-Identifier: Apache-2.0
"""Layers made by chance, of so few names that entries, whiteouts and links keep meeting each other.

Avoided is what umoci 0.4.7 refuses, such as files on the way to an entry and links to what is not there yet, and
whiteouts through links of their own layer.
"""

from __future__ import annotations

import random

from umoci_test import raw_tar
from umoci_test.raw_tar import Dialect

from harness.programs import MAPPED_ROOT, User
from harness.shape import Kind, Path, Shape
from harness.stack import Layers, Reworded, SomeLayers, Stack

_ENTRIES = ("directory",) * 6 + ("file",) * 5 + ("link",) * 4 + ("hard_link",) * 3 + ("node",) + ("whiteout",) * 4 + ("opaque",) * 2


_MAP = f"0:{MAPPED_ROOT}:4000000"
_VARIANTS: dict[int, tuple[str, tuple[str, ...], User]] = {
    1: ("kept-links-", ("--keep-dirlinks",), User.ROOT),
    2: ("plain-user-", ("--rootless",), User.PLAIN),
    3: ("mapped-", ("--uid-map", _MAP, "--gid-map", _MAP), User.ROOT),
}


def stack(seed: int) -> Stack:
    """Always the same one for the same seed; some seeds are for flags, and for plain users."""
    variant, flags, user = _VARIANTS.get(seed % 6, ("", (), User.ROOT))
    keeps_links = "--keep-dirlinks" in flags
    return Stack(
        f"random/{variant}{seed}", "Layers made by chance.", lambda: _Layers(seed, keeps_links, user is User.PLAIN).make(), flags, user
    )


class _Layers:
    """Layers that are being made."""

    def __init__(self, seed: int, keeps_links: bool, is_plain: bool) -> None:
        self._random = random.Random(seed)
        self._keeps_links = keeps_links
        self._is_plain = is_plain
        self._is_closed = is_plain and seed % 4 == 0
        self._shape = Shape()
        self._refilled: set[Path] = set()

    def make(self) -> Layers:
        """Two to five layers."""
        layers: SomeLayers = [self._layer() for _ in range(self._random.randint(2, 5))]
        return Reworded(layers, refilled=frozenset("/".join(path).encode() for path in self._refilled))

    def _layer(self) -> bytes:
        self._shape.next_layer()
        entries = [raw_tar.directory("./", **self._metadata())] if self._random.random() < 0.5 else []
        for _ in range(self._random.randint(3, 25)):
            entry = getattr(self, "_" + self._random.choice(_ENTRIES))(self._some_path())
            entries += [entry] if entry else []
        return raw_tar.archive(*entries)

    def _some_path(self) -> Path:
        return tuple(self._random.choice("abc") for _ in range(self._random.choice((1, 1, 2, 2, 2, 3, 3, 4))))

    def _place(self, path: Path) -> Path | None:
        """Where an entry ends up; None if it is no good."""
        way = self._shape.way(path[:-1])
        if way is None or (way.missing and self._random.random() < 0.95):
            return None
        return way.end + path[-1:]

    def _of(self, kind: Kind) -> list[Path]:
        return sorted(path for path, its_kind in self._shape.kinds.items() if its_kind is kind)

    def _leads_to_a_directory(self, link: Path) -> bool:
        way = self._shape.way(link)
        return way is not None and not way.missing

    def _spelled(self, path: Path) -> str:
        return self._random.choice(("", "", "", "./", "/", "../")) + "/".join(path)

    def _metadata(self) -> dict[str, object]:
        choose = self._random.choice
        pax: dict[str, str] = {}
        if self._random.random() < 0.3:
            pax["mtime"] = f"{choose((-1, 0, 1_500_000_000))}.{choose((5, 25, 123456789))}"
        if self._random.random() < 0.3:
            pax[f"SCHILY.xattr.user.{choose('xy')}"] = choose("12")
        modes = (0o755, 0o700, 0o1777) if self._is_plain else (0o755, 0o1750, 0o1777, 0, 0o4511)
        ids = (0, 0, 1, 1000, 3_000_000)
        if self._is_closed:
            # Attributes of what its owner may not write are lost on umoci 0.4.7, recorded owners among them.
            modes, ids, pax = (0o755, 0o500, 0o300, 0o444, 0), (0,), {name: pax[name] for name in pax if name == "mtime"}
        fields = {"mode": choose(modes), "uid": choose(ids), "gid": choose(ids), "mtime": choose((0, 1, 1_400_000_000, -7))}
        return {**fields, "pax": pax or None, "dialect": choose((Dialect.USTAR, Dialect.GNU, Dialect.STAR))}

    def _metadata_of_nodes(self) -> dict[str, object]:
        return {**self._metadata(), "pax": None, "mode": 0o644}

    def _directory(self, path: Path) -> bytes | None:
        kept = [link for link in self._of(Kind.LINK) if self._keeps_links and self._leads_to_a_directory(link)]
        if kept and self._random.random() < 0.5:
            path = self._random.choice(kept)
        place = self._place(path)
        if place is None:
            return None
        if place in kept:
            self._shape.touch(place)
            return raw_tar.directory(self._spelled(path), **self._metadata_of_nodes())
        self._shape.put(place, Kind.DIRECTORY)
        return raw_tar.directory(self._spelled(path) + self._random.choice(("", "/")), **self._metadata())

    def _file(self, path: Path) -> bytes | None:
        if (place := self._place(path)) is None:
            return None
        self._shape.put(place, Kind.OTHER)
        return raw_tar.file(self._spelled(path), self._random.randbytes(self._random.choice((0, 1, 600))), **self._metadata())

    def _link(self, path: Path) -> bytes | None:
        if (place := self._place(path)) is None:
            return None
        to = self._random.choice(self._of(Kind.DIRECTORY)) if self._keeps_links else self._some_path()
        target = (self._random.choice(("", "/", "../", "../../")) + "/".join(to)) or "."
        self._shape.put(place, Kind.LINK, target)
        return raw_tar.symlink(self._spelled(path), target, **self._metadata_of_nodes())

    def _node(self, path: Path) -> bytes | None:
        if (place := self._place(path)) is None:
            return None
        self._shape.put(place, Kind.OTHER)
        if self._random.random() < 0.5:
            return raw_tar.fifo(self._spelled(path), **self._metadata_of_nodes())
        return raw_tar.device(self._spelled(path), self._random.choice("34"), 1, self._random.randint(3, 9), **self._metadata_of_nodes())

    def _hard_link(self, path: Path) -> bytes | None:
        place = self._place(path)
        others = self._of(Kind.LINK) + self._of(Kind.OTHER)
        if place is None or not others:
            return None
        target = self._random.choice(others)
        if target[: len(place)] == place or place[: len(target)] == target:
            return None
        self._shape.put(place, self._shape.kinds[target], self._shape.targets[target])
        return raw_tar.hard_link(self._spelled(path), self._spelled(target), **self._metadata_of_nodes())

    def _may_hide(self, directory: Path) -> Path | None:
        way = self._shape.way(directory)
        if way is None or way.missing or any(link in self._shape.upper for link in way.links):
            return None
        return way.end

    def _hide(self, top: Path) -> None:
        self._refilled.update(self._shape.refilled(top))
        self._shape.hide(top)

    def _whiteout(self, path: Path) -> bytes | None:
        directory = self._may_hide(path[:-1])
        if directory is None:
            return None
        self._hide(directory + path[-1:])
        return raw_tar.whiteout(self._spelled(path))

    def _opaque(self, path: Path) -> bytes | None:
        directory = self._may_hide(path[:-1])
        if directory is None:
            return None
        for child in self._shape.below(directory):
            if child != directory:
                self._hide(child)
        return raw_tar.opaque(self._spelled(path[:-1]))
