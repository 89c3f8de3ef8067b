// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/convert.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/recording_log.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace umoci::runtime {
namespace {

using oci::ImageConfig;
using oci::Json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ImageConfig image_with(std::string_view execution, std::string_view more = "") {
  return ImageConfig::parse(R"({"architecture":"amd64","os":"linux","config":)" +
                            std::string(execution) + std::string(more) + "}");
}

Json convert(const ImageConfig& config, const ConvertOptions& options = {},
             Log& log = silent_log()) {
  return Json::parse(make_runtime_config(config, options, log));
}

/// The compact text of the value that the names lead to; "absent" if there is none.
std::string at(const Json& json, std::initializer_list<std::string_view> names) {
  const Json* value = &json;
  for (const std::string_view name : names) {
    if (value != nullptr) value = value->find(name);
  }
  return value == nullptr ? "absent" : value->dump();
}

std::string last_mount(const Json& spec) { return spec.find("mounts")->if_array()->back().dump(); }

ErrorKind error_of(const ImageConfig& config, const ConvertOptions& options = {}) {
  try {
    static_cast<void>(convert(config, options));
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
    return error.kind();
  }
  ADD_FAILURE() << "accepted";
  return ErrorKind::internal;
}

constexpr const char* default_environment =
    R"("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","TERM=xterm")";

TEST(RuntimeConfig, OfAnEmptyImageIsTheDefault) {
  const std::string capabilities = R"(["CAP_AUDIT_WRITE","CAP_KILL","CAP_NET_BIND_SERVICE"])";
  const std::string expected =
      R"({"ociVersion":"1.0.0","process":{"terminal":true,"user":{"uid":0,"gid":0},"args":["sh"],)"
      R"("env":[)" +
      std::string(default_environment) + R"(],"cwd":"/","capabilities":{"bounding":)" +
      capabilities + R"(,"effective":)" + capabilities + R"(,"inheritable":)" + capabilities +
      R"(,"permitted":)" + capabilities + R"(,"ambient":)" + capabilities +
      R"(},"rlimits":[{"type":"RLIMIT_NOFILE","hard":1024,"soft":1024}],"noNewPrivileges":true},)"
      R"("root":{"path":"rootfs"},"hostname":"umoci-default","mounts":[)"
      R"({"destination":"/proc","type":"proc","source":"proc"},)"
      R"({"destination":"/dev","type":"tmpfs","source":"tmpfs",)"
      R"("options":["nosuid","strictatime","mode=755","size=65536k"]},)"
      R"({"destination":"/dev/pts","type":"devpts","source":"devpts",)"
      R"("options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},)"
      R"({"destination":"/dev/shm","type":"tmpfs","source":"shm",)"
      R"("options":["nosuid","noexec","nodev","mode=1777","size=65536k"]},)"
      R"({"destination":"/dev/mqueue","type":"mqueue","source":"mqueue",)"
      R"("options":["nosuid","noexec","nodev"]},)"
      R"({"destination":"/sys","type":"sysfs","source":"sysfs",)"
      R"("options":["nosuid","noexec","nodev","ro"]},)"
      R"({"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup",)"
      R"("options":["nosuid","noexec","nodev","relatime","ro"]}],)"
      R"("annotations":{"org.opencontainers.image.architecture":"amd64",)"
      R"("org.opencontainers.image.os":"linux"},)"
      R"("linux":{"resources":{"devices":[{"allow":false,"access":"rwm"}]},"namespaces":[)"
      R"({"type":"cgroup"},{"type":"pid"},{"type":"network"},{"type":"ipc"},{"type":"uts"},)"
      R"({"type":"mount"}],"maskedPaths":["/proc/kcore","/proc/latency_stats","/proc/timer_list",)"
      R"("/proc/timer_stats","/proc/sched_debug","/sys/firmware","/proc/scsi"],)"
      R"("readonlyPaths":["/proc/asound","/proc/bus","/proc/fs","/proc/irq","/proc/sys",)"
      R"("/proc/sysrq-trigger"]}})";
  const std::string text = make_runtime_config(ImageConfig("amd64", "linux"), {}, silent_log());
  EXPECT_EQ(Json::parse(text).dump(), expected);
  EXPECT_TRUE(
      text.starts_with("{\n\t\"ociVersion\": \"1.0.0\",\n\t\"process\": {\n\t\t\"terminal\""));
  EXPECT_TRUE(text.ends_with("\n\t}\n}\n"));
}

TEST(RuntimeConfig, IsForLinuxAndFreeBsdOnly) {
  for (const char* os : {"", "windows", "netbsd", "Linux", "linux ", "FreeBSD"}) {
    EXPECT_EQ(error_of(ImageConfig("amd64", os)), ErrorKind::unsupported) << os;
  }
  try {
    convert(ImageConfig("a", "plan9"), {.preferences = {.hint_for_other_systems = "do this"}});
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), R"(unsupported OS: "plan9" (do this))");
  }
}

TEST(RuntimeConfig, HasTheNameOfTheRootFileSystem) {
  EXPECT_EQ(at(convert(ImageConfig("a", "linux"), {.root_path = "x"}), {"root"}),
            R"({"path":"x"})");
  EXPECT_EQ(error_of(ImageConfig("a", "linux"), {.root_path = "\xff"}),
            ErrorKind::invalid_argument);
  EXPECT_EQ(root_path_of("/a/b/rootfs"), "rootfs");
  EXPECT_EQ(root_path_of("rootfs//"), "rootfs");
  EXPECT_EQ(root_path_of(""), ".");
  EXPECT_EQ(root_path_of("/"), "/");
  EXPECT_EQ(root_path_of("///"), "/");
  EXPECT_EQ(root_path_of(".."), "..");
}

TEST(RuntimeConfig, RunsEntrypointAndCommand) {
  const auto args = [](std::string_view execution) {
    return at(convert(image_with(execution)), {"process", "args"});
  };
  EXPECT_EQ(args(R"({"Entrypoint":["/e","x"],"Cmd":["c"]})"), R"(["/e","x","c"])");
  EXPECT_EQ(args(R"({"Cmd":["c"]})"), R"(["c"])");
  EXPECT_EQ(args(R"({"Entrypoint":["/e"],"Cmd":null})"), R"(["/e"])");
  EXPECT_EQ(args(R"({"Entrypoint":[],"Cmd":[]})"), R"(["sh"])");
  EXPECT_EQ(args(R"({"Cmd":[""]})"), R"([""])");
}

TEST(RuntimeConfig, ReplacesVariablesInPlace) {
  test::RecordingLog log;
  const Json spec =
      convert(image_with(R"({"Env":["A=1","PATH=/p","B=x=y","A=2","TERM=","C="]})"), {}, log);
  EXPECT_EQ(at(spec, {"process", "env"}), R"(["PATH=/p","TERM=","A=2","B=x=y","C="])");
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("variable=\"A\"")));
  EXPECT_EQ(error_of(image_with(R"({"Env":["A=1","B"]})")), ErrorKind::invalid_data);
  EXPECT_EQ(error_of(image_with(R"({"Env":["=x"]})")), ErrorKind::invalid_data);
  EXPECT_EQ(error_of(image_with(R"({"Env":[""]})")), ErrorKind::invalid_data);
}

TEST(RuntimeConfig, KeepsPathsInTheRootFileSystem) {
  test::RecordingLog log;
  const Json spec =
      convert(image_with(R"({"WorkingDir":"srv/../x","Volumes":{"data":{}}})"), {}, log);
  EXPECT_EQ(at(spec, {"process", "cwd"}), R"("/x")");
  EXPECT_EQ(last_mount(spec), R"({"destination":"/data","type":"tmpfs","source":"none",)"
                              R"("options":["rw","nosuid","nodev","noexec","relatime"]})");
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("working directory is not absolute"),
                                          HasSubstr("volume is not absolute")));
  const auto cwd = [](std::string_view path) {
    return at(convert(image_with(R"({"WorkingDir":")" + std::string(path) + "\"}")),
              {"process", "cwd"});
  };
  EXPECT_EQ(cwd("/a/../b"), R"("/a/../b")");
  EXPECT_EQ(cwd("../../etc"), R"("/etc")");
  EXPECT_EQ(cwd("."), R"("/")");
  EXPECT_EQ(error_of(image_with(R"({"WorkingDir":"a\u0000"})")), ErrorKind::invalid_data);
}

TEST(RuntimeConfig, MountsVolumesInTheRootFileSystem) {
  const auto mounted = [](std::string_view volumes, Log& log = silent_log()) {
    std::string destinations;
    const Json spec = convert(image_with(R"({"Volumes":)" + std::string(volumes) + "}"), {}, log);
    const Json::Array& mounts = *spec.find("mounts")->if_array();
    for (std::size_t i = 7; i < mounts.size(); ++i) {
      destinations += *mounts[i].find("destination")->if_string() + " ";
    }
    return destinations;
  };
  EXPECT_EQ(mounted(R"({"/a/./b//":{}})"), "/a/b ");
  EXPECT_EQ(mounted(R"({"/../../etc":{},"../x":{},"/y/../..":{}})"), "/x /etc ");
  EXPECT_EQ(mounted(R"({"/a":{},"/a/":{},"a":{},"/b/../a":{}})"), "/a ");
  test::RecordingLog log;
  EXPECT_EQ(mounted(R"({"":{},"/":{},"..":{}})", log), "");
  EXPECT_THAT(log.warnings(), testing::Each(HasSubstr("hide the whole root file system")));
  EXPECT_EQ(log.warnings().size(), 3U);
  EXPECT_EQ(error_of(image_with(R"({"Volumes":{"/a\u0000":{}}})")), ErrorKind::invalid_data);
}

TEST(RuntimeConfig, MountsVolumesInOrder) {
  test::RecordingLog log;
  const Json spec =
      convert(image_with(R"({"Volumes":{"/b":{},"/a":{"x":1},"/proc":null,"":{}}})"), {}, log);
  const Json::Array& mounts = *spec.find("mounts")->if_array();
  ASSERT_EQ(mounts.size(), 10U);
  EXPECT_EQ(at(mounts[7], {"destination"}), R"("/a")");
  EXPECT_EQ(at(mounts[8], {"destination"}), R"("/b")");
  EXPECT_EQ(at(mounts[9], {"destination"}), R"("/proc")");
  EXPECT_THAT(log.warnings(),
              ElementsAre(HasSubstr("whole root file system"), HasSubstr("volume=\"/proc\"")));
}

TEST(RuntimeConfig, MountsVolumesAsAsked) {
  const auto mounted = [](const VolumeMounts& volumes) {
    return last_mount(
        convert(image_with(R"({"Volumes":{"a":{}}})"), {.preferences = {.volumes = volumes}}));
  };
  using Kind = VolumeMounts::Kind;
  EXPECT_EQ(mounted({.kind = Kind::tmpfs_with_copy}),
            R"({"destination":"/a","type":"tmpfs","source":"none",)"
            R"("options":["rw","nosuid","nodev","noexec","relatime","tmpcopyup"]})");
  EXPECT_EQ(mounted({.options = std::vector<std::string>{"exec", "size=1m"}}),
            R"({"destination":"/a","type":"tmpfs","source":"none","options":["exec","size=1m"]})");
  EXPECT_EQ(mounted({.options = std::vector<std::string>{}}),
            R"({"destination":"/a","type":"tmpfs","source":"none"})");
  EXPECT_EQ(mounted({.kind = Kind::bind, .directory = "/srv/v"}),
            R"({"destination":"/a","type":"bind","source":"/srv/v/a",)"
            R"("options":["rbind","rw","nosuid","nodev"]})");
  EXPECT_EQ(
      mounted({.kind = Kind::bind, .directory = "/", .options = std::vector<std::string>{"ro"}}),
      R"({"destination":"/a","type":"bind","source":"/a","options":["rbind","ro"]})");
  EXPECT_THAT(mounted({.kind = Kind::none}), HasSubstr("/sys/fs/cgroup"));
}

TEST(RuntimeConfig, DropsMalformedVariablesOnRequest) {
  test::RecordingLog log;
  const Json spec =
      convert(image_with(R"({"Env":["A=1","B","","=C","D="]})"),
              {.preferences = {.malformed_variables = MalformedVariables::are_dropped}}, log);
  EXPECT_EQ(at(spec, {"process", "env"}),
            "[" + std::string(default_environment) + R"(,"A=1","D="])");
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("variable=\"B\""), HasSubstr("variable=\"\""),
                                          HasSubstr("\"=C\"")));
}

TEST(RuntimeConfig, HasATerminalUnlessAskedForNone) {
  const auto terminal = [](std::string_view base, std::optional<Terminal> wish) {
    return at(convert(ImageConfig("a", "linux"),
                      {.preferences = {.base = Spec::parse(base), .terminal = wish}}),
              {"process", "terminal"});
  };
  EXPECT_EQ(at(convert(ImageConfig("a", "linux")), {"process", "terminal"}), "true");
  EXPECT_EQ(at(convert(ImageConfig("a", "linux"), {.preferences = {.terminal = Terminal::none}}),
               {"process", "terminal"}),
            "false");
  EXPECT_EQ(terminal("{}", std::nullopt), "true");
  EXPECT_EQ(terminal(R"({"process":{"terminal":null}})", std::nullopt), "true");
  EXPECT_EQ(terminal(R"({"process":{"terminal":false}})", std::nullopt), "false");
  EXPECT_EQ(terminal(R"({"process":{"terminal":false}})", Terminal::allocated), "true");
  EXPECT_EQ(terminal(R"({"process":{"terminal":true}})", Terminal::none), "false");
}

constexpr std::string_view whole_template =
    R"({"ociVersion":"1.1.0","hostname":"mine","process":{"args":["true"],"cwd":"/base",)"
    R"("user":{"umask":18,"uid":5,"additionalGids":[9]},"env":["A=1","PATH=/base"],"x":1},)"
    R"("root":{"readonly":true,"path":"old"},"mounts":[{"destination":"/proc","type":"proc"}],)"
    R"("annotations":{"own":"1","org.opencontainers.image.os":"old"},)"
    R"("linux":{"seccomp":{"defaultAction":"SCMP_ACT_ERRNO"},)"
    R"("uidMappings":[{"containerID":0,"hostID":3,"size":4}],"namespaces":[{"type":"user"}]}})";

TEST(RuntimeConfig, StartsFromATemplate) {
  const ConvertOptions options{.preferences = {.base = Spec::parse(whole_template)}};
  EXPECT_EQ(convert(ImageConfig("x", "linux"), options).dump(),
            R"({"ociVersion":"1.1.0","hostname":"mine","process":{"args":["true"],"cwd":"/base",)"
            R"("user":{"umask":18,"uid":0,"gid":0},"env":["A=1","PATH=/base"],"x":1,)"
            R"("terminal":true},"root":{"readonly":true,"path":"rootfs"},)"
            R"("mounts":[{"destination":"/proc","type":"proc"}],)"
            R"("annotations":{"org.opencontainers.image.architecture":"x",)"
            R"("org.opencontainers.image.os":"linux","own":"1"},)"
            R"("linux":{"seccomp":{"defaultAction":"SCMP_ACT_ERRNO"},)"
            R"("uidMappings":[{"containerID":0,"hostID":3,"size":4}],)"
            R"("namespaces":[{"type":"user"}]}})");
}

TEST(RuntimeConfig, PutsTheImageIntoATemplate) {
  ConvertOptions options{.preferences = {.base = Spec::parse(whole_template)}};
  options.uid_mappings = options.gid_mappings = {{0, 1, 2}};
  const Json spec = convert(image_with(R"({"User":"7:8","Env":["B=2","A=3"],"Cmd":["c"],)"
                                       R"("WorkingDir":"/w","Volumes":{"/v":{}}})"),
                            options);
  EXPECT_EQ(at(spec, {"process", "args"}), R"(["c"])");
  EXPECT_EQ(at(spec, {"process", "cwd"}), R"("/w")");
  EXPECT_EQ(at(spec, {"process", "env"}), R"(["A=3","PATH=/base","B=2"])");
  EXPECT_EQ(at(spec, {"process", "user"}), R"({"umask":18,"uid":7,"gid":8})");
  EXPECT_THAT(last_mount(spec), HasSubstr(R"("destination":"/v")"));
  EXPECT_EQ(at(spec, {"linux", "uidMappings"}), R"([{"containerID":0,"hostID":1,"size":2}])");
  EXPECT_EQ(at(spec, {"linux", "namespaces"}), R"([{"type":"user"}])");
}

TEST(RuntimeConfig, FillsInWhatATemplateLacks) {
  EXPECT_EQ(convert(ImageConfig("x", "linux"), {.preferences = {.base = Spec::parse("{}")}}).dump(),
            R"({"ociVersion":"1.0.0","process":{"user":{"uid":0,"gid":0},"terminal":true,)"
            R"("cwd":"/","args":["sh"]},"root":{"path":"rootfs"},)"
            R"("mounts":[],"annotations":{"org.opencontainers.image.architecture":"x",)"
            R"("org.opencontainers.image.os":"linux"}})");
}

TEST(RuntimeConfig, AnnotatesWhatTheImageSays) {
  const ImageConfig config = ImageConfig::parse(
      R"({"created":"2020-01-01T00:00:00.10+00:00","author":"me","architecture":"arm",)"
      R"("os":"linux","os.version":"5","os.features":["b","a"],"variant":"v7","config":{)"
      R"("StopSignal":"SIGINT","ExposedPorts":{"80/tcp":{},"443/tcp":{}},"Labels":{"z":"",)"
      R"("org.opencontainers.image.author":"label"}}})");
  EXPECT_EQ(at(convert(config), {"annotations"}),
            R"({"org.opencontainers.image.architecture":"arm",)"
            R"("org.opencontainers.image.author":"label",)"
            R"("org.opencontainers.image.created":"2020-01-01T00:00:00.10+00:00",)"
            R"("org.opencontainers.image.exposedPorts":"443/tcp,80/tcp",)"
            R"("org.opencontainers.image.os":"linux",)"
            R"("org.opencontainers.image.os.features":"b,a",)"
            R"("org.opencontainers.image.os.version":"5",)"
            R"("org.opencontainers.image.stopSignal":"SIGINT",)"
            R"("org.opencontainers.image.variant":"v7","z":""})");
}

TEST(RuntimeConfig, HasNoAnnotationWithoutAName) {
  test::RecordingLog log;
  EXPECT_EQ(at(convert(image_with(R"({"Labels":{"":"x","a":"b"}})"), {}, log), {"annotations", ""}),
            "absent");
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("label without a name")));
}

TEST(RuntimeConfig, InventsNoCreationDate) {
  EXPECT_THAT(at(convert(ImageConfig("a", "linux")), {"annotations"}),
              testing::Not(HasSubstr("created")));
}

TEST(RuntimeConfig, MapsIdsInAUserNamespace) {
  const Json spec = convert(ImageConfig("a", "linux"), {.uid_mappings = {{0, 1000, 1}, {1, 5, 7}},
                                                        .gid_mappings = {{0, 4294967295, 1}}});
  EXPECT_EQ(at(spec, {"linux", "uidMappings"}),
            R"([{"containerID":0,"hostID":1000,"size":1},{"containerID":1,"hostID":5,"size":7}])");
  EXPECT_EQ(at(spec, {"linux", "gidMappings"}),
            R"([{"containerID":0,"hostID":4294967295,"size":1}])");
  EXPECT_THAT(at(spec, {"linux", "namespaces"}),
              testing::EndsWith(R"({"type":"mount"},{"type":"user"}])"));
  EXPECT_EQ(error_of(ImageConfig("a", "linux"), {.uid_mappings = {{}}}),
            ErrorKind::invalid_argument);
  EXPECT_EQ(error_of(ImageConfig("a", "linux"), {.gid_mappings = {{}}}),
            ErrorKind::invalid_argument);
}

TEST(RuntimeConfig, TakesNumericUsersWithoutRootFileSystem) {
  test::RecordingLog log;
  const ConvertOptions lenient{.preferences = {.unknown_user = UnknownUser::becomes_root}};
  for (const ConvertOptions& options : {ConvertOptions(), lenient}) {
    EXPECT_EQ(at(convert(image_with(R"({"User":"7:8"})"), options, log), {"process", "user"}),
              R"({"uid":7,"gid":8})");
    EXPECT_EQ(error_of(image_with(R"({"User":"4294967295"})"), options),
              ErrorKind::invalid_argument);
  }
  EXPECT_THAT(log.warnings(), IsEmpty());
  for (const char* name : {"me", "7:me"}) {
    const ImageConfig image = image_with(R"({"User":")" + std::string(name) + "\"}");
    EXPECT_EQ(at(convert(image, lenient, log), {"process", "user"}), R"({"uid":0,"gid":0})");
    EXPECT_EQ(error_of(image), ErrorKind::not_found);
  }
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("user=\"me\""), HasSubstr("user=\"7:me\"")));
}

class InARootFileSystem : public testing::Test {
 protected:
  InARootFileSystem() {
    std::filesystem::create_directories(directory_ / "rootfs/etc");
    std::filesystem::create_directories(directory_ / "rootfs/usr/etc");
  }

  void write(std::string_view name, std::string_view content) {
    test::write_file(directory_.path() / name, content);
  }

  Json convert_here(std::string_view execution, Log& log = silent_log()) {
    const fs::Root root = fs::Root::open(directory_ / "rootfs");
    return convert(image_with(execution), {.rootfs = &root}, log);
  }

  test::TemporaryDirectory directory_;
};

TEST_F(InARootFileSystem, LooksUpUserGroupsAndHome) {
  write("rootfs/etc/passwd", "u:x:1000:100::/home/u v:/bin/sh\n");
  write("rootfs/etc/group", "g:x:5:u\n");
  const Json spec = convert_here(R"({"User":"u","Env":["A=1"]})");
  EXPECT_EQ(at(spec, {"process", "user"}), R"({"uid":1000,"gid":100,"additionalGids":[5]})");
  EXPECT_EQ(at(spec, {"process", "env"}),
            "[" + std::string(default_environment) + R"(,"A=1","HOME=/home/u v"])");
  EXPECT_EQ(at(convert_here(R"({"User":"u","Env":["HOME="]})"), {"process", "env"}),
            "[" + std::string(default_environment) + R"(,"HOME="])");
}

TEST_F(InARootFileSystem, UnknownUserIsAnError) {
  EXPECT_THROW(convert_here(R"({"User":"nobody"})"), Error);
  EXPECT_EQ(at(convert_here("{}"), {"process", "user"}), R"({"uid":0,"gid":0})");
}

TEST_F(InARootFileSystem, UnknownUserIsRootOnRequest) {
  write("rootfs/etc/passwd", "u:x:1000:100::/home/u:/bin/sh\n");
  const fs::Root root = fs::Root::open(directory_ / "rootfs");
  test::RecordingLog log;
  const ConvertOptions options{.rootfs = &root,
                               .preferences = {.unknown_user = UnknownUser::becomes_root}};
  for (const char* user : {"nobody", "u:nogroup"}) {
    const Json spec = convert(image_with(R"({"User":")" + std::string(user) + "\"}"), options, log);
    EXPECT_EQ(at(spec, {"process", "user"}), R"({"uid":0,"gid":0})");
  }
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("user=\"nobody\""), HasSubstr("u:nogroup")));
}

TEST_F(InARootFileSystem, FollowsLinksInsideOnly) {
  write("passwd", "u:x:1:1::/outside:\n");
  write("rootfs/usr/etc/passwd", "u:x:2:2::/inside:\n");
  const auto link = (directory_ / "rootfs/etc/passwd").string();
  for (const std::string& target :
       {std::string("/usr/etc/passwd"), std::string("../usr/etc/passwd"),
        std::string("../../../../usr/etc/passwd")}) {
    std::filesystem::remove(link);
    std::filesystem::create_symlink(target, link);
    EXPECT_EQ(at(convert_here(R"({"User":"u"})"), {"process", "user", "uid"}), "2") << target;
  }
  for (const std::string& target :
       {std::string("../../passwd"), (directory_ / "passwd").string()}) {
    std::filesystem::remove(link);
    std::filesystem::create_symlink(target, link);
    EXPECT_THROW(convert_here(R"({"User":"u"})"), Error) << target;
  }
}

TEST_F(InARootFileSystem, NeitherWaitsForAFifoNorReadsADirectory) {
  const std::string passwd = directory_ / "rootfs/etc/passwd";
  ASSERT_EQ(::mkfifo(passwd.c_str(), 0644), 0);
  std::filesystem::create_directory(directory_ / "rootfs/etc/group");
  test::RecordingLog log;
  EXPECT_EQ(at(convert_here(R"({"User":"5"})", log), {"process", "user"}), R"({"uid":5,"gid":0})");
  EXPECT_THAT(log.warnings(), testing::Contains(HasSubstr("file=/etc/passwd")));
}

TEST_F(InARootFileSystem, SurvivesALoopOfLinks) {
  std::filesystem::create_symlink("passwd", directory_ / "rootfs/etc/passwd");
  EXPECT_EQ(at(convert_here(R"({"User":"5"})"), {"process", "user", "uid"}), "5");
}

TEST_F(InARootFileSystem, RefusesHugeFiles) {
  const std::string line = "u:x:1:1::/u:\n";
  write("rootfs/etc/passwd", std::string((16U << 20U) - line.size(), '\n') + line);
  EXPECT_EQ(at(convert_here(R"({"User":"u"})"), {"process", "user", "uid"}), "1");
  write("rootfs/etc/passwd", std::string((16U << 20U) - line.size() + 1, '\n') + line);
  EXPECT_THROW(convert_here(R"({"User":"u"})"), Error);
}

TEST_F(InARootFileSystem, LeavesHomeToTheRuntimeIfJsonCannotHoldIt) {
  write("rootfs/etc/passwd", "u:x:1:1::/h\xffme:\n");
  test::RecordingLog log;
  EXPECT_EQ(at(convert_here(R"({"User":"u"})", log), {"process", "env"}),
            "[" + std::string(default_environment) + "]");
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("/h\\xffme")));
}

}  // namespace
}  // namespace umoci::runtime
