// SPDX-License-Identifier: Apache-2.0
// What other programs say of our config.json.
#include <umoci/runtime/convert.hpp>

#include <umoci_test/run_program.hpp>
#include <umoci_test/runtime_schema.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>

#include <unistd.h>

namespace umoci::runtime {
namespace {

using oci::ImageConfig;
using oci::Json;
using test::ProgramResult;
using test::run_program;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view image =
    R"({"created":"2020-01-01T00:00:00Z","author":"a <b&c>","architecture":"amd64","os":"linux",)"
    R"("os.features":["x"],"config":{"User":"u","Env":["A=1"],"Cmd":["/bin/true"],)"
    R"("ExposedPorts":{"80/tcp":{}},"Volumes":{"data":{}},"WorkingDir":"srv",)"
    R"("Labels":{"a":"","b":"\u2028"},"StopSignal":"SIGINT"}})";

/// Documents that together use all that we ever write.
std::vector<std::string> samples() {
  const std::vector<tree::IdMapping> mappings{{0, 1000, 1}, {1, 100000, 65535}};
  ImageConfig named = ImageConfig::parse(image);
  named.set_user("1:2");
  const ConvertOptions mapped{.uid_mappings = mappings, .gid_mappings = mappings};
  ConvertOptions rootless = mapped;
  rootless.privilege = Privilege::rootless;
  rootless.resolv_conf = "/dev/null";
  std::vector<std::string> texts;
  for (const ConvertOptions& options : {ConvertOptions{}, mapped, rootless}) {
    texts.push_back(make_runtime_config(ImageConfig("amd64", "linux"), options, silent_log()));
    texts.push_back(make_runtime_config(named, options, silent_log()));
  }
  for (ConvertOptions options : {ConvertOptions{}, mapped, rootless}) {
    for (const Profile profile : {Profile::docker, Profile::minimal}) {
      options.preferences.profile = profile;
      texts.push_back(make_runtime_config(named, options, silent_log()));
    }
  }
  using Kind = VolumeMounts::Kind;
  for (const Kind kind : {Kind::tmpfs_with_copy, Kind::bind, Kind::none}) {
    ConvertOptions options = rootless;
    options.preferences.volumes = {.kind = kind, .directory = "/srv"};
    options.preferences.terminal = Terminal::none;
    texts.push_back(make_runtime_config(named, options, silent_log()));
    options.preferences.base = Spec::parse("{}");
    options.preferences.volumes.options = std::vector<std::string>{};
    texts.push_back(make_runtime_config(named, options, silent_log()));
  }
  return texts;
}

TEST(Accepted, ByTheSchemaOfTheSpecification) {
  if (const std::string why = test::RuntimeSchema::unavailable(); !why.empty()) GTEST_SKIP() << why;
  std::vector<std::string> documents = samples();
  ImageConfig freebsd = ImageConfig::parse(image);
  freebsd.set_user("1:2");
  freebsd.set_os("freebsd");
  documents.push_back(make_runtime_config(freebsd, {}, silent_log()));
  Json wrong = Json::parse(documents.front());
  wrong.find("process")->set("cwd", std::int64_t{7});
  const std::string expected = std::to_string(documents.size()) + " /process/cwd\n";
  documents.push_back(wrong.dump());
  const ProgramResult result = test::RuntimeSchema::faults(documents);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, expected);
}

/// A bundle whose process is busybox.
class Bundle {
 public:
  explicit Bundle(const ImageConfig& config, const ConvertOptions& options = {}) {
    const std::filesystem::path bin = directory_ / "rootfs/bin";
    std::filesystem::create_directories(bin);
    std::filesystem::copy_file("/bin/busybox", bin / "busybox");
    configure(config, options);
  }

  [[nodiscard]] std::string path(std::string_view name) const { return directory_ / name; }

  void put(std::string_view name, std::string_view content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    test::write_file(path(name), content);
  }
  void configure(const ImageConfig& config, const ConvertOptions& options) const {
    Json spec = Json::parse(make_runtime_config(config, options, silent_log()));
    // There is no terminal in a test.
    spec.find("process")->set("terminal", false);
    test::write_file(path("config.json"), spec.dump_indented());
  }

  [[nodiscard]] ProgramResult run(std::vector<std::string> runtime) const {
    const std::string state = directory_ / "state";
    runtime.insert(runtime.begin() + 1, {"--root", state});
    runtime.insert(runtime.end(),
                   {"run", "--bundle", directory_.path(), directory_.path().filename()});
    return run_program(runtime);
  }

 private:
  test::TemporaryDirectory directory_;
};

ImageConfig busybox(std::string_view command) {
  ImageConfig config("amd64", "linux");
  config.set_cmd({"/bin/busybox", "sh", "-c", std::string(command)});
  config.set_user("7:8");
  config.set_working_dir("srv");
  config.add_volume("data");
  config.set_env({"A=1"});
  return config;
}

bool can_run(const char* runtime) {
  return ::geteuid() == 0 && test::has_program(runtime) && std::filesystem::exists("/bin/busybox");
}

TEST(Accepted, ByRunc) {
  if (!can_run("runc")) GTEST_SKIP() << "needs root, runc and busybox-static";
  const Bundle bundle(
      busybox("echo $A $(/bin/busybox id -u):$(/bin/busybox id -g) $PWD; "
              "/bin/busybox stat -f -c %T /data"));
  const ProgramResult result = bundle.run({"runc"});
  if (result.err.find("cgroup") != std::string::npos) {
    GTEST_SKIP() << "runc has no cgroups here: " << result.err;
  }
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "1 7:8 /srv\ntmpfs\n");
}

/// The whole of /proc/self/status' lines on what the process may do.
constexpr const char* print_privileges =
    "grep -E '^(Cap|NoNewPrivs)' /proc/self/status | tr -s '\\t' ' '; "
    "cat /proc/self/mounts | cut -d' ' -f2 | grep -cE '^/(proc|dev|dev/pts|sys)$'";

TEST(Accepted, ByRuncWithEachProfile) {
  if (!can_run("runc")) GTEST_SKIP() << "needs root, runc and busybox-static";
  ImageConfig config = busybox(print_privileges);
  config.set_user("0:0");
  const Bundle bundle(config);
  const auto sets = [](const std::string& all, const std::string& inherited) {
    return "CapInh: " + inherited + "\nCapPrm: " + all + "\nCapEff: " + all + "\nCapBnd: " + all +
           "\nCapAmb: " + inherited + "\n";
  };
  const std::string none(16, '0');
  for (const auto& [profile, expected] :
       {std::pair(Profile::umoci,
                  sets("0000000020000420", "0000000020000420") + "NoNewPrivs: 1\n4\n"),
        std::pair(Profile::docker, sets("00000000a80425fb", none) + "NoNewPrivs: 0\n4\n"),
        std::pair(Profile::minimal, sets(none, none) + "NoNewPrivs: 1\n4\n")}) {
    bundle.configure(config, {.preferences = {.profile = profile}});
    const ProgramResult result = bundle.run({"runc"});
    if (result.err.find("cgroup") != std::string::npos) {
      GTEST_SKIP() << "runc has no cgroups here: " << result.err;
    }
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, expected) << result.err;
  }
}

TEST(Accepted, ByRuncWithVolumesOfEachKind) {
  if (!can_run("runc")) GTEST_SKIP() << "needs root, runc and busybox-static";
  const ImageConfig config = busybox("cat /data/f || echo none");
  const Bundle bundle(config);
  bundle.put("rootfs/data/f", "of the image\n");
  bundle.put("volumes/data/f", "of the host\n");
  using Kind = VolumeMounts::Kind;
  for (const auto& [kind, expected] :
       {std::pair(Kind::tmpfs, "none\n"), std::pair(Kind::tmpfs_with_copy, "of the image\n"),
        std::pair(Kind::bind, "of the host\n"), std::pair(Kind::none, "of the image\n")}) {
    ConvertOptions options;
    options.preferences.volumes = {.kind = kind, .directory = bundle.path("volumes")};
    bundle.configure(config, options);
    const ProgramResult result = bundle.run({"runc"});
    if (result.err.find("cgroup") != std::string::npos) {
      GTEST_SKIP() << "runc has no cgroups here: " << result.err;
    }
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, expected) << result.err;
  }
}

TEST(Accepted, ByCrunsParser) {
  if (!test::has_program("crun")) GTEST_SKIP() << "crun is not installed";
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "rootfs");
  const std::string file = directory / "config.json";
  // Without cgroups crun reads and checks the file, and then gives up, which is enough here.
  const auto answer = [&](Json document) {
    // There is no terminal in a test.
    document.find("process")->set("terminal", false);
    test::write_file(file, document.dump());
    return run_program({"crun", "--root", directory / "state", "--cgroup-manager=disabled",
                        "create", "--bundle", directory.path(), directory.path().filename()})
        .err;
  };
  const std::vector<std::string> texts = samples();
  const std::string usual = answer(Json::parse(texts.front()));
  if (usual.find("cgroup") == std::string::npos) {
    GTEST_SKIP() << "crun can do more here than to read a file, which another test lets it do: "
                 << usual;
  }
  for (const std::string& text : texts) EXPECT_EQ(answer(Json::parse(text)), usual) << text;
  // Else this test would see nothing.
  Json wrong_type = Json::parse(texts.front());
  wrong_type.find("process")->set("cwd", std::int64_t{7});
  EXPECT_NE(answer(wrong_type), usual);
  Json wrong_version = Json::parse(texts.front());
  wrong_version.set("ociVersion", "9.9.9");
  EXPECT_NE(answer(wrong_version), usual);
}

TEST(Accepted, ByCrun) {
  if (!can_run("crun")) GTEST_SKIP() << "needs root, crun and busybox-static";
  const Bundle bundle(busybox("echo $A"));
  const ProgramResult result = bundle.run({"crun", "--cgroup-manager=disabled"});
  EXPECT_THAT(result.err, Not(HasSubstr("unknown version")));
  if (result.err.find("cgroup") != std::string::npos) {
    GTEST_SKIP() << "crun has no cgroups here: " << result.err;
  }
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "1\n");
}

TEST(Accepted, AsWhatTheGoProgramWrites) {
  if (!test::has_program("umoci")) GTEST_SKIP() << "umoci is not installed";
  const test::TemporaryDirectory directory;
  const std::string layout = directory / "layout";
  const std::string rootfs = directory / "r";
  std::filesystem::create_directories(rootfs + "/etc");
  test::write_file(rootfs + "/etc/passwd", "root:x:0:0::/root:\nu:x:1000:100::/home/u v:/bin/sh\n");
  test::write_file(rootfs + "/etc/group", "a:x:5:u\nb:x:6:root,u\n");
  const std::string reference = layout + ":t";
  ASSERT_EQ(run_program({"umoci", "init", "--layout", layout}).status, 0);
  ASSERT_EQ(run_program({"umoci", "new", "--image", reference}).status, 0);
  ASSERT_EQ(run_program({"umoci",
                         "config",
                         "--image",
                         reference,
                         "--config.user",
                         "u",
                         "--config.env",
                         "A=<1>",
                         "--config.env",
                         "PATH=/p",
                         "--config.volume",
                         "/z",
                         "--config.label",
                         "l=v",
                         "--config.entrypoint",
                         "/e",
                         "--config.cmd",
                         "c",
                         "--config.workingdir",
                         "/w",
                         "--config.stopsignal",
                         "SIGINT",
                         "--config.exposedports",
                         "80/tcp",
                         "--config.exposedports",
                         "443/tcp",
                         "--author",
                         "me",
                         "--architecture",
                         "amd64",
                         "--created",
                         "2020-01-01T00:00:00.5+02:00"})
                .status,
            0);
  const std::string output = directory / "config.json";
  ASSERT_EQ(run_program({"umoci", "raw", "runtime-config", "--image", reference, "--rootfs", rootfs,
                         "--uid-map", "0:7:9", "--gid-map", "0:8:9", output})
                .status,
            0);

  ImageConfig config("amd64", "linux");
  config.set_created("2020-01-01T00:00:00.5+02:00");
  config.set_author("me");
  config.set_user("u");
  config.set_env({"A=<1>", "PATH=/p"});
  // A second one would come before or after it: that program does not sort them.
  config.add_volume("/z");
  config.set_labels({{"l", "v"}});
  config.set_entrypoint({"/e"});
  config.set_cmd({"c"});
  config.set_working_dir("/w");
  config.set_stop_signal("SIGINT");
  config.add_exposed_port("80/tcp");
  config.add_exposed_port("443/tcp");
  const fs::Root root = fs::Root::open(rootfs);
  Json ours = Json::parse(make_runtime_config(config,
                                              {.rootfs = &root,
                                               .root_path = root_path_of(rootfs),
                                               .uid_mappings = {{0, 7, 9}},
                                               .gid_mappings = {{0, 8, 9}}},
                                              silent_log()));
  // The one addition of later versions.
  Json::Array& namespaces = *ours.find("linux")->find("namespaces")->if_array();
  ASSERT_EQ(namespaces.front().dump(), R"({"type":"cgroup"})");
  namespaces.erase(namespaces.begin());
  EXPECT_EQ(ours.dump_indented() + "\n", test::read_file(output));
}

}  // namespace
}  // namespace umoci::runtime
