# SPDX-License-Identifier: Apache-2.0
"""Compressed streams: damaged, padded, lying about their sizes, exploding."""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from collections.abc import Iterable

from umoci_test.oci_layout import Compression, Layer, digest_of
from umoci_test.raw_tar import END, Header, archive, directory, file

from harness.case import Suite, fails, makes
from harness.place import Layers, Place
from harness.trees import Is, Tree

suite = Suite("streams")

TAR = archive(directory("d"), file("d/a", b"hello" * 1000), file("b", b"x" * 3000))
TREE: Tree = {"d/a": b"hello" * 1000, "b": b"x" * 3000}
GZIP = Compression.GZIP.compress(TAR)
ZSTD = Compression.ZSTD.compress(TAR)
MIB = 1 << 20


def gzipped(blob: bytes, tar: bytes = TAR) -> Layer:
    return Layer(tar, Compression.GZIP, blob=blob)


def zstandard(blob: bytes, tar: bytes = TAR) -> Layer:
    return Layer(tar, Compression.ZSTD, blob=blob)


@suite.unpack(
    fails("gzip"),
    each={f"{count}": count for count in (0, 1, 2, 5, 10, 18, 50, len(GZIP) - 9, len(GZIP) - 8, len(GZIP) - 4, len(GZIP) - 1)},
)
def gzip_cut_off(place: Place, count: int) -> Layers:
    """The stream ends too early, with digest and size right."""
    return gzipped(GZIP[:count])


@suite.unpack(fails("zstd"), each={f"{count}": count for count in (0, 1, 3, 4, 5, 6, 12, 50, len(ZSTD) - 1)})
def zstd_cut_off(place: Place, count: int) -> Layers:
    """The same for zstd."""
    return zstandard(ZSTD[:count])


@suite.unpack(
    fails("gzip"),
    each={
        "crc": GZIP[:-8] + bytes(4) + GZIP[-4:],
        "length": GZIP[:-4] + b"\0\0\0\1",
        "junk-behind": GZIP + b"junk!" * 10,
        "magic-behind": GZIP + b"\x1f\x8b\x08junk",
        "nul-and-junk-behind": GZIP + bytes(100) + b"x",
        "reserved-flags": GZIP[:3] + b"\xe0" + GZIP[4:],
        "method": GZIP[:2] + b"\x07" + GZIP[3:],
        "name-without-end": b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 100_000,
        "extra-without-end": b"\x1f\x8b\x08\x04" + bytes(6) + b"\xff\xff" + b"a" * 100,
        "header-checksum": b"\x1f\x8b\x08\x02" + bytes(6) + b"\1\2" + GZIP[10:],
        "reserved-block": GZIP[:10] + b"\x07" + GZIP[11:],
        "plain-tar": TAR,
        "zstd": ZSTD,
    },
)
def gzip_damaged(place: Place, blob: bytes) -> Layers:
    """What is no gzip stream, or none whose checksums are right."""
    return gzipped(blob)


@suite.unpack(
    fails("zstd"),
    each={
        "junk-behind": ZSTD + b"junk",
        "nul-behind": ZSTD + bytes(4),
        "skippable-without-end": struct.pack("<II", 0x184D2A50, 0xFFFFFFFF) + ZSTD,
        "reserved-bit": ZSTD[:4] + bytes([ZSTD[4] | 8]) + ZSTD[5:],
        "checksum": ZSTD[:-1] + bytes([ZSTD[-1] ^ 1]),
        "dictionary": struct.pack("<I", 0xFD2FB528) + bytes([0x03, 0x38, 1, 2, 3, 4]) + b"\1\0\0",
        "reserved-block": struct.pack("<I", 0xFD2FB528) + bytes([0x20, 0]) + b"\7\0\0",
        "old-format": struct.pack("<I", 0xFD2FB527) + bytes(20),
        "gzip": GZIP,
        "plain-tar": TAR,
    },
)
def zstd_damaged(place: Place, blob: bytes) -> Layers:
    """What is no zstd stream, or none whose checksums are right."""
    return zstandard(blob)


@suite.unpack(fails("checksum|header"), each={"gzip": GZIP, "zstd": ZSTD})
def compressed_but_called_plain(place: Place, blob: bytes) -> Layers:
    """What a layer is says its media type, not its first bytes."""
    return Layer(blob)


@suite.unpack(makes(TREE, warns="padding"))
def gzip_with_padding(place: Place) -> Layers:
    """A MiB of NUL behind the stream."""
    return gzipped(GZIP + bytes(MIB))


@suite.unpack(makes(TREE))
def gzip_of_many_members(place: Place) -> Layers:
    """Thousands of empty members around the one that counts."""
    nothing = gzip.compress(b"", mtime=0)
    return gzipped(nothing * 20_000 + GZIP + nothing * 20_000)


@suite.unpack(makes(TREE))
def gzip_of_a_member_for_each_byte(place: Place) -> Layers:
    """A member for each byte of the first block."""
    return gzipped(b"".join(gzip.compress(TAR[i : i + 1], mtime=0) for i in range(512)) + gzip.compress(TAR[512:], mtime=0))


@suite.unpack(makes(TREE))
def zstd_of_many_frames(place: Place) -> Layers:
    """Thousands of empty frames and skippable ones."""
    nothing = Compression.ZSTD.compress(b"")
    skipped = struct.pack("<II", 0x184D2A5E, 9) + bytes(9)
    return zstandard((nothing + skipped) * 20_000 + ZSTD + nothing * 20_000)


def sized_member(content: bytes, size: int | None = None, length: int | None = None) -> bytes:
    """A gzip member that tells its size in an extra field, as ours do; `size` and `length` are lies."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = deflate.compress(content) + deflate.flush()
    total = 20 + len(body) + 8 if size is None else size
    header = b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff" + struct.pack("<H", 8) + b"UM\x04\0" + struct.pack("<I", total & 0xFFFFFFFF)
    return header + body + struct.pack("<II", zlib.crc32(content), len(content) if length is None else length)


@suite.unpack(makes(TREE))
def sized_members(place: Place) -> Layers:
    """Members that tell their size truly, beside others that do not tell it, or tell too much."""
    return gzipped(sized_member(TAR[:700]) + gzip.compress(TAR[700:900]) + sized_member(TAR[900:], size=0xFFFFFFFF))


@suite.unpack(
    fails("gzip"),
    each={
        "size-0": sized_member(TAR, 0),
        "size-of-the-header": sized_member(TAR, 20),
        "size-one-less": sized_member(TAR, len(sized_member(TAR)) - 1),
        "size-one-more": sized_member(TAR, len(sized_member(TAR)) + 1) + GZIP,
        "size-of-two": sized_member(TAR[:700], 2 * len(sized_member(TAR[:700]))) + sized_member(TAR[700:]),
        "size-beyond-the-end": sized_member(TAR, 900_000),
        "length-huge": sized_member(TAR, length=0xFFFFFFFF),
        "length-0": sized_member(TAR, length=0),
        "length-less": sized_member(TAR, length=len(TAR) - 1),
        "length-more": sized_member(TAR, length=len(TAR) + 1),
        "content-over-a-mib": sized_member(bytes(2 * MIB)),
        "content-over-a-mib-untold": sized_member(bytes(2 * MIB), length=512),
        "cut-off": sized_member(TAR)[:-5],
    },
)
def sized_member_that_lies(place: Place, blob: bytes) -> Layers:
    """Members are inflated side by side by what they tell of their sizes, which may be wrong."""
    return gzipped(blob)


def frame(descriptor: int, head: bytes, *blocks: bytes) -> bytes:
    """A zstd frame made by hand."""
    return struct.pack("<I", 0xFD2FB528) + bytes([descriptor]) + head + b"".join(blocks)


def block(kind: int, size: int, data: bytes, last: bool = False) -> bytes:
    return struct.pack("<I", size << 3 | kind << 1 | last)[:3] + data


EMPTY_BLOCK = block(0, 0, b"", last=True)


@suite.unpack(
    fails("zstd"),
    each={
        "window-2^41": frame(0, b"\xf8", EMPTY_BLOCK),
        "window-256-mib": frame(0, bytes([(28 - 10) << 3]), EMPTY_BLOCK),
        "content-2^62": frame(0xE0, struct.pack("<Q", 1 << 62), EMPTY_BLOCK),
        "content-more-than-told": frame(0x20, b"\x05", block(0, 10, b"x" * 10, last=True)),
        "content-less-than-told": frame(0x20, b"\x20", block(0, 10, b"x" * 10, last=True)),
        "block-beyond-the-window": frame(0, b"\0", block(1, 1 << 20, b"x", last=True)),
        "blocks-without-end": frame(0x20, b"\x05") + block(0, 0, b"") * 500_000,
        "blocks-of-nothing-in-a-large-frame": frame(0, b"\x40") + block(0, 0, b"") * 500_000,
    },
)
def zstd_that_lies(place: Place, blob: bytes) -> Layers:
    """Frames ask for more memory than they may, or are not as long as they tell."""
    return zstandard(blob, b"")


@suite.unpack(makes({}))
def zstd_with_the_largest_window(place: Place) -> Layers:
    """128 MiB may be asked for."""
    return zstandard(frame(0, bytes([(27 - 10) << 3]), EMPTY_BLOCK), b"")


def bomb(pieces: Iterable[bytes], count: int) -> tuple[bytes, str]:
    """A gzip stream and the digest of what is in it, without having that in memory."""
    deflate, digest, out = zlib.compressobj(9, zlib.DEFLATED, 31), hashlib.sha256(), []
    for piece in (*pieces, *[bytes(MIB)] * count):
        out.append(deflate.compress(piece))
        digest.update(piece)
    out.append(deflate.flush())
    return b"".join(out), f"sha256:{digest.hexdigest()}"


@suite.unpack(makes({"d/a": b"x"}), memory_mib=300)
def padding_bomb(place: Place) -> Layers:
    """600 MiB of zeros behind the end of the archive, in 600 KiB; memory must not grow: CVE-2017-14992."""
    blob, diff_id = bomb([file("d/a"), END], 600)
    return Layer(b"", Compression.GZIP, blob=blob, diff_id=diff_id)


@suite.unpack(fails("limit expansion_ratio"))
def file_bomb(place: Place) -> Layers:
    """Eight GiB of one byte, in 200 KiB of zstd."""
    repeated = block(1, 131072, b"\0") * 65536
    blob = frame(0, bytes([(17 - 10) << 3]), block(0, 512, Header(name="big", size=1 << 33).block()), repeated, EMPTY_BLOCK)
    return zstandard(blob)


@suite.unpack(fails("limit expansion_ratio"))
def bomb_of_frames(place: Place) -> Layers:
    """The same in small frames, which are decompressed side by side."""
    head = frame(0x60, struct.pack("<H", 512 - 256), block(0, 512, Header(name="big", size=1 << 33).block(), last=True))
    small = frame(0xA0, struct.pack("<I", 4 * MIB), *[block(1, 131072, b"\0")] * 31, block(1, 131072, b"\0", last=True))
    return zstandard(head + small * 2048)


@suite.unpack(makes({"d/a": b"x"}))
def junk_behind_the_end(place: Place) -> Layers:
    """What follows the end of the archive is hashed, and nothing else."""
    return archive(file("d/a")) + bytes(range(256)) * 1000


@suite.unpack(makes({"a": b"y" * 700}), each={"no-end": b"", "one-zero-block": bytes(512)})
def no_end(place: Place, end: bytes) -> Layers:
    """Archives may end without saying so."""
    return archive(file("a", b"y" * 700), end=end)


@suite.unpack(makes({"a": b"y"}))
def last_member_without_padding(place: Place) -> Layers:
    """The last byte of the archive is content."""
    return file("a", b"y")[:513]


@suite.unpack(fails("archive ends|unexpected end|bytes"), each={"content": 600, "half": 513 + 100})
def content_cut_off(place: Place, count: int) -> Layers:
    """The archive ends within the content of a file: nothing of it may stay."""
    return file("a", b"y" * 1000)[:count]


@suite.unpack(makes({}), each={"plain": Compression.NONE, "gzip": Compression.GZIP, "zstd": Compression.ZSTD})
def nothing_at_all(place: Place, compression: Compression) -> Layers:
    """A layer without a byte."""
    return Layer(b"", compression)


@suite.unpack(fails("digest mismatch|diff_id mismatch"))
def bad_end_of_a_good_start(place: Place) -> Layers:
    """The last layer's diff_id is wrong, after everything was extracted."""
    return [TAR, Layer(TAR, Compression.GZIP, diff_id=digest_of(b"other"))]
