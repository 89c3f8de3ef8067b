// SPDX-License-Identifier: Apache-2.0

// umoci config --get and --json: what an image is, without changing it.

#include <umoci_test/command_line.hpp>

#include <umoci_test/example_image.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Words = std::vector<std::string>;

constexpr std::string_view document =
    R"({"created":"2020-01-01T00:00:00Z","author":"me <a&b>","architecture":"arm","os":"linux",)"
    R"("os.version":"5.10","variant":"v7","config":{"User":"u:g","ExposedPorts":{"80/tcp":{},)"
    R"("53":{"x":1}},"Env":["PATH=/bin:/sbin","A=","B","A=2"],"Entrypoint":[],"Cmd":["sh","-c",""],)"
    R"("Volumes":{"/data":{}},"WorkingDir":"","Labels":{"a":"1","a.b":"2","a.b.c":"3","d":"x\ny",)"
    R"("e=f":"g","":"h","~/":"i"},"StopSignal":null,"Healthcheck":{"Test":["CMD","x"],)"
    R"("Interval":30000000000.50}},"rootfs":{"type":"layers","diff_ids":["sha256:aa"]},)"
    R"("history":[{"created_by":"one","empty_layer":true},{"created_by":"two"}],)"
    R"("a":{"b":{"c":"nested"}},"a.b":{"c":"dotted"},"x.y":{"q":1},"x":{"y":{"z":2}},)"
    R"("none":null,"yes":true})";

class ConfigQueryTest : public CommandLineTest {
 protected:
  void SetUp() override {
    run_well({"init", "--layout", path("layout")});
    put_config(document);
  }

  void put_config(std::string_view text, std::string_view manifest_rest = {}) {
    auto layout = open();
    config_ = test::put_document(layout, oci::media_type::image_config, text);
    manifest_ = test::put_document(layout, oci::media_type::manifest,
                                   R"({"schemaVersion":2,"config":)" + config_.to_json().dump() +
                                       R"(,"layers":[])" + std::string(manifest_rest) + "}");
    test::tag(layout, "latest", manifest_);
  }

  static Words line(const std::string& image, const Words& more) {
    Words words{"config", "--image", image};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// What the query prints; nothing must change.
  std::string ask(const Words& more) {
    const auto before = everything();
    const std::string answer = run_well(line(image(), more));
    EXPECT_EQ(everything(), before) << line_of(more);
    return answer;
  }
  std::string get(const std::string& name) { return ask({"--get", name}); }

  void expect_absent(const std::string& name) {
    for (const Words& format : {Words{}, Words{"--json"}}) {
      auto words = line(image(), {"--get", "os", "--get", name});
      words.insert(words.end(), format.begin(), format.end());
      const Outcome outcome = run(words);
      EXPECT_EQ(outcome.status, 1) << name;
      EXPECT_EQ(outcome.out, "") << name;
      EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
      EXPECT_THAT(outcome.err, HasSubstr("the image has no \"" + name + "\""));
    }
  }

  oci::Descriptor config_;
  oci::Descriptor manifest_;
};

TEST_F(ConfigQueryTest, knows_the_names_of_the_flags) {
  const std::map<std::string, std::string> answers{{"config.user", "u:g\n"},
                                                   {"config.workingdir", "\n"},
                                                   {"config.exposedports", "80/tcp\n53\n"},
                                                   {"config.exposedport", "80/tcp\n53\n"},
                                                   {"config.volume", "/data\n"},
                                                   {"config.volumes", "/data\n"},
                                                   {"config.env", "PATH=/bin:/sbin\nA=\nB\nA=2\n"},
                                                   {"config.entrypoint", ""},
                                                   {"config.cmd", "sh\n-c\n\n"},
                                                   {"created", "2020-01-01T00:00:00Z\n"},
                                                   {"author", "me <a&b>\n"},
                                                   {"platform.os", "linux\n"},
                                                   {"os", "linux\n"},
                                                   {"platform.arch", "arm\n"},
                                                   {"architecture", "arm\n"},
                                                   {"platform.variant", "v7\n"}};
  for (const auto& [name, answer] : answers) EXPECT_EQ(get(name), answer) << name;
}

TEST_F(ConfigQueryTest, goes_into_lists_and_maps_by_name) {
  EXPECT_EQ(get("config.env.PATH"), "/bin:/sbin\n");
  EXPECT_EQ(get("config.env.A"), "2\n");  // the last one counts
  EXPECT_EQ(get("config.env.B"), "\n");
  EXPECT_EQ(get("config.label.a"), "1\n");
  EXPECT_EQ(get("config.labels.a.b"), "2\n");
  EXPECT_EQ(get("config.labels.a.b.c"), "3\n");
  EXPECT_EQ(get("config.labels.e=f"), "g\n");
  EXPECT_EQ(get("config.labels."), "h\n");
  EXPECT_EQ(get("config.cmd.1"), "-c\n");
  for (const std::string name :
       {"config.env.C", "config.env.", "config.env.PAT", "config.labels.b", "config.labels.a.",
        "config.cmd.3", "config.cmd.01", "config.cmd.-1", "config.cmd.x", "config.user.x",
        "config.envx", "platform.os.x", "config.exposedports.80"}) {
    expect_absent(name);
  }
}

TEST_F(ConfigQueryTest, walks_into_the_document_by_dots) {
  EXPECT_EQ(get("os.version"), "5.10\n");
  EXPECT_EQ(get("config.Healthcheck.Interval"), "30000000000.50\n");
  EXPECT_EQ(get("config.Healthcheck.Test"), "CMD\nx\n");
  EXPECT_EQ(get("config.Healthcheck"), "Test=[\"CMD\",\"x\"]\nInterval=30000000000.50\n");
  EXPECT_EQ(get("config.Labels.a.b"), "2\n");
  EXPECT_EQ(get("rootfs.diff_ids.0"), "sha256:aa\n");
  EXPECT_EQ(get("history.1.created_by"), "two\n");
  EXPECT_EQ(get("history"),
            "{\"created_by\":\"one\",\"empty_layer\":true}\n"
            "{\"created_by\":\"two\"}\n");
  EXPECT_EQ(get("yes"), "true\n");
  // The longest name of a member comes first, but it is no dead end.
  EXPECT_EQ(get("a.b.c"), "dotted\n");
  EXPECT_EQ(get("x.y.z"), "2\n");
  for (const std::string name : {"config.StopSignal", "config.stopsignal", "none", "a.b.d", "os.x",
                                 "rootfs.diff_ids.1", "history.1.x", ".", "a..b", "nosuch"}) {
    expect_absent(name);
  }
}

TEST_F(ConfigQueryTest, follows_pointers_exactly) {
  EXPECT_EQ(get("/config/Labels/a.b"), "2\n");
  EXPECT_EQ(get("/config/Labels/"), "h\n");
  EXPECT_EQ(get("/config/Labels/~0~1"), "i\n");
  EXPECT_EQ(get("/a/b/c"), "nested\n");
  EXPECT_EQ(get("/os.version"), "5.10\n");
  EXPECT_EQ(get("/rootfs/diff_ids/0"), "sha256:aa\n");
  EXPECT_EQ(get("/config/Env"), "PATH=/bin:/sbin\nA=\nB\nA=2\n");
  EXPECT_EQ(get("/config/ExposedPorts"), "80/tcp={}\n53={\"x\":1}\n");
  EXPECT_EQ(get("/none"), "null\n");
  for (const std::string pointer :
       {"/config/env", "/os/version", "/rootfs/diff_ids/00", "/history/-", "/history/2", "//",
        "/config/", "/history/18446744073709551617"}) {
    expect_absent(pointer);
  }
}

TEST_F(ConfigQueryTest, finds_annotations_of_the_manifest) {
  expect_absent("manifest.annotation");
  put_config(document, R"(,"annotations":{"org.x.y":"1","z":"2"})");
  EXPECT_EQ(get("manifest.annotation"), "org.x.y=1\nz=2\n");
  EXPECT_EQ(get("manifest.annotations.org.x.y"), "1\n");
  expect_absent("manifest.annotation.org");
}

TEST_F(ConfigQueryTest, answers_in_the_order_of_the_questions) {
  EXPECT_EQ(ask({"--get", "os", "--get", "config.cmd", "--get=os"}), "linux\nsh\n-c\n\nlinux\n");
}

TEST_F(ConfigQueryTest, gives_programs_the_bytes_and_terminals_text) {
  EXPECT_EQ(get("config.label.d"), "x\ny\n");
  out_is_terminal = true;
  EXPECT_EQ(get("config.label.d"), "x\\ny\n");
  put_config(R"({"author":"\u001b[31m\u0085\u202e","os":"","architecture":"","config":{"Env":)"
             R"(["A=\u009b"]},"rootfs":{"type":"layers","diff_ids":[]}})");
  EXPECT_EQ(get("author"), "\\x1b[31m\\u0085\\u202e\n");
  EXPECT_EQ(get("config.env"), "A=\\u009b\n");
  EXPECT_EQ(get("config"), "Env=[\"A=\\u009b\"]\n");
}

TEST_F(ConfigQueryTest, prints_json) {
  put_config(document, R"(,"annotations":{"z":"1"})");
  const std::string ends = R"(,"manifest":{"descriptor":)" + entry("latest").to_json().dump() +
                           R"(,"annotations":{"z":"1"}}})" + "\n";
  const std::string start = R"({"descriptor":)" + config_.to_json().dump();
  // The document as it is, but for the escapes.
  EXPECT_EQ(ask({"--json"}), start + R"(,"config":)" + oci::Json::parse(document).dump() + ends);
  EXPECT_EQ(
      ask({"--json", "--get", "config.env", "--get=os", "--get=config.exposedports",
           "--get=config.env.A", "--get=os", "--get=/none"}),
      start +
          R"(,"values":{"config.env":["PATH=/bin:/sbin","A=","B","A=2"],"os":"linux",)"
          R"("config.exposedports":{"80/tcp":{},"53":{"x":1}},"config.env.A":"2","/none":null})" +
          ends);
}

TEST_F(ConfigQueryTest, goes_together_with_no_change) {
  const std::vector<Words> changes{{"--tag=x"},
                                   {"--config.user=u"},
                                   {"--config.cmd=x"},
                                   {"--config.env=A=1"},
                                   {"--config.env.rm=A"},
                                   {"--clear=all"},
                                   {"--os=x"},
                                   {"--manifest.annotation=a"},
                                   {"--created=nonsense"},
                                   {"--no-history"},
                                   {"--history.author=x"},
                                   {"--history.auto"},
                                   {"--config.cmd-json"},
                                   {"--config.volume="},
                                   {"--manifest.annotation.rm="}};
  for (Words words : changes) {
    if (words.front() == "--config.cmd-json") words.emplace_back("[]");
    for (const std::string query : {"--json", "--get=os"}) {
      Words both = words;
      both.push_back(query);
      // Nothing is read: there is nothing to read.
      const std::string told = run_badly(line(path("nosuch"), both));
      EXPECT_THAT(told, StartsWith(query.substr(0, query.find('=')) + " changes nothing"));
      EXPECT_THAT(told, HasSubstr(" may not be specified together")) << told;
    }
  }
}

TEST_F(ConfigQueryTest, is_none_if_json_is_false) {
  put_config(R"({"os":"","architecture":"","rootfs":{"type":"layers","diff_ids":[]}})");
  run_well(line(image(), {"--json=false", "--config.user=v"}));
  EXPECT_EQ(config_member("config.User"), "\"v\"");
  EXPECT_EQ(ask({"--json=false", "--get=config.user", "--no-history=false"}), "v\n");
}

TEST_F(ConfigQueryTest, wants_names_that_can_be_understood) {
  const auto refuse = [&](const std::string& name) {
    return run_badly(line(path("nosuch"), {"--get", "os", "--get", name}));
  };
  EXPECT_THAT(refuse(""), HasSubstr("invalid --get: the name is empty"));
  for (const std::string pointer : {"/~", "/a/~2/b", "/~0~", "/~/"}) {
    EXPECT_THAT(refuse(pointer), HasSubstr("invalid --get: in a JSON pointer"));
  }
  EXPECT_THAT(run_badly(line(path("nosuch"), {"--get=os"})), HasSubstr("invalid image detected"));
  EXPECT_THAT(run_badly(line(image(), {"--get=os", "x"})), HasSubstr("expected none, got 1"));
}

TEST_F(ConfigQueryTest, needs_an_image_configuration) {
  auto layout = open();
  const auto other = test::put_document(layout, "application/x.other", "{}");
  test::tag(layout, "other",
            test::put_document(
                layout, oci::media_type::manifest,
                R"({"schemaVersion":2,"config":)" + other.to_json().dump() + R"(,"layers":[]})"));
  EXPECT_THAT(run_badly(line(image("other"), {"--json"})), HasSubstr("unsupported source type"));
  EXPECT_THAT(run_badly(line(image("absent"), {"--get=os"})), HasSubstr("tag not found"));
}

/// Many members of which each name is the beginning of the next, nested.
TEST_F(ConfigQueryTest, ends_soon_whatever_the_names_are) {
  std::string nested = R"({"x":1})";
  for (int depth = 0; depth < 12; ++depth) {
    std::string level = "{";
    level += R"("a":)" + nested + R"(,"a.a":)" + R"({"a":{"a":{}}})";
    nested = level + "}";
  }
  put_config(R"({"os":"","architecture":"","rootfs":{"type":"layers"},"m":)" + nested + "}");
  std::string name = "m";
  for (int depth = 0; depth < 12; ++depth) name += ".a";
  EXPECT_EQ(get(name + ".x"), "1\n");
  expect_absent(name + ".y");
}

}  // namespace
}  // namespace umoci::cli
