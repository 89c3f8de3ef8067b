// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/opened_bundle.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/rootfs_manifest.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/io/source.hpp>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace umoci::bundle {
namespace {

fs::Directory open_directory(const std::filesystem::path& path, fs::Access access) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw_errno("open " + quoted(path.native()));
  return {std::move(fd), access};
}

std::uint64_t size_of(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) throw_errno("stat");
  return static_cast<std::uint64_t>(status.st_size);
}

void sync(int fd) {
  if (::fsync(fd) != 0) throw_errno("fsync");
}

}  // namespace

OpenedBundle::OpenedBundle(const std::filesystem::path& directory)
    : paths_{directory},
      directory_(with_verdict([&] { return quoted(directory.native()) + " is no umoci bundle"; },
                              [&] { return open_directory(directory, fs::Access::as_granted); })),
      meta_(with_verdict([&] { return quoted(directory.native()) + " is no umoci bundle"; },
                         [&] {
                           return BundleMeta::parse(
                               read(paths_.meta().filename(), Limits(), &Limits::document_bytes));
                         })) {}

std::string OpenedBundle::mtree_name() const {
  return paths_.mtree(meta_.from.target().digest).filename();
}

std::string OpenedBundle::read(const std::string& name, const Limits& limits,
                               std::uint64_t Limits::* limit) const {
  return in_context([&] { return "read " + quoted((paths_.directory / name).native()); },
                    [&] {
                      UniqueFd fd = directory_.open_file(name);
                      // Beforehand, as all of it is held in memory.
                      check_limit(limits, limit, size_of(fd.get()));
                      io::FileSource file(std::move(fd));
                      return io::read_all(file, limits.*limit);
                    });
}

fs::Root OpenedBundle::open_rootfs() const {
  auto rootfs = directory_.open_directory(paths_.rootfs().filename().native());
  if (!rootfs) {
    throw Error(ErrorKind::invalid_data, quoted(paths_.rootfs().native()) + " is no directory");
  }
  const fs::Access access =
      meta_.ownership.rootless ? fs::Access::grant_to_owner : fs::Access::as_granted;
  UniqueFd fd(::fcntl(rootfs->fd(), F_DUPFD_CLOEXEC, 0));
  if (!fd) throw_errno("duplicate a descriptor");
  return fs::Root::at(fs::Directory(std::move(fd), access));
}

mtree::Manifest OpenedBundle::read_manifest(const Limits& limits) const {
  return in_context([&] { return std::string("manifest of the bundle"); },
                    [&] {
                      const std::string text = read(mtree_name(), limits, &Limits::mtree_bytes);
                      check_mtree(text);
                      return mtree::Manifest::parse(text, limits);
                    });
}

void OpenedBundle::check_mtree(const std::string& text) const {
  if (!meta_.mtree_digest) return;
  const digest::Digest actual = digest::digest_of(text, meta_.mtree_digest->require_algorithm());
  if (actual == *meta_.mtree_digest) return;
  throw Error(ErrorKind::corrupt,
              quoted((paths_.directory / mtree_name()).native()) + " has the digest " +
                  actual.text() + ", umoci.json says " + meta_.mtree_digest->text() +
                  ": unpack the image anew, or remove \"mtree_digest\" from umoci.json if the "
                  "file is to be trusted as it is");
}

void OpenedBundle::replace(const std::string& name, mode_t mode, const std::string& text) const {
  const std::string temporary = fs::random_name("." + name + ".");
  in_context([&] { return "write " + quoted((paths_.directory / name).native()); },
             [&] {
               UniqueFd fd = directory_.create_file(temporary, mode);
               try {
                 io::FileSink(fd.get()).write(io::as_bytes(text));
                 sync(fd.get());
                 fd.close();
                 directory_.rename(temporary, directory_, name);
               } catch (...) {
                 directory_.remove(temporary);
                 throw;
               }
               sync(directory_.fd());
             });
}

void OpenedBundle::refresh(const mtree::Manifest& manifest, const image::DescriptorPath& image) {
  const std::string old_mtree = mtree_name();
  BundleMeta meta{.from = image, .ownership = meta_.ownership, .mtree_digest = meta_.mtree_digest};
  const std::string new_mtree = paths_.mtree(image.target().digest).filename();
  // What describes the same image is not replaced: umoci.json, whose turn comes later, has the
  // digest of what is there.
  if (new_mtree != old_mtree) {
    const std::string text = format_rootfs_manifest(manifest, paths_.rootfs());
    meta.mtree_digest = digest::digest_of(text);
    replace(new_mtree, 0644, text);
  }
  replace(paths_.meta().filename(), 0666, meta.dump());
  meta_ = std::move(meta);
  if (old_mtree != new_mtree) directory_.remove(old_mtree);
}

}  // namespace umoci::bundle
