// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/damaged_layout.hpp>

#include <umoci/base/error.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/fs/metadata.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/store/directory_blobs.hpp>
#include <umoci/store/index_file.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/layout_marker.hpp>
#include <umoci/store/leftovers.hpp>
#include <umoci/store/temporary_file.hpp>
#include <umoci/store/work_directory.hpp>
#include <umoci/store/write_session.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace umoci::store {
namespace {

constexpr mode_t permission_bits = 07777;
using Type = LayoutPart::Type;
constexpr std::string_view report_prefix = "fsck-moved-";
constexpr std::string_view report_suffix = ".json";
constexpr const char* access_list_attribute = "system.posix_acl_access";

/// The directory that a name stands in, and its last part.
std::pair<std::string, std::string> split(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string::npos) return {".", name};
  return {name.substr(0, slash), name.substr(slash + 1)};
}

std::string key_of(const oci::Descriptor& entry) { return entry.to_json().dump(); }

}  // namespace

class DamagedLayout::Impl {
 public:
  Impl(const std::filesystem::path& path, const LayoutOptions& options) : layout(path, options) {}

  /// False if there is something of that name.
  bool write_new_file(const std::string& name, std::string_view text) {
    const WorkDirectory work_directory(layout);
    TemporaryFile file(layout, work_directory.fd(), "new-", 0666);
    in_context([&] { return "write " + quoted((layout.path() / name).string()); },
               [&] { io::FileSink(file.fd()).write(io::as_bytes(text)); });
    layout.adopt(file.fd());
    file.sync(layout);
    if (!file.publish_new(layout.fd(), name)) return false;
    layout.sync_directory(".");
    return true;
  }

  /// Puts the moved entries into a file of their own. A run that was killed behind this step wrote
  /// the same file already: its name is that of its content.
  [[nodiscard]] std::string write_report(const WorkDirectory& work_directory,
                                         const oci::Index& moved) const {
    const std::string text = moved.dump();
    const digest::Digest digest = digest::digest_of(text);
    for (const std::size_t length : {16U, 32U, 64U}) {
      std::string name(report_prefix);
      name.append(digest.encoded().substr(0, length)).append(report_suffix);
      if (write_beside_index(layout, work_directory, name, text)) return name;
      if (!has_content(name, text)) continue;
      layout.sync_directory(".");
      return name;
    }
    throw Error(ErrorKind::conflict, "files stand where the entries of the index shall go: " +
                                         quoted((layout.path() / report_prefix).string() + "*"));
  }

  [[nodiscard]] bool may_change_mode(const struct stat& status) const {
    // Of the descriptor: the owner of the layout may lack the right to search it.
    struct stat own{};
    if (::fstat(layout.fd(), &own) != 0) throw_errno("stat the layout");
    if (status.st_uid != own.st_uid) return false;
    if (::geteuid() != 0 && ::geteuid() != status.st_uid) return false;
    return S_ISDIR(status.st_mode) || (S_ISREG(status.st_mode) && status.st_nlink == 1);
  }

  [[nodiscard]] LayoutPart part(std::string name, const struct stat& status) const {
    LayoutPart part;
    part.name = std::move(name);
    if (S_ISDIR(status.st_mode)) part.type = Type::directory;
    if (S_ISREG(status.st_mode)) part.type = Type::file;
    part.mode = status.st_mode & permission_bits;
    part.may_change_mode = may_change_mode(status);
    return part;
  }

  [[nodiscard]] bool change_mode(const std::string& name, ModeChange change) const {
    const auto is_as_told = [&](const std::optional<struct stat>& status) {
      return status && (status->st_mode & permission_bits) == change.before &&
             may_change_mode(*status);
    };
    const auto [parent, base] = split(name);
    // The owner's own rights are what may be missing to open it.
    const auto directory = layout.find_own_directory(parent, fs::Access::grant_to_owner);
    if (!directory) return false;
    const auto found = base == "." ? directory->status() : directory->status(base);
    if (!is_as_told(found)) return false;
    fs::Metadata metadata;
    metadata.mode = change.after;
    if (base == ".") {
      directory->apply(metadata);
    } else if (S_ISDIR(found->st_mode)) {
      const auto child = directory->open_directory(base);
      if (!child || !is_as_told(child->status())) return false;
      child->apply(metadata);
    } else {
      // That very file, whatever has the name by now.
      const UniqueFd file =
          directory->open_file(base, {.device = found->st_dev, .inode = found->st_ino});
      fs::apply(file.get(), metadata);
    }
    return true;
  }

  /// What dead writers left: others may want what else there is.
  void add_leftovers(std::vector<std::string>& names) const {
    for (Leftover& leftover : store::find_leftovers(layout)) {
      if (leftover.kind == Leftover::Kind::temporary_file ||
          leftover.kind == Leftover::Kind::work_directory) {
        names.push_back(std::move(leftover.path));
      }
    }
  }

  [[nodiscard]] bool has_content(const std::string& name, std::string_view text) const {
    const auto status = layout.link_status(name);
    return status && S_ISREG(status->st_mode) &&
           static_cast<std::uint64_t>(status->st_size) == text.size() &&
           layout.read_file(name, text.size()) == text;
  }

  const LayoutDirectory layout;
  UniqueFd lock;
};

DamagedLayout::DamagedLayout(const std::filesystem::path& path, const LayoutOptions& options)
    : impl_(std::make_unique<Impl>(path, options)) {}
DamagedLayout::DamagedLayout(DamagedLayout&&) noexcept = default;
DamagedLayout& DamagedLayout::operator=(DamagedLayout&&) noexcept = default;
DamagedLayout::~DamagedLayout() = default;

Marker DamagedLayout::marker() const {
  try {
    if (!impl_->layout.link_status(marker_name)) return Marker::absent;
    check_marker(impl_->layout);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::permission) return Marker::unreadable;
    if (error.kind() == ErrorKind::invalid_data) return Marker::wrong;
    throw;
  }
  return Marker::right;
}

std::optional<LayoutPart> DamagedLayout::find(const std::string& name) const {
  const auto [parent, base] = split(name);
  try {
    const auto directory = impl_->layout.find_own_directory(parent);
    if (!directory) return std::nullopt;
    const auto status = base == "." ? directory->status() : directory->status(base);
    if (status) return impl_->part(base, *status);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::permission) throw;
  }
  return std::nullopt;
}

std::vector<LayoutPart> DamagedLayout::list(const std::string& name) const {
  std::vector<LayoutPart> parts;
  try {
    const auto directory = impl_->layout.find_own_directory(name);
    if (!directory) return parts;
    for (std::string& item : directory->list()) {
      const auto status = directory->status(item);
      if (status) parts.push_back(impl_->part(std::move(item), *status));
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::permission) throw;
  }
  return parts;
}

bool DamagedLayout::can_look_into(const std::string& name) const {
  try {
    const auto directory = impl_->layout.find_own_directory(name);
    return directory && ::faccessat(directory->fd(), ".", R_OK | X_OK, AT_EACCESS) == 0;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::permission) return false;
    throw;
  }
}

bool DamagedLayout::has_access_list(const std::string& name) const {
  const auto [parent, base] = split(name);
  const auto directory = impl_->layout.find_own_directory(parent);
  if (!directory) return false;
  const auto attributes = base == "." ? directory->xattrs() : directory->xattrs(base);
  return attributes.contains(access_list_attribute);
}

std::optional<std::string> DamagedLayout::find_index_text() const {
  try {
    std::string text = read_index_text(impl_->layout);
    static_cast<void>(oci::Index::parse_top_level(text, impl_->layout.limits()));
    return text;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::io || error.kind() == ErrorKind::cancelled) throw;
    return std::nullopt;
  }
}

std::vector<std::string> DamagedLayout::find_leftovers() const {
  std::vector<std::string> names;
  try {
    impl_->add_leftovers(names);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::permission) throw;
  }
  return names;
}

bool DamagedLayout::is_gone(const oci::Descriptor& entry) const {
  if (entry.data || !entry.urls.empty()) return false;
  std::string path;
  try {
    path = blob_path(entry.digest);
  } catch (const Error&) {
    return false;
  }
  // A link that leads nowhere may do so because a disk is not there at present.
  const int fd = impl_->layout.fd();
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    struct stat status{};
    if (::fstatat(fd, part.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
    if (end == std::string::npos || ::fstatat(fd, part.c_str(), &status, 0) != 0 ||
        !S_ISDIR(status.st_mode)) {
      return false;
    }
  }
}

void DamagedLayout::lock(LockMode mode) {
  UniqueFd fd = impl_->layout.open_directory(".");
  impl_->layout.locker().lock(fd.get(), mode, store_lock);
  impl_->lock = std::move(fd);
}

void DamagedLayout::require_writable() const { impl_->layout.require_writable("."); }

bool DamagedLayout::change_mode(const std::string& name, ModeChange change) {
  try {
    return impl_->change_mode(name, change);
  } catch (const Error& error) {
    if (error.code() == std::errc::read_only_file_system) {
      impl_->layout.throw_write_error(EROFS, name);
    }
    throw;
  }
}

bool DamagedLayout::make_directory(const std::string& name) {
  const auto [parent, base] = split(name);
  if (!impl_->layout.find_own_directory(parent) || !impl_->layout.make_directory(name))
    return false;
  impl_->layout.sync_directory(parent);
  return true;
}

bool DamagedLayout::write_marker() { return impl_->write_new_file(marker_name, marker_text); }

bool DamagedLayout::write_empty_index() {
  return impl_->write_new_file(index_name, oci::Index().dump());
}

bool DamagedLayout::remove_leftover(const std::string& name) {
  const bool is_beside_blobs = name.find('/') != std::string::npos;
  return store::remove_leftover(
      impl_->layout,
      {.kind = is_beside_blobs ? Leftover::Kind::temporary_file : Leftover::Kind::work_directory,
       .path = name});
}

DamagedLayout::MendedIndex DamagedLayout::mend_index(const IndexMending& mending) {
  const LayoutDirectory& layout = impl_->layout;
  const UniqueFd lock = lock_index(layout);
  const std::string text = read_index_text(layout);
  oci::Index index = in_context([&] { return quoted((layout.path() / index_name).string()); },
                                [&] { return oci::Index::parse_top_level(text, layout.limits()); });
  MendedIndex mended;
  oci::Index moved;
  std::erase_if(index.manifests, [&](const oci::Descriptor& entry) {
    std::string key = key_of(entry);
    if (!mending.gone_entries.contains(key) || !is_gone(entry)) return false;
    moved.manifests.push_back(entry);
    mended.moved_entries.insert(std::move(key));
    return true;
  });
  mended.schema_version_given = mending.schema_version == IndexMending::SchemaVersion::given &&
                                lacks_schema_version(text, layout.limits());
  if (moved.manifests.empty() && !mended.schema_version_given) return mended;
  const WorkDirectory work_directory(layout);
  if (!moved.manifests.empty()) mended.report = impl_->write_report(work_directory, moved);
  // As with every change of the index: it is what readers take it for.
  index.media_type = oci::media_type::index;
  replace_index(layout, work_directory, index.dump());
  return mended;
}

bool is_report_of_moved_entries(std::string_view name) {
  if (!name.starts_with(report_prefix) || !name.ends_with(report_suffix)) return false;
  name.remove_prefix(report_prefix.size());
  name.remove_suffix(report_suffix.size());
  return (name.size() == 16 || name.size() == 32 || name.size() == 64) &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool lacks_schema_version(std::string_view index_text, const Limits& limits) {
  const oci::Json json = oci::Json::parse(index_text, limits);
  if (json.if_object() == nullptr) return false;
  const oci::Json* version = json.find("schemaVersion");
  return version == nullptr || version->is_null() || version->if_int64() == 0;
}

}  // namespace umoci::store
