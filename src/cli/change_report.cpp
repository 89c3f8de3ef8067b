// SPDX-License-Identifier: Apache-2.0
#include <cli/change_report.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/ref_name.hpp>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <vector>

namespace umoci::cli {
namespace {

/// Digests in an index may be of any text.
std::string shown(const digest::Digest& digest) {
  const std::string& text = digest.text();
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
  return is_plain ? text : quoted(text);
}

/// What a name means; several entries of the index may have it.
std::string meaning(const std::vector<digest::Digest>& digests) {
  if (digests.empty()) return "none";
  std::string text;
  for (const digest::Digest& digest : digests) {
    if (!text.empty()) text += ',';
    text += shown(digest);
  }
  return text;
}

}  // namespace

void print_text(std::ostream& out, const store::ForeseenChanges& changes) {
  for (const store::StoredBlob& blob : changes.written) {
    out << "blob " << blob.digest.text() << ' ' << blob.size_bytes << '\n';
  }
  for (const auto& [name, before, after] : changes.refs) {
    out << "tag " << (store::is_ref_name(name) ? name : quoted(name)) << ' ' << meaning(before)
        << " -> " << meaning(after) << '\n';
  }
}

bool report_if_foreseen(const Invocation& line, const store::Layout& layout) {
  const auto changes = layout.foreseen();
  if (!changes) return false;
  print_text(line.io.out, *changes);
  std::uint64_t size_bytes = 0;
  for (const store::StoredBlob& blob : changes->written) size_bytes += blob.size_bytes;
  line.log.info("nothing written: dry run", {{"blobs", std::to_string(changes->written.size())},
                                             {"bytes", std::to_string(size_bytes)},
                                             {"tags", std::to_string(changes->refs.size())}});
  return true;
}

void report_new_image(const Invocation& line, const store::Layout& layout,
                      const image::DescriptorPath& path, const std::string& tag) {
  if (report_if_foreseen(line, layout)) return;
  line.log.info("new image manifest created: " + path.root().digest.text() + "->" +
                path.target().digest.text());
  line.log.info("created new tag for image manifest", {{"tag", tag}});
}

}  // namespace umoci::cli
