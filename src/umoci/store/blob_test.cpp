// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/layout.hpp>

#include <umoci_test/child_process.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/faulty.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <string>

namespace umoci::store {
namespace {

using digest::Algorithm;
using std::filesystem::path;
using testing::Contains;
using testing::HasSubstr;

// Computed with sha256sum and sha512sum.
constexpr const char* hello_sha256 =
    "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
constexpr const char* hello_sha512 =
    "sha512:"
    "e7c22b994c59d9cf2b48e549b1e24666636045930d3da7c1acb299d1c3b7f931f94aae41edda2c2b207a36e1"
    "0f8bcb8d45223e54878f5b316e7ce3b6bc019629";
constexpr const char* hello = "hello\n";

oci::Descriptor describe(std::string_view digest, std::int64_t size_bytes) {
  oci::Descriptor descriptor;
  descriptor.media_type = "application/octet-stream";
  descriptor.digest = digest::Digest(std::string(digest));
  descriptor.size_bytes = size_bytes;
  return descriptor;
}

class BlobTest : public testing::Test {
 protected:
  BlobTest() : path_(directory_ / "layout"), layout_(create()) {}

  [[nodiscard]] path file_of(std::string_view digest) const {
    std::string name(digest);
    name[name.find(':')] = '/';
    return path_ / "blobs" / name;
  }
  /// What a reader saw; empty if it saw nothing.
  std::string read(const oci::Descriptor& descriptor) {
    seen_.clear();
    layout_.blobs().read(descriptor, [&](io::Source& source) {
      seen_ = io::read_all(source, std::numeric_limits<std::uint64_t>::max());
    });
    return seen_;
  }
  std::size_t files_in_layout() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
      count += entry.is_directory() ? 0U : 1U;
    }
    return count;
  }

  test::TemporaryDirectory directory_;
  path path_;
  test::RecordingLog log_;
  Layout layout_;
  std::string seen_;

 private:
  Layout create() {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
    return Layout::open(path_, {.durability = fs::Durability::unsynced, .log = &log_});
  }
};

TEST_F(BlobTest, AreFilesNamedByTheirDigest) {
  const StoredBlob blob = layout_.blobs().put(hello);
  EXPECT_EQ(blob.digest.text(), hello_sha256);
  EXPECT_EQ(blob.size_bytes, 6U);
  EXPECT_EQ(test::read_file(file_of(hello_sha256)), hello);
  EXPECT_EQ(layout_.blobs().find(blob.digest), 6U);
  EXPECT_EQ(layout_.blobs().read_document(describe(hello_sha256, 6)), hello);
  EXPECT_EQ(read(describe(hello_sha256, 6)), hello);
}

TEST_F(BlobTest, OtherAlgorithmsGetTheirDirectoryWhenNeeded) {
  EXPECT_EQ(layout_.blobs().put(hello, Algorithm::sha512).digest.text(), hello_sha512);
  EXPECT_EQ(test::read_file(file_of(hello_sha512)), hello);
  EXPECT_EQ(read(describe(hello_sha512, 6)), hello);
  EXPECT_FALSE(layout_.blobs().find(digest::Digest(hello_sha256)));
  EXPECT_EQ(layout_.blobs().put("", Algorithm::sha384).size_bytes, 0U);
}

// D-01
TEST_F(BlobTest, TheDirectoryOfTheUsualAlgorithmMayBeMissing) {
  std::filesystem::remove(path_ / "blobs/sha256");
  layout_.blobs().put(hello);
  EXPECT_EQ(test::read_file(file_of(hello_sha256)), hello);
}

TEST_F(BlobTest, ModeFollowsTheUmask) {
  for (const mode_t mask : {022U, 077U, 0U}) {
    std::filesystem::remove_all(path_ / "blobs/sha256");
    const mode_t old = ::umask(mask);
    layout_.blobs().put(hello);
    ::umask(old);
    struct stat status{};
    ASSERT_EQ(::stat(file_of(hello_sha256).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0666U & ~mask);
    ASSERT_EQ(::stat((path_ / "blobs/sha256").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0755U & ~mask);
  }
}

TEST_F(BlobTest, PiecesOfAnySizeMakeTheSameBlob) {
  std::string content;
  for (int i = 0; content.size() < 3'000'000; ++i) content += std::to_string(i) + "\n";
  const StoredBlob whole = layout_.blobs().put(content);
  for (const std::size_t piece : {512UL, 10240UL, 262144UL, 262145UL, 1000003UL}) {
    std::filesystem::remove(file_of(whole.digest.text()));
    const auto writer = layout_.blobs().create();
    test::ChunkedSource source(content, piece);
    io::copy(source, *writer);
    writer->finish();
    EXPECT_EQ(writer->commit().digest, whole.digest);
    EXPECT_EQ(test::read_file(file_of(whole.digest.text())), content);
  }
  test::write_file(directory_ / "copy", content);
  const auto sum = test::run_program({"sha256sum", directory_ / "copy"});
  EXPECT_EQ("sha256:" + sum.out.substr(0, 64), whole.digest.text());
}

TEST_F(BlobTest, WhatIsNotCommittedIsForgotten) {
  const std::size_t before = files_in_layout();
  {
    const auto writer = layout_.blobs().create();
    writer->write(io::as_bytes(hello));
    writer->finish();
    EXPECT_FALSE(layout_.blobs().find(digest::Digest(hello_sha256)));
  }
  EXPECT_EQ(files_in_layout(), before);
}

TEST_F(BlobTest, AWriterOutlivesItsLayout) {
  std::unique_ptr<BlobWriter> writer;
  {
    Layout other = Layout::open(path_);
    writer = other.blobs().create();
  }
  writer->write(io::as_bytes(hello));
  EXPECT_EQ(writer->commit().digest.text(), hello_sha256);
  writer.reset();
  EXPECT_EQ(test::read_file(file_of(hello_sha256)), hello);
  EXPECT_EQ(files_in_layout(), 3U);
}

TEST_F(BlobTest, UnexpectedBytesAreNotPublished) {
  const auto write_expecting = [&](const char* digest, std::optional<std::uint64_t> size_bytes) {
    const auto writer = layout_.blobs().create();
    writer->expect({.digest = digest::Digest(digest), .size_bytes = size_bytes});
    writer->write(io::as_bytes(hello));
    writer->commit();
  };
  EXPECT_ERROR(corrupt, "mismatch", write_expecting(hello_sha512, 6));
  EXPECT_ERROR(corrupt, "7 bytes", write_expecting(hello_sha256, 7));
  EXPECT_FALSE(layout_.blobs().find(digest::Digest(hello_sha256)));
  write_expecting(hello_sha256, 6);
  write_expecting(hello_sha256, std::nullopt);
  EXPECT_TRUE(layout_.blobs().find(digest::Digest(hello_sha256)));
}

TEST_F(BlobTest, OneThatIsThereStays) {
  layout_.blobs().put(hello);
  struct stat before{};
  ASSERT_EQ(::chmod(file_of(hello_sha256).c_str(), 0600), 0);
  ASSERT_EQ(::stat(file_of(hello_sha256).c_str(), &before), 0);
  layout_.blobs().put(hello);
  struct stat after{};
  ASSERT_EQ(::stat(file_of(hello_sha256).c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(after.st_mode, before.st_mode);
}

TEST_F(BlobTest, OneOfTheWrongSizeIsReplaced) {
  for (const char* damaged : {"", "hello", "hello\n\n"}) {
    test::write_file(file_of(hello_sha256), damaged);
    layout_.blobs().put(hello);
    EXPECT_EQ(test::read_file(file_of(hello_sha256)), hello);
  }
}

TEST_F(BlobTest, LinksToBlobsAreRead) {
  test::write_file(directory_ / "cache", hello);
  std::filesystem::create_symlink(directory_ / "cache", file_of(hello_sha256));
  EXPECT_EQ(read(describe(hello_sha256, 6)), hello);
  EXPECT_EQ(layout_.blobs().find(digest::Digest(hello_sha256)), 6U);
  layout_.blobs().put(hello);
  EXPECT_TRUE(std::filesystem::is_symlink(file_of(hello_sha256)));
}

TEST_F(BlobTest, LinksAreNotWrittenThrough) {
  test::write_file(directory_ / "outside", "precious");
  for (const path& target : {directory_ / "outside", directory_ / "nowhere"}) {
    std::filesystem::remove(file_of(hello_sha256));
    std::filesystem::create_symlink(target, file_of(hello_sha256));
    layout_.blobs().put(hello);
    EXPECT_FALSE(std::filesystem::is_symlink(file_of(hello_sha256)));
    EXPECT_EQ(test::read_file(file_of(hello_sha256)), hello);
  }
  EXPECT_EQ(test::read_file(directory_ / "outside"), "precious");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "nowhere"));
}

TEST_F(BlobTest, DirectoriesMayBeLinks) {
  for (const char* link : {"blobs/sha256", "blobs"}) {
    std::filesystem::rename(path_ / link, directory_ / "shared");
    std::filesystem::create_directory_symlink(directory_ / "shared", path_ / link);
    Layout layout = Layout::open(path_);
    const StoredBlob blob = layout.blobs().put(link);
    EXPECT_EQ(layout.blobs().read_document(
                  describe(blob.digest.text(), static_cast<std::int64_t>(blob.size_bytes))),
              link);
    std::filesystem::remove(path_ / link);
    std::filesystem::rename(directory_ / "shared", path_ / link);
  }
}

TEST_F(BlobTest, AMissingOneIsNotFound) {
  EXPECT_ERROR(not_found, "blob not found: \"" + std::string(hello_sha256) + '"',
               read(describe(hello_sha256, 6)));
  std::filesystem::create_symlink("nowhere", file_of(hello_sha256));
  EXPECT_ERROR(not_found, hello_sha256, read(describe(hello_sha256, 6)));
  EXPECT_FALSE(layout_.blobs().find(digest::Digest(hello_sha256)));
  std::filesystem::remove_all(path_ / "blobs/sha256");
  EXPECT_ERROR(not_found, hello_sha256, read(describe(hello_sha256, 6)));
}

// D-05
TEST_F(BlobTest, WhatIsNoFileIsRefusedAtOnce) {
  const path file = file_of(hello_sha256);
  const auto refused = [&] {
    EXPECT_ERROR(invalid_data, "not a regular file", read(describe(hello_sha256, 6)));
    EXPECT_FALSE(layout_.blobs().find(digest::Digest(hello_sha256)));
    std::filesystem::remove(file);
  };
  ASSERT_EQ(::mkfifo(file.c_str(), 0666), 0);
  refused();
  ASSERT_EQ(::mknod(file.c_str(), S_IFSOCK | 0666, 0), 0);
  refused();
  std::filesystem::create_directory(file);
  refused();
  std::filesystem::create_symlink("/dev/zero", file);
  refused();
}

TEST_F(BlobTest, ADigestMismatchWinsOverTheSize) {
  const oci::Descriptor descriptor = describe(hello_sha256, 6);
  struct Case {
    const char* content;
    const char* error;
  };
  for (const auto& [content, error] : {Case{"hellO\n", "verified reader digest mismatch"},
                                       Case{"hello", "verified reader digest mismatch"},
                                       Case{"", "verified reader digest mismatch"},
                                       Case{" hello\n", "verified reader digest mismatch"},
                                       Case{"hello\n\n", "verified reader size mismatch"},
                                       Case{"hello\nhello\n", "verified reader size mismatch"}}) {
    test::write_file(file_of(hello_sha256), content);
    seen_ = "untouched";
    const auto outcome = test::outcome_of([&] {
      layout_.blobs().read(descriptor,
                           [&](io::Source& source) { seen_ = io::read_all(source, 100); });
    });
    EXPECT_TRUE(outcome.is(ErrorKind::corrupt, error)) << content << ": " << outcome;
    EXPECT_THAT(outcome.text, HasSubstr(hello_sha256));
    // A wrong size is known before anybody sees the bytes.
    if (std::string_view(content).size() != 6) {
      EXPECT_EQ(seen_, "untouched");
    }
    EXPECT_ERROR(corrupt, error, layout_.blobs().read_document(descriptor));
  }
}

// D-22
TEST_F(BlobTest, ADescriptorMayClaimTheWrongSize) {
  layout_.blobs().put(hello);
  EXPECT_ERROR(corrupt, "verified reader size mismatch", read(describe(hello_sha256, 7)));
  EXPECT_ERROR(corrupt, "verified reader digest mismatch", read(describe(hello_sha256, 5)));
  EXPECT_ERROR(corrupt, "verified reader digest mismatch", read(describe(hello_sha256, 0)));
  EXPECT_ERROR(invalid_data, "must not be negative", read(describe(hello_sha256, -1)));
  EXPECT_ERROR(corrupt, "verified reader size mismatch",
               read(describe(hello_sha256, std::numeric_limits<std::int64_t>::max())));
  oci::Descriptor without = describe(hello_sha256, 0);
  without.size_absent = true;
  EXPECT_ERROR(invalid_data, "without size", read(without));
}

TEST_F(BlobTest, EveryByteIsVerifiedWhateverTheReaderTakes) {
  layout_.blobs().put(std::string(1'000'000, 'x'));
  const digest::Digest digest = digest::digest_of(std::string(1'000'000, 'x'));
  const auto ignore = [&](io::Source&) {};
  EXPECT_NO_THROW(layout_.blobs().read(describe(digest.text(), 1'000'000), ignore));
  std::string flipped(1'000'000, 'x');
  flipped.back() = 'y';
  test::write_file(file_of(digest.text()), flipped);
  EXPECT_ERROR(corrupt, "digest mismatch",
               layout_.blobs().read(describe(digest.text(), 1'000'000), ignore));
}

TEST_F(BlobTest, ErrorsOfTheReaderPass) {
  layout_.blobs().put(hello);
  EXPECT_ERROR(conflict, "mine", layout_.blobs().read(describe(hello_sha256, 6), [](io::Source&) {
    throw Error(ErrorKind::conflict, "mine");
  }));
}

TEST_F(BlobTest, DigestsAreCheckedBeforeTheyBecomePaths) {
  test::write_file(path_ / "blobs/x", hello);
  for (const char* digest :
       {"", "sha256", "sha256:", "sha256:abc", "nodigest", "../../x:y", "sha256:../x", ":x",
        "sha256:5891B5", "/etc:passwd",
        "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be0/"}) {
    EXPECT_ERROR(invalid_data, "invalid digest", read(describe(digest, 6)));
    EXPECT_ERROR(invalid_data, "invalid digest", layout_.blobs().find(digest::Digest(digest)));
  }
  EXPECT_ERROR(unsupported, "unsupported digest algorithm", read(describe("blake3:abc", 6)));
  EXPECT_FALSE(layout_.blobs().find(digest::Digest("blake3:abc")));
}

TEST_F(BlobTest, EmbeddedDataIsUsedInPlaceOfTheBlob) {
  oci::Descriptor descriptor = describe(hello_sha256, 6);
  descriptor.data = hello;
  EXPECT_EQ(read(descriptor), hello);
  test::write_file(file_of(hello_sha256), "rubbish");
  EXPECT_EQ(layout_.blobs().read_document(descriptor), hello);
  descriptor = describe(hello_sha512, 6);
  descriptor.data = hello;
  EXPECT_EQ(read(descriptor), hello);
}

// D-08
TEST_F(BlobTest, WrongEmbeddedDataIsRefused) {
  oci::Descriptor descriptor = describe(hello_sha256, 6);
  layout_.blobs().put(hello);
  for (const char* data : {"", "hello", "Hello\n", "hello\n "}) {
    descriptor.data = data;
    EXPECT_ERROR(corrupt, "invalid embedded descriptor data: expected", read(descriptor));
    EXPECT_ERROR(corrupt, "verified reader digest mismatch", read(descriptor));
  }
  descriptor.data = hello;
  descriptor.size_bytes = 7;
  EXPECT_ERROR(corrupt, "expected 7 bytes not 6 bytes: verified reader size mismatch",
               read(descriptor));
  descriptor.digest = digest::Digest("nodigest");
  EXPECT_ERROR(invalid_data, "invalid digest", read(descriptor));
  descriptor.digest = digest::Digest("foo:bar");
  EXPECT_ERROR(unsupported, "unsupported digest algorithm", read(descriptor));
}

TEST_F(BlobTest, LargeEmbeddedDataDrawsAWarning) {
  const std::string data(65537, 'x');
  oci::Descriptor descriptor = describe(digest::digest_of(data).text(), 65537);
  descriptor.data = data;
  EXPECT_EQ(read(descriptor), data);
  EXPECT_THAT(log_.warnings(), Contains(HasSubstr("embeds a large blob")));
}

TEST_F(BlobTest, TheEmptyDescriptorMustBeEmpty) {
  constexpr const char* empty =
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
  oci::Descriptor descriptor = describe(empty, 2);
  descriptor.media_type = oci::media_type::empty;
  layout_.blobs().put("{}");
  layout_.blobs().put(hello);
  EXPECT_EQ(read(descriptor), "{}");
  descriptor.data = "{}";
  EXPECT_EQ(read(descriptor), "{}");
  const auto refused = [&](const oci::Descriptor& wrong) {
    EXPECT_ERROR(invalid_data, "empty json blob is invalid", read(wrong));
  };
  descriptor.data = "{ }";
  refused(descriptor);
  descriptor.data.reset();
  descriptor.size_bytes = 3;
  refused(descriptor);
  descriptor = describe(hello_sha256, 6);
  descriptor.media_type = oci::media_type::empty;
  refused(descriptor);
}

TEST_F(BlobTest, DocumentsAreLimited) {
  LayoutOptions options;
  options.limits.document_bytes = 40;
  const Layout layout = Layout::open(path_, options);
  const StoredBlob largest = layout_.blobs().put(std::string(40, 'x'));
  EXPECT_EQ(layout.blobs().read_document(describe(largest.digest.text(), 40)).size(), 40U);
  // Nothing is opened: there is no such blob.
  EXPECT_ERROR(limit_exceeded, "document_bytes",
               layout.blobs().read_document(describe(hello_sha512, 41)));
}

TEST_F(BlobTest, SeveralProcessesMayStoreTheSame) {
  std::vector<std::unique_ptr<test::ChildProcess>> children;
  children.reserve(8);
  for (int i = 0; i < 8; ++i) {
    children.push_back(std::make_unique<test::ChildProcess>([&] {
      Layout layout = Layout::open(path_, {.durability = fs::Durability::unsynced});
      for (int round = 0; round < 50; ++round) {
        layout.blobs().put("blob " + std::to_string(round));
      }
      return std::string("done");
    }));
  }
  for (const auto& child : children) EXPECT_EQ(child->wait(), "done");
  EXPECT_EQ(files_in_layout(), 52U);
}

TEST_F(BlobTest, AKilledWriterLeavesNoBlob) {
  test::ChildProcess child([&] {
    Layout layout = Layout::open(path_);
    const auto writer = layout.blobs().create();
    writer->write(io::as_bytes(hello));
    writer->finish();
    ::raise(SIGKILL);
    return std::string("alive");
  });
  EXPECT_EQ(child.wait(), "signal 9");
  EXPECT_FALSE(layout_.blobs().find(digest::Digest(hello_sha256)));
  layout_.blobs().put(hello);
}

TEST_F(BlobTest, OtherCollectorsLeaveALivingWriterAlone) {
  if (!test::has_program("umoci")) GTEST_SKIP() << "umoci is not installed";
  const auto writer = layout_.blobs().create();
  writer->write(io::as_bytes(hello));
  const auto run = test::run_program({"umoci", "gc", "--layout", path_});
  EXPECT_EQ(run.status, 0) << run.err;
  writer->finish();
  EXPECT_EQ(writer->commit().digest.text(), hello_sha256);
  EXPECT_EQ(read(describe(hello_sha256, 6)), hello);
}

// D-04
TEST_F(BlobTest, BlobsMayBeOnAnotherFileSystem) {
  if (!test::can_mount()) GTEST_SKIP() << "needs the right to mount";
  for (const char* mounted : {"blobs/sha256", "blobs"}) {
    for (const bool is_bind : {false, true}) {
      const std::string result = test::in_child([&]() -> std::string {
        if (!test::enter_mount_namespace()) return "unshare";
        const path target = path_ / mounted;
        // The same file system, mounted twice, refuses to rename across as well.
        std::filesystem::create_directory(directory_ / "elsewhere");
        const int failure = is_bind ? ::mount((directory_ / "elsewhere").c_str(), target.c_str(),
                                              nullptr, MS_BIND, nullptr)
                                    : ::mount("tmpfs", target.c_str(), "tmpfs", 0, nullptr);
        if (failure != 0) return "mount";
        const std::string content = std::string(100'000, 'x') + hello;
        {
          Layout layout = Layout::open(path_);
          layout.blobs().put(hello);
          layout.blobs().put(content);
          const auto forgotten = layout.blobs().create();
          forgotten->write(io::as_bytes(content));
        }
        if (test::read_file(file_of(hello_sha256)) != hello) return "wrong content";
        if (test::read_file(file_of(digest::digest_of(content).text())) != content) {
          return "wrong long content";
        }
        return std::to_string(files_in_layout());
      });
      EXPECT_EQ(result, "4") << mounted << (is_bind ? " bound" : " tmpfs");
      std::filesystem::remove_all(directory_ / "elsewhere");
    }
  }
}

TEST_F(BlobTest, NothingIsLeftOfABlobThatDidNotFit) {
  if (!test::can_mount()) GTEST_SKIP() << "needs the right to mount";
  const std::string result = test::in_child([&]() -> std::string {
    if (!test::enter_mount_namespace()) return "unshare";
    if (::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=64k") != 0) return "mount";
    Layout::create(path_, {.durability = fs::Durability::unsynced});
    {
      Layout layout = Layout::open(path_);
      // Both the piece that is too much in write() and the one that is in commit().
      for (const std::size_t size : {1'000'000UL, 100'000UL}) {
        const auto outcome = test::outcome_of([&] { layout.blobs().put(std::string(size, 'x')); });
        if (!outcome.is(ErrorKind::no_space)) return "put: " + outcome.text;
      }
      layout.blobs().put(hello);
    }
    return std::to_string(files_in_layout());
  });
  EXPECT_EQ(result, "3");
}

}  // namespace
}  // namespace umoci::store
