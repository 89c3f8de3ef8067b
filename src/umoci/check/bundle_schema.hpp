// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/bundle_shape.hpp>

namespace umoci::check {

// What config.json may hold, after the schema of runtime-spec 1.3.0. What the versions since 1.0.2
// do not have yet they allow, as unknown members, so that one table serves all of them. Not
// described: what is inside the sections of Solaris, Windows, z/OS and FreeBSD.

namespace shape {

inline constexpr Shape string{.type = Shape::Type::string};
inline constexpr Shape boolean{.type = Shape::Type::boolean};
inline constexpr Shape integer{.type = Shape::Type::integer};
inline constexpr Shape object{.type = Shape::Type::object};
inline constexpr Shape int32 = integer_between(-2147483648LL, 2147483647U);
inline constexpr Shape int64 =
    integer_between(std::numeric_limits<std::int64_t>::min(), 9223372036854775807U);
inline constexpr Shape uint16 = integer_between(0, 65535U);
inline constexpr Shape uint32 = integer_between(0, 4294967295U);
inline constexpr Shape uint64 = integer_between(0, std::numeric_limits<std::uint64_t>::max());
inline constexpr Shape strings = array_of(string);
inline constexpr Shape string_map = map_of(string);

/// A mapping of user or group ids.
extern const Shape id_mappings;

}  // namespace shape

/// Of the whole document, its sections, and the one of Linux, whose own file is long enough.
[[nodiscard]] const Shape& runtime_config_shape();
extern const Shape process_shape;
extern const Shape linux_shape;
extern const Shape resources_shape;
extern const Shape seccomp_shape;

}  // namespace umoci::check
