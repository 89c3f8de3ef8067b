// SPDX-License-Identifier: Apache-2.0
// What is mounted where something is mounted already.
#include <umoci/runtime/convert.hpp>

#include <umoci_test/recording_log.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>

namespace umoci::runtime {
namespace {

using oci::ImageConfig;
using oci::Json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ImageConfig image_with(const std::vector<std::string>& volumes) {
  ImageConfig config("amd64", "linux");
  for (const std::string& volume : volumes) config.add_volume(volume);
  return config;
}

/// "DESTINATION TYPE"
std::vector<std::string> mounts_of(const std::string& text) {
  std::vector<std::string> result;
  const Json spec = Json::parse(text);
  for (const Json& mount : *spec.find("mounts")->if_array()) {
    result.push_back(*mount.find("destination")->if_string() + " " +
                     *mount.find("type")->if_string());
  }
  return result;
}

class Mounts : public testing::Test {
 protected:
  Mounts() { test::write_file(directory_ / "resolv.conf", "nameserver 127.0.0.1\n"); }

  ConvertOptions options(Privilege privilege = Privilege::root) const {
    return {.privilege = privilege, .resolv_conf = directory_ / "resolv.conf"};
  }

  test::TemporaryDirectory directory_;
  test::RecordingLog log_;
};

TEST_F(Mounts, OfOurOwnTemplateStayAsTheyAre) {
  const ImageConfig image = image_with({"/b", "/a", "/etc/resolv.conf", "/proc", "/dev/shm/x"});
  for (const Privilege privilege : {Privilege::root, Privilege::rootless}) {
    for (const Profile profile : {Profile::umoci, Profile::docker, Profile::minimal}) {
      ConvertOptions wishes = options(privilege);
      wishes.preferences.profile = profile;
      const std::string once = make_runtime_config(image, wishes, silent_log());
      wishes.preferences.profile.reset();
      wishes.preferences.base = Spec::parse(once);
      EXPECT_EQ(make_runtime_config(image, wishes, silent_log()), once);
    }
  }
}

TEST_F(Mounts, TakeThePlaceOfThoseOfATemplate) {
  ConvertOptions wishes = options();
  wishes.preferences.base = Spec::parse(
      R"({"mounts":[{"destination":"/proc","type":"proc","source":"proc"},)"
      R"({"destination":"/data/","type":"bind"},{"destination":"/data/x","type":"bind"},)"
      R"({"destination":"/y/../data","type":"xfs","source":"/dev/sda"},)"
      R"({"destination":"srv","type":"bind","source":1},{"destination":"/a\u0000","type":"t"}]})");
  const std::string text = make_runtime_config(image_with({"/data", "/srv"}), wishes, log_);
  EXPECT_THAT(mounts_of(text), ElementsAre("/proc proc", "/data/x bind", std::string("/a\0 t", 5),
                                           "/data tmpfs", "/srv tmpfs"));
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(Mounts, OfNameServersTakeThePlaceOfAVolume) {
  const std::string text =
      make_runtime_config(image_with({"/etc/resolv.conf"}), options(Privilege::rootless), log_);
  EXPECT_THAT(mounts_of(text), testing::Contains("/etc/resolv.conf bind").Times(1));
  EXPECT_THAT(mounts_of(text), testing::Not(testing::Contains("/etc/resolv.conf tmpfs")));
}

TEST_F(Mounts, OfVolumesOverUsualOnesAreTold) {
  const std::string text = make_runtime_config(
      image_with({"/proc", "/dev", "/sys/fs", "/sys/x", "/dev/pts/0"}), options(), log_);
  EXPECT_THAT(mounts_of(text),
              ElementsAre("/proc proc", "/dev tmpfs", "/dev/pts devpts", "/dev/shm tmpfs",
                          "/dev/mqueue mqueue", "/sys sysfs", "/sys/fs/cgroup cgroup", "/dev tmpfs",
                          "/dev/pts/0 tmpfs", "/proc tmpfs", "/sys/fs tmpfs", "/sys/x tmpfs"));
  EXPECT_THAT(log_.warnings(),
              ElementsAre(AllOf(HasSubstr("hides what is mounted into every container"),
                                HasSubstr("volume=\"/dev\""),
                                HasSubstr("/dev /dev/mqueue /dev/pts /dev/shm")),
                          HasSubstr("volume=\"/proc\""),
                          AllOf(HasSubstr("volume=\"/sys/fs\""), HasSubstr("/sys/fs/cgroup"))));
}

TEST_F(Mounts, OfVolumesInSysAreNotToldWhereTheyAreLeftOut) {
  const std::string text = make_runtime_config(image_with({"/sys", "/sys/fs/../fs", "/v"}),
                                               options(Privilege::rootless), log_);
  EXPECT_THAT(mounts_of(text),
              ElementsAre("/proc proc", "/dev tmpfs", "/dev/pts devpts", "/dev/shm tmpfs",
                          "/dev/mqueue mqueue", "/v tmpfs", "/sys bind", "/etc/resolv.conf bind"));
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

TEST_F(Mounts, OfVolumesThatAreNotMountedHideNothing) {
  ConvertOptions wishes = options();
  wishes.preferences.volumes.kind = VolumeMounts::Kind::none;
  (void)make_runtime_config(image_with({"/proc"}), wishes, log_);
  EXPECT_THAT(log_.warnings(), IsEmpty());
}

}  // namespace
}  // namespace umoci::runtime
