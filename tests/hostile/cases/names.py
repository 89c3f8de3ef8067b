# SPDX-License-Identifier: Apache-2.0
"""Names that lead out of the tree, replace its root, or are no names."""

from __future__ import annotations

from umoci_test.raw_tar import (
    Dialect,
    LongNames,
    archive,
    directory,
    file,
    gnu_long_link,
    gnu_long_name,
    hard_link,
    member,
    padded,
    symlink,
    whiteout,
)

from harness.case import EVERYWHERE, Suite, fails, makes
from harness.place import Layers, Place
from harness.trees import DIRECTORY, FILE, Is

suite = Suite("names")

ROOT_NAMES = {
    "slash-dot": "/.",
    "dot": ".",
    "slash": "/",
    "dot-slash": "./",
    "dots": "../../..",
    "there-and-back": "a/..",
    "two-there-and-back": "a/b/../..",
    "empty": "",
    "slashes": "////",
}


@suite.unpack(fails("root of the tree must be a directory"), each=ROOT_NAMES, worlds=EVERYWHERE)
def root_becomes_a_link(place: Place, name: str) -> Layers:
    """A link to the canary takes the place of the root, and the next layer would fill the canary."""
    return [archive(symlink(name, place.canary)), archive(file("pwned"))]


@suite.unpack(
    fails("root of the tree|which is the root|whiteout"),
    each={kind: kind for kind in ("0", "1", "3", "4", "6", "7", "S", "\0")},
)
def root_becomes_something_else(place: Place, kind: str) -> Layers:
    """The root must stay a directory."""
    return archive(member("/.", kind, link=f"{place.canary}/f", dialect=Dialect.GNU))


@suite.unpack(
    makes({".": Is("d", mode=0o1777, uid=3, gid=4, mtime_ns=99 * 10**9), "f": b"x"}), each={"dot": ".", "slashes": "//", "dots": "a/../.."}
)
def root_as_a_directory(place: Place, name: str) -> Layers:
    """An entry for the root says what the root is like, and not what its parent is like."""
    return archive(directory(name, mode=0o1777, uid=3, gid=4, mtime=99), file("f"))


@suite.unpack(
    makes(lambda place: {f"{place.canary[1:]}/f": b"1", "stray": b"2", place.stray: b"3", f"tmp/{place.stray}": b"4", "x": b"5"}),
    worlds=EVERYWHERE,
)
def dots_and_absolute_names(place: Place) -> Layers:
    """Names of the canary's files, with dots in front and without, land inside the tree."""
    return archive(
        file(place.up(f"{place.canary}/f"), b"0"),
        file(f"{place.canary}/f", b"1"),
        file("../../../stray", b"2"),
        file(f"/{place.stray}", b"3"),
        file(f"//tmp/../tmp/./{place.stray}", b"4"),
        file("d/../../../../x", b"5"),
    )


@suite.unpack(
    makes(lambda place: {f"{place.canary[1:]}/d": Is("d", mode=0o777), "up": DIRECTORY, f"{place.canary[1:]}/link": "f"}),
    worlds=EVERYWHERE,
)
def dots_of_other_types(place: Place) -> Layers:
    """Directories and links under names of the canary."""
    return archive(
        directory(place.up(f"{place.canary}/d"), mode=0o777), directory("../../up"), symlink(f"{place.canary}/link", "f")
    )


@suite.unpack(
    makes(lambda place: {f"{place.canary[1:]}/f": b"x"}),
    each={
        "pax": {"long_names": LongNames.PAX},
        "gnu": {"long_names": LongNames.GNU, "dialect": Dialect.GNU},
        "prefix": {"long_names": LongNames.SPLIT},
        "star-prefix": {"long_names": LongNames.SPLIT, "dialect": Dialect.STAR},
    },
)
def dots_in_long_names(place: Place, how: dict[str, object]) -> Layers:
    """A name of many dots, in each way that a long name can be stored."""
    return archive(file("../" * 30 + place.canary + "/f", **how))


@suite.unpack(makes(lambda place: {f"{place.canary[1:]}/f": b"x", "safe": b"y"}))
def prefix_of_dots(place: Place) -> Layers:
    """The prefix leads out, the name is harmless; and the other way round."""
    return archive(
        file("f", prefix="../../.." + place.canary), file("../../../../safe", b"y", prefix="a/b/c")
    )


@suite.unpack(makes({"..\\..\\f": b"1", "C:\\f": b"2", "a\\b": b"3", "...": b"4", "..f": b"5", "f..": b"6", "-rf": b"7", "~": b"8"}))
def names_that_mean_something_elsewhere(place: Place) -> Layers:
    """Backslashes, drives, three dots, options: plain names here."""
    names = ["..\\..\\f", "C:\\f", "a\\b", "...", "..f", "f..", "-rf", "~"]
    return archive(*(file(name, b"%d" % number) for number, name in enumerate(names, 1)))


@suite.unpack(makes({"\udcff\udcfe": b"1", "é": b"2", "\u202e": b"3", "\x1b[31m\nred\r": b"4", " ": b"5", "\x7f": b"6", "$(id)": b"7"}), worlds=EVERYWHERE)
def names_of_any_bytes(place: Place) -> Layers:
    """Whatever the file system takes, escape sequences and newlines included."""
    names = ["\udcff\udcfe", "é", "\u202e", "\x1b[31m\nred\r", " ", "\x7f", "$(id)"]
    return archive(*(file(name, b"%d" % number) for number, name in enumerate(names, 1)))


@suite.unpack(fails(r"\\x1b\[31m\\x0ared\\x0d\\xe2\\x80\\xae\\xc2\\x9b31m"))
def escape_sequence_in_an_error(place: Place) -> Layers:
    """The message about an entry must not talk to the terminal, nor look like another message."""
    return archive(member("\x1b[31m\nred\r\u202e\u009b31m", "Z"))


@suite.unpack(makes({"n" * 255: b"x", "d" * 255 + "/" + "e" * 255: b"y"}))
def longest_names(place: Place) -> Layers:
    """255 bytes."""
    return archive(file("n" * 255), file("d" * 255 + "/" + "e" * 255, b"y"))


@suite.unpack(
    fails("File name too long"),
    each={"file": "n" * 256, "parent": "n" * 256 + "/x", "whiteout-of-nothing": ".wh." + "n" * 256},
    worlds=EVERYWHERE,
)
def too_long_names(place: Place, name: str) -> Layers:
    """256 bytes and more."""
    return archive(file("keep"), file(name))


@suite.unpack(makes({"/".join(["n" * 200] * 40): b"x"}), worlds=EVERYWHERE)
def deeper_than_path_max(place: Place) -> Layers:
    """A path of 8,000 bytes: no system call takes it as a whole."""
    return archive(file("/".join(["n" * 200] * 40)))


@suite.unpack(fails("File name too long|is missing"))
def dots_behind_a_path_too_long(place: Place) -> Layers:
    """A link behind more than PATH_MAX bytes, then dots: whoever gives up resolving must not go on writing."""
    deep = "/".join(["n" * 200] * 25)
    return archive(
        directory(deep), symlink(f"{deep}/l", "../" * 60 + place.canary), hard_link("h", f"{deep}/l/f")
    )


@suite.unpack(makes({"ab": b"x", "q": "t"}))
def nul_in_gnu_long_names(place: Place) -> Layers:
    """What stands behind a NUL is no part of the name."""
    return archive(gnu_long_name(b"ab\0../../../x"), file("zz"), gnu_long_link(b"t\0/etc"), symlink("q", "x"))


@suite.unpack(makes({"two": b"x", "three": b"y", "g": b"z"}))
def names_given_several_times(place: Place) -> Layers:
    """The last record of a kind counts, and GNU's name before that of PAX."""
    return archive(
        member("zero", "0", b"x", pax=[("path", "one"), ("path", "two")]),
        gnu_long_name("one"), gnu_long_name("three"), file("zero", b"y"),
        gnu_long_name("g"), file("zero", b"z", pax={"path": "p"}),
    )  # fmt: skip


@suite.unpack(fails("special_header_bytes|path_bytes"), each={"L": gnu_long_name, "K": gnu_long_link})
def huge_gnu_names(place: Place, header: object) -> Layers:
    """A name of more than a MiB."""
    return archive(header("a/" * 600_000), symlink("a", "b"))  # type: ignore[operator]


@suite.unpack(fails("Not a directory|root|File exists|whiteout"))
def slash_behind_the_root_of_a_whiteout(place: Place) -> Layers:
    """Cleaning a name must not turn a whiteout for a parent into one for the root."""
    return [archive(file("a")), archive(file(".wh.a/b"))]


@suite.unpack(makes({"f": b"x", "d": DIRECTORY}))
def slash_behind_a_file(place: Place) -> Layers:
    """A file whose name ends in a slash is a file, in a V7 archive a directory."""
    return archive(file("f/"), member("d/", "\0", dialect=Dialect.V7))


@suite.unpack(makes({"a": Is("d"), "a/q": b"x"}), worlds=EVERYWHERE)
def one_name_for_everything(place: Place) -> Layers:
    """A file, a directory with something in it, a link, a pipe, again and again under one name."""
    turn = [file("a"), directory("a"), file("a/b"), symlink("a", place.canary), member("a", "6"), file("a/q")]
    return archive(*(turn * 300))


@suite.unpack(makes({"a/b/c": b"x", "a/b": DIRECTORY}), worlds=EVERYWHERE)
def file_as_parent(place: Place) -> Layers:
    """A file is in the way of a directory."""
    return archive(file("a"), file("a/b/c"))


@suite.unpack(makes({"x": FILE}))
def nothing_but_a_whiteout_for_what_comes(place: Place) -> Layers:
    """Order does not matter: a whiteout hides lower layers, not its own."""
    return [archive(file("x", b"old")), archive(file("x", b"new"), whiteout("x"))]


@suite.unpack(fails("NUL"), each={"path": ("0", "path"), "linkpath": ("2", "linkpath")})
def nul_in_pax_names(place: Place, what: tuple[str, str]) -> Layers:
    """No file can have such a name, and C would see another one."""
    kind, key = what
    return archive(member("x", kind, link="y", pax={key: b"/etc\0b"}))


@suite.unpack(makes({"a": b"x"}))
def long_name_without_entry(place: Place) -> Layers:
    """A name for nothing at the end of the archive."""
    return archive(file("a"), gnu_long_name("../../x"), padded(b""))
