// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/bundle_draft.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/io/sink.hpp>

#include <sys/file.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace umoci::bundle {
namespace {

/// As many digits as fs::random_name() appends.
constexpr std::string_view draft_prefix = ".umoci-unpack-";
constexpr std::size_t draft_digits = 10;
constexpr const char* rootfs_name = "rootfs";
constexpr mode_t private_mode = 0700;
constexpr mode_t parent_mode = 0755;
constexpr mode_t runtime_config_mode = 0666;
constexpr mode_t mtree_mode = 0644;
constexpr mode_t meta_mode = 0666;

/// A directory just made lacks what the umask took: its owner has to work in it all the same.
void grant_to_owner(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0) throw_errno("open " + quoted(path.native()));
  const mode_t mode = status.st_mode & 07777U;
  if ((mode & private_mode) == private_mode || status.st_uid != ::geteuid()) return;
  // Kernel: fchmod refuses O_PATH descriptors, their names in /proc are taken.
  if (::chmod(("/proc/self/fd/" + std::to_string(fd.get())).c_str(), mode | private_mode) != 0) {
    throw_errno("change the mode of " + quoted(path.native()));
  }
}

/// Makes `path`, closed to others from the start, and its missing parents, whatever the umask;
/// `first` becomes the topmost one made.
void create_directories(const std::filesystem::path& path, std::filesystem::path& first) {
  const auto last = path.has_filename() ? path : path.parent_path();
  std::filesystem::path prefix;
  for (const auto& component : path) {
    prefix /= component;
    if (component.empty()) continue;
    if (::mkdir(prefix.c_str(), prefix == last ? private_mode : parent_mode) == 0) {
      if (first.empty()) first = prefix;
      grant_to_owner(prefix);
      continue;
    }
    struct stat status{};
    const int number = errno;
    if (::stat(prefix.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) continue;
    throw Error::from_errno(number == EEXIST ? ENOTDIR : number,
                            "create directory " + quoted(prefix.native()));
  }
}

bool is_draft_name(std::string_view name) {
  return name.size() == draft_prefix.size() + draft_digits && name.starts_with(draft_prefix) &&
         name.find_first_not_of("0123456789", draft_prefix.size()) == std::string_view::npos;
}

}  // namespace

BundleDraft::BundleDraft(BundlePaths paths, const digest::Digest& manifest, fs::Access access)
    : paths_(std::move(paths)),
      mtree_name_(paths_.mtree(manifest).filename()),
      access_(access),
      draft_name_(fs::random_name(draft_prefix)) {
  try {
    open_directory();
    require_vacant();
    claim();
    remove_dead_drafts();
    make_draft();
  } catch (...) {
    discard();
    throw;
  }
}

BundleDraft::~BundleDraft() {
  if (!complete_) discard();
}

void BundleDraft::open_directory() {
  create_directories(paths_.directory, first_created_);
  UniqueFd fd(::open(paths_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw_errno("open " + quoted(paths_.directory.native()));
  // What is ours to make is ours to move and to remove, whatever modes the image gave it.
  bundle_.emplace(std::move(fd), fs::Access::grant_to_owner);
}

void BundleDraft::require_vacant() const {
  for (const auto& path :
       {paths_.runtime_config(), paths_.rootfs(), paths_.directory / mtree_name_}) {
    if (bundle_->status(path.filename().native())) {
      throw Error(ErrorKind::already_exists, quoted(path.native()) + " already exists");
    }
  }
}

void BundleDraft::claim() {
  const struct stat status = bundle_->status();
  // Who owns a directory can exchange what is in it, whatever its mode.
  if (::geteuid() == 0 && status.st_uid != 0) {
    if (::fchown(bundle_->fd(), 0, static_cast<gid_t>(-1)) == 0) {
      old_owner_ = {.uid = status.st_uid, .gid = status.st_gid};
    } else if (errno != EPERM && errno != EINVAL) {  // what root of a user namespace may meet
      throw_errno("change the owner of " + quoted(paths_.directory.native()));
    }
  }
  if (first_created_.empty()) old_mode_ = status.st_mode & 07777U;
  if (::fchmod(bundle_->fd(), private_mode) != 0) {
    throw_errno("change the mode of " + quoted(paths_.directory.native()));
  }
}

UniqueFd BundleDraft::lock(const std::string& name) const {
  UniqueFd fd(::openat(bundle_->fd(), name.c_str(),
                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) fd.reset();
  return fd;
}

/// A process that was killed could not remove its draft. The lock tells those of the living.
void BundleDraft::remove_dead_drafts() const {
  for (const std::string& name : bundle_->list()) {
    if (is_draft_name(name) && lock(name)) bundle_->remove(name);
  }
}

fs::Directory BundleDraft::make_directory(const fs::Directory& parent,
                                          const std::string& name) const {
  parent.create_directory(name, private_mode);
  // The umask may have taken the owner's bits. Nobody else can exchange the directory.
  if (::fchmodat(parent.fd(), name.c_str(), private_mode, 0) != 0) {
    throw_errno("change the mode of " + quoted((paths_.directory / name).native()));
  }
  auto directory = parent.open_directory(name);
  if (!directory) {
    throw Error(ErrorKind::conflict, quoted((paths_.directory / name).native()) + " was exchanged");
  }
  return std::move(*directory);
}

void BundleDraft::make_draft() {
  draft_ = make_directory(*bundle_, draft_name_);
  // Without a lock, on file systems that have none, nobody removes this when we are dead.
  lock_ = lock(draft_name_);
  const fs::Directory rootfs = make_directory(*draft_, rootfs_name);
  UniqueFd fd(::fcntl(rootfs.fd(), F_DUPFD_CLOEXEC, 0));
  if (!fd) throw_errno("duplicate a descriptor");
  rootfs_ = fs::Root::at(fs::Directory(std::move(fd), access_));
}

void BundleDraft::publish_file(const std::string& name, mode_t mode, const std::string& text,
                               fs::Occupied occupied) {
  in_context([&] { return "write " + quoted((paths_.directory / name).native()); },
             [&] {
               UniqueFd fd = draft_->create_file(name, mode);
               io::FileSink(fd.get()).write(io::as_bytes(text));
               fd.close();
               draft_->rename(name, *bundle_, name, occupied);
             });
  published_.push_back(name);
}

void BundleDraft::sync() const {
  // The whole file system at once: a tree has too many files to ask for each.
  if (::syncfs(bundle_->fd()) != 0) throw_errno("sync " + quoted(paths_.directory.native()));
}

void BundleDraft::publish(const BundleTexts& texts, fs::Durability durability) {
  // Another process may have made a bundle of this directory since it was found vacant.
  constexpr auto occupied = fs::Occupied::is_an_error;
  draft_->rename(rootfs_name, *bundle_, rootfs_name, occupied);
  published_.emplace_back(rootfs_name);
  publish_file(mtree_name_, mtree_mode, texts.mtree, occupied);
  if (texts.runtime_config) {
    publish_file(paths_.runtime_config().filename(), runtime_config_mode, *texts.runtime_config,
                 occupied);
  }
  if (durability == fs::Durability::synced) sync();
  // The last one makes it a bundle.
  publish_file(paths_.meta().filename(), meta_mode, texts.meta, fs::Occupied::is_replaced);
  if (durability == fs::Durability::synced) sync();
  complete_ = true;
  bundle_->remove(draft_name_);
  if (old_owner_ && ::fchown(bundle_->fd(), old_owner_->uid, old_owner_->gid) != 0) {
    throw_errno("give back " + quoted(paths_.directory.native()));
  }
}

void BundleDraft::discard() noexcept {
  try {
    if (bundle_) {
      for (const auto& name : published_) bundle_->remove(name);
      rootfs_.reset();
      bundle_->remove(draft_name_);
      if (old_owner_) (void)!::fchown(bundle_->fd(), old_owner_->uid, old_owner_->gid);
      if (old_mode_) (void)!::fchmod(bundle_->fd(), *old_mode_);
    }
  } catch (const Error&) {  // The error that led here is the one to report.
  }
  if (first_created_.empty()) return;
  // rmdir, not a recursive removal: whatever somebody else put there meanwhile stays.
  auto path = paths_.directory.has_filename() ? paths_.directory : paths_.directory.parent_path();
  while (::rmdir(path.c_str()) == 0 && path != first_created_) path = path.parent_path();
}

}  // namespace umoci::bundle
