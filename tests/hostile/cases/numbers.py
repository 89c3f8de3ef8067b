# SPDX-License-Identifier: Apache-2.0
"""Numbers in headers: too large, negative, no numbers; and headers that are none."""

from __future__ import annotations

from umoci_test.raw_tar import (
    BLOCK_SIZE,
    END,
    Checksum,
    Dialect,
    Header,
    archive,
    base256,
    device,
    directory,
    file,
    hard_link,
    member,
    symlink,
)

from harness.case import EVERYWHERE, Suite, fails, makes
from harness.place import Layers, Place
from harness.trees import DIRECTORY, Is

suite = Suite("numbers")

FULL = b"\xff" * 12


@suite.unpack(
    fails("size|limit|archive ends|unexpected end|bytes"),
    each={
        "2^62": base256(2**62, 12),
        "2^63": base256(2**63, 12),
        "2^64": base256(2**64, 12),
        "2^87": base256(2**87, 12),
        "minus-1": base256(-1, 12),
        "all-ones": FULL,
        "least": b"\xc0" + bytes(11),
        "octal-most": b"777777777777",
        "octal-minus": b"-0000000001\0",
        "no-digits": b"0000zzz0000\0",
        "decimal": b"00000000089\0",
        "hex": b"0x000000010\0",
        "more-than-there-is": 1_000_000,
    },
)
def size(place: Place, value: bytes | int) -> Layers:
    """A file is as large as no file can be, or as its archive is not."""
    return archive(file("a", size=value), file("b"))


@suite.unpack(
    fails("size|limit|special header|archive ends"),
    each={f"{kind}-{name}": (kind, value) for kind in "xgLK" for name, value in {"1G": 1 << 30, "minus-1": base256(-1, 12), "2^63": base256(2**63, 12)}.items()},
)  # fmt: skip
def size_of_a_special_header(place: Place, what: tuple[str, bytes | int]) -> Layers:
    """Memory must not be had before there is anything to put into it."""
    kind, value = what
    return archive(Header(name="h", type=kind, size=value).block(), file("a"))


@suite.unpack(
    fails("not between 0 and 4294967294|not a number|no number"),
    each={
        "2^32-1": 2**32 - 1,
        "2^32": 2**32,
        "minus-1": -1,
        "minus-2": -2,
        "2^63": b"\x80" + (2**55).to_bytes(7, "big"),
        "octal-minus-1": b"-000001\0",
    },
    worlds=EVERYWHERE,
)
def owner(place: Place, value: bytes | int) -> Layers:
    """Cut to 32 bits such an id is root, or says that the owner stays who it was: the caller."""
    return archive(file("a", uid=value, mode=0o4755))


@suite.unpack(
    fails("not between 0 and 4294967294|no number"),
    each={
        f"{key}-{name}": (key, text)
        for key in ("uid", "gid")
        for name, text in {
            "2^32-1": "4294967295", "2^32": "4294967296", "minus-1": "-1", "2^63": "9223372036854775808",
            "exponent": "1e3", "hex": "0x10", "space": " 1", "plus": "+1",
        }.items()
    },
)  # fmt: skip
def owner_in_a_record(place: Place, what: tuple[str, str]) -> Layers:
    """The same in PAX records, for files, directories and links."""
    key, text = what
    return archive(directory("d", pax={key: text}), file("a"))


@suite.unpack(fails("not between 0 and 4294967294"), each={"file": "0", "directory": "5", "link": "2", "hard-link": "1", "pipe": "6"})
def owner_of_other_types(place: Place, kind: str) -> Layers:
    """The highest id means "leave it" to the kernel, for whatever has an owner."""
    return archive(file("f"), member("x", kind, link="f", gid=2**32 - 1))


@suite.unpack(makes({"a": Is("-", uid=2**32 - 2, gid=2**32 - 2, mode=0o6755)}))
def highest_owner(place: Place) -> Layers:
    """The highest id that there is, with set-id bits."""
    return archive(file("a", uid=2**32 - 2, gid=2**32 - 2, mode=0o6755))


@suite.unpack(
    fails("uid|owner|id .* (is not mapped|cannot be mapped|has no mapping)|map"),
    "--uid-map", "0:100000:1000", "--gid-map", "0:100000:1000",
    each={"file": "0", "directory": "5", "link": "2", "implied-root": None},
)  # fmt: skip
def owner_outside_of_the_map(place: Place, kind: str | None) -> Layers:
    """An id that the mapping does not know must not become any id at all."""
    if kind is None:
        return archive(file("d/f", uid=1000))
    return archive(file("f"), member("x", kind, link="f", uid=5000))


@suite.unpack(
    makes({".": Is(uid=100000), "d": Is("d", uid=100000, gid=100000), "d/f": Is(uid=100999), "s": Is("-", mode=0o6755, uid=100000)}),
    "--uid-map", "0:100000:1000", "--gid-map", "0:100000:1000",
)  # fmt: skip
def mapped_owner(place: Place) -> Layers:
    """Every object belongs to mapped ids, implied directories and set-id files included."""
    return archive(file("d/f", uid=999), file("s", mode=0o6755))


@suite.unpack(
    makes({"a": Is("-", mode=0o7777), "d": Is("d", mode=0o7777), "p": Is("p", mode=0o7777), "l": Is("l", mode=0o777)}),
    each={"octal": 0o7777777, "base256": base256(2**40 + 0o177777, 8), "all-ones": b"\xff" * 8, "types": 0o167777},
)
def mode(place: Place, value: bytes | int) -> Layers:
    """Only twelve bits of a mode are anybody's business: types are told elsewhere."""
    return archive(file("a", mode=value), directory("d", mode=value), member("p", "6", mode=value), symlink("l", "x", mode=value))


@suite.unpack(makes({"c": Is("c", device=(1, 3), mode=0o600), "b": Is("b", device=(7, 255)), "p": Is("p", device=None)}))
def type_bits_in_the_mode(place: Place) -> Layers:
    """The mode says that a pipe is a block device, and that a device is a directory."""
    return archive(
        device("c", "3", 1, 3, mode=0o40600), device("b", "4", 7, 255, mode=0o10600), member("p", "6", mode=0o60600, major=7)
    )


@suite.unpack(
    fails("device|major|minor|Invalid argument|not between"),
    each={"minus": b"\xff" * 8, "2^32": 2**32, "2^40": 2**40, "letters": b"abcdefg\0"},
)
def device_number(place: Place, value: bytes | int) -> Layers:
    """Device numbers out of range must not be cut to the number of some disk."""
    return archive(device("disk", "4", value, value))


@suite.unpack(makes({"a": b"x", "d": DIRECTORY, "l": "t"}, may_warn="cannot store this modification time"), each={
    "huge": 2**62, "least": -(2**62), "minus-1": -1, "2^33": 2**33, "before-1901": -(2**32),
}, worlds=EVERYWHERE)  # fmt: skip
def time(place: Place, value: int) -> Layers:
    """Times that no file system can store are brought into range, not wrapped or refused."""
    return archive(file("a", mtime=value), directory("d", mtime=value), symlink("l", "t", mtime=value))


@suite.unpack(makes({"a": Is(mtime_ns=-1 * 10**9)}))
def time_before_the_epoch(place: Place) -> Layers:
    """One second before 1970."""
    return archive(file("a", mtime=-1))


@suite.unpack(
    fails("checksum"),
    each={
        "wrong": Checksum.WRONG,
        "zero": bytes(8),
        "blank": b" " * 8,
        "all-ones": b"\xff" * 8,
        "minus": b"-00001\0 ",
        "letters": b"sumsum\0 ",
    },
)
def checksum(place: Place, value: Checksum | bytes) -> Layers:
    """A header whose sum is wrong is no header."""
    return archive(file("a", checksum=value))


@suite.unpack(makes({"\udcff\udcfe": b"x", "f": b"x"}))
def signed_checksum(place: Place) -> Layers:
    """Some old programs added up signed characters."""
    return archive(file(b"\xff\xfe", checksum=Checksum.SIGNED), file("f"))


@suite.unpack(
    fails("checksum|zero block|archive ends|header"),
    each={
        "all-ones": b"\xff" * 4096,
        "text": b"this is no archive\n" * 100,
        "half-a-header": file("a")[:300],
        "zero-then-header": bytes(BLOCK_SIZE) + file("a") + END,
        "shifted": b"\0" + archive(file("a")),
        "gzip-inside": b"\x1f\x8b\x08" + bytes(509),
    },
    worlds=EVERYWHERE,
)
def no_header(place: Place, tar: bytes) -> Layers:
    """What is no archive."""
    return tar


@suite.unpack(fails("cannot be read|type"), each={kind: kind for kind in "ADEIMNVXZs8\x01\xff"}, worlds=EVERYWHERE)
def unknown_type(place: Place, kind: str) -> Layers:
    """An entry of a type that nobody knows: an error, before anything of that name is touched."""
    return [archive(file("x", b"precious")), archive(member("x", kind.encode("latin-1"), b"data"))]


@suite.unpack(makes({"a": Is("-", b"x", links=2), "a2": Is(links=2), "b": b"y", "d": DIRECTORY, "l": "t"}))
def size_of_what_has_no_data(place: Place) -> Layers:
    """Directories, links and pipes have no data, whatever their size says: nothing is skipped."""
    return archive(
        directory("d", size=5000), file("a"), symlink("l", "t", size=512), hard_link("a2", "a", size=1 << 40),
        file("b", b"y"),
    )  # fmt: skip


@suite.unpack(makes({"a": Is("-", b"x", uid=7), "b": b"y"}), each={d.name: d for d in Dialect})
def blanks_around_numbers(place: Place, dialect: Dialect) -> Layers:
    """Old programs filled fields with blanks; empty fields are zero."""
    return archive(
        file("a", uid=b"     7 \0", size=b"         1 \0", mtime=bytes(12), dialect=dialect),
        file("b", b"y", size=b"00000000001 ", gid=b" " * 8, dialect=dialect),
    )
