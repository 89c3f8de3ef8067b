// SPDX-License-Identifier: Apache-2.0
#include <cli/layer_report.hpp>

#include <cli/cell_width.hpp>
#include <cli/go_quote.hpp>
#include <cli/human_size.hpp>
#include <cli/share_bar.hpp>

#include <umoci/base/utf8.hpp>

#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

namespace umoci::cli {
namespace {

constexpr std::size_t gap_cells = 2;
constexpr std::size_t bar_cells = 10;
constexpr std::size_t longest_type_cells = 20;
constexpr std::size_t shortest_text_cells = 10;

enum class Alignment { left, right };

struct Column {
  std::string title;
  Alignment alignment = Alignment::left;
  /// Which one is left out first where there is not enough room: the largest.
  unsigned rank = 0;
  std::vector<std::string> cells{};
  std::size_t width = 0;

  void add(std::string cell) {
    width = std::max(width, cell_width(cell));
    cells.push_back(std::move(cell));
  }
};

/// What the media type of a layer says besides that it is one.
std::string short_type(const std::string& media_type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> prefixes{{
      {"application/vnd.oci.image.layer.v1.", ""},
      {"application/vnd.oci.image.layer.nondistributable.v1.", "foreign "},
      {"application/vnd.docker.image.rootfs.diff.", "docker "},
      {"application/vnd.docker.image.rootfs.foreign.diff.", "foreign docker "},
  }};
  for (const auto& [prefix, instead] : prefixes) {
    if (media_type.starts_with(prefix)) {
      return std::string(instead) + media_type.substr(prefix.size());
    }
  }
  return media_type;
}

class LayerTable {
 public:
  explicit LayerTable(const Screen& screen) : screen_(screen) {}

  void print(std::ostream& out, const std::vector<LayerReport>& layers) {
    fill(layers);
    fit();
    for (std::size_t row = 0; row <= layers.size(); ++row) {
      out << cut_to_cells(line(row), screen_.columns, "") << '\n';
    }
  }

 private:
  void fill(const std::vector<LayerReport>& layers) {
    double total_bytes = 0;
    for (const LayerReport& layer : layers) {
      total_bytes += static_cast<double>(std::max<std::int64_t>(layer.descriptor.size_bytes, 0));
    }
    for (Column& column : columns_) column.add(column.title);
    for (const LayerReport& layer : layers) {
      const std::int64_t size_bytes = layer.descriptor.size_bytes;
      const double share = total_bytes > 0 ? static_cast<double>(size_bytes) / total_bytes : 0;
      std::size_t column = 0;
      columns_[column++].add(std::to_string(columns_[0].cells.size()));
      columns_[column++].add(std::to_string(size_bytes));
      columns_[column++].add(human_size(size_bytes));
      columns_[column++].add(share_bar(share, bar_cells, screen_.characters));
      columns_[column++].add(
          cut(visible(short_type(layer.descriptor.media_type)), longest_type_cells));
      columns_[column++].add(visible(layer.history ? layer.history->created_by : ""));
    }
  }

  /// Leaves out columns until the rest fits, the last of which takes what is left of the width.
  void fit() {
    while (columns_.size() > 1 && smallest_width() > screen_.columns) {
      columns_.erase(std::ranges::max_element(columns_, {}, &Column::rank));
    }
    Column& last = columns_.back();
    const std::size_t others = smallest_width() - smallest_width_of(last);
    const std::size_t room = screen_.columns > others ? screen_.columns - others : 0;
    for (std::string& cell : last.cells) cell = cut(cell, room);
  }

  [[nodiscard]] static std::size_t smallest_width_of(const Column& column) {
    return column.title == text_title ? std::min(column.width, shortest_text_cells) : column.width;
  }
  [[nodiscard]] std::size_t smallest_width() const {
    std::size_t width = (columns_.size() - 1) * gap_cells;
    for (const Column& column : columns_) width += smallest_width_of(column);
    return width;
  }

  [[nodiscard]] std::string line(std::size_t row) const {
    std::string text;
    for (const Column& column : columns_) {
      if (!text.empty()) text.append(gap_cells, ' ');
      const std::string& cell = column.cells[row];
      const std::size_t missing = column.width - std::min(column.width, cell_width(cell));
      if (column.alignment == Alignment::right) text.append(missing, ' ');
      text += cell;
      if (column.alignment == Alignment::left) text.append(missing, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

  /// In one line and in characters that the screen has.
  [[nodiscard]] std::string visible(std::string_view text) const {
    std::string escaped = escape_invisible(text);
    if (screen_.characters == CharacterSet::unicode) return escaped;
    std::string ascii;
    for (std::string_view rest = escaped; !rest.empty();) {
      const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
      ascii += length == 1 ? rest.front() : '?';
      rest.remove_prefix(length);
    }
    return ascii;
  }

  [[nodiscard]] std::string cut(const std::string& text, std::size_t cells) const {
    return cut_to_cells(text, cells, screen_.characters == CharacterSet::unicode ? "…" : "...");
  }

  static constexpr std::string_view text_title = "CREATED BY";

  const Screen& screen_;
  std::vector<Column> columns_{
      {.title = "#", .alignment = Alignment::right, .rank = 0},
      {.title = "BYTES", .alignment = Alignment::right, .rank = 3},
      {.title = "SIZE", .alignment = Alignment::right, .rank = 1},
      {.title = "SHARE", .rank = 2},
      {.title = "TYPE", .rank = 4},
      {.title = std::string(text_title), .rank = 5},
  };
};

}  // namespace

void print_text(std::ostream& out, const std::vector<LayerReport>& layers, const Screen& screen) {
  LayerTable(screen).print(out, layers);
}

}  // namespace umoci::cli
