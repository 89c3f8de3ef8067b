# SPDX-License-Identifier: Apache-2.0
"""Small images that ask for much work: time must grow with what is in them, not with its square."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable

from umoci_test.oci_layout import Compression, Layer
from umoci_test.raw_tar import END, archive, directory, file, hard_link, opaque, pax_header, symlink, whiteout

from harness.case import Suite, fails, makes, repacks, works
from harness.place import Layers, Place
from harness.trees import DIRECTORY, Is, check_tree

suite = Suite("floods")


def compressed(members: Iterable[bytes]) -> Layer:
    """A layer of many members, without having them in memory."""
    deflate, digest, out = zlib.compressobj(1, zlib.DEFLATED, 31), hashlib.sha256(), []
    for data in (*members, END):
        digest.update(data)
        out.append(deflate.compress(data))
    out.append(deflate.flush())
    return Layer(b"", Compression.GZIP, blob=b"".join(out), diff_id=f"sha256:{digest.hexdigest()}")


def files(count: int, parent: str = "d/") -> list[bytes]:
    return [file(f"{parent}{i}", b"") for i in range(count)]


def count_is(count: int) -> Callable[[Place, object], None]:
    """So many files are in d."""

    def check(place: Place, _: object) -> None:
        found = sum(1 for _ in (place.rootfs / "d").iterdir())
        assert found == count, f"{found} files"

    return check


@suite.unpack(works(count_is(5000)))
def opaque_whiteouts_of_their_own_layer(place: Place) -> None:
    """As many opaque whiteouts as files, all of one directory, in the layer that brought the files."""
    place.add_image([compressed(files(5000) + [opaque("d")] * 5000)])


@suite.unpack(works(count_is(5000)))
def opaque_whiteouts_of_the_next_layer(place: Place) -> None:
    """The same in the next layer, where each file could be a lower one."""
    place.add_image([compressed(files(5000)), compressed([*files(5000), *[opaque("d")] * 5000, *[whiteout("d")] * 5000])])


@suite.unpack(works(count_is(1)))
def whiteouts_between_files(place: Place) -> None:
    """A file and a whiteout of the whole directory in turn; only the first one hides anything."""
    turns = [entry for i in range(5000) for entry in (whiteout("d"), whiteout(f"d/{i}"), file("d/f", b""))]
    place.add_image([compressed(files(5000)), compressed(turns)])


@suite.unpack(makes({"f": Is("-", b"x", links=5001), **{f"h{i:05}": Is(links=5001) for i in range(5000)}}))
def links_to_what_comes_later(place: Place) -> None:
    """A chain of 5,000 links, each to the next one, backwards."""
    links = [hard_link(f"h{i:05}", f"h{i + 1:05}") for i in range(4999)] + [hard_link("h04999", "f")]
    place.add_image([compressed([*links, file("f")])])


@suite.unpack(fails("is missing"))
def links_to_what_never_comes(place: Place) -> None:
    """Thousands of links wait for the end of the layer in vain."""
    place.add_image([compressed([hard_link(f"h{i}", f"none{i}") for i in range(10_000)])])


@suite.unpack(makes({"a": DIRECTORY, "a/q": b"x"}))
def names_that_flip(place: Place) -> None:
    """A directory with content and a link take each other's place, again and again."""
    turn = [directory("a"), file("a/b/c/d", b""), symlink("a", "/"), file("a"), directory("a"), file("a/q")]
    place.add_image([compressed(turn * 1000)])


@suite.unpack(works(count_is(2)))
def deep_paths_in_turn(place: Place) -> None:
    """Entries jump between the end of a deep path and the root."""
    deep = "d/" * 1000
    turns = [entry for i in range(500) for entry in (file(f"{deep}f{i}", b""), file(f"x{i}", b""))]
    place.add_image([compressed([file("d/f"), *turns])])


def long_way(count: int) -> list[bytes]:
    """Links of which each leads through all before it and up again: a short name for a way of thousands of steps."""
    steps = "/".join(["s/.."] * 500)
    links = [directory("s"), symlink("l0", f"{steps}/s")]
    return links + [symlink(f"l{i}", f"{steps}/l{i - 1}") for i in range(1, count)]


# The default is four times that, which takes long where a sanitizer looks at each step.
@suite.unpack(fails("link_steps"), "--limit", "link_steps=1M", limit_seconds=40)
def long_ways_by_links(place: Place) -> None:
    """Hundreds of short names lead through 200 links of 1,000 steps each: minutes for a blob of 10 KiB."""
    turns = [entry for _ in range(1000) for entry in (file("l199/a", b""), symlink("x", "y"), file("l199/b", b""), symlink("y", "x"))]
    place.add_image([compressed([*long_way(200), *turns])])


@suite.unpack(makes({"a": Is("-", b"1999")}))
def one_name_again_and_again(place: Place) -> None:
    """A file 2,000 times under one name."""
    place.add_image([compressed(file("a", b"%d" % i) for i in range(2000))])


@suite.unpack(makes({"a": b"x"}), memory_mib=300)
def extended_headers_without_end(place: Place) -> None:
    """200 extended headers of a MiB each, of which the last counts."""
    body = {"comment": "c" * 1_000_000, "path": "b"}
    place.add_image([compressed([*[pax_header(body)] * 200, pax_header({"path": "a"}), file("z")])])


@suite.unpack(works(lambda place, _: None))
def many_layers(place: Place) -> None:
    """A thousand layers, each of which replaces the same file and hides the one before."""
    place.add_image([archive(file(f"f{i}", b""), whiteout(f"f{i - 1}"), directory("d"), file("d/x")) for i in range(1000)])


@suite.unpack(makes({"f": b"x"}))
def many_empty_layers(place: Place) -> None:
    """The same empty layer a thousand times."""
    place.add_image([archive()] * 1000 + [archive(file("f"))])


@suite.unpack(works(lambda place, _: None), memory_mib=500)
def many_small_files(place: Place) -> None:
    """20,000 files of one byte with names of 100."""
    place.add_image([compressed(file(f"{i:0100}") for i in range(20_000))])


@suite.repack(
    repacks(lambda place: {"a": b"hello", **{f"n{i}": b"" for i in range(2000)}}),
    *[text for i in range(2000) for text in ("--mask-path", f"/masked/{i}")],
    base=archive(file("a", b"hello")),
)
def many_masks(place: Place) -> None:
    """2,000 masks and 2,000 changes."""
    for i in range(2000):
        (place.rootfs / f"n{i}").touch(0o644)


@suite.command(repacks(lambda place: {"a": b"hello", **{f"n{i}": b"" for i in range(5000)}}), changes_layout=True, changes_bundle=False, memory_mib=900)
def many_volumes(place: Place) -> list[str]:
    """The image has 50,000 volumes, each of which masks; the container changed 5,000 files."""
    volumes = {f"/v/{i}": {} for i in range(50_000)}
    place.add_image(archive(file("a", b"hello")), runtime={"Volumes": volumes}, config={"history": [{"created_by": "hostile"}]})
    place.must_run("unpack", "--image", place.image, str(place.bundle))
    for i in range(5000):
        (place.rootfs / f"n{i}").touch(0o644)
    return ["repack", "--image", place.image, str(place.bundle)]
