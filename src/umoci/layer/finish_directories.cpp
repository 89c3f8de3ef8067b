// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/finish_directories.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/layer/descent.hpp>

#include <utility>

namespace umoci::layer {
namespace {

class DirectoryFinisher {
 public:
  DirectoryFinisher(const fs::Root& root, KnownDirectories& directories, XattrPolicy& xattrs,
                    FinishReports reports)
      : directories_(directories),
        xattrs_(xattrs),
        reports_(std::move(reports)),
        descent_(root.directory()) {}

  void run() {
    visits_.push_back(visit(KnownDirectories::root));
    while (!visits_.empty()) {
      check_not_cancelled(reports_.stop);
      Visit& visit = visits_.back();
      KnownDirectory& known = directories_.at(visit.id);
      if (visit.next != known.children.end()) {
        const auto& [name, child] = *visit.next++;
        enter(name, child);
      } else {
        in_context([&] { return quoted(directories_.path_of(visit.id).display()); },
                   [&] { apply(visit.id, known); });
        visits_.pop_back();
        if (!visits_.empty()) descent_.leave();
      }
    }
  }

 private:
  struct Visit {
    DirectoryId id;
    std::map<std::string, DirectoryId>::const_iterator next;
  };

  Visit visit(DirectoryId id) { return {id, directories_.at(id).children.begin()}; }

  void enter(const std::string& name, DirectoryId child) {
    const KnownDirectory& known = directories_.at(child);
    // Only passed through, and what was below was removed.
    if (known.origin == Origin::untouched && known.children.empty()) return;
    std::optional<fs::Directory> directory = descent_.here().open_directory(name);
    const bool same = directory && (known.origin == Origin::untouched ||
                                    inode_of(directory->status()) == known.inode);
    if (!same) {
      throw Error(
          ErrorKind::conflict,
          "directory " + quoted(directories_.path_of(child).display()) + " was replaced meanwhile");
    }
    descent_.enter(name, std::move(*directory));
    visits_.push_back(visit(child));
  }

  void apply(DirectoryId id, KnownDirectory& known) {
    const Origin origin = std::exchange(known.origin, Origin::untouched);
    if (origin == Origin::untouched) return;
    fs::Metadata metadata{.mtime = known.mtime, .atime = known.atime};
    if (origin != Origin::found) {
      metadata.owner = known.owner;
      metadata.mode = known.mode;
      if (known.xattrs || known.has_own_xattrs) {
        metadata.xattrs = xattrs_.change(directories_.path_of(id),
                                         known.xattrs ? std::move(*known.xattrs) : tree::Xattrs{},
                                         !known.has_own_xattrs);
      }
    }
    descent_.here().apply(metadata);
    note_lost_owner(known);
    if (origin != Origin::found && FarTimes::is_far(known.mtime)) {
      reports_.far_times.check(directories_.path_of(id), known.mtime, descent_.here().status());
    }
    known.xattrs.reset();
    known.has_own_xattrs = true;
    known.hands_down_acl = false;
  }

  void note_lost_owner(const KnownDirectory& known) {
    const std::optional<fs::Owner> owner = xattrs_.take_lost_owner();
    if (!owner || reports_.facts == nullptr) return;
    tree::ImageFacts facts;
    facts.owner = {.uid = owner->uid, .gid = owner->gid};
    reports_.facts->record(known.inode, tree::EntryType::directory, facts);
  }

  KnownDirectories& directories_;
  XattrPolicy& xattrs_;
  FinishReports reports_;
  Descent descent_;
  std::vector<Visit> visits_;
};

}  // namespace

void finish_directories(const fs::Root& root, KnownDirectories& directories, XattrPolicy& xattrs,
                        FinishReports reports) {
  DirectoryFinisher(root, directories, xattrs, std::move(reports)).run();
}

}  // namespace umoci::layer
