// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/xattrs.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/granted_access.hpp>

#include <array>
#include <cerrno>
#include <span>
#include <string_view>

namespace umoci::fs {
namespace {

// Most lists and values fit, so that one call is enough.
constexpr std::size_t common_bytes = 1024;
// A list or value that grows faster than it is read is somebody's game.
constexpr int max_attempts = 10;

/// Reads what `call(span)` fills in, with as much memory as that takes; nullopt with errno set.
template <class Call>
std::optional<std::string> read_sized(Call&& call) {
  std::array<char, common_bytes> common;  // NOLINT: filled by the call
  ssize_t size_bytes = call(std::span<char>(common));
  if (size_bytes >= 0) return std::string(common.data(), static_cast<std::size_t>(size_bytes));
  for (int attempt = 0; attempt < max_attempts && errno == ERANGE; ++attempt) {
    size_bytes = call(std::span<char>());
    if (size_bytes < 0) return std::nullopt;
    std::string value(static_cast<std::size_t>(size_bytes), '\0');
    // Zero bytes of room would ask for the size once more.
    if (value.empty()) value.resize(1);
    size_bytes = call(std::span<char>(value));
    if (size_bytes >= 0) {
      value.resize(static_cast<std::size_t>(size_bytes));
      return value;
    }
  }
  return std::nullopt;
}

bool is_unsupported(int number) { return number == ENOTSUP; }

/// Names as listed; none where there are no attributes; nullopt with errno set.
std::optional<std::vector<std::string>> list(const Object& object) {
  const auto text = read_sized([&](std::span<char> out) { return object.list_xattrs(out); });
  if (!text) {
    if (is_unsupported(errno)) return std::vector<std::string>{};
    return std::nullopt;
  }
  std::vector<std::string> names;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\0');
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return names;
}

}  // namespace

std::optional<tree::Xattrs> read_xattrs(const Object& object) {
  const auto names = list(object);
  tree::Xattrs xattrs;
  if (!names) {
    if (errno == ENOENT || errno == EACCES) return std::nullopt;
    throw_errno("list attributes");
  }
  for (const std::string& name : *names) {
    auto value = read_sized([&](std::span<char> out) { return object.get_xattr(name, out); });
    if (value) {
      xattrs.emplace(name, std::move(*value));
      continue;
    }
    if (errno == ENOENT || errno == EACCES) return std::nullopt;
    // Removed since it was listed, or listed by a file system that cannot deliver.
    if (errno != ENODATA && !is_unsupported(errno)) throw_errno("read attribute " + quoted(name));
  }
  return xattrs;
}

XattrUpdate::XattrUpdate(const Object& object, const XattrChange& change, TemporaryGrant& grant)
    : object_(object), change_(change), grant_(grant) {
  if (change.fresh) return;
  auto names = list(object);
  if (!names) throw_errno("list attributes");
  for (std::string& name : *names) {
    if (change.wanted.contains(name) || (change.keep && change.keep(name))) continue;
    unwanted_.push_back(std::move(name));
  }
}

XattrUpdate::Part XattrUpdate::part_of(const std::string& name) {
  return name.starts_with("user.") ? Part::user : Part::other;
}

void XattrUpdate::apply(Part part) {
  for (const std::string& name : unwanted_) {
    if (part_of(name) == part) remove(name);
  }
  for (const auto& [name, value] : change_.wanted) {
    if (part_of(name) == part) set(name, value);
  }
}

void XattrUpdate::remove(const std::string& name) {
  const int result = with_help([&] { return object_.remove_xattr(name); }, grant_);
  if (result == 0 || errno == ENODATA) return;
  // What the system put there and guards is none of ours. Spec: layers.md 1.11.
  if (errno == EPERM || errno == EACCES) return;
  report("remove attribute ", name);
}

void XattrUpdate::set(const std::string& name, const std::string& value) {
  const int result = with_help([&] { return object_.set_xattr(name, value); }, grant_);
  if (result != 0) report("set attribute ", name);
}

void XattrUpdate::report(const std::string& what, const std::string& name) const {
  const int reason = errno;
  if (!change_.on_failure) throw Error::from_errno(reason, what + quoted(name));
  change_.on_failure(name, reason);
}

}  // namespace umoci::fs
