// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/reachable.hpp>

#include <umoci/base/error.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/store/graph.hpp>

#include <fmt/format.h>

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace umoci::store {
namespace {

enum class Edge { owned, subject };

class Search {
 public:
  Search(const Driver& driver, const SearchOptions& options)
      : driver_(driver), blobs_(driver.blobs()), options_(options), log_(options.log) {}

  void add_roots(const oci::Index& index) {
    for (const oci::Descriptor& entry : index.manifests) push(entry, no_parent, Edge::owned);
    if (index.subject) push(*index.subject, no_parent, Edge::subject);
  }

  DigestSet run() {
    visit_pending();
    if (!options_.referrers) return std::move(found_);
    news_.clear();
    for (Referrer& referrer : options_.referrers(found_)) {
      std::string subject = referrer.subject.text();
      if (found_.contains(subject)) push(referrer.document, no_parent, Edge::owned);
      referrers_.emplace(std::move(subject), std::move(referrer.document));
    }
    // What they lead to may have referrers of its own.
    while (!pending_.empty()) {
      visit_pending();
      for (const std::string& subject : std::exchange(news_, {})) push_referrers_of(subject);
    }
    return std::move(found_);
  }

 private:
  static constexpr std::size_t no_parent = static_cast<std::size_t>(-1);

  struct Node {
    oci::Descriptor descriptor;
    std::size_t parent;
    std::uint64_t depth;  ///< of nested indexes; a subject starts anew
  };

  void visit_pending() {
    // Depth first with an own stack: chains of subjects may be long.
    while (!pending_.empty()) {
      const std::size_t node = pending_.back();
      pending_.pop_back();
      visit(node);
      if (options_.progress != nullptr) options_.progress->add_entries(1);
    }
  }

  void push_referrers_of(const std::string& subject) {
    const auto [first, last] = referrers_.equal_range(subject);
    for (auto at = first; at != last; ++at) push(at->second, no_parent, Edge::owned);
  }

  void push(oci::Descriptor descriptor, std::size_t parent, Edge edge) {
    const bool is_new = found_.insert(descriptor.digest.text()).second;
    if (is_new && options_.referrers) news_.push_back(descriptor.digest.text());
    // Not seen by that: whoever owns it as well needs it.
    if (edge == Edge::subject && is_missing_document(descriptor)) return;
    // Read as another type the same bytes may have other children.
    if (!seen_.insert(descriptor.digest.text() + ' ' + descriptor.media_type).second) return;
    check_limit(driver_.limits(), &Limits::graph_nodes, nodes_.size() + 1);
    const std::uint64_t depth =
        parent == no_parent || edge == Edge::subject ? 0 : nodes_[parent].depth + 1;
    pending_.push_back(nodes_.size());
    nodes_.push_back({std::move(descriptor), parent, depth});
  }

  void visit(std::size_t node) {
    try {
      Children children = children_of_node(node);
      // Last first, as the stack turns the order round.
      for (auto& child : children.subject) push(std::move(child), node, Edge::subject);
      while (!children.owned.empty()) {
        push(std::move(children.owned.back()), node, Edge::owned);
        children.owned.pop_back();
      }
    } catch (Error& error) {
      add_way(error, node);
      if (options_.damage == Damage::fails || !is_damage(error.kind())) throw;
      log_.warn("what is missing or damaged is passed over, what it led to may be removed",
                {{"reason", error.what()}});
      for (auto& child : remains_of(nodes_[node].descriptor)) {
        push(std::move(child), node, Edge::owned);
      }
    }
  }

  /// A disk that fails, or a limit, says nothing about the bytes.
  static bool is_damage(ErrorKind kind) {
    return kind == ErrorKind::not_found || kind == ErrorKind::corrupt ||
           kind == ErrorKind::invalid_data || kind == ErrorKind::unsupported;
  }

  /// What a document that is damaged, or described wrongly, leads to by the bytes that there are:
  /// to keep too much is harmless.
  [[nodiscard]] std::vector<oci::Descriptor> remains_of(const oci::Descriptor& descriptor) const {
    try {
      const auto size_bytes = blobs_.find(descriptor.digest);
      if (!size_bytes || *size_bytes > driver_.limits().document_bytes) return {};
      oci::Descriptor found;
      found.data = driver_.read_start(descriptor.digest, static_cast<std::size_t>(*size_bytes));
      const auto json = oci::Json::parse(*found.data, driver_.limits());
      const auto type = guess_document_type(json);
      if (!type) return {};
      found.media_type = *type;
      found.digest = digest::digest_of(*found.data);
      found.size_bytes = static_cast<std::int64_t>(found.data->size());
      Children children = children_of(blobs_, found, driver_.limits());
      return std::move(children.owned);
    } catch (const Error& error) {
      if (!is_damage(error.kind())) throw;
      return {};
    }
  }

  Children children_of_node(std::size_t number) {
    const Node& node = nodes_[number];
    const oci::Descriptor& descriptor = node.descriptor;
    switch (descriptor.kind()) {
      case oci::DocumentKind::index:
      case oci::DocumentKind::descriptor:
        check_depth(node);
        [[fallthrough]];
      case oci::DocumentKind::manifest:
        return children_of(blobs_, descriptor, driver_.limits());
      case oci::DocumentKind::image_config:
        if (is_absent(descriptor)) {
          log_.warn("image configuration is missing", {{"digest", descriptor.digest.text()}});
        }
        return {};
      case oci::DocumentKind::other:
        return children_of_unknown(descriptor);
      default:
        return {};
    }
  }

  void check_depth(const Node& node) const {
    check_limit(driver_.limits(), &Limits::index_depth, node.depth + 1);
  }

  /// True if neither the descriptor nor the store has the bytes.
  [[nodiscard]] bool is_absent(const oci::Descriptor& descriptor) const {
    return !descriptor.data && !blobs_.find(descriptor.digest);
  }

  /// The children of a document of unknown type that looks like an index or a manifest: tools that
  /// leave the type out exist, and to keep too much is harmless.
  [[nodiscard]] bool is_missing_document(const oci::Descriptor& descriptor) const {
    switch (descriptor.kind()) {
      case oci::DocumentKind::index:
      case oci::DocumentKind::descriptor:
      case oci::DocumentKind::manifest:
        return is_absent(descriptor);
      default:
        return false;
    }
  }

  Children children_of_unknown(const oci::Descriptor& descriptor) const {
    try {
      if (!may_be_document(descriptor)) return {};
      const auto json = oci::Json::parse(blobs_.read_document(descriptor), driver_.limits());
      const std::optional<std::string_view> type = guess_document_type(json);
      if (!type) return {};
      oci::Descriptor typed = descriptor;
      typed.media_type = *type;
      return children_of(blobs_, typed, driver_.limits());
    } catch (const Error& error) {
      // Without a type it may be a manifest, and a disk that fails says nothing about the bytes.
      // Otherwise it is what its type said: no document that anybody understands.
      const bool is_doubtful = descriptor.media_type.empty() && error.kind() == ErrorKind::corrupt;
      if (is_doubtful || error.kind() == ErrorKind::io || error.kind() == ErrorKind::permission) {
        throw;
      }
      log_.debug("blob of unknown type is not followed",
                 {{"digest", descriptor.digest.text()}, {"reason", error.what()}});
      return {};
    }
  }

  [[nodiscard]] bool may_be_document(const oci::Descriptor& descriptor) const {
    if (descriptor.data) return true;
    if (!descriptor.digest.algorithm()) return false;
    const auto size_bytes = blobs_.find(descriptor.digest);
    if (!size_bytes || *size_bytes > driver_.limits().document_bytes) return false;
    constexpr std::size_t long_enough = 64;
    const std::string text = driver_.read_start(descriptor.digest, long_enough);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string::npos && text[first] == '{';
  }

  /// Puts the entry of the index and the documents below it in front of the error.
  void add_way(Error& error, std::size_t node) const {
    for (std::size_t at = nodes_[node].parent; at != no_parent; at = nodes_[at].parent) {
      error.add_context(nodes_[at].descriptor.digest.text());
      node = at;
    }
    if (const auto name = nodes_[node].descriptor.ref_name()) {
      error.add_context("tag " + quoted(*name));
    }
  }

  const Driver& driver_;
  const BlobStore& blobs_;
  const SearchOptions& options_;
  Log& log_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> pending_;
  std::unordered_set<std::string> seen_;
  DigestSet found_;
  std::unordered_multimap<std::string, oci::Descriptor> referrers_;  ///< by subject
  std::vector<std::string> news_;  ///< found since referrers were looked for
};

}  // namespace

std::optional<std::string_view> guess_document_type(const oci::Json& json) {
  const auto choose = [&](oci::DocumentKind kind, std::string_view otherwise) {
    const oci::Json* own = json.find("mediaType");
    const std::string* text = own != nullptr ? own->if_string() : nullptr;
    return text != nullptr && oci::kind_of(*text) == kind ? std::string_view(*text) : otherwise;
  };
  if (json.find("manifests") != nullptr) {
    return choose(oci::DocumentKind::index, oci::media_type::index);
  }
  if (json.find("config") != nullptr && json.find("layers") != nullptr) {
    return choose(oci::DocumentKind::manifest, oci::media_type::manifest);
  }
  return std::nullopt;
}

DigestSet find_reachable(const oci::Index& index, const Driver& driver,
                         const SearchOptions& options) {
  Search search(driver, options);
  search.add_roots(index);
  return search.run();
}

}  // namespace umoci::store
