// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/extractor.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/descent.hpp>
#include <umoci/layer/entry_rules.hpp>
#include <umoci/layer/far_times.hpp>
#include <umoci/layer/file_content.hpp>
#include <umoci/layer/finish_directories.hpp>
#include <umoci/layer/hide.hpp>
#include <umoci/layer/image_totals.hpp>
#include <umoci/layer/pending_links.hpp>
#include <umoci/layer/places.hpp>
#include <umoci/layer/user_namespace.hpp>
#include <umoci/layer/xattr_policy.hpp>

#include <unistd.h>

#include <limits>
#include <utility>

namespace umoci::layer {
namespace {

[[noreturn]] void refuse(std::string_view why) {
  throw Error(ErrorKind::invalid_data, std::string(why));
}

Limits tree_limits(const ExtractOptions& options) {
  Limits limits = options.limits;
  if (options.paths == AllPaths::unlimited) {
    limits.tree_path_bytes = std::numeric_limits<std::uint64_t>::max();
  }
  return limits;
}

bool is_device(tree::EntryType type) {
  return type == tree::EntryType::char_device || type == tree::EntryType::block_device;
}

}  // namespace

class Extractor::Impl {
 public:
  Impl(const fs::Root& root, ExtractOptions options)
      : budget_(options.limits, options.stop),
        root_(root.charging(budget_)),
        options_(std::move(options)),
        log_(options_.log != nullptr ? *options_.log : silent_log()),
        places_(root_, budget_, directories_, upper_, [this] { return imply_directory(); }),
        links_(directories_, places_),
        restricted_(options_.ownership.rootless || in_user_namespace()),
        xattrs_(options_.ownership,
                restricted_ ? MissingPrivilege::tolerated : MissingPrivilege::fails, log_) {}

  void begin_layer() {
    end_layer();
    totals_.begin_layer();
    upper_.begin_layer();
    in_layer_ = true;
  }

  void end_layer() {
    if (!in_layer_) return;
    in_layer_ = false;
    links_.end_layer();
    places_.end_layer();
  }

  void put(const tree::Entry& entry, io::Source& content) {
    if (!in_layer_) begin_layer();
    totals_.add(entry);
    check_entry(entry);
    if (entry.path.is_root()) {
      state(places_.root(), entry, wanted(entry));
    } else if (const auto whiteout = whiteout_of(entry.path)) {
      hide(*whiteout, {directories_, upper_, places_, options_.stop});
    } else {
      put_object(entry, content);
    }
  }

  void finish() {
    end_layer();
    places_.close();
    finish_directories(root_, directories_, xattrs_,
                       {.facts = options_.facts, .far_times = far_times_, .stop = options_.stop});
  }

 private:
  /// Where an entry goes.
  struct Target {
    std::string_view parent_path;
    std::string_view name;
    Place place;
  };

  /// All of an entry's metadata, mapped to the disk.
  struct Wanted {
    std::optional<fs::Owner> owner;
    tree::Xattrs xattrs;
  };

  /// Returns the owner of a directory that no entry describes.
  std::optional<fs::Owner> imply_directory() {
    totals_.add_implied_directory();
    return host_owner(0, 0);
  }

  std::optional<fs::Owner> host_owner(std::uint32_t uid, std::uint32_t gid) const {
    const Ownership& ownership = options_.ownership;
    if (!ownership.rootless) {
      return fs::Owner{.uid = ownership.uids.to_host(uid), .gid = ownership.gids.to_host(gid)};
    }
    // Only to be recorded, but no owner can be recorded that no file can have.
    static_cast<void>(IdMap().to_host(uid));
    static_cast<void>(IdMap().to_host(gid));
    return std::nullopt;
  }

  Wanted wanted(const tree::Entry& entry) const {
    return {host_owner(entry.uid, entry.gid), xattrs_.wanted(entry)};
  }

  void put_object(const tree::Entry& entry, io::Source& content) {
    if (entry.type == tree::EntryType::hard_link) {
      put_hard_link(entry);
      return;
    }
    // Ids that cannot be mapped must be known before anything is changed.
    Wanted metadata = wanted(entry);
    const Target target = find_target(entry.path);
    if (entry.type == tree::EntryType::directory) {
      put_directory(entry, target, std::move(metadata));
      return;
    }
    directories_.count_path(target.place.id, target.name);
    if (entry.type == tree::EntryType::file || (is_device(entry.type) && restricted_)) {
      put_file(entry, content, target, std::move(metadata));
    } else {
      put_special(entry, target, std::move(metadata));
    }
    upper_.add(target.place.id, target.name);
  }

  Target find_target(const tree::TreePath& path) {
    const std::string_view text = path.text();
    const std::string_view name = path.name();
    const std::string_view parent =
        text.substr(0, text.size() - std::min(text.size(), name.size() + 1));
    return {parent, name, places_.create(parent)};
  }

  void clear(const Target& target, const struct stat& status) {
    places_.remove(target.place, target.name, status);
    links_.drop(target.place.id, target.name);
  }

  /// Runs `create`, which fails if the name is taken, after making room for it if need be.
  template <class Create>
  auto create(const Target& target, Create&& create) {
    const fs::Directory& directory = target.place.directory;
    places_.prepare(target.place);
    // A first layer hardly ever names anything twice: trying is cheaper than looking.
    if (upper_.layer() == 1) {
      try {
        return create();
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::already_exists) throw;
      }
    }
    if (const auto status = directory.status(target.name)) clear(target, *status);
    return create();
  }

  fs::Metadata metadata_of(const tree::Entry& entry, const Target& target, Wanted wanted) {
    fs::Metadata metadata{.owner = wanted.owner,
                          .mode = entry.mode & 07777U,
                          .mtime = entry.mtime,
                          .atime = entry.atime};
    const bool fresh = !directories_.at(target.place.id).hands_down_acl;
    if (!fresh || !wanted.xattrs.empty()) {
      metadata.xattrs = xattrs_.change(entry.path, std::move(wanted.xattrs), fresh);
    }
    return metadata;
  }

  void put_file(const tree::Entry& entry, io::Source& content, const Target& target,
                Wanted wanted) {
    const fs::Directory& directory = target.place.directory;
    // Mostly this is the mode it will have, which saves setting it. But until it is complete nobody
    // else may change it or borrow its rights, and we must be able to set its attributes.
    const mode_t mode = (entry.mode & 0755U) | 0600U;
    UniqueFd file = create(target, [&] { return directory.create_file(target.name, mode); });
    digest::Hasher* const hasher = options_.digests != nullptr ? &hasher_ : nullptr;
    if (is_device(entry.type)) {
      log_.warn("device is stood in for by an empty file", {{"path", entry.path.display()}});
    } else {
      write_content(entry, content, file.get(), hasher);
    }
    fs::apply(file.get(), metadata_of(entry, target, std::move(wanted)));
    if (XattrPolicy::has_host_xattrs(entry)) {
      xattrs_.report_host_xattrs(entry, fs::read_xattrs(file.get()));
    }
    if (hasher != nullptr || keeps_facts() || FarTimes::is_far(entry.mtime)) {
      struct stat status{};
      if (::fstat(file.get(), &status) != 0) throw_errno("read status");
      if (hasher != nullptr) {
        options_.digests->record(inode_of(status), hasher->finish().encoded());
      }
      report_outcome(entry, status);
    }
    file.close();
  }

  /// True if there may be something that the disk cannot hold.
  [[nodiscard]] bool keeps_facts() const { return restricted_ && options_.facts != nullptr; }

  /// Notes what the disk does not hold of the object made from `entry`.
  void report_outcome(const tree::Entry& entry, const struct stat& made) {
    far_times_.check(entry.path, entry.mtime, made);
    const std::optional<fs::Owner> lost = xattrs_.take_lost_owner();
    if (!keeps_facts()) return;
    tree::ImageFacts facts;
    if (lost) facts.owner = {.uid = lost->uid, .gid = lost->gid};
    const bool owned = options_.ownership.rootless && (entry.uid != 0 || entry.gid != 0);
    if (owned && !XattrPolicy::can_note_owner(entry.type)) {
      facts.owner = {.uid = entry.uid, .gid = entry.gid};
    }
    if (is_device(entry.type)) facts.device = {.type = entry.type, .number = entry.device};
    options_.facts->record(inode_of(made), fs::entry_of(made).type, facts);
  }

  void put_special(const tree::Entry& entry, const Target& target, Wanted wanted) {
    const fs::Directory& directory = target.place.directory;
    create(target, [&] {
      if (entry.type == tree::EntryType::symlink) {
        directory.create_symlink(target.name, entry.link);
      } else {
        directory.create_node(target.name, entry.type, entry.device, 0600);
      }
    });
    if (entry.type == tree::EntryType::symlink) places_.forget_links_followed();
    directory.apply(target.name, metadata_of(entry, target, std::move(wanted)));
    if (keeps_facts() || FarTimes::is_far(entry.mtime)) {
      if (const auto status = directory.status(target.name)) report_outcome(entry, *status);
    }
    if (XattrPolicy::has_host_xattrs(entry)) {
      xattrs_.report_host_xattrs(entry, directory.xattrs(target.name));
    }
  }

  void put_directory(const tree::Entry& entry, const Target& target, Wanted wanted) {
    const fs::Directory& parent = target.place.directory;
    const auto make = [&] {
      const Place made = places_.make_directory(target.place, target.name);
      places_.remember(target.parent_path, target.name, made);
      state(made, entry, std::move(wanted));
    };
    if (upper_.layer() == 1) {
      try {
        make();
        return;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::already_exists) throw;
      }
    }
    if (auto existing = parent.open_directory(target.name)) {
      const Place place{directories_.child(target.place.id, target.name), std::move(*existing)};
      places_.remember(target.parent_path, target.name, place);
      state(place, entry, std::move(wanted));
      return;
    }
    const auto status = parent.status(target.name);
    if (status && S_ISLNK(status->st_mode) && options_.dirlinks == Dirlinks::keep &&
        places_.find_linked(target.place, target.name)) {
      // What it leads to is another directory, which this entry does not describe.
      upper_.add_kept_link(target.place.id, target.name);
      return;
    }
    if (status) clear(target, *status);
    make();
  }

  /// Notes what `entry` says of a directory, to be applied in the end.
  void state(const Place& place, const tree::Entry& entry, Wanted wanted) {
    places_.prepare(place);
    upper_.add_directory(place.id);
    KnownDirectory& known = directories_.at(place.id);
    known.origin = Origin::stated;
    known.stated_in = upper_.layer();
    known.inherits_time = false;
    known.mode = entry.mode & 07777U;
    known.owner = wanted.owner;
    known.mtime = entry.mtime;
    known.atime = entry.atime;
    known.xattrs =
        wanted.xattrs.empty() ? nullptr : std::make_unique<tree::Xattrs>(std::move(wanted.xattrs));
    if (XattrPolicy::has_host_xattrs(entry)) {
      xattrs_.report_host_xattrs(entry, place.directory.xattrs());
    }
  }

  void put_hard_link(const tree::Entry& entry) {
    const auto fail = [&](std::string_view why) {
      refuse("hard link to " + quoted(entry.link) + ", which " + std::string(why));
    };
    const tree::TreePath existing = tree::TreePath::clean(entry.link);
    const std::string_view in_the_way = "is the link itself, or would be removed for it";
    const auto from = places_.find(existing.parent().text(), Follow::all);
    const auto status = from ? from->directory.status(existing.name()) : std::nullopt;
    if (status && S_ISDIR(status->st_mode)) fail("is a directory");
    // Through a link both may be elsewhere than their names say.
    const bool is_link = status && S_ISLNK(status->st_mode);
    if (!is_link && entry.path.is_within(existing)) fail(in_the_way);
    if (!status && existing.is_within(entry.path)) fail(in_the_way);

    const Target target = find_target(entry.path);
    if (!status) {
      put_placeholder(target, existing);
      return;
    }
    const DirectoryId* const replaced = directories_.find_child(target.place.id, target.name);
    if ((from->id == target.place.id && existing.name() == target.name) ||
        (replaced != nullptr && directories_.is_within(from->id, *replaced))) {
      fail(in_the_way);
    }
    if (links_.contains(from->id, existing.name())) {
      put_placeholder(target, existing);
      return;
    }
    directories_.count_path(target.place.id, target.name);
    create(target, [&] {
      target.place.directory.create_hard_link(target.name, from->directory, existing.name());
    });
    if (S_ISLNK(status->st_mode)) places_.forget_links_followed();
    upper_.add(target.place.id, target.name);
  }

  void put_placeholder(const Target& target, const tree::TreePath& existing) {
    directories_.count_path(target.place.id, target.name);
    const UniqueFd file =
        create(target, [&] { return target.place.directory.create_file(target.name, 0600); });
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) throw_errno("read status");
    links_.add(target.place, target.name, inode_of(status), existing);
    upper_.add(target.place.id, target.name);
  }

  fs::LinkBudget budget_;
  fs::Root root_;
  ExtractOptions options_;
  Log& log_;
  FarTimes far_times_{log_};
  ImageTotals totals_{options_.limits};
  KnownDirectories directories_{tree_limits(options_)};
  UpperPaths upper_{directories_};
  Places places_;
  PendingLinks links_;
  /// Neither devices nor all attributes can be had.
  bool restricted_;
  XattrPolicy xattrs_;
  digest::Hasher hasher_;
  bool in_layer_ = false;
};

Extractor::Extractor(const fs::Root& root, ExtractOptions options)
    : impl_(std::make_unique<Impl>(root, std::move(options))) {}

Extractor::~Extractor() = default;

void Extractor::begin_layer() { impl_->begin_layer(); }

void Extractor::end_layer() { impl_->end_layer(); }

void Extractor::put(const tree::Entry& entry, io::Source& content) {
  in_context([&] { return "entry " + quoted(entry.path.display()); },
             [&] { impl_->put(entry, content); });
}

void Extractor::finish() { impl_->finish(); }

}  // namespace umoci::layer
