// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the texts in the member `config` of an image configuration must look like. Spec: image-spec
// config.md, Properties.

#include <string_view>

namespace umoci::check {

/// A name that any shell takes.
[[nodiscard]] bool is_variable_name(std::string_view name);

enum class PortForm {
  right,
  unusual,  ///< another protocol, a range, or no number that a port has
  wrong,
};
/// Of a key of ExposedPorts.
[[nodiscard]] PortForm port_form(std::string_view key);

/// A name (SIGTERM), SIGRTMIN+n, SIGRTMAX-n or a number of Linux.
[[nodiscard]] bool is_signal(std::string_view text);

/// `user`, `uid`, `user:group` and so on; empty stands for root.
[[nodiscard]] bool is_user(std::string_view text);

/// True if one component of the path is "..".
[[nodiscard]] bool has_parent_component(std::string_view path);

}  // namespace umoci::check
