// SPDX-License-Identifier: Apache-2.0
#include <cli/print_version.hpp>

#include <cli/version.hpp>

#include <ostream>

namespace umoci::cli {

void print_version(std::ostream& out) {
  out << "umoci version " << version << "\n"
      << "compatible with umoci: 0.6.0\n"
      << "image spec: 1.1.1\n"
      << "runtime spec: 1.0.0\n"
      << "built with: " << compiler << ", " << libraries << "\n";
}

}  // namespace umoci::cli
