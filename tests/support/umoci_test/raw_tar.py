# SPDX-License-Identifier: Apache-2.0
"""Tar archives made by hand, of every dialect, right or wrong.

An archive is bytes; so is each member, and an archive is the sum of its members:

    archive(directory("d"), file("d/f", b"data", uid=7), symlink("l", "d/f"))

`member` and its short forms (file, directory, symlink, hard_link, fifo, device, whiteout, opaque) take
every field of `Header` as a keyword. Text is str (UTF-8, surrogates stand for odd bytes) or bytes.
A number is an int, written in octal where it fits and in base-256 where not, or bytes that are put
into the field as they are. Nothing is checked: what is asked for is what is written.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from typing import Any

Text = str | bytes
Number = int | bytes
Records = Mapping[Text, Text] | Iterable[tuple[Text, Text]]
Extents = Iterable[tuple[int, int]]  # (offset, size) of what is data in a sparse file

BLOCK_SIZE = 512
END = bytes(2 * BLOCK_SIZE)


class Dialect(enum.Enum):
    """Says which magic a header has, and what its last 167 bytes mean."""

    V7 = bytes(8)
    USTAR = b"ustar\x0000"
    STAR = b"ustar\x0000 "  # the space is only here to make a value of its own
    GNU = b"ustar  \x00"


class LongNames(enum.Enum):
    """What becomes of names and link targets of more than 100 bytes."""

    PAX = "in a PAX record"
    GNU = "in an L or K member"
    SPLIT = "the name split at a slash (ustar, star); targets cut"
    CUT = "cut"


class Checksum(enum.Enum):
    """How a header sums up its bytes."""

    UNSIGNED = "bytes are 0 to 255"
    SIGNED = "bytes are -128 to 127, as some old programs had it"
    WRONG = "one more than it should be"


def raw(text: Text) -> bytes:
    """The bytes of a text."""
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


def padded(data: bytes) -> bytes:
    """Data filled up with NULs to whole blocks."""
    return data + bytes(-len(data) % BLOCK_SIZE)


def octal(value: int, width: int) -> bytes:
    """Digits with a NUL behind them."""
    return b"%0*o\0" % (width - 1, value)


def base256(value: int, width: int) -> bytes:
    """A two's complement number whose first bit says what it is."""
    data = bytearray(value.to_bytes(width, "big", signed=True))
    data[0] |= 0x80
    return bytes(data)


def number(value: Number, width: int) -> bytes:
    """A numeric field: octal if it fits, else base-256; bytes stay what they are."""
    if isinstance(value, bytes):
        return value
    return octal(value, width) if 0 <= value < 8 ** (width - 1) else base256(value, width)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Header:
    """One header block.

    `patch` maps offsets to bytes, put in last but for the checksum, which is right about them.
    `checksum` may also be the 8 bytes of its field.
    """

    name: Text = b""
    type: Text = b"0"
    size: Number = 0
    mode: Number = 0o644
    uid: Number = 0
    gid: Number = 0
    mtime: Number = 1_000_000_000
    link: Text = b""
    dialect: Dialect = Dialect.USTAR
    uname: Text = b""
    gname: Text = b""
    major: Number = 0
    minor: Number = 0
    prefix: Text = b""  # ustar and star
    atime: Number | None = None  # star and GNU
    ctime: Number | None = None  # star and GNU
    magic: bytes | None = None  # None: the dialect's
    patch: Mapping[int, bytes] = dataclasses.field(default_factory=dict)
    checksum: Checksum | bytes = Checksum.UNSIGNED

    def block(self) -> bytes:
        """The 512 bytes."""
        block = bytearray(BLOCK_SIZE)

        def put(offset: int, width: int, data: bytes) -> None:
            data = data[:width]
            block[offset : offset + len(data)] = data

        put(0, 100, raw(self.name))
        put(100, 8, number(self.mode, 8))
        put(108, 8, number(self.uid, 8))
        put(116, 8, number(self.gid, 8))
        put(124, 12, number(self.size, 12))
        put(136, 12, number(self.mtime, 12))
        put(156, 1, raw(self.type))
        put(157, 100, raw(self.link))
        put(257, 8, self.dialect.value if self.magic is None else self.magic)
        if self.dialect is not Dialect.V7:
            put(265, 32, raw(self.uname))
            put(297, 32, raw(self.gname))
            put(329, 8, number(self.major, 8))
            put(337, 8, number(self.minor, 8))
        atime, ctime = {Dialect.STAR: (476, 488), Dialect.GNU: (345, 357)}.get(self.dialect, (0, 0))
        if self.dialect in (Dialect.USTAR, Dialect.STAR):
            put(345, 131 if self.dialect is Dialect.STAR else 155, raw(self.prefix))
        if self.dialect is Dialect.STAR:
            put(508, 4, b"tar\0")
        if atime and self.atime is not None:
            put(atime, 12, number(self.atime, 12))
        if ctime and self.ctime is not None:
            put(ctime, 12, number(self.ctime, 12))
        for offset, data in self.patch.items():
            put(offset, len(data), data)
        put(148, 8, self._sum(bytes(block)))
        return bytes(block)

    def _sum(self, block: bytes) -> bytes:
        if isinstance(self.checksum, bytes):
            return self.checksum
        data = block[:148] + b" " * 8 + block[156:]
        if self.checksum is Checksum.SIGNED:
            total = sum(byte - 256 if byte > 127 else byte for byte in data)
        else:
            total = sum(data) + (self.checksum is Checksum.WRONG)
        return b"%06o\0 " % total if total >= 0 else b"-%05o\0 " % -total


def member(
    name: Text,
    type: Text = b"0",
    data: bytes = b"",
    *,
    pax: Records | bytes | None = None,
    long_names: LongNames = LongNames.PAX,
    **fields: Any,
) -> bytes:
    """Whatever must precede a header, the header, and data with its padding.

    The size is that of the data unless it is given, so a lie is `file("f", b"xyz", size=10)`.
    """
    name, link = raw(name), raw(fields.get("link", b""))
    if isinstance(pax, bytes):
        before = pax_header(pax)
    else:
        records = _long_names(name, link) if long_names is LongNames.PAX else []
        records += _pairs(pax or ())
        before = pax_header(records) if records else b""
    if long_names is LongNames.GNU:
        before += gnu_long_link(link) if len(link) > 100 else b""
        before += gnu_long_name(name) if len(name) > 100 else b""
    if long_names is LongNames.SPLIT and len(name) > 100:
        cut = name.index(b"/", len(name) - 101)
        fields["prefix"], name = name[:cut], name[cut + 1 :]
    fields.setdefault("size", len(data))
    return before + Header(name=name, type=type, **fields).block() + padded(data)


def _long_names(name: bytes, link: bytes) -> list[tuple[Text, Text]]:
    """The records for what does not fit into a header."""
    texts = [("path", name), ("linkpath", link)]
    return [(key, text) for key, text in texts if len(text) > 100]


def file(name: Text, data: bytes = b"x", **fields: Any) -> bytes:
    """A regular file."""
    return member(name, b"0", data, **fields)


def directory(name: Text, **fields: Any) -> bytes:
    """A directory, mode 0755 unless said otherwise."""
    return member(name, b"5", **{"mode": 0o755, **fields})


def symlink(name: Text, target: Text, **fields: Any) -> bytes:
    """A symbolic link."""
    return member(name, b"2", link=target, **{"mode": 0o777, **fields})


def hard_link(name: Text, target: Text, **fields: Any) -> bytes:
    """Another name for what is at `target`."""
    return member(name, b"1", link=target, **fields)


def fifo(name: Text, **fields: Any) -> bytes:
    """A named pipe."""
    return member(name, b"6", **fields)


def device(name: Text, type: Text, major: Number, minor: Number, **fields: Any) -> bytes:
    """A character ("3") or block ("4") device."""
    return member(name, type, major=major, minor=minor, **fields)


def whiteout(path: Text, **fields: Any) -> bytes:
    """Says that `path` of lower layers is gone."""
    parent, slash, name = raw(path).rpartition(b"/")
    return member(parent + slash + b".wh." + name, **{"mode": 0, "mtime": 0, **fields})


def opaque(path: Text, **fields: Any) -> bytes:
    """Says that what lower layers have in the directory `path` is gone."""
    prefix = raw(path).rstrip(b"/")
    name = b".wh..wh..opq"
    return member(prefix + b"/" + name if prefix else name, **{"mode": 0, "mtime": 0, **fields})


def pax_record(key: Text, value: Text, length: int | bytes | None = None) -> bytes:
    """`LENGTH KEY=VALUE`, of the right length unless another one is given."""
    rest = b" " + raw(key) + b"=" + raw(value) + b"\n"
    if length is not None:
        return (length if isinstance(length, bytes) else b"%d" % length) + rest
    total = len(rest)
    while len(b"%d" % total) + len(rest) != total:
        total += 1
    return b"%d" % total + rest


def _pairs(records: Records) -> list[tuple[Text, Text]]:
    return list(records.items() if isinstance(records, Mapping) else records)


def pax_body(records: Records) -> bytes:
    """Records in the order given; a list may name a key twice."""
    return b"".join(pax_record(key, value) for key, value in _pairs(records))


def pax_header(records: Records | bytes, type: Text = b"x", **fields: Any) -> bytes:
    """An extended header for the next member; its body as records or as bytes."""
    body = records if isinstance(records, bytes) else pax_body(records)
    fields = {"name": b"PaxHeaders.0/x", "size": len(body), **fields}
    return Header(type=type, **fields).block() + padded(body)


def pax_global(records: Records | bytes, **fields: Any) -> bytes:
    """A header for all members that follow."""
    return pax_header(records, b"g", **{"name": b"pax_global_header", **fields})


def gnu_long_name(name: Text, type: Text = b"L", **fields: Any) -> bytes:
    """An `L` member: the next member's name."""
    body = raw(name) + b"\0"
    fields = {"name": b"././@LongLink", "size": len(body), "dialect": Dialect.GNU, **fields}
    return Header(type=type, **fields).block() + padded(body)


def gnu_long_link(target: Text, **fields: Any) -> bytes:
    """A `K` member: the next member's link target."""
    return gnu_long_name(target, b"K", **fields)


def sparse_table(extents: Extents, slots: int, width: int = 12) -> bytes:
    """Offsets and sizes as the old GNU format has them; slots left over are NUL."""
    cells = [number(cell, width) for extent in extents for cell in extent]
    return b"".join(cells).ljust(slots * 2 * width, b"\0")


def old_gnu_sparse(name: Text, real_size: Number, extents: Extents, data: bytes, **fields: Any) -> bytes:
    """A member of type `S`: 4 extents in the header, 21 in each block behind it."""
    extents = list(extents)
    patch = {
        386: sparse_table(extents[:4], 4),
        482: b"\1" if len(extents) > 4 else b"\0",
        483: number(real_size, 12),
        **fields.pop("patch", {}),
    }
    blocks = b""
    for first in range(4, len(extents), 21):
        more = b"\1" if first + 21 < len(extents) else b"\0"
        blocks += (sparse_table(extents[first : first + 21], 21) + more).ljust(BLOCK_SIZE, b"\0")
    fields = {"size": len(data), "dialect": Dialect.GNU, **fields}
    return Header(name=name, type=b"S", patch=patch, **fields).block() + blocks + padded(data)


def pax_sparse(
    version: str, name: Text, real_size: int, extents: Extents, data: bytes, **fields: Any
) -> bytes:
    """A member whose holes PAX records tell of; `version` is "0.0", "0.1" or "1.0".

    `records` (keyword) are added last, so that they override; `map_blocks` (keyword) replaces the map in front
    of the data of version 1.0.
    """
    extents = list(extents)
    overrides = _pairs(fields.pop("records", ()))
    map_blocks = fields.pop("map_blocks", None)
    size = str(real_size)
    records: list[tuple[Text, Text]] = []
    if version == "0.0":
        records = [("GNU.sparse.size", size), ("GNU.sparse.numblocks", str(len(extents)))]
        for offset, length in extents:
            records += [("GNU.sparse.offset", str(offset)), ("GNU.sparse.numbytes", str(length))]
    elif version == "0.1":
        records = [
            ("GNU.sparse.size", size),
            ("GNU.sparse.numblocks", str(len(extents))),
            ("GNU.sparse.name", name),
            ("GNU.sparse.map", ",".join(f"{offset},{length}" for offset, length in extents)),
        ]
    else:
        records = [
            ("GNU.sparse.major", "1"),
            ("GNU.sparse.minor", "0"),
            ("GNU.sparse.name", name),
            ("GNU.sparse.realsize", size),
        ]
        if map_blocks is None:
            numbers = [len(extents)] + [cell for extent in extents for cell in extent]
            map_blocks = padded(b"".join(b"%d\n" % cell for cell in numbers))
        data = map_blocks + data
    return member(name, b"0", data, pax=records + overrides, **fields)


def archive(*members: bytes, end: bytes = END) -> bytes:
    """Members and what marks the end."""
    return b"".join(members) + end
