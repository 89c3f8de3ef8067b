// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>
#include <umoci/mtree/tree_order.hpp>
#include <umoci/tree/path.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace umoci::check {
namespace {

struct Mount {
  tree::TreePath destination;
  std::size_t number;  ///< which of the list
};

void check_destination(const BundleView& view, const Value& mount) {
  const Value destination = mount["destination"];
  const std::string* text = destination.text();
  if (text == nullptr || text->empty()) {
    view.report.error("B11", destination, "the mount has no destination");
  } else if (text->find('\0') != std::string::npos) {
    view.report.error("B11", destination, quoted(*text) + " contains NUL");
  } else if (!text->starts_with('/') && !view.is_for_windows()) {
    view.report.warn("B11", destination, quoted(*text) + " is not absolute");
  }
}

/// Those whose destination is a path, everything below one following it at once.
std::vector<Mount> in_tree_order(const Value& mounts) {
  std::vector<Mount> result;
  std::size_t number = 0;
  mounts.for_each_element([&](const Value& mount) {
    const Value destination = mount["destination"];
    const std::string* text = destination.text();
    if (text != nullptr && !text->empty() && text->size() <= most_path_bytes &&
        text->find('\0') == std::string::npos) {
      result.push_back({.destination = tree::TreePath::clean(*text), .number = number});
    }
    ++number;
  });
  std::stable_sort(result.begin(), result.end(), [](const Mount& a, const Mount& b) {
    return mtree::tree_less(a.destination.text(), b.destination.text());
  });
  return result;
}

std::string pointer_of(const Mount& mount) {
  return fmt::format("/mounts/{}/destination", mount.number);
}

/// Which mounts are hidden by others. Sorted, so that many mounts cost no more than their number.
void check_order(const BundleView& view) {
  // The mounts above the one at hand; of each the latest one that is not below it.
  std::vector<const Mount*> above;
  const std::vector<Mount> mounts = in_tree_order(view.config["mounts"]);
  const Mount* previous = nullptr;
  for (const Mount& mount : mounts) {
    if (previous != nullptr && previous->destination == mount.destination) {
      view.report.add("B11", Severity::warning, pointer_of(mount),
                      fmt::format("{} has a mount already, {}", quoted(mount.destination.display()),
                                  pointer_of(*previous)));
    } else if (previous != nullptr) {
      // The last one at that destination is the one that counts for what is below it.
      const bool is_latest = above.empty() || previous->number > above.back()->number;
      above.push_back(is_latest ? previous : above.back());
    }
    previous = &mount;
    while (!above.empty() && !mount.destination.is_within(above.back()->destination)) {
      above.pop_back();
    }
    if (above.empty() || above.back()->number < mount.number) continue;
    view.report.add("B11", Severity::warning, pointer_of(mount),
                    fmt::format("{} is hidden by the later mount {}",
                                quoted(mount.destination.display()), pointer_of(*above.back())));
  }
}

bool has_option(const Value& mount, std::initializer_list<std::string_view> wanted) {
  bool found = false;
  mount["options"].for_each_element([&](const Value& option) {
    const std::string* text = option.text();
    found = found ||
            (text != nullptr && std::find(wanted.begin(), wanted.end(), *text) != wanted.end());
  });
  return found;
}

void check_source(const BundleView& view, const Value& mount) {
  const Value source = mount["source"];
  const std::string* text = source.text();
  if (text == nullptr || text->empty()) {
    return view.report.warn("B12", mount, "the bind mount has no source");
  }
  if (find_on_host(view.directory / *text) == HostFile::missing) {
    view.report.warn("B12", source, quoted(*text) + " is missing on this machine");
  }
}

void check_on_host(const BundleView& view, const Value& mount) {
  const Value type = mount["type"];
  const std::string* text = type.text();
  const bool is_bind_type = text != nullptr && (*text == "bind" || *text == "rbind");
  if (is_bind_type || has_option(mount, {"bind", "rbind"})) return check_source(view, mount);
  if (text == nullptr || text->empty() || *text == "none" || !view.host->file_systems) return;
  // Runtimes mount version 2 where the machine has it.
  if (*text == "cgroup" && view.host->file_systems->contains("cgroup2")) return;
  // fuse.sshfs
  const std::string_view name = std::string_view(*text).substr(0, text->find('.'));
  if (view.host->file_systems->contains(name)) return;
  view.report.warn("B12", type, quoted(*text) + " is no file system that the kernel has now");
}

void check_mapped_mount(const BundleView& view, const Value& mount) {
  const bool has_uids = mount["uidMappings"].count() > 0;
  const bool has_gids = mount["gidMappings"].count() > 0;
  if (has_uids != has_gids) {
    view.report.error(
        "B13", mount,
        fmt::format("the mount has {0} and no {1}", has_uids ? "uidMappings" : "gidMappings",
                    has_uids ? "gidMappings" : "uidMappings"));
  }
  if ((has_uids || has_gids) && !has_option(mount, {"idmap", "ridmap"})) {
    view.report.warn("B13", mount["options"],
                     "the mount has mappings of ids, but neither the option idmap nor ridmap");
  }
}

}  // namespace

void check_mounts(const BundleView& view) {
  view.config["mounts"].for_each_element([&](const Value& mount) {
    check_destination(view, mount);
    if (view.host != nullptr) check_on_host(view, mount);
    check_mapped_mount(view, mount);
  });
  if (!view.is_for_windows()) check_order(view);
}

}  // namespace umoci::check
