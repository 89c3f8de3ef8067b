// SPDX-License-Identifier: Apache-2.0
// Rules about layers, which are read for them.
#include <umoci/check/check.hpp>
#include <umoci/check/layout_test.hpp>

#include <umoci/codec/codec.hpp>
#include <umoci/io/sink.hpp>

#include <gmock/gmock.h>

#include <numeric>

namespace umoci::check {
namespace {

using oci::Json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view layer_type = "application/vnd.oci.image.layer.v1.tar";

/// An entry of an archive; the header is as plain as can be.
struct Member {
  std::string name;
  char type = '0';
  std::string content{};
  std::string link{};
  unsigned mode = 0644;
  std::string mtime = "00000000000";
};

std::string bytes_of(const Member& member) {
  std::string block(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    block.replace(at, text.size(), text);
  };
  put(0, member.name);
  put(100, fmt::format("{:07o}", member.mode));
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", member.content.size()));
  put(136, member.mtime);
  put(148, "        ");
  block[156] = member.type;
  put(157, member.link);
  put(257, std::string("ustar\0"
                       "00",
                       8));
  const auto sum = std::accumulate(block.begin(), block.end(), 0U, [](unsigned total, char c) {
    return total + static_cast<unsigned char>(c);
  });
  put(148, fmt::format("{:06o}", sum) + '\0');
  const std::size_t padding = (512 - member.content.size() % 512) % 512;
  return block + member.content + std::string(padding, '\0');
}

std::string archive(const std::vector<Member>& members) {
  std::string bytes;
  for (const Member& member : members) bytes += bytes_of(member);
  return bytes + std::string(1024, '\0');
}

std::string compressed(codec::Compression compression, std::string_view text) {
  io::BytesSink sink;
  const auto encoder = codec::encoder(compression, sink, {.jobs = 1});
  encoder->write(io::as_bytes(text));
  encoder->finish();
  return std::string(sink.bytes());
}

struct StoredLayer {
  std::string bytes;
  std::string media_type = std::string(layer_type);
  /// Of the uncompressed bytes; empty: those stored.
  std::string diff_id{};
  std::string annotations = "{}";
};

/// The findings about an image with these layers, as `error Y02 message`.
std::vector<std::string> findings(const std::vector<StoredLayer>& layers,
                                  std::string_view user = "", const LayoutCheckOptions& more = {}) {
  Json::Array descriptors;
  Json::Array diff_ids;
  std::vector<std::string> blobs;
  for (const StoredLayer& layer : layers) {
    const std::string digest = digest::digest_of(layer.bytes).text();
    descriptors.push_back(
        Json::parse(fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{},"annotations":{}}})",
                                layer.media_type, digest, layer.bytes.size(), layer.annotations)));
    diff_ids.emplace_back(layer.diff_id.empty() ? digest : layer.diff_id);
    blobs.push_back(layer.bytes);
  }
  const TestLayout layout({.config =
                               [&](Json& json) {
                                 json.find("rootfs")->set("diff_ids", diff_ids);
                                 json.erase("history");
                                 json.find("config")->set("User", user);
                               },
                           .manifest = [&](Json& json) { json.set("layers", descriptors); }});
  for (const std::string& blob : blobs) layout.put(blob);
  LayoutCheckOptions options = more;
  options.depth = LayoutCheckOptions::Depth::layers;
  std::vector<std::string> texts;
  for (const Finding& finding : layout.check(options)) {
    if (finding.rule == "L09") continue;
    const bool is_error = finding.severity == Severity::error;
    texts.push_back(
        fmt::format("{} {} {}", is_error ? "error" : "warning", finding.rule, finding.message));
  }
  return texts;
}

std::vector<std::string> findings(const std::vector<Member>& members) {
  return findings({StoredLayer{.bytes = archive(members)}});
}

struct Case {
  std::string_view expected;
  std::vector<Member> bad;
  std::vector<Member> good;
};

const Member directory{.name = "d/", .type = '5', .mode = 0755};
const Member file{.name = "d/f"};

TEST(LayerRules, AreBrokenByBadEntriesAndKeptByNearMisses) {
  const std::vector<Case> cases{
      {"error Y03", {file, file}, {file, {.name = "d/F"}}},
      {"error Y03", {file, {.name = "./d//f"}}, {file, {.name = "./d//g"}}},
      {"error Y04", {{.name = "../f"}}, {{.name = "d/../f"}}},
      {"error Y04", {{.name = "a/../../f"}}, {{.name = "a/..f/f"}}},
      {"warning Y04", {{.name = "/f"}}, {{.name = "./f"}}},
      {"error Y05", {{.name = "d/.wh."}}, {{.name = "d/.wh.x"}}},
      {"error Y05", {{.name = "d/.wh..."}}, {{.name = "d/.wh...."}}},
      {"warning Y05", {{.name = "d/.wh.x", .content = "x"}}, {{.name = "d/.wh.x"}}},
      {"warning Y05", {{.name = "d/.wh.x", .type = '5'}}, {{.name = "d/wh.x", .type = '5'}}},
      {"warning Y05", {{.name = "d/.wh..wh.plnk"}}, {{.name = "d/.wh..wh..opq"}}},
      {"error Y06",
       {{.name = "l", .type = '1', .link = "nothing"}},
       {file, {.name = "l", .type = '1', .link = "/d/f"}}},
      {"error Y06",
       {directory, {.name = "l", .type = '1', .link = "d"}},
       {{.name = "l", .type = '1', .link = "d/f"}, directory, file}},
      {"warning Y07",
       {{.name = "d/.wh.x"}, {.name = "d/.wh..wh..opq"}},
       {{.name = "d/.wh.x"}, {.name = "e/.wh..wh..opq"}}},
      {"warning Y07", {file, {.name = "d/.wh.x"}}, {{.name = "d/.wh.x"}, file}},
      {"warning Y08", {{.name = "c", .type = '3'}}, {{.name = "p", .type = '6'}}},
      {"warning Y08", {{.name = "s", .mode = 04777}}, {{.name = "s", .mode = 04775}}},
      {"warning Y08",
       {{.name = "t", .mtime = "100000000001"}},
       {{.name = "t", .mtime = "077777777777"}}},
      {"warning Y08", {{.name = "v", .type = 'V'}}, {{.name = "v", .type = '7'}}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(fmt::format("{} {}", test.expected, test.bad.front().name));
    EXPECT_THAT(findings(test.bad), Contains(StartsWith(std::string(test.expected))));
    EXPECT_THAT(findings(test.good), Not(Contains(StartsWith(std::string(test.expected)))));
  }
}

TEST(LayerRules, ArePassedByGoodLayers) {
  const std::string plain = archive({directory, file});
  const std::string diff_id = digest::digest_of(plain).text();
  EXPECT_THAT(findings({StoredLayer{.bytes = plain}}), IsEmpty());
  EXPECT_THAT(findings({{.bytes = compressed(codec::Compression::gzip, plain),
                         .media_type = std::string(layer_type) + "+gzip",
                         .diff_id = diff_id},
                        {.bytes = compressed(codec::Compression::zstd, plain),
                         .media_type = std::string(layer_type) + "+zstd",
                         .diff_id = diff_id}}),
              IsEmpty());
}

TEST(LayerRules, TellOfDamagedCompression) {
  const std::string plain = archive({directory, file});
  std::string bytes = compressed(codec::Compression::gzip, plain);
  const std::string gzip = std::string(layer_type) + "+gzip";
  const std::string diff_id = digest::digest_of(plain).text();
  EXPECT_THAT(
      findings({{.bytes = bytes, .diff_id = diff_id}}),
      testing::ElementsAre("warning Y01 compression is gzip, but the media type says none"));
  EXPECT_THAT(
      findings({{.bytes = bytes + std::string(10, '\0'), .media_type = gzip, .diff_id = diff_id}}),
      testing::ElementsAre(StartsWith("warning Y01 ignoring padding")));
  EXPECT_THAT(findings({{.bytes = bytes + "x", .media_type = gzip, .diff_id = diff_id}}),
              Contains(StartsWith("error Y01 ")));
  EXPECT_THAT(
      findings(
          {{.bytes = bytes.substr(0, bytes.size() / 2), .media_type = gzip, .diff_id = diff_id}}),
      Contains(StartsWith("error Y01 ")));
}

TEST(LayerRules, TellOfDamagedArchives) {
  const std::string whole = archive({directory, file});
  EXPECT_THAT(findings({StoredLayer{.bytes = whole.substr(0, 1024)}}),
              testing::ElementsAre("warning Y02 archive has no blocks at its end"));
  EXPECT_THAT(findings({StoredLayer{.bytes = whole.substr(0, 700)}}),
              testing::ElementsAre(StartsWith("error Y02 ")));
  std::string other = whole;
  other[100] = '7';
  EXPECT_THAT(findings({StoredLayer{.bytes = other}}),
              testing::ElementsAre(AllOf(StartsWith("error Y02 "), HasSubstr("checksum"))));
}

TEST(LayerRules, CompareDiffIdsAndAnnotatedSizes) {
  const std::string plain = archive({file});
  const auto size = [](std::size_t bytes) {
    return fmt::format(R"({{"ci.umo.uncompressed_blob_size":"{}"}})", bytes);
  };
  EXPECT_THAT(findings({{.bytes = plain, .annotations = size(plain.size())}}), IsEmpty());
  EXPECT_THAT(findings({{.bytes = plain, .annotations = size(plain.size() + 1)}}),
              testing::ElementsAre(StartsWith("warning Y09 ")));
  EXPECT_THAT(findings({{.bytes = plain, .diff_id = digest::digest_of(std::string_view()).text()}}),
              testing::ElementsAre(StartsWith("error C03 ")));
  EXPECT_THAT(findings({{.bytes = plain,
                         .diff_id = digest::digest_of(plain, digest::Algorithm::sha512).text()}}),
              IsEmpty());
}

TEST(LayerRules, KeepToTheLimits) {
  const std::vector<StoredLayer> layers{{.bytes = archive({directory, file})}};
  LayoutCheckOptions options;
  options.limits.entries = 1;
  EXPECT_THAT(findings(layers, "", options), testing::ElementsAre(StartsWith("error Y10 ")));
  options.limits.entries = 2;
  EXPECT_THAT(findings(layers, "", options), IsEmpty());
}

TEST(LayerRules, FindTargetsOfHardLinksInLowerLayers) {
  const Member link{.name = "l", .type = '1', .link = "d/f"};
  const auto image = [](const std::vector<std::vector<Member>>& layers) {
    std::vector<StoredLayer> stored;
    for (const auto& members : layers) stored.push_back({.bytes = archive(members)});
    return findings(stored);
  };
  EXPECT_THAT(image({{directory, file}, {link}}), IsEmpty());
  EXPECT_THAT(image({{directory, file}, {{.name = "x"}}, {link}}), IsEmpty());
  const auto is_broken = testing::ElementsAre(StartsWith("error Y06 "));
  EXPECT_THAT(image({{link}, {directory, file}}), is_broken);
  EXPECT_THAT(image({{directory, file}, {{.name = ".wh.d"}}, {link}}), is_broken);
  EXPECT_THAT(image({{directory, file}, {{.name = "d/.wh..wh..opq"}}, {link}}), is_broken);
  EXPECT_THAT(image({{directory, file}, {{.name = ".wh.e"}}, {link}}), IsEmpty());
  EXPECT_THAT(image({{{.name = "d/f", .type = '5'}}, {link}}), is_broken);
  // Nobody follows links for this.
  EXPECT_THAT(image({{{.name = "d", .type = '2', .link = "e"}, {.name = "e/f"}}, {link}}),
              IsEmpty());
}

TEST(LayerRules, LookUsersUpInTheImage) {
  const std::string accounts = archive({{.name = "etc/passwd", .content = "user:x:7:8::/:\n"},
                                        {.name = "etc/group", .content = "group:x:9:\n"}});
  EXPECT_THAT(findings({StoredLayer{.bytes = accounts}}, "user:group"), IsEmpty());
  EXPECT_THAT(findings({StoredLayer{.bytes = accounts}}, "5:6"), IsEmpty());
  EXPECT_THAT(findings({StoredLayer{.bytes = accounts}}, "nobody"),
              testing::ElementsAre(StartsWith("warning C09 ")));
  const StoredLayer removed{.bytes = archive({{.name = "etc/.wh.passwd"}})};
  EXPECT_THAT(findings({StoredLayer{.bytes = accounts}, removed}, "user"),
              testing::ElementsAre(StartsWith("warning C09 ")));
  // Links are not followed for this.
  const StoredLayer linked{.bytes = archive({{.name = "etc/passwd", .type = '2', .link = "x"}})};
  EXPECT_THAT(findings({StoredLayer{.bytes = accounts}, linked}, "nobody"), IsEmpty());
}

TEST(LayerRules, ReadALayerOnceHoweverOftenItIsUsed) {
  const StoredLayer layer{.bytes = archive({{.name = "/f"}})};
  EXPECT_THAT(findings({layer, layer, layer}), testing::ElementsAre(StartsWith("warning Y04 ")));
}

TEST(LayerRules, AreAppliedOnRequestOnly) {
  const TestLayout layout;
  EXPECT_THAT(brief(layout.check()), IsEmpty());
  EXPECT_THAT(brief(layout.check({.depth = LayoutCheckOptions::Depth::layers})), IsEmpty());
}

}  // namespace
}  // namespace umoci::check
