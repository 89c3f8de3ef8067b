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

/// True for the Unicode characters that steer a terminal or reorder what it shows: C1 controls,
/// line and paragraph separators, marks and overrides of the writing direction.
bool is_steering(std::string_view sequence) {
  if (sequence.size() == 2) return sequence >= "\xc2\x80" && sequence <= "\xc2\x9f";
  return (sequence >= "\xe2\x80\x8e" && sequence <= "\xe2\x80\x8f") ||
         (sequence >= "\xe2\x80\xa8" && sequence <= "\xe2\x80\xae") ||
         (sequence >= "\xe2\x81\xa6" && sequence <= "\xe2\x81\xa9");
}

void append_escaped(std::string& out, std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += hex[byte >> 4U];
    out += hex[byte & 0xfU];
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

void Error::add_context(std::string frame, ErrorFrame::Kind kind) {
  context_.insert(context_.begin(), ErrorFrame{std::move(frame), kind});
  join();
}

void Error::join() {
  text_.clear();
  for (const ErrorFrame& frame : context_) {
    text_ += frame.text;
    text_ += ": ";
  }
  text_ += message_;
  if (code_) {
    if (!message_.empty()) text_ += ": ";
    text_ += code_.message();
  }
  // what() could not tell what follows a NUL.
  for (std::size_t at = text_.find('\0'); at != std::string::npos; at = text_.find('\0', at)) {
    text_.replace(at, 1, "\\x00");
  }
}

void throw_errno(std::string message) {
  const int number = errno;
  throw Error::from_errno(number, std::move(message));
}

std::string quoted(std::string_view text) {
  // What is longer is hostile or no text: one line shall stay one line.
  constexpr std::size_t shown_bytes = 4096;
  const std::size_t whole_bytes = text.size();
  std::string out = "\"";
  while (!text.empty() && whole_bytes - text.size() < shown_bytes) {
    const std::size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    const auto first = static_cast<unsigned char>(text.front());
    text.remove_prefix(sequence.size());
    if (length == 0 || first < 0x20 || first == 0x7f || is_steering(sequence)) {
      append_escaped(out, sequence);
      continue;
    }
    if (first == '"' || first == '\\') out += '\\';
    out += sequence;
  }
  out += '"';
  if (!text.empty()) out += "... (" + std::to_string(whole_bytes) + " bytes)";
  return out;
}

}  // namespace umoci
