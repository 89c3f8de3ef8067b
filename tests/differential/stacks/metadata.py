# SPDX-License-Identifier: Apache-2.0
"""Modes, owners, times, attributes, and who unpacks."""

from __future__ import annotations

import struct

from umoci_test.raw_tar import archive, base256, device, directory, fifo, file, hard_link, symlink, whiteout

from harness.programs import User
from harness.stack import Layers, Suite

suite = Suite("metadata")
MODES = (0, 0o1, 0o444, 0o4755, 0o2755, 0o6711, 0o1777, 0o7777)
# A version 2 capability: cap_net_bind_service, permitted and effective.
CAPABILITY = struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0)
# Version 2: owner rwx, user 7 rw, group r, mask rwx, others none.
ACCESS_LIST = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", tag, bits, owner)
    for tag, bits, owner in ((1, 7, 0xFFFFFFFF), (2, 6, 7), (4, 4, 0xFFFFFFFF), (0x10, 7, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF))
)
TREE = archive(
    directory("d", uid=5, gid=6, mode=0o2775, mtime=7), file("d/f", b"data", uid=5, mode=0o4755), symlink("d/l", "f", gid=7),
    hard_link("d/h", "d/f"), fifo("d/p", uid=9), file("root"), device("d/c", "3", 1, 3, uid=5),
)  # fmt: skip
UPPER = archive(whiteout("d/h"), file("d/g", uid=6), directory("e", uid=1, gid=1), file("e/f", gid=65535, mode=0o600), file("d/f", uid=5))


@suite.stack()
def modes() -> Layers:
    """All bits, of files and directories."""
    entries = [directory(f"d{mode:04o}", mode=mode) + file(f"d{mode:04o}/f", mode=mode, uid=3) + fifo(f"p{mode:04o}", mode=mode) for mode in MODES]
    return archive(*entries)


@suite.stack(each={"present": 1_700_000_000, "epoch": 0, "negative": -1, "long-ago": -(2**31), "late": 2**32})
def times(mtime: int) -> Layers:
    """Modification times of every type."""
    entries = [file("f", mtime=mtime), symlink("l", "f", mtime=mtime), fifo("p", mtime=mtime), device("c", "3", 1, 3, mtime=mtime)]
    return archive(directory("d", mtime=mtime), *entries, file("d/f"), directory(".", mtime=mtime))


@suite.stack(each={"ns": "1234567890.000000001", "before-1970": "-1234.999999999", "half": "0.5"})
def fractions_of_seconds(text: str) -> Layers:
    """Nanoseconds are kept."""
    pax = {"mtime": text}
    return archive(directory("d", pax=pax), file("d/f", pax=pax), symlink("l", "f", pax=pax), fifo("p", pax=pax))


@suite.stack(each={"small": 1000, "16-bit": 65535, "nobody": 65534, "31-bit": 2**31, "largest": 2**32 - 2})
def owners(owner: int) -> Layers:
    """Ids of every size and of every type."""
    ids = {"uid": owner, "gid": owner - 1}
    return archive(directory("d", **ids), file("d/f", **ids), symlink("l", "d", **ids), fifo("p", **ids), device("c", "3", 1, 3, **ids))


@suite.stack(each={"minus-one": -1, "no-id": 2**32 - 1, "beyond": 2**32, "far-beyond": 2**40 + 5})
def ids_that_nobody_has(owner: int) -> Layers:
    """Numbers that are no ids."""
    return archive(file("f", uid=base256(owner, 8)))


@suite.stack(
    each={
        "user": {"user.a": "1", "user.b": b"\x00\xff"},
        "trusted": {"trusted.a": "1"},
        "overlay": {"trusted.overlay.opaque": "y", "user.overlay.x": "1"},
        "rootless": {"user.rootlesscontainers": b"\x08\x01\x10\x02"},
        "selinux": {"security.selinux": b"system_u:object_r:etc_t:s0\0"},
        "nfs": {"system.nfs4_acl": b"x"},
        "long": {"user.long": b"v" * 2000},
        "equals": {"user.empty": ""},
    }
)
def attributes(attributes_of: dict[str, bytes | str]) -> Layers:
    """Extended attributes of files and directories."""
    pax = {f"SCHILY.xattr.{name}": value for name, value in attributes_of.items()}
    return archive(directory("d", pax=pax), file("d/f", b"data", pax=pax, mode=0o400))


@suite.stack()
def attributes_of_what_is_no_file() -> Layers:
    """Links and fifos have only those that root may give."""
    pax = {"SCHILY.xattr.trusted.a": "1"}
    return archive(symlink("l", "f", pax=pax), fifo("p", pax=pax), device("c", "3", 1, 3, pax=pax))


@suite.stack(refused=True)
def attributes_that_links_cannot_have() -> Layers:
    """The kernel gives links no user attributes."""
    return archive(symlink("l", "f", pax={"SCHILY.xattr.user.a": "1"}))


@suite.stack()
def attributes_are_replaced() -> Layers:
    """What an upper layer does not name is gone."""
    first = {"SCHILY.xattr.user.a": "1", "SCHILY.xattr.user.b": "2"}
    second = {"SCHILY.xattr.user.b": "3"}
    return [
        archive(directory("d", pax=first), file("d/f", pax=first), directory("kept", pax=first)),
        archive(directory("d", pax=second), file("d/f", pax=second), file("kept/f")),
    ]


@suite.stack()
def capabilities() -> Layers:
    """They survive the change of the owner."""
    pax = {"SCHILY.xattr.security.capability": CAPABILITY}
    return [archive(file("f", pax=pax, uid=3, mode=0o755)), archive(hard_link("h", "f"))]


@suite.stack()
def access_lists() -> Layers:
    """Lists of the layer are kept, those that a directory would hand down are not."""
    default = {"SCHILY.xattr.system.posix_acl_default": ACCESS_LIST}
    access = {"SCHILY.xattr.system.posix_acl_access": ACCESS_LIST}
    return [
        archive(directory("d", pax=default, mode=0o775), file("d/f", mode=0o640), directory("d/e"), file("a", pax=access, mode=0o670)),
        archive(file("d/e/g", mode=0o666), directory("d/e/h")),
    ]


@suite.stack(
    each={
        "plain": directory(".", mode=0o711, uid=3, mtime=5),
        "slash": directory("/", mode=0o1777, mtime=6),
        "dot-slash": directory("./", mtime=7, pax={"SCHILY.xattr.user.a": "1"}),
        "above": directory("a/..", mtime=8),
        "first-and-last": directory(".", mtime=1) + file("f") + directory(".", mtime=2),
    }
)
def root(entry: bytes) -> Layers:
    """Entries for the root."""
    return [archive(entry, file("x")), archive(file("y"))]


@suite.stack(refused=True, each={"file": file("."), "link": symlink("/", "/etc"), "hard-link": hard_link("./", "x"), "fifo": fifo("a/..")})
def root_is_no_directory(entry: bytes) -> Layers:
    """The root stays one."""
    return [archive(file("x")), archive(entry)]


@suite.stack("--uid-map", "0:1000:65536", "--gid-map", "0:2000:65536")
def mapped_owners() -> Layers:
    """Ids that are moved."""
    return [TREE, UPPER]


@suite.stack("--uid-map", "0:70000:5", "--uid-map", "5:1000:60000", "--gid-map", "0:0:70000")
def owners_mapped_in_ranges() -> Layers:
    """Ids that are moved to different places."""
    return [TREE, UPPER]


@suite.stack("--uid-map", "0:1000:10", "--gid-map", "0:1000:10", refused=True)
def owners_outside_of_the_map() -> Layers:
    """Ids that have no place."""
    return archive(file("f", uid=10))


@suite.stack("--rootless", user=User.PLAIN)
def by_a_plain_user() -> Layers:
    """Nothing belongs to others, and devices are files."""
    return [TREE, UPPER]


@suite.stack("--rootless", user=User.PLAIN)
def by_a_plain_user_without_owners() -> Layers:
    """What belongs to root says nothing of its owner."""
    closed = directory("closed", mode=0o500, mtime=4) + file("closed/f", b"1") + directory("none", mode=0, mtime=5) + file("none/f")
    return [archive(closed, file("f", mode=0o400), symlink("l", "f")), archive(file("closed/g"), whiteout("none/f"), whiteout("closed/f"))]


@suite.stack("--rootless", user=User.PLAIN)
def read_only_by_a_plain_user() -> Layers:
    """The owner of what may not be written is recorded all the same."""
    return archive(file("f", uid=7, gid=8, mode=0o444), directory("d", uid=7, mode=0o555), file("g", uid=1, mode=0))


@suite.stack("--rootless", user=User.PLAIN)
def recorded_owners_of_the_image() -> Layers:
    """What a layer says of recorded owners is not believed."""
    return archive(file("f", pax={"SCHILY.xattr.user.rootlesscontainers": b"\x08\x01", "SCHILY.xattr.user.a": "1"}))


@suite.stack("--rootless")
def by_root_as_if_not() -> Layers:
    """Root may do without its power."""
    return [TREE, UPPER]
