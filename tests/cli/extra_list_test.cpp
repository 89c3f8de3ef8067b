// SPDX-License-Identifier: Apache-2.0

// umoci list --json: every entry of an index as it is.

#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;

class ListTest : public CommandLineTest {
 protected:
  void SetUp() override { run_well({"init", "--layout", path("layout")}); }

  void write_index(const std::string& manifests) const {
    test::write_file(path("layout/index.json"),
                     R"({"schemaVersion":2,"manifests":[)" + manifests + "]}");
  }
  std::string list_json() { return run_well({"list", "--json", "--layout", path("layout")}); }
};

TEST_F(ListTest, as_json_of_nothing_is_an_object_too) {
  EXPECT_EQ(list_json(), "{\"images\":[]}\n");
}

TEST_F(ListTest, as_json_tells_of_every_entry_in_its_order) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  // Nothing is opened: these blobs are not there. The names of our members do not collide.
  const std::string plain = R"({"mediaType":"a/b","digest":")" + digest +
                            R"(","size":7,"annotations":{"org.opencontainers.image.ref.name":"t"},)"
                            R"("platform":{"architecture":"arm","os":"linux","variant":"v7"}})";
  const std::string unnamed = R"({"mediaType":"a/b","digest":")" + digest + R"(","size":7,)" +
                              R"("artifactType":"x/y","name":"foreign"})";
  write_index(plain + "," + unnamed + "," + plain);
  EXPECT_EQ(list_json(), R"({"images":[{"name":"t","descriptor":)" + plain + R"(},{"descriptor":)" +
                             unnamed + R"(},{"name":"t","descriptor":)" + plain + "}]}\n");
}

TEST_F(ListTest, as_json_keeps_to_the_name_that_is_asked_for) {
  const auto named = [](const std::string& name) {
    return R"({"annotations":{"org.opencontainers.image.ref.name":")" + name + "\"}}";
  };
  write_index(named("t") + "," + named("u") + ",{}," + named("t"));
  const std::string entry = R"({"name":"t","descriptor":)" + named("t") + "}";
  EXPECT_EQ(run_well({"list", "--json", "--image", image("t")}),
            R"({"images":[)" + entry + "," + entry + "]}\n");
  EXPECT_EQ(run_well({"list", "--json", "--image", image("v")}), "{\"images\":[]}\n");
}

TEST_F(ListTest, as_json_keeps_any_name_on_its_line) {
  write_index(R"({"annotations":{"org.opencontainers.image.ref.name":"a\n\u001b[31m\u2028b<"}})");
  const std::string text = list_json();
  EXPECT_THAT(text, HasSubstr(R"({"name":"a\n\u001b[31m\u2028b\u003c","descriptor":{)"));
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  write_index(R"({"annotations":{"org.opencontainers.image.ref.name":""}})");
  EXPECT_THAT(list_json(), HasSubstr(R"({"name":"",)"));
}

TEST_F(ListTest, names_that_are_no_text_are_refused) {
  write_index("{\"annotations\":{\"org.opencontainers.image.ref.name\":\"a\xff\"}}");
  EXPECT_THAT(run_badly({"list", "--json", "--layout", path("layout")}), HasSubstr("UTF-8"));
  EXPECT_THAT(run_badly({"list", "--layout", path("layout")}), HasSubstr("UTF-8"));
}

}  // namespace
}  // namespace umoci::cli
