// SPDX-License-Identifier: Apache-2.0
// Damaged documents, read by us and by Python.
#include <umoci/oci/image_config.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/oci/manifest.hpp>

#include <umoci/base/error.hpp>

#include <umoci_test/run_program.hpp>

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace umoci::oci {
namespace {

constexpr std::array<std::string_view, 5> seeds{
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)"
    R"({"mediaType":"m","digest":"sha256:00","size":124,"data":"e30="},"layers":[{"size":1,)"
    R"("digest":"d","urls":["u"],"x":[1.5e3,-0,true]}],"annotations":{"a":"b"}})",
    R"({"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"d","size":9,"platform":)"
    R"({"architecture":"a","os":"o","os.features":["f"]},"annotations":{"a":null}}],"z":{}})",
    R"({"created":"2020-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":)"
    R"({"Env":["A=1"],"Labels":{"a":"b"},"Volumes":{"/v":{}},"Healthcheck":{"Interval":3e9}},)"
    R"("rootfs":{"type":"layers","diff_ids":["sha256:00"]},"history":[{"empty_layer":true}]})",
    "[\"\\u00e9\\ud83d\\ude00\\n\xc3\xa9\xf0\x9f\x98\x80\", 0.1, 1E-2, [[[]]], {\"\": null}]",
    " \t{ \"a\" : [ 1 , 2 ] ,\r\n \"b\" : \"\\\"\\\\/\" } "};

/// Pieces that mean something to a parser, besides single bytes of any value.
constexpr std::array<std::string_view, 26> pieces{"{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  ",",
                                                  ":",
                                                  "\"",
                                                  "\\",
                                                  "null",
                                                  "true",
                                                  "-",
                                                  "0",
                                                  "1",
                                                  "e",
                                                  ".",
                                                  "\\u",
                                                  "\\ud800",
                                                  "\n",
                                                  "\"a\":1",
                                                  "1e999",
                                                  "\xef\xbb\xbf",
                                                  "\xc3",
                                                  "//",
                                                  " ",
                                                  "NaN",
                                                  "12345678901234567890123"};

class Damage {
 public:
  std::string apply() {
    std::string text(seeds.at(below(seeds.size())));
    for (std::size_t count = below(4); count > 0; --count) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(below(8), text.size() - at);
    switch (below(5)) {
      case 0:
        text.insert(at, pieces.at(below(pieces.size())));
        break;
      case 1:
        text.replace(at, std::min<std::size_t>(1, length), 1, static_cast<char>(below(256)));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(below(text.size() + 1), text.substr(at, length));
        break;
      default:
        text.resize(at);
        break;
    }
  }

  // Always the same documents.
  std::mt19937 random_{20240229};  // NOLINT(bugprone-random-generator-seed)
};

std::vector<std::string> damaged_documents() {
  Damage damage;
  std::vector<std::string> texts;
  for (int i = 0; i < 8'000; ++i) texts.push_back(damage.apply());
  return texts;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0xfU];
  }
  return text;
}

/// Python's json with its liberties taken away: NaN, infinite numbers, duplicate members, lone
/// surrogates. Prints a line for each document: `error`, or its text in normal form.
constexpr const char* oracle = R"(
import json, math, sys
def fail(*_): raise ValueError
def members(pairs):
    if len({name for name, _ in pairs}) != len(pairs): fail()
    return dict(pairs)
def number(text):
    if math.isinf(float(text)): fail()
    return float(text)
def read(line):
    value = json.loads(bytes.fromhex(line).decode('utf-8'), parse_constant=fail,
                       parse_float=number, object_pairs_hook=members)
    return json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode('utf-8').hex()
for line in sys.stdin:
    try: print(read(line))
    except (ValueError, RecursionError): print('error')
)";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
  }
  return lines;
}

std::vector<std::string> ask_python(const std::vector<std::string>& hex_lines) {
  std::string input;
  for (const std::string& line : hex_lines) input += line + "\n";
  const test::ProgramResult result = test::run_program({"python3", "-c", oracle}, input);
  EXPECT_EQ(result.status, 0) << result.err;
  return lines_of(result.out);
}

TEST(JsonOracle, PythonReadsTheSame) {
  if (!test::has_program("python3")) GTEST_SKIP() << "python3 is not installed";
  const std::vector<std::string> texts = damaged_documents();
  std::vector<std::string> originals;
  std::vector<std::string> rewritten;  // by us; "00" is nothing that Python would take
  std::size_t accepted_count = 0;
  for (const std::string& text : texts) {
    originals.push_back(hex(text));
    try {
      rewritten.push_back(hex(Json::parse(text).dump()));
      ++accepted_count;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
      rewritten.emplace_back("00");
    }
  }
  const std::vector<std::string> expected = ask_python(originals);
  const std::vector<std::string> actual = ask_python(rewritten);
  ASSERT_EQ(expected.size(), texts.size());
  ASSERT_EQ(actual.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(actual[i], expected[i]) << quoted(texts[i]);
  }
  EXPECT_GT(accepted_count, texts.size() / 10);
  EXPECT_LT(accepted_count, texts.size() / 2 + texts.size() / 4);
}

/// Calls parse(text).dump(), which must be a fixed point, or fail as documents may fail.
template <class Document>
void expect_orderly(Document (&parse)(std::string_view, const Limits&), const std::string& text) {
  std::string dumped;
  try {
    dumped = parse(text, {}).dump();
  } catch (const Error& error) {
    EXPECT_TRUE(error.kind() == ErrorKind::invalid_data) << error.what();
    return;
  }
  EXPECT_EQ(parse(dumped, {}).dump(), dumped) << quoted(text);
}

TEST(JsonOracle, DamagedDocumentsAreErrorsOrSurvive) {
  for (const std::string& text : damaged_documents()) {
    expect_orderly(Manifest::parse, text);
    expect_orderly(Index::parse, text);
    expect_orderly(Index::parse_top_level, text);
    expect_orderly(ImageConfig::parse, text);
  }
}

}  // namespace
}  // namespace umoci::oci
