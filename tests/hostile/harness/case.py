# SPDX-License-Identifier: Apache-2.0
"""Cases: an attack, how the program must end, and what must be there if it succeeds.

    suite = Suite("links")

    @suite.unpack(fails("is the root of the tree"))
    def hard_link_to_the_root(place: Place) -> Layers:
        \"\"\"A second name for the root would let a later entry replace it.\"\"\"
        return archive(hard_link("h", "/"))

With `each` a function stands for a family of cases and gets one of its values as second argument.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

from harness.place import Layers, Place
from harness.program import Outcome
from harness.trees import Tree, check_tree
from harness.worlds import World

ROOT_ONLY = (World.ROOT,)
ROOTLESS = (World.PLAIN, World.ONE_ID)
EVERYWHERE = (World.ROOT, World.PLAIN, World.ONE_ID, World.MAPPED)

Check = Callable[[Place, Outcome], None]


@dataclasses.dataclass(frozen=True)
class Fails:
    """The program says why, in one line that has `pattern` in it, exits with 1 and leaves nothing."""

    pattern: str


@dataclasses.dataclass(frozen=True)
class Works:
    """The program exits with 0; `check` raises AssertionError if it did not do its work.

    `warns` must be in one of its warnings; without it there must be none but those in which `may_warn` is.
    """

    check: Check
    warns: str = ""
    may_warn: str = "$^"


Expectation = Fails | Works


def fails(pattern: str) -> Fails:
    """The usual end of an attack."""
    re.compile(pattern)
    return Fails(pattern)


def works(check: Check, warns: str = "") -> Works:
    """The attack is no reason to fail, or a plain command is only looked at."""
    return Works(check, warns)


def makes(tree: Tree | Callable[[Place], Tree], warns: str = "", may_warn: str = "$^") -> Works:
    """The rootfs of the bundle is this tree and nothing else."""

    def check(place: Place, _: Outcome) -> None:
        check_tree(place.rootfs, tree(place) if callable(tree) else tree)

    return Works(check, warns, may_warn)


@dataclasses.dataclass(frozen=True)
class Case:
    """What to do, and what must come of it."""

    name: str
    attack: str
    prepare: Callable[[Place], list[str]]  # returns the arguments of the program
    expect: Expectation
    worlds: tuple[World, ...] = ROOT_ONLY
    changes_layout: bool = False
    changes_bundle: bool = True
    limit_seconds: float = 60
    memory_mib: int = 600
    is_one_of_many: bool = False


class Suite:
    """Cases of one theme, added by decorators."""

    def __init__(self, theme: str) -> None:
        self.theme = theme
        self.cases: list[Case] = []

    def command(
        self, expect: Expectation | Callable[..., Expectation], *, each: Mapping[str, Any] | None = None, **options: Any
    ) -> Callable[[Callable[..., list[str]]], Callable[..., list[str]]]:
        """For a function that prepares everything and returns the program's arguments."""

        def add(prepare: Callable[..., list[str]]) -> Callable[..., list[str]]:
            name = f"{self.theme}/{prepare.__name__.replace('_', '-')}"
            attack = " ".join((prepare.__doc__ or "").split())
            assert attack, f"{name} does not say what it attacks"
            if each is None:
                assert not callable(expect)
                self.cases.append(Case(name, attack, prepare, expect, **options))
            for key, value in (each or {}).items():
                expected = expect(value) if callable(expect) else expect
                one = _bind(prepare, value)
                self.cases.append(Case(f"{name}/{key}", attack, one, expected, is_one_of_many=True, **options))
            return prepare

        return add

    def unpack(
        self, expect: Expectation | Callable[..., Expectation], *flags: str, **options: Any
    ) -> Callable[[Callable[..., Layers | None]], Callable[..., list[str]]]:
        """For a function that returns the layers of an image to be unpacked, or stores the image itself."""

        def add(make: Callable[..., Layers | None]) -> Callable[..., list[str]]:
            def prepare(place: Place, *value: Any) -> list[str]:
                layers = make(place, *value)
                if layers is not None:
                    place.add_image(layers)
                return ["unpack", *rootless(place), *flags, "--image", place.image, str(place.bundle)]

            prepare.__name__, prepare.__doc__ = make.__name__, make.__doc__
            return self.command(expect, **options)(prepare)

        return add

    def repack(
        self, expect: Expectation | Callable[..., Expectation], *flags: str, base: Layers, **options: Any
    ) -> Callable[[Callable[..., None]], Callable[..., list[str]]]:
        """For a function that does something to the bundle of a harmless image before it is repacked."""

        def add(tamper: Callable[..., None]) -> Callable[..., list[str]]:
            def prepare(place: Place, *value: Any) -> list[str]:
                place.add_image(base, config={"history": [{"created_by": "hostile"}]})
                place.give_layout()
                place.must_run("unpack", *rootless(place), "--image", place.image, str(place.bundle))
                tamper(place, *value)
                return ["repack", *flags, "--image", place.image, str(place.bundle)]

            prepare.__name__, prepare.__doc__ = tamper.__name__, tamper.__doc__
            defaults = {"changes_layout": True, "changes_bundle": False}
            return self.command(expect, **{**defaults, **options})(prepare)

        return add


def _bind(prepare: Callable[..., list[str]], value: Any) -> Callable[[Place], list[str]]:
    return lambda place: prepare(place, value)


def rootless(place: Place) -> list[str]:
    """The flag for those who cannot give files away."""
    return ["--rootless"] if place.world in ROOTLESS else []


def repacks(tree: Tree | Callable[[Place], Tree], warns: str = "") -> Works:
    """The new image, unpacked again, is this tree."""

    def check(place: Place, _: Outcome) -> None:
        again = place.base / "again"
        again.mkdir(mode=0o777)
        again.chmod(0o777)
        place.must_run("unpack", *rootless(place), "--image", place.image, str(again / "bundle"))
        check_tree(again / "bundle/rootfs", tree(place) if callable(tree) else tree)

    return Works(check, warns)
