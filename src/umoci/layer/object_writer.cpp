// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/object_writer.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/layer/layer_metadata.hpp>
#include <umoci/layer/whiteout.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace umoci::layer {
namespace {

/// How many paths an error message names.
constexpr std::size_t max_reported = 20;

/// The content of a file that must keep the size it had when it was looked at.
class UnchangedContent final : public io::Source {
 public:
  UnchangedContent(std::unique_ptr<io::Source> file, const tree::Entry& entry)
      : file_(std::move(file)), path_(entry.path), rest_bytes_(entry.size_bytes) {}

  [[nodiscard]] io::Bytes peek() override {
    const io::Bytes chunk = file_->peek();
    if (chunk.empty() && rest_bytes_ > 0) fail();
    return chunk.first(std::min<std::uint64_t>(chunk.size(), rest_bytes_));
  }

  void consume(std::size_t count) override {
    file_->consume(count);
    rest_bytes_ -= count;
  }

  /// To be called when all was read.
  void check_end() {
    if (rest_bytes_ > 0 || !file_->peek().empty()) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorKind::conflict,
                "file " + quoted(path_.display()) + " changed while it was read");
  }

  std::unique_ptr<io::Source> file_;
  tree::TreePath path_;
  std::uint64_t rest_bytes_;
};

}  // namespace

void warn_of_socket(Log& log, const tree::TreePath& path) {
  log.warn("socket is left out, no layer can hold one", {{"path", path.display()}});
}

ObjectWriter::ObjectWriter(tree::EntrySink& layer, const ChangesetOptions& options)
    : layer_(layer),
      options_(options),
      log_(options.log != nullptr ? *options.log : silent_log()) {}

void ObjectWriter::put(tree::Entry entry, const fs::Directory& parent, std::string_view name) {
  if (whiteout_of(entry.path)) {
    throw Error(ErrorKind::invalid_data, "no layer can hold a name that begins with \".wh.\": " +
                                             quoted(entry.path.display()));
  }
  if (entry.type == tree::EntryType::socket) return warn_of_socket(log_, entry.path);
  const tree::InodeId inode = std::exchange(entry.inode, {});
  const bool may_be_linked =
      std::exchange(entry.link_count, 1) > 1 && entry.type != tree::EntryType::directory;
  if (!prepare_for_layer(entry, options_, log_)) report_unmapped(entry);
  // A layer that will be given up needs no more entries.
  if (unmapped_count_ > 0) return;
  if (may_be_linked) {
    const auto [first, added] = names_.emplace(inode, entry.path);
    if (!added) {
      entry.type = tree::EntryType::hard_link;
      entry.link = first->second.text();
      entry.size_bytes = 0;
    }
  }
  if (entry.type != tree::EntryType::file) return put_made(entry);
  UnchangedContent content(fs::open_content(parent, name, inode), entry);
  layer_.put(entry, content);
  content.check_end();
}

void ObjectWriter::put_made(const tree::Entry& entry) {
  if (unmapped_count_ > 0) return;
  io::BytesSource nothing{io::Bytes{}};
  layer_.put(entry, nothing);
}

void ObjectWriter::report_unmapped(const tree::Entry& entry) {
  const std::string owner = std::to_string(entry.uid) + ":" + std::to_string(entry.gid);
  log_.warn("owner cannot be mapped to the container",
            {{"path", entry.path.display()}, {"owner", owner}});
  if (++unmapped_count_ > max_reported) return;
  unmapped_ += (unmapped_.empty() ? " " : ", ") + quoted(entry.path.display()) + " of " + owner;
}

void ObjectWriter::check_owners() const {
  if (unmapped_count_ == 0) return;
  std::string message = "owner cannot be mapped to the container:" + unmapped_;
  if (unmapped_count_ > max_reported) {
    message += " and " + std::to_string(unmapped_count_ - max_reported) + " more";
  }
  throw Error(ErrorKind::invalid_argument, message);
}

}  // namespace umoci::layer
