// SPDX-License-Identifier: Apache-2.0
#pragma once

// The program as a function: arguments in, an exit status out, and nothing of the outside world but
// what Io lends. Read first: run(), command.hpp.

#include <umoci/base/timestamp.hpp>

#include <chrono>
#include <functional>
#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// The files that say which ids of this system users may map, subuid(5) and subgid(5).
struct SubidFiles {
  std::string users = "/etc/subuid";
  std::string groups = "/etc/subgid";
};

/// What a command line may use of its surroundings.
struct Io {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  /// An environment variable; nullopt if it is not set.
  std::function<std::optional<std::string>(std::string_view)> environment;
  /// The present time in the local zone.
  std::function<Timestamp()> now;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// Width of the terminal that standard output is; nullopt if it is none, or nobody knows.
  std::function<std::optional<std::size_t>()> out_columns = [] {
    return std::optional<std::size_t>();
  };
  /// When requested, the work is undone and run() returns 1.
  std::stop_token stop = {};
  /// A time that only goes forward, to tell how long something took. Called from any thread.
  std::function<std::chrono::steady_clock::time_point()> steady_now =
      std::chrono::steady_clock::now;
  /// Columns of the terminal that standard error is, at this moment; 0: nothing may be drawn there.
  /// Called from any thread.
  std::function<unsigned()> err_columns = [] { return 80U; };
  SubidFiles subid_files = {};
};

/// Runs one command line, given without the program's own name. Returns the exit status: 0 success,
/// 1 any error, 3 an unknown command or help topic, 4 a conflict with others if the line has
/// --if-match or --lock-timeout; of `validate` and `fsck` 1 not valid, 2 a wrong line, 3 any other
/// error. Never throws.
[[nodiscard]] int run(const std::vector<std::string>& arguments, Io& io);

}  // namespace umoci::cli
