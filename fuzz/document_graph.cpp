// SPDX-License-Identifier: Apache-2.0
// A layout whose documents point at each other in any way: what a name leads to and what garbage
// is, beside a closure over a plain graph of numbers. No document is looked at twice.
#include <fuzz/generated_layout.hpp>
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/resolve.hpp>
#include <umoci/store/collect_garbage.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/store/ref_name.hpp>

#include <umoci_test/temporary_directory.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace umoci::fuzz {
namespace {

/// A document as somebody came to it.
struct Visit {
  std::size_t node = 0;
  Label label = Label::right;
  bool is_weak = false;  ///< by a subject, whose target may be missing

  friend auto operator<=>(const Visit&, const Visit&) = default;
};

/// What a walk over the plain graph finds.
struct Closure {
  std::set<Visit> visits;
  bool must_fail = false;

  /// By node and label: documents of the same bytes and type are one.
  [[nodiscard]] std::size_t count() const {
    std::set<std::pair<std::size_t, Label>> distinct;
    for (const Visit& visit : visits) distinct.emplace(visit.node, visit.label);
    return distinct.size();
  }
  [[nodiscard]] bool reaches(std::size_t node) const {
    return std::ranges::any_of(visits, [&](const Visit& visit) { return visit.node == node; });
  }
};

enum class Walk { resolve, collect };

class Model {
 public:
  explicit Model(const GeneratedLayout& layout) : layout_(layout) {}

  [[nodiscard]] Closure reachable(std::vector<Visit> roots, Walk walk) const {
    Closure closure;
    std::deque<Visit> pending(roots.begin(), roots.end());
    while (!pending.empty()) {
      const Visit visit = pending.front();
      pending.pop_front();
      const Node& node = layout_.nodes()[visit.node];
      if (is_passed_over(visit)) continue;
      if (!closure.visits.insert(visit).second) continue;
      if (!is_opened(visit, walk)) continue;
      if (node.presence == Presence::missing || node.presence == Presence::damaged) {
        closure.must_fail |= is_needed(visit);
        continue;
      }
      if (visit.label != Label::right && !node.is_index() && !node.is_manifest()) continue;
      for (const Edge& edge : node.owned) pending.push_back({edge.node, edge.label, false});
      if (node.subject && walk == Walk::collect) {
        pending.push_back({node.subject->node, node.subject->label, true});
      }
    }
    return closure;
  }

 private:
  /// A subject that is not there.
  [[nodiscard]] bool is_passed_over(const Visit& visit) const {
    const Node& node = layout_.nodes()[visit.node];
    return visit.is_weak && visit.label == Label::right && node.is_followed() &&
           node.presence == Presence::missing;
  }

  [[nodiscard]] bool is_opened(const Visit& visit, Walk walk) const {
    const Node& node = layout_.nodes()[visit.node];
    if (walk == Walk::resolve) {
      return visit.label == Label::right && (node.is_index() || node.kind == NodeKind::pointer);
    }
    // Of what has no type anybody knows, the bytes tell what it is.
    return node.kind != NodeKind::layer &&
           (visit.label != Label::right || node.kind != NodeKind::config);
  }

  /// True if the walk cannot go on without these bytes, which are not there.
  [[nodiscard]] bool is_needed(const Visit& visit) const {
    const Node& node = layout_.nodes()[visit.node];
    if (visit.label == Label::right) return node.is_followed();
    return visit.label == Label::none && node.presence == Presence::damaged;
  }

  const GeneratedLayout& layout_;
};

/// Counts what the search looks at, in the first phase.
class Count : public Progress {
 public:
  void begin(const ProgressPhase& phase) override {
    if (phase.activity == ProgressActivity::find_garbage) forget_counts();
  }
  void begin_step(const ProgressStep& /*step*/) override {}
  void end() override {
    if (!looked_at_) looked_at_ = entries();
  }
  [[nodiscard]] std::uint64_t looked_at() const { return looked_at_.value_or(0); }

 private:
  std::optional<std::uint64_t> looked_at_;
};

/// The kind of error of `fn`; nullopt if there is none.
template <class Fn>
std::optional<ErrorKind> error_of(Fn fn) {
  try {
    fn();
    return std::nullopt;
  } catch (const Error& error) {
    return error.kind();
  }
}

void check_kind(const std::optional<ErrorKind>& kind) {
  expect(!kind || kind == ErrorKind::not_found || kind == ErrorKind::corrupt ||
             kind == ErrorKind::invalid_data,
         "another kind of error");
}

class Check {
 public:
  Check(const std::filesystem::path& path, const GeneratedLayout& graph)
      : path_(path), graph_(graph), model_(graph) {
    write();
  }

  void run() {
    for (const std::string name : {"a", "b", "c"}) check_targets(name);
    check_garbage();
  }

 private:
  void write() {
    store::Layout layout = open();
    for (const Node& node : graph_.nodes()) {
      if (node.presence == Presence::whole || node.presence == Presence::damaged) {
        layout.blobs().put(node.text);
      }
    }
    layout.update_index([&](oci::Index& index) {
      index.manifests.clear();
      index.subject.reset();
      for (const Root& root : graph_.roots()) {
        oci::Descriptor entry = graph_.descriptor(root.edge);
        if (root.name) entry.annotations[std::string(oci::ref_name_annotation)] = *root.name;
        index.manifests.push_back(std::move(entry));
      }
      if (graph_.subject()) index.subject = graph_.descriptor(*graph_.subject());
    });
    for (const Node& node : graph_.nodes()) {
      if (node.presence == Presence::damaged) damage(node);
    }
  }

  void damage(const Node& node) const {
    std::string text = node.text;
    text.back() ^= 1;
    test::write_file(blob(node), text);
  }

  [[nodiscard]] store::Layout open(store::Changes changes = store::Changes::kept,
                                   const Limits& limits = {}) const {
    return store::Layout::open(
        path_, {.limits = limits, .durability = fs::Durability::unsynced, .changes = changes});
  }
  [[nodiscard]] std::filesystem::path blob(const Node& node) const {
    return path_ / "blobs/sha256" / node.digest().substr(7);
  }

  /// As often as documents are named by the entries of that name and by what they lead to, and no
  /// oftener.
  [[nodiscard]] std::uint64_t edges_below(const Closure& closure, std::size_t root_count) const {
    std::set<std::pair<std::size_t, Label>> opened;
    std::uint64_t edges = root_count;
    for (const Visit& visit : closure.visits) {
      const Node& node = graph_.nodes()[visit.node];
      if (visit.label != Label::right || node.is_manifest()) continue;
      if (opened.emplace(visit.node, visit.label).second) edges += node.owned.size();
    }
    return edges;
  }

  void check_targets(const std::string& name) const {
    std::vector<Visit> roots;
    for (const Root& root : graph_.roots()) {
      if (root.name == name) roots.push_back({root.edge.node, root.edge.label});
    }
    const Closure closure = model_.reachable(roots, Walk::resolve);
    const store::Layout layout =
        open(store::Changes::kept,
             {.graph_nodes = std::max<std::uint64_t>(1, edges_below(closure, roots.size()))});
    std::vector<image::DescriptorPath> paths;
    const auto error = error_of([&] { paths = image::find_targets(layout, {.ref_name = name}); });
    check_kind(error);
    expect(error.has_value() == closure.must_fail, "resolving fails where it should not, or not");
    if (error) return;
    std::set<std::pair<std::string, std::string>> found;
    for (const image::DescriptorPath& path : paths) {
      check_path(path, name);
      expect(found.emplace(path.target().digest.text(), path.target().media_type).second,
             "a target is found twice");
    }
    expect(found == expected_targets(closure), "other targets are found");
  }

  [[nodiscard]] std::set<std::pair<std::string, std::string>> expected_targets(
      const Closure& closure) const {
    std::set<std::pair<std::string, std::string>> expected;
    for (const Visit& visit : closure.visits) {
      const Node& node = graph_.nodes()[visit.node];
      const bool is_passed_over =
          node.is_index() || node.kind == NodeKind::pointer || node.kind == NodeKind::config;
      if (visit.label == Label::right && is_passed_over) continue;
      const oci::Descriptor descriptor = graph_.descriptor({visit.node, visit.label});
      expected.emplace(descriptor.digest.text(), descriptor.media_type);
    }
    return expected;
  }

  /// Each step of the path is in the document before it.
  void check_path(const image::DescriptorPath& path, const std::string& name) const {
    expect(path.root().ref_name() == name, "a path starts at another name");
    for (std::size_t i = 0; i + 1 < path.walk.size(); ++i) {
      const Node* parent = find(path.walk[i]);
      const oci::Descriptor& child = path.walk[i + 1];
      expect(parent != nullptr && std::ranges::any_of(parent->owned,
                                                      [&](const Edge& edge) {
                                                        const auto owned = graph_.descriptor(edge);
                                                        return owned.digest == child.digest &&
                                                               owned.media_type == child.media_type;
                                                      }),
             "a step of a path is not in the document before it");
    }
  }

  [[nodiscard]] const Node* find(const oci::Descriptor& descriptor) const {
    for (const Node& node : graph_.nodes()) {
      if (node.digest() == descriptor.digest.text()) return &node;
    }
    return nullptr;
  }

  [[nodiscard]] std::set<std::string> present() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_ / "blobs/sha256")) {
      names.insert("sha256:" + entry.path().filename().string());
    }
    return names;
  }

  void check_garbage() const {
    std::vector<Visit> roots;
    for (const Root& root : graph_.roots()) roots.push_back({root.edge.node, root.edge.label});
    if (graph_.subject()) {
      roots.push_back({graph_.subject()->node, graph_.subject()->label, true});
    }
    const Closure closure = model_.reachable(roots, Walk::collect);
    const std::set<std::string> before = present();
    std::set<std::string> expected;
    for (const Node& node : graph_.nodes()) {
      const auto number = static_cast<std::size_t>(&node - graph_.nodes().data());
      if (before.contains(node.digest()) && (closure.must_fail || closure.reaches(number))) {
        expected.insert(node.digest());
      }
    }
    Count dry_count;
    const auto dry_error = error_of([&] {
      store::Layout foreseen = open(store::Changes::foreseen);
      store::CollectOptions options;
      options.progress = &dry_count;
      static_cast<void>(store::collect_garbage(foreseen, silent_log(), options));
    });
    expect(present() == before, "a dry run removes blobs");
    store::Layout layout = open();
    const auto error =
        error_of([&] { static_cast<void>(store::collect_garbage(layout, silent_log())); });
    check_kind(error);
    expect(error == dry_error, "a dry run ends otherwise");
    expect(error.has_value() == closure.must_fail, "gc fails where it should not, or not");
    expect(present() == expected, "gc leaves other blobs");
    if (error) return;
    expect(dry_count.looked_at() == before.size() + closure.count(),
           "documents are looked at more than once, or not at all");
  }

  std::filesystem::path path_;
  const GeneratedLayout& graph_;
  Model model_;
};

/// One for all inputs: after each there is nothing left in it.
class Place {
 public:
  Place() : path_(directory_.path() / "layout") {
    store::Layout::create(path_, {.durability = fs::Durability::unsynced});
  }

  void check(const GeneratedLayout& graph) {
    Check(path_, graph).run();
    std::filesystem::remove_all(path_ / "blobs/sha256");
    std::filesystem::create_directory(path_ / "blobs/sha256");
  }

 private:
  /// Where it is fastest.
  struct InMemory {
    InMemory() {
      if (std::getenv("TMPDIR") == nullptr && ::access("/dev/shm", W_OK) == 0) {
        ::setenv("TMPDIR", "/dev/shm", 1);
      }
    }
  };

  InMemory in_memory_;
  test::TemporaryDirectory directory_;
  std::filesystem::path path_;
};

}  // namespace
}  // namespace umoci::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace umoci::fuzz;
  static Place place;
  place.check(GeneratedLayout(Input(as_text(data, size))));
  return 0;
}
