// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of umoci insert share.

#include <umoci/io/source.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci_test/command_line.hpp>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace umoci::cli {

class InsertTest : public CommandLineTest {
 protected:
  void SetUp() override { make_layout(); }

  /// Makes a file and gives it this mode and time.
  void make_file(const std::string& name, std::string_view content = "hello\n", mode_t mode = 0644,
                 std::int64_t seconds = 1000000000) {
    test::write_file(path(name), content);
    set(name, mode, seconds);
  }
  void make_directory(const std::string& name, mode_t mode = 0755, std::int64_t seconds = 1000) {
    std::filesystem::create_directories(path(name));
    set(name, mode, seconds);
  }
  void set(const std::string& name, mode_t mode, std::int64_t seconds) {
    ASSERT_EQ(::chmod(path(name).c_str(), mode), 0);
    set_time(name, seconds);
  }
  void set_time(const std::string& name, std::int64_t seconds) {
    const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                              {.tv_sec = seconds, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path(name).c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }

  /// A line that inserts into the image "latest" under the tag "new", whoever runs the tests.
  std::vector<std::string> line(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"insert", "--image", image(), "--tag", "new", "--compress=none"};
    if (::geteuid() != 0) words.emplace_back("--rootless");
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  void insert(const std::vector<std::string>& more) { EXPECT_EQ(run_well(line(more)), ""); }

  std::string diff_ids(std::string_view tag = "new") const {
    return config_member("rootfs.diff_ids", tag);
  }

  /// The entries of the topmost layer.
  std::vector<tree::Entry> entries(std::string_view tag = "new") const {
    const auto manifest = oci::Json::parse(manifest_text(tag));
    const auto layer = oci::Descriptor::from_json(manifest.find("layers")->if_array()->back());
    std::vector<tree::Entry> found;
    open().blobs().read(layer, [&](io::Source& tar_bytes) {
      tar::Reader reader(tar_bytes);
      while (const tree::Entry* entry = reader.next()) found.push_back(*entry);
    });
    return found;
  }
  std::vector<std::string> names(std::string_view tag = "new") const {
    std::vector<std::string> found;
    for (const auto& entry : entries(tag)) found.push_back(entry.path.text());
    return found;
  }
  tree::Entry entry_at(std::string_view name, std::string_view tag = "new") const {
    for (const auto& entry : entries(tag)) {
      if (entry.path.text() == name) return entry;
    }
    throw std::runtime_error("no entry " + std::string(name));
  }

  /// Runs a line that must fail and write nothing; returns what it says.
  std::string refuse(const std::vector<std::string>& more) {
    const auto before = everything();
    const std::string why = run_badly(line(more));
    EXPECT_EQ(everything(), before) << line_of(more);
    return why;
  }
};

}  // namespace umoci::cli
