// SPDX-License-Identifier: Apache-2.0
// Images for FreeBSD. Spec: runtime-spec 1.3.0, config-freebsd.md.
#include <umoci/runtime/convert.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>

namespace umoci::runtime {
namespace {

using oci::ImageConfig;
using oci::Json;
using testing::HasSubstr;

ImageConfig image_with(std::string_view execution) {
  return ImageConfig::parse(R"({"architecture":"amd64","os":"freebsd","config":)" +
                            std::string(execution) + "}");
}

Json convert(const ImageConfig& config, const ConvertOptions& options = {}) {
  return Json::parse(make_runtime_config(config, options, silent_log()));
}

std::string error_of(const ConvertOptions& options) {
  try {
    static_cast<void>(convert(image_with("{}"), options));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
    return error.what();
  }
  return "accepted";
}

TEST(FreeBsd, GetsAJailOfItsOwn) {
  EXPECT_EQ(convert(image_with("{}")).dump(),
            R"({"ociVersion":"1.3.0","process":{"terminal":true,"user":{"uid":0,"gid":0},)"
            R"("args":["/bin/sh"],"env":[)"
            R"("PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin","TERM=xterm"],)"
            R"("cwd":"/"},"root":{"path":"rootfs"},"hostname":"umoci-default","mounts":[)"
            R"({"destination":"/dev","type":"devfs","source":"devfs","options":["ruleset=4"]},)"
            R"({"destination":"/dev/fd","type":"fdescfs","source":"fdesc"}],)"
            R"("annotations":{"org.opencontainers.image.architecture":"amd64",)"
            R"("org.opencontainers.image.os":"freebsd"},)"
            R"("freebsd":{"jail":{"host":"new","vnet":"new","sysvmsg":"new","sysvsem":"new",)"
            R"("sysvshm":"new","enforceStatfs":1}}})");
}

TEST(FreeBsd, RunsWhatTheImageSays) {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "etc");
  test::write_file(directory / "etc/passwd",
                   "# $FreeBSD$\nwww:*:80:80:owner:/nonexistent:/bin/sh\n");
  test::write_file(directory / "etc/group", "# $FreeBSD$\noperator:*:5:root,www\n");
  const fs::Root rootfs = fs::Root::open(directory.path());
  const Json spec =
      convert(image_with(R"({"User":"www","Env":["A=1"],"Cmd":["c"],"WorkingDir":"/w"})"),
              {.rootfs = &rootfs});
  EXPECT_EQ(spec.find("process")->dump(),
            R"({"terminal":true,"user":{"uid":80,"gid":80,"additionalGids":[5]},"args":["c"],)"
            R"("env":["PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin",)"
            R"("TERM=xterm","A=1","HOME=/nonexistent"],"cwd":"/w"})");
}

TEST(FreeBsd, MountsVolumesByItsOwnFileSystems) {
  const auto mounted = [](const VolumeMounts& volumes) {
    return convert(image_with(R"({"Volumes":{"/v":{}}})"), {.preferences = {.volumes = volumes}})
        .find("mounts")
        ->if_array()
        ->back()
        .dump();
  };
  using Kind = VolumeMounts::Kind;
  EXPECT_EQ(mounted({}), R"({"destination":"/v","type":"tmpfs","source":"none",)"
                         R"("options":["rw","nosuid","noexec"]})");
  EXPECT_EQ(mounted({.kind = Kind::bind, .directory = "/srv"}),
            R"({"destination":"/v","type":"nullfs","source":"/srv/v","options":["rw","nosuid"]})");
  EXPECT_EQ(
      mounted({.kind = Kind::bind, .directory = "/", .options = std::vector<std::string>{"ro"}}),
      R"({"destination":"/v","type":"nullfs","source":"/v","options":["ro"]})");
  EXPECT_THAT(mounted({.kind = Kind::none}), HasSubstr("fdescfs"));
}

TEST(FreeBsd, RefusesWhatOnlyLinuxHas) {
  EXPECT_THAT(error_of({.privilege = Privilege::rootless}), HasSubstr("rootless"));
  EXPECT_THAT(error_of({.uid_mappings = {{}}, .gid_mappings = {{}}}), HasSubstr("mappings of ids"));
  EXPECT_THAT(error_of({.preferences = {.profile = Profile::umoci}}), HasSubstr("profile"));
  EXPECT_THAT(error_of({.preferences = {.volumes = {.kind = VolumeMounts::Kind::tmpfs_with_copy}}}),
              HasSubstr("volumes"));
  for (const char* member :
       {R"("linux":{"namespaces":[{"type":"pid"}]})", R"("linux":{"seccomp":{}})",
        R"("process":{"capabilities":{}})", R"("process":{"noNewPrivileges":true})"}) {
    EXPECT_THAT(error_of({.preferences = {.base = Spec::parse("{" + std::string(member) + "}")}}),
                HasSubstr("which the template has"))
        << member;
  }
}

TEST(FreeBsd, TakesATemplate) {
  const auto with = [](std::string_view base) {
    return convert(image_with("{}"), {.preferences = {.base = Spec::parse(base)}}).dump();
  };
  const std::string jail = R"("freebsd":{"devices":[{"path":"pf","mode":448}],"jail":{)"
                           R"("parent":"p","ip4":"inherit","allow":{"rawSockets":true}}})";
  EXPECT_THAT(with("{" + jail + "}"), HasSubstr(jail));
  EXPECT_THAT(with(R"({"linux":{"namespaces":[]},"process":{"capabilities":null}})"),
              testing::StartsWith(R"({"ociVersion":"1.3.0")"));
  EXPECT_THAT(with("{}"), HasSubstr(R"("args":["/bin/sh"])"));
  EXPECT_THAT(with("{}"), testing::Not(HasSubstr(R"("linux":)")));
}

TEST(FreeBsd, NeedsTheNewestVersion) {
  for (const char* version : {"1.0.0", "1.2.1", "1.3.0-rc.1"}) {
    EXPECT_THAT(error_of({.preferences = {.spec_version = version}}),
                HasSubstr("FreeBSD needs 1.3.0"));
    const std::string base = R"({"ociVersion":")" + std::string(version) + "\"}";
    EXPECT_THAT(error_of({.preferences = {.base = Spec::parse(base)}}),
                HasSubstr("FreeBSD needs 1.3.0"));
    EXPECT_EQ(error_of({.preferences = {.base = Spec::parse(base), .spec_version = "1.3.0"}}),
              "accepted");
  }
}

}  // namespace
}  // namespace umoci::runtime
