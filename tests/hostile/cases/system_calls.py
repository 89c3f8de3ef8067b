# SPDX-License-Identifier: Apache-2.0
"""What the program asks of the kernel, seen by strace: safety that does not depend on winning a race."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, opaque, symlink, whiteout

from harness.case import Suite, works
from harness.place import Place

suite = Suite("system-calls")

RECORDS = {"SCHILY.xattr.user.a": "1"}
LAYERS = [
    archive(
        directory("d", mode=0o700, pax=RECORDS), directory("d/e"), file("d/e/f", b"data", pax=RECORDS),
        file("d/suid", b"x" * 100_000, mode=0o6755, uid=7, gid=8, pax=RECORDS), symlink("d/l", "/etc", uid=3), symlink("in", "d/e"),
        hard_link("d/h", "d/e/f"), hard_link("later", "in/z"), fifo("d/p", uid=5), device("d/c", "3", 1, 3),
        file("in/z"), file("implied/x/y"), file("d/l/through"), symlink("out", "../../../../canary"),
    ),
    archive(whiteout("d/e/f"), opaque("implied"), file("d/suid", b"y", mode=0o4755, uid=9), file("in", b"x"), directory("d/l"), file("out/f")),
]  # fmt: skip
CALLS = (
    "open,openat,openat2,creat,mkdir,mkdirat,unlink,unlinkat,rmdir,rename,renameat,renameat2,link,linkat,symlink,symlinkat,"
    "mknod,mknodat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,truncate,ftruncate,utimensat,setxattr,lsetxattr,fsetxattr,"
    "removexattr,lremovexattr,fremovexattr,write,pwrite64,execve,execveat"
)
CHANGES = re.compile(r"mkdir|unlink|rmdir|rename|link|mknod|chmod|chown|truncate|utimens|xattr|creat")


def trace(place: Place, *arguments: str) -> list[str]:
    """The lines of strace that are about the pen. No other program may have been started."""
    log = place.base / "trace"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "ASAN_OPTIONS": "detect_leaks=0"}
    command = ["strace", "-f", "-y", "-qq", "-s", "4096", "-e", f"trace={CALLS}", "-o", str(log), place.umoci, *arguments]
    subprocess.run(command, env=environment, check=True, cwd=f"{place.canary}/cwd", capture_output=True)
    lines = [line.split(None, 1)[1] for line in log.read_text(errors="surrogateescape").splitlines()]
    log.unlink()
    started = [line for line in lines if line.startswith("exec")]
    assert len(started) == 1, f"another program was started: {started[1:]}"
    lines.remove(started[0])
    return [line for line in lines if str(place.pen) in line]


def paths(line: str) -> Iterator[str]:
    """The quoted arguments of a call, but not the targets of new symbolic links."""
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    yield from quoted[1:] if line.startswith("symlink") else quoted


def is_by_descriptor(path: str) -> bool:
    """The way to what is open already, or to a name in an open directory."""
    return path in ("", ".") or bool(re.fullmatch(r"/proc/self/fd/\d+(/[^/]+)?", path))


def is_on_the_way(path: str, bundle: str) -> bool:
    """The bundle as the user named it, a directory above it, or a part of it."""
    return bundle.startswith(path) or (path.startswith(bundle) and "/" not in path[len(bundle) + 1 :])


def check_names(place: Place, lines: list[str]) -> None:
    """Below the bundle's directory every call names one component of an open directory, or follows nothing."""
    changes = 0
    for line in lines:
        call = line.partition("(")[0]
        is_change = bool(CHANGES.search(call)) or "O_CREAT" in line
        changes += is_change
        for path in paths(line) if not re.match("f?(set|remove)xattr|p?write", call) else []:
            if is_by_descriptor(path) or is_on_the_way(path, str(place.bundle)):
                continue
            if "/" in path:
                assert "RESOLVE_" in line and not is_change, f"a path without bounds: {line}"
            elif call == "openat":
                assert "O_NOFOLLOW" in line, f"a link would be followed: {line}"
    assert changes > 30, f"only {changes} changes were seen"


def check_order(lines: list[str]) -> None:
    """A file gets set-id bits when it has its last owner and all of its content."""
    about = [line for line in lines if "/d/suid>" in line]
    bits = [number for number, line in enumerate(about) if re.match(r"fchmod\(.*, 0?6755", line)]
    assert bits, "the set-id bits were never set"
    assert not re.search(r"O_CREAT.*, 0[2-7]\d{3}\)", about[0]), f"created with set-id bits: {about[0]}"
    for number, line in enumerate(about):
        if re.match(r"fchown\(.*, 7, 8\)|write\(.*xxxx", line):
            assert number < bits[0], f"after the set-id bits: {line[:200]}"


@suite.command(works(lambda place, _: None), changes_bundle=False)
def of_an_unpack(place: Place) -> list[str]:
    """No call below the tree takes a path of several names or follows its last one; set-id bits come last."""
    assert shutil.which("strace"), "strace is needed"
    place.add_image(LAYERS)
    lines = trace(place, "unpack", "--image", place.image, str(place.bundle))
    check_names(place, lines)
    check_order(lines)
    return ["stat", "--image", place.image]


@suite.command(works(lambda place, _: None), changes_layout=True, changes_bundle=False)
def of_a_repack(place: Place) -> list[str]:
    """A repack changes nothing in the bundle, and opens nothing but directories and files that were looked at before."""
    place.add_image(LAYERS, config={"history": [{"created_by": "x"}] * 2})
    place.must_run("unpack", "--image", place.image, str(place.bundle))
    os.mkfifo(place.rootfs / "pipe")
    (place.rootfs / "d/e/new").write_bytes(b"new")
    (place.rootfs / "link").symlink_to(f"{place.canary}/f")
    lines = trace(place, "repack", "--image", place.image, str(place.bundle))
    for line in lines:
        call = line.partition("(")[0]
        assert not CHANGES.search(call) and "O_CREAT" not in line, f"a change: {line}"
        for path in paths(line) if call == "openat" else []:
            is_plain = is_by_descriptor(path) or is_on_the_way(path, str(place.bundle))
            assert is_plain or "O_NOFOLLOW" in line, f"a link would be followed: {line}"
        assert '"pipe"' not in line and "pipe>" not in line, f"a pipe was opened: {line}"
        assert '"link"' not in line or "O_PATH" in line, f"a link was opened: {line}"
    assert any('"new"' in line for line in lines), "the new file was never opened"
    return ["stat", "--image", place.image]
