// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/platform.hpp>

#include <umoci/oci/member_reader.hpp>
#include <umoci/oci/member_writer.hpp>
#include <umoci/oci/read_descriptor.hpp>

#include <array>

namespace umoci::oci {
namespace {

constexpr std::array<std::string_view, 5> known_members{"architecture", "os", "os.version",
                                                        "os.features", "variant"};

}  // namespace

Platform read_platform(const Json& json, const Place& place) {
  const MemberReader members(json, place);
  return Platform{
      .architecture = members.string("architecture"),
      .os = members.string("os"),
      .os_version = members.string("os.version"),
      .os_features = members.strings("os.features"),
      .variant = members.string("variant"),
      .extra = members.others(known_members),
  };
}

Platform Platform::from_json(const Json& json) { return read_platform(json, Place()); }

Json Platform::to_json() const {
  MemberWriter members;
  members.put("architecture", architecture);
  members.put("os", os);
  members.put_unless_empty("os.version", os_version);
  members.put_unless_empty("os.features", os_features);
  members.put_unless_empty("variant", variant);
  members.append(extra);
  return members.take();
}

}  // namespace umoci::oci
