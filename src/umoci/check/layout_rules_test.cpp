// SPDX-License-Identifier: Apache-2.0
// Rules about files of layouts, and about more than one document.
#include <umoci/check/check.hpp>
#include <umoci/check/layout_test.hpp>
#include <umoci/check/rule.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/base/unique_fd.hpp>
#include <umoci_test/errors.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

namespace umoci::check {
namespace {

using oci::Json;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Missing = LayoutCheckOptions::Missing;

constexpr std::string_view hex64 =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// `error L06 blobs/x`: with the document in place of the pointer.
std::vector<std::string> places(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (Finding finding : findings) {
    finding.place.pointer = finding.place.document;
    texts.push_back(brief(finding));
  }
  return texts;
}

struct FileCase {
  std::string_view expected;
  std::function<void(const TestLayout&)> bad;
  std::function<void(const TestLayout&)> good;
};

void write(const TestLayout& layout, std::string_view name, std::string_view text) {
  std::filesystem::remove_all(layout.path() / name);
  test::write_file(layout.path() / name, text);
}

void make_pipe(const TestLayout& layout, std::string_view name) {
  std::filesystem::remove_all(layout.path() / name);
  ASSERT_EQ(::mkfifo((layout.path() / name).c_str(), 0644), 0);
}

FileCase of_texts(std::string_view expected, const char* name, std::string_view bad,
                  std::string_view good) {
  return {expected, [=](const TestLayout& layout) { write(layout, name, bad); },
          [=](const TestLayout& layout) { write(layout, name, good); }};
}

const std::vector<FileCase>& file_cases() {
  static const std::string named = "blobs/sha256/" + std::string(hex64);
  static const std::vector<FileCase> all{
      of_texts("error L01 oci-layout", "oci-layout", "[]", R"({"imageLayoutVersion":"1.0.0"})"),
      {"error L01 oci-layout",
       [](const TestLayout& l) { std::filesystem::remove(l.path() / "oci-layout"); },
       [](const TestLayout& l) {
         std::filesystem::rename(l.path() / "oci-layout", l.path() / "x");
         std::filesystem::create_symlink("x", l.path() / "oci-layout");
       }},
      of_texts("error L02 oci-layout", "oci-layout", "{}", R"({"imageLayoutVersion":"1.0.0"})"),
      of_texts("error L02 oci-layout", "oci-layout", R"({"imageLayoutVersion":1})",
               R"({"imageLayoutVersion":"1.0.1"})"),
      of_texts("error L03 oci-layout", "oci-layout", R"({"imageLayoutVersion":"1.0"})",
               R"({"imageLayoutVersion":"1.0.0","x":1})"),
      of_texts("error L04 index.json", "index.json", "[]", R"({"schemaVersion":2,"manifests":[]})"),
      {"error L04 index.json", [](const TestLayout& l) { make_pipe(l, "index.json"); },
       [](const TestLayout&) {}},
      {"error L05 blobs",
       [](const TestLayout& l) { std::filesystem::remove_all(l.path() / "blobs"); },
       [](const TestLayout& l) { std::filesystem::remove_all(l.path() / "blobs/sha256"); }},
      {"error L05 blobs", [](const TestLayout& l) { write(l, "blobs", ""); },
       [](const TestLayout&) {}},
      {"error L06 blobs/sha256/abc", [](const TestLayout& l) { write(l, "blobs/sha256/abc", ""); },
       [](const TestLayout& l) { write(l, named, ""); }},
      {"error L06 blobs/x y",
       [](const TestLayout& l) { std::filesystem::create_directory(l.path() / "blobs/x y"); },
       [](const TestLayout& l) { std::filesystem::create_directory(l.path() / "blobs/x+y"); }},
      {"error L06 blobs/file", [](const TestLayout& l) { write(l, "blobs/file", ""); },
       [](const TestLayout& l) { std::filesystem::create_directory(l.path() / "blobs/file"); }},
      {"error L06 blobs/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
       [](const TestLayout& l) { make_pipe(l, named); },
       [](const TestLayout& l) { write(l, named, ""); }},
      {"info L09 blobs/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
       [](const TestLayout& l) { write(l, named, ""); }, [](const TestLayout&) {}},
      {"info L11 manifest.json", [](const TestLayout& l) { write(l, "manifest.json", "[]"); },
       [](const TestLayout&) {}},
      {"info L11 .umoci-123",
       [](const TestLayout& l) { std::filesystem::create_directory(l.path() / ".umoci-123"); },
       [](const TestLayout&) {}},
      {"info L11 blobs/sha256/.umoci-blob-1",
       [](const TestLayout& l) { write(l, "blobs/sha256/.umoci-blob-1", ""); },
       [](const TestLayout&) {}},
      {"warning L12 .",
       [](const TestLayout& l) {
         ::chmod(l.path().c_str(), 0755);
         ::chmod((l.path() / "index.json").c_str(), 0600);
       },
       [](const TestLayout& l) {
         ::chmod(l.path().c_str(), 0700);
         ::chmod((l.path() / "index.json").c_str(), 0600);
       }},
      {"warning L13 blobs/sha256",
       [](const TestLayout& l) {
         std::filesystem::remove_all(l.path() / "blobs/sha256");
         std::filesystem::create_directory_symlink("/", l.path() / "blobs/sha256");
       },
       [](const TestLayout& l) {
         std::filesystem::rename(l.path() / "blobs/sha256", l.path() / "elsewhere");
         std::filesystem::create_directory_symlink("../elsewhere", l.path() / "blobs/sha256");
       }},
      of_texts("error J01 index.json", "index.json", "{} {}", "{}"),
      of_texts("error J01 index.json", "index.json", "\xef\xbb\xbf{}", "{}\n"),
      of_texts("error J01 index.json", "index.json", "{\"a\":\"\xff\"}", "{\"a\":\"\xc3\xbc\"}"),
      of_texts("error J02 index.json", "index.json", R"({"a":{"b":1,"b":2}})",
               R"({"a":{"b":1,"B":2}})"),
      {"warning J06 index.json",
       [](const TestLayout& l) {
         write(l, "index.json", std::string((4U << 20U) - 1, ' ') + "{}");
       },
       [](const TestLayout& l) {
         write(l, "index.json", std::string((4U << 20U) - 2, ' ') + "{}");
       }},
  };
  return all;
}

TEST(LayoutRules, AreBrokenByBadFiles) {
  for (const FileCase& test : file_cases()) {
    SCOPED_TRACE(test.expected);
    const TestLayout layout;
    test.bad(layout);
    EXPECT_THAT(places(layout.check()), Contains(test.expected));
  }
}

TEST(LayoutRules, AreKeptByNearMisses) {
  for (const FileCase& test : file_cases()) {
    SCOPED_TRACE(test.expected);
    const TestLayout layout;
    test.good(layout);
    EXPECT_THAT(places(layout.check()), Not(Contains(test.expected)));
  }
}

/// The digest of the layer of a TestLayout.
std::string layer_digest() { return digest::digest_of(std::string(1024, '\0')).text(); }

TEST(LayoutRules, TellOfABlobWithOtherContent) {
  const TestLayout layout;
  test::write_file(layout.blob(layer_digest()), std::string(1024, 'x'));
  EXPECT_THAT(brief(layout.check()),
              testing::UnorderedElementsAre("error L07 ", "error D06 /layers/0"));
}

TEST(LayoutRules, DoNotParseADocumentWithOtherContent) {
  std::string digest;
  const TestLayout layout({.manifest = [&](Json& json) {
    digest = *json.find("config")->find("digest")->if_string();
  }});
  const auto size_bytes = std::filesystem::file_size(layout.blob(digest));
  test::write_file(layout.blob(digest), std::string(size_bytes, '['));
  EXPECT_THAT(brief(layout.check()),
              testing::UnorderedElementsAre("error L07 ", "error D06 /config"));
}

TEST(LayoutRules, TellOfAMissingBlob) {
  const TestLayout layout;
  std::filesystem::remove(layout.blob(layer_digest()));
  EXPECT_THAT(brief(layout.check()), testing::ElementsAre("warning L10 /layers/0"));
  EXPECT_THAT(brief(layout.check({.missing = Missing::error})),
              testing::ElementsAre("error L10 /layers/0"));
}

TEST(LayoutRules, TellOfADeviceOrPipeInPlaceOfABlob) {
  const TestLayout layout;
  std::filesystem::remove(layout.blob(layer_digest()));
  ASSERT_EQ(::mkfifo(layout.blob(layer_digest()).c_str(), 0644), 0);
  EXPECT_THAT(brief(layout.check()),
              testing::UnorderedElementsAre("error L06 ", "warning L13 ", "warning L10 /layers/0"));
}

TEST(LayoutRules, VerifyOtherBlobsOnlyIfAsked) {
  const TestLayout layout;
  test::write_file(layout.blob("sha256:" + std::string(hex64)), "x");
  EXPECT_THAT(brief(layout.check()), testing::ElementsAre("info L09 "));
  EXPECT_THAT(brief(layout.check({.blobs = LayoutCheckOptions::Blobs::all})),
              testing::ElementsAre("info L09 ", "error L07 "));
}

TEST(LayoutRules, AreAppliedToWhatANameLeadsTo) {
  const TestLayout layout({.top = [](Json& json) {
    json.find("manifests")
        ->if_array()
        ->push_back(Json::parse(R"({"mediaType":"a/b","digest":"x:y","size":1})"));
  }});
  EXPECT_THAT(brief(layout.check()), Contains("warning L10 /manifests/1"));
  EXPECT_THAT(brief(layout.check({.ref_name = "a"})), Not(Contains("warning L10 /manifests/1")));
  EXPECT_THROW((void)layout.check({.ref_name = "b"}), Error);
}

TEST(LayoutRules, ThrowForWhatIsNotThere) {
  Findings findings;
  EXPECT_THROW(check_layout("/nowhere/at/all", {}, findings), Error);
}

TEST(LayoutRules, KeepDuplicatesFromHidingOtherFindings) {
  const TestLayout layout;
  layout.write_index(R"({"schemaVersion":1,"manifests":[],"manifests":[]})");
  const auto found = brief(layout.check());
  EXPECT_THAT(found, Contains("error J02 /manifests"));
  EXPECT_THAT(found, Contains("error X01 /schemaVersion"));
}

TEST(GraphRules, CountLayersAndDiffIds) {
  const TestLayout layout({.config = [](Json& json) { set_at(json, "/rootfs/diff_ids", "[]"); }});
  EXPECT_THAT(brief(layout.check()), Contains("error M12 /layers"));
}

TEST(GraphRules, WantAnArtifactTypeWithAnEmptyConfiguration) {
  const auto edit = [](const char* type) {
    return [=](Json& json) {
      set_at(json, "/config",
             fmt::format(R"({{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{}",)"
                         R"("size":2,"data":"e30="}})",
                         digest::digest_of(std::string_view("{}")).text()));
      set_at(json, "/artifactType", type);
    };
  };
  EXPECT_THAT(brief(TestLayout({.manifest = edit("")}).check()), Contains("error M05 "));
  EXPECT_THAT(brief(TestLayout({.manifest = edit(R"("a/b")")}).check()),
              Not(Contains(StartsWith("error"))));
}

TEST(GraphRules, WantOneMediaTypeAndSizeForADigest) {
  const auto second = [](const char* pointer, const char* value) {
    return [=](Json& json) {
      Json again = json.find("layers")->if_array()->front();
      set_at(again, pointer, value);
      json.find("layers")->if_array()->push_back(std::move(again));
    };
  };
  EXPECT_THAT(
      brief(TestLayout({.manifest = second("/mediaType",
                                           R"("application/vnd.docker.image.rootfs.diff.tar")")})
                .check()),
      Contains("error D15 /layers/1"));
  EXPECT_THAT(brief(TestLayout({.manifest = second("/size", "1")}).check()),
              Contains("error D15 /layers/1"));
  EXPECT_THAT(brief(TestLayout({.manifest = second("/size", "1024")}).check()),
              Not(Contains(StartsWith("error D15"))));
}

TEST(GraphRules, TellOfNestedIndexes) {
  const auto nested = [](int times) {
    TestLayout layout;
    std::string text =
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
        R"("manifests":[]})";
    for (int i = 1; i < times; ++i) {
      text = fmt::format(
          R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
          R"("manifests":[{}]}})",
          layout.descriptor("index.v1+json", text));
    }
    layout.write_index(
        fmt::format(R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
                    R"("manifests":[{}]}})",
                    layout.descriptor("index.v1+json", text)));
    return brief(layout.check());
  };
  EXPECT_THAT(nested(2), Not(Contains("warning X06 ")));
  EXPECT_THAT(nested(3), Contains("warning X06 "));
  EXPECT_THAT(nested(64), Not(Contains("error X06 ")));
  EXPECT_THAT(nested(65), Contains("error X06 "));
}

TEST(GraphRules, TakeNoTimeForSharedTrees) {
  const TestLayout layout;
  std::string text = R"({"schemaVersion":1,"mediaType":"application/vnd.oci.image.index.v1+json",)"
                     R"("manifests":[]})";
  for (int i = 0; i < 60; ++i) {
    const std::string child = layout.descriptor("index.v1+json", text);
    text =
        fmt::format(R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
                    R"("manifests":[{0},{0}]}})",
                    child);
  }
  layout.write_index(text);
  std::size_t count = 0;
  for (const std::string& found : brief(layout.check())) {
    if (found == "error X01 /schemaVersion") ++count;
  }
  EXPECT_EQ(count, 1U);
}

TEST(GraphRules, StopAtTheLimitOfNodes) {
  LayoutCheckOptions options;
  options.limits.graph_nodes = 2;
  EXPECT_THAT(brief(TestLayout().check(options)), Contains("error X06 /config"));
  options.limits.graph_nodes = 4;
  EXPECT_THAT(brief(TestLayout().check(options)), IsEmpty());
}

TEST(GraphRules, WantDifferentPlatformsAndNames) {
  const auto twice = [](const char* value) {
    return [=](Json& json) { json.find("manifests")->if_array()->push_back(Json::parse(value)); };
  };
  const std::string other = R"({"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
                            R"("digest":"x:y","size":1,"platform":{"os":"linux","architecture":)";
  EXPECT_THAT(brief(TestLayout({.index = twice((other + R"("amd64"}})").c_str())}).check()),
              Contains("warning X07 /manifests/1"));
  EXPECT_THAT(brief(TestLayout({.index = twice((other + R"("arm64"}})").c_str())}).check()),
              Not(Contains(StartsWith("warning X07"))));
  const std::string named = R"({"mediaType":"a/b","digest":"x:y","size":1,"annotations":)"
                            R"({"org.opencontainers.image.ref.name":)";
  EXPECT_THAT(brief(TestLayout({.top = twice((named + R"("a"}})").c_str())}).check()),
              Contains("warning A06 /manifests/1"));
  EXPECT_THAT(brief(TestLayout({.top = twice((named + R"("b"}})").c_str())}).check()),
              Not(Contains(StartsWith("warning A06"))));
}

TEST(GraphRules, KnowAttestations) {
  const auto attestation = [](std::string_view type, std::string_view os) {
    return [=](Json& json) {
      Json::Array& entries = *json.find("manifests")->if_array();
      entries.push_back(Json::parse(fmt::format(
          R"({{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"x:y","size":1,)"
          R"("annotations":{{"vnd.docker.reference.type":"{}","vnd.docker.reference.digest":"{}"}},)"
          R"("platform":{{"os":"{}","architecture":"unknown"}}}})",
          type, *entries.front().find("digest")->if_string(), os)));
    };
  };
  EXPECT_THAT(brief(TestLayout({.index = attestation("attestation-manifest", "unknown")}).check()),
              Not(Contains(StartsWith("warning X12"))));
  EXPECT_THAT(brief(TestLayout({.index = attestation("other", "unknown")}).check()),
              Contains("warning X12 /manifests/1"));
  EXPECT_THAT(brief(TestLayout({.index = attestation("attestation-manifest", "linux")}).check()),
              Contains("warning X12 /manifests/1"));
}

TEST(GraphRules, FollowSubjects) {
  const TestLayout layout({.manifest = [](Json& json) {
    const std::string text = "[]";
    set_at(json, "/subject",
           fmt::format(R"({{"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
                       R"("digest":"{}","size":2}})",
                       digest::digest_of(std::string_view(text)).text()));
  }});
  layout.put("[]");
  EXPECT_THAT(brief(layout.check()), Contains("error J05 "));
}

TEST(GraphRules, UseEmbeddedContentInPlaceOfABlob) {
  const auto edit = [](Json& json) {
    set_at(json, "/config/data", R"("AAAA")");
    set_at(json, "/config/size", "3");
    set_at(json, "/config/digest",
           fmt::format(R"("{}")", digest::digest_of(std::string_view("\0\0\0", 3)).text()));
  };
  EXPECT_THAT(brief(TestLayout({.manifest = edit}).check()),
              testing::IsSupersetOf({"error J01 ", "info L09 "}));
}

TEST(Rules, AreOrderedAndUnique) {
  std::set<std::string_view> ids;
  for (const Rule& rule : rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_EQ(find_rule(rule.id), &rule);
    EXPECT_FALSE(rule.summary.empty() || rule.summary.ends_with('.')) << rule.id;
    EXPECT_FALSE(rule.section.empty()) << rule.id;
  }
  EXPECT_EQ(find_rule("Z99"), nullptr);
}

TEST(Rules, AreAllTested) {
  // Those of the tests above that are not in a table.
  std::set<std::string> tested{"A06", "C03", "Y01", "Y02", "Y03", "Y04", "Y05",
                               "Y06", "Y07", "Y08", "Y09", "Y10", "D06", "D15",
                               "L07", "L10", "M05", "M12", "X06", "X07", "X12"};
  tested.merge(rules_of_document_rows());
  for (const FileCase& test : file_cases()) {
    const std::string_view expected = test.expected;
    tested.emplace(expected.substr(expected.find(' ') + 1, 3));
  }
  for (const Rule& rule : rules()) {
    // Those of bundles have a test like this beside them.
    if (rule.id.starts_with("B")) continue;
    EXPECT_TRUE(tested.contains(std::string(rule.id))) << rule.id;
  }
}

TEST(Findings, CountWhatTheyDoNotKeep) {
  Findings findings({"D02"}, 2);
  for (const char* document : {"a", "b", "c", "a"}) {
    findings.add("D01", {.document = document, .pointer = ""}, "x");
  }
  findings.add("D02", {.document = "a", .pointer = ""}, "x");
  findings.add("J07", {.document = "a", .pointer = ""}, "x");
  EXPECT_EQ(findings.count(Severity::error), 3U);
  EXPECT_EQ(findings.count(Severity::info), 1U);
  EXPECT_EQ(findings.all().size(), 3U);
}

TEST(Findings, ForgetTheWayToADocument) {
  Findings findings;
  findings.add("D01", {.document = "index.json -> a -> config b", .pointer = "/x"}, "y");
  findings.add("D01", {.document = "index.json -> c -> config b", .pointer = "/x"}, "y");
  findings.add("D01", {.document = "index.json -> c -> config b", .pointer = "/z"}, "y");
  EXPECT_EQ(findings.all().size(), 2U);
}

/// Whether others can get the store lock for themselves while something is done.
class LockTrial final : public Progress {
 public:
  explicit LockTrial(std::filesystem::path layout) : layout_(std::move(layout)) {}
  void begin(const ProgressPhase&) override {}
  void begin_step(const ProgressStep&) override {}
  void end() override {
    const UniqueFd other(::open(layout_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    is_free = ::flock(other.get(), LOCK_EX | LOCK_NB) == 0;
  }
  std::optional<bool> is_free;

 private:
  std::filesystem::path layout_;
};

TEST(Layouts, AreHeldAgainstCollectorsOfGarbage) {
  const TestLayout layout;
  LockTrial during(layout.path());
  static_cast<void>(layout.check({.progress = &during}));
  EXPECT_EQ(during.is_free, false);
  LockTrial afterwards(layout.path());
  afterwards.end();
  EXPECT_EQ(afterwards.is_free, true);

  const UniqueFd collector(::open(layout.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(collector.get(), LOCK_EX), 0);
  EXPECT_TRUE(test::outcome_of([&] {
                static_cast<void>(layout.check({.lock_timeout = std::chrono::seconds(0)}));
              }).is(ErrorKind::conflict, "store lock"));
}

}  // namespace
}  // namespace umoci::check
