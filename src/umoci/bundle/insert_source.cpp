// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/insert_source.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/metadata.hpp>

namespace umoci::bundle {

InsertSource InsertSource::open(const std::filesystem::path& path, fs::Access access) {
  const fs::RootOptions options{.access = access};
  std::string_view text = path.native();
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  const std::size_t name_at = text.rfind('/') + 1;  // 0 without a slash
  const std::string_view name = text.substr(name_at);
  // These name no entry of a directory that could be looked at: they are the directory.
  if (name.empty() || name == "." || name == "..") {
    return {fs::Root::open(path, options), {}, tree::EntryType::directory};
  }
  const std::string_view parent = name_at == 0 ? "." : text.substr(0, name_at);
  fs::Root root = fs::Root::open(parent, options);
  const auto status = root.directory().status(name);
  if (!status) throw Error(ErrorKind::not_found, quoted(path.native()) + " does not exist");
  return {std::move(root), tree::TreePath::clean(name), fs::entry_of(*status).type};
}

}  // namespace umoci::bundle
