// SPDX-License-Identifier: Apache-2.0

// Every flag of every command with a value that is missing, empty, malformed or repeated: never a
// crash, one clear line, and nothing written unless the line succeeds.

#include <umoci_test/command_line.hpp>

#include <cli/commands/commands.hpp>
#include <umoci/oci/platform_name.hpp>

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>

namespace umoci::cli {
namespace {

using ::testing::StartsWith;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

enum class Verdict { accepted, refused };

struct FlagCase {
  std::string good;  ///< a value that every command with this flag accepts
  Verdict empty = Verdict::accepted;
  Words bad{};  ///< values that are refused
};

const std::string garbage = "\xff\xfe\x1b[31m\n\r\u202e";

/// By name. Booleans are not listed: they are all alike.
const std::map<std::string, FlagCase> flag_cases{
    {"image", {"", Verdict::refused, {":", ":t", "layout:", "layout:-", "layout:a b", "nosuch"}}},
    {"layout", {"", Verdict::refused, {"a:b", ":"}}},
    {"ref", {"latest", Verdict::refused, {"-", "a b", "@", "@x", "@sha256:", garbage}}},
    {"platform", {"", Verdict::refused, {"linux", "/", "linux/a/b/c", "Linux/amd64", garbage}}},
    {"tag", {"new", Verdict::refused, {"-", "a b", "a//b", "ä", garbage}}},
    {"compress", {"zstd", Verdict::accepted, {"xz", "GZIP", garbage}}},
    {"uid-map", {"0:1:1", Verdict::refused, {"0", "0:1:2:3", "x:y", "0:0:0", garbage}}},
    {"gid-map", {"0:1:1", Verdict::refused, {"0", "0:1:2:3", "x:y", "-1:0", garbage}}},
    {"history.author", {"x", Verdict::accepted}},
    {"history.comment", {"x", Verdict::accepted}},
    {"history.created_by", {"x", Verdict::accepted}},
    {"history.created", {"2020-01-01T00:00:00Z", Verdict::refused, {"Now", garbage}}},
    {"created", {"2020-01-01T00:00:00Z", Verdict::refused, {"1", garbage}}},
    {"author", {"x", Verdict::accepted}},
    {"platform.os", {"linux", Verdict::accepted}},
    {"platform.arch", {"amd64", Verdict::accepted}},
    {"platform.variant", {"v8", Verdict::accepted}},
    {"config.user", {"x", Verdict::accepted}},
    {"config.workingdir", {"/x", Verdict::accepted}},
    {"config.stopsignal", {"9", Verdict::accepted}},
    {"config.exposedports", {"80", Verdict::accepted}},
    {"config.volume", {"/x", Verdict::accepted}},
    {"config.entrypoint", {"x", Verdict::accepted}},
    {"config.cmd", {"x", Verdict::accepted}},
    {"config.entrypoint-json",
     {R"(["x"])", Verdict::refused, {"x", "[1]", "{}", "null", R"(["x",])", garbage}}},
    {"config.cmd-json", {"[]", Verdict::refused, {"[", R"(["\u0000"])", R"("x")", garbage}}},
    {"config.cmd-shell", {"x", Verdict::refused}},
    {"config.env", {"A=1", Verdict::refused, {"A", "=A", "=", garbage}}},
    {"config.label", {"a=1", Verdict::refused, {"a", "=a", "=", garbage}}},
    {"manifest.annotation", {"a=1", Verdict::refused, {"a", garbage}}},
    {"clear", {"config.env", Verdict::refused, {"config", "config.env,all", garbage}}},
    {"config.env.rm", {"A", Verdict::refused, {"A=", "=", "A=1"}}},
    {"config.label.rm", {"a", Verdict::refused}},
    {"config.exposedports.rm", {"80", Verdict::accepted}},
    {"config.volume.rm", {"/x", Verdict::accepted}},
    {"manifest.annotation.rm", {"a", Verdict::accepted}},
    {"get", {"os", Verdict::refused, {"o", "os.", "/", "/~", "/~2", "config.env.A", garbage}}},
    {"mask-path", {"/x", Verdict::accepted}},
    {"progress", {"none", Verdict::refused, {"fancy", "JSON", "none ", garbage}}},
    {"limit",
     {"entries=1K",
      Verdict::refused,
      {"entries", "entries=", "=1", "entrys=1", "entries=1k", "entries=-1", "entries=+1",
       "entries= 1", "entries=1KK", "entries=16777216T", "entries=18446744073709551616", garbage}}},
    {"chown", {"1:2", Verdict::refused, {"1", "root:root", "1:-1", "4294967295:0", garbage}}},
    {"chmod", {"0755", Verdict::refused, {"8", "u+x", "10000", "-1", garbage}}},
    {"mtime", {"@1", Verdict::refused, {"now", "@", "1.5", "2020-01-01", garbage}}},
    {"manifest", {"", Verdict::refused, {"nosuch", garbage}}},
    {"path", {"", Verdict::refused, {"nosuch", garbage}}},
    {"use-keywords", {"type", Verdict::refused, {"nosuch", ",", garbage}}},
    {"add-keywords", {"type", Verdict::accepted, {"nosuch", "type,nosuch", garbage}}},
    {"template", {"", Verdict::refused, {"nosuch", "layer.tar", garbage}}},
    {"volumes", {"tmpfs-copyup", Verdict::refused, {"bind", "bind:", "tmpfs:", "TMPFS", garbage}}},
    {"volume-options", {"rw,exec", Verdict::accepted, {",", "rw,", ",rw", "rw,,exec", garbage}}},
    {"rootfs", {"nosuch", Verdict::accepted, {"layer.tar"}}},
    {"from-file", {"", Verdict::refused, {"nosuch", "", garbage}}},
};

class FlagValuesTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout();
    run_well({"unpack", "--rootless", "--image", image(), path("bundle")});
    test::write_file(path("layer.tar"), std::string(1024, '\0'));
    stdfs::create_directory(path("tree"));
    test::write_file(path("manifest"), "#mtree\n. type=dir nochange\n");
    test::write_file(path("template"), "{}");
    test::write_file(path("list"), path("layer.tar") + " /target\n");
    for (const std::string name : {"layout", "bundle"}) {
      stdfs::rename(path(name), path("pristine-" + name));
    }
  }

  /// Makes layout and bundle as they were at the start.
  void reset() {
    if (is_pristine_) return;
    is_pristine_ = true;
    for (const std::string name : {"layout", "bundle"}) {
      stdfs::remove_all(path(name));
      stdfs::copy(path("pristine-" + name), path(name), stdfs::copy_options::recursive);
    }
    stdfs::remove_all(path("made"));
  }

  /// A line that succeeds, without `flag`.
  Words good_line(const std::string& name, const Command& command, std::string_view flag) const {
    Words words;
    constexpr std::string_view raw = "raw ";
    if (name.starts_with(raw)) words.emplace_back("raw");
    words.push_back(name.starts_with(raw) ? name.substr(raw.size()) : name);
    for (const Flag& other : command.flags) {
      if (other.name == flag) continue;
      if (other.presence == Presence::required) {
        words.insert(words.end(), {"--" + std::string(other.name), good_value(name, other)});
      }
    }
    const Words place = good_place(name, command, flag);
    words.insert(words.end(), place.begin(), place.end());
    if (name.ends_with("unpack")) words.insert(words.end(), {"--rootless", path("made")});
    if (name == "repack") words.push_back(path("bundle"));
    if (name == "tag") words.emplace_back("other");
    // A whiteout has no source; a list has both.
    if (name == "insert") words.emplace_back("--rootless");
    if (name == "insert" && flag != "from-file" && flag != "whiteout") {
      words.push_back(path("layer.tar"));
    }
    if (name == "insert" && flag != "from-file") words.emplace_back("/target");
    if (name == "raw runtime-config") words.push_back(path("made"));
    if (name == "raw add-layer") words.push_back(path("layer.tar"));
    return words;
  }
  /// The image or the layout, said in the way that `flag` can be used with.
  Words good_place(const std::string& name, const Command& command, std::string_view flag) const {
    const auto has = [&](std::string_view other) {
      return std::ranges::find(command.flags, other, &Flag::name) != command.flags.end();
    };
    if (flag == "image" || flag == "layout" || !has("layout")) return {};
    if (has("ref") && flag != "ref") return {"--image", image()};
    return {"--layout", good_layout(name)};
  }
  std::string good_layout(const std::string& command) const {
    return path(command == "init" ? "made" : "layout");
  }
  std::string good_value(const std::string& command, const Flag& flag) const {
    if (flag.name == "image") return command == "init" ? path("made") : image();
    if (flag.name == "platform") return oci::platform_name(oci::host_platform());
    if (flag.name == "from-file") return path("list");
    if (flag.name == "manifest") return path("manifest");
    if (flag.name == "path") return path("tree");
    if (flag.name == "template") return path("template");
    if (flag.name == "layout") return good_layout(command);
    return flag_cases.at(std::string(flag.name)).good;
  }

  void expect(Verdict verdict, const Words& words) {
    reset();
    const auto before = everything();
    const Outcome outcome = run(words);
    const auto fatal = fatal_lines(outcome.err);
    if (verdict == Verdict::accepted) {
      is_pristine_ = false;
      EXPECT_EQ(outcome.status, 0) << line_of(words) << "\n" << outcome;
      EXPECT_TRUE(fatal.empty()) << line_of(words) << "\n" << outcome;
      return;
    }
    EXPECT_EQ(outcome.status, 1) << line_of(words) << "\n" << outcome;
    ASSERT_EQ(fatal.size(), 1U) << line_of(words) << "\n" << outcome;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome;
    for (const char c : fatal.front()) {
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << line_of(words);
    }
    EXPECT_EQ(everything(), before) << line_of(words);
  }

  static Words joined(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  void try_boolean(const Words& line, const std::string& flag) {
    expect(Verdict::accepted, joined(line, {flag}));
    // The same line is right only with, or only without, --whiteout.
    const Verdict unset = flag == "--whiteout" ? Verdict::refused : Verdict::accepted;
    expect(unset, joined(line, {flag, flag + "=true", flag + "=0"}));
    for (const std::string& value : {std::string("="), std::string("=maybe"), "=" + garbage}) {
      expect(Verdict::refused, joined(line, {flag + value}));
    }
    // What follows is positional, which one command does not look at.
    const bool is_validation = line.at(1) == "mtree-validate";
    expect(is_validation ? Verdict::accepted : Verdict::refused, joined(line, {flag, "false"}));
  }

  void try_value(const std::string& command, const Words& line, const Flag& flag) {
    const std::string name = "--" + std::string(flag.name);
    const FlagCase& values = flag_cases.at(std::string(flag.name));
    const std::string good = good_value(command, flag);
    expect(Verdict::accepted, joined(line, {name, good}));
    if (flag.kind == FlagKind::single) {
      expect(Verdict::accepted, joined(line, {name, "overridden", name + "=" + good}));
    }
    expect(Verdict::refused, joined(line, {name}));
    expect(values.empty, joined(line, {name, ""}));
    expect(values.empty, joined(line, {name + "="}));
    for (const std::string& bad : values.bad) {
      if (command == "init" && bad == "nosuch") continue;
      const bool is_path = flag.name == "image" || flag.name == "layout" ||
                           flag.name == "from-file" || flag.name == "manifest" ||
                           flag.name == "path" || flag.name == "rootfs" || flag.name == "template";
      expect(Verdict::refused, joined(line, {name, is_path ? path(bad) : bad}));
    }
    for (const std::string_view alias : flag.aliases) {
      const std::string spelled = "--" + std::string(alias);
      expect(Verdict::accepted, joined(line, {spelled, good}));
      expect(Verdict::refused, joined(line, {spelled, good, name, good}));
    }
  }

 private:
  bool is_pristine_ = false;
};

/// By what is typed.
std::vector<std::pair<std::string, Command>> commands_with_flags() {
  std::vector<std::pair<std::string, Command>> found;
  for (const Command& command : all_commands()) {
    for (const Command& sub : command.subcommands) {
      found.emplace_back(std::string(command.name) + " " + std::string(sub.name), sub);
    }
    if (command.subcommands.empty() && command.run) {
      found.emplace_back(std::string(command.name), command);
    }
  }
  return found;
}

TEST_F(FlagValuesTest, are_told_when_wrong) {
  const auto commands = commands_with_flags();
  EXPECT_EQ(commands.size(), 15U);
  for (const auto& [name, command] : commands) {
    expect(Verdict::accepted, good_line(name, command, ""));
    for (const Flag& flag : command.flags) {
      SCOPED_TRACE(name + " --" + std::string(flag.name));
      const Words line = good_line(name, command, flag.name);
      if (flag.kind == FlagKind::boolean) {
        try_boolean(line, "--" + std::string(flag.name));
      } else {
        ASSERT_TRUE(flag_cases.contains(std::string(flag.name))) << "a new flag needs a case here";
        try_value(name, line, flag);
      }
    }
  }
}

}  // namespace
}  // namespace umoci::cli
