// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of umoci config share.

#include <umoci_test/command_line.hpp>

#include <string>
#include <vector>

namespace umoci::cli {

class ConfigCommandTest : public CommandLineTest {
 protected:
  using Words = std::vector<std::string>;

  void SetUp() override { make_layout(); }

  /// A line that changes the image "latest".
  Words config_line(const Words& more) const {
    Words words{"config", "--image", image()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  void config(const Words& more) { EXPECT_EQ(run_well(config_line(more)), ""); }

  /// Runs a line that must fail and write nothing; returns what it says.
  std::string refuse(const Words& more) {
    const auto before = everything();
    const std::string told = run_badly(config_line(more));
    EXPECT_EQ(everything(), before) << line_of(more);
    return told;
  }
};

}  // namespace umoci::cli
