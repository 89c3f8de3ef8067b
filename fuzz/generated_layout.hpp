// SPDX-License-Identifier: Apache-2.0
#pragma once

// Documents that point at each other, made of the bytes of an input, and the same as a plain graph
// of numbers.

#include <fuzz/input.hpp>

#include <umoci/digest/hasher.hpp>
#include <umoci/oci/descriptor.hpp>
#include <umoci/oci/media_type.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::fuzz {

enum class NodeKind {
  index,
  docker_list,
  manifest,
  docker_manifest,
  pointer,
  config,
  layer,
  other
};

/// How an edge calls the document at its end.
enum class Label {
  right,    ///< by its media type
  unknown,  ///< by one that nobody knows
  none,     ///< by no media type
};

struct Edge {
  std::size_t node = 0;
  Label label = Label::right;
};

enum class Presence { whole, missing, damaged, embedded };

struct Node {
  NodeKind kind = NodeKind::other;
  Presence presence = Presence::whole;
  std::vector<Edge> owned;
  std::optional<Edge> subject;
  std::string text;  ///< the content

  [[nodiscard]] bool is_index() const {
    return kind == NodeKind::index || kind == NodeKind::docker_list;
  }
  [[nodiscard]] bool is_manifest() const {
    return kind == NodeKind::manifest || kind == NodeKind::docker_manifest;
  }
  /// What its own media type says is full of descriptors.
  [[nodiscard]] bool is_followed() const {
    return is_index() || is_manifest() || kind == NodeKind::pointer;
  }
  [[nodiscard]] std::string digest() const { return digest::digest_of(text).text(); }
};

/// An entry of the top-level index.
struct Root {
  Edge edge;
  std::optional<std::string> name;
};

/// A graph without cycles: a document points only at those made before it.
class GeneratedLayout {
 public:
  static constexpr std::size_t max_nodes = 14;

  explicit GeneratedLayout(Input input) {
    const std::size_t count = 1 + input.below(max_nodes);
    for (std::size_t i = 0; i < count; ++i) add_node(input);
    const std::size_t root_count = input.below(4);
    for (std::size_t i = 0; i < root_count; ++i) {
      Root root{any_edge(input, nodes_.size()), std::nullopt};
      if (input.below(4) != 0) root.name = input.coin() ? "a" : "b";
      roots_.push_back(std::move(root));
    }
    if (input.coin()) subject_ = any_edge(input, nodes_.size());
  }

  [[nodiscard]] const std::vector<Node>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::vector<Root>& roots() const noexcept { return roots_; }
  [[nodiscard]] const std::optional<Edge>& subject() const noexcept { return subject_; }

  [[nodiscard]] oci::Descriptor descriptor(const Edge& edge) const {
    const Node& node = nodes_[edge.node];
    oci::Descriptor descriptor;
    if (edge.label == Label::right) descriptor.media_type = media_type(node.kind);
    if (edge.label == Label::unknown) descriptor.media_type = "application/vnd.example";
    descriptor.digest = digest::digest_of(node.text);
    descriptor.size_bytes = static_cast<std::int64_t>(node.text.size());
    if (node.presence == Presence::embedded) descriptor.data = node.text;
    return descriptor;
  }

  static std::string_view media_type(NodeKind kind) {
    constexpr std::array<std::string_view, 8> types{
        oci::media_type::index,      "application/vnd.docker.distribution.manifest.list.v2+json",
        oci::media_type::manifest,   "application/vnd.docker.distribution.manifest.v2+json",
        oci::media_type::descriptor, oci::media_type::image_config,
        oci::media_type::layer,      "application/vnd.example.other",
    };
    return types.at(static_cast<std::size_t>(kind));
  }

 private:
  static Edge any_edge(Input& input, std::size_t node_count) {
    constexpr std::array labels{Label::right, Label::right, Label::right,   Label::right,
                                Label::right, Label::none,  Label::unknown, Label::right};
    return {input.below(node_count), input.pick(labels)};
  }

  void add_node(Input& input) {
    constexpr std::array presences{Presence::whole,   Presence::whole,   Presence::whole,
                                   Presence::whole,   Presence::whole,   Presence::whole,
                                   Presence::missing, Presence::damaged, Presence::embedded};
    Node node;
    // What points at something needs something to point at.
    node.kind = nodes_.empty() ? NodeKind::layer : static_cast<NodeKind>(input.below(8));
    node.presence = input.pick(presences);
    if (node.is_index() || node.is_manifest()) {
      const std::size_t children = input.below(4) + (node.is_manifest() ? 1 : 0);
      for (std::size_t i = 0; i < children; ++i) {
        node.owned.push_back(any_edge(input, nodes_.size()));
      }
      if (input.below(4) == 1) node.subject = any_edge(input, nodes_.size());
    }
    if (node.kind == NodeKind::pointer) node.owned.push_back(any_edge(input, nodes_.size()));
    node.text = text_of(node);
    // Documents in documents in documents would soon be larger than any may be.
    constexpr std::size_t most_embedded_bytes = 64U << 10U;
    if (node.presence == Presence::embedded && node.text.size() > most_embedded_bytes) {
      node.presence = Presence::whole;
    }
    nodes_.push_back(std::move(node));
  }

  [[nodiscard]] std::string list(const std::vector<Edge>& edges, std::size_t from) const {
    std::string text = "[";
    for (std::size_t i = from; i < edges.size(); ++i) {
      if (i != from) text += ',';
      text += descriptor(edges[i]).to_json().dump();
    }
    return text + ']';
  }

  /// The document, with a number in it so that no two are the same.
  [[nodiscard]] std::string text_of(const Node& node) const {
    const std::string number = std::to_string(nodes_.size());
    if (node.kind == NodeKind::layer) return "layer " + number;
    std::string text = "{\"n\":" + number;
    if (node.is_index() || node.is_manifest()) {
      text += R"(,"schemaVersion":2,"mediaType":")" + std::string(media_type(node.kind)) + '"';
    }
    if (node.is_index()) text += ",\"manifests\":" + list(node.owned, 0);
    if (node.is_manifest()) {
      text += ",\"config\":" + descriptor(node.owned.front()).to_json().dump();
      text += ",\"layers\":" + list(node.owned, 1);
    }
    if (node.subject) text += ",\"subject\":" + descriptor(*node.subject).to_json().dump();
    if (node.kind == NodeKind::pointer) {
      text += ',' + descriptor(node.owned.front()).to_json().dump().substr(1);
      return text;
    }
    if (node.kind == NodeKind::config) {
      text += R"(,"architecture":"a","os":"linux","config":{},"rootfs":{"type":"layers"})";
    }
    return text + '}';
  }

  std::vector<Node> nodes_;
  std::vector<Root> roots_;
  std::optional<Edge> subject_;
};

}  // namespace umoci::fuzz
