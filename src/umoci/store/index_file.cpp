// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/index_file.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/store/layout_marker.hpp>
#include <umoci/store/temporary_file.hpp>
#include <umoci/store/write_session.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace umoci::store {
namespace {

/// Where the index really is, relative to the layout.
std::string resolve_index(const LayoutDirectory& layout) {
  const auto status = layout.link_status(index_name);
  if (!status || !S_ISLNK(status->st_mode)) return index_name;
  std::error_code failure;
  const auto own = std::filesystem::canonical(layout.path(), failure);
  const auto real =
      failure ? std::filesystem::path() : std::filesystem::canonical(own / index_name, failure);
  if (failure) {
    throw Error::from_errno(failure.value(), "resolve " + quoted(own / index_name));
  }
  const auto relative = real.lexically_relative(own);
  if (relative.empty() || *relative.begin() == "..") {
    throw Error(ErrorKind::unsafe_path, quoted((layout.path() / index_name).string()) +
                                            " leads out of the layout, to " +
                                            quoted(real.string()));
  }
  return relative.string();
}

/// Copies the access list, if there is one. What it grants would otherwise fall to the group.
void copy_access_list(int from, int to) {
  constexpr const char* name = "system.posix_acl_access";
  std::array<std::byte, 4096> list{};
  const ssize_t size = ::fgetxattr(from, name, list.data(), list.size());
  if (size > 0) ::fsetxattr(to, name, list.data(), static_cast<std::size_t>(size), 0);
}

/// The file that is going to be replaced: its directory and its name there.
struct IndexPlace {
  fs::Directory directory;
  std::string parent;  ///< relative to the layout
  std::string name;
};

/// Throws: conflict if somebody exchanges what leads to it at the same time.
IndexPlace find_index(const LayoutDirectory& layout) {
  const std::filesystem::path path = resolve_index(layout);
  std::string parent = path.has_parent_path() ? path.parent_path().string() : ".";
  auto directory = layout.find_own_directory(parent);
  if (!directory) {
    throw Error(ErrorKind::conflict,
                "changed while it was to be written: " + quoted((layout.path() / path).string()));
  }
  return {.directory = std::move(*directory),
          .parent = std::move(parent),
          .name = path.filename().string()};
}

UniqueFd open_if_file(const IndexPlace& place) {
  const auto status = place.directory.status(place.name);
  if (!status || !S_ISREG(status->st_mode)) return {};
  return place.directory.open_file(place.name, {.device = status->st_dev, .inode = status->st_ino});
}

/// Makes `made` look like the file it is going to replace.
void copy_attributes(const LayoutDirectory& layout, const IndexPlace& place, int made) {
  const UniqueFd old = open_if_file(place);
  struct stat status{};
  if (!old || ::fstat(old.get(), &status) != 0) {
    layout.adopt(made);
    return;
  }
  // Owners are for root to give; others may give a group that they belong to.
  if (::fchown(made, status.st_uid, status.st_gid) != 0 &&
      ::fchown(made, static_cast<uid_t>(-1), status.st_gid) != 0) {
    layout.adopt(made);
  }
  if (::fchmod(made, status.st_mode & 0777U) != 0) layout.throw_write_error(errno, index_name);
  copy_access_list(old.get(), made);
}

/// Opened for writing where possible: NFS grants exclusive locks on nothing else.
UniqueFd open_marker(const LayoutDirectory& layout) {
  constexpr int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  UniqueFd fd(::openat(layout.fd(), marker_name, O_RDWR | flags));
  if (!fd) fd = layout.open_file(marker_name);
  if (!fd) {
    throw Error(
        ErrorKind::invalid_data,
        quoted(layout.path().string()) + ": there is no \"oci-layout\": invalid image detected");
  }
  return fd;
}

}  // namespace

UniqueFd lock_index(const LayoutDirectory& layout) {
  for (;;) {
    UniqueFd fd = open_marker(layout);
    layout.locker().lock(fd.get(), LockMode::exclusive, index_lock);
    // A tool that rewrites the file leaves us with a lock on one that nobody else will open.
    struct stat locked{};
    if (::fstat(fd.get(), &locked) != 0) throw_errno("stat \"oci-layout\"");
    const auto present = layout.status(marker_name);
    if (present && present->st_dev == locked.st_dev && present->st_ino == locked.st_ino) return fd;
  }
}

std::string read_index_text(const LayoutDirectory& layout) {
  try {
    return layout.read_file(index_name, layout.limits().document_bytes);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::limit_exceeded) {
      error.add_context("limit document_bytes exceeded", ErrorFrame::Kind::verdict);
    }
    throw;
  }
}

void replace_index(const LayoutDirectory& layout, const WorkDirectory& work_directory,
                   std::string_view text) {
  const IndexPlace place = find_index(layout);
  TemporaryFile file(layout, work_directory.fd(), "index-", 0666);
  in_context(
      [&] {
        return "write " +
               quoted((layout.path() / place.parent / place.name).lexically_normal().string());
      },
      [&] { io::FileSink(file.fd()).write(io::as_bytes(text)); });
  copy_attributes(layout, place, file.fd());
  file.sync(layout);
  if (const int failure = file.move_to(place.directory.fd(), place.name); failure != 0) {
    layout.throw_write_error(failure, place.name);
  }
  layout.sync_directory(place.parent);
}

bool write_beside_index(const LayoutDirectory& layout, const WorkDirectory& work_directory,
                        const std::string& name, std::string_view text) {
  TemporaryFile file(layout, work_directory.fd(), "beside-", 0666);
  in_context([&] { return "write " + quoted((layout.path() / name).string()); },
             [&] { io::FileSink(file.fd()).write(io::as_bytes(text)); });
  const auto directory = layout.find_own_directory(".");
  copy_attributes(layout, {.directory = *directory, .parent = ".", .name = index_name}, file.fd());
  file.sync(layout);
  if (!file.publish_new(layout.fd(), name)) return false;
  layout.sync_directory(".");
  return true;
}

}  // namespace umoci::store
