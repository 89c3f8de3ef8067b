// SPDX-License-Identifier: Apache-2.0

// Every flag of every command with a value that is missing, empty, malformed or repeated: never a
// crash, one clear line, and nothing written unless the line succeeds.

#include <umoci_test/command_line.hpp>

#include <cli/commands/commands.hpp>
#include <cli/global_flags.hpp>
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

const std::string garbage = "\xff\xfe\x1b[31m\n\r\u202e";

/// Values that are wrong for most flags.
const std::map<std::string, std::string> odd_values{
    {"equals", "="},
    {"colon", ":"},
    {"negative", "-1"},
    {"20 digits", "99999999999999999999"},
    {"no UTF-8", "a\xff\xc3"},
    {"newline", "a\nb"},
    {"64 KiB", std::string(65536, 'x')},
    {"upwards", "../.."},
};

struct FlagCase {
  std::string good;  ///< a value that every command with this flag accepts
  Verdict empty = Verdict::accepted;
  Words bad{};  ///< values that are refused
  Verdict odd = Verdict::refused;
  /// Names of odd values of which the opposite is true.
  Words exceptions{};
  Verdict repeated = Verdict::accepted;  ///< the good value, twice
};

constexpr auto accepted = Verdict::accepted;
constexpr auto refused = Verdict::refused;

FlagCase free_text(std::string good) {
  return {.good = std::move(good), .empty = accepted, .odd = accepted};
}

const FlagCase new_name{"latest",
                        refused,
                        {"-", "a b", "@", "@x", "@sha256:", garbage},
                        refused,
                        {"20 digits", "64 KiB"}};

/// By name, after that of the command where it matters. Booleans are not listed: they are all
/// alike.
const std::map<std::string, FlagCase> flag_cases{
    {"image", {"", refused, {":", ":t", "layout:", "layout:-", "layout:a b", "nosuch"}}},
    {"init --image",
     {"",
      refused,
      {":", ":t", "layout:", "layout:-", "layout:a b"},
      refused,
      {"equals", "negative", "20 digits", "no UTF-8", "newline"}}},
    {"layout", {"", refused, {"a:b", ":"}}},
    {"init --layout",
     {"",
      refused,
      {"a:b", ":"},
      refused,
      {"equals", "negative", "20 digits", "no UTF-8", "newline"}}},
    {"ref", {"latest", refused, {"-", "a b", "@", "@x", "@sha256:", garbage}}},
    // Where a name may be new, or need not be there.
    {"new --ref", new_name},
    {"remove --ref", {"latest", accepted, {"@", "@x", "@sha256:"}, accepted}},
    {"repack --ref", new_name},
    {"platform", {"", refused, {"linux", "/", "linux/a/b/c", "Linux/amd64", garbage}}},
    {"log", {"INFO", refused, {"5", "warn ", garbage}}},
    {"tag", {"new", refused, {"-", "a b", "a//b", "ä", garbage}, refused, {"20 digits", "64 KiB"}}},
    {"compress", {"zstd", accepted, {"xz", "GZIP", garbage}}},
    // Twice the same range could not be reversed.
    {"uid-map",
     {"0:1:1", refused, {"0", "0:1:2:3", "x:y", "0:0:0", garbage}, refused, {}, refused}},
    {"gid-map", {"0:1:1", refused, {"0", "0:1:2:3", "x:y", "-1:0", garbage}, refused, {}, refused}},
    {"history.author", free_text("x")},
    {"history.comment", free_text("x")},
    {"history.created_by", free_text("x")},
    {"history.created", {"2020-01-01T00:00:00Z", refused, {"Now", garbage}}},
    {"created", {"2020-01-01T00:00:00Z", refused, {"1", garbage}}},
    {"author", free_text("x")},
    {"platform.os", free_text("linux")},
    {"platform.arch", free_text("amd64")},
    {"platform.variant", free_text("v8")},
    {"config.user", free_text("x")},
    {"config.workingdir", free_text("/x")},
    {"config.stopsignal", free_text("9")},
    {"config.exposedports", free_text("80")},
    {"config.volume", free_text("/x")},
    {"config.entrypoint", free_text("x")},
    {"config.cmd", free_text("x")},
    {"config.env", {"A=1", refused, {"A", "=A", "=", garbage}}},
    {"config.label", {"a=1", refused, {"a", "=a", "=", garbage}}},
    {"manifest.annotation", {"a=1", refused, {"a", garbage}, refused, {"equals"}}},
    {"config.entrypoint-json",
     {R"(["x"])", refused, {"x", "[1]", "{}", "null", R"(["x",])", garbage}}},
    {"config.cmd-json", {"[]", refused, {"[", R"(["\u0000"])", R"("x")", garbage}}},
    {"config.cmd-shell", {"x", refused, {}, accepted}},
    {"clear", {"config.env", refused, {"config", "config.env,all", garbage}}},
    {"config.env.rm", {"A", refused, {"A=", "=", "A=1"}, accepted, {"equals"}}},
    {"config.label.rm", {"a", refused, {}, accepted}},
    {"config.exposedports.rm", free_text("80")},
    {"config.volume.rm", free_text("/x")},
    {"manifest.annotation.rm", free_text("a")},
    {"get", {"os", refused, {"o", "os.", "/", "/~", "/~2", "config.env.A", garbage}}},
    {"progress", {"none", refused, {"fancy", "JSON", "none ", garbage}}},
    {"mask-path", free_text("/x")},
    {"on-moved", {"error", refused, {"fail", "Rebase", "warn ", garbage}}},
    {"tag --target", {"root", refused, {"index", "root "}}},
    {"mask-glob",
     {"*.x",
      refused,
      {"/", "..", "a/../b", "[", "[]", "[b-a]", "***", "a**", "\\"},
      accepted,
      {"64 KiB", "upwards"}}},
    {"limit",
     {"entries=1K",
      refused,
      {"entries", "entries=", "=1", "entrys=1", "entries=1k", "entries=-1", "entries=+1",
       "entries= 1", "entries=1KK", "entries=16777216T", "entries=18446744073709551616", garbage}}},
    {"lock-timeout", {"5", refused, {"-1", "+1", "1s", "0.5", " 1", "31536001", garbage}}},
    {"if-match", {"none", refused, {"NONE", "latest", "sha256:12", garbage}}},
    {"keep",
     {"sha256:" + std::string(64, '0'),
      refused,
      {"latest", "sha256:12", "@", "@nosuch/list", garbage}}},
    {"min-age", {"1h", refused, {"h", "-1", "+1", "1w", "1.5h", "1H", "366001d", garbage}}},
    {"chown", {"1:2", refused, {"1", "root:root", "1:-1", "4294967295:0", garbage}}},
    {"chmod", {"0755", refused, {"8", "u+x", "10000", "-1", garbage}}},
    {"mtime", {"@1", refused, {"now", "@", "1.5", "2020-01-01", garbage}, refused, {"negative"}}},
    {"manifest", {"", refused, {"nosuch", garbage}}},
    {"path", {"", refused, {"nosuch", garbage}}},
    {"use-keywords", {"type", refused, {"nosuch", ",", garbage}}},
    {"add-keywords", {"type", accepted, {"nosuch", "type,nosuch", garbage}}},
    {"template", {"", refused, {"nosuch", "layer.tar", garbage}}},
    {"profile", {"minimal", refused, {"Docker", "docker ", "podman", garbage}}},
    {"oci-version",
     {"1.0.2", refused, {"1", "1.0", "v1.0.0", "1.3.1", "2.0.0", "0.9.9", "1.0.0-rc1", garbage}}},
    {"volumes", {"tmpfs-copyup", refused, {"bind", "bind:", "tmpfs:", "TMPFS", garbage}}},
    {"volume-options",
     {"rw,exec", accepted, {",", "rw,", ",rw", "rw,,exec", garbage}, accepted, {"no UTF-8"}}},
    {"rootfs", {"nosuch", accepted, {"layer.tar"}, accepted, {"no UTF-8", "64 KiB"}}},
    {"from-file", {"", refused, {"nosuch", "", garbage}}},
};

const FlagCase& case_of(const std::string& command, std::string_view flag) {
  const std::string name(flag);
  const auto found = flag_cases.find(command + " --" + name);
  if (found != flag_cases.end()) return found->second;
  if (flag_cases.contains(name)) return flag_cases.at(name);
  throw std::runtime_error("umoci " + command + " has a new flag --" + name +
                           ": say in flag_cases which values it takes");
}

bool is_path(std::string_view flag) {
  return flag == "image" || flag == "layout" || flag == "from-file" || flag == "manifest" ||
         flag == "path" || flag == "rootfs" || flag == "template";
}

class FlagValuesTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout();
    latest_digest_ = entry("latest").digest.text();
    run_well({"unpack", "--rootless", "--image", image(), path("bundle")});
    test::write_file(path("layer.tar"), std::string(1024, '\0'));
    stdfs::create_directory(path("tree"));
    test::write_file(path("manifest"), "#mtree\n. type=dir nochange\n");
    test::write_file(path("template"), "{}");
    const std::string range = std::to_string(::geteuid()) + ":100000:65536\n";
    for (const char* name : {"subuid", "subgid"}) test::write_file(path(name), range);
    test::write_file(path("list"), path("layer.tar") + " /target\n");
    stdfs::create_directories(path(below));
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
    // What `init` may have made there.
    stdfs::remove_all(path(below));
    stdfs::create_directories(path(below));
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
    if (flag.name == "if-match" && command != "tag") return latest_digest_;
    return case_of(command, flag.name).good;
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
    // Only how the command is to be used goes there.
    if (!outcome.out.empty()) {
      EXPECT_THAT(outcome.out, StartsWith("Incorrect Usage")) << line_of(words);
    }
    for (const char c : fatal.front()) {
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << line_of(words);
    }
    EXPECT_EQ(everything(), before) << line_of(words);
  }

  static Words joined(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  void try_boolean(const Words& line, const Flag& row) {
    const std::string flag = "--" + std::string(row.name);
    expect(Verdict::accepted, joined(line, {flag}));
    // The same line is right only with, or only without, --whiteout.
    const Verdict unset = flag == "--whiteout" ? Verdict::refused : Verdict::accepted;
    expect(unset, joined(line, {flag, flag + "=true", flag + "=0"}));
    for (const std::string& word : row.words) {
      expect(Verdict::accepted, joined(line, {flag + "=" + word}));
      expect(Verdict::accepted, joined(line, {flag + "=false", flag + "=" + word, flag}));
      expect(Verdict::refused, joined(line, {flag + "=" + word + " "}));
    }
    for (const std::string& value : {std::string("="), std::string("=maybe"), "=" + garbage}) {
      expect(Verdict::refused, joined(line, {flag + value}));
    }
    // What follows is positional, which one command does not look at.
    const bool is_validation = line.at(1) == "mtree-validate";
    expect(is_validation ? Verdict::accepted : Verdict::refused, joined(line, {flag, "false"}));
  }

  void try_value(const std::string& command, const Words& line, const Flag& flag) {
    const std::string name = "--" + std::string(flag.name);
    const FlagCase& values = case_of(command, flag.name);
    const std::string good = good_value(command, flag);
    expect(accepted, joined(line, {name, good}));
    expect(values.repeated, joined(line, {name, good, name, good}));
    if (flag.kind == FlagKind::single) {
      expect(accepted, joined(line, {name, "overridden", name + "=" + good}));
    }
    expect(refused, joined(line, {name}));
    expect(values.empty, joined(line, {name, ""}));
    expect(values.empty, joined(line, {name + "="}));
    for (const std::string& bad : values.bad) {
      expect(refused, joined(line, {name, is_path(flag.name) ? path(bad) : bad}));
    }
    try_odd_values(command, line, flag);
    for (const std::string_view alias : flag.aliases) {
      const std::string spelled = "--" + std::string(alias);
      expect(accepted, joined(line, {spelled, good}));
      expect(refused, joined(line, {spelled, good, name, good}));
    }
  }

  void try_odd_values(const std::string& command, const Words& line, const Flag& flag) {
    const FlagCase& values = case_of(command, flag.name);
    for (const auto& [odd, value] : odd_values) {
      // It would be right, and differ.
      if (flag.name == "path" && odd == "upwards") continue;
      const bool is_exception =
          std::ranges::find(values.exceptions, odd) != values.exceptions.end();
      const Verdict other = values.odd == accepted ? refused : accepted;
      const std::string given = is_path(flag.name) ? path(below) + "/" + value : value;
      SCOPED_TRACE(odd);
      expect(is_exception ? other : values.odd,
             joined(line, {"--" + std::string(flag.name) + "=" + given}));
    }
  }

 private:
  /// Where relative paths begin, deep enough for those that lead upwards.
  static constexpr std::string_view below = "a/b";

  std::string latest_digest_;
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
        try_boolean(line, flag);
      } else {
        try_value(name, line, flag);
      }
    }
  }
}

TEST_F(FlagValuesTest, of_global_flags_are_told_when_wrong) {
  const Words command{"list", "--layout", path("layout")};
  auto flags = global_flags();
  flags.push_back({.name = "help"});
  for (const Flag& flag : flags) {
    SCOPED_TRACE(flag.name);
    const std::string name = "--" + std::string(flag.name);
    if (flag.kind == FlagKind::boolean) {
      expect(accepted, joined({name, name + "=true", name + "=0"}, command));
      expect(refused, joined({name + "="}, command));
      for (const auto& [odd, value] : odd_values) {
        expect(refused, joined({name + "=" + value}, command));
        expect(refused, joined(command, {name + "=" + value}));
      }
    } else {
      try_value("", command, flag);
    }
  }
  for (const auto& [odd, value] : odd_values) expect(refused, {"raw", "--help=" + value});
  expect(refused, joined({"--verbose", "--log=info"}, command));
}

}  // namespace
}  // namespace umoci::cli
