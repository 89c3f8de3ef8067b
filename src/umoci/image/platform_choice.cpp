// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/platform_choice.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/image.hpp>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::image {
namespace {

// Further away than any older variant of a processor.
constexpr unsigned any_variant = 100;

/// 7 for "v7"; nullopt for what is not written like that.
std::optional<unsigned> generation_of(std::string_view variant) {
  if (variant.size() != 2 || variant[0] != 'v') return std::nullopt;
  if (variant[1] < '0' || variant[1] > '9') return std::nullopt;
  return static_cast<unsigned>(variant[1] - '0');
}

std::optional<oci::Platform> platform_of_config(const store::Layout& layout,
                                                const DescriptorPath& path) {
  try {
    const Image image = Image::open(layout, path);
    oci::Platform platform;
    platform.os = image.config.os();
    platform.architecture = image.config.architecture();
    platform.variant = image.config.variant();
    return platform;
  } catch (const Error& error) {
    // Artifacts are for no platform, and layouts need not hold the images that nobody asked for.
    const bool is_none =
        error.kind() == ErrorKind::not_found || error.kind() == ErrorKind::unsupported;
    if (!is_none) throw;
    return std::nullopt;
  }
}

/// Knows what images are for, and reads each of them once at most.
class Platforms {
 public:
  explicit Platforms(const store::Layout& layout) : layout_(layout) {}

  /// nullptr for what is for none, or does not say so in `source`.
  const oci::Platform* of(const DescriptorPath& path, PlatformSource source) {
    const auto& platform = path.target().platform;
    if (platform && !(platform->os.empty() && platform->architecture.empty())) return &*platform;
    if (source == PlatformSource::descriptor) return nullptr;
    const auto [found, is_new] = of_configs_.try_emplace(path.target().digest);
    if (is_new) found->second = platform_of_config(layout_, path);
    return found->second ? &*found->second : nullptr;
  }

 private:
  const store::Layout& layout_;
  std::map<digest::Digest, std::optional<oci::Platform>> of_configs_;
};

}  // namespace

std::string_view usual_variant(const oci::Platform& platform) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> usual{
      {{"arm64", "v8"}, {"arm", "v7"}, {"amd64", "v1"}}};
  if (!platform.variant.empty()) return platform.variant;
  for (const auto& [architecture, variant] : usual) {
    if (platform.architecture == architecture) return variant;
  }
  return "";
}

std::optional<unsigned> platform_distance(const oci::Platform& wanted,
                                          const oci::Platform& offered) {
  if (wanted.os != offered.os || wanted.architecture != offered.architecture) return std::nullopt;
  const std::string_view wanted_variant = usual_variant(wanted);
  const std::string_view offered_variant = usual_variant(offered);
  if (wanted_variant == offered_variant) return 0;
  if (wanted.architecture == "arm") {
    const auto newest = generation_of(wanted_variant);
    const auto generation = generation_of(offered_variant);
    if (newest && generation && *generation < *newest) return *newest - *generation;
  }
  return wanted.variant.empty() ? std::optional(any_variant) : std::nullopt;
}

std::vector<std::size_t> nearest_targets(const store::Layout& layout,
                                         const std::vector<DescriptorPath>& targets,
                                         const oci::Platform& wanted, PlatformSource source) {
  Platforms platforms(layout);
  std::vector<std::size_t> nearest;
  unsigned shortest = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const oci::Platform* platform = platforms.of(targets[i], source);
    const auto distance = platform != nullptr ? platform_distance(wanted, *platform) : std::nullopt;
    if (!distance || (!nearest.empty() && *distance > shortest)) continue;
    if (*distance < shortest) nearest.clear();
    shortest = *distance;
    nearest.push_back(i);
  }
  return nearest;
}

}  // namespace umoci::image
