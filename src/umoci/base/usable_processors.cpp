// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/usable_processors.hpp>

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <vector>

namespace umoci {

unsigned usable_processors() {
  // std::thread::hardware_concurrency() counts those of the machine. One cpu_set_t holds 1024 of
  // them; the kernel answers EINVAL where it knows of more than fit.
  constexpr std::size_t most_sets = 64;
  for (std::vector<cpu_set_t> sets(1); sets.size() <= most_sets; sets.resize(sets.size() * 2)) {
    const std::size_t size_bytes = sets.size() * sizeof(cpu_set_t);
    if (::sched_getaffinity(0, size_bytes, sets.data()) == 0) {
      return static_cast<unsigned>(std::max(CPU_COUNT_S(size_bytes, sets.data()), 1));
    }
    if (errno != EINVAL) break;
  }
  return std::max(std::thread::hardware_concurrency(), 1U);
}

}  // namespace umoci
