// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/walker.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/directory_stack.hpp>
#include <umoci/fs/metadata.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace umoci::fs {
namespace {

enum class XattrReading { yes, no };

[[noreturn]] void throw_changed(std::string_view name) {
  throw Error(ErrorKind::conflict, quoted(name) + " was replaced or removed meanwhile");
}

std::optional<tree::Entry> read(const Directory& parent, std::string_view name,
                                XattrReading reading) {
  const std::optional<struct stat> status = parent.status(name);
  if (!status) return std::nullopt;
  tree::Entry entry = entry_of(*status);
  try {
    if (entry.type == tree::EntryType::symlink) entry.link = parent.read_link(name);
    if (reading == XattrReading::yes) entry.xattrs = parent.xattrs(name);
  } catch (const Error& error) {
    // It was there just now.
    if (error.kind() == ErrorKind::not_found) throw_changed(name);
    throw;
  }
  return entry;
}

std::unique_ptr<io::Source> source_of(UniqueFd file, std::uint64_t size_bytes) {
  // Most files are small: a buffer for the largest would cost more than reading them.
  constexpr std::uint64_t smallest = 4U << 10U;
  constexpr std::uint64_t largest = 256U << 10U;
  const std::uint64_t chunk_bytes =
      std::clamp(std::min(size_bytes, largest) + 1, smallest, largest);
  return std::make_unique<io::FileSource>(std::move(file), static_cast<std::size_t>(chunk_bytes));
}

/// Opens the file only if somebody looks into it.
class Content final : public io::Source {
 public:
  Content(const Directory& parent, const tree::Entry& entry) : parent_(parent), entry_(entry) {}

  [[nodiscard]] io::Bytes peek() override {
    if (!source_) {
      source_ = in_context([&] { return "read " + quoted(entry_.path.display()); },
                           [&] {
                             return source_of(parent_.open_file(entry_.path.name(), entry_.inode),
                                              entry_.size_bytes);
                           });
    }
    return source_->peek();
  }
  void consume(std::size_t count) override {
    if (source_) source_->consume(count);
  }

 private:
  const Directory& parent_;
  const tree::Entry& entry_;
  std::unique_ptr<io::Source> source_;
};

}  // namespace

class Walker::Impl {
 public:
  Impl(Root root, WalkOptions options, tree::TreePath start)
      : root_(std::move(root)), options_(std::move(options)), start_(std::move(start)) {}

  const tree::Entry* next() {
    content_.reset();
    if (!begun_) {
      begun_ = true;
      return in_context([&] { return "walk " + quoted(start_.display()); },
                        [&] { return begin(); });
    }
    return in_context([&] { return "walk " + quoted(directory_path_.display()); },
                      [&] { return advance(); });
  }

  io::Source& content() {
    if (entry_.type != tree::EntryType::file) return nothing_;
    if (!content_) content_.emplace(parent(), entry_);
    return *content_;
  }

  [[nodiscard]] const Directory& parent() const {
    return levels_.empty() ? parent_of_start_ : stack_.top();
  }

 private:
  struct Level {
    std::vector<std::string> names;
    std::size_t next = 0;
  };

  const tree::Entry* begin() {
    if (start_.is_root()) {
      entry_ = entry_of(root_.directory().status());
      if (options_.xattrs) entry_.xattrs = root_.directory().xattrs();
    } else {
      auto parent = root_.open_directory(start_.parent());
      if (!parent) throw Error(ErrorKind::not_found, "there is nothing of that name");
      parent_of_start_ = std::move(*parent);
      auto found = read(parent_of_start_, start_.name(), reading());
      if (!found) throw Error(ErrorKind::not_found, "there is nothing of that name");
      entry_ = std::move(*found);
    }
    entry_.path = start_;
    may_enter_ = true;
    return &entry_;
  }

  const tree::Entry* advance() {
    // Not before the caller has seen the directory.
    if (std::exchange(may_enter_, false) && entry_.type == tree::EntryType::directory &&
        (!options_.descend || options_.descend(entry_))) {
      enter();
    }
    while (!levels_.empty() && levels_.back().next == levels_.back().names.size()) leave();
    if (levels_.empty()) return nullptr;

    Level& level = levels_.back();
    const std::string& name = level.names[level.next++];
    auto found = read(stack_.top(), name, reading());
    if (!found) throw_changed(name);
    entry_ = std::move(*found);
    entry_.path = directory_path_.child(name);
    may_enter_ = true;
    return &entry_;
  }

  void enter() {
    if (levels_.empty() && start_.is_root()) {
      stack_.push(root_.directory());
    } else {
      auto directory = parent().open_directory(entry_.path.name());
      if (!directory) throw_changed(entry_.path.name());
      stack_.push(std::move(*directory));
    }
    if (stack_.top_inode() != entry_.inode) throw_changed(entry_.path.display());
    directory_path_ = entry_.path;
    levels_.push_back({.names = stack_.top().list()});
  }

  void leave() {
    levels_.pop_back();
    stack_.pop();
    directory_path_ = directory_path_.parent();
  }

  [[nodiscard]] XattrReading reading() const {
    return options_.xattrs ? XattrReading::yes : XattrReading::no;
  }

  Root root_;
  WalkOptions options_;
  tree::TreePath start_;
  Directory parent_of_start_ = root_.directory();
  DirectoryStack stack_;
  std::vector<Level> levels_;      ///< one for each directory of stack_
  tree::TreePath directory_path_;  ///< of the deepest
  tree::Entry entry_;
  bool begun_ = false;
  bool may_enter_ = false;  ///< entry_ was returned, and what is below it not yet visited
  std::optional<Content> content_;
  io::BytesSource nothing_{std::string_view()};
};

Walker::Walker(const Root& root, WalkOptions options, const tree::TreePath& start)
    : impl_(std::make_unique<Impl>(root, std::move(options), start)) {}

Walker::~Walker() = default;

const tree::Entry* Walker::next() { return impl_->next(); }
io::Source& Walker::content() { return impl_->content(); }
const Directory& Walker::parent() const { return impl_->parent(); }

std::optional<tree::Entry> read_entry(const Directory& parent, std::string_view name,
                                      const tree::TreePath& path) {
  auto entry = read(parent, name, XattrReading::yes);
  if (entry) entry->path = path;
  return entry;
}

std::unique_ptr<io::Source> open_content(const Directory& parent, std::string_view name,
                                         tree::InodeId inode) {
  UniqueFd file = parent.open_file(name, inode);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) throw_errno("read status of " + quoted(name));
  return source_of(std::move(file), static_cast<std::uint64_t>(status.st_size));
}

}  // namespace umoci::fs
