// SPDX-License-Identifier: Apache-2.0
// For each rule about members of documents: a value that breaks it, and one that nearly does.
#include <umoci/check/check.hpp>
#include <umoci/check/layout_test.hpp>
#include <umoci/check/rule.hpp>

#include <gmock/gmock.h>

namespace umoci::check {
namespace {

using oci::Json;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

enum class Document { config, manifest, index, top };

struct Row {
  std::string_view expected;  ///< severity and rule
  Document document;
  std::string_view pointer;
  std::string_view bad;   ///< empty: removed
  std::string_view good;  ///< breaks no rule of that severity or a graver one
  /// Where it is found; "=": at the pointer.
  std::string_view found = "=";
};

const std::vector<Row>& rows() {
  using enum Document;
  static const std::vector<Row> all{
      // JSON
      {"error J03", top, "/manifests/0/size", "2.0", "7"},
      {"error J03", top, "/manifests/0/size", "99999999999999999999", "9007199254740991"},
      {"warning J03", manifest, "/x", "9007199254740993", "9007199254740991"},
      {"warning J03", manifest, "/x", "[0.123456789012345678]", "[0.1]", "/x/0"},
      {"warning J04", manifest, "/ArtifactType", R"("a/b")", R"("a/b")"},
      {"error J05", manifest, "/layers/0/mediaType", "7", R"("a/b")"},
      {"error J05", manifest, "/layers", "{}", "[]"},
      {"error J05", manifest, "/artifactType", "[]", "null"},
      {"error J05", index, "/manifests/0/urls", "{}", "null"},
      {"info J07", manifest, "/unknown", "1", "", ""},
      {"info J07", config, "/config/OnBuild", "[]", "", "/config"},
      // Descriptors
      {"error D01", manifest, "/layers/0/mediaType", "", R"("a/b")", "/layers/0"},
      {"error D01", manifest, "/layers/0/mediaType", "null", R"("a/b")"},
      {"error D01", manifest, "/layers/0/mediaType", R"("a b/c")", R"("a.b/c+d")"},
      {"error D01", manifest, "/layers/0/mediaType", R"("a/b; charset=utf-8")", R"("a/b")"},
      {"error D02", manifest, "/layers/0/digest", "", R"("a:b")", "/layers/0"},
      {"error D02", manifest, "/layers/0/digest", R"("sha256:")", R"("x+y:a")"},
      {"error D02", manifest, "/layers/0/digest", R"("+a:b")", R"("a+b:c")"},
      {"error D02", manifest, "/layers/0/digest", R"("../../etc:passwd")", R"("x:passwd")"},
      {"error D03", manifest, "/layers/0/digest", R"("sha256:abc")", R"("sha256x:abc")"},
      {"error D03", manifest, "/layers/0/digest",
       R"("sha256:ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")",
       R"("sha256:abcdef6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")"},
      {"error D03", manifest, "/layers/0/digest", R"("blake3:0")",
       R"("blake3:abcdef6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")"},
      {"warning D04", manifest, "/layers/0/digest", R"("md5:abc")",
       R"("sha256:abcdef6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")"},
      {"warning L08", manifest, "/layers/0/digest", R"("md5:abc")",
       R"("sha256:abcdef6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")"},
      {"error D05", manifest, "/layers/0/size", "", "1024", "/layers/0"},
      {"error D05", manifest, "/layers/0/size", "-1", "1"},
      {"error D05", manifest, "/layers/0/size", "null", "0"},
      {"error D06", manifest, "/layers/0/size", "1023", "1024", "/layers/0"},
      {"error D07", manifest, "/layers/0/urls", R"(["no url"])", R"(["https://a/b"])",
       "/layers/0/urls/0"},
      {"error D07", manifest, "/layers/0/urls", R"([1])", R"([])", "/layers/0/urls/0"},
      {"error D07", manifest, "/layers/0/urls", R"(["http://a/%zz"])", R"(["http://a/%20"])",
       "/layers/0/urls/0"},
      {"warning D07", manifest, "/layers/0/urls", R"(["ftp://a/b"])", R"(["HTTP://a/b"])",
       "/layers/0/urls/0"},
      {"error D09", manifest, "/config/data", R"("e30")", "null"},
      {"error D09", manifest, "/config/data", R"("e30=")", "null"},
      {"error D10", index, "/manifests/0/artifactType", R"("x")", R"("x/y")"},
      {"error D11", manifest, "/layers/0/mediaType", R"("application/vnd.oci.empty.v1+json")",
       R"("application/vnd.oci.other.v1+json")", "/layers/0"},
      {"warning D12", index, "/manifests/0/platform", "",
       R"({"os":"linux","architecture":"amd64"})", "/manifests/0"},
      {"error D13", index, "/manifests/0/platform/os", "", R"("linux")", "/manifests/0/platform"},
      {"error D13", index, "/manifests/0/platform/os", R"("")", R"("linux")"},
      {"error D13", index, "/manifests/0/platform/architecture", "5", R"("amd64")"},
      {"error D13", index, "/manifests/0/platform/os.features", R"("a")", R"(["a"])"},
      {"error D13", index, "/manifests/0/platform", "[]", "null"},
      {"warning D14", index, "/manifests/0/artifactType", R"("x/y")",
       R"("application/vnd.oci.image.config.v1+json")"},
      // Annotations
      {"error A01", manifest, "/annotations", "[]", "{}"},
      {"error A01", manifest, "/annotations", R"({"a.b":null})", R"({"a.b":""})",
       "/annotations/a.b"},
      {"error A01", manifest, "/layers/0/annotations", R"({"a.b":1})", R"({"a.b":"1"})",
       "/layers/0/annotations/a.b"},
      {"error A02", manifest, "/annotations", R"({"":"x"})", R"({"x":""})"},
      {"warning A03", manifest, "/annotations", R"({"key":"x"})", R"({"com.example.key":"x"})",
       "/annotations/key"},
      {"warning A04", manifest, "/annotations", R"({"org.opencontainers.image.titel":"x"})",
       R"({"org.opencontainers.image.title":"x"})", "/annotations/org.opencontainers.image.titel"},
      {"warning A04", manifest, "/annotations", R"({"org.opencontainers.x":"x"})",
       R"({"org.opencontainersx.x":"x"})", "/annotations/org.opencontainers.x"},
      {"warning A05", manifest, "/annotations/org.opencontainers.image.created",
       R"("2020-02-30T00:00:00Z")", R"("2020-02-29T00:00:00Z")"},
      {"warning A05", manifest, "/annotations/org.opencontainers.image.url", R"("example")",
       R"("https://example.org")"},
      {"warning A05", manifest, "/annotations/org.opencontainers.image.licenses", R"("a,b")",
       R"-("MIT OR (GPL-2.0-or-later AND Zlib)")-"},
      {"warning A05", manifest, "/annotations/org.opencontainers.image.base.digest",
       R"("sha256:1")", R"("x:1")"},
      {"warning A05", manifest, "/annotations/org.opencontainers.image.base.name",
       R"("library/debian")", R"("localhost/debian")"},
      {"warning A06", index, "/manifests/0/annotations",
       R"({"org.opencontainers.image.ref.name":"x"})", "{}",
       "/manifests/0/annotations/org.opencontainers.image.ref.name"},
      {"warning A06", top, "/manifests/0/annotations/org.opencontainers.image.ref.name",
       R"("a..b")", R"("a--b")"},
      // Indexes
      {"error X01", index, "/schemaVersion", "1", "2"},
      {"error X01", index, "/schemaVersion", "", "2", ""},
      {"error X01", top, "/schemaVersion", "null", "2"},
      {"warning X02", top, "/mediaType", "", R"("application/vnd.oci.image.index.v1+json")", ""},
      {"error X02", index, "/mediaType", R"("application/vnd.oci.image.manifest.v1+json")",
       R"("application/vnd.oci.image.index.v1+json")"},
      {"error X02", index, "/mediaType",
       R"("application/vnd.docker.distribution.manifest.list.v2+json")",
       R"("application/vnd.oci.image.index.v1+json")"},
      {"error X03", index, "/manifests", "", "[]", ""},
      {"error X03", index, "/manifests", "null", "[]"},
      {"error X04", index, "/CONFIG", "null", ""},
      {"error X04", top, "/layers", "[]", ""},
      {"info X05", index, "/manifests/0/mediaType", R"("text/spdx")",
       R"("application/vnd.oci.image.manifest.v1+json")", "/manifests/0"},
      {"warning X08", index, "/manifests/0/platform/os", R"("Linux")", R"("linux")"},
      {"warning X08", index, "/manifests/0/platform/architecture", R"("x86_64")", R"("amd64")"},
      {"warning X08", index, "/manifests/0/platform/variant", R"("v9")", R"("v3")"},
      {"error X10", index, "/manifests/0/platform/os", R"("windows")", R"("linux")"},
      {"error X10", index, "/manifests/0/platform/architecture", R"("arm64")", R"("amd64")"},
      {"warning X11", index, "/manifests/0/platform/features", R"(["sse4"])", "null"},
      {"warning X09", top, "/subject", R"({"mediaType":"a/b","digest":"x:y","size":1})", "null"},
      {"error D02", top, "/subject", R"({"mediaType":"a/b","digest":"x","size":1})", "null",
       "/subject/digest"},
      // Manifests
      {"error M01", manifest, "/schemaVersion", "1", "2"},
      {"error M02", manifest, "/mediaType", R"("application/vnd.oci.image.index.v1+json")",
       R"("application/vnd.oci.image.manifest.v1+json")"},
      {"warning M02", manifest, "/mediaType", "", R"("application/vnd.oci.image.manifest.v1+json")",
       ""},
      {"error M03", manifest, "/config", "", R"({"mediaType":"a/b","digest":"x:y","size":1})", ""},
      {"error M04", manifest, "/layers", "", "[]", ""},
      {"warning M04", manifest, "/layers", "[]",
       R"([{"mediaType":"a/b","digest":"x:y","size":1}])"},
      {"error M06", manifest, "/manifests", "null", ""},
      {"info M07", manifest, "/layers/0/mediaType", R"("a/b")",
       R"("application/vnd.oci.image.layer.v1.tar+zstd")", "/layers/0"},
      {"warning M08", manifest, "/layers/0/mediaType", R"("a/b")",
       R"("application/vnd.in-toto+json")", ""},
      {"warning M09", manifest, "/subject", R"({"mediaType":"a/b","digest":"x:y","size":1})",
       "null"},
      {"error M10", manifest, "/layers/0/mediaType", R"("a/b")",
       R"("application/vnd.docker.image.rootfs.diff.tar.gzip")", "/layers/0"},
      {"warning M11", manifest, "/layers/0/mediaType",
       R"("application/vnd.oci.image.layer.nondistributable.v1.tar")",
       R"("application/vnd.oci.image.layer.v1.tar")", "/layers/0"},
      {"warning M13", manifest, "/layers/0/size", "0", "1", "/layers/0"},
      // Configurations
      {"error C01", config, "", R"("text")", R"({"architecture":"amd64","os":"linux"})"},
      {"error C01", config, "/os", "", R"("linux")", ""},
      {"error C01", config, "/architecture", "null", R"("amd64")"},
      {"error C02", config, "/rootfs", "", R"({"type":"layers","diff_ids":[]})", ""},
      {"error C02", config, "/rootfs/type", R"("layer")", R"("layers")"},
      {"error C02", config, "/rootfs/type", "", R"("layers")", "/rootfs"},
      {"error C02", config, "/rootfs/diff_ids", "null", "[]"},
      {"error C02", config, "/rootfs/diff_ids/0", R"("x")", R"("x:y")"},
      {"error C04", config, "/created", R"("2020-01-01")", R"("2020-01-01t23:59:60+23:59")"},
      {"error C04", config, "/history/0/created", R"("")", R"("2020-01-01T00:00:00.5Z")"},
      {"error C05", config, "/config/Env", R"(["=a"])", R"(["a="])", "/config/Env/0"},
      {"error C05", config, "/config/Env", R"(["a"])", R"([])", "/config/Env/0"},
      {"warning C05", config, "/config/Env", R"(["a=1","a=2"])", R"(["a=1","A=2"])",
       "/config/Env/1"},
      {"warning C05", config, "/config/Env", R"(["a-b=1"])", R"(["a_b=-"])", "/config/Env/0"},
      {"error C06", config, "/config/ExposedPorts", R"({"http":{}})", R"({"80":{}})",
       "/config/ExposedPorts/http"},
      {"error C06", config, "/config/ExposedPorts", R"({"80/tcp":1})", R"({"80/tcp":{}})",
       "/config/ExposedPorts/80~1tcp"},
      {"warning C06", config, "/config/ExposedPorts", R"({"80-90/tcp":{}})", R"({"80/udp":{}})",
       "/config/ExposedPorts/80-90~1tcp"},
      {"warning C06", config, "/config/ExposedPorts", R"({"0/tcp":{}})", R"({"65535/tcp":{}})",
       "/config/ExposedPorts/0~1tcp"},
      {"error C07", config, "/config/Volumes", R"({"/a":null})", R"({"/a":{}})",
       "/config/Volumes/~1a"},
      {"warning C07", config, "/config/Volumes", R"({"/a/..":{}})", R"({"/a..":{}})",
       "/config/Volumes/~1a~1.."},
      {"warning C08", config, "/config/WorkingDir", R"("srv")", R"("/srv")"},
      {"error C09", config, "/config/User", R"("a:b:c")", R"("a:b")"},
      {"error C09", config, "/config/User", R"("4294967295")", R"("4294967294:0")"},
      {"warning C10", config, "/config/StopSignal", R"("TERM")", R"("SIGRTMIN+3")"},
      {"warning C10", config, "/config/StopSignal", R"("65")", R"("15")"},
      {"error C11", config, "/config/Labels", R"({"a":1})", R"({"a":"1"})", "/config/Labels/a"},
      {"error C11", config, "/config/Labels", R"({"":"1"})", "null"},
      {"warning C12", config, "/history", R"([{"empty_layer":true}])",
       R"([{"empty_layer":true},{}])"},
      {"warning C13", config, "/config/Healthcheck", "{}", "null"},
      {"warning C13", config, "/config/ArgsEscaped", "true", "null"},
      {"warning C14", config, "/os", R"("plan10")", R"("plan9")"},
      {"error C15", config, "/config/Cmd", R"("a")", R"(["a"])"},
      {"error C15", config, "/config/Cmd", R"([1])", "null", "/config/Cmd/0"},
      {"error C15", config, "/config/User", "1", R"("1")"},
      {"error C15", config, "/history/0/empty_layer", R"("true")", "true"},
      {"error C15", config, "/variant", "8", R"("v1")"},
      {"error C15", config, "/rootfs", "[]", R"({"type":"layers","diff_ids":[]})"},
  };
  return all;
}

std::vector<Finding> check_with(const Row& row, std::string_view value) {
  const auto edit = [&](Json& json) { set_at(json, row.pointer, value); };
  TestLayout::Edits edits;
  switch (row.document) {
    case Document::config:
      edits.config = edit;
      break;
    case Document::manifest:
      edits.manifest = edit;
      break;
    case Document::index:
      edits.index = edit;
      break;
    case Document::top:
      edits.top = edit;
      break;
  }
  return TestLayout(edits).check();
}

TEST(DocumentRules, ArePassedByAGoodImage) { EXPECT_THAT(brief(TestLayout().check()), IsEmpty()); }

TEST(DocumentRules, AreBrokenByBadValues) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(fmt::format("{} {} {}", row.expected, row.pointer, row.bad));
    const auto found = row.found == "=" ? row.pointer : row.found;
    EXPECT_THAT(brief(check_with(row, row.bad)),
                Contains(fmt::format("{} {}", row.expected, found)));
  }
}

TEST(DocumentRules, AreKeptByNearMisses) {
  for (const Row& row : rows()) {
    if (row.pointer == "/ArtifactType") continue;
    SCOPED_TRACE(fmt::format("{} {} {}", row.expected, row.pointer, row.good));
    EXPECT_THAT(brief(check_with(row, row.good)),
                Not(Contains(StartsWith(std::string(row.expected) + " "))));
  }
}

TEST(DocumentRules, KnowNamesThatDifferInCaseFromOthers) {
  const auto edit = [](Json& json) { set_at(json, "/artifacttypes", R"("a/b")"); };
  EXPECT_THAT(brief(TestLayout({.manifest = edit}).check()), testing::ElementsAre("info J07 "));
}

TEST(DocumentRules, TellAllFaultsOfADocument) {
  const auto edit = [](Json& json) {
    set_at(json, "/schemaVersion", "1");
    set_at(json, "/layers/0/size", "-1");
    set_at(json, "/layers/0/mediaType", "1");
    set_at(json, "/config", "null");
  };
  const auto found = brief(TestLayout({.manifest = edit}).check());
  for (const char* text : {"error M01 /schemaVersion", "error D05 /layers/0/size",
                           "error J05 /layers/0/mediaType", "error M03 /config"}) {
    EXPECT_THAT(found, Contains(text));
  }
}

TEST(DocumentRules, DoNotFloodWithTheSameFinding) {
  const auto edit = [](Json& json) {
    Json::Array urls(5000, Json("no url"));
    json.find("layers")->if_array()->front().set("urls", std::move(urls));
  };
  const auto found = TestLayout({.manifest = edit}).check();
  EXPECT_EQ(found.size(), 101U);
  EXPECT_EQ(found.back().message, "4900 more findings of this rule in this document");
}

TEST(DocumentRules, TellTheWayToADocument) {
  const auto edit = [](Json& json) { set_at(json, "/os", "1"); };
  const auto found = TestLayout({.config = edit}).check();
  ASSERT_FALSE(found.empty());
  EXPECT_THAT(found.front().place.document,
              testing::MatchesRegex("index.json -> sha256:[0-9a-f]{64} -> sha256:[0-9a-f]{64} -> "
                                    "config sha256:[0-9a-f]{64}"));
}

}  // namespace

std::set<std::string> rules_of_document_rows() {
  std::set<std::string> ids;
  for (const Row& row : rows()) ids.emplace(row.expected.substr(row.expected.find(' ') + 1));
  return ids;
}

}  // namespace umoci::check
