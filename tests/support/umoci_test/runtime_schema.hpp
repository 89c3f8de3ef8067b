// SPDX-License-Identifier: Apache-2.0
#pragma once

// The JSON schema of the runtime-spec, as Debian ships it, applied by python3-jsonschema.

#include <umoci/oci/json.hpp>

#include <umoci_test/run_program.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace umoci::test {

class RuntimeSchema {
 public:
  /// Empty, or what is missing here.
  [[nodiscard]] static std::string unavailable() {
    if (!std::filesystem::exists(schema_)) {
      return "golang-github-opencontainers-specs-dev is not installed";
    }
    if (run_program({"python3", "-c", "import jsonschema"}).status != 0) {
      return "python3-jsonschema is not installed";
    }
    return "";
  }

  /// One line for each fault: the number of the document, and the pointer of the member (RFC 6901).
  [[nodiscard]] static ProgramResult faults(const std::vector<std::string>& documents) {
    constexpr const char* script =
        "import json, jsonschema, sys\n"
        "path = sys.argv[1]\n"
        "schema = json.load(open(path))\n"
        "resolver = jsonschema.RefResolver('file://' + path, schema)\n"
        "validator = jsonschema.Draft4Validator(schema, resolver=resolver)\n"
        "for number, line in enumerate(sys.stdin):\n"
        "    for error in validator.iter_errors(json.loads(line)):\n"
        "        for leaf in error.context or [error]:\n"
        "            names = [str(name) for name in leaf.absolute_path]\n"
        "            names = [n.replace('~', '~0').replace('/', '~1') for n in names]\n"
        "            print(number, ''.join('/' + name for name in names))\n";
    std::string lines;
    for (const std::string& text : documents) lines += oci::Json::parse(text).dump() + "\n";
    return run_program({"python3", "-c", script, schema_}, lines);
  }

 private:
  static constexpr const char* schema_ =
      "/usr/share/gocode/src/github.com/opencontainers/runtime-spec/schema/config-schema.json";
};

}  // namespace umoci::test
