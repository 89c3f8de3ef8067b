// SPDX-License-Identifier: Apache-2.0
// Rule B02 beside the JSON schema of the runtime-spec, as Debian ships it (a commit between 1.0.2
// and 1.1.0): the same members of the same documents are found wrong.
#include <umoci/check/bundle_schema.hpp>

#include <umoci/check/bundle_test.hpp>

#include <umoci_test/runtime_schema.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

namespace umoci::check {
namespace {

using oci::Json;
using Pointers = std::set<std::string>;

/// Where our table is another than the shipped schema, on purpose.
struct Difference {
  std::string_view pointer;  ///< this and what is below
  std::string_view why;
};
constexpr Difference differences[] = {
    {"/linux/devices/0/fileMode", "the schema ends at 512; 07777 is a mode too"},
    {"/hooks/prestart/0/timeout", "no bound in the schema; no reader takes more than 64 bits"},
    {"/process/oomScoreAdj", "no bound in the schema; no reader takes more than 64 bits"},
    {"/process/scheduler", "1.1.0 describes it"},
    {"/process/ioPriority", "1.1.0 describes it"},
    {"/process/execCPUAffinity", "1.2.1 describes it"},
    {"/linux/timeOffsets", "1.1.0 describes it"},
    {"/linux/netDevices", "1.3.0 describes it"},
    {"/linux/memoryPolicy", "1.3.0 describes it"},
    {"/linux/intelRdt/schemata", "1.3.0 describes it"},
    {"/linux/intelRdt/enableMonitoring", "1.3.0 describes it"},
    {"/freebsd", "1.3.0 describes it"},
    {"/annotations/", "an empty key: the pattern of the schema passes over it"},
    {"/solaris/", "sections of other systems are not looked into"},
    {"/windows", "sections of other systems are not looked into"},
    {"/zos/", "sections of other systems are not looked into"},
};

bool is_within(std::string_view pointer, std::string_view top) {
  return pointer.starts_with(top) &&
         (pointer.size() == top.size() || top.ends_with('/') || pointer[top.size()] == '/');
}

bool is_different(std::string_view pointer) {
  return std::any_of(std::begin(differences), std::end(differences), [&](const Difference& one) {
    // An empty key, and not all of them.
    if (one.pointer == "/annotations/") return pointer == one.pointer;
    return is_within(pointer, one.pointer);
  });
}

/// Each member that the schema describes, used once.
constexpr std::string_view everything = R"({
  "ociVersion": "1.0.2",
  "hooks": {"prestart": [{"path": "/x", "args": ["x"], "env": ["A=1"], "timeout": 1}],
            "createRuntime": [{"path": "/x"}], "createContainer": [{"path": "/x"}],
            "startContainer": [{"path": "/x"}], "poststart": [{"path": "/x"}],
            "poststop": [{"path": "/x"}]},
  "annotations": {"com.example.a": "b", "": "c"},
  "hostname": "h", "domainname": "d",
  "mounts": [{"source": "s", "destination": "/d", "options": ["o"], "type": "t",
              "uidMappings": [{"containerID": 0, "hostID": 1, "size": 2}],
              "gidMappings": [{"containerID": 0, "hostID": 1, "size": 2}]}],
  "root": {"path": "rootfs", "readonly": true},
  "process": {"args": ["a"], "commandLine": "c", "consoleSize": {"height": 1, "width": 2},
    "cwd": "/", "env": ["A=1"], "terminal": false,
    "user": {"uid": 0, "gid": 1, "umask": 2, "additionalGids": [3], "username": "u"},
    "capabilities": {"bounding": ["CAP_KILL"], "permitted": [], "effective": [],
                     "inheritable": ["CAP_KILL"], "ambient": []},
    "apparmorProfile": "p", "oomScoreAdj": -5, "selinuxLabel": "l", "noNewPrivileges": true,
    "rlimits": [{"hard": 2, "soft": 1, "type": "RLIMIT_CORE"}],
    "scheduler": {"policy": "SCHED_FIFO", "nice": 1, "priority": 2,
                  "flags": ["SCHED_FLAG_RECLAIM"], "runtime": 1, "deadline": 2, "period": 3},
    "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 4},
    "execCPUAffinity": {"initial": "0-3", "final": "1, 2"}},
  "linux": {
    "devices": [{"type": "c", "path": "/dev/x", "fileMode": 438, "major": 1, "minor": 3,
                 "uid": 0, "gid": 0}],
    "netDevices": {"eth0": {"name": "a"}},
    "uidMappings": [{"containerID": 0, "hostID": 1, "size": 2}],
    "gidMappings": [{"containerID": 0, "hostID": 1, "size": 2}],
    "namespaces": [{"type": "pid"}, {"type": "uts", "path": "/x"}],
    "resources": {"unified": {"a": "b"},
      "devices": [{"allow": true, "type": "a", "major": 1, "minor": 2, "access": "rwm"}],
      "pids": {"limit": 1},
      "blockIO": {"weight": 10, "leafWeight": 11,
        "throttleReadBpsDevice": [{"major": 1, "minor": 2, "rate": 3}],
        "throttleWriteBpsDevice": [{"major": 1, "minor": 2, "rate": 3}],
        "throttleReadIOPSDevice": [{"major": 1, "minor": 2, "rate": 3}],
        "throttleWriteIOPSDevice": [{"major": 1, "minor": 2, "rate": 3}],
        "weightDevice": [{"major": 1, "minor": 2, "weight": 3, "leafWeight": 4}]},
      "cpu": {"cpus": "0", "mems": "1", "period": 1, "quota": -1, "burst": 1,
              "realtimePeriod": 1, "realtimeRuntime": 1, "shares": 1, "idle": 0},
      "hugepageLimits": [{"pageSize": "2MB", "limit": 1}],
      "memory": {"kernel": 1, "kernelTCP": 2, "limit": 3, "reservation": 4, "swap": 5,
                 "swappiness": 6, "disableOOMKiller": true, "useHierarchy": false,
                 "checkBeforeUpdate": true},
      "network": {"classID": 1, "priorities": [{"name": "eth0", "priority": 1}]},
      "rdma": {"mlx": {"hcaHandles": 1, "hcaObjects": 2}}},
    "cgroupsPath": "c", "rootfsPropagation": "slave",
    "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
      "flags": ["SECCOMP_FILTER_FLAG_LOG"], "listenerPath": "l", "listenerMetadata": "m",
      "architectures": ["SCMP_ARCH_X86"],
      "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1,
                    "args": [{"index": 0, "value": 1, "valueTwo": 2, "op": "SCMP_CMP_EQ"}]}]},
    "sysctl": {"net.x": "1"},
    "timeOffsets": {"boottime": {"secs": 1, "nanosecs": 2}, "monotonic": {"secs": -1}},
    "maskedPaths": ["/x"], "readonlyPaths": ["/y"], "mountLabel": "m",
    "intelRdt": {"closID": "c", "l3CacheSchema": "s", "memBwSchema": "MB:0=1",
                 "schemata": ["MB:0=1"], "enableCMT": true, "enableMBM": true,
                 "enableMonitoring": true},
    "memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]},
    "personality": {"domain": "LINUX", "flags": ["x"]}},
  "solaris": {"milestone": "m"},
  "windows": {"layerFolders": ["l"]},
  "vm": {"hypervisor": {"path": "/h", "parameters": ["p"]},
         "kernel": {"path": "/k", "parameters": ["p"], "initrd": "/i"},
         "image": {"path": "/i", "format": "raw"}},
  "zos": {},
  "freebsd": {}
})";

Pointers faults_found(const Json& document) {
  Findings findings;
  Report report(findings, "config.json");
  check_shape(Value(document), runtime_config_shape(), report);
  Pointers pointers;
  for (const Finding& finding : findings.all()) {
    EXPECT_EQ(finding.rule, "B02");
    pointers.insert(finding.place.pointer);
  }
  return pointers;
}

/// Members and elements of all depths.
std::size_t count_of(const Json& json) {
  std::size_t count = 0;
  if (const Json::Object* members = json.if_object()) {
    for (const auto& [name, value] : *members) count += 1 + count_of(value);
  } else if (const Json::Array* items = json.if_array()) {
    for (const Json& item : *items) count += 1 + count_of(item);
  }
  return count;
}

/// Calls `fn(holder, place)` for the value that comes `number`th when all are counted; holder is
/// the object or array in which it is the `place`th.
template <class Fn>
bool visit(Json& json, std::size_t& number, const Fn& fn) {
  const auto visit_child = [&](Json& child, std::size_t place) {
    if (number-- > 0) return visit(child, number, fn);
    fn(json, place);
    return true;
  };
  std::size_t place = 0;
  if (Json::Object* members = json.if_object()) {
    for (auto& member : *members) {
      if (visit_child(member.second, place++)) return true;
    }
  } else if (Json::Array* items = json.if_array()) {
    for (Json& item : *items) {
      if (visit_child(item, place++)) return true;
    }
  }
  return false;
}

void replace(Json& document, std::size_t number, const Json& replacement) {
  visit(document, number, [&](Json& holder, std::size_t place) {
    if (Json::Object* members = holder.if_object()) (*members)[place].second = replacement;
    if (Json::Array* items = holder.if_array()) (*items)[place] = replacement;
  });
}

/// Members vanish; elements stay, as another one would come in their place.
void remove(Json& document, std::size_t number) {
  visit(document, number, [&](Json& holder, std::size_t place) {
    if (holder.if_object() == nullptr) return;
    const std::string name = (*holder.if_object())[place].first;
    holder.erase(name);
  });
}

Json value_at(Json document, std::size_t number) {
  Json value;
  visit(document, number, [&](Json& holder, std::size_t place) {
    value = holder.if_object() != nullptr ? (*holder.if_object())[place].second
                                          : (*holder.if_array())[place];
  });
  return value;
}

/// Documents with one section of `everything` each, and of the large sections one member.
std::vector<Json> parts() {
  std::vector<Json> result;
  const Json document = Json::parse(everything);
  for (const auto& [name, section] : *document.if_object()) {
    if (name != "process" && name != "linux") {
      result.emplace_back(Json::Object{{"ociVersion", Json("1.0.2")}, {name, section}});
      if (name == "ociVersion") result.back().if_object()->pop_back();
      continue;
    }
    for (const auto& [inner_name, member] : *section.if_object()) {
      Json::Object inner{{inner_name, member}};
      if (name == "process" && inner_name != "cwd") inner.emplace_back("cwd", Json("/"));
      result.emplace_back(Json::Object{{"ociVersion", Json("1.0.2")}, {name, Json(inner)}});
    }
  }
  return result;
}

/// What is put in the place of other values.
const std::vector<Json>& replacements() {
  static const std::vector<Json> all{
      Json(),
      Json(true),
      Json("x"),
      Json(""),
      Json("SCMP_ARCH_MIPS"),
      Json("RLIMIT_ABC"),
      Json("16GB"),
      Json("02MB"),
      Json(std::int64_t{0}),
      Json(std::int64_t{-1}),
      Json(std::int64_t{101}),
      Json(std::int64_t{65536}),
      Json(Json::Number{"4294967295"}),
      Json(Json::Number{"4294967296"}),
      Json(Json::Number{"9223372036854775808"}),
      Json(Json::Number{"18446744073709551615"}),
      Json(Json::Number{"18446744073709551616"}),
      Json(Json::Number{"-9223372036854775809"}),
      Json(Json::Number{"1.0"}),
      Json(Json::Number{"1.5"}),
      Json(Json::Number{"1e2"}),
      Json(Json::Array{}),
      Json(Json::Array{Json("x")}),
      Json(Json::Array{Json(Json::Object{})}),
      Json(Json::Array{Json(std::int64_t{1})}),
      Json(Json::Object{}),
      Json(Json::Object{{"path", Json("x")}}),
      Json(Json::Object{{"a", Json(std::int64_t{1})}}),
  };
  return all;
}

/// `everything` with up to `most` changes at random places.
Json broken(std::mt19937& random, std::size_t most) {
  const std::vector<Json>& all = replacements();
  Json document = Json::parse(everything);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (std::size_t left = 1 + below(most); left > 0; --left) {
    const std::size_t number = below(count_of(document));
    const std::size_t with = below(all.size() + 4);
    if (with < all.size()) {
      replace(document, number, all[with]);
    } else {
      remove(document, number);
    }
  }
  return document;
}

/// What the schema says, for each document.
std::vector<Pointers> faults_by_schema(const std::vector<Json>& documents) {
  std::vector<std::string> texts;
  for (const Json& document : documents) texts.push_back(document.dump());
  const test::ProgramResult result = test::RuntimeSchema::faults(texts);
  EXPECT_EQ(result.status, 0) << result.err;
  std::vector<Pointers> faults(documents.size());
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t space = line.find(' ');
    faults.at(std::stoul(line.substr(0, space))).insert(line.substr(space + 1));
  }
  return faults;
}

/// Returns how many of them have no faults.
std::size_t expect_agreement(const std::vector<Json>& documents) {
  const std::vector<Pointers> theirs = faults_by_schema(documents);
  std::size_t good_count = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    Pointers ours = faults_found(documents[i]);
    Pointers schemas = theirs[i];
    std::erase_if(ours, is_different);
    std::erase_if(schemas, is_different);
    if (ours.empty()) ++good_count;
    EXPECT_EQ(ours, schemas) << documents[i].dump();
    if (ours != schemas) break;
  }
  return good_count;
}

TEST(BundleSchema, AllThatItDescribesIsAllowed) {
  EXPECT_EQ(faults_found(Json::parse(everything)), Pointers{});
}

TEST(BundleSchema, AgreesWithTheShippedOneOnEachMemberBrokenAlone) {
  if (const auto why = test::RuntimeSchema::unavailable(); !why.empty()) GTEST_SKIP() << why;
  std::vector<Json> documents{Json::parse(everything)};
  for (const Json& part : parts()) {
    documents.push_back(part);
    for (std::size_t place = 0; place < count_of(part); ++place) {
      const Json value = value_at(part, place);
      Json without = part;
      remove(without, place);
      documents.push_back(std::move(without));
      std::size_t turn = place;
      for (const Json& other : replacements()) {
        // All that is like it, and some of the rest.
        const bool is_alike = (value.if_number() != nullptr && other.if_number() != nullptr) ||
                              (value.if_string() != nullptr && other.if_string() != nullptr);
        if (!is_alike && ++turn % 6 != 0) continue;
        documents.push_back(part);
        replace(documents.back(), place, other);
      }
    }
  }
  const std::size_t good_count = expect_agreement(documents);
  // Else this would say nothing.
  EXPECT_GT(documents.size(), 2000U);
  EXPECT_GT(good_count, 300U);
  EXPECT_GT(documents.size() - good_count, 1000U);
}

TEST(BundleSchema, AgreesWithTheShippedOneOnDocumentsWithSeveralFaults) {
  if (const auto why = test::RuntimeSchema::unavailable(); !why.empty()) GTEST_SKIP() << why;
  std::mt19937 random(20261128);
  std::vector<Json> documents;
  for (int i = 0; i < 300; ++i) documents.push_back(broken(random, 6));
  EXPECT_LT(expect_agreement(documents), 100U);
}

TEST(BundleSchema, KnowsWhatIsNewerThanTheShippedOne) {
  const auto faults = [](std::string_view patch) {
    Json document = Json::parse(everything);
    merge(document, Json::parse(patch));
    return faults_found(document);
  };
  EXPECT_EQ(faults(R"({"linux":{"namespaces":[{"type":"time"}]}})"), Pointers{});
  EXPECT_EQ(faults(R"({"linux":{"seccomp":{"architectures":["SCMP_ARCH_LOONGARCH64"]}}})"),
            Pointers{});
  EXPECT_EQ(faults(R"({"process":{"scheduler":{"policy":"x","flags":["y"],"nice":3000000000}}})"),
            (Pointers{"/process/scheduler/flags/0", "/process/scheduler/nice",
                      "/process/scheduler/policy"}));
  EXPECT_EQ(faults(R"({"process":{"scheduler":{"policy":null}}})"), Pointers{"/process/scheduler"});
  EXPECT_EQ(faults(R"({"process":{"ioPriority":{"class":"x"}}})"),
            Pointers{"/process/ioPriority/class"});
  EXPECT_EQ(faults(R"({"process":{"execCPUAffinity":{"initial":"all"}}})"),
            Pointers{"/process/execCPUAffinity/initial"});
  EXPECT_EQ(faults(R"({"linux":{"timeOffsets":{"boottime":{"nanosecs":-1}}}})"),
            Pointers{"/linux/timeOffsets/boottime/nanosecs"});
  EXPECT_EQ(faults(R"({"linux":{"netDevices":{"eth0":{"name":1}}}})"),
            Pointers{"/linux/netDevices/eth0/name"});
  EXPECT_EQ(faults(R"({"linux":{"memoryPolicy":{"mode":"x"}}})"),
            Pointers{"/linux/memoryPolicy/mode"});
  EXPECT_EQ(faults(R"({"hooks":{"prestart":[{"path":"/x","timeout":0}]}})"),
            Pointers{"/hooks/prestart/0/timeout"});
  EXPECT_EQ(faults(R"({"process":{"oomScoreAdj":"1"}})"), Pointers{"/process/oomScoreAdj"});
  EXPECT_EQ(faults(R"({"linux":{"devices":[{"type":"c","path":"/x","fileMode":4095}]}})"),
            Pointers{});
  EXPECT_EQ(faults(R"({"linux":{"devices":[{"type":"c","path":"/x","fileMode":4096}]}})"),
            Pointers{"/linux/devices/0/fileMode"});
}

TEST(BundleSchema, MessagesSayWhatIsThere) {
  const auto message = [](std::string_view patch) {
    const TestBundle bundle;
    bundle.configure(patch);
    for (const Finding& finding : bundle.all()) {
      if (finding.rule == "B02") return finding.message;
    }
    return std::string("nothing");
  };
  EXPECT_EQ(message(R"({"hostname":7})"), "is the number \"7\", not a string");
  EXPECT_EQ(message(R"({"linux":{"rootfsPropagation":"x"}})"),
            "\"x\" is none of private, shared, slave, unbindable");
  EXPECT_EQ(message(R"({"root":{"path":null}})"), "the member \"path\" is missing");
  EXPECT_EQ(message(R"({"process":{"user":{"umask":-1}}})"),
            "\"-1\" is not between 0 and 4294967295");
  EXPECT_EQ(message("{}"), "nothing");
}

}  // namespace
}  // namespace umoci::check
