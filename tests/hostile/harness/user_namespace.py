# SPDX-License-Identifier: Apache-2.0
"""usage: user_namespace.py FIRST-ID COUNT COMMAND...
Runs a command as root of a new user namespace whose ids are COUNT ids of ours. Needs root."""

import ctypes
import os
import sys

CLONE_NEWUSER = 0x10000000


def main() -> int:
    first, count, *command = sys.argv[1:]
    unshared_read, unshared_write = os.pipe()
    mapped_read, mapped_write = os.pipe()
    child = os.fork()
    if child == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWUSER) != 0:
            print("unshare:", os.strerror(ctypes.get_errno()), file=sys.stderr)
            os._exit(126)
        os.write(unshared_write, b"1")
        os.close(mapped_write)
        if os.read(mapped_read, 1) != b"1":
            os._exit(126)
        os.setgroups([])
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        os.execvp(command[0], command)
    os.close(unshared_write)
    if os.read(unshared_read, 1) == b"1":
        for kind in ("uid", "gid"):
            with open(f"/proc/{child}/{kind}_map", "w") as map_file:
                map_file.write(f"0 {first} {count}\n")
        os.write(mapped_write, b"1")
    os.close(mapped_write)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status < 0:
        os.kill(os.getpid(), -status)
    return status


if __name__ == "__main__":
    sys.exit(main())
