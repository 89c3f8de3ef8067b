// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/spec.hpp>

#include <umoci/base/error.hpp>

#include <gmock/gmock.h>

namespace umoci::runtime {
namespace {

using oci::Json;
using testing::HasSubstr;

std::string compact(const Spec& spec) { return Json::parse(spec.dump()).dump(); }

std::string error_of(std::string_view text) {
  try {
    static_cast<void>(Spec::parse(text));
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Spec, KeepsWhatItDoesNotKnow) {
  constexpr std::string_view text =
      R"({"ociVersion":"1.2.0","x":{"y":[1.50,null]},"process":{"user":{"umask":18},"z":1e3},)"
      R"("root":{"readonly":true},"mounts":[{"destination":"/a","uidMappings":[]}],)"
      R"("linux":{"namespaces":[{"type":"pid","path":"/p"}],"seccomp":{"syscalls":[]}}})";
  EXPECT_EQ(compact(Spec::parse(text)), text);
}

TEST(Spec, MakesWhatIsMissing) {
  for (const char* text :
       {"{}", R"({"ociVersion":null,"process":null,"root":null,"mounts":null,"linux":null})",
        R"({"linux":{"namespaces":null},"process":{"user":null,"env":null},"annotations":null})"}) {
    Spec spec = Spec::parse(text);
    spec.put_mounts({{.destination = "/m", .type = "t", .source = "s", .options = {}}});
    spec.add_namespace("pid");
    spec.add_annotations({{"b", "1"}, {"a", "2"}});
    spec.set_environment({"A=1"});
    spec.root().set("path", "r");
    const Json document = Json::parse(spec.dump());
    EXPECT_EQ(document.if_object()->front().first, "ociVersion");
    EXPECT_EQ(document.find("ociVersion")->dump(), R"("1.0.0")");
    EXPECT_EQ(document.find("mounts")->dump(), R"([{"destination":"/m","type":"t","source":"s"}])");
    EXPECT_EQ(document.find("linux")->dump(), R"({"namespaces":[{"type":"pid"}]})");
    EXPECT_EQ(document.find("annotations")->dump(), R"({"a":"2","b":"1"})");
    EXPECT_EQ(document.find("process")->find("env")->dump(), R"(["A=1"])");
    EXPECT_EQ(document.find("root")->dump(), R"({"path":"r"})");
  }
}

TEST(Spec, LeavesOutWhatIsEmpty) {
  const Json document = Json::parse(Spec::parse("{}").dump());
  for (const char* name : {"annotations", "linux"}) {
    EXPECT_EQ(document.find(name), nullptr) << name;
  }
  EXPECT_EQ(document.find("process")->find("env"), nullptr);
  EXPECT_EQ(document.find("mounts")->dump(), "[]");
}

TEST(Spec, ReplacesAnnotationsAndRemovesNamespaces) {
  Spec spec = Spec::parse(
      R"({"annotations":{"z":"old","m":"kept"},)"
      R"("linux":{"namespaces":[{"type":"user"},{"type":"pid"},{"type":"user","path":"/p"}]}})");
  spec.add_annotations({{"z", "new"}, {"a", ""}});
  spec.remove_namespace("user");
  EXPECT_THAT(compact(spec), HasSubstr(R"("annotations":{"a":"","m":"kept","z":"new"})"));
  EXPECT_THAT(compact(spec), HasSubstr(R"("namespaces":[{"type":"pid"}])"));
}

TEST(Spec, NamesTheMemberThatHasTheWrongType) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"[]", "document"},
      {R"({"ociVersion":1})", "ociVersion"},
      {R"({"process":[]})", "process"},
      {R"({"process":{"terminal":"yes"}})", "process.terminal"},
      {R"({"process":{"cwd":1}})", "process.cwd"},
      {R"({"process":{"args":"sh"}})", "process.args"},
      {R"({"process":{"env":[1]}})", "process.env[0]"},
      {R"({"process":{"user":"root"}})", "process.user"},
      {R"({"root":"/"})", "root"},
      {R"({"mounts":{}})", "mounts"},
      {R"({"mounts":[1]})", "mounts[0]"},
      {R"({"mounts":[{"destination":"/a"},{"type":"bind"}]})", "mounts[1].destination is missing"},
      {R"({"mounts":[{"destination":null}]})", "mounts[0].destination is missing"},
      {R"({"mounts":[{"destination":1}]})", "mounts[0].destination"},
      {R"({"mounts":[{"destination":"/a","options":"ro"}]})", "mounts[0].options"},
      {R"({"mounts":[{"destination":"/a","options":[1]}]})", "mounts[0].options[0]"},
      {R"({"annotations":{"a":1}})", "annotations.a"},
      {R"({"linux":1})", "linux"},
      {R"({"linux":{"namespaces":{}}})", "linux.namespaces"},
      {R"({"linux":{"namespaces":[{"path":"/"}]}})", "linux.namespaces[0].type is missing"},
      {R"({"linux":{"namespaces":[{"type":1}]}})", "linux.namespaces[0].type"},
  };
  for (const auto& [text, member] : cases) {
    EXPECT_THAT(error_of(text), testing::StartsWith(member)) << text;
  }
  EXPECT_THAT(error_of("{"), testing::Not(HasSubstr("accepted")));
  EXPECT_THAT(error_of(""), testing::Not(HasSubstr("accepted")));
  EXPECT_THAT(error_of(R"({"root":{},"root":{}})"), HasSubstr("root"));
}

}  // namespace
}  // namespace umoci::runtime
