// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole command lines, run in-process with an environment and a clock of the test's own.

#include <cli/run.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/store/layout.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

struct Outcome {
  int status = 0;
  std::string out;
  std::string err;

  friend std::ostream& operator<<(std::ostream& stream, const Outcome& outcome) {
    return stream << "status " << outcome.status << "\nstdout: " << outcome.out
                  << "\nstderr: " << outcome.err;
  }
};

/// The fatal lines of a standard error, without their decoration.
[[nodiscard]] inline std::vector<std::string> fatal_lines(const std::string& err) {
  std::vector<std::string> lines;
  std::istringstream stream(err);
  constexpr std::string_view mark = "   ⨯ ";
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(mark)) lines.push_back(line.substr(mark.size()));
  }
  return lines;
}

class CommandLineTest : public ::testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in(standard_input);
    Io io{.in = in,
          .out = out,
          .err = err,
          .environment = [this](std::string_view name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            if (found == environment.end()) return std::nullopt;
            return found->second;
          },
          .now = [this] { return parse_timestamp(now); },
          .out_is_terminal = out_is_terminal,
          .err_is_terminal = err_is_terminal,
          .out_columns = [this] { return columns; },
          .subid_files = {.users = path("subuid"), .groups = path("subgid")}};
    const int status = cli::run(arguments, io);
    return {.status = status, .out = out.str(), .err = err.str()};
  }

  /// Runs a line that must succeed and be silent on standard error; returns its standard output.
  std::string run_well(const std::vector<std::string>& arguments) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, 0) << line_of(arguments) << "\n" << outcome;
    EXPECT_EQ(outcome.err, "") << line_of(arguments);
    return outcome.out;
  }

  /// Runs a line that must fail with one fatal line; returns it.
  std::string run_badly(const std::vector<std::string>& arguments) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, 1) << line_of(arguments) << "\n" << outcome;
    const auto lines = fatal_lines(outcome.err);
    EXPECT_EQ(lines.size(), 1U) << line_of(arguments) << "\n" << outcome;
    return lines.empty() ? std::string() : lines.front();
  }

  [[nodiscard]] std::string path(std::string_view name) const { return directory / name; }

  /// A layout "layout" with the empty images of these tags.
  void make_layout(const std::vector<std::string>& tags = {"latest"}) {
    run_well({"init", "--layout", path("layout")});
    for (const auto& tag : tags) run_well({"new", "--image", image(tag)});
  }

  /// The value of --image for a tag in "layout".
  [[nodiscard]] std::string image(std::string_view tag = "latest") const {
    return path("layout") + ":" + std::string(tag);
  }

  [[nodiscard]] store::Layout open() const { return store::Layout::open(path("layout")); }
  /// The only entry of that tag in the index of "layout".
  [[nodiscard]] oci::Descriptor entry(std::string_view tag) const;
  /// The bytes of the manifest of that tag, and of its configuration.
  [[nodiscard]] std::string manifest_text(std::string_view tag = "latest") const;
  [[nodiscard]] std::string config_text(std::string_view tag = "latest") const;
  /// A member of the configuration, as compact JSON; "" if it is absent. `path` is "config.Env".
  [[nodiscard]] std::string config_member(std::string_view member_path,
                                          std::string_view tag = "latest") const;
  [[nodiscard]] std::string history(std::string_view tag = "latest") const {
    return config_member("history", tag);
  }

  /// Every name below the test's directory, with the content of files.
  [[nodiscard]] std::map<std::string, std::string> everything() const;

  static std::string line_of(const std::vector<std::string>& arguments) {
    std::string line = "umoci";
    for (const auto& argument : arguments) line += " '" + argument + "'";
    return line;
  }

  test::TemporaryDirectory directory;
  std::map<std::string, std::string, std::less<>> environment;
  std::string standard_input;
  std::string now = "2021-03-04T05:06:07.089+05:30";
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::optional<std::size_t> columns;
};

/// The value at "a.b.c"; nullptr if there is none.
inline const oci::Json* find_member(const oci::Json& json, std::string_view member_path) {
  const oci::Json* at = &json;
  while (at != nullptr && !member_path.empty()) {
    const std::size_t dot = member_path.find('.');
    at = at->find(member_path.substr(0, dot));
    member_path = dot == std::string_view::npos ? std::string_view{} : member_path.substr(dot + 1);
  }
  return at;
}

inline oci::Descriptor CommandLineTest::entry(std::string_view tag) const {
  std::vector<oci::Descriptor> found;
  for (const auto& descriptor : open().read_index().manifests) {
    if (descriptor.ref_name() == tag) found.push_back(descriptor);
  }
  if (found.size() != 1) throw std::runtime_error("not one entry of tag " + std::string(tag));
  return found.front();
}

inline std::string CommandLineTest::manifest_text(std::string_view tag) const {
  return open().blobs().read_document(entry(tag));
}

inline std::string CommandLineTest::config_text(std::string_view tag) const {
  const auto manifest = oci::Json::parse(manifest_text(tag));
  return open().blobs().read_document(oci::Descriptor::from_json(*manifest.find("config")));
}

inline std::string CommandLineTest::config_member(std::string_view member_path,
                                                  std::string_view tag) const {
  const auto config = oci::Json::parse(config_text(tag));
  const auto* member = find_member(config, member_path);
  return member == nullptr ? std::string() : member->dump();
}

inline std::map<std::string, std::string> CommandLineTest::everything() const {
  namespace stdfs = std::filesystem;
  std::map<std::string, std::string> found;
  for (const auto& item : stdfs::recursive_directory_iterator(directory.path())) {
    const std::string name = item.path().lexically_relative(directory.path());
    if (item.is_symlink()) {
      found[name] = "-> " + stdfs::read_symlink(item.path()).native();
    } else if (item.is_regular_file()) {
      found[name] = test::read_file(item.path());
    } else {
      found[name] = "not a file";
    }
  }
  return found;
}

}  // namespace umoci::cli
