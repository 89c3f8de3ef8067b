// SPDX-License-Identifier: Apache-2.0
// The JSON schemas of the image-spec, as Debian ships them, have the same opinion of documents.
#include <umoci/check/config_check.hpp>
#include <umoci/check/descriptor_check.hpp>
#include <umoci/check/index_check.hpp>
#include <umoci/check/json_document.hpp>
#include <umoci/check/layout_test.hpp>
#include <umoci/check/manifest_check.hpp>

#include <umoci_test/run_program.hpp>

#include <gmock/gmock.h>

namespace umoci::check {
namespace {

using oci::Json;

constexpr const char* schema_directory =
    "/usr/share/gocode/src/github.com/opencontainers/image-spec/schema";

/// Prints one line of JSON for each document in the tests of the schema package: what it is, its
/// text, and whether it is wrong.
constexpr const char* extract_script = R"py(
import glob, json, re, sys
kinds = {"config": "config", "manifest": "manifest", "descriptor": "descriptor",
         "imageIndex": "index", "imageLayout": "layout"}
pattern = re.compile(r"(\w+):\s*`([^`]*)`,\s*(?:digest:[^\n]*\n\s*)?fail:\s*(true|false)")
for path in sorted(glob.glob(sys.argv[1] + "/*_test.go")):
    if path.endswith("backwards_compatibility_test.go"):
        continue
    for kind, text, fail in pattern.findall(open(path).read()):
        if kind in kinds:
            print(json.dumps({"kind": kinds[kind], "text": text, "wrong": fail == "true"}))
)py";

/// Reads lines as above and prints `wrong` or `right` for each.
constexpr const char* judge_script = R"py(
import json, jsonschema, sys
files = {"config": "config-schema.json", "manifest": "image-manifest-schema.json",
         "descriptor": "content-descriptor.json", "index": "image-index-schema.json",
         "layout": "image-layout-schema.json"}
def plain(schema):  # their ids are addresses in the network
    if isinstance(schema, dict):
        return {k: plain(v) for k, v in schema.items() if not (k == "id" and isinstance(v, str))}
    return [plain(v) for v in schema] if isinstance(schema, list) else schema
def load(name):
    return plain(json.load(open(sys.argv[1] + "/" + name)))
base = "file://" + sys.argv[1] + "/"
store = {base + n: load(n) for n in ("defs.json", "defs-descriptor.json", "content-descriptor.json")}
judges = {}
for kind, name in files.items():
    schema = load(name)
    resolver = jsonschema.RefResolver(base + name, schema, store=store)
    judges[kind] = jsonschema.Draft4Validator(schema, resolver=resolver)
for line in sys.stdin:
    case = json.loads(line)
    print("right" if judges[case["kind"]].is_valid(json.loads(case["text"])) else "wrong")
)py";

std::string unavailable() {
  if (!std::filesystem::exists(schema_directory)) {
    return "golang-github-opencontainers-image-spec-dev is not installed";
  }
  if (test::run_program({"python3", "-c", "import jsonschema"}).status != 0) {
    return "python3-jsonschema is not installed";
  }
  return "";
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

/// The errors that we find in a document alone.
std::vector<std::string> our_errors(std::string_view kind, std::string_view text) {
  Findings findings;
  if (kind == "layout") {
    const TestLayout layout;
    test::write_file(layout.path() / "oci-layout", text);
    check_layout(layout.path(), {}, findings);
  } else {
    DocumentReport report(findings, "x");
    const auto json = parse_document(text, report, {});
    if (json && kind == "config") (void)check_config(*json, report);
    if (json && kind == "manifest") (void)check_manifest(*json, "", report);
    if (json && kind == "descriptor") (void)check_descriptor(*json, oci::Place(), report);
    if (json && kind == "index") (void)check_index(*json, IndexPosition::nested, "", report);
  }
  std::vector<std::string> errors;
  for (const Finding& finding : findings.all()) {
    if (finding.severity == Severity::error)
      errors.push_back(brief(finding) + " " + finding.message);
  }
  return errors;
}

TEST(SchemaAgreement, OnTheDocumentsOfTheSchemaPackage) {
  if (const std::string why = unavailable(); !why.empty()) GTEST_SKIP() << why;
  const auto result = test::run_program({"python3", "-c", extract_script, schema_directory});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto lines = lines_of(result.out);
  EXPECT_GE(lines.size(), 40U);
  for (const std::string& line : lines) {
    const Json test = Json::parse(line);
    const std::string& text = *test.find("text")->if_string();
    const auto errors = our_errors(*test.find("kind")->if_string(), text);
    // The text of the specification says SHOULD: a warning.
    if (text.find(R"("layers": [])") != std::string::npos) continue;
    EXPECT_EQ(!errors.empty(), *test.find("wrong")->if_bool())
        << text << testing::PrintToString(errors);
  }
}

struct Base {
  std::string_view kind;
  std::string_view text;
  std::vector<std::string_view> pointers;
};

const std::vector<Base>& bases() {
  static const std::vector<Base> all{
      {"config",
       R"({"created":"2020-01-01T00:00:00Z","author":"a","architecture":"arm","os":"linux",)"
       R"("os.version":"1","os.features":["x"],"variant":"v7","config":{"User":"u",)"
       R"("ExposedPorts":{"80/tcp":{}},"Env":["a=b"],"Entrypoint":["a"],"Cmd":["b"],)"
       R"("Volumes":{"/v":{}},"WorkingDir":"/w","Labels":{"l":"m"},"StopSignal":"SIGTERM",)"
       R"("ArgsEscaped":false},"rootfs":{"type":"layers","diff_ids":["x:y"]},)"
       R"("history":[{"created":"2020-01-01T00:00:00Z","created_by":"b","author":"a",)"
       R"("comment":"c","empty_layer":false}]})",
       {"/created",
        "/author",
        "/architecture",
        "/os",
        "/os.version",
        "/os.features",
        "/os.features/0",
        "/variant",
        "/config",
        "/config/User",
        "/config/ExposedPorts",
        "/config/ExposedPorts/80~1tcp",
        "/config/Env",
        "/config/Env/0",
        "/config/Entrypoint",
        "/config/Cmd",
        "/config/Cmd/0",
        "/config/Volumes",
        "/config/Volumes/~1v",
        "/config/WorkingDir",
        "/config/Labels",
        "/config/Labels/l",
        "/config/StopSignal",
        "/config/ArgsEscaped",
        "/rootfs",
        "/rootfs/type",
        "/rootfs/diff_ids",
        "/rootfs/diff_ids/0",
        "/history",
        "/history/0",
        "/history/0/created",
        "/history/0/created_by",
        "/history/0/empty_layer"}},
      {"manifest",
       R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
       R"("artifactType":"a/b","config":{"mediaType":"a/b","digest":"x:y","size":1},)"
       R"("layers":[{"mediaType":"a/b","digest":"x:y","size":1,"urls":["http://a/"],)"
       R"("annotations":{"a.b":"c"}}],"subject":{"mediaType":"a/b","digest":"x:y","size":1},)"
       R"("annotations":{"a.b":"c"}})",
       {"/schemaVersion",
        "/mediaType",
        "/artifactType",
        "/config",
        "/config/mediaType",
        "/config/digest",
        "/config/size",
        "/layers",
        "/layers/0",
        "/layers/0/mediaType",
        "/layers/0/digest",
        "/layers/0/size",
        "/layers/0/urls",
        "/layers/0/urls/0",
        "/layers/0/annotations",
        "/layers/0/annotations/a.b",
        "/layers/0/data",
        "/layers/0/artifactType",
        "/subject",
        "/subject/mediaType",
        "/annotations",
        "/annotations/a.b"}},
      {"index",
       R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
       R"("manifests":[{"mediaType":"a/b","digest":"x:y","size":1,"urls":["http://a/"],)"
       R"("platform":{"os":"linux","architecture":"arm","os.version":"1","os.features":["x"],)"
       R"("variant":"v7"},"annotations":{"a.b":"c"}}],"annotations":{"a.b":"c"}})",
       {"/schemaVersion",
        "/mediaType",
        "/manifests",
        "/manifests/0",
        "/manifests/0/mediaType",
        "/manifests/0/digest",
        "/manifests/0/size",
        "/manifests/0/urls",
        "/manifests/0/urls/0",
        "/manifests/0/platform",
        "/manifests/0/platform/os",
        "/manifests/0/platform/architecture",
        "/manifests/0/platform/os.version",
        "/manifests/0/platform/os.features",
        "/manifests/0/platform/os.features/0",
        "/manifests/0/platform/variant",
        "/manifests/0/annotations",
        "/manifests/0/annotations/a.b",
        "/annotations",
        "/annotations/a.b"}},
      {"layout", R"({"imageLayoutVersion":"1.0.0"})", {"/imageLayoutVersion"}},
  };
  return all;
}

constexpr std::string_view values[] = {"",   "null", "1",  R"("")", R"("x/y")", R"("x y")",
                                       "-1", "true", "[]", "{}",    "[1]",      R"({"a":1})"};

struct Generated {
  std::string kind;
  std::string pointer;
  std::string value;
  std::string text;
};

std::vector<Generated> generated_documents() {
  std::vector<Generated> documents;
  for (const Base& base : bases()) {
    documents.push_back({std::string(base.kind), "", "", std::string(base.text)});
    for (const std::string_view pointer : base.pointers) {
      const bool is_element = pointer.ends_with("/0");
      for (const std::string_view value : values) {
        if (value.empty() && is_element) continue;
        Json json = Json::parse(base.text);
        set_at(json, pointer, value);
        documents.push_back(
            {std::string(base.kind), std::string(pointer), std::string(value), json.dump()});
      }
    }
  }
  return documents;
}

/// Where schema and rules differ on purpose.
struct Difference {
  std::string_view kind;     ///< empty: any
  std::string_view pointer;  ///< how it ends
  std::string_view value;    ///< empty: any
  std::string_view verdict;  ///< of the schema
};

constexpr Difference differences[] = {
    // config.md: OPTIONAL members may be null, and so it is done with all of them.
    {"", "", "null", "wrong"},
    // The text says SHOULD: a warning.
    {"manifest", "/layers", "[]", "wrong"},
    // What the schemas say with a `format`, which is not looked at, or not at all.
    {"config", "/created", "", "right"},
    {"config", "/Env/0", "", "right"},
    {"config", "/diff_ids/0", "", "right"},
    {"", "/urls/0", "", "right"},
    {"", "/size", "-1", "right"},
    // A platform without name, and a document of another kind than its descriptor says.
    {"index", "/platform/os", R"("")", "right"},
    {"index", "/platform/architecture", R"("")", "right"},
    {"", "/mediaType", R"("x/y")", "right"},
    // Members that came after the schemas.
    {"manifest", "/artifactType", "", "right"},
    {"manifest", "/data", "", "right"},
    {"manifest", "/subject", "", "right"},
    {"manifest", "/subject/mediaType", "", "right"},
};

const Difference* find_difference(const Generated& document, std::string_view verdict) {
  for (const Difference& known : differences) {
    if ((known.kind.empty() || known.kind == document.kind) &&
        document.pointer.ends_with(known.pointer) &&
        (known.value.empty() || known.value == document.value) && known.verdict == verdict) {
      return &known;
    }
  }
  return nullptr;
}

TEST(SchemaAgreement, OnGeneratedDocuments) {
  if (const std::string why = unavailable(); !why.empty()) GTEST_SKIP() << why;
  const auto documents = generated_documents();
  ASSERT_GE(documents.size(), 150U);
  std::string lines;
  for (const Generated& document : documents) {
    Json line;
    line.set("kind", document.kind);
    line.set("text", document.text);
    lines += line.dump() + "\n";
  }
  const auto result = test::run_program({"python3", "-c", judge_script, schema_directory}, lines);
  ASSERT_EQ(result.status, 0) << result.err;
  const auto verdicts = lines_of(result.out);
  ASSERT_EQ(verdicts.size(), documents.size());
  std::set<const Difference*> met;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Generated& document = documents[i];
    const auto errors = our_errors(document.kind, document.text);
    if (errors.empty() == (verdicts[i] == "right")) continue;
    const Difference* known = find_difference(document, verdicts[i]);
    met.insert(known);
    EXPECT_NE(known, nullptr) << document.kind << ' ' << document.pointer << ' ' << document.value
                              << ": the schema says " << verdicts[i] << ' '
                              << testing::PrintToString(errors);
  }
  EXPECT_EQ(met.size(), std::size(differences));
}

}  // namespace
}  // namespace umoci::check
