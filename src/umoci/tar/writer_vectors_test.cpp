// SPDX-License-Identifier: Apache-2.0
// The digests of what umoci 0.6.0 writes for the same entries: diff_ids must not change.
#include <umoci/digest/hasher.hpp>
#include <umoci/tar/test_archive.hpp>
#include <umoci/tar/writer.hpp>

#include <gtest/gtest.h>

namespace umoci::tar::test {
namespace {

using tree::Entry;
using tree::EntryType;

std::string sha256_of(std::string_view bytes) {
  return std::string(digest::digest_of(bytes).encoded());
}

/// A file with the content "hello\n".
Entry hello(std::string_view path, std::uint32_t mode, std::int64_t mtime) {
  Entry entry = entry_of(EntryType::file, path, mode, mtime);
  entry.size_bytes = 6;
  return entry;
}

TEST(WriterVectors, Whiteout) {
  const std::string archive = archive_of(entry_of(EntryType::file, ".wh.d", 0, 0));
  EXPECT_EQ(archive.size(), 1536U);
  EXPECT_EQ(sha256_of(archive), "f9a4f118c4204fb29e672137478e75512b59d173437d430a39c2172413321dd2");
}

TEST(WriterVectors, OpaqueDirectory) {
  const std::string archive = archive_of([](Writer& writer) {
    put(writer, entry_of(EntryType::file, "opt/x/.wh..wh..opq", 0, 0));
    put(writer, entry_of(EntryType::directory, "opt/x", 0755, 1000));
  });
  EXPECT_EQ(sha256_of(archive), "dee454dadaa8983e6d789f05cb4ad32d6ceeea3940c0645a4e33a9aebee9e364");
}

TEST(WriterVectors, SetIdFile) {
  EXPECT_EQ(sha256_of(archive_of(hello("usr/bin/f", 04755, 1234567890), "hello\n")),
            "39f3704fa39addbd5aa8a072de321d78223cc63d5a33d1feb47d746ac20c15c9");
}

TEST(WriterVectors, LongNameInPax) {
  EXPECT_EQ(sha256_of(archive_of(hello(std::string(101, 'n'), 04755, 1234567890), "hello\n")),
            "20d48695c8c95c3a4cd5c1c71ec564072e221d5f2a4b4d02bda3b49ac66ebdb0");
}

TEST(WriterVectors, LongNameSplit) {
  const std::string name = std::string(60, 'p') + '/' + std::string(60, 'n');
  EXPECT_EQ(sha256_of(archive_of(hello(name, 04755, 1234567890), "hello\n")),
            "f57d2fb5647e1491f29edd1cd006a1916b7d63480d2142da0413fa34df48c60a");
}

TEST(WriterVectors, ClampedTime) {
  EXPECT_EQ(sha256_of(archive_of(hello("f", 04755, 1000000000), "hello\n")),
            "81fd9d14d1aa25f2087697afbacf8142116acac817a0b7bc99b350ca0179b4e1");
}

TEST(WriterVectors, TimeBefore1970) {
  EXPECT_EQ(sha256_of(archive_of(hello("f", 04755, -5), "hello\n")),
            "ed59dbf3f9463952e440072d30d02d4b872fa6dc400026f8f3a992d2c16e2695");
}

TEST(WriterVectors, TimeBeyondTheField) {
  EXPECT_EQ(sha256_of(archive_of(hello("f", 04755, 1LL << 33U), "hello\n")),
            "d633b5d1c703f65c7f6e38b4b79b6c3a96e6934de78470c93bfcbf346cce9701");
}

TEST(WriterVectors, BigIds) {
  Entry entry = hello("f", 0755, 5);
  entry.uid = 3000000;
  entry.gid = 3000000;
  EXPECT_EQ(sha256_of(archive_of(entry, "hello\n")),
            "a35c37e2d2fdc9a1e922ef33882a0caba39164963642e5e54a0631c787a04bae");
}

TEST(WriterVectors, NameBeyondAscii) {
  EXPECT_EQ(sha256_of(archive_of(hello("dir/\u00fcn\u00ef", 0644, 5), "hello\n")),
            "5ba8f69a2ff9626853b40348bf49d85f9665e45b5d50dba086333ab59cf55719");
}

TEST(WriterVectors, LongSymlinkTarget) {
  Entry entry = entry_of(EntryType::symlink, "l", 0777, 5);
  entry.link = std::string(101, 'x');
  EXPECT_EQ(sha256_of(archive_of(entry)),
            "eac60d7d9649b31f1bcdcd5f047ba60b9d645d277148a51b6e1a8794c5931f17");
}

TEST(WriterVectors, RootAndXattrs) {
  Entry file = entry_of(EntryType::file, "dd/\u00fc", 0644, 99);
  file.size_bytes = 5;
  file.xattrs = {{"user.a", std::string("\xff\0", 2)}, {"user.b", "2"}};
  const std::string archive = archive_of([&file](Writer& writer) {
    put(writer, entry_of(EntryType::directory, "", 0755, 98));
    put(writer, entry_of(EntryType::directory, "dd", 0755, 99));
    put(writer, file, "hello");
  });
  EXPECT_EQ(archive.size(), 4096U);
  EXPECT_EQ(sha256_of(archive), "9637bafe671f1f2dc69b83766700c976d09b12de31e99dbfd325d46d0d7d762c");
}

TEST(WriterVectors, InsertedFile) {
  const std::string archive = archive_of(hello("hello", 0644, 1000000000), "hello\n");
  EXPECT_EQ(archive.size(), 2048U);
  EXPECT_EQ(sha256_of(archive), "78c573893496f74177ec114a7e74ffc3b4c4e85ec254a867190220688546de98");
}

}  // namespace
}  // namespace umoci::tar::test
