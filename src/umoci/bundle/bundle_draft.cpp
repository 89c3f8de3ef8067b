// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/bundle_draft.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/atomic_file.hpp>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace umoci::bundle {
namespace {

constexpr mode_t private_mode = 0700;
constexpr mode_t runtime_config_mode = 0666;
constexpr mode_t mtree_mode = 0644;
constexpr mode_t meta_mode = 0666;

std::optional<struct stat> find(const std::filesystem::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw_errno("look at " + quoted(path.native()));
}

/// Makes `path` and its missing parents; `first` becomes the topmost one made.
void create_directories(const std::filesystem::path& path, std::filesystem::path& first) {
  std::filesystem::path prefix;
  for (const auto& component : path) {
    prefix /= component;
    if (component.empty() || ::mkdir(prefix.c_str(), 0777) == 0) {
      if (!component.empty() && first.empty()) first = prefix;
      continue;
    }
    struct stat status{};
    const int number = errno;
    if (::stat(prefix.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) continue;
    throw Error::from_errno(number == EEXIST ? ENOTDIR : number,
                            "create directory " + quoted(prefix.native()));
  }
}

void write_file(const std::filesystem::path& path, mode_t mode, const std::string& text) {
  fs::AtomicFile file(path, mode);
  file.write(io::as_bytes(text));
  file.finish();
  file.commit(fs::Durability::unsynced);
}

}  // namespace

BundleDraft::BundleDraft(BundlePaths paths, std::filesystem::path mtree, fs::Access access)
    : paths_(std::move(paths)),
      mtree_(std::move(mtree)),
      access_(access),
      rootfs_name_(fs::random_name(".rootfs-")) {
  require_vacant();
  try {
    open_directory();
    if (::mkdir(rootfs().c_str(), private_mode) != 0) {
      throw_errno("create " + quoted(rootfs().native()));
    }
  } catch (...) {
    discard();
    throw;
  }
}

BundleDraft::~BundleDraft() {
  if (!complete_) discard();
}

void BundleDraft::require_vacant() const {
  for (const auto& path : {paths_.runtime_config(), paths_.rootfs(), mtree_}) {
    if (find(path)) {
      throw Error(ErrorKind::already_exists, quoted(path.native()) + " already exists");
    }
  }
}

void BundleDraft::open_directory() {
  create_directories(paths_.directory, first_created_);
  if (first_created_.empty()) {
    struct stat status{};
    if (::stat(paths_.directory.c_str(), &status) != 0) {
      throw_errno("look at " + quoted(paths_.directory.native()));
    }
    old_mode_ = status.st_mode & 07777U;
  }
  if (::chmod(paths_.directory.c_str(), private_mode) != 0) {
    throw_errno("change the mode of " + quoted(paths_.directory.native()));
  }
}

void BundleDraft::publish(const BundleTexts& texts) {
  const auto publish_file = [&](const std::filesystem::path& path, mode_t mode,
                                const std::string& text) {
    write_file(path, mode, text);
    published_.push_back(path);
  };
  // Another process may have taken the name since require_vacant(): rename would replace an empty
  // directory, which is what it has to be then.
  if (::renameat2(AT_FDCWD, rootfs().c_str(), AT_FDCWD, paths_.rootfs().c_str(),
                  RENAME_NOREPLACE) != 0 &&
      ((errno != EINVAL && errno != ENOSYS) ||
       ::rename(rootfs().c_str(), paths_.rootfs().c_str()) != 0)) {
    throw_errno("create " + quoted(paths_.rootfs().native()));
  }
  rootfs_name_ = paths_.rootfs().filename();
  publish_file(mtree_, mtree_mode, texts.mtree);
  publish_file(paths_.runtime_config(), runtime_config_mode, texts.runtime_config);
  // The last one makes it a bundle.
  publish_file(paths_.meta(), meta_mode, texts.meta);
  complete_ = true;
}

void BundleDraft::discard() noexcept {
  try {
    for (const auto& path : published_) ::unlink(path.c_str());
    fs::Root::open(paths_.directory, {.access = access_}).directory().remove(rootfs_name_);
    if (old_mode_) ::chmod(paths_.directory.c_str(), *old_mode_);
  } catch (const Error&) {  // The error that led here is the one to report.
  }
  if (first_created_.empty()) return;
  // rmdir, not a recursive removal: whatever somebody else put there meanwhile stays.
  auto path = paths_.directory.has_filename() ? paths_.directory : paths_.directory.parent_path();
  while (::rmdir(path.c_str()) == 0 && path != first_created_) path = path.parent_path();
}

}  // namespace umoci::bundle
