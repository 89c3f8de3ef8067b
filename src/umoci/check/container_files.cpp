// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/container_files.hpp>

#include <umoci/base/error.hpp>

namespace umoci::check {
namespace {

using State = ContainerFile::State;

bool is_path(std::string_view text) {
  return text.size() <= most_path_bytes && text.find('\0') == std::string_view::npos;
}

std::vector<tree::TreePath> destinations(const Value& mounts) {
  std::vector<tree::TreePath> paths;
  mounts.for_each_element([&](const Value& mount) {
    const Value destination = mount["destination"];
    const std::string* text = destination.text();
    if (text != nullptr && is_path(*text)) paths.push_back(tree::TreePath::clean(*text));
  });
  return paths;
}

}  // namespace

ContainerFiles::ContainerFiles(const std::optional<fs::Root>& rootfs, const Value& mounts,
                               const Limits& limits)
    : budget_(std::make_unique<fs::LinkBudget>(limits)), hidden_(destinations(mounts)) {
  if (rootfs) rootfs_ = rootfs->charging(*budget_);
}

bool ContainerFiles::is_hidden(const tree::TreePath& path) const {
  // A mount hides its destination and what is below: the same for everything below `path`.
  return hidden_.contain(path.child("x"));
}

ContainerFile ContainerFiles::find(std::string_view path) const {
  if (!rootfs_) return {};
  if (!is_path(path)) return {.state = State::missing, .why = ""};
  try {
    return find(tree::TreePath::clean(path));
  } catch (const Error& error) {
    return {.state = State::unreadable, .why = error.what()};
  }
}

ContainerFile ContainerFiles::find(const tree::TreePath& path) const {
  if (is_hidden(path)) return {};
  const fs::Location location = rootfs_->resolve(path);
  if (is_hidden(location.path)) return {};
  if (location.is_directory()) {
    return {.state = State::present, .status = location.existing.status(), .why = ""};
  }
  if (location.path.parent() != location.existing_path) return {.state = State::missing, .why = ""};
  const auto status = location.existing.status(location.path.name());
  if (!status) return {.state = State::missing, .why = ""};
  return {.state = State::present, .status = *status, .why = ""};
}

}  // namespace umoci::check
