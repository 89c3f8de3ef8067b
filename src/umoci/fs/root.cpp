// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/root.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/lookup.hpp>
#include <umoci/fs/resolver.hpp>

#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace umoci::fs {

Root::Root(Directory directory, Lookup lookup)
    : directory_(std::move(directory)), lookup_(lookup) {}

Root Root::open(const std::filesystem::path& path, RootOptions options) {
  UniqueFd opened(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened && errno == ENOTDIR) {
    throw Error(ErrorKind::invalid_argument, quoted(path.native()) + " is not a directory");
  }
  if (!opened) throw_errno("open " + quoted(path.native()));
  return at(Directory(std::move(opened), options.access), options.lookup);
}

Root Root::at(Directory directory, Lookup lookup) {
  const Lookup available = available_lookup(directory, lookup);
  return {std::move(directory), available};
}

Root Root::charging(LinkBudget& budget) const {
  Root copy = *this;
  copy.budget_ = &budget;
  return copy;
}

Location Root::resolve(const tree::TreePath& path) const {
  LinkBudget own_budget;
  LinkBudget& budget = budget_ != nullptr ? *budget_ : own_budget;
  return in_context([&] { return "resolve " + quoted(path.display()); },
                    [&] { return Resolver(directory_, lookup_, budget).resolve(path); });
}

std::optional<Directory> Root::open_directory(const tree::TreePath& path) const {
  return in_context([&] { return "open " + quoted(path.display()); },
                    [&] { return open_without_links(directory_, path.text(), lookup_); });
}

std::optional<UniqueFd> Root::open_file(const tree::TreePath& path) const {
  const Location location = resolve(path);
  return in_context([&] { return "open " + quoted(path.display()); },
                    [&]() -> std::optional<UniqueFd> {
                      if (location.is_directory()) {
                        throw Error(ErrorKind::invalid_data,
                                    "it is a directory, not a regular file");
                      }
                      // Behind what is no directory there is nothing.
                      if (location.path.depth() != location.existing_path.depth() + 1)
                        return std::nullopt;
                      const std::string_view name = location.path.name();
                      if (!location.existing.status(name)) return std::nullopt;
                      return location.existing.open_file(name);
                    });
}

}  // namespace umoci::fs
