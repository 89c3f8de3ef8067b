// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/rootless_owner.hpp>

#include <umoci/base/error.hpp>

namespace umoci::layer {
namespace {

constexpr std::uint32_t unchanged = 0xffffffff;
constexpr std::uint64_t uid_field = 1;
constexpr std::uint64_t gid_field = 2;

enum WireType : std::uint64_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

void append_varint(std::string& out, std::uint64_t value) {
  while (value > 0x7f) {
    out += static_cast<char>((value & 0x7fU) | 0x80U);
    value >>= 7U;
  }
  out += static_cast<char>(value);
}

void append_id(std::string& out, std::uint64_t field, std::uint32_t id) {
  append_varint(out, field << 3U | varint);
  append_varint(out, id == 0 ? unchanged : id);
}

/// A protobuf message, read field by field.
class Message {
 public:
  explicit Message(std::string_view value) : value_(value), rest_(value) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  std::uint64_t next_varint() {
    std::uint64_t result = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t byte = static_cast<unsigned char>(take(1).front());
      if (shift == 63 && byte > 1) fail();
      result |= (byte & 0x7fU) << shift;
      if (byte < 0x80) return result;
    }
    fail();
  }

  void skip(std::uint64_t wire_type) {
    switch (wire_type) {
      case varint:
        next_varint();
        return;
      case fixed64:
        take(8);
        return;
      case bytes:
        take(next_varint());
        return;
      case fixed32:
        take(4);
        return;
      default:
        fail();
    }
  }

  [[noreturn]] void fail() const {
    throw Error(ErrorKind::invalid_data, "attribute " + std::string(rootless_owner_attribute) +
                                             ": " + quoted(value_) + " is not the owner of a file");
  }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) fail();
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view value_;
  std::string_view rest_;
};

}  // namespace

std::string encode_rootless_owner(fs::Owner owner) {
  std::string value;
  append_id(value, uid_field, owner.uid);
  append_id(value, gid_field, owner.gid);
  return value;
}

fs::Owner decode_rootless_owner(std::string_view value) {
  fs::Owner owner;
  Message message(value);
  while (!message.at_end()) {
    const std::uint64_t tag = message.next_varint();
    const std::uint64_t field = tag >> 3U;
    const std::uint64_t wire_type = tag & 7U;
    if (field == 0) message.fail();
    if (wire_type != varint || (field != uid_field && field != gid_field)) {
      message.skip(wire_type);
      continue;
    }
    // Protobuf's uint32 is the low half of what was written.
    const auto id = static_cast<std::uint32_t>(message.next_varint());
    (field == uid_field ? owner.uid : owner.gid) = id == unchanged ? 0 : id;
  }
  return owner;
}

}  // namespace umoci::layer
