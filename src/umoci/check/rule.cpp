// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/rule.hpp>

#include <algorithm>
#include <array>

namespace umoci::check {
namespace {

constexpr std::string_view layout_md = "image-spec image-layout.md";
constexpr std::string_view json_md = "image-spec considerations.md";
constexpr std::string_view descriptor_md = "image-spec descriptor.md";
constexpr std::string_view annotations_md = "image-spec annotations.md";
constexpr std::string_view index_md = "image-spec image-index.md";
constexpr std::string_view manifest_md = "image-spec manifest.md";
constexpr std::string_view layer_md = "image-spec layer.md";
constexpr std::string_view config_md = "image-spec config.md";
constexpr std::string_view bundle_md = "runtime-spec bundle.md";
constexpr std::string_view runtime_md = "runtime-spec config.md";
constexpr std::string_view linux_md = "runtime-spec config-linux.md";
constexpr std::string_view umoci_md = "umoci docs/formats/bundle.md";

using enum Severity;

constexpr auto known_rules = std::to_array<Rule>({
    {"L01", error, "oci-layout is a file with a JSON object", layout_md},
    {"L02", error, "oci-layout has a string imageLayoutVersion", layout_md},
    {"L03", error, "the version of the layout is 1.0.0", layout_md},
    {"L04", error, "index.json is a file with an image index", layout_md},
    {"L05", error, "blobs is a directory", layout_md},
    {"L06", error, "directories and files in blobs have the names of digests", layout_md},
    {"L07", error, "the content of a blob has the digest that is its name", layout_md},
    {"L08", warning, "the algorithm of a digest can be verified", descriptor_md},
    {"L09", info, "something leads to each blob", layout_md},
    {"L10", error, "blobs that are referred to are there", layout_md},
    {"L11", info, "there are no other files in the layout", layout_md},
    {"L12", warning, "whoever can read the layout can read its files, and one user owns them",
     layout_md},
    {"L13", warning, "blobs are files inside the layout", layout_md},
    {"J01", error, "a document is one JSON value in UTF-8", json_md},
    {"J02", error, "no member is there twice", json_md},
    {"J03", error, "integers are written as such, and numbers fit into a double", json_md},
    {"J04", warning, "no member differs only in case from one that is defined", json_md},
    {"J05", error, "members have the right type", json_md},
    {"J06", warning, "a document has at most 4 MiB", json_md},
    {"J07", info, "all members are defined", json_md},
    {"D01", error, "mediaType is a media type", descriptor_md},
    {"D02", error, "digest is a digest", descriptor_md},
    {"D03", error, "a digest has the form of its algorithm", descriptor_md},
    {"D04", warning, "the algorithm of a digest is registered", descriptor_md},
    {"D05", error, "size is there and not negative", descriptor_md},
    {"D06", error, "a blob has the size and the digest of its descriptor", descriptor_md},
    {"D07", error, "urls are URIs", descriptor_md},
    {"D09", error, "data is base64 of the content", descriptor_md},
    {"D10", error, "artifactType is a media type", descriptor_md},
    {"D11", error, "a descriptor of the empty type is that of the document {}", descriptor_md},
    {"D12", warning, "an image in an index says for which platform it is", index_md},
    {"D13", error, "a platform has os and architecture", index_md},
    {"D14", warning, "artifactType is that of the manifest", descriptor_md},
    {"D15", error, "a digest has one media type and one size everywhere", descriptor_md},
    {"A01", error, "annotations are strings", annotations_md},
    {"A02", error, "keys of annotations are not empty", annotations_md},
    {"A03", warning, "keys of annotations are reverse domain names", annotations_md},
    {"A04", warning, "reserved keys of annotations are defined ones", annotations_md},
    {"A05", warning, "values of defined annotations have their form", annotations_md},
    {"A06", warning, "names stand in index.json, follow the grammar and are not repeated",
     annotations_md},
    {"X01", error, "schemaVersion of an index is 2", index_md},
    {"X02", error, "mediaType of an index is that of an index", index_md},
    {"X03", error, "manifests is there", index_md},
    {"X04", error, "an index has no members of a manifest", index_md},
    {"X05", info, "the media types of entries are known", index_md},
    {"X06", error, "indexes are not nested too deeply", index_md},
    {"X07", warning, "entries are for different platforms", index_md},
    {"X08", warning, "platforms have the names that Go has for them", index_md},
    {"X09", warning, "the subject of an index is there", index_md},
    {"X10", error, "the platform of an entry is that of its image", index_md},
    {"X11", warning, "platform.features is not used", index_md},
    {"X12", warning, "attestations follow the convention of buildkit",
     "buildkit attestation-storage.md"},
    {"M01", error, "schemaVersion of a manifest is 2", manifest_md},
    {"M02", error, "mediaType of a manifest is that of a manifest", manifest_md},
    {"M03", error, "config is there", manifest_md},
    {"M04", error, "layers is there and not empty", manifest_md},
    {"M05", error, "artifactType is there if the configuration is empty", manifest_md},
    {"M06", error, "a manifest has no members of an index", manifest_md},
    {"M07", info, "the media types of configuration and layers are known", manifest_md},
    {"M08", warning, "an artifact says of what type it is", manifest_md},
    {"M09", warning, "the subject of a manifest is there", manifest_md},
    {"M10", error, "the layers of an image are layers", manifest_md},
    {"M11", warning, "layers can be distributed", "image-spec layer.md"},
    {"M12", error, "there are as many layers as diff_ids", config_md},
    {"M13", warning, "layers are not empty", manifest_md},
    {"C01", error, "a configuration has architecture and os", config_md},
    {"C02", error, "rootfs has the type layers, and diff_ids that are digests", config_md},
    {"C03", error, "a diff_id is the digest of the uncompressed layer", config_md},
    {"C04", error, "dates are of RFC 3339", config_md},
    {"C05", error, "Env is a list of NAME=VALUE", config_md},
    {"C06", error, "ExposedPorts is a set of PORT/PROTOCOL", config_md},
    {"C07", error, "Volumes is a set of absolute paths", config_md},
    {"C08", warning, "WorkingDir is absolute", config_md},
    {"C09", error, "User is USER or USER:GROUP, and the image knows them", config_md},
    {"C10", warning, "StopSignal is a signal", config_md},
    {"C11", error, "Labels are strings", config_md},
    {"C12", warning, "the history tells of as many layers as there are", config_md},
    {"C13", warning, "no reserved or deprecated member is used", config_md},
    {"C14", warning, "the platform has the names that Go has for it", config_md},
    {"C15", error, "members of a configuration have the right type", config_md},
    {"Y01", error, "a layer is compressed as its media type says", layer_md},
    {"Y02", error, "a layer is a tar archive", layer_md},
    {"Y03", error, "a layer has one entry for a path", layer_md},
    {"Y04", error, "names of entries are relative and stay in the layer", layer_md},
    {"Y05", error, "whiteouts hide something and are empty files", layer_md},
    {"Y06", error, "hard links lead to files in this layer or below", layer_md},
    {"Y07", warning, "whiteouts are of one kind and come first in a directory", layer_md},
    {"Y08", warning, "entries are what every tool can make", layer_md},
    {"Y09", warning, "the annotated size of a layer is its own",
     "umoci ci.umo.uncompressed_blob_size"},
    {"Y10", error, "a layer keeps to the limits", "umoci --limit"},
    {"B01", error, "config.json is a file with a JSON object", bundle_md},
    {"B02", error, "config.json has the members and types of the runtime-spec's schema",
     "runtime-spec schema/config-schema.json"},
    {"B03", error, "ociVersion is a version 1 that is known", runtime_md},
    {"B04", error, "root.path is a directory called rootfs in the bundle", runtime_md},
    {"B05", error, "the working directory of the process is absolute", runtime_md},
    {"B06", error, "the process has arguments, and its program can be run", runtime_md},
    {"B07", error, "the environment is a list of NAME=VALUE", runtime_md},
    {"B08", error, "the process has ids of a user and groups, which are mapped", runtime_md},
    {"B09", error, "capabilities are known and within their bounds", runtime_md},
    {"B10", error, "resource limits are there once, soft ones not above hard ones", runtime_md},
    {"B11", error, "mounts have a destination and hide no other", runtime_md},
    {"B12", warning, "file systems and sources of bind mounts are on this machine", runtime_md},
    {"B13", error, "mapped mounts map users and groups", runtime_md},
    {"B14", error, "namespaces are known, there once, and named by absolute paths", linux_md},
    {"B15", error, "mappings of ids are whole, distinct, and of a new user namespace", linux_md},
    {"B16", error, "hostname and domainname have a new uts namespace", runtime_md},
    {"B17", error, "settings of the kernel have the namespaces that keep them apart", linux_md},
    {"B18", error, "timeOffsets have a new time namespace", linux_md},
    {"B19", error, "devices have a type and numbers, and are no others than those there", linux_md},
    {"B20", error, "limits of resources fit together", linux_md},
    {"B21", error, "masked and read-only paths are absolute", linux_md},
    {"B22", error, "hooks name a program and wait for some time", runtime_md},
    {"B23", error, "annotations are strings with keys that begin with a domain", runtime_md},
    {"B24", error, "labels and profiles of security modules are well-formed and known", linux_md},
    {"B25", error, "umoci.json says from which manifest the bundle was made", umoci_md},
    {"B26", error, "the description of the root file system is there", umoci_md},
    {"B27", warning, "the layout has the documents that led to the image", umoci_md},
});

}  // namespace

std::span<const Rule> rules() noexcept { return known_rules; }

const Rule* find_rule(std::string_view id) noexcept {
  const auto* found = std::ranges::find(known_rules, id, &Rule::id);
  return found == known_rules.end() ? nullptr : found;
}

}  // namespace umoci::check
