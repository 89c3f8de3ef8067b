// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one exception of this library. Expected outcomes are values (std::optional, end of stream,
// lists of findings); an Error means that the caller's request cannot be carried out.

#include <cerrno>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace umoci {

enum class ErrorKind {
  not_found,
  already_exists,
  invalid_argument,  ///< the caller's input is wrong
  invalid_data,      ///< a file or document does not follow its format
  corrupt,           ///< verified bytes differ from their digest or size
  unsupported,
  limit_exceeded,
  permission,
  unsafe_path,  ///< a path would leave the tree it belongs to
  conflict,     ///< somebody else changed the same thing meanwhile
  io,
  no_space,
  cancelled,
  internal,
};

/// What is said of an error by those through whose hands it went.
struct ErrorFrame {
  enum class Kind {
    place,    ///< where it happened: a layer, an entry, a file
    verdict,  ///< what it means for what was asked for: `invalid --platform`
  };
  std::string text;
  Kind kind = Kind::place;

  friend bool operator==(const ErrorFrame&, const ErrorFrame&) = default;
};

/// Carries a kind, a lower-case message that quotes the offending value, the context in which it
/// happened (outermost first) and, for failed system calls, the system's error code.
class Error final : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::error_code code = {});

  /// The error of a failed system call: the kind follows from `number`, an errno value. The text is
  /// `message` followed by the system's own words.
  static Error from_errno(int number, std::string message);

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::vector<ErrorFrame>& context() const noexcept { return context_; }
  /// Empty unless a system call failed.
  [[nodiscard]] std::error_code code() const noexcept { return code_; }

  /// Puts `frame` in front of the frames gathered so far. To be called as the error rises.
  void add_context(std::string frame, ErrorFrame::Kind kind = ErrorFrame::Kind::place);

  /// Frames, message and the system's words, joined by ": ".
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  void join();

  ErrorKind kind_;
  std::string message_;
  std::error_code code_;
  std::vector<ErrorFrame> context_;
  std::string text_;
};

/// Throws Error::from_errno(errno, message).
[[noreturn]] void throw_errno(std::string message);

/// Returns fn(); an Error leaving it gains the frame `frame()`, which is only built then.
template <class Frame, class Fn>
decltype(auto) in_context(Frame&& frame, Fn&& fn, ErrorFrame::Kind kind = ErrorFrame::Kind::place) {
  try {
    return std::forward<Fn>(fn)();
  } catch (Error& error) {
    error.add_context(std::forward<Frame>(frame)(), kind);
    throw;
  }
}

/// Like in_context(), for a frame that tells what an error means.
template <class Frame, class Fn>
decltype(auto) with_verdict(Frame&& frame, Fn&& fn) {
  return in_context(std::forward<Frame>(frame), std::forward<Fn>(fn), ErrorFrame::Kind::verdict);
}

/// `text` in double quotes, with quotes, backslashes, characters that steer a terminal or the
/// writing direction, and bytes that are no valid UTF-8 escaped: fit for an error message or a log
/// line whatever the bytes are. Of a text beyond 4096 bytes the beginning and the size are told.
[[nodiscard]] std::string quoted(std::string_view text);
// Where <iomanip> is included, std::quoted would be the better match for a std::string.
[[nodiscard]] inline std::string quoted(const std::string& text) {
  return quoted(std::string_view(text));
}
[[nodiscard]] inline std::string quoted(std::string& text) {
  return quoted(std::string_view(text));
}
[[nodiscard]] inline std::string quoted(const char* text) { return quoted(std::string_view(text)); }

}  // namespace umoci
