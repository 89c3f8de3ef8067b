// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/entry_rules.hpp>

#include <umoci_test/errors.hpp>

#include <gtest/gtest.h>

#include <climits>
#include <string>

namespace umoci::layer {
namespace {

using tree::EntryType;

tree::Entry entry(std::string_view path, EntryType type, std::string link = {}) {
  tree::Entry entry;
  entry.path = tree::TreePath::clean(path);
  entry.type = type;
  entry.link = std::move(link);
  return entry;
}

TEST(EntryRules, AllowWhatSomeTreeCanTake) {
  for (const tree::Entry& allowed :
       {entry("/", EntryType::directory), entry("f", EntryType::file),
        entry("d", EntryType::directory), entry("c", EntryType::char_device),
        entry("b", EntryType::block_device), entry("p", EntryType::fifo),
        entry("l", EntryType::symlink, std::string(PATH_MAX - 1, 'x')),
        entry("l", EntryType::symlink, "l"), entry("h", EntryType::hard_link, "/f"),
        entry("h", EntryType::hard_link, "h/../x"), entry("d/h", EntryType::hard_link, "h"),
        // Links of the tree may lead elsewhere than these names say.
        entry("a", EntryType::hard_link, "a/b"), entry("a/b", EntryType::hard_link, "a")}) {
    EXPECT_NO_THROW(check_entry(allowed)) << allowed.path.text() << " " << allowed.link;
  }
}

TEST(EntryRules, DoNotLookAtWhatAWhiteoutIs) {
  EXPECT_NO_THROW(check_entry(entry("d/.wh.f", EntryType::symlink)));
  EXPECT_NO_THROW(check_entry(entry(".wh..wh..opq", EntryType::hard_link, "/")));
}

TEST(EntryRules, RefuseARootThatIsNoDirectory) {
  EXPECT_ERROR(invalid_data, "the root of the tree must be a directory, not a ",
               check_entry(entry("a/..", EntryType::symlink, "x")));
}

TEST(EntryRules, RefuseNamesOfWhiteouts) {
  for (const std::string name : {".wh.", "d/.wh..", ".wh...", ".wh.d/f"}) {
    EXPECT_ERROR(invalid_data, "whiteout", check_entry(entry(name, EntryType::file)));
  }
}

TEST(EntryRules, RefuseLinksThatNobodyCanMake) {
  EXPECT_ERROR(invalid_data, "without a target", check_entry(entry("l", EntryType::symlink)));
  for (const std::string& target : {std::string(PATH_MAX, 'x'), std::string("a\0b", 3)}) {
    EXPECT_ERROR(invalid_data, "can have the target",
                 check_entry(entry("l", EntryType::symlink, target)));
  }
  for (const std::string target : {"", "/", ".", "a/.."}) {
    EXPECT_ERROR(invalid_data, "which is the root of the tree",
                 check_entry(entry("h", EntryType::hard_link, target)));
  }
  for (const std::string target : {"d/h", "/d//h", "d/./x/../h", "../d/h/"}) {
    EXPECT_ERROR(invalid_data, "which is the link itself",
                 check_entry(entry("d/h", EntryType::hard_link, target)));
  }
}

TEST(EntryRules, RefuseSocketsAndWhatNobodyKnows) {
  EXPECT_ERROR(invalid_data, "socket", check_entry(entry("s", EntryType::socket)));
  EXPECT_ERROR(invalid_data, "unknown type", check_entry(entry("x", static_cast<EntryType>(99))));
}

}  // namespace
}  // namespace umoci::layer
