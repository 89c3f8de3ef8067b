// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/image_path.hpp>

#include <umoci/base/error.hpp>

#include <filesystem>
#include <system_error>

namespace umoci::cli {
namespace {

ImagePath split_at(std::string_view text, std::size_t colon) {
  ImagePath parts{.layout = std::string(text.substr(0, colon))};
  if (colon != std::string_view::npos) parts.tag = text.substr(colon + 1);
  return parts;
}

std::optional<ImagePath> split_at_digest(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  try {
    return ImagePath{.layout = std::string(text.substr(0, at)),
                     .digest = digest::Digest::parse(text.substr(at + 1))};
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

bool looks_like_layout(const std::string& path) {
  std::error_code problem;
  return std::filesystem::exists(std::filesystem::path(path) / "oci-layout", problem);
}

ImagePath split_image_path(std::string_view text) {
  std::size_t colon = text.find(':');
  ImagePath first = split_at(text, colon);
  if (colon == std::string_view::npos || looks_like_layout(first.layout)) return first;
  if (auto parts = split_at_digest(text); parts && looks_like_layout(parts->layout)) {
    return *parts;
  }
  while (colon != std::string_view::npos) {
    colon = text.find(':', colon + 1);
    ImagePath parts = split_at(text, colon);
    if (looks_like_layout(parts.layout)) return parts;
  }
  return first;
}

}  // namespace umoci::cli
