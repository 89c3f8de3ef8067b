# SPDX-License-Identifier: Apache-2.0
"""Where two archives differ, entry by entry, read by Python's tarfile."""

from __future__ import annotations

import gzip
import io
import os
import tarfile

from umoci_test.oci_layout import digest_of
from umoci_test.tree_state import Difference

_GZIP = b"\x1f\x8b"
_FIELDS = ("type", "mode", "uid", "gid", "mtime", "size", "linkname", "devmajor", "devminor", "pax_headers", "uname", "gname")


def uncompressed(blob: bytes) -> bytes:
    """A layer as it was before it was compressed, or not."""
    return gzip.decompress(blob) if blob.startswith(_GZIP) else blob


def _entries(data: bytes) -> dict[bytes, dict[str, object]]:
    if not data:
        return {}
    found: dict[bytes, dict[str, object]] = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errors="surrogateescape") as archive:
        for info in archive:
            fields = {field: getattr(info, field) for field in _FIELDS}
            content = archive.extractfile(info) if info.isreg() else None
            fields["content"] = digest_of(content.read()) if content else None
            found[os.fsencode(info.name)] = fields
    return found


def compare(expected: bytes, actual: bytes) -> list[Difference]:
    """By name; archives that say the same in other bytes or another order differ in the field "bytes"."""
    left, right = _entries(expected), _entries(actual)
    differences = []
    for name in sorted(left.keys() | right.keys()):
        theirs, ours = left.get(name), right.get(name)
        if theirs is None or ours is None:
            differences.append(Difference(name, "presence", theirs and "there", ours and "there"))
            continue
        differences += [
            Difference(name, field, theirs[field], ours[field]) for field in theirs if theirs[field] != ours[field]
        ]
    if not differences and expected != actual:
        differences.append(Difference(b".", "bytes", digest_of(expected), digest_of(actual)))
    return differences
