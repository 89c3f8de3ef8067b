// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/history.hpp>

#include <gtest/gtest.h>

namespace umoci::image {
namespace {

TEST(HistoryRequest, TakesDefaultsForWhatIsNotSaid) {
  oci::ImageConfig config("amd64", "linux");
  config.set_author("author");
  HistoryRequest request;
  request.created = "2020-01-01T00:00:00Z";
  request.default_created_by = "umoci repack";
  oci::History expected;
  expected.created = "2020-01-01T00:00:00Z";
  expected.created_by = "umoci repack";
  expected.author = "author";
  EXPECT_EQ(request.line(config), expected);
  request.default_author = DefaultAuthor::none;
  expected.author = "";
  EXPECT_EQ(request.line(config), expected);
}

TEST(HistoryRequest, TakesWhatIsSaidEvenIfItIsEmpty) {
  oci::ImageConfig config("amd64", "linux");
  config.set_author("author");
  HistoryRequest request;
  request.default_created_by = "umoci repack";
  request.author = "";
  request.created_by = "me";
  request.comment = "why";
  const oci::History line = request.line(config);
  EXPECT_EQ(line.author, "");
  EXPECT_EQ(line.created_by, "me");
  EXPECT_EQ(line.comment, "why");
  EXPECT_FALSE(line.empty_layer);
}

}  // namespace
}  // namespace umoci::image
