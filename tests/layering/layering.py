#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the declared dependencies of the modules with what their files really include.

usage: layering.py SOURCE-TREE

Prints one line per contradiction and exits with 1 if there is any. The declarations are the
DEPENDS lists of src/umoci/<module>/CMakeLists.txt; which module may ever depend on which is ROWS.
"""

import pathlib
import re
import sys

# Lowest row first, as docs/architecture.md draws them; an edge must lead to a lower row.
ROWS = [
    {"base"},
    {"io"},
    {"digest", "tree"},
    {"oci", "tar", "mtree", "fs"},
    {"store", "codec", "runtime"},
    {"image", "layer"},
    {"bundle", "check"},
]
ROW_OF = {module: number for number, row in enumerate(ROWS) for module in row}

# Libraries that exactly these modules may know. Any other library is a free choice of a .cpp.
LIBRARY_OWNERS = {
    "nlohmann/": {"oci", "runtime"},
    "openssl/": {"digest"},
    "isa-l/": {"codec"},
    "libdeflate.h": {"codec"},
    "zlib.h": {"codec"},
    "zstd.h": {"codec"},
}

# Modules whose public headers may speak of the operating system.
POSIX_MODULES = {"base", "fs"}
POSIX_HEADER = re.compile(r"(sys|linux)/\w+\.h|(unistd|fcntl|dirent|time|errno|signal|pwd|grp)\.h")

STANDARD_HEADERS = set(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv
    chrono cinttypes climits clocale cmath codecvt compare complex concepts condition_variable
    coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar
    cwctype deque exception execution filesystem format forward_list fstream functional future
    initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map
    memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio
    regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept
    stop_token streambuf string string_view syncstream system_error thread tuple type_traits
    typeindex typeinfo unordered_map unordered_set utility valarray variant vector version""".split()
)

MAX_LINES = 600
LICENCE = "SPDX-License-Identifier: Apache-2.0"
SOURCE_SUFFIXES = {".hpp", ".cpp", ".py", ".bats", ".sh", ".cmake"}
SOURCE_DIRECTORIES = ["src", "tests", "bench", "fuzz", "cmake", "scripts", ".ci"]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


class Module:
    """One directory of src/umoci and what its CMakeLists.txt says about it."""

    def __init__(self, directory):
        self.name = directory.name
        self.directory = directory
        text = re.sub(r"#.*", "", (directory / "CMakeLists.txt").read_text())
        call = re.search(r"umoci_module\(([^)]*)\)", text)
        words = call.group(1).split() if call else []
        self.arguments = {}
        keyword = None
        for word in words:
            if re.fullmatch(r"[A-Z][A-Z_]+", word):
                keyword = word
                self.arguments[keyword] = []
            elif keyword:
                self.arguments[keyword].append(word)
        self.depends = set(self.arguments.get("DEPENDS", []))
        self.private_headers = set(self.arguments.get("PRIVATE_HEADERS", []))
        self.listed = {
            name
            for keyword in ("SOURCES", "TESTS", "PRIVATE_HEADERS")
            for name in self.arguments.get(keyword, [])
        }


def includes_of(file):
    """The (delimiter, path) pairs of the include lines of a file."""
    return INCLUDE.findall(file.read_text(errors="replace"))


def module_of(include):
    """The module a <umoci/...> include belongs to, or None."""
    parts = include.split("/")
    return parts[1] if parts[0] == "umoci" and len(parts) > 2 else None


class Checker:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.problems = []
        directories = sorted((self.root / "src/umoci").glob("*/CMakeLists.txt"))
        self.modules = {file.parent.name: Module(file.parent) for file in directories}

    def report(self, place, problem):
        if isinstance(place, pathlib.Path):
            place = place.relative_to(self.root)
        self.problems.append(f"{place}: {problem}")

    def check(self):
        for module in self.modules.values():
            self.check_edges(module)
            self.check_module(module)
        self.check_outside()
        self.check_files()
        return self.problems

    def check_edges(self, module):
        place = module.directory / "CMakeLists.txt"
        if module.name not in ROW_OF:
            self.report(place, f"module {module.name} has no row in layering.py")
            return
        if module.arguments.get("NAME") != [module.name]:
            self.report(place, f"the module must be named {module.name}")
        for other in sorted(module.depends):
            if other not in ROW_OF:
                self.report(place, f"depends on {other}, which is no module")
            elif ROW_OF[other] >= ROW_OF[module.name]:
                self.report(place, f"depends on {other}, which is not on a lower row")

    def check_module(self, module):
        used = set()
        files = sorted(module.directory.rglob("*.[hc]pp"))
        for file in files:
            is_test = file.name.endswith("_test.cpp")
            if not is_test:
                used |= {module_of(include) for _, include in includes_of(file)}
            self.check_includes(module, file, is_test)
            name = str(file.relative_to(module.directory))
            if file.suffix == ".cpp" and name not in module.listed:
                self.report(file, "is not listed in CMakeLists.txt")
        if files:
            for other in sorted(module.depends - used):
                self.report(
                    module.directory / "CMakeLists.txt", f"declares {other} but does not use it"
                )

    def check_includes(self, module, file, is_test):
        is_public = file.suffix == ".hpp" and file.name not in module.private_headers
        for delimiter, include in includes_of(file):
            if delimiter == '"':
                self.report(file, f'includes "{include}": write <...>')
                continue
            other = module_of(include)
            if other is None:
                if is_public and not self.may_be_public(module, include):
                    self.report(file, f"public header includes <{include}>")
                if not is_test:
                    self.check_library(module.name, file, include)
            elif other != module.name:
                self.check_edge(module, file, is_test, other)
                self.check_privacy(file, include)

    def check_edge(self, module, file, is_test, other):
        # A test may use the in-memory stand-ins of any module below; they are linked anyway.
        below = ROW_OF.get(other, len(ROWS)) < ROW_OF.get(module.name, 0)
        if other not in module.depends and not (is_test and below):
            self.report(file, f"includes {other}, which {module.name} does not declare")

    def check_privacy(self, file, include):
        owner = self.modules.get(module_of(include))
        if owner and "/".join(include.split("/")[2:]) in owner.private_headers:
            self.report(file, f"includes <{include}>, which is private to {owner.name}")

    def check_library(self, owner, file, include):
        for prefix, owners in LIBRARY_OWNERS.items():
            if include.startswith(prefix) and owner not in owners:
                self.report(file, f"includes <{include}>, known only to {sorted(owners)}")
        if include.startswith("nlohmann/") and file.suffix != ".cpp":
            self.report(file, f"includes <{include}>, which belongs in .cpp files")
        if include.startswith("cli/"):
            self.report(file, f"includes <{include}>: the library knows no command line")

    @staticmethod
    def may_be_public(module, include):
        if include in STANDARD_HEADERS:
            return True
        return module.name in POSIX_MODULES and POSIX_HEADER.fullmatch(include) is not None

    def check_outside(self):
        """The command line and the tests use public headers only. Fuzz targets are as close to a
        module as its own unit tests are."""
        for directory in ("src/cli", "tests", "bench", "fuzz"):
            for file in sorted((self.root / directory).rglob("*.[hc]pp")):
                for delimiter, include in includes_of(file):
                    if delimiter == '"':
                        self.report(file, f'includes "{include}": write <...>')
                    elif module_of(include):
                        if directory != "fuzz":
                            self.check_privacy(file, include)
                    elif directory == "src/cli" and not include.startswith("cli/"):
                        self.check_library("cli", file, include)
        cli = self.root / "src/cli"
        if cli.is_dir():
            words = (cli / "CMakeLists.txt").read_text().split()
            listed = {word.strip("()") for word in words}
            for file in sorted(cli.rglob("*.cpp")):
                if str(file.relative_to(cli)) not in listed:
                    self.report(file, "is not listed in CMakeLists.txt")

    def check_files(self):
        for directory in SOURCE_DIRECTORIES:
            for file in sorted((self.root / directory).rglob("*")):
                if file.is_file() and "data" not in file.relative_to(self.root).parts[:2]:
                    self.check_file(file)
        for file in sorted(self.root.iterdir()):
            if file.is_file():
                self.check_file(file)

    def check_file(self, file):
        if "__pycache__" in file.parts:
            return
        with file.open("rb") as stream:
            is_script = stream.read(2) == b"#!"
        is_source = file.suffix in SOURCE_SUFFIXES or file.name == "CMakeLists.txt"
        if not (is_script or is_source):
            return
        lines = file.read_text(errors="replace").splitlines()
        if not any(LICENCE in line for line in lines[:2]):
            self.report(file, f"does not start with {LICENCE}")
        if len(lines) > MAX_LINES:
            self.report(file, f"has {len(lines)} lines, more than {MAX_LINES}")


def main():
    problems = Checker(sys.argv[1]).check()
    print("\n".join(problems) if problems else "the includes agree with the declarations")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
