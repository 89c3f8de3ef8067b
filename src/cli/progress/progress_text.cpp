// SPDX-License-Identifier: Apache-2.0
#include <cli/progress/progress_text.hpp>

#include <cli/cell_width.hpp>
#include <cli/go_quote.hpp>
#include <cli/human_size.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

namespace umoci::cli {
namespace {

constexpr std::string_view separator = ", ";
constexpr std::string_view name_end = ": ";
constexpr std::string_view cut_mark = "...";

/// A part of the line. Of several that do not fit the one with the highest rank is left out.
struct Part {
  std::string text;
  int rank;
};
constexpr int only_in_reports = 5;

std::string size_text(std::uint64_t size_bytes) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return human_size(static_cast<std::int64_t>(std::min(size_bytes, most)));
}

std::string activity_text(const ProgressView& view) {
  switch (view.phase.activity) {
    case ProgressActivity::read_layers:
      return view.step == 0 ? std::string("layers")
                            : fmt::format("layer {} of {}", view.step, view.phase.steps);
    case ProgressActivity::describe_rootfs:
      return "describing files";
    case ProgressActivity::compare_rootfs:
      return "comparing files";
    case ProgressActivity::write_layer:
      return "writing layer";
    case ProgressActivity::find_garbage:
      return "finding garbage";
    case ProgressActivity::remove_garbage:
      return "removing garbage";
    case ProgressActivity::check_blobs:
      return "checking blobs";
  }
  return "";
}

/// Rounded down: 100% is all of it.
std::string percent_text(std::uint64_t done, std::uint64_t total) {
  if (done >= total) return "100%";
  const double percent = 100.0 * static_cast<double>(done) / static_cast<double>(total);
  return fmt::format("{}%", std::min(static_cast<int>(percent), 99));
}

std::string entries_text(const ProgressView& view) {
  const std::string_view noun = view.entries == 1 ? "entry" : "entries";
  if (const auto total = view.phase.total_entries) {
    return fmt::format("{} of {} {}", view.entries, *total, *total == 1 ? "entry" : "entries");
  }
  return fmt::format("{} {}", view.entries, noun);
}

std::vector<Part> parts_of(const ProgressView& view) {
  const auto& phase = view.phase;
  std::vector<Part> parts{{activity_text(view), 0}};
  const auto add = [&](std::string text, int rank) { parts.push_back({std::move(text), rank}); };
  const bool knows_bytes = phase.total_bytes.value_or(0) > 0;
  const bool knows_entries = phase.total_entries.value_or(0) > 0;
  if (knows_bytes) {
    add(percent_text(view.bytes, *phase.total_bytes), 1);
  } else if (knows_entries) {
    add(percent_text(view.entries, *phase.total_entries), 1);
  }
  // Where no total of bytes is known, entries tell more of what is left.
  if (view.entries > 0 || knows_entries) add(entries_text(view), knows_bytes ? only_in_reports : 2);
  if (knows_bytes) {
    add(fmt::format("{} of {}", size_text(view.bytes), size_text(*phase.total_bytes)), 4);
  } else if (view.bytes > 0) {
    add(size_text(view.bytes), 3);
  }
  if (view.bytes_per_second) add(size_text(*view.bytes_per_second) + "/s", 3);
  if (const std::string left = duration_text(view.left.value_or(std::chrono::seconds(0)));
      view.left && !left.empty()) {
    add(left + " left", 2);
  }
  return parts;
}

std::string join(std::span<const Part> parts) {
  std::string text;
  for (const Part& part : parts) {
    if (!text.empty()) text += separator;
    text += part.text;
  }
  return text;
}

/// The name with what separates it from the rest, cut to `cells`; empty if that would say nothing.
std::string name_text(std::string_view name, std::size_t cells) {
  constexpr std::size_t fewest_cells = 4;
  const std::string text = escape_invisible(name);
  if (cells < name_end.size() || text.empty()) return "";
  cells -= name_end.size();
  if (cell_width(text) <= cells) return text + std::string(name_end);
  if (cells < fewest_cells + cut_mark.size()) return "";
  return std::string(cut_to_cells(text, cells - cut_mark.size())) + std::string(cut_mark) +
         std::string(name_end);
}

}  // namespace

std::string status_text(const ProgressView& view, std::string_view name, std::size_t cells) {
  std::vector<Part> parts = parts_of(view);
  std::erase_if(parts, [](const Part& part) { return part.rank == only_in_reports; });
  std::string text = join(parts);
  while (parts.size() > 1 && cell_width(text) > cells) {
    parts.erase(std::ranges::max_element(parts, {}, &Part::rank));
    text = join(parts);
  }
  text = cut_to_cells(text, cells);
  return name_text(name, cells - cell_width(text)) + text;
}

std::string report_text(const ProgressView& view, std::string_view name) {
  return name_text(name, std::numeric_limits<std::size_t>::max()) + join(parts_of(view));
}

std::string duration_text(std::chrono::seconds duration) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  const std::int64_t seconds = duration.count();
  if (seconds < minute) return fmt::format("{}s", seconds);
  if (seconds < hour) return fmt::format("{}m {:02}s", seconds / minute, seconds % minute);
  if (seconds > 100 * hour) return "";
  return fmt::format("{}h {:02}m", seconds / hour, seconds % hour / minute);
}

}  // namespace umoci::cli
