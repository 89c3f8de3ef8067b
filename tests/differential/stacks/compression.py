# SPDX-License-Identifier: Apache-2.0
"""How layers are compressed, and what images say of them."""

from __future__ import annotations

import gzip

from umoci_test.oci_layout import LAYER_TYPE, Compression, Layer
from umoci_test.raw_tar import archive, directory, file, whiteout

from harness.stack import Layers, Reworded, Suite

suite = Suite("compression")
TAR = archive(directory("d"), file("d/f", bytes(range(256)) * 2000), file("g", b"data"))
WHOLE = gzip.compress(TAR, mtime=0)
CUT = len(TAR) // 3


def _gzip(blob: bytes, tar: bytes = TAR) -> Layer:
    return Layer(tar, Compression.GZIP, blob=blob)


@suite.stack(
    each={
        "one-member": WHOLE,
        "several-members": gzip.compress(TAR[:CUT]) + gzip.compress(TAR[CUT:]),
        "empty-member-last": WHOLE + gzip.compress(b""),
        "empty-member-first": gzip.compress(b"") + WHOLE,
        "stored": gzip.compress(TAR, 0),
        "named": b"\x1f\x8b\x08\x08" + bytes(6) + b"name.tar\0" + WHOLE[10:],
    }
)
def gzip_streams(blob: bytes) -> Layers:
    """Ways to write the same."""
    return _gzip(blob)


@suite.stack()
def gzip_of_nothing() -> Layers:
    """A layer without a byte."""
    return [_gzip(gzip.compress(b""), b""), archive(file("f"))]


@suite.stack()
def zeros_behind_gzip() -> Layers:
    """Padding is no content."""
    return Reworded([_gzip(WHOLE + bytes(512))], [_gzip(WHOLE)])


@suite.stack(
    refused=True,
    each={
        "cut-off": _gzip(WHOLE[:-9]), "junk-behind": _gzip(WHOLE + b"junk"), "no-gzip": _gzip(TAR), "empty-blob": _gzip(b"", b""),
        "not-unpacked": Layer(TAR, blob=WHOLE), "wrong-sum": _gzip(WHOLE[:-8] + bytes(4) + WHOLE[-4:]),
        "wrong-length": _gzip(WHOLE[:-4] + bytes(4)), "unknown": Layer(TAR, descriptor={"mediaType": f"{LAYER_TYPE}+lzma"}),
        "other-diff-id": Layer(TAR, diff_id="sha256:" + "0" * 64), "too-short": Layer(TAR, descriptor={"size": 1000}),
        "too-long": Layer(TAR, descriptor={"size": len(TAR) + 1}),
    },
)  # fmt: skip
def damaged(layer: Layer) -> Layers:
    """What is not what it says."""
    return [archive(file("lower")), layer]


@suite.stack(each={"distributable": LAYER_TYPE, "not": "application/vnd.oci.image.layer.nondistributable.v1.tar"})
def media_types(media_type: str) -> Layers:
    """Layers that may be passed on, and those that may not."""
    return Layer(TAR, descriptor={"mediaType": media_type})


@suite.stack()
def mixed() -> Layers:
    """Each layer in its own way."""
    return [_gzip(WHOLE), archive(whiteout("d/f")), Layer(archive(file("d/x")), Compression.GZIP)]


@suite.stack()
def same_layer_twice() -> Layers:
    """What a later layer brings again."""
    return [_gzip(WHOLE), archive(whiteout("d")), _gzip(WHOLE)]


@suite.stack()
def zstd() -> Layers:
    """Layers as newer programs compress them."""
    return Reworded([Layer(TAR, Compression.ZSTD)], [TAR])


@suite.stack()
def docker_layers() -> Layers:
    """Layers by the name that Docker has for them."""
    media_type = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    return Reworded([Layer(TAR, Compression.GZIP, descriptor={"mediaType": media_type})], [TAR])


@suite.stack(image={"config": {"rootfs": {"type": "layers", "diff_ids": []}}})
def too_few_diff_ids() -> Layers:
    """Layers that nobody vouches for."""
    return TAR
