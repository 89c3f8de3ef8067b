# SPDX-License-Identifier: Apache-2.0
"""Layouts whose files are pipes, devices or links out, for commands that read, write and delete."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import stat
from collections.abc import Callable
from pathlib import Path

from umoci_test.oci_layout import CONFIG_TYPE, Layer, as_json, digest_of
from umoci_test.raw_tar import archive, file

from harness.canary import SECRET
from harness.case import Suite, fails, works
from harness.place import Place

suite = Suite("layouts")

TAR = archive(file("a", b"hello"))
PARTS = ("oci-layout", "index.json", "blobs", "blobs/sha256", "LAYER", "MANIFEST")


def make_socket(path: Path) -> None:
    """The path of a socket is short: it is made in its directory."""
    directory = os.open(path.parent, os.O_PATH)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(f"/proc/self/fd/{directory}/{path.name}")
    os.close(directory)


def secret_beside(place: Place) -> Path:
    """A file that may be read, as blobs can be links to other stores, but must not be quoted."""
    path = place.base / "secret"
    path.write_bytes(SECRET + b"\n")
    return path


KINDS: dict[str, Callable[[Path, Place], object]] = {
    "pipe": lambda path, place: os.mkfifo(path),
    "directory": lambda path, place: path.mkdir(),
    "null": lambda path, place: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3)),
    "link-to-zero": lambda path, place: path.symlink_to("/dev/zero"),
    "link-to-a-pipe": lambda path, place: path.symlink_to(f"{place.canary}/fifo"),
    "link-to-a-secret": lambda path, place: path.symlink_to(secret_beside(place)),
    "loop": lambda path, place: path.symlink_to(path),
    "socket": lambda path, place: make_socket(path),
    "huge": lambda path, place: path.write_bytes(b"") or os.truncate(path, 1 << 42),
    "closed": lambda path, place: path.touch(0),
}


def replace(place: Place, part: str, kind: str) -> None:
    """Puts something else in the place of a part of the layout."""
    image = place.layout.add_image([TAR])
    blobs = {"LAYER": digest_of(TAR), "MANIFEST": image["digest"]}
    path = place.layout.blob_path(blobs[part]) if part in blobs else place.layout.path / part
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    KINDS[kind](path, place)


EVERY_PART = {f"{part.replace('/', '-').lower()}-{kind}": (part, kind) for part in PARTS for kind in KINDS}


@suite.command(fails("."), each={name: what for name, what in EVERY_PART.items() if what != ("blobs/sha256", "directory")})
def part_that_is_something_else(place: Place, what: tuple[str, str]) -> list[str]:
    """A part of the layout is a pipe, a device, a link to a secret, or too large: an error, at once."""
    replace(place, *what)
    return ["unpack", "--image", place.image, str(place.bundle)]


def command_line(place: Place, name: str) -> list[str]:
    """A command that writes to the layout."""
    layout = str(place.layout.path)
    match name:
        case "gc":
            return ["gc", "--layout", layout]
        case "new":
            return ["new", "--image", f"{layout}:new"]
        case "config":
            return ["config", "--author=x", "--image", place.image]
        case "remove":
            return ["rm", "--image", place.image]
        case "tag":
            return ["tag", "--image", place.image, "new"]
        case "add-layer":
            (place.base / "more.tar").write_bytes(archive(file("more")))
            return ["raw", "add-layer", "--image", place.image, str(place.base / "more.tar")]
    raise ValueError(name)


def embed(place: Place) -> None:
    """Makes an image whose documents need no blobs, so that commands get as far as to write some."""
    layout = place.layout
    layer = layout.add_layer(Layer(TAR))
    config = as_json({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest_of(TAR)]}})
    data = base64.b64encode(config).decode()
    manifest = as_json({"schemaVersion": 2, "config": layout.add_blob(config, CONFIG_TYPE, data=data), "layers": [layer]})
    layout.add_manifest(manifest, data=base64.b64encode(manifest).decode())


@suite.command(
    fails("belongs to another user"), each={name: name for name in ("config", "add-layer", "new")}, changes_layout=True
)
def blobs_lead_to_a_directory_of_the_host(place: Place, name: str) -> list[str]:
    """A stranger's layout has a link to a directory of root in the place of its blobs, and root writes to it."""
    embed(place)
    blobs = place.layout.path / "blobs/sha256"
    shutil.rmtree(blobs)
    blobs.symlink_to(f"{place.canary}/d")
    give_away(place)
    return command_line(place, name)


@suite.command(works(lambda place, _: None), each={"sha256": "blobs/sha256", "blobs": "blobs"}, changes_layout=True)
def garbage_behind_a_link(place: Place, part: str) -> list[str]:
    """Blobs are a link to a directory of the host with files that look like garbage."""
    place.layout.write_index([])
    victim = Path(place.canary) / "d/sub"
    for directory in (victim, victim / "sha256"):
        directory.mkdir(exist_ok=True)
        (directory / ("d" * 64)).write_bytes(b"precious")
        os.utime(directory / ("d" * 64), (1, 1))
    path = place.layout.path / part
    shutil.rmtree(path)
    path.symlink_to(victim)
    give_away(place)
    return command_line(place, "gc")


def give_away(place: Place) -> None:
    """The layout belongs to somebody without any right."""
    for path in (place.layout.path, *place.layout.path.rglob("*")):
        os.chown(path, 61235, 61235, follow_symlinks=False)


@suite.command(fails("leads out of the layout"), each={name: name for name in ("config", "tag", "remove", "new")}, changes_layout=True)
def index_leads_to_a_file_of_the_host(place: Place, name: str) -> list[str]:
    """The index of a stranger's layout is a link to a file of the host, which must not be replaced."""
    place.layout.add_image([TAR])
    index = place.layout.path / "index.json"
    index.rename(place.base / "elsewhere.json")
    index.symlink_to(place.base / "elsewhere.json")
    give_away(place)
    return command_line(place, name)


@suite.command(works(lambda place, _: check_garbage(place), warns="is no blob"), changes_layout=True)
def garbage_of_every_kind(place: Place) -> list[str]:
    """What looks like a blob is a directory, a link to the canary, a pipe, or has an odd name."""
    place.layout.add_image([TAR])
    blobs = place.layout.path / "blobs/sha256"
    (blobs / ("a" * 64)).write_bytes(b"garbage")
    (blobs / ("b" * 64)).symlink_to(f"{place.canary}/f")
    (blobs / ("c" * 64)).symlink_to(f"{place.canary}/d")
    os.mkfifo(blobs / ("d" * 64))
    (blobs / "odd\x1b[31m\n").write_bytes(b"odd")
    (place.layout.path / "blobs/..x").mkdir()
    return ["gc", "--layout", str(place.layout.path)]


def check_garbage(place: Place) -> None:
    """The garbage is gone, and so are its links, but not what they led to."""
    assert not (place.layout.path / "blobs/sha256" / ("a" * 64)).exists(), "garbage stayed"
    assert place.layout.blob_path(digest_of(TAR)).exists(), "the layer is gone"
