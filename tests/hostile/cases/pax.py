# SPDX-License-Identifier: Apache-2.0
"""Extended headers: malformed, contradicting, smuggling."""

from __future__ import annotations

from umoci_test.raw_tar import (
    Dialect,
    archive,
    directory,
    file,
    gnu_long_link,
    gnu_long_name,
    hard_link,
    member,
    old_gnu_sparse,
    pax_global,
    pax_header,
    pax_record,
    symlink,
)

from harness.case import EVERYWHERE, Suite, fails, makes
from harness.place import Layers, Place
from harness.trees import Is

suite = Suite("pax")


@suite.unpack(
    fails("PAX record"),
    each={
        "length-0": b"0 a=b\n",
        "length-minus": b"-6 a=b\n",
        "length-too-long": b"99 a=b\n",
        "length-overflow": b"99999999999999999999999999 a=b\n",
        "length-too-short": b"5 a=b\n",
        "length-of-nothing": b"2 a=b\n",
        "no-length": b" a=b\n",
        "letters": b"x a=b\n",
        "plus": b"+6 a=b\n",
        "tab": b"6\ta=b\n",
        "no-key": b"5 =b\n",
        "no-equals": b"6 abc\n",
        "no-newline": b"6 a=bX",
        "nul-in-key": pax_record(b"a\0b", b"c"),
        "only-newlines": b"\n\n\n",
        "only-nul": bytes(10),
        "second-is-bad": pax_record("comment", "x") + b"3 a=b\n",
        "nul-behind": pax_record("comment", "x") + b"\0\0\0",
    },
    worlds=EVERYWHERE,
)
def malformed_record(place: Place, body: bytes) -> Layers:
    """A record that is none: an error, and not silently another entry than its author meant."""
    return archive(member("a", pax=body))


@suite.unpack(
    fails("PAX record"), each={"length": b"99 a=b\n", "junk": b"junk", "no-equals": b"6 abc\n", "nul": bytes(20)}
)
def malformed_global_record(place: Place, body: bytes) -> Layers:
    """The same in a header for all."""
    return archive(pax_global(body), file("a"))


@suite.unpack(makes({"real": Is("-", b"content", mode=0o644, xattrs={}), "l": "t"}), worlds=EVERYWHERE)
def global_records_that_rename(place: Place) -> Layers:
    """A header for all names every entry like a file of the canary, takes its size away and gives it to somebody."""
    records = {"path": f"{place.canary}/f", "linkpath": f"{place.canary}/f", "size": "0", "uid": "7", "SCHILY.xattr.user.x": "1"}
    return archive(pax_global(records), file("real", b"content"), symlink("l", "t"))


@suite.unpack(makes({"a": b"\1" * 1024, "b": b"y"}), worlds=EVERYWHERE)
def size_larger_than_in_the_header(place: Place) -> Layers:
    """The record's size is the one that counts, also for where the next header is: CVE-2025-62518."""
    return archive(member("a", "0", b"\1" * 1024, size=5, pax={"size": "1024"}), file("b", b"y"))


@suite.unpack(makes({"a": b"", "seen": b"x", "b": b"y"}))
def size_smaller_than_in_the_header(place: Place) -> Layers:
    """What one reader takes for content is a member for another: all must agree with the record."""
    return archive(member("a", "0", b"", size=1024, pax={"size": "0"}), file("seen"), file("b", b"y"))


@suite.unpack(makes({"a": file("smuggled"), "b": b"y"}))
def member_inside_of_content(place: Place) -> Layers:
    """Content that looks like a member stays content."""
    return archive(member("a", "0", file("smuggled"), size=0, pax={"size": "1024"}), file("b", b"y"))


@suite.unpack(
    fails("size|limit|archive ends|unexpected end"),
    each={"minus": "-1", "2^63": str(2**63), "2^63-1": str(2**63 - 1), "2^40-1": str(2**40 - 1), "letters": "1k", "point": "1.0"},
)
def size_in_a_record(place: Place, text: str) -> Layers:
    """A size that no file has."""
    return archive(member("a", "0", b"12345", pax={"size": text}))


@suite.unpack(makes({"n": b"content", "l": "target"}))
def records_in_front_of_gnu_headers(place: Place) -> Layers:
    """A size in front of a long name is that of the entry, not of the name: CVE-2026-53655."""
    return archive(
        pax_header({"size": "7"}), gnu_long_name("n"), member("z", "0", b"content", size=0),
        pax_header({"size": "512"}), gnu_long_link("target"), symlink("l", "x"),
    )  # fmt: skip


@suite.unpack(makes({"last": Is("-", b"x", uid=0)}))
def second_header_replaces_the_first(place: Place) -> Layers:
    """Records of an extended header in front of another one are forgotten, all of them."""
    many = b"".join(pax_header({"path": f"p{i}", "uid": "7"}) for i in range(1000))
    return archive(many, pax_header({"path": "last"}), file("z"))


@suite.unpack(makes({"a": b"x"}))
def header_without_entry(place: Place) -> Layers:
    """An extended header is the last thing of the archive."""
    return archive(file("a"), pax_header({"path": "../../b"}))


@suite.unpack(
    fails("time"),
    each={
        f"{key}-{text or 'empty'}": (key, text)
        for key in ("mtime", "atime", "ctime")
        for text in ("1e9", "nan", ".5", "-", "1.-5", "1..5", "9223372036854775808", "0x1", " 1")
    },
)
def time_that_is_none(place: Place, what: tuple[str, str]) -> Layers:
    """Times are digits with a point."""
    key, text = what
    return archive(member("a", pax={key: text}))


@suite.unpack(
    makes({"a": b"x", "d": Is("d")}, may_warn="cannot store this modification time"),
    each={text: text for text in ("99999999999", "9223372036854775807", "-9223372036854775808", "253402300800.5", "-62135596801", "1.99999999999999999999999")},
    worlds=EVERYWHERE,
)  # fmt: skip
def time_that_is_far_away(place: Place, text: str) -> Layers:
    """Times at the ends of what 64 bits hold, for files and directories, changed and looked at."""
    return archive(file("a", pax={"mtime": text, "atime": text}), directory("d", pax={"mtime": text, "atime": text}))


@suite.unpack(makes({"a": Is(mtime_ns=1_999_999_999), "b": Is(mtime_ns=-500_000_000)}))
def time_with_a_fraction(place: Place) -> Layers:
    """Fractions are cut off, not rounded, and count upwards before the epoch, too."""
    return archive(file("a", pax={"mtime": "1.9999999999999"}), file("b", pax={"mtime": "-0.5"}))


@suite.unpack(fails("special_header_bytes"), each={"x": "x", "g": "g"})
def huge_header(place: Place, kind: str) -> Layers:
    """More than a MiB of records."""
    return archive(pax_header({"comment": "c" * (1 << 20)}, kind), file("a"))


@suite.unpack(makes({"a": Is("-", b"x", uid=0, xattrs={})}))
def records_nobody_knows(place: Place) -> Layers:
    """Records of other programs, among them some that look like ours."""
    records = {
        "LIBARCHIVE.xattr.user.x": "eA==", "SCHILY.acl.access": "user::rwx", "SCHILY.fflags": "immutable",
        "hdrcharset": "BINARY", "comment": "/etc", "MSWINDOWS.rawsd": "x", "PATH": "/etc/x", "path ": "/etc/y",
        "GNU.volume.label": "z", "RHT.security.selinux": "evil_t", "schily.xattr.user.y": "1",
    }  # fmt: skip
    return archive(file("a", pax=records))


@suite.unpack(makes({"a": Is("-", b"x", uid=5), "l": "t"}))
def empty_values(place: Place) -> Layers:
    """An empty value says that the header counts."""
    records = {"path": "", "linkpath": "", "uid": "", "gid": "", "mtime": "", "atime": "", "size": "", "SCHILY.xattr.user.x": ""}
    return archive(file("a", uid=5, pax=records), symlink("l", "t", pax=records))


@suite.unpack(makes({"a": b"x", "b": b"y", "h": Is(links=2), "a2": Is("-", links=2), "d": Is("d")}))
def size_of_what_has_no_data(place: Place) -> Layers:
    """A size in the records of a link or a directory: no data follows."""
    return archive(
        file("a"), file("a2"), member("h", "1", link="a2", pax={"size": "4096"}),
        directory("d", pax={"size": "512"}), file("b", b"y"),
    )  # fmt: skip


@suite.unpack(makes({"a": b"x"}), each={"star": Dialect.STAR, "gnu": Dialect.GNU, "v7": Dialect.V7})
def records_in_other_dialects(place: Place, dialect: Dialect) -> Layers:
    """Records count whatever the magic of the entry."""
    return archive(file("zz", pax={"path": "../../a"}, dialect=dialect))


@suite.unpack(fails("sparse"))
def records_make_a_link_sparse(place: Place) -> Layers:
    """Records of a sparse file in front of a link to the canary."""
    records = {"GNU.sparse.map": "0,1", "GNU.sparse.numblocks": "1", "GNU.sparse.size": "1"}
    return archive(symlink("s", f"{place.canary}/f", pax=records))


@suite.unpack(fails("sparse"))
def old_sparse_with_records_of_the_new(place: Place) -> Layers:
    """An old sparse member behind records of a new one."""
    records = pax_header({"GNU.sparse.map": "0,1", "GNU.sparse.numblocks": "1", "GNU.sparse.size": "1"})
    return archive(records, old_gnu_sparse("s", 1, [(0, 1)], b"x"))


@suite.unpack(makes({"h": Is("-", b"x", links=2, uid=0), "f": Is(links=2)}))
def metadata_of_a_hard_link(place: Place) -> Layers:
    """Records of a hard link do not change what it links to."""
    return archive(file("f"), hard_link("h", "f", uid=9, mode=0o4777, pax={"mtime": "5", "SCHILY.xattr.user.x": "1"}))
