# SPDX-License-Identifier: Apache-2.0
"""Tar dialects: the same things said in every way there is."""

from __future__ import annotations

from umoci_test.raw_tar import (
    END, Checksum, Dialect, Header, LongNames, archive, base256, device, directory, fifo, file, gnu_long_link, gnu_long_name,
    hard_link, member, pax_global, pax_header, symlink,
)  # fmt: skip

from harness.stack import Layers, Reworded, Suite

suite = Suite("dialects")
DIALECTS = {dialect.name.lower(): dialect for dialect in Dialect}
HUGE = 3_000_000  # does not fit into seven octal digits
LATE = 2**33 + 5  # nor this into eleven


@suite.stack(each=DIALECTS)
def every_type(dialect: Dialect) -> Layers:
    """All types of entries, with owners and modes."""
    has_devices = dialect is not Dialect.V7
    nodes = [device("c", "3", 1, 3, dialect=dialect), device("b", "4", 7, 259, dialect=dialect)] if has_devices else []
    return archive(
        directory("d/", dialect=dialect, uid=1, gid=2, mode=0o2750),
        file("d/f", b"data" * 300, dialect=dialect, uid=3, gid=4, mode=0o4711, uname="root", gname="root"),
        file("empty", b"", dialect=dialect, mode=0),
        symlink("l", "d/f", dialect=dialect, uid=5),
        hard_link("h", "d/f", dialect=dialect),
        fifo("p", dialect=dialect, gid=6, mode=0o600),
        *nodes,
    )


@suite.stack(each=DIALECTS)
def numbers_in_base_256(dialect: Dialect) -> Layers:
    """Numbers that octal digits cannot hold."""
    return archive(
        file("f", b"abc", size=base256(3, 12), uid=HUGE, gid=HUGE + 1, mtime=LATE, dialect=dialect),
        file("past", mtime=-5, dialect=dialect),
        directory("d", uid=4_294_967_294, mtime=-(2**31), dialect=dialect),
    )


@suite.stack(
    each={
        "spaces-before": (b"   644 \0", b"          3 "),
        "no-end": (b"00000644", b"000000000003"),
        "nuls-behind": (b"644\0\0\0\0\0", b"3\0\0\0\0\0\0\0\0\0\0\0"),
        "nuls-before": (b"\0\0\0\0\0644", b"\0\0\0\0\0\0\0\0\0\0\x203"),
    }
)
def octal_digits(fields: tuple[bytes, bytes]) -> Layers:
    """Ways to write an octal number."""
    mode, size = fields
    return archive(file("f", b"abc", mode=mode, size=size))


@suite.stack(each={"star": Dialect.STAR, "gnu": Dialect.GNU})
def times_in_the_header(dialect: Dialect) -> Layers:
    """Access and change times of GNU and star headers."""
    return archive(file("f", dialect=dialect, atime=123, ctime=456), directory("d", dialect=dialect, atime=-1))


@suite.stack(each={"pax": LongNames.PAX, "gnu": LongNames.GNU, "split": LongNames.SPLIT, "cut": LongNames.CUT})
def long_names(how: LongNames) -> Layers:
    """Names and targets of more than 100 bytes."""
    parent = "p" * 60
    dialect = Dialect.GNU if how is LongNames.GNU else Dialect.USTAR
    fields = {"long_names": how, "dialect": dialect}
    return archive(
        directory(parent),
        file(f"{parent}/{'n' * 70}", b"data", **fields),
        symlink("l", "t" * 130, **fields),
        file(f"{parent}/short", b"2", **fields),
    )


@suite.stack()
def split_names_of_star() -> Layers:
    """The prefix of star is shorter than that of ustar."""
    parent = "p" * 120
    return archive(directory(parent, long_names=LongNames.PAX), file(f"{parent}/f", long_names=LongNames.SPLIT, dialect=Dialect.STAR))


@suite.stack()
def both_long_name_and_path_record() -> Layers:
    """A GNU long name beats the record of a PAX header."""
    return archive(
        pax_header({"path": "from-pax"}), gnu_long_name("from-gnu"), file("f", dialect=Dialect.GNU),
        gnu_long_link("target"), pax_header({"linkpath": "from-pax"}), symlink("l", "t"),
    )  # fmt: skip


@suite.stack()
def last_of_two_pax_headers() -> Layers:
    """A second header replaces the first."""
    return archive(pax_header({"path": "first", "uid": "7"}), pax_header({"gid": "8"}), file("f", uid=1, gid=1))


@suite.stack()
def last_of_two_records() -> Layers:
    """A second record of a name replaces the first."""
    return archive(member("f", pax=[("uid", "7"), ("uid", "8"), ("path", "x"), ("path", "y")]))


@suite.stack()
def global_header() -> Layers:
    """A header for the whole archive, as git writes."""
    entries = [directory("d"), file("d/f", uid=1)]
    return Reworded([archive(pax_global({"comment": "0123456789"}), *entries)], [archive(*entries)])


@suite.stack()
def global_header_between_entries() -> Layers:
    """Nothing that a global header could say belongs in a layer."""
    before, after = file("a"), file("b", b"data")
    return Reworded([archive(before, pax_global({"comment": "x", "uid": "7", "mtime": "5"}), after)], [archive(before, after)])


@suite.stack()
def signed_checksum() -> Layers:
    """A sum over signed bytes, as some old programs made."""
    return archive(file(b"f\xff\xfe", checksum=Checksum.SIGNED), file("g"))


@suite.stack(refused=True)
def wrong_checksum() -> Layers:
    """A header that was damaged."""
    return archive(file("f", checksum=Checksum.WRONG))


@suite.stack(each={"null": b"\0", "zero": b"0"})
def slash_behind_a_file(type_flag: bytes) -> Layers:
    """An old archive's directory is a file whose name ends in a slash; with ustar's type it stays a file."""
    return archive(member("d/", type_flag, dialect=Dialect.V7), member("f", type_flag, b"data", dialect=Dialect.V7))


@suite.stack()
def sizes_of_what_has_no_content() -> Layers:
    """Directories, links and devices have no data, whatever their size says."""
    return archive(
        directory("d", size=700), symlink("l", "d", size=3), fifo("p", size=1), device("c", "3", 1, 3, size=513), file("f", b"data"),
        hard_link("h", "f", size=4),
    )  # fmt: skip


@suite.stack()
def unknown_magic() -> Layers:
    """An archive of nobody's dialect is read as the oldest."""
    return archive(file("f", magic=b"strange\0", uid=4), directory("d", magic=b"ustar\0xx"))


@suite.stack(
    each={
        "none": b"",
        "one-block": bytes(512),
        "junk-behind": END + b"junk" * 400,
        "zeros-behind": bytes(20 * 512),
        "pending-pax": pax_header({"path": "x"}) + END,
        "pending-long-name": gnu_long_name("x") + END,
    }
)
def end_of_the_archive(end: bytes) -> Layers:
    """Ways in which an archive ends."""
    return archive(file("f", b"data"), end=end)


@suite.stack(refused=True, each={"header": 300, "content": 512 + 100, "after-one-zero-block": -1})
def cut_off(length: int) -> Layers:
    """An archive that ends too early, or goes on where it cannot."""
    whole = file("f", b"data" * 200)
    return whole[:length] if length > 0 else whole + bytes(512) + file("g")


@suite.stack()
def content_without_padding() -> Layers:
    """The last block may be short."""
    return Header(name="f", size=3).block() + b"abc"
