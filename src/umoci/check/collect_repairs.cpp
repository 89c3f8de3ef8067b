// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/collect_repairs.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/digest_check.hpp>
#include <umoci/check/process_umask.hpp>
#include <umoci/check/usable_mode.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/oci/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace umoci::check {
namespace {

using Type = store::LayoutPart::Type;

constexpr const char* marker_name = "oci-layout";
constexpr const char* index_name = "index.json";
constexpr const char* blobs_name = "blobs";
constexpr const char* usual_blobs_name = "blobs/sha256";

class Collector {
 public:
  Collector(const store::DamagedLayout& layout, const RepairOptions& options)
      : layout_(layout), options_(options), allowed_(~process_umask()) {}

  std::vector<Repair> run() && {
    const store::Marker marker = layout_.marker();
    if (marker == store::Marker::unreadable) {
      // Nobody can tell yet that it is a layout: only what keeps the caller from seeing that.
      collect_mode(".");
      collect_mode(marker_name);
      return std::move(repairs_);
    }
    index_ = layout_.find_index_text();
    if (marker == store::Marker::wrong || (marker == store::Marker::absent && !is_unmarked())) {
      return {};
    }
    if (marker == store::Marker::absent) {
      add({.kind = RepairKind::write_marker,
           .rule = "L01",
           .place = {.document = marker_name, .pointer = ""},
           .action = "write the file",
           .reason = "it does not exist, but there are an index and blobs"});
      // If it is to stay no layout, the rest is none of our business.
      if (repairs_.empty()) return {};
    }
    collect_modes();
    collect_directories();
    collect_index();
    collect_leftovers();
    return std::move(repairs_);
  }

 private:
  void add(Repair repair) {
    if (!options_.ignored.contains(repair.rule)) repairs_.push_back(std::move(repair));
  }

  [[nodiscard]] bool is_directory(const std::string& name) const {
    const auto part = layout_.find(name);
    return part && part->type == Type::directory;
  }

  /// True for a layout that lacks nothing but its mark: an index.json may be anything.
  [[nodiscard]] bool is_unmarked() const {
    if (!index_ || !is_directory(blobs_name)) return false;
    const oci::Json json = oci::Json::parse(*index_, options_.layout.limits);
    const oci::Json* version = json.find("schemaVersion");
    const oci::Json* manifests = json.find("manifests");
    return version != nullptr && version->if_int64() == 2 && manifests != nullptr &&
           manifests->if_array() != nullptr;
  }

  void collect_modes() {
    for (const char* name : {".", marker_name, index_name, blobs_name}) collect_mode(name);
    for (const auto& algorithm : layout_.list(blobs_name)) {
      if (!is_algorithm_name(algorithm.name) || algorithm.type != Type::directory) continue;
      const std::string directory = std::string(blobs_name) + "/" + algorithm.name;
      collect_mode(directory, algorithm);
      for (const auto& blob : layout_.list(directory)) {
        std::string digest = algorithm.name;
        digest.append(":").append(blob.name);
        if (!digest_fault(digest).empty()) continue;
        collect_mode(directory + "/" + blob.name, blob);
      }
    }
  }

  void collect_mode(const std::string& name) {
    const auto part = layout_.find(name);
    if (part) collect_mode(name, *part);
  }

  void collect_mode(const std::string& name, const store::LayoutPart& part) {
    if (part.type == Type::other || !part.may_change_mode) return;
    const mode_t type = part.type == Type::directory ? S_IFDIR : S_IFREG;
    mode_t missing = missing_permissions(type | part.mode) & allowed_;
    if (missing == 0) return;
    // With a list of permissions the bits of the group are a limit for everybody in it.
    constexpr mode_t of_owner = S_IRWXU;
    if ((missing & ~of_owner) != 0 && layout_.has_access_list(name)) missing &= of_owner;
    if (missing == 0) return;
    const mode_t after = part.mode | missing;
    add({.kind = RepairKind::change_mode,
         .rule = "L12",
         .place = {.document = name, .pointer = ""},
         .action = fmt::format("change its mode from {:04o} to {:04o}", part.mode, after),
         .reason = (missing & of_owner) != 0 ? "its owner cannot use it"
                                             : "others can list it, but use nothing that is in it",
         .mode_before = part.mode,
         .mode_after = after});
  }

  void collect_directories() {
    const bool has_blobs = layout_.find(blobs_name).has_value();
    if (has_blobs && (!is_directory(blobs_name) || layout_.find(usual_blobs_name))) return;
    // It may be there if the caller may not look.
    if (!layout_.can_look_into(has_blobs ? blobs_name : ".")) return;
    if (!has_blobs) add_directory(blobs_name);
    add_directory(usual_blobs_name);
  }

  void add_directory(const char* name) {
    add({.kind = RepairKind::make_directory,
         .rule = "L05",
         .place = {.document = name, .pointer = ""},
         .action = "make the directory",
         .reason = "it does not exist"});
  }

  void collect_index() {
    const auto part = layout_.find(index_name);
    if (!part) {
      if (layout_.can_look_into(".") && is_bare()) {
        add({.kind = RepairKind::write_index,
             .rule = "L04",
             .place = {.document = index_name, .pointer = ""},
             .action = "write an index without entries",
             .reason = "it does not exist, and there is no blob"});
      }
      return;
    }
    // Behind a link it may be the index of others, too.
    if (!index_ || part->type != Type::file) return;
    const oci::Index index = oci::Index::parse_top_level(*index_, options_.layout.limits);
    collect_schema_version(index);
    collect_entries(index);
  }

  /// True if there is nothing in the layout that an index could name, or that could be one.
  [[nodiscard]] bool is_bare() const {
    for (const auto& item : layout_.list(".")) {
      if (item.name != marker_name && item.name != blobs_name) return false;
    }
    return has_no_blob();
  }

  /// True if there is none, and that is certain.
  [[nodiscard]] bool has_no_blob() const {
    if (layout_.find(blobs_name) && !layout_.can_look_into(blobs_name)) return false;
    return std::ranges::all_of(layout_.list(blobs_name), [&](const auto& algorithm) {
      const std::string directory = std::string(blobs_name) + "/" + algorithm.name;
      return algorithm.type == Type::directory && layout_.can_look_into(directory) &&
             layout_.list(directory).empty();
    });
  }

  void collect_schema_version(const oci::Index& index) {
    if (!store::lacks_schema_version(*index_, options_.layout.limits)) return;
    // What says that it is something else is not made to look like an index.
    if (!index.media_type.empty() && index.media_type != oci::media_type::index) return;
    add({.kind = RepairKind::set_schema_version,
         .rule = "X01",
         .place = {.document = index_name, .pointer = "/schemaVersion"},
         .action = "write schemaVersion 2",
         .reason = "there is none"});
  }

  void collect_entries(const oci::Index& index) {
    // Where there is not one blob, it is rather the disk for them that is missing.
    if (has_no_blob()) return;
    std::size_t number = 0;
    for (const oci::Descriptor& entry : index.manifests) {
      const std::string pointer = fmt::format("/manifests/{}", number++);
      if (!layout_.is_gone(entry)) continue;
      const auto name = entry.ref_name();
      add({.kind = RepairKind::move_entry,
           .rule = "L10",
           .place = {.document = index_name, .pointer = pointer},
           .action = fmt::format("move the entry {} to a file beside the index",
                                 name ? quoted(*name) : std::string("without a name")),
           .reason = fmt::format("its blob {} is missing", entry.digest.text()),
           .entry = entry.to_json().dump()});
    }
  }

  void collect_leftovers() {
    // What of an index is lost may be in there.
    if (!index_) return;
    for (std::string& name : layout_.find_leftovers()) {
      add({.kind = RepairKind::remove_leftover,
           .rule = "L11",
           .place = {.document = std::move(name), .pointer = ""},
           .action = "remove it",
           .reason = "the writer that left it is dead"});
    }
  }

  const store::DamagedLayout& layout_;
  const RepairOptions& options_;
  const mode_t allowed_;
  std::optional<std::string> index_;  ///< nullopt: none that commands accept
  std::vector<Repair> repairs_;
};

}  // namespace

std::vector<Repair> collect_repairs(const store::DamagedLayout& layout,
                                    const RepairOptions& options) {
  return Collector(layout, options).run();
}

std::vector<Repair> collect_repairs(const std::filesystem::path& path,
                                    const RepairOptions& options) {
  return collect_repairs(store::DamagedLayout(path, options.layout), options);
}

std::string Repair::key() const {
  std::string key = fmt::format("{} {:o} {:o}", static_cast<int>(kind), mode_before, mode_after);
  // An entry is the same wherever it stands in the index.
  key += '\0';
  key += kind == RepairKind::move_entry ? entry : place.document;
  return key;
}

}  // namespace umoci::check
