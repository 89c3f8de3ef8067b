#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that layering.py fails where it must: one small wrong source tree per rule."""

import pathlib
import tempfile
import unittest

from layering import LICENCE, Checker

BASE_LIST = "umoci_module(NAME base SOURCES error.cpp)"
IO_LIST = "umoci_module(NAME io DEPENDS base SOURCES source.cpp TESTS source_test.cpp)"

CORRECT = {
    "src/umoci/base/CMakeLists.txt": BASE_LIST,
    "src/umoci/base/error.hpp": "#include <string>",
    "src/umoci/base/error.cpp": "#include <umoci/base/error.hpp>\n#include <fmt/format.h>",
    "src/umoci/io/CMakeLists.txt": IO_LIST,
    "src/umoci/io/source.hpp": "#include <umoci/base/error.hpp>",
    "src/umoci/io/source.cpp": "#include <umoci/io/source.hpp>",
    "src/umoci/io/source_test.cpp": "#include <umoci/io/source.hpp>\n#include <gtest/gtest.h>",
    "src/cli/CMakeLists.txt": "add_library(umoci_cli run.cpp)",
    "src/cli/run.cpp": "#include <umoci/io/source.hpp>",
}


class LayeringTest(unittest.TestCase):
    def problems(self, changes):
        """What layering.py says about the correct tree with some files replaced or added."""
        with tempfile.TemporaryDirectory() as directory:
            for name, text in {**CORRECT, **changes}.items():
                file = pathlib.Path(directory, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                if LICENCE not in text and "no licence" not in text:
                    comment = "//" if file.suffix in (".hpp", ".cpp") else "#"
                    text = f"{comment} {LICENCE}\n{text}\n"
                file.write_text(text)
            return Checker(directory).check()

    def expect(self, changes, *problems):
        self.assertEqual(list(problems), self.problems(changes))

    def test_correct_tree_has_no_problems(self):
        self.expect({})

    def test_undeclared_include(self):
        self.expect(
            {
                "src/umoci/io/CMakeLists.txt": IO_LIST.replace("DEPENDS base", ""),
                "src/umoci/io/source_test.cpp": "",
            },
            "src/umoci/io/source.hpp: includes base, which io does not declare",
        )

    def test_test_may_use_any_module_below_but_none_above(self):
        tree_list = "umoci_module(NAME tree DEPENDS io SOURCES a.cpp TESTS a_test.cpp)"
        self.expect(
            {
                "src/umoci/tree/CMakeLists.txt": tree_list,
                "src/umoci/tree/a.cpp": "#include <umoci/io/source.hpp>",
                "src/umoci/tree/a_test.cpp": "#include <umoci/base/error.hpp>",
                "src/umoci/io/source_test.cpp": "#include <umoci/tree/a.hpp>",
            },
            "src/umoci/io/source_test.cpp: includes tree, which io does not declare",
        )

    def test_declared_but_unused(self):
        self.expect(
            {"src/umoci/io/source.hpp": ""},
            "src/umoci/io/CMakeLists.txt: declares base but does not use it",
        )

    def test_use_in_a_test_alone_does_not_justify_a_dependency(self):
        self.expect(
            {
                "src/umoci/io/source.hpp": "",
                "src/umoci/io/source_test.cpp": "#include <umoci/base/error.hpp>",
            },
            "src/umoci/io/CMakeLists.txt: declares base but does not use it",
        )

    def test_upward_edge(self):
        self.expect(
            {
                "src/umoci/base/CMakeLists.txt": BASE_LIST.replace("NAME base", "NAME base DEPENDS io"),
                "src/umoci/base/error.cpp": "#include <umoci/io/source.hpp>",
            },
            "src/umoci/base/CMakeLists.txt: depends on io, which is not on a lower row",
        )

    def test_sideways_edge(self):
        self.expect(
            {
                "src/umoci/tar/CMakeLists.txt": "umoci_module(NAME tar DEPENDS mtree SOURCES a.cpp)",
                "src/umoci/tar/a.cpp": "#include <umoci/mtree/keyword.hpp>",
            },
            "src/umoci/tar/CMakeLists.txt: depends on mtree, which is not on a lower row",
        )

    def test_edge_in_a_comment_declares_nothing(self):
        self.expect(
            {"src/umoci/io/CMakeLists.txt": IO_LIST.replace("DEPENDS base", "DEPENDS # base\n")},
            "src/umoci/io/source.hpp: includes base, which io does not declare",
        )

    def test_unknown_module(self):
        self.expect(
            {"src/umoci/util/CMakeLists.txt": "umoci_module(NAME util)"},
            "src/umoci/util/CMakeLists.txt: module util has no row in layering.py",
        )

    def test_library_in_public_header(self):
        self.expect(
            {"src/umoci/base/error.hpp": "#include <fmt/format.h>"},
            "src/umoci/base/error.hpp: public header includes <fmt/format.h>",
        )

    def test_system_header_in_public_header(self):
        self.expect({"src/umoci/base/error.hpp": "#include <sys/stat.h>"})
        self.expect(
            {"src/umoci/io/source.hpp": "#include <umoci/base/error.hpp>\n#include <sys/stat.h>"},
            "src/umoci/io/source.hpp: public header includes <sys/stat.h>",
        )

    def test_private_header_may_include_libraries_but_stays_at_home(self):
        private = {
            "src/umoci/base/CMakeLists.txt": BASE_LIST.replace(")", " PRIVATE_HEADERS text.hpp)"),
            "src/umoci/base/text.hpp": "#include <fmt/format.h>",
        }
        self.expect(private)
        self.expect(
            {**private, "src/cli/run.cpp": "#include <umoci/base/text.hpp>"},
            "src/cli/run.cpp: includes <umoci/base/text.hpp>, which is private to base",
        )

    def test_library_known_to_its_owner_only(self):
        self.expect(
            {"src/umoci/io/source.cpp": "#include <nlohmann/json.hpp>"},
            "src/umoci/io/source.cpp: includes <nlohmann/json.hpp>, known only to ['oci', 'runtime']",
        )
        self.expect(
            {"src/cli/run.cpp": "#include <openssl/evp.h>"},
            "src/cli/run.cpp: includes <openssl/evp.h>, known only to ['digest']",
        )

    def test_command_line_in_the_library(self):
        self.expect(
            {"src/umoci/io/source.cpp": "#include <cli/run.hpp>"},
            "src/umoci/io/source.cpp: includes <cli/run.hpp>: the library knows no command line",
        )

    def test_relative_include(self):
        self.expect(
            {"src/umoci/io/source.cpp": '#include "../base/error.hpp"'},
            'src/umoci/io/source.cpp: includes "../base/error.hpp": write <...>',
        )

    def test_file_that_nothing_builds(self):
        self.expect(
            {
                "src/umoci/io/forgotten_test.cpp": "",
                "src/cli/forgotten.cpp": "",
            },
            "src/umoci/io/forgotten_test.cpp: is not listed in CMakeLists.txt",
            "src/cli/forgotten.cpp: is not listed in CMakeLists.txt",
        )

    def test_size_ceiling(self):
        self.expect({"tests/cli/a_test.cpp": "\n" * 598})
        self.expect(
            {"tests/cli/a_test.cpp": "\n" * 599},
            "tests/cli/a_test.cpp: has 601 lines, more than 600",
        )

    def test_licence_line(self):
        self.expect(
            {"scripts/tool": "#!/bin/sh\n# no licence\n"},
            f"scripts/tool: does not start with {LICENCE}",
        )


if __name__ == "__main__":
    unittest.main()
