// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/unpack.hpp>

#include <cli/arguments.hpp>
#include <cli/arguments/ownership.hpp>

#include <umoci/base/usable_processors.hpp>

namespace umoci::cli {

std::vector<Flag> unpack_flags() {
  return join_flags({{{.name = "keep-dirlinks",
                       .description = "keep a link to a directory where a layer has a directory, "
                                      "and unpack through it"}},
                     {{.name = "sync",
                       .description = "return only when all of it is on the disk",
                       .detail = "The file system is synced once before the bundle counts as "
                                 "complete, and once after."}},
                     ownership_flags()});
}

bundle::UnpackOptions unpack_options(const Invocation& line) {
  bundle::UnpackOptions options;
  options.ownership = ownership(line);
  options.dirlinks =
      line.flags.is_set("keep-dirlinks") ? layer::Dirlinks::keep : layer::Dirlinks::replace;
  if (line.flags.is_set("sync")) options.durability = fs::Durability::synced;
  options.jobs = usable_processors();
  options.log = &line.log;
  return options;
}

}  // namespace umoci::cli
