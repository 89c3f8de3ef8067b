# SPDX-License-Identifier: Apache-2.0
"""Changes of a tree: each program unpacks an image, the tree is changed, each program repacks it.

    suite = ChangeSuite("repacking")

    @suite.change(base=archive(file("f")))
    def new_file(rootfs: Path) -> None:
        \"\"\"A file that was not there.\"\"\"
        (rootfs / "new").write_bytes(b"new")

What both added to the image must be the same archive, byte for byte. `plainly` is another change, of which
umoci 0.4.7 makes the layer that ours must make of the change.
"""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from umoci_test import tree_state
from umoci_test.oci_layout import digest_of
from umoci_test.tree_state import Difference

from harness import tar_listing
from harness.place import Place, Site
from harness.programs import Ending, Outcome, User
from harness.verdict import EXIT, Findings

# When whatever was changed seems to have been changed: whole seconds, long after what images have.
CHANGED_NS = 1_600_000_000 * 10**9


@dataclasses.dataclass(frozen=True)
class Change:
    """A case: an image, what becomes of its tree, and how that is repacked."""

    name: str
    question: str
    change: Callable[[Path], None]
    base: bytes
    flags: tuple[str, ...] = ()
    unpack_flags: tuple[str, ...] = ()
    user: User = User.ROOT
    makes_no_layer: bool = False
    refused: bool = False  # by both
    plainly: Callable[[Path], None] | None = None
    image: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # options of Layout.add_image

    def run(self, place: Place) -> Findings:
        """Does the same to both trees."""
        ours, theirs = place.ours(self.user), place.theirs(self.user)
        findings = Findings(self._repack(ours, self.change), self._repack(theirs, self.change))
        works = findings.ours.ending is Ending.WORKS
        if findings.ours.ending is not findings.theirs.ending:
            findings.differences.append(Difference(tree_state.ROOT, EXIT, findings.theirs.ending, findings.ours.ending))
        elif works:
            findings.differences += tar_listing.compare(_new_layer(theirs), _new_layer(ours))
        if self.refused != (findings.ours.ending is findings.theirs.ending is Ending.FAILS):
            findings.problems += [f"ours {findings.ours}", f"theirs {findings.theirs}"]
        if works and self.makes_no_layer != (not _new_layer(ours)):
            findings.problems.append("there is a new layer, or there is none, other than said")
        if works and self.plainly is not None:
            model = place.theirs(self.user, "plainly")
            self._repack(model, self.plainly)
            unlike = tar_listing.compare(_new_layer(model), _new_layer(ours))
            findings.problems += [f"not as done plainly: {difference}" for difference in unlike]
        return findings

    def _repack(self, site: Site, change: Callable[[Path], None]) -> Outcome:
        site.add_image([self.base], **{"config": {"history": [{"created_by": "differential"}]}, **self.image})
        unpacked = site.unpack(*self.unpack_flags)
        if unpacked.ending is not Ending.WORKS:
            return unpacked
        change(site.rootfs)
        settle(site.rootfs, self.user)
        return site.run("repack", *self.flags, "--image", f"{site.layout}:latest", str(site.bundle))


def settle(rootfs: Path, user: User) -> None:
    """Gives what was changed a time, and to a plain user what root made."""
    for path in [rootfs, *rootfs.rglob("*")]:
        status = os.lstat(path)
        if user is not User.ROOT and status.st_uid == 0:
            os.lchown(path, user.value, user.value)
        if abs(status.st_mtime - time.time()) < 3600:
            os.utime(path, ns=(CHANGED_NS, CHANGED_NS), follow_symlinks=False)


def _new_layer(site: Site) -> bytes:
    """The archive that repack added; nothing if it added none."""
    index = json.loads((site.layout / "index.json").read_bytes())
    manifest = json.loads(_blob(site, index["manifests"][-1]["digest"]))
    config = json.loads(_blob(site, manifest["config"]["digest"]))
    if len(manifest["layers"]) == 1:
        return b""
    data = tar_listing.uncompressed(_blob(site, manifest["layers"][-1]["digest"]))
    assert config["rootfs"]["diff_ids"][-1] == digest_of(data), "the diff_id is not that of the layer"
    return data


def _blob(site: Site, digest: str) -> bytes:
    return (site.layout / "blobs" / digest.replace(":", "/")).read_bytes()


class ChangeSuite:
    """Changes of one theme, added by decorators."""

    def __init__(self, theme: str, base: bytes) -> None:
        self.theme = theme
        self.base = base
        self.cases: list[Change] = []

    def change(self, *flags: str, **options: Any) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
        """For a function that changes the tree of the suite's image, or of `base`; `flags` are those of repack."""

        def add(change: Callable[[Path], None]) -> Callable[[Path], None]:
            name = f"{self.theme}/{change.__name__.replace('_', '-')}"
            question = " ".join((change.__doc__ or "").split())
            assert question, f"{name} does not say what it asks"
            self.cases.append(Change(name, question, change, **{"base": self.base, "flags": flags, **options}))
            return change

        return add
