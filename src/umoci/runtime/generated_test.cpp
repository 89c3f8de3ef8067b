// SPDX-License-Identifier: Apache-2.0
// Whatever an image says, what comes of it is a valid document, or one clear error.
#include <umoci/runtime/convert.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/utf8.hpp>

#include <umoci_test/runtime_schema.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>

namespace umoci::runtime {
namespace {

using oci::ImageConfig;
using oci::Json;

/// Images and wishes made of parts of which many are odd.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  ImageConfig image() {
    Json::Object execution;
    add(execution, "User", text());
    add(execution, "WorkingDir", text());
    add(execution, "StopSignal", text());
    add(execution, "Env", texts(true));
    add(execution, "Entrypoint", texts(false));
    add(execution, "Cmd", texts(false));
    add(execution, "Volumes", set());
    add(execution, "ExposedPorts", set());
    add(execution, "Labels", labels());
    Json::Object members{{"architecture", text()},
                         {"os", one_in(30)   ? "plan9"
                                : one_in(10) ? "freebsd"
                                             : "linux"},
                         {"rootfs", Json::Object{{"type", "layers"}, {"diff_ids", Json::Array{}}}}};
    add(members, "config", std::move(execution));
    add(members, "author", text());
    add(members, "variant", text());
    add(members, "os.version", text());
    add(members, "os.features", texts(false));
    if (one_in(2)) members.emplace_back("created", "2020-01-01T00:00:00.50+02:00");
    return ImageConfig::parse(Json(std::move(members)).dump());
  }

  ConvertOptions options(const fs::Root& rootfs) {
    ConvertOptions options;
    if (one_in(2)) options.rootfs = &rootfs;
    if (one_in(3)) options.uid_mappings = options.gid_mappings = {{0, 1000, 1}, {1, 5, 4294967}};
    if (one_in(2)) options.privilege = Privilege::rootless;
    Preferences& wishes = options.preferences;
    if (one_in(3)) wishes.base = Spec::parse("{}");
    constexpr std::array profiles{Profile::umoci, Profile::docker, Profile::minimal};
    if (one_in(3)) wishes.profile = profiles[below(profiles.size())];
    if (one_in(5)) wishes.spec_version = one_in(2) ? "1.3.0" : "1.0.2";
    if (one_in(3)) wishes.terminal = Terminal::none;
    if (one_in(3)) wishes.unknown_user = UnknownUser::becomes_root;
    if (one_in(2)) wishes.malformed_variables = MalformedVariables::are_dropped;
    if (one_in(3)) wishes.groups_of_numbers = GroupsOfNumbers::none;
    using Kind = VolumeMounts::Kind;
    constexpr std::array kinds{Kind::tmpfs, Kind::tmpfs_with_copy, Kind::bind, Kind::none};
    wishes.volumes.kind = kinds[below(kinds.size())];
    wishes.volumes.directory = one_in(2) ? "/" : "/srv/v";
    if (one_in(3)) wishes.volumes.options = std::vector<std::string>{"ro"};
    return options;
  }

 private:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  bool one_in(std::size_t count) { return below(count) == 0; }

  std::string text() {
    static const std::array<std::string, 30> all{"",
                                                 "",
                                                 "/",
                                                 "a",
                                                 "/a",
                                                 "/a",
                                                 "root",
                                                 "u",
                                                 "0",
                                                 "1",
                                                 "1:2",
                                                 "1:users",
                                                 "u:users",
                                                 "4294967294",
                                                 "4294967295",
                                                 "-1",
                                                 "+5",
                                                 ":",
                                                 "::",
                                                 "../..",
                                                 "/a/../../b",
                                                 "rel/./x",
                                                 "/sys/x",
                                                 "//",
                                                 "ä€😀",
                                                 "\u2028<&>\"\\",
                                                 std::string(1, '\0'),
                                                 "\n\t\x1b[31m",
                                                 std::string(5000, 'x'),
                                                 "80/tcp"};
    return all[below(all.size())];
  }
  Json texts(bool are_assignments) {
    Json::Array result;
    for (std::size_t i = below(5); i > 0; --i) {
      const bool is_malformed = one_in(20);
      result.emplace_back(are_assignments && !is_malformed ? "A" + text() + "=" + text() : text());
    }
    return result;
  }
  Json set() {
    Json result = Json::Object{};
    for (std::size_t i = below(5); i > 0; --i) result.set(text(), Json::Object{});
    return result;
  }
  Json labels() {
    Json result = Json::Object{};
    for (std::size_t i = below(5); i > 0; --i) result.set(text(), text());
    return result;
  }
  /// Absent and null are as good as empty.
  void add(Json::Object& members, std::string_view name, Json value) {
    if (one_in(4)) return;
    members.emplace_back(name, one_in(8) ? Json() : std::move(value));
  }

  std::mt19937 random_;
};

TEST(Generated, ImagesGiveValidDocumentsOrClearErrors) {
  if (const std::string why = test::RuntimeSchema::unavailable(); !why.empty()) GTEST_SKIP() << why;
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "etc");
  test::write_file(directory / "etc/passwd",
                   "root:x:0:0::/root:\nu:x:1:1::/home/\xff:\na:x:2:2::/a:");
  test::write_file(directory / "etc/group", "users:x:100:u,root\nbad:x:y:u\n");
  const fs::Root rootfs = fs::Root::open(directory.path());
  constexpr unsigned count = 400;
  std::vector<std::string> documents;
  std::vector<unsigned> seeds;
  for (unsigned seed = 1; seed <= count; ++seed) {
    Generator generator(seed);
    const ImageConfig image = generator.image();
    try {
      documents.push_back(make_runtime_config(image, generator.options(rootfs), silent_log()));
      seeds.push_back(seed);
    } catch (const Error& error) {
      const std::string_view what = error.what();
      EXPECT_NE(what, "") << seed;
      EXPECT_TRUE(is_utf8(what)) << seed;
      for (const char c : what) EXPECT_GE(static_cast<unsigned char>(c), 0x20U) << seed;
      EXPECT_NE(error.kind(), ErrorKind::internal) << what;
    }
  }
  // Else this would say nothing.
  EXPECT_GE(documents.size(), 200U);
  EXPECT_LE(documents.size(), count - 50);
  std::string of_seeds;
  for (const unsigned seed : seeds) of_seeds += std::to_string(seed) + " ";
  const test::ProgramResult result = test::RuntimeSchema::faults(documents);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "") << "documents of these seeds: " << of_seeds;
}

}  // namespace
}  // namespace umoci::runtime
