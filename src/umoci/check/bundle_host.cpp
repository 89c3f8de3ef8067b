// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_host.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/unique_fd.hpp>
#include <umoci/io/source.hpp>

#include <sys/stat.h>

#include <fcntl.h>

namespace umoci::check {
namespace {

constexpr std::uint64_t most_bytes = 16ULL << 20U;

/// A file of the kernel; nullopt if there is none that can be read.
std::optional<std::string> read_kernel_file(const char* path) {
  UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return std::nullopt;
  try {
    io::FileSource source(std::move(fd));
    return io::read_all(source, most_bytes);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Calls `fn` for each line of `text`.
template <class Fn>
void for_each_line(std::string_view text, Fn&& fn) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    fn(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

NameSet parse_file_systems(std::string_view text) {
  NameSet names;
  // "nodev\tproc", "\text4"
  for_each_line(text, [&](std::string_view line) {
    const std::size_t tab = line.rfind('\t');
    if (tab != std::string_view::npos) names.emplace(line.substr(tab + 1));
  });
  return names;
}

NameSet parse_apparmor_profiles(std::string_view text) {
  NameSet names;
  // "docker-default (enforce)"; names may have spaces.
  for_each_line(text, [&](std::string_view line) {
    const std::size_t mode = line.rfind(" (");
    if (mode != std::string_view::npos) names.emplace(line.substr(0, mode));
  });
  return names;
}

HostFacts read_host_facts() {
  HostFacts facts;
  if (const auto text = read_kernel_file("/proc/filesystems")) {
    facts.file_systems = parse_file_systems(*text);
  }
  if (const auto text = read_kernel_file("/sys/kernel/security/apparmor/profiles")) {
    facts.apparmor_profiles = parse_apparmor_profiles(*text);
  }
  facts.has_selinux = find_on_host("/sys/fs/selinux/enforce") != HostFile::missing;
  return facts;
}

HostFile find_on_host(const std::filesystem::path& path) {
  // A NUL would end the path early.
  if (path.native().find('\0') != std::string::npos) return HostFile::missing;
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return HostFile::missing;
  constexpr mode_t any_execute = S_IXUSR | S_IXGRP | S_IXOTH;
  const bool is_executable = S_ISREG(status.st_mode) && (status.st_mode & any_execute) != 0;
  return is_executable ? HostFile::executable : HostFile::present;
}

}  // namespace umoci::check
