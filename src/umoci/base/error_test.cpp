// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>

#include <gtest/gtest.h>

namespace umoci {
namespace {

using namespace std::string_literals;

TEST(Error, HidesNothingBehindANul) {
  Error error(ErrorKind::invalid_data, std::string("a\0b", 3));
  error.add_context(std::string("\0", 1));
  EXPECT_STREQ(error.what(), "\\x00: a\\x00b");
}

TEST(Error, IsItsMessageWithoutContext) {
  const Error error(ErrorKind::invalid_data, "bad checksum");
  EXPECT_STREQ(error.what(), "bad checksum");
  EXPECT_EQ(error.message(), "bad checksum");
  EXPECT_EQ(error.kind(), ErrorKind::invalid_data);
  EXPECT_TRUE(error.context().empty());
  EXPECT_FALSE(error.code());
}

TEST(Error, PutsLaterFramesInFront) {
  Error error(ErrorKind::invalid_data, "bad checksum");
  error.add_context("entry \"etc\"");
  error.add_context("layer 2 is damaged", ErrorFrame::Kind::verdict);
  EXPECT_STREQ(error.what(), "layer 2 is damaged: entry \"etc\": bad checksum");
  EXPECT_EQ(error.context(),
            (std::vector<ErrorFrame>{{"layer 2 is damaged", ErrorFrame::Kind::verdict},
                                     {"entry \"etc\"", ErrorFrame::Kind::place}}));
  EXPECT_EQ(error.message(), "bad checksum");
}

TEST(Error, EndsWithTheSystemsWords) {
  Error error = Error::from_errno(ENOENT, "open \"x\"");
  error.add_context("image");
  EXPECT_STREQ(error.what(), "image: open \"x\": No such file or directory");
  EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  EXPECT_STREQ(Error::from_errno(EIO, "").what(), "Input/output error");
}

TEST(Error, CopiesKeepTheirText) {
  Error error(ErrorKind::io, "message");
  Error copy = error;
  copy.add_context("frame");
  EXPECT_STREQ(error.what(), "message");
  EXPECT_STREQ(copy.what(), "frame: message");
}

TEST(Error, KindFollowsFromErrno) {
  const std::vector<std::pair<int, ErrorKind>> expected{
      {ENOENT, ErrorKind::not_found},
      {EEXIST, ErrorKind::already_exists},
      {EACCES, ErrorKind::permission},
      {EPERM, ErrorKind::permission},
      {EROFS, ErrorKind::permission},
      {ENOSPC, ErrorKind::no_space},
      {EDQUOT, ErrorKind::no_space},
      {ELOOP, ErrorKind::unsafe_path},
      {EXDEV, ErrorKind::unsafe_path},
      {ENAMETOOLONG, ErrorKind::invalid_argument},
      {EIO, ErrorKind::io},
      {EMFILE, ErrorKind::io},
  };
  for (const auto& [number, kind] : expected) {
    EXPECT_EQ(Error::from_errno(number, "x").kind(), kind) << number;
  }
}

TEST(ThrowErrno, TakesTheErrnoOfTheMoment) {
  errno = ENOSPC;
  try {
    // Building the message must not change what is reported.
    throw_errno("write " + quoted(std::string(1000, 'x')));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::no_space);
    EXPECT_EQ(error.code().value(), ENOSPC);
  }
}

TEST(InContext, ReturnsWhatTheFunctionReturns) {
  int frames = 0;
  const auto frame = [&] {
    ++frames;
    return "frame"s;
  };
  EXPECT_EQ(in_context(frame, [] { return 42; }), 42);
  std::string text = "x";
  in_context(frame, [&]() -> std::string& { return text; }) += "y";
  EXPECT_EQ(text, "xy");
  EXPECT_EQ(frames, 0);
}

TEST(InContext, AddsFramesAsTheErrorRises) {
  try {
    in_context([] { return "outer"s; },
               [] {
                 in_context([] { return "inner"s; },
                            [] { throw Error(ErrorKind::conflict, "message"); });
               });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "outer: inner: message");
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
  }
  EXPECT_THROW(in_context([] { return "frame"s; }, [] { throw std::bad_alloc(); }), std::bad_alloc);
}

TEST(Quoted, LeavesReadableTextAlone) {
  EXPECT_EQ(quoted(""), "\"\"");
  EXPECT_EQ(quoted("plain text"), "\"plain text\"");
  EXPECT_EQ(quoted("größe 漢字 🙂"), "\"größe 漢字 🙂\"");
}

TEST(Quoted, EscapesWhatWouldConfuseAReader) {
  EXPECT_EQ(quoted("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(quoted("a\nb\tc\x1b[0m\x7f"s), R"("a\x0ab\x09c\x1b[0m\x7f")");
  EXPECT_EQ(quoted("a\0b"s), R"("a\x00b")");
  EXPECT_EQ(quoted("\xff\xc3"), R"("\xff\xc3")");
  EXPECT_EQ(quoted("\xed\xa0\x80"), R"("\xed\xa0\x80")");  // a surrogate
}

TEST(Quoted, EscapesUnicodeThatSteersTerminals) {
  EXPECT_EQ(quoted("\xc2\x9b"
                   "31m"),
            R"("\xc2\x9b31m")");  // CSI as a single character
  EXPECT_EQ(quoted("\xe2\x80\xae"
                   "x"),
            R"("\xe2\x80\xaex")");                                        // right-to-left override
  EXPECT_EQ(quoted("\xe2\x80\xa8"), R"("\xe2\x80\xa8")");                 // line separator
  EXPECT_EQ(quoted("\xc2\xa0\xe2\x80\xa2"), "\"\xc2\xa0\xe2\x80\xa2\"");  // but not these
}

TEST(Quoted, tells_the_size_of_what_is_too_long_to_show) {
  const std::string longest(4096, 'x');
  EXPECT_EQ(quoted(longest), '"' + longest + '"');
  EXPECT_EQ(quoted(longest + "y"), '"' + longest + "\"... (4097 bytes)");
}

}  // namespace
}  // namespace umoci
