// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_files.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/io/source.hpp>

#include <sys/stat.h>

#include <utility>

namespace umoci::check {
namespace {

std::string read(UniqueFd fd, const Limits& limits, std::uint64_t Limits::* limit) {
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) throw_errno("stat");
  // Beforehand, as all of it is held in memory.
  check_limit(limits, limit, static_cast<std::uint64_t>(status.st_size));
  io::FileSource file(std::move(fd));
  return io::read_all(file, limits.*limit);
}

}  // namespace

fs::Directory open_bundle(const std::filesystem::path& path) {
  return in_context([&] { return "open the bundle " + quoted(path.native()); },
                    [&] { return fs::Root::open(path).directory(); });
}

BundleFile read_bundle_file(const fs::Directory& bundle, const std::string& name,
                            const Limits& limits, std::uint64_t Limits::* limit) {
  using State = BundleFile::State;
  try {
    return {
        .state = State::present, .text = read(bundle.open_file(name), limits, limit), .fault = ""};
  } catch (Error& error) {
    switch (error.kind()) {
      case ErrorKind::not_found:
        return {};
      case ErrorKind::invalid_data:
      case ErrorKind::limit_exceeded:
        return {.state = State::unusable, .text = "", .fault = error.what()};
      default:
        error.add_context("read " + quoted(name));
        throw;
    }
  }
}

}  // namespace umoci::check
