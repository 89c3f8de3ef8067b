// SPDX-License-Identifier: Apache-2.0
// The files beside the rootfs of a bundle: their modes, what the manifest says of itself, and how
// umoci.json and the manifest belong together.
#include <umoci/bundle/repacked_bundle_test.hpp>

#include <umoci/base/error.hpp>
#include <umoci/digest/hasher.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>

namespace umoci::bundle::test {
namespace {

namespace stdfs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using umoci::test::read_file;
using umoci::test::write_file;

class BundleFiles : public RepackedBundle {
 protected:
  [[nodiscard]] mode_t mode_of(const stdfs::path& file) const {
    struct stat status{};
    EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
    return status.st_mode & 07777U;
  }

  void expect_modes(mode_t mask) const {
    EXPECT_EQ(mode_of(path("bundle")), 0700U);
    EXPECT_EQ(mode_of(path("bundle/rootfs")), 0755U);
    EXPECT_EQ(mode_of(path("bundle/config.json")), 0666U & ~mask);
    EXPECT_EQ(mode_of(path("bundle/umoci.json")), 0666U & ~mask);
    EXPECT_EQ(mode_of(mtree_path()), 0644U & ~mask);
  }

  [[nodiscard]] std::string meta_text() const { return read_file(path("bundle/umoci.json")); }
  void write_meta(const BundleMeta& meta) const {
    write_file(path("bundle/umoci.json"), meta.dump());
  }
  void repack_refreshed() {
    RepackOptions options;
    options.refresh = RefreshBundle::yes;
    (void)repacked(options);
  }
  /// The value in a line such as "#  machine: x" of the manifest; empty without such a line.
  [[nodiscard]] std::string header(const std::string& label) const {
    const std::string text = read_file(mtree_path());
    const std::string start = "#" + std::string(14 - label.size(), ' ') + label + ": ";
    const std::size_t at = text.find(start);
    if (at == std::string::npos) return {};
    const std::size_t from = at + start.size();
    return text.substr(from, text.find('\n', from) - from);
  }
};

TEST_F(BundleFiles, HaveModesThatTheUmaskDecides) {
  unpack_image();
  for (const mode_t mask : {0U, 022U, 027U, 077U}) {
    umoci::test::in_child_process([&] {
      ::umask(mask);
      start_anew();
      expect_modes(mask);
      write_file(rootfs("d/f"), "changed");
      repack_refreshed();
      EXPECT_EQ(read_meta().from.target().digest, open_image("repacked").path.target().digest);
      expect_modes(mask);
    });
  }
}

TEST_F(BundleFiles, TheManifestSaysWhoMadeItWhereAndWhen) {
  unpack_image();
  // The path is cleaned, and the date is that of the caller's time zone, without padding.
  const std::string odd = "./a/../bundle//";
  std::string zone = "TZ=XYZ-13:30";
  umoci::test::in_child_process([&] {
    ASSERT_EQ(::putenv(zone.data()), 0);
    ::tzset();
    stdfs::remove_all(path("bundle"));
    ASSERT_EQ(::chdir(directory_.path().c_str()), 0);
    const auto date = [&] {
      const auto result = umoci::test::run_program({"env", zone, "date", "+%a %b %-d %H:%M:%S %Y"});
      return result.out.substr(0, result.out.find('\n'));
    };
    std::string before;
    std::string after;
    do {
      stdfs::remove_all(path("bundle"));
      before = date();
      unpack_as_caller(odd);
      after = date();
    } while (before != after);
    EXPECT_EQ(header("date"), before);
    EXPECT_EQ(header("tree"), rootfs("").substr(0, rootfs("").size() - 1));
    std::array<char, 256> host{};
    ASSERT_EQ(::gethostname(host.data(), host.size()), 0);
    EXPECT_EQ(header("machine"), host.data());
    EXPECT_EQ(header("keywords"), "size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr");
    const auto user = umoci::test::run_program({"id", "-un"});
    EXPECT_EQ(header("user") + "\n", user.out);
  });
}

TEST_F(BundleFiles, TheManifestDoesNotNameAUserWhomNobodyKnows) {
  unpack_image();
  if (!umoci::test::is_real_root()) GTEST_SKIP() << "only root becomes somebody else";
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0777), 0);
  umoci::test::in_child_process([&] {
    stdfs::remove_all(path("bundle"));
    ::setenv("USER", "somebody", 1);
    ASSERT_EQ(::setresuid(3'999'999'999U, 3'999'999'999U, 3'999'999'999U), 0);
    unpack_as_caller(path("bundle"));
    EXPECT_EQ(header("user"), "");
    EXPECT_THAT(read_file(mtree_path()), StartsWith("#       machine: "));
  });
}

TEST_F(BundleFiles, UmociJsonKnowsTheManifest) {
  unpack_image();
  EXPECT_EQ(read_meta().mtree_digest, digest::digest_of(read_file(mtree_path())));
  write_file(rootfs("d/f"), "changed");
  repack_refreshed();
  EXPECT_EQ(read_meta().mtree_digest, digest::digest_of(read_file(mtree_path())));
}

TEST_F(BundleFiles, AManifestThatSomebodyChangedIsRefused) {
  unpack_image();
  const std::string index = read_file(path("layout/index.json"));
  const std::string text = read_file(mtree_path());
  write_file(mtree_path(), text + "\n# somebody was here\n");
  try {
    (void)repacked();
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(mtree_path().native()), HasSubstr("unpack"),
                                    HasSubstr("\"mtree_digest\"")));
  }
  EXPECT_EQ(read_file(path("layout/index.json")), index);
  // As the message says.
  BundleMeta meta = read_meta();
  meta.mtree_digest.reset();
  write_meta(meta);
  EXPECT_THAT(repacked(), IsEmpty());
}

TEST_F(BundleFiles, WithoutADigestOfTheManifestAreThoseOfUmoci) {
  unpack_image();
  BundleMeta meta = read_meta();
  meta.mtree_digest.reset();
  write_meta(meta);
  EXPECT_THAT(meta_text(), Not(HasSubstr("mtree_digest")));
  write_file(mtree_path(), read_file(mtree_path()) + "\n");
  write_file(rootfs("d/f"), "changed");
  EXPECT_THAT(repacked(), ElementsAre("d/f"));
  repack_refreshed();
  EXPECT_TRUE(read_meta().mtree_digest) << "from here on it is ours";
}

// Else a refresh that dies between the two files would leave a bundle that nobody can repack.
TEST_F(BundleFiles, TheManifestOfTheSameImageIsNotWrittenAgain) {
  unpack_image();
  const std::string text = read_file(mtree_path());
  struct stat before{};
  struct stat after{};
  ASSERT_EQ(::stat(mtree_path().c_str(), &before), 0);
  repack_refreshed();
  ASSERT_EQ(::stat(mtree_path().c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(read_file(mtree_path()), text);
  EXPECT_EQ(read_meta().mtree_digest, digest::digest_of(text));
  EXPECT_THAT(repacked(), IsEmpty());
}

}  // namespace
}  // namespace umoci::bundle::test
