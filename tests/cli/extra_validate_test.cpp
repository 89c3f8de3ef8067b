// SPDX-License-Identifier: Apache-2.0

// umoci validate: what it prints, and its exit status. The rules have tests beside them.

#include <umoci_test/command_line.hpp>

#include <umoci/check/rule.hpp>
#include <umoci/digest/hasher.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Words = std::vector<std::string>;

class ValidateTest : public CommandLineTest {
 protected:
  void SetUp() override { make_layout({"a", "b"}); }

  Outcome validate(const Words& more = {}) {
    Words words{"validate", "--layout", path("layout")};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  void put(std::string_view name, std::string_view text) const {
    test::write_file(path("layout/" + std::string(name)), text);
  }
  void put_index(std::string_view manifests) const {
    put("index.json", R"({"schemaVersion":2,)"
                      R"("mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
                          std::string(manifests) + "]}");
  }
  /// Two errors and a warning.
  void put_bad_index() const {
    put_index(R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:0",)"
              R"("size":-1,"annotations":{"key":"x"}})");
    std::filesystem::remove_all(path("layout/blobs/sha256"));
  }
};

TEST_F(ValidateTest, is_silent_about_what_is_right) {
  const Outcome outcome = validate();
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_EQ(outcome.out,
            "warning M04 index.json -> " + entry("a").digest.text() + "#/layers: is empty\n")
      << "the only thing to say of a new image";
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_EQ(validate({"--ignore", "M04"}).out, "");
}

TEST_F(ValidateTest, tells_what_is_wrong_one_a_line) {
  put_bad_index();
  const Outcome outcome = validate();
  EXPECT_EQ(outcome.status, 1) << outcome;
  EXPECT_EQ(outcome.out,
            "error D03 index.json#/manifests/0/digest: \"sha256:0\" is not lower-case hex of the "
            "length that \"sha256\" has\n"
            "error D05 index.json#/manifests/0/size: -1 is negative\n"
            "warning A03 index.json#/manifests/0/annotations/key: key \"key\" is not of "
            "reverse-domain style\n");
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(ValidateTest, has_exit_statuses_of_its_own) {
  EXPECT_EQ(validate().status, 0);
  EXPECT_EQ(validate({"--strict"}).status, 1);
  EXPECT_EQ(validate({"--strict", "--ignore", "M04"}).status, 0);
  for (const Words& wrong : std::vector<Words>{{"--ignore", "Z99"},
                                               {"--ignore", ""},
                                               {"--ignore", "M04,"},
                                               {"--max-errors", "0"},
                                               {"--max-errors", "-1"},
                                               {"--max-errors", "1x"},
                                               {"--json", "--sarif"},
                                               {"--nonsense"},
                                               {"--limit", "nonsense=1"},
                                               {"--log", "nonsense"},
                                               {"--progress", "nonsense"},
                                               {"--image", image("a")},
                                               {"positional"}}) {
    const Outcome outcome = validate(wrong);
    EXPECT_EQ(outcome.status, 2) << line_of(wrong) << outcome;
    EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
  }
  EXPECT_EQ(run({"validate"}).status, 2);
  EXPECT_EQ(run({"validate", "--help"}).status, 0);
  const Outcome missing = run({"validate", "--layout", path("nosuch")});
  EXPECT_EQ(missing.status, 3) << missing;
  EXPECT_EQ(fatal_lines(missing.err).size(), 1U) << missing;
  EXPECT_EQ(run({"validate", "--image", image("nosuch")}).status, 3);
  EXPECT_EQ(run({"validate", "--layout", path("layout/index.json")}).status, 3);
}

TEST_F(ValidateTest, other_commands_keep_their_exit_statuses) {
  EXPECT_EQ(run({"list", "--nonsense"}).status, 1);
  EXPECT_EQ(run({"list"}).status, 1);
  EXPECT_EQ(run({"list", "--layout", path("nosuch")}).status, 1);
}

TEST_F(ValidateTest, looks_at_what_a_name_leads_to) {
  put_index(R"({"mediaType":"a/b","digest":"x:y","size":-1,)"
            R"("annotations":{"org.opencontainers.image.ref.name":"a"}},)"
            R"({"mediaType":"a/b","digest":"x:y","size":2,)"
            R"("annotations":{"org.opencontainers.image.ref.name":"b"}})");
  std::filesystem::remove_all(path("layout/blobs/sha256"));
  EXPECT_THAT(run({"validate", "--image", image("b")}).out, HasSubstr("#/manifests/1: blob x:y"));
  EXPECT_THAT(run({"validate", "--image", image("a")}).out,
              Not(HasSubstr("#/manifests/1: blob x:y")));
}

TEST_F(ValidateTest, counts_errors_that_it_does_not_print) {
  put_bad_index();
  const Outcome outcome = validate({"--max-errors", "1", "--verbose"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("D03"), Not(HasSubstr("D05")), HasSubstr("A03")));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("layout is not valid"), HasSubstr("errors=2"),
                                 HasSubstr("warnings=1"), HasSubstr("infos=0")));
}

TEST_F(ValidateTest, says_of_missing_blobs_what_was_asked_for) {
  std::filesystem::remove_all(path("layout/blobs/sha256"));
  EXPECT_EQ(validate().status, 0);
  EXPECT_THAT(validate().out, HasSubstr("warning L10 index.json#/manifests/0: blob sha256:"));
  EXPECT_EQ(validate({"--complete"}).status, 1);
  EXPECT_THAT(validate({"--complete"}).out, HasSubstr("error L10 index.json#/manifests/0"));
}

TEST_F(ValidateTest, verifies_all_blobs_on_request) {
  put("blobs/sha256/" + std::string(64, '0'), "x");
  EXPECT_EQ(validate().status, 0);
  const Outcome all = validate({"--all-blobs"});
  EXPECT_EQ(all.status, 1);
  EXPECT_THAT(all.out, HasSubstr("error L07 blobs/sha256/0000"));
}

TEST_F(ValidateTest, reads_layers_on_request) {
  const std::string layer(700, 'x');
  test::write_file(path("layer"), std::string(10240, '\0'));
  run_well({"raw", "add-layer", "--image", image("a"), path("layer")});
  EXPECT_EQ(validate({"--deep"}).status, 0);
  const std::string digest = digest::digest_of(layer).text();
  std::string name = digest;
  name[name.find(':')] = '/';
  put("blobs/" + name, layer);
  const std::string manifest =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("config":{"mediaType":"a/b","digest":"x:y","size":1},"layers":[)"
      R"({"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":")" +
      digest + R"(","size":700}]})";
  std::string manifest_name = digest::digest_of(manifest).text();
  put_index(R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
            manifest_name + R"(","size":)" + std::to_string(manifest.size()) + "}");
  manifest_name[manifest_name.find(':')] = '/';
  put("blobs/" + manifest_name, manifest);
  EXPECT_EQ(validate().status, 0);
  const Outcome deep = validate({"--deep"});
  EXPECT_EQ(deep.status, 1) << deep;
  EXPECT_THAT(deep.out, HasSubstr(" -> layer " + digest + ": tar header at byte 0"));
  EXPECT_THAT(validate({"--deep", "--limit", "layer_bytes=100"}).out, HasSubstr("layer_bytes"));
}

TEST_F(ValidateTest, prints_names_of_files_in_one_line) {
  put("a\n\x1b[31m\xff", "");
  const std::string out = validate({"--ignore", "M04"}).out;
  EXPECT_EQ(out, "info L11 a\\n\\x1b[31m\\xff: does not belong to the layout\n");
  const auto json = oci::Json::parse(validate({"--json", "--ignore", "M04"}).out);
  const oci::Json& finding = json.find("findings")->if_array()->front();
  EXPECT_EQ(*finding.find("document")->if_string(), R"(a\012\033\13331m\377)");
}

TEST_F(ValidateTest, as_json_tells_the_same) {
  put_bad_index();
  const auto json = oci::Json::parse(validate({"--json"}).out);
  EXPECT_EQ(json.find("errors")->if_int64(), 2);
  EXPECT_EQ(json.find("warnings")->if_int64(), 1);
  EXPECT_EQ(json.find("infos")->if_int64(), 0);
  const oci::Json::Array& findings = *json.find("findings")->if_array();
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[1].dump(), R"({"severity":"error","rule":"D05","document":"index.json",)"
                                R"("pointer":"/manifests/0/size","message":"-1 is negative"})");
}

TEST_F(ValidateTest, as_sarif_has_the_members_that_are_required) {
  put_bad_index();
  put("a b%", "");
  const Outcome outcome = validate({"--sarif"});
  EXPECT_EQ(outcome.status, 1);
  const auto json = oci::Json::parse(outcome.out);
  EXPECT_EQ(*find_member(json, "version")->if_string(), "2.1.0");
  const oci::Json& run = json.find("runs")->if_array()->front();
  EXPECT_EQ(*find_member(run, "tool.driver.name")->if_string(), "umoci");
  const oci::Json::Array& rules = *find_member(run, "tool.driver.rules")->if_array();
  ASSERT_EQ(rules.size(), check::rules().size());
  for (const oci::Json& rule : rules) {
    EXPECT_NE(check::find_rule(*rule.find("id")->if_string()), nullptr);
    EXPECT_FALSE(find_member(rule, "shortDescription.text")->if_string()->empty());
    EXPECT_THAT(*find_member(rule, "defaultConfiguration.level")->if_string(),
                ::testing::AnyOf("error", "warning", "note"));
  }
  std::vector<std::string> uris;
  for (const oci::Json& result : *run.find("results")->if_array()) {
    const auto index = result.find("ruleIndex")->if_int64();
    ASSERT_TRUE(index && *index >= 0 && *index < static_cast<std::int64_t>(rules.size()));
    EXPECT_EQ(*result.find("ruleId"), *rules[static_cast<std::size_t>(*index)].find("id"));
    EXPECT_FALSE(find_member(result, "message.text")->if_string()->empty());
    const oci::Json& location = result.find("locations")->if_array()->front();
    uris.push_back(*find_member(location, "physicalLocation.artifactLocation.uri")->if_string());
  }
  EXPECT_THAT(uris, ::testing::ElementsAre("a%20b%25", "index.json", "index.json", "index.json"));
}

TEST_F(ValidateTest, as_sarif_names_the_file_of_a_document) {
  const std::string out = validate({"--sarif"}).out;
  std::string digest = entry("a").digest.text();
  digest[digest.find(':')] = '/';
  EXPECT_THAT(out, HasSubstr(R"("artifactLocation":{"uri":"blobs/)" + digest + '"'));
  EXPECT_THAT(out, HasSubstr("\"fullyQualifiedName\":\"index.json -"));
}

TEST_F(ValidateTest, does_not_let_names_steer_a_terminal) {
  test::write_file(path("layout/index.json"),
                   "{\"schemaVersion\":2,\"manifests\":[],"
                   "\"annotations\":{\"a\xc2\x9b\x33\x31m\xe2\x80\xae\":\"\"}}");
  for (const char* form : {"--json", "--sarif"}) {
    out_is_terminal = false;
    EXPECT_THAT(validate({form}).out, HasSubstr("\xc2\x9b"));
    out_is_terminal = true;
    const std::string shown = validate({form}).out;
    EXPECT_THAT(shown, ::testing::Not(HasSubstr("\xc2\x9b")));
    EXPECT_THAT(shown, ::testing::Not(HasSubstr("\xe2\x80\xae")));
  }
}

TEST_F(ValidateTest, leaves_the_layout_alone) {
  put_bad_index();
  const auto before = everything();
  (void)validate({"--all-blobs"});
  EXPECT_EQ(everything(), before);
}

TEST_F(ValidateTest, tells_when_its_verdict_is_lost) {
  std::ostringstream err;
  std::istringstream in;
  std::ostream out(nullptr);
  Io io{.in = in,
        .out = out,
        .err = err,
        .environment = [](std::string_view) { return std::optional<std::string>(); },
        .now = [] { return Timestamp(); }};
  EXPECT_EQ(cli::run({"validate", "--layout", path("layout")}, io), 3);
  EXPECT_EQ(fatal_lines(err.str()).size(), 1U) << err.str();
}

}  // namespace
}  // namespace umoci::cli
