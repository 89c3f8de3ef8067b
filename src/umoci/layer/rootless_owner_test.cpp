// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/rootless_owner.hpp>

#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

namespace umoci::layer {
namespace {

using namespace std::string_literals;

TEST(RootlessOwner, IsWrittenAsUmociDoes) {
  EXPECT_EQ(encode_rootless_owner({0, 1000}), "\x08\xff\xff\xff\xff\x0f\x10\xe8\x07"s);
  EXPECT_EQ(encode_rootless_owner({9, 0}), "\x08\x09\x10\xff\xff\xff\xff\x0f"s);
}

TEST(RootlessOwner, IsReadBack) {
  for (const fs::Owner owner :
       {fs::Owner{0, 0}, {1, 127}, {128, 16384}, {4294967294, 0}, {7, 4294967294}}) {
    EXPECT_EQ(decode_rootless_owner(encode_rootless_owner(owner)), owner);
  }
}

TEST(RootlessOwner, AbsentIdsAreRoot) {
  EXPECT_EQ(decode_rootless_owner(""), (fs::Owner{0, 0}));
  EXPECT_EQ(decode_rootless_owner("\x10\x05"s), (fs::Owner{0, 5}));
  EXPECT_EQ(decode_rootless_owner("\x08\x00"s), (fs::Owner{0, 0}));
}

TEST(RootlessOwner, SkipsWhatItDoesNotKnow) {
  // Field 3 as number, 4 as 64 bits, 5 as bytes, 6 as 32 bits; field 1 as bytes; field 2 last.
  EXPECT_EQ(decode_rootless_owner("\x18\x96\x01\x21"s + "12345678" + "\x2a\x03"s + "abc" + "\x35"s +
                                  "1234" + "\x0a\x01x\x10\x05"s),
            (fs::Owner{0, 5}));
  // The last of several values counts.
  EXPECT_EQ(decode_rootless_owner("\x08\x01\x08\x02"s), (fs::Owner{2, 0}));
}

TEST(RootlessOwner, RefusesWhatIsNoMessage) {
  for (const std::string& value :
       {"\x08"s, "\x08\xff"s, "\x2a\x05x"s, "\x21\x01"s, "\x00\x01"s, "\x0b"s, "\x0c"s, "\x0f"s,
        "\xff"s, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s, std::string(20, '\xff')}) {
    EXPECT_THROW(static_cast<void>(decode_rootless_owner(value)), Error);
  }
}

}  // namespace
}  // namespace umoci::layer
