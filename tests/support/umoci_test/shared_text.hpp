// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <streambuf>
#include <string>

namespace umoci::test {

/// A stream's buffer that keeps what is written; it may be looked at while others write.
class SharedText final : public std::streambuf {
 public:
  [[nodiscard]] std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    const std::lock_guard lock(mutex_);
    text_.append(bytes, static_cast<std::size_t>(count));
    return count;
  }
  int_type overflow(int_type byte) override {
    const std::lock_guard lock(mutex_);
    text_ += traits_type::to_char_type(byte);
    return byte;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace umoci::test
