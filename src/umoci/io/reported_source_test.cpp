// SPDX-License-Identifier: Apache-2.0
#include <umoci/io/reported_source.hpp>

#include <umoci_test/recording_progress.hpp>

#include <gtest/gtest.h>

namespace umoci::io {
namespace {

TEST(ReportedSource, tells_what_is_consumed) {
  test::RecordingProgress progress;
  BytesSource upstream("abcdef");
  ReportedSource source(upstream, &progress);
  EXPECT_EQ(as_text(source.peek()), "abcdef");
  EXPECT_EQ(progress.bytes(), 0U);
  source.consume(2);
  EXPECT_EQ(progress.bytes(), 2U);
  EXPECT_EQ(read_all(source, 100), "cdef");
  EXPECT_EQ(progress.bytes(), 6U);
  EXPECT_EQ(progress.entries(), 0U);
}

TEST(ReportedSource, works_without_a_progress) {
  BytesSource upstream("abcdef");
  ReportedSource source(upstream, nullptr);
  EXPECT_EQ(read_all(source, 100), "abcdef");
}

}  // namespace
}  // namespace umoci::io
