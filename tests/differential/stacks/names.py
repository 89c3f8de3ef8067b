# SPDX-License-Identifier: Apache-2.0
"""Names, and directories that nobody describes."""

from __future__ import annotations

from umoci_test.raw_tar import archive, directory, file, hard_link, symlink, whiteout

from harness.stack import Layers, Reworded, Suite

suite = Suite("names")
NAMES = {
    "dot": "./a", "dots": "a/./b/../c", "slashes": "a//b///c", "absolute": "/a/b", "above": "../../a", "trailing": "a/",
    "above-within": "a/../../b", "three-dots": ".../a", "hidden": ".a/..b",
}  # fmt: skip
AROUND = [directory(name) for name in ("a", "a/b", "...", ".a")]


@suite.stack(each=NAMES)
def spelled(name: str) -> Layers:
    """One object can be written in many ways."""
    return archive(*AROUND, directory(".", mtime=1), file(name, uid=3), directory(".", mtime=1))


@suite.stack(
    each={
        "not-utf-8": b"\xff\xfe\x80", "newline": b"a\nb", "control": bytes(range(1, 32)), "space": b" a ", "backslash": b"a\\b\\",
        "glob": b"*?[#", "unicode": "ünï→😀".encode(), "dash": b"-rf", "tilde": b"~",
    }
)  # fmt: skip
def made_of_any_bytes(name: bytes) -> Layers:
    """Names are bytes."""
    return [archive(file(name), directory(name + b"d"), file(name + b"d/" + name)), archive(hard_link(b"h", name), whiteout(name + b"d/" + name))]


@suite.stack(each={"component": "n" * 255, "path": "/".join(["p" * 200] * 15)})
def long_ones(name: str) -> Layers:
    """As long as names can be."""
    parts = name.split("/")
    parents = [directory("/".join(parts[:count])) for count in range(1, len(parts))]
    return archive(*parents, file(name))


@suite.stack(refused=True)
def too_long() -> Layers:
    """No name has more than 255 bytes."""
    return archive(file("n" * 256))


@suite.stack()
def longer_than_any_path() -> Layers:
    """A tree that is deeper than paths can be long."""
    parts = ["p" * 250] * 20
    return archive(*(directory("/".join(parts[:count])) for count in range(1, 21)))


@suite.stack()
def in_one_directory() -> Layers:
    """Many of them, in no order."""
    return archive(directory("d", mtime=3), *(file(f"d/{number * 7919 % 1000}", b"%d" % number) for number in range(300)))


@suite.stack()
def of_directories_that_nobody_describes() -> Layers:
    """They are made as their neighbours would be."""
    made = [directory("a", mtime=5), directory("a/b", mtime=5), file("a/b/c"), directory(".", mtime=5)]
    return Reworded([archive(directory(".", mtime=5), file("a/b/c"))], [archive(*made)])


@suite.stack()
def of_directories_below_known_ones() -> Layers:
    """A known directory keeps its time when something is made in it on the way."""
    lower = archive(directory("d", mtime=900_000_000, uid=4, mode=0o700))
    made = [directory("d/x", mtime=900_000_000), directory("d/x/y", mtime=900_000_000), file("d/x/y/f")]
    told = directory("d", mtime=900_000_000, uid=4, mode=0o700)
    return Reworded([lower, archive(file("d/x/y/f"))], [lower, archive(*made, told)])


@suite.stack()
def of_directories_that_would_inherit() -> Layers:
    """The set-group-id bit of a directory does not concern what is made in it."""
    parent = directory("d", mtime=900_000_000, gid=7, mode=0o2755)
    made = [directory("d/x", mtime=900_000_000), file("d/x/f")]
    return Reworded([archive(parent), archive(file("d/x/f"))], [archive(parent), archive(*made, parent)])


@suite.stack()
def of_directories_that_are_described_later() -> Layers:
    """An entry that comes late still counts."""
    return archive(file("a/b/c"), directory("a/b", mode=0o700, mtime=4), directory("a", uid=3, mtime=5), directory(".", mtime=6))


@suite.stack(each={"file": file("a", uid=4, mode=0o600), "link-to-itself": symlink("b", "b") + file("a", mtime=4)})
def below_a_file(entry: bytes) -> Layers:
    """A file on the way becomes a directory that nobody describes."""
    made = [directory("a", mtime=5), directory("a/b", mtime=5), file("a/b/c"), directory(".", mtime=5)]
    return Reworded([archive(entry, directory(".", mtime=5)), archive(file("a/b/c"))], [archive(entry), archive(*made)])


@suite.stack()
def below_a_link_to_a_file() -> Layers:
    """The link becomes a directory, and the file stays."""
    lower = archive(file("f", b"kept", uid=3), symlink("l", "f"), directory(".", mtime=5))
    made = [directory("l", mtime=5), file("l/x"), directory(".", mtime=5)]
    return Reworded([lower, archive(file("l/x"))], [lower, archive(*made)])


@suite.stack("--uid-map", "0:1000:65536", "--gid-map", "0:2000:65536")
def of_implied_directories_with_mapped_ids() -> Layers:
    """They belong to the container's root."""
    made = [directory("a", mtime=5), file("a/b"), directory(".", mtime=5)]
    return Reworded([archive(directory(".", mtime=5), file("a/b"))], [archive(*made)])


@suite.stack()
def no_entries() -> Layers:
    """Layers of nothing."""
    return [archive(), archive(file("f")), archive(), b"", archive(directory("d"))]
