// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>

#include <umoci/base/utf8.hpp>

namespace umoci {
namespace {

ErrorKind kind_of_errno(int number) {
  switch (number) {
    case ENOENT:
      return ErrorKind::not_found;
    case EEXIST:
      return ErrorKind::already_exists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::permission;
    case ENOSPC:
    case EDQUOT:
      return ErrorKind::no_space;
    case EXDEV:
    case ELOOP:
      return ErrorKind::unsafe_path;
    case ENAMETOOLONG:
      return ErrorKind::invalid_argument;
    default:
      return ErrorKind::io;
  }
}

}  // namespace

Error::Error(ErrorKind kind, std::string message, std::error_code code)
    : kind_(kind), message_(std::move(message)), code_(code) {
  join();
}

Error Error::from_errno(int number, std::string message) {
  return {kind_of_errno(number), std::move(message),
          std::error_code(number, std::system_category())};
}

void Error::add_context(std::string frame) {
  context_.insert(context_.begin(), std::move(frame));
  join();
}

void Error::join() {
  text_.clear();
  for (const auto& frame : context_) {
    text_ += frame;
    text_ += ": ";
  }
  text_ += message_;
  if (code_) {
    if (!message_.empty()) text_ += ": ";
    text_ += code_.message();
  }
}

void throw_errno(std::string message) {
  const int number = errno;
  throw Error::from_errno(number, std::move(message));
}

std::string quoted(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0 || first < 0x20 || first == 0x7f) {
      out += "\\x";
      out += hex[first >> 4U];
      out += hex[first & 0xfU];
      text.remove_prefix(1);
      continue;
    }
    if (first == '"' || first == '\\') out += '\\';
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  out += '"';
  return out;
}

}  // namespace umoci
