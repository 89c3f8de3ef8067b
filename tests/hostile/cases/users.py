# SPDX-License-Identifier: Apache-2.0
"""Files with users and groups, which are read from the tree after it was extracted."""

from __future__ import annotations

import json

from umoci_test.raw_tar import archive, device, directory, fifo, file, pax_sparse, symlink

from harness.case import EVERYWHERE, Suite, fails, works
from harness.place import Place

suite = Suite("users")
PASSWD = b"root:x:0:0:root:/root:/bin/sh\nu:x:5:6::/home/u:\n"


def user_of(place: Place) -> dict[str, object]:
    user = json.loads((place.bundle / "config.json").read_text())["process"]["user"]
    assert isinstance(user, dict)
    return user


def is_user(uid: int, gid: int) -> object:
    """The container runs as these."""

    def check(place: Place, _: object) -> None:
        user = user_of(place)
        assert (user["uid"], user["gid"]) == (uid, gid), user

    return check


@suite.unpack(fails("unable to find user|is not a regular file|outside|cannot"), each={
    "pipe": lambda place: [fifo("etc/passwd"), fifo("etc/group")],
    "link-to-the-canary": lambda place: [symlink("etc/passwd", f"{place.canary}/f")],
    "relative-link-to-the-canary": lambda place: [symlink("etc/passwd", place.up(f"{place.canary}/f"))],
    "directory-of-the-canary": lambda place: [symlink("etc", f"{place.canary}/d")],
    "directory": lambda place: [directory("etc/passwd")],
    "loop": lambda place: [symlink("etc/passwd", "passwd")],
    "etc-is-a-loop": lambda place: [symlink("etc", "etc")],
    "of-the-host": lambda place: [symlink("etc", "/etc/../etc/.")],
    "link-to-proc": lambda place: [symlink("etc/passwd", "/proc/self/environ")],
}, worlds=EVERYWHERE)  # fmt: skip
def named_user(place: Place, make: object) -> None:
    """The file with users is a pipe or leads out of the tree: CVE-2024-9676."""
    place.add_image(archive(*make(place)), runtime={"User": "u"})  # type: ignore[operator]


@suite.unpack(works(is_user(5, 0), warns="cannot be read"), each={
    "pipe": [fifo("etc/passwd"), fifo("etc/group")],
    "directory": [directory("etc/passwd"), directory("etc/group")],
    "loop": [symlink("etc/passwd", "group"), symlink("etc/group", "passwd")],
    "device": [device("dev/zero", "3", 1, 5), symlink("etc/passwd", "/dev/zero"), symlink("etc/group", "../dev/zero")],
})  # fmt: skip
def numbered_user(place: Place, members: list[bytes]) -> None:
    """A number needs no file, and what cannot be read is told."""
    place.add_image(archive(*members), runtime={"User": "5"})


@suite.unpack(works(is_user(5, 6)), worlds=EVERYWHERE)
def users_behind_links_inside(place: Place) -> None:
    """Links that stay inside are followed."""
    place.add_image(archive(file("usr/etc/passwd", PASSWD), symlink("etc", place.up("usr/etc"))), runtime={"User": "u"})


@suite.unpack(fails("etc/passwd|unable to find user"), each={
    "100-mib": lambda: pax_sparse("1.0", "etc/passwd", 100 << 20, [(0, 1)], b"x"),
    "line-of-15-mib": lambda: file("etc/passwd", b"a" * (15 << 20)),
    "nul": lambda: file("etc/passwd", bytes(1 << 20)),
})  # fmt: skip
def huge_file(place: Place, make: object) -> None:
    """The file with users is larger than any such file, or has no end of line."""
    place.add_image(archive(make()), runtime={"User": "u"})  # type: ignore[operator]


@suite.unpack(works(is_user(5, 6)), each={
    "many-groups": lambda: b"".join(b"g%d:x:%d:u\n" % (i, i) for i in range(100_000)),
    "many-members": lambda: b"g:x:7:" + b"u," * 2_000_000 + b"\n",
}, memory_mib=900)  # fmt: skip
def many_groups(place: Place, make: object) -> None:
    """A user in a hundred thousand groups, and a group of two million members."""
    place.add_image(archive(file("etc/passwd", PASSWD), file("etc/group", make())), runtime={"User": "u"})  # type: ignore[operator]


@suite.unpack(works(is_user(5, 6), warns="skipped|malformed|cannot|line"))
def many_malformed_lines(place: Place) -> None:
    """Lines that are none, a hundred thousand of them: not a warning for each."""
    place.add_image(archive(file("etc/passwd", b"a:b\n" * 100_000 + PASSWD)), runtime={"User": "u"})


@suite.unpack(fails("unable to find user|outside|malformed"), each={"2^32-1": 2**32 - 1, "2^32": 2**32, "2^64": 2**64, "minus-1": -1})
def id_out_of_range(place: Place, value: int) -> None:
    """A user whose id is none must not become root."""
    place.add_image(archive(file("etc/passwd", b"u:x:%d:%d::/:\n" % (value, value))), runtime={"User": "u"})


@suite.unpack(fails(r"unable to find user .*\\x1b"))
def escapes_in_a_name(place: Place) -> None:
    """A name that talks to the terminal."""
    place.add_image(archive(file("etc/passwd", b"u\x1b[31m:x:1\n")), runtime={"User": "u\x1b[31m"})
