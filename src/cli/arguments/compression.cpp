// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/compression.hpp>

#include <umoci/base/error.hpp>

namespace umoci::cli {

std::vector<Flag> compress_flags() {
  return {{.name = "compress",
           .kind = FlagKind::single,
           .value_name = "algorithm",
           .description = "compression of the new layer: auto (as the image's other layers), gzip, "
                          "zstd or none",
           .default_text = "auto",
           .hint = ValueHint::choice,
           .choices = {"auto", "gzip", "zstd", "none"},
           .detail = "auto looks at the layers of the image from the top down, takes the "
                     "compression of the first that has one, and gzip if none has."}};
}

std::optional<codec::Compression> compression(const ParsedFlags& flags) {
  const std::string value = flags.value("compress").value_or("auto");
  if (value == "auto") return std::nullopt;
  // The empty text has always meant none.
  if (value.empty() || value == "none") return codec::Compression::none;
  if (value == "gzip") return codec::Compression::gzip;
  if (value == "zstd") return codec::Compression::zstd;
  throw Error(ErrorKind::invalid_argument,
              "invalid --compress: unknown layer compression type " + quoted(value));
}

}  // namespace umoci::cli
