// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/repair.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/check/collect_repairs.hpp>

#include <algorithm>

namespace umoci::check {
namespace {

using State = RepairResult::State;
using Keys = std::set<std::string>;

/// More would mean that somebody breaks the layout as fast as it is repaired.
constexpr int most_rounds = 10;

/// True for what makes the layout accessible, without which nothing in it can be seen or locked.
bool is_access_to_layout(const Repair& repair) {
  return repair.kind == RepairKind::change_mode && repair.place.document == ".";
}

bool is_in_index(const Repair& repair) {
  return repair.kind == RepairKind::move_entry || repair.kind == RepairKind::set_schema_version;
}

bool makes_names(const Repair& repair) { return repair.kind != RepairKind::change_mode; }

/// Carries out what was planned, with the layout for ourselves.
class Round {
 public:
  Round(const std::filesystem::path& path, const RepairOptions& options,
        const RepairObserver& observer)
      : layout_(path, options.layout), options_(options), observer_(observer) {}

  void run(const std::vector<Repair>& planned) {
    layout_.lock(store::LockMode::exclusive);
    if (std::ranges::any_of(planned, makes_names)) layout_.require_writable();
    Keys present;
    for (const Repair& repair : collect_repairs(layout_, options_)) present.insert(repair.key());
    std::vector<const Repair*> in_index;
    for (const Repair& repair : planned) {
      if (!present.contains(repair.key())) {
        observer_.result(repair, {.state = State::left, .report = {}});
      } else if (is_in_index(repair)) {
        in_index.push_back(&repair);
      } else {
        // All of one file in one change, and what comes behind it in its turn.
        mend_index(in_index);
        tell(repair, apply(repair) ? State::done : State::left);
      }
    }
    mend_index(in_index);
  }

  void run_alone(const Repair& repair) { tell(repair, apply(repair) ? State::done : State::left); }

 private:
  void tell(const Repair& repair, State state) const {
    observer_.result(repair, {.state = state, .report = {}});
  }

  bool apply(const Repair& repair) {
    check_not_cancelled(options_.layout.stop);
    const std::string& name = repair.place.document;
    switch (repair.kind) {
      case RepairKind::write_marker:
        return layout_.write_marker();
      case RepairKind::change_mode:
        return layout_.change_mode(name,
                                   {.before = repair.mode_before, .after = repair.mode_after});
      case RepairKind::make_directory:
        return layout_.make_directory(name);
      case RepairKind::write_index:
        return layout_.write_empty_index();
      case RepairKind::remove_leftover:
        return remove_leftover(name);
      case RepairKind::set_schema_version:
      case RepairKind::move_entry:
        break;
    }
    throw Error(ErrorKind::internal, "the index is mended as a whole");
  }

  /// One that resists, such as a mount point, does not keep the rest from being repaired.
  bool remove_leftover(const std::string& name) {
    try {
      return layout_.remove_leftover(name);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::io && error.kind() != ErrorKind::permission) throw;
      if (options_.layout.log != nullptr) {
        options_.layout.log->warn("what a dead writer left cannot be removed",
                                  {{"path", name}, {"reason", error.what()}});
      }
      return false;
    }
  }

  void mend_index(std::vector<const Repair*>& repairs) {
    if (repairs.empty()) return;
    check_not_cancelled(options_.layout.stop);
    store::DamagedLayout::IndexMending mending;
    for (const Repair* repair : repairs) {
      if (repair->kind == RepairKind::move_entry) {
        mending.gone_entries.insert(repair->entry);
      } else {
        mending.schema_version = store::DamagedLayout::IndexMending::SchemaVersion::given;
      }
    }
    const auto mended = layout_.mend_index(mending);
    for (const Repair* repair : repairs) {
      const bool is_move = repair->kind == RepairKind::move_entry;
      const bool is_done =
          is_move ? mended.moved_entries.contains(repair->entry) : mended.schema_version_given;
      observer_.result(*repair, {.state = is_done ? State::done : State::left,
                                 .report = is_move && is_done ? mended.report : std::string()});
    }
    repairs.clear();
  }

  store::DamagedLayout layout_;
  const RepairOptions& options_;
  const RepairObserver& observer_;
};

}  // namespace

void repair_layout(const std::filesystem::path& path, const RepairOptions& options,
                   const RepairObserver& observer) {
  Keys tried;
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<Repair> planned = collect_repairs(path, options);
    // What did not help, as on file systems without modes, is not done again.
    std::erase_if(planned, [&](const Repair& repair) { return tried.contains(repair.key()); });
    if (planned.empty()) return;
    observer.plan(planned);
    for (const Repair& repair : planned) {
      tried.insert(repair.key());
      if (is_access_to_layout(repair)) Round(path, options, observer).run_alone(repair);
    }
    std::erase_if(planned, is_access_to_layout);
    if (!planned.empty()) Round(path, options, observer).run(planned);
  }
}

}  // namespace umoci::check
