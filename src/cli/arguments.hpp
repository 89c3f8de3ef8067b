// SPDX-License-Identifier: Apache-2.0
#pragma once

// Groups of flags that several commands share: the flags themselves and what they mean.

#include <cli/command.hpp>

#include <umoci/codec/codec.hpp>
#include <umoci/image/history.hpp>
#include <umoci/layer/id_map.hpp>
#include <umoci/store/layout.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// `PATH[:TAG]`.
struct ImageArgument {
  std::filesystem::path layout;
  std::string tag;
};

[[nodiscard]] std::vector<Flag> image_flags();
/// The value of --image, split at its first colon; tag "latest" without one. Throws:
/// invalid_argument if it is missing, empty or no tag.
[[nodiscard]] ImageArgument require_image(const ParsedFlags& flags);

[[nodiscard]] std::vector<Flag> layout_flags();
/// The value of --layout. Throws: invalid_argument if it is missing, empty or contains a colon.
[[nodiscard]] std::filesystem::path require_layout(const ParsedFlags& flags);

[[nodiscard]] std::vector<Flag> tag_flags();
/// The value of --tag, `otherwise` if it is not given. Throws: invalid_argument if it is no tag.
[[nodiscard]] std::string destination_tag(const ParsedFlags& flags, const std::string& otherwise);

/// Throws invalid_argument unless there are exactly as many positional arguments as names, none of
/// them empty.
void require_positionals(const Invocation& line, const std::vector<std::string_view>& names);

[[nodiscard]] std::vector<Flag> history_flags();
/// Throws: invalid_argument if --no-history and a --history flag are both given.
void check_history_conflict(const ParsedFlags& flags);
/// What the line of history shall say; nullopt with --no-history. Throws: invalid_argument for a
/// malformed --history.created or SOURCE_DATE_EPOCH.
[[nodiscard]] std::optional<image::HistoryRequest> history_request(const Invocation& line,
                                                                   std::string_view created_by);

[[nodiscard]] std::vector<Flag> compress_flags();
/// nullopt: as the image's other layers are. Throws: invalid_argument.
[[nodiscard]] std::optional<codec::Compression> compression(const ParsedFlags& flags);

[[nodiscard]] std::vector<Flag> ownership_flags();
/// Throws: invalid_argument for a malformed mapping.
[[nodiscard]] layer::Ownership ownership(const ParsedFlags& flags);

/// SOURCE_DATE_EPOCH in seconds; nullopt if it is unset or empty. Throws: invalid_argument.
[[nodiscard]] std::optional<std::int64_t> source_date_epoch(const Io& io);
/// SOURCE_DATE_EPOCH, in UTC, or else the present time, as RFC 3339 text.
[[nodiscard]] std::string creation_time(const Io& io);
/// The time given to `flag`, in its normal form. Throws: invalid_argument naming the flag.
[[nodiscard]] std::string parse_time_flag(std::string_view flag, const std::string& value);

/// Opens a layout that logs where the command does.
[[nodiscard]] store::Layout open_layout(const std::filesystem::path& path, Log& log);

/// All of them, one group after the other.
[[nodiscard]] std::vector<Flag> join_flags(std::vector<std::vector<Flag>> groups);

}  // namespace umoci::cli
