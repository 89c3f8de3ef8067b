# SPDX-License-Identifier: Apache-2.0
"""PAX records: each field, and what nobody knows."""

from __future__ import annotations

from umoci_test.raw_tar import Number, archive, directory, file, member, old_gnu_sparse, pax_sparse, symlink

from harness.stack import Layers, Reworded, Suite

suite = Suite("records")


@suite.stack(
    each={
        "path": {"path": "other/name"},
        "size": {"size": "4"},
        "uid": {"uid": "3000000"},
        "gid": {"gid": "4294967294"},
        "mtime": {"mtime": "1234567890.123456789"},
        "mtime-long": {"mtime": "12.1234567899999"},
        "mtime-short": {"mtime": "12.5"},
        "mtime-negative": {"mtime": "-1.25"},
        "mtime-whole": {"mtime": "77"},
        "atime": {"atime": "5.5", "ctime": "6.5"},
        "names": {"uname": "nobody", "gname": "nogroup"},
        "unknown": {"comment": "x", "LIBARCHIVE.xattr.user.a": "eA==", "SCHILY.fflags": "nodump", "hdrcharset": "BINARY"},
        "access-list": {"SCHILY.acl.access": "user::rwx,group::r-x,other::r-x"},
        "empty": {"path": "", "uid": "", "mtime": "", "SCHILY.xattr.user.a": ""},
    }
)
def one_of(records: dict[str, str]) -> Layers:
    """What each record changes."""
    return archive(directory("other"), member("f", b"0", b"data", pax=records, uid=1, gid=2))


@suite.stack()
def target_of_a_link() -> Layers:
    """The record that names where a link leads."""
    return archive(member("l", b"2", pax={"linkpath": "a/b"}, link="short"))


@suite.stack(
    refused=True,
    each={
        "number": {"uid": "x"},
        "time": {"mtime": "1.x"},
        "negative-size": {"size": "-1"},
        "nul-in-path": {"path": "a\0b"},
    },
)
def malformed_values(records: dict[str, str]) -> Layers:
    """Values that mean nothing."""
    return archive(member("f", b"0", b"data", pax=records))


@suite.stack(refused=True, each={"length": b"99 a=b\n", "no-newline": b"6 a=bb", "no-equals": b"5 ab\n", "no-key": b"5 =b\n"})
def malformed_records(body: bytes) -> Layers:
    """Bytes that are no record."""
    return archive(member("f", b"0", b"data", pax=body))


EXTENTS = [(512, 512), (4096, 1024), (10_000, 0)]
DATA = b"a" * 512 + b"b" * 1024
DENSE = bytes(512) + b"a" * 512 + bytes(3072) + b"b" * 1024 + bytes(10_000 - 5120)


@suite.stack(each={version: version for version in ("0.0", "0.1", "1.0")})
def sparse_files(version: str) -> Layers:
    """The three ways of PAX archives to tell of holes."""
    return archive(pax_sparse(version, "s", 10_000, EXTENTS, DATA, uid=3), file("f"))


@suite.stack()
def sparse_files_of_old_gnu() -> Layers:
    """Entries of type S."""
    return Reworded(
        [archive(old_gnu_sparse("s", 10_000, EXTENTS, DATA, uid=3), file("f"))],
        [archive(file("s", DENSE, uid=3), file("f"))],
    )


@suite.stack()
def many_extents_of_old_gnu() -> Layers:
    """Maps that go on behind the header."""
    extents = [(number * 1024, 512) for number in range(60)]
    return Reworded(
        [archive(old_gnu_sparse("s", 60 * 1024, extents, b"x" * 60 * 512))],
        [archive(file("s", (b"x" * 512 + bytes(512)) * 60))],
    )


@suite.stack()
def contiguous_files() -> Layers:
    """Entries of type 7 are files."""
    return Reworded([archive(member("f", b"7", b"data", uid=2), file("g"))], [archive(file("f", b"data", uid=2), file("g"))])


@suite.stack(refused=True, each={"vendor": b"Z", "sun-acl": b"A", "dump-directory": b"D", "volume": b"V", "multi-volume": b"M"})
def unknown_types(type_flag: bytes) -> Layers:
    """Entries of types that are not understood."""
    return archive(member("f", type_flag))


@suite.stack(each={"base-256": -(2**40), "octal": 2**33 - 1, "far": 2**33})
def times_far_away(mtime: Number) -> Layers:
    """Times that do not fit into 32 bits."""
    return archive(file("f", mtime=mtime), symlink("l", "f", mtime=mtime), directory("d", mtime=mtime))
