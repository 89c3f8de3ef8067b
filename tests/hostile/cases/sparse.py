# SPDX-License-Identifier: Apache-2.0
"""Sparse files: maps that lie, never end, or ask for the whole disk."""

from __future__ import annotations

import os

from umoci_test.raw_tar import BLOCK_SIZE, END, Dialect, Header, archive, file, member, old_gnu_sparse, padded, pax_sparse

from harness.case import EVERYWHERE, Suite, fails, makes, works
from harness.place import Layers, Place
from harness.trees import Is, check_tree

suite = Suite("sparse")

MIB = 1 << 20
VERSIONS = ("0.0", "0.1", "1.0")


def bad_maps() -> dict[str, tuple[int, list[tuple[int, int]], bytes]]:
    """Real size, extents, data."""
    return {
        "overlap": (1000, [(0, 10), (5, 10)], bytes(20)),
        "backwards": (1000, [(500, 10), (0, 10)], bytes(20)),
        "same-twice": (1000, [(0, 10), (0, 10)], bytes(20)),
        "beyond-the-end": (10, [(5, 10)], bytes(10)),
        "offset-beyond-the-end": (10, [(11, 0)], b""),
        "sum-overflows": (1000, [(2**63 - 5, 10)], bytes(10)),
        "offset-2^63": (1000, [(2**63, 1)], b"x"),
        "size-2^63": (1000, [(0, 2**63)], b"x"),
        "less-data": (1000, [(0, 10)], bytes(5)),
        "more-data": (1000, [(0, 5)], bytes(10)),
        "no-data": (1000, [(0, 1000)], b""),
    }


@suite.unpack(
    fails("sparse|region|bytes|data|size|number"),
    each={f"{version}-{name}": (version, bad) for version in (*VERSIONS, "old") for name, bad in bad_maps().items()},
)
def bad_map(place: Place, what: tuple[str, tuple[int, list[tuple[int, int]], bytes]]) -> Layers:
    """Regions that overlap, go backwards, lie outside of the file, or are not what the data is."""
    version, (real, extents, data) = what
    if version == "old":
        return archive(old_gnu_sparse("s", real, extents, data))
    return archive(pax_sparse(version, "s", real, extents, data))


@suite.unpack(
    fails("sparse|number|GNU"),
    each={
        "minus": {"GNU.sparse.map": "-1,1"},
        "letters": {"GNU.sparse.map": "a,b"},
        "odd": {"GNU.sparse.map": "0"},
        "comma": {"GNU.sparse.map": "0,1,"},
        "count-too-high": {"GNU.sparse.numblocks": "2"},
        "count-minus": {"GNU.sparse.numblocks": "-1"},
        "count-huge": {"GNU.sparse.numblocks": "9999999999999999999"},
        "size-minus": {"GNU.sparse.size": "-1"},
        "size-missing": {"GNU.sparse.size": ""},
        "version-9": {"GNU.sparse.major": "9", "GNU.sparse.minor": "0"},
        "map-twice": {"GNU.sparse.offset": "0", "GNU.sparse.numbytes": "1"},
        "pair-without-size": {"GNU.sparse.offset": "0"},
        "pair-without-offset": {"GNU.sparse.numbytes": "0"},
    },
)
def bad_records(place: Place, records: dict[str, str]) -> Layers:
    """Records that contradict each other, or are no numbers."""
    return archive(pax_sparse("0.1", "s", 10, [(0, 1)], b"x", records=records))


@suite.unpack(
    fails("sparse|limit|bytes"),
    each={
        "count-huge": b"99999999999\n",
        "count-minus": b"-1\n",
        "count-empty": b"\n",
        "no-newline": b"1" * 5000,
        "digits-without-end": b"0" * 100_000 + b"1\n",
        "letters": b"abc\n",
        "ends-early": b"3\n0\n1\n",
        "nul": bytes(BLOCK_SIZE),
    },
)
def bad_map_in_the_data(place: Place, text: bytes) -> Layers:
    """Version 1.0 has its map in front of the data."""
    return archive(pax_sparse("1.0", "s", 10, [], b"", map_blocks=padded(text)))


@suite.unpack(fails("sparse_extents"))
def map_in_the_data_of_two_million(place: Place) -> Layers:
    """A map of two million regions without any data: CVE-2025-58183."""
    count = 2_000_000
    return archive(pax_sparse("1.0", "s", 10, [], b"", map_blocks=padded(b"%d\n" % count + b"0\n0\n" * count)))


@suite.unpack(fails("sparse|archive ends|limit"), each={"empty": b"", "full": b"%011o\0" % 0 * 42})
def old_map_that_never_ends(place: Place, cells: bytes) -> Layers:
    """Each block of an old map says that there is one more."""
    header = old_gnu_sparse("s", 1 << 30, [(0, 0)] * 5, b"")[:BLOCK_SIZE]
    block = cells.ljust(504, b"\0") + b"\1" + bytes(7)
    return header + block * 60_000 + END


@suite.unpack(makes({"s": Is("-", b"x" * 512 + bytes(512), size=1024)}))
def old_map_within_a_block(place: Place) -> Layers:
    """Extension blocks that are empty."""
    header = old_gnu_sparse("s", 1024, [(0, 512)], b"x" * 512, patch={482: b"\1"})[:BLOCK_SIZE]
    return archive(header, bytes(504) + b"\1" + bytes(7), bytes(BLOCK_SIZE), b"x" * 512)


@suite.unpack(fails("sparse"))
def sparse_member_of_star(place: Place) -> Layers:
    """star has members of the same type with another layout."""
    return archive(Header(name="s", type="S", size=512, dialect=Dialect.STAR).block(), bytes(512))


@suite.unpack(
    fails("limit (file_bytes|layer_bytes)|bytes exceeds"),
    each={f"{version}-{name}": (version, size) for version in (*VERSIONS, "old") for name, size in {"1T+1": (1 << 40) + 1, "2^63-1": 2**63 - 1}.items()},
    worlds=EVERYWHERE,
)  # fmt: skip
def larger_than_any_file(place: Place, what: tuple[str, int]) -> Layers:
    """One block asks for more than a TiB of zeros."""
    version, size = what
    if version == "old":
        return archive(old_gnu_sparse("s", size, [(0, 1)], b"x"))
    return archive(pax_sparse(version, "s", size, [(0, 1)], b"x"))


@suite.unpack(fails("limit"), limit_seconds=20)
def many_that_are_large_together(place: Place) -> Layers:
    """Each file is as large as a file may be, all together are larger than a layer."""
    return archive(*(pax_sparse("0.1", f"s{i}", 1 << 39, [(0, 1)], b"x") for i in range(3)))


@suite.unpack(
    works(lambda place, _: check_hole(place)), each={version: version for version in (*VERSIONS, "old")}, worlds=EVERYWHERE
)
def hole_stays_a_hole(place: Place, version: str) -> Layers:
    """A file of 64 MiB with a KiB of data takes a few blocks of the disk."""
    extents, data = [(MIB, 512), (63 * MIB, 512), (64 * MIB, 0)], b"1" * 512 + b"2" * 512
    if version == "old":
        return archive(old_gnu_sparse("s", 64 * MIB, extents, data), file("next"))
    return archive(pax_sparse(version, "s", 64 * MIB, extents, data), file("next"))


def check_hole(place: Place) -> None:
    check_tree(place.rootfs, {"s": Is("-", size=64 * MIB), "next": b"x"})
    assert os.stat(place.rootfs / "s").st_blocks * 512 < 2 * MIB, "the hole was filled"
    with open(place.rootfs / "s", "rb") as sparse:
        for offset, expected in ((0, b"\0"), (MIB, b"1"), (MIB + 512, b"\0"), (63 * MIB, b"2"), (64 * MIB - 1, b"\0")):
            sparse.seek(offset)
            assert sparse.read(1) == expected, f"byte {offset}"


@suite.unpack(makes(lambda place: {f"{place.canary[1:]}/f": b"x"}), each={version: version for version in ("0.1", "1.0")}, worlds=EVERYWHERE)
def name_in_a_record(place: Place, version: str) -> Layers:
    """The name of a sparse file is in a record, and is that of a file of the canary."""
    return archive(pax_sparse(version, place.up(f"{place.canary}/f"), 1, [(0, 1)], b"x"))


@suite.unpack(makes({"s": Is("-", b"", size=0), "t": Is("-", bytes(100)), "u": b"x"}))
def nothing_but_hole(place: Place) -> Layers:
    """Files without any region."""
    return archive(
        pax_sparse("1.0", "s", 0, [], b""), pax_sparse("1.0", "t", 100, [], b""), pax_sparse("0.0", "u", 1, [(0, 1)], b"x")
    )


@suite.unpack(makes({"s": Is("-", bytes(10), size=10), "next": b"x"}))
def many_regions_of_nothing(place: Place) -> Layers:
    """A hundred thousand regions without a byte."""
    return archive(pax_sparse("1.0", "s", 10, [(5, 0)] * 100_000, b""), file("next"))


@suite.unpack(fails("sparse|unknown|missing"))
def records_without_a_map(place: Place) -> Layers:
    """Records tell of a sparse file, but not what is in it."""
    return archive(member("a", "0", b"x", pax={"GNU.sparse.name": "b", "GNU.sparse.realsize": "5"}))


@suite.unpack(fails("limit"), each={version: version for version in ("1.0", "old")}, limit_seconds=20)
def hole_of_almost_a_tib(place: Place, version: str) -> Layers:
    """A layer of 2 KiB with a file that is a single hole: to hash it would take an hour."""
    size = (1 << 40) - 1
    if version == "old":
        return archive(old_gnu_sparse("s", size, [(0, 1)], b"x"))
    return archive(pax_sparse(version, "s", size, [(0, 1)], b"x"))
