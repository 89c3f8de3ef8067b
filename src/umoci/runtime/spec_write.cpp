// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/spec.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace umoci::runtime {
namespace {

using oci::Json;

/// The first release has everything that is written here, and there are runtimes that look at the
/// first two numbers only: crun 1.8.1 takes no other version than 1.0.
constexpr std::string_view spec_version = "1.0.0";

constexpr std::array<std::string_view, 3> capabilities{"CAP_AUDIT_WRITE", "CAP_KILL",
                                                       "CAP_NET_BIND_SERVICE"};
constexpr std::array<std::string_view, 5> capability_sets{"bounding", "effective", "inheritable",
                                                          "permitted", "ambient"};

constexpr std::int64_t open_files_limit = 1024;

constexpr std::array<std::string_view, 7> masked_paths{
    "/proc/kcore",       "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
    "/proc/sched_debug", "/sys/firmware",       "/proc/scsi"};
constexpr std::array<std::string_view, 6> readonly_paths{
    "/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

template <class Texts>
Json::Array texts_json(const Texts& texts) {
  return Json::Array(texts.begin(), texts.end());
}

Json user_json(const User& user) {
  Json::Object members{{"uid", std::int64_t{user.uid}}, {"gid", std::int64_t{user.gid}}};
  Json::Array gids;
  for (const std::uint32_t gid : user.additional_gids) gids.emplace_back(std::int64_t{gid});
  if (!gids.empty()) members.emplace_back("additionalGids", std::move(gids));
  return members;
}

Json capabilities_json() {
  Json::Object members;
  for (const std::string_view set : capability_sets) {
    members.emplace_back(std::string(set), texts_json(capabilities));
  }
  return members;
}

Json process_json(const Spec& spec) {
  return Json::Object{
      {"terminal", true},
      {"user", user_json(spec.user)},
      {"args", texts_json(spec.args)},
      {"env", texts_json(spec.env)},
      {"cwd", spec.cwd},
      {"capabilities", capabilities_json()},
      {"rlimits",
       Json::Array{Json::Object{
           {"type", "RLIMIT_NOFILE"}, {"hard", open_files_limit}, {"soft", open_files_limit}}}},
      {"noNewPrivileges", true},
  };
}

Json mount_json(const Mount& mount) {
  Json::Object members{
      {"destination", mount.destination}, {"type", mount.type}, {"source", mount.source}};
  if (!mount.options.empty()) members.emplace_back("options", texts_json(mount.options));
  return members;
}

Json::Array mappings_json(const std::vector<tree::IdMapping>& mappings) {
  Json::Array list;
  for (const tree::IdMapping& mapping : mappings) {
    list.emplace_back(Json::Object{{"containerID", std::int64_t{mapping.container_id}},
                                   {"hostID", std::int64_t{mapping.host_id}},
                                   {"size", std::int64_t{mapping.size}}});
  }
  return list;
}

Json linux_json(const Spec& spec) {
  Json::Object members;
  if (!spec.uid_mappings.empty()) {
    members.emplace_back("uidMappings", mappings_json(spec.uid_mappings));
  }
  if (!spec.gid_mappings.empty()) {
    members.emplace_back("gidMappings", mappings_json(spec.gid_mappings));
  }
  if (spec.denies_devices) {
    Json::Array rules{Json::Object{{"allow", false}, {"access", "rwm"}}};
    members.emplace_back("resources", Json::Object{{"devices", std::move(rules)}});
  }
  Json::Array namespaces;
  for (const std::string& type : spec.namespaces) {
    namespaces.emplace_back(Json::Object{{"type", type}});
  }
  members.emplace_back("namespaces", std::move(namespaces));
  members.emplace_back("maskedPaths", texts_json(masked_paths));
  members.emplace_back("readonlyPaths", texts_json(readonly_paths));
  return members;
}

}  // namespace

Json to_json(const Spec& spec) {
  Json::Object members{
      {"ociVersion", spec_version},
      {"process", process_json(spec)},
      {"root", Json::Object{{"path", spec.root_path}}},
      {"hostname", "umoci-default"},
  };
  Json::Array mounts;
  for (const Mount& mount : spec.mounts) mounts.push_back(mount_json(mount));
  members.emplace_back("mounts", std::move(mounts));
  Json::Object annotations;
  for (const auto& [key, value] : spec.annotations) annotations.emplace_back(key, value);
  if (!annotations.empty()) members.emplace_back("annotations", std::move(annotations));
  members.emplace_back("linux", linux_json(spec));
  return members;
}

}  // namespace umoci::runtime
