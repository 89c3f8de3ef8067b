// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/entry.hpp>

#include <cstdint>
#include <optional>

namespace umoci::tree {

/// What an image says of an object and a disk without root's help cannot hold: there files stand in
/// for devices, and links and fifos belong to whoever made them.
struct ImageFacts {
  struct Owner {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    friend bool operator==(Owner, Owner) = default;
  };
  struct Device {
    EntryType type = EntryType::char_device;  ///< or block_device
    DeviceNumber number;
    friend bool operator==(Device, Device) = default;
  };

  std::optional<Owner> owner;
  std::optional<Device> device;  ///< the object itself is an empty file

  [[nodiscard]] bool empty() const noexcept { return !owner && !device; }
  friend bool operator==(const ImageFacts&, const ImageFacts&) = default;
};

}  // namespace umoci::tree
