# SPDX-License-Identifier: Apache-2.0
"""Somebody exchanges things while the program works. Whether it then succeeds is luck; what is outside is not.

Each case runs the program again and again for a few seconds.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, opaque, symlink, whiteout

from harness.case import Suite, works
from harness.place import Place
from harness.program import Outcome

suite = Suite("races")
SECONDS = 4.0
RENAME_EXCHANGE = 2


Where = tuple[str, str]  # a directory that stays where it is, and a path below it


def open_parent(where: Where) -> tuple[int, str]:
    """The directory of a path and the last name; the attacker himself follows no link into the canary."""
    top, path = where
    handle = os.open(top, os.O_PATH | os.O_DIRECTORY)
    *parents, name = path.split("/")
    for parent in parents:
        try:
            entered = os.open(parent, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
        finally:
            os.close(handle)
        handle = entered
    return handle, name


def exchange(first: Where, second: Where) -> bool:
    """Two names take each other's place."""
    handles: list[int] = []
    try:
        arguments: list[int | bytes] = []
        for where in (first, second):
            handle, name = open_parent(where)
            handles.append(handle)
            arguments += [handle, os.fsencode(name)]
        return ctypes.CDLL(None).renameat2(*arguments, RENAME_EXCHANGE) == 0
    except OSError:
        return False
    finally:
        for handle in handles:
            os.close(handle)


def while_exchanging(pairs: Callable[[], Iterable[tuple[Where, Where]]], done: threading.Event) -> None:
    """Exchanges and gives back."""
    while not done.is_set():
        for first, second in pairs():
            if exchange(first, second):
                exchange(first, second)


def trees(place: Place) -> Iterator[str]:
    """Where the program builds its tree, whatever it calls it."""
    with contextlib.suppress(OSError):
        for parent, names, _ in os.walk(place.pen):
            if "t" in names and "canary" not in parent:
                yield parent
                return


def race(place: Place, pairs: Callable[[], Iterable[tuple[Where, Where]]], turn: Callable[[], Outcome]) -> None:
    """Takes turns until the time is over, with an accomplice of the attacker at work."""
    done = threading.Event()
    accomplice = threading.Thread(target=while_exchanging, args=(pairs, done))
    accomplice.start()
    end = time.monotonic() + SECONDS
    turns = 0
    try:
        while time.monotonic() < end or turns < 2:
            outcome = turn()
            turns += 1
            assert outcome.status in (0, 1), f"status {outcome.status}: {outcome.stderr.decode()[-2000:]}"
            assert b"Sanitizer" not in outcome.stderr, outcome.stderr.decode()[-4000:]
    finally:
        done.set()
        accomplice.join()


def canary_tree(place: Place) -> Path:
    """A tree of the canary with the names of the image."""
    top = Path(place.canary) / "t"
    (top / "a/b").mkdir(parents=True)
    for i in range(20):
        (top / f"a/b/f{i}").write_bytes(b"canary")
    return top


def busy_layers() -> list[bytes]:
    """Layers that create, replace, link, hide and change owners in one deep directory."""
    first: list[bytes] = []
    for i in range(20):
        first += [
            file(f"t/a/b/f{i}", b"data", mode=0o777, uid=77), directory("t/a/b", mode=0o777, uid=77), fifo(f"t/a/p{i}"),
            symlink(f"t/a/b/s{i}", "q"), hard_link(f"t/a/b/h{i}", f"t/a/b/f{i}"), device(f"t/a/c{i}", "3", 1, 3),
        ]  # fmt: skip
    second: list[bytes] = []
    for i in range(20):
        second += [whiteout(f"t/a/b/f{i}"), file(f"t/a/b/n{i}/m"), directory("t/a", mode=0o700, uid=5)]
    return [archive(*first), archive(*second, opaque("t/a/b"), file("t")), archive(*first)]


def remove(path: Path) -> None:
    """Again and again, as somebody is at work there."""
    while os.path.lexists(path):
        subprocess.run(["rm", "-rf", str(path)], check=False, capture_output=True)


def unpack_again(place: Place) -> Outcome:
    remove(place.bundle)
    return place.run("unpack", "--image", place.image, str(place.bundle))


@suite.command(works(lambda place, _: None), limit_seconds=60)
def directories_become_links_while_unpacking(place: Place) -> list[str]:
    """Directories of the tree and links to the canary take each other's place while layers are extracted."""
    top = canary_tree(place)
    links = {"t": top, "t/a": top / "a", "t/a/b": top / "a/b"}
    for name, target in links.items():
        (place.base / name.replace("/", "-")).symlink_to(target)
    place.add_image(busy_layers())

    def pairs() -> Iterator[tuple[Where, Where]]:
        for tree in trees(place):
            for _ in range(100):
                for name in reversed(links):
                    yield (tree, name), (str(place.base), name.replace("/", "-"))

    before = contents(top)
    race(place, pairs, lambda: unpack_again(place))
    assert contents(top) == before, "the canary's tree was changed"
    remove(place.bundle)
    return ["unpack", "--image", place.image, str(place.bundle)]


def contents(top: Path) -> dict[str, object]:
    """All that could be changed, without times of looking."""
    found: dict[str, object] = {}
    for path in (top, *top.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (status.st_mode, status.st_uid, status.st_mtime_ns, status.st_nlink, content)
    return found


@suite.command(works(lambda place, _: None), limit_seconds=60)
def parts_of_a_bundle_become_links(place: Place) -> list[str]:
    """The bundle's directory belongs to a stranger, who exchanges what appears in it for links to a directory of the host."""
    host = Path(place.canary) / "host"
    host.mkdir(mode=0o755)
    place.add_image([archive(directory("t"), file("pwned"), directory("d", mode=0o777))])

    def renew() -> Outcome:
        remove(place.bundle)
        place.bundle.mkdir(mode=0o777)
        (place.bundle / "link").symlink_to(host)
        os.chown(place.bundle, 61235, 61235)
        return place.run("unpack", "--image", place.image, str(place.bundle))

    def pairs() -> Iterator[tuple[Where, Where]]:
        with contextlib.suppress(OSError):
            for name in os.listdir(place.bundle):
                if name != "link":
                    yield (str(place.bundle), name), (str(place.bundle), "link")

    race(place, pairs, renew)
    assert not list(host.iterdir()), "something is in the host's directory"
    remove(place.bundle)
    return ["unpack", "--image", place.image, str(place.bundle)]


@suite.command(works(lambda place, _: None), changes_layout=True, changes_bundle=False, limit_seconds=60)
def files_become_links_while_repacking(place: Place) -> list[str]:
    """Files, directories and links to secrets or pipes take each other's place while the tree is packed.

    The judge looks for the secret in all blobs.
    """
    place.add_image(archive(file("a")), config={"history": [{"created_by": "hostile"}]})
    place.must_run("unpack", "--image", place.image, str(place.bundle))
    (place.rootfs / "d").mkdir()
    for i in range(20):
        (place.rootfs / f"f{i}").write_bytes(b"y" * 100_000)
        (place.rootfs / f"d/x{i}").write_bytes(b"y")
    outside = place.base
    (outside / "to-file").symlink_to(f"{place.canary}/f")
    (outside / "to-directory").symlink_to(f"{place.canary}/d")
    os.mkfifo(outside / "pipe")

    def pairs() -> Iterator[tuple[Where, Where]]:
        for name, other in (("f3", "to-file"), ("d", "to-directory"), ("f7", "pipe")):
            yield (str(place.rootfs), name), (str(outside), other)

    race(place, pairs, lambda: place.run("repack", "--image", f"{place.layout.path}:new", str(place.bundle)))
    return ["repack", "--image", place.image, str(place.bundle)]
