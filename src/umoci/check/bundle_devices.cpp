// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>
#include <umoci/fs/metadata.hpp>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>

namespace umoci::check {
namespace {

/// What the document says of one device.
struct Device {
  explicit Device(const Value& device)
      : value(device),
        type(device["type"].text()),
        path(device["path"].text()),
        major(device["major"].integer()),
        minor(device["minor"].integer()) {}

  Value value;
  const std::string* type;  ///< nullptr: it has none
  const std::string* path;
  std::optional<std::int64_t> major;
  std::optional<std::int64_t> minor;

  [[nodiscard]] bool is_of_type(std::string_view name) const {
    return type != nullptr && *type == name;
  }
  /// "u" is another word for a character device.
  [[nodiscard]] bool has_numbers() const {
    return is_of_type("b") || is_of_type("c") || is_of_type("u");
  }
};

void check_numbers(const Device& device, Report& report) {
  for (const char* name : {"major", "minor"}) {
    const Value number = device.value[name];
    const auto value = number.integer();
    if (device.has_numbers() && (!value || *value < 0)) {
      report.error("B19", number,
                   value ? fmt::format("\"{}\" is no number of a device", *value)
                         : fmt::format("the device has no {} number", name));
    } else if (device.is_of_type("p") && value && *value != 0) {
      report.error("B19", number, fmt::format("\"{}\" is given, but a FIFO has no number", *value));
    }
  }
}

tree::EntryType entry_type(const Device& device) {
  if (device.is_of_type("b")) return tree::EntryType::block_device;
  return device.is_of_type("p") ? tree::EntryType::fifo : tree::EntryType::char_device;
}

/// Whether an id or mode, where it is given, is what is there.
void check_attribute(const Value& wanted, std::uint64_t actual, Report& report) {
  const auto value = wanted.natural();
  if (!value || *value == actual) return;
  report.warn("B19", wanted,
              fmt::format("\"{}\" is not the one of what is there, \"{}\"", *value, actual));
}

/// A runtime must refuse what is there already and is another device.
void check_existing(const Device& device, const struct stat& status, Report& report) {
  const tree::Entry entry = fs::entry_of(status);
  const Value path = device.value["path"];
  if (entry.type != entry_type(device)) {
    return report.error("B19", path,
                        fmt::format("{} exists in the root file system and is a {}",
                                    quoted(*device.path), tree::name_of(entry.type)));
  }
  if (device.has_numbers() &&
      (device.major != entry.device.major || device.minor != entry.device.minor)) {
    return report.error("B19", path,
                        fmt::format("{} exists in the root file system with the numbers {}:{}",
                                    quoted(*device.path), entry.device.major, entry.device.minor));
  }
  check_attribute(device.value["fileMode"], entry.mode, report);
  check_attribute(device.value["uid"], entry.uid, report);
  check_attribute(device.value["gid"], entry.gid, report);
}

}  // namespace

void check_devices(const BundleView& view) {
  std::unordered_map<std::string, std::string> of_path;
  std::map<std::tuple<bool, std::int64_t, std::int64_t>, std::string> of_numbers;
  view.config["linux"]["devices"].for_each_element([&](const Value& value) {
    const Device device(value);
    if (device.type != nullptr && !device.has_numbers() && !device.is_of_type("p")) {
      view.report.error("B19", value["type"], quoted(*device.type) + " is none of b, c, u, p");
    }
    check_numbers(device, view.report);
    if (device.has_numbers() && device.major && device.minor) {
      const auto [other, is_new] = of_numbers.try_emplace(
          {device.is_of_type("b"), *device.major, *device.minor}, value.pointer());
      if (!is_new) {
        view.report.warn("B19", value,
                         fmt::format("the numbers {}:{} are those of {} too", *device.major,
                                     *device.minor, other->second));
      }
    }
    if (device.path == nullptr) return;
    const auto [other, is_new] = of_path.try_emplace(*device.path, value.pointer());
    if (!is_new) {
      view.report.error("B19", value["path"],
                        fmt::format("{} is made by {} too", quoted(*device.path), other->second));
    }
    const ContainerFile file = view.files.find(*device.path);
    if (file.state == ContainerFile::State::unreadable) {
      view.report.warn("B19", value["path"],
                       quoted(*device.path) + " cannot be looked at: " + file.why);
    }
    if (file.state == ContainerFile::State::present && device.type != nullptr) {
      check_existing(device, file.status, view.report);
    }
  });
}

}  // namespace umoci::check
