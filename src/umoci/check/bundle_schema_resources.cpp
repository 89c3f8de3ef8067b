// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_schema.hpp>

namespace umoci::check {
namespace {

using enum Presence;

constexpr MemberShape device_rule_members[] = {
    {"allow", &shape::boolean, required},
    {"type", &shape::string},
    {"major", &shape::int64},
    {"minor", &shape::int64},
    {"access", &shape::string},
};
constexpr Shape device_rule = object_of(device_rule_members);
constexpr Shape device_rules = array_of(device_rule);

constexpr MemberShape pids_members[] = {{"limit", &shape::int64, required}};
constexpr Shape pids = object_of(pids_members);

constexpr MemberShape weight_device_members[] = {
    {"major", &shape::int64, required},
    {"minor", &shape::int64, required},
    {"weight", &shape::uint16},
    {"leafWeight", &shape::uint16},
};
constexpr Shape weight_device = object_of(weight_device_members);
constexpr Shape weight_devices = array_of(weight_device);
constexpr MemberShape throttle_members[] = {
    {"major", &shape::int64, required},
    {"minor", &shape::int64, required},
    {"rate", &shape::uint64},
};
constexpr Shape throttle = object_of(throttle_members);
constexpr Shape throttles = array_of(throttle);
constexpr MemberShape block_members[] = {
    {"weight", &shape::uint16},
    {"leafWeight", &shape::uint16},
    {"throttleReadBpsDevice", &throttles},
    {"throttleWriteBpsDevice", &throttles},
    {"throttleReadIOPSDevice", &throttles},
    {"throttleWriteIOPSDevice", &throttles},
    {"weightDevice", &weight_devices},
};
constexpr Shape block = object_of(block_members);

constexpr MemberShape cpu_members[] = {
    {"cpus", &shape::string},
    {"mems", &shape::string},
    {"period", &shape::uint64},
    {"quota", &shape::int64},
    {"burst", &shape::uint64},
    {"realtimePeriod", &shape::uint64},
    {"realtimeRuntime", &shape::int64},
    {"shares", &shape::uint64},
    {"idle", &shape::int64},
};
constexpr Shape cpu = object_of(cpu_members);

bool is_page_size(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  const std::size_t end = text.find_first_not_of(digits);
  if (end == 0 || end == std::string_view::npos || text.front() == '0') return false;
  const std::string_view unit = text.substr(end);
  return unit == "KB" || unit == "MB" || unit == "GB";
}

constexpr Shape page_size{.type = Shape::Type::string,
                          .matches = is_page_size,
                          .wanted = "a size such as 2MB, with KB, MB or GB"};
constexpr MemberShape huge_page_members[] = {
    {"pageSize", &page_size, required},
    {"limit", &shape::uint64, required},
};
constexpr Shape huge_page = object_of(huge_page_members);
constexpr Shape huge_pages = array_of(huge_page);

constexpr MemberShape memory_members[] = {
    {"kernel", &shape::int64},
    {"kernelTCP", &shape::int64},
    {"limit", &shape::int64},
    {"reservation", &shape::int64},
    {"swap", &shape::int64},
    {"swappiness", &shape::uint64},
    {"disableOOMKiller", &shape::boolean},
    {"useHierarchy", &shape::boolean},
    {"checkBeforeUpdate", &shape::boolean},
};
constexpr Shape memory = object_of(memory_members);

constexpr MemberShape priority_members[] = {
    {"name", &shape::string, required},
    {"priority", &shape::uint32, required},
};
constexpr Shape priority = object_of(priority_members);
constexpr Shape priorities = array_of(priority);
constexpr MemberShape network_members[] = {
    {"classID", &shape::uint32},
    {"priorities", &priorities},
};
constexpr Shape network = object_of(network_members);

constexpr MemberShape rdma_members[] = {
    {"hcaHandles", &shape::uint32},
    {"hcaObjects", &shape::uint32},
};
constexpr Shape rdma = object_of(rdma_members);
constexpr Shape rdma_devices = map_of(rdma);

constexpr MemberShape resources_members[] = {
    {"unified", &shape::string_map},
    {"devices", &device_rules},
    {"pids", &pids},
    {"blockIO", &block},
    {"cpu", &cpu},
    {"hugepageLimits", &huge_pages},
    {"memory", &memory},
    {"network", &network},
    {"rdma", &rdma_devices},
};

}  // namespace

const Shape resources_shape = object_of(resources_members);

}  // namespace umoci::check
