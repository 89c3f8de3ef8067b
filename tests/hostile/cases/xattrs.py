# SPDX-License-Identifier: Apache-2.0
"""Extended attributes: those of the host, privileges, impossible ones, and far too many."""

from __future__ import annotations

import struct

from umoci_test.raw_tar import archive, device, directory, fifo, file, member, pax_record, symlink

from harness.case import EVERYWHERE, ROOTLESS, Suite, fails, makes, works
from harness.place import Layers, Place
from harness.states import state_of
from harness.trees import Is
from harness.worlds import World

suite = Suite("xattrs")
PREFIX = "SCHILY.xattr."
NO_ID = 0xFFFFFFFF


def acl(*entries: tuple[int, int, int]) -> bytes:
    """An ACL as the kernel wants it, of (tag, permissions, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


OPEN_ACL = acl((1, 7, NO_ID), (4, 7, NO_ID), (32, 7, NO_ID))


@suite.unpack(makes({"a": Is("-", b"x", xattrs={}), "d": Is("d", xattrs={})}, warns="belong to the host"))
def of_the_host(place: Place) -> Layers:
    """Labels that only the host may give."""
    records = {PREFIX + "security.selinux": "evil_t", PREFIX + "system.nfs4_acl": "x"}
    return archive(file("a", pax=records), directory("d", pax=records))


@suite.unpack(makes({"a": Is("-", b"x")}, warns="not taken from the layer"), worlds=ROOTLESS)
def forged_rootless_owner(place: Place) -> Layers:
    """A layer brings the attribute in which a rootless unpack records owners."""
    return archive(file("a", pax={PREFIX + "user.rootlesscontainers": b"\x08\x00\x10\x00"}))


@suite.unpack(
    works(lambda place, _: check_record(place)), worlds=(World.PLAIN,)
)
def rootless_owner(place: Place) -> Layers:
    """The record of an owner is that of the entry, also for a file that its owner may not write."""
    return archive(file("a", uid=1000, gid=7, mode=0o444), file("b", uid=0, gid=0), directory("d", uid=5, mode=0o555))


def check_record(place: Place) -> None:
    """Where the file system takes such attributes."""
    for name, expected in (("a", b"\x08\xe8\x07\x10\x07"), ("b", None), ("d", b"\x08\x05\x10\xff\xff\xff\xff\x0f")):
        xattrs = dict(state_of(str(place.rootfs / name)).xattrs)
        assert xattrs.get("user.rootlesscontainers") == expected, f"{name}: {xattrs}"


CAPABILITY = b"\1\0\0\2" + b"\xff" * 8 + bytes(8)


@suite.unpack(makes({"a": Is("-", b"x", uid=5, mode=0o755, xattrs={"security.capability": CAPABILITY})}))
def capability(place: Place) -> Layers:
    """Capabilities survive the change of the owner."""
    return archive(file("a", uid=5, mode=0o755, pax={PREFIX + "security.capability": CAPABILITY}))


@suite.unpack(makes({"a": Is("-", b"x", xattrs={})}, warns="attribute left out"), worlds=(World.PLAIN,))
def capability_for_the_unprivileged(place: Place) -> Layers:
    """A plain user cannot give capabilities, and is told so."""
    return archive(file("a", pax={PREFIX + "security.capability": CAPABILITY}))


@suite.unpack(
    fails("attribute"),
    each={
        "capability-short": {PREFIX + "security.capability": b"\1"},
        "capability-version": {PREFIX + "security.capability": b"\0\0\0\x09" + bytes(16)},
        "acl-junk": {PREFIX + "system.posix_acl_access": b"\2\0\0\0junk"},
        "name-too-long": {PREFIX + "user." + "n" * 300: "x"},
        "value-too-long": {PREFIX + "user.a": b"x" * 70_000},
        "user-of-a-fifo": None,
    },
)
def impossible(place: Place, records: dict[str, bytes | str] | None) -> Layers:
    """What the kernel refuses is an error for root, and not silently missing."""
    if records is None:
        return archive(fifo("a", pax={PREFIX + "user.a": "x"}))
    return archive(file("a", pax=records))


@suite.unpack(makes({"a": Is("-", b"x")}, warns="does not take attributes"), each={"foo": "foo.bar", "dotless": "foo", "system": "system.foo", "acl-of-a-version-to-come": "system.posix_acl_access"})
def unknown_namespace(place: Place, name: str) -> Layers:
    """Attributes that no file system takes."""
    return archive(file("a", pax={PREFIX + name: b"\xff" * 12}))


@suite.unpack(fails("names no extended attribute|NUL"), each={"empty": pax_record(PREFIX, b"x"), "nul": pax_record(PREFIX + "user.a\0b", b"x")})
def malformed_name(place: Place, record: bytes) -> Layers:
    """An attribute without a name, and one with a NUL in it."""
    return archive(member("a", pax=record))


@suite.unpack(fails("xattr_bytes|special_header_bytes"))
def more_than_a_mib(place: Place) -> Layers:
    """All attributes of one entry together are limited."""
    return archive(file("a", pax=[(f"{PREFIX}user.a{i}", b"x" * 60_000) for i in range(20)]))


@suite.unpack(
    makes(
        lambda place: {
            "l": Is("l", f"{place.canary}/f".encode(), xattrs={"trusted.x": b"1"}),
            "p": Is("p", xattrs={"trusted.x": b"1"}),
            "c": Is("c", xattrs={"trusted.x": b"1"}),
        }
    )
)
def of_what_must_not_be_opened(place: Place) -> Layers:
    """Attributes of links, pipes and devices are set without a way through them."""
    records = {PREFIX + "trusted.x": "1"}
    return archive(
        symlink("l", f"{place.canary}/f", pax=records), fifo("p", pax=records), device("c", "3", 1, 3, pax=records)
    )


@suite.unpack(
    makes(lambda place: {"l": Is("l", f"{place.canary}/d/y".encode(), xattrs={})}, warns="does not take attributes")
)
def acl_of_a_link(place: Place) -> Layers:
    """An ACL of a link to a file of the canary must not become that file's: CVE-2021-23177."""
    return archive(symlink("l", f"{place.canary}/d/y", pax={PREFIX + "system.posix_acl_access": OPEN_ACL}))


@suite.unpack(fails("attribute"))
def user_attribute_of_a_link(place: Place) -> Layers:
    """The kernel refuses attributes of users for links; those of the canary's file must not change instead."""
    return archive(symlink("l", f"{place.canary}/f", pax={PREFIX + "user.canary": "forged"}))


@suite.unpack(
    makes({"d": Is("d"), "d/f": Is("-", b"x", mode=0o600, xattrs={}), "d/e": Is("d", mode=0o700, xattrs={}), "d/e/i/f": Is(mode=0o600, xattrs={})})
)
def default_acl_of_a_parent(place: Place) -> Layers:
    """A directory's default ACL would open what comes after it for everybody."""
    records = {PREFIX + "system.posix_acl_default": OPEN_ACL}
    return archive(
        directory("d", pax=records), file("d/f", mode=0o600), directory("d/e", mode=0o700), file("d/e/i/f", mode=0o600)
    )


@suite.unpack(makes({"d": Is("d"), "d/f": Is("-", b"x", mode=0o600, xattrs={}), "d/p": Is("p", mode=0o600, xattrs={}), "d/e": Is("d", mode=0o700, xattrs={})}))
def default_acl_of_a_lower_layer(place: Place) -> Layers:
    """The same when the directory was there before."""
    records = {PREFIX + "system.posix_acl_default": OPEN_ACL}
    return [archive(directory("d", pax=records)), archive(file("d/f", mode=0o600), fifo("d/p", mode=0o600), directory("d/e", mode=0o700))]


@suite.unpack(makes({"d": Is("d", xattrs={"trusted.overlay.opaque": b"y"}), "d/f": b"x", "w": Is("-", xattrs={"trusted.overlay.whiteout": b"y"})}))
def of_overlayfs(place: Place) -> Layers:
    """Attributes that mean deletion to the kernel are plain attributes in a bundle, and delete nothing here."""
    return [
        archive(directory("d"), file("d/f")),
        archive(directory("d", pax={PREFIX + "trusted.overlay.opaque": "y"}), file("w", b"", pax={PREFIX + "trusted.overlay.whiteout": "y"})),
    ]


@suite.unpack(makes({"a": Is("-", b"x", xattrs={"user.n\n\x1b[31m": b"\0\xff\n"})}))
def odd_names_and_values(place: Place) -> Layers:
    """Newlines and escape sequences in the name, any bytes in the value."""
    return archive(file("a", pax=[(PREFIX + "user.n\n\x1b[31m", b"\0\xff\n")]))


@suite.unpack(makes({"d": Is("d", xattrs={"user.a": b"2"}), "f": Is("-", xattrs={"user.b": b"3"})}))
def replaced_with_the_object(place: Place) -> Layers:
    """A second entry takes the attributes of the first away."""
    first = [directory("d", pax={PREFIX + "user.z": "1"}), file("f", pax={PREFIX + "user.z": "1"})]
    second = [directory("d", pax={PREFIX + "user.a": "2"}), file("f", pax={PREFIX + "user.b": "3"})]
    return [archive(*first), archive(*second)]
