# SPDX-License-Identifier: Apache-2.0
"""Devices and pipes: never opened, never more than what the entry says, never for those who may not have them."""

from __future__ import annotations

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, symlink, whiteout

from harness.case import EVERYWHERE, Suite, fails, makes
from harness.place import Layers, Place
from harness.trees import Is
from harness.worlds import World

suite = Suite("devices")
RESTRICTED = (World.PLAIN, World.ONE_ID, World.MAPPED)


@suite.unpack(makes({"disk": b"pwned", "null": b"x"}))
def file_in_the_place_of_a_device(place: Place) -> Layers:
    """A file has the name of a disk: it must replace the node, not write to the disk."""
    return archive(device("disk", "4", 7, 250), file("disk", b"pwned"), device("null", "3", 1, 3), file("null"))


@suite.unpack(makes({"p": b"data", "q": Is("p", links=1)}), worlds=EVERYWHERE)
def file_in_the_place_of_a_pipe(place: Place) -> Layers:
    """To open a pipe for writing waits for ever."""
    return archive(fifo("p"), fifo("q"), file("p", b"data"))


@suite.unpack(makes({"c/x": b"x", "p/x": b"x"}))
def nodes_as_parents(place: Place) -> Layers:
    """A device and a pipe are in the way of directories."""
    return archive(device("c", "3", 1, 3), file("c/x"), fifo("p"), file("p/x"))


@suite.unpack(
    makes({"c": Is("-", b"", mode=0o666), "b": Is("-", b"", mode=0o4755), "z": b"x"}, warns="stood in for"), worlds=RESTRICTED
)
def devices_for_the_unprivileged(place: Place) -> Layers:
    """Who is no real root gets empty files."""
    return archive(device("c", "3", 1, 3, mode=0o666), device("b", "4", 8, 0, mode=0o4755), file("z"))


@suite.unpack(makes({"etc/passwd": Is("c", device=(1, 5)), "etc/group": Is("c", device=(1, 5)), "bin": Is("b")}, warns="cannot be read"))
def devices_where_files_are_read(place: Place) -> Layers | None:
    """The files with users are devices without an end."""
    place.add_image(
        archive(device("etc/passwd", "3", 1, 5), device("etc/group", "3", 1, 5), device("bin", "4", 7, 250)),
        runtime={"User": "5"},
    )
    return None


@suite.unpack(makes({"w": Is("c", device=(0, 0), mode=0o600), "f": b"x"}))
def device_like_an_overlay_whiteout(place: Place) -> Layers:
    """A character device 0:0 is a whiteout for the kernel's overlayfs, but not in a layer."""
    return [archive(file("f")), archive(device("w", "3", 0, 0, mode=0o600), device("f", "3", 0, 0), file("f"))]


@suite.unpack(makes({"d": Is("d", mode=0o755)}))
def nodes_hidden_by_the_next_layer(place: Place) -> Layers:
    """Whiteouts for devices and pipes do not look into them."""
    lower = archive(directory("d"), device("d/disk", "4", 7, 250), fifo("d/p"), device("d/c", "3", 1, 3))
    return [lower, archive(whiteout("d/disk"), whiteout("d/p"), whiteout("d/c"))]


@suite.unpack(makes({"l": "c", "c": Is("c"), "h": Is("c", links=2), "k": b"x"}))
def nodes_behind_links(place: Place) -> Layers:
    """Links to devices, soft and hard, and files of the names of such links."""
    return archive(
        device("c", "3", 1, 3), symlink("l", "c"), hard_link("h", "c"), symlink("k", "/dev/null"), file("k")
    )


@suite.unpack(fails("socket|cannot be read"), worlds=EVERYWHERE)
def socket(place: Place) -> Layers:
    """Some tars have a type for sockets."""
    return archive(file("x"), device("s", "s", 0, 0))
