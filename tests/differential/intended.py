# SPDX-License-Identifier: Apache-2.0
"""Where this program and umoci 0.4.7 are meant to differ.

Whatever is listed here must differ, and nothing else may. docs/formats/layers.md has the reasons in the same words:
Bnn is what umoci still does in 0.6.0, Vnn what is known of 0.4.7 only, Nnn what this program chose.
"""

from __future__ import annotations

from umoci_test.tree_state import Difference

from harness.programs import MAPPED_ROOT, Ending
from harness.verdict import Intended, Rule

REASONS = {
    "B05": "An image with fewer diff_ids than layers is refused.",
    "B11": "A device that got another number is a change.",
    "B12": "Changed attributes of links and fifos are a change.",
    "B14": "What a plain user may not write has its attributes all the same, a recorded owner among them.",
    "B17": "Implied directories have mode 0755, the container's root as owner, and a time that comes from the layers;"
    " the directory they are made in keeps its own.",
    "B18": "A file on the way to an entry gives way to an implied directory, as does a link to a file, which stays.",
    "B19": "What whiteouts leave of a directory has the metadata that the layer's entry says, or is implied.",
    "B21": "Global headers are passed over.",
    "B22": "Sparse files of the old GNU format and contiguous files are files.",
    "B23": "A hard link may stand before what it names.",
    "B24": "Zeros behind a gzip stream are padding.",
    "B25": "Sockets are left out of a layer.",
    "B26": "An entry below a directory with the name of a whiteout is refused.",
    "B30": "Nothing is whited out below what is no directory any more, neither when a layer is written nor, if a link"
    " took the directory's place, when it is applied.",
    "B34": "Attributes with `=` in their name are left out of a layer.",
    "B36": "Ids that nobody can have are refused, and times that the disk cannot hold become the nearest that it can.",
    "B38": "Trees may be deeper than paths can be long.",
    "B39": "Where a link to a directory is kept, so are its owner and its time.",
    "B60": "Docker's names for types of layers are understood.",
    "N01": "If one name of a file with several is in a layer, all are, so that a renamed hard link stays one.",
    "V01": "Layers may be compressed with zstd.",
    "V02": "Attributes of overlay file systems are attributes like any other.",
    "V03": "Fractions of seconds are cut off, not rounded.",
    "V04": "Attributes are compared whatever their length.",
}


def _refused(reason: str, cases: str, saying: str, they: Ending = Ending.WORKS) -> Intended:
    return Intended(reason, cases, we=Ending.FAILS, they=they, saying=saying)


def _accepted(reason: str, cases: str) -> Intended:
    return Intended(reason, cases, we=Ending.WORKS, they=Ending.FAILS)


INTENDED = [
    _refused("B05", "compression/too-few-diff-ids", "1 layers, but the image configuration has 0 diff_ids", Ending.CRASHES),
    Intended("B11", "repacking/other-device", ("c: presence",)),
    Intended("B12", "repacking/attributes-of-links-and-fifos", ("l: presence", "p: presence")),
    Intended("B14", "metadata/read-only-by-a-plain-user", ("d: xattrs", "f: xattrs", "g: xattrs")),
    Intended(
        "B17", "links/dangling-parents/*", (".: mtime_ns", "none: mtime_ns", "none/at: mtime_ns", "none/at/all: mtime_ns")
    ),
    Intended("B17", "names/of-directories-that-nobody-describes", (".: mtime_ns", "a: mtime_ns", "a/b: mtime_ns")),
    Intended("B17", "names/of-directories-below-known-ones", ("d: mtime_ns", "d/x: mtime_ns", "d/x/y: mtime_ns")),
    Intended("B17", "names/of-directories-that-would-inherit", ("d: mtime_ns", "d/x: mode gid mtime_ns")),
    Intended("B17", "names/of-implied-directories-with-mapped-ids", (".: mtime_ns", "a: mtime_ns uid gid")),
    Intended("B17", "whiteouts/directory-filled-again/before", (".: mtime_ns", "d: mtime_ns")),
    _accepted("B18", "names/below-a-file/*"),
    _accepted("B18", "names/below-a-link-to-a-file"),
    Intended("B19", "whiteouts/directory-filled-again/after", ("d: mode uid mtime_ns",)),
    Intended("B19", "whiteouts/beside-new-entries/after", ("d/e: mtime_ns",)),
    Intended("B19", "whiteouts/opaque-beside-new-entries/after", ("d/e: mtime_ns",)),
    Intended("B19", "whiteouts/content-of-a-directory-that-stays", ("d: mtime_ns", "d/e: mtime_ns")),
    _accepted("B21", "dialects/global-header"),
    _accepted("B21", "dialects/global-header-between-entries"),
    _accepted("B22", "records/sparse-files-of-old-gnu"),
    _accepted("B22", "records/many-extents-of-old-gnu"),
    _accepted("B22", "records/contiguous-files"),
    _accepted("B23", "links/forward-hard-link"),
    _accepted("B23", "links/forward-hard-links-in-a-chain"),
    _accepted("B24", "compression/zeros-behind-gzip"),
    _accepted("B25", "repacking/socket"),
    _refused("B26", "whiteouts/in-the-middle-of-a-name/*-below", "has a whiteout for a directory"),
    Intended("B30", "repacking/directory-becomes-*", ("replaced/.wh.f: presence",)),
    Intended("B30", "whiteouts/below-a-link-of-the-same-layer", ("other/o: presence",)),
    _accepted("B34", "encoding/attributes-with-an-equals-sign"),
    _refused("B36", "metadata/ids-that-nobody-has/*", "is not between 0 and 4294967294"),
    Intended("B36", "records/times-far-away/base-256", ("d: mtime_ns", "f: mtime_ns", "l: mtime_ns")),
    _accepted("B38", "names/longer-than-any-path"),
    Intended("B39", "links/kept-links/*", ("way: uid mtime_ns",)),
    Intended("B39", "types/replaced-but-for-links/link-to-directory-by-directory", ("d/x: uid",)),
    _accepted("B60", "compression/docker-layers"),
    Intended("N01", "repacking/renamed-hard-link", ("one: presence", "two: presence", "renamed/three: type size linkname content")),
    _accepted("V01", "compression/zstd"),
    Intended("V02", "metadata/attributes/overlay", ("d: xattrs", "d/f: xattrs")),
    Intended("V03", "encoding/fractions-of-seconds", ("t600000000: mtime",)),
    Intended("V04", "encoding/long-attributes", ("d/f: presence",)),
]


def _time(difference: Difference) -> bool:
    return difference.field == "mtime_ns"


def _owner(difference: Difference) -> bool:
    return difference.field in ("uid", "gid") and (difference.expected, difference.actual) == (0, MAPPED_ROOT)


def _of_an_implied_one(difference: Difference) -> bool:
    """Ours has the metadata of implied directories; whose time depends on others."""
    implied = {"mode": (0o755,), "uid": (0, MAPPED_ROOT), "gid": (0, MAPPED_ROOT), "xattrs": ({},)}
    return difference.field == "mtime_ns" or difference.actual in implied.get(difference.field, ())


def _but_mode(difference: Difference) -> bool:
    return difference.field in ("uid", "gid", "mtime_ns")


RULES = [
    Rule("B17", "random/*", "dir", _time, is_fresh=True),
    Rule("B17", "random/mapped-*", "dir", _owner, is_fresh=True),
    Rule("B19", "random/*", "dir", _of_an_implied_one, is_refilled=True),
    Rule("B39", "random/kept-links-*", "link", _but_mode),
]
