// SPDX-License-Identifier: Apache-2.0
#include <cli/index_report.hpp>

#include <cli/json_line.hpp>

#include <umoci/oci/json.hpp>

namespace umoci::cli {

using oci::Json;

void print_json(const Io& io, const oci::Index& index) {
  Json::Array images;
  for (const oci::Descriptor& entry : index.manifests) {
    Json image;
    if (auto name = entry.ref_name()) image.set("name", std::move(*name));
    image.set("descriptor", entry.to_json());
    images.push_back(std::move(image));
  }
  Json json;
  json.set("images", std::move(images));
  print_json_line(io, json);
}

}  // namespace umoci::cli
