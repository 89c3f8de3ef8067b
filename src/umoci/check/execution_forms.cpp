// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/execution_forms.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace umoci::check {
namespace {

constexpr std::array<std::string_view, 34> signal_names{
    "SIGABRT", "SIGALRM", "SIGBUS",    "SIGCHLD",  "SIGCLD",  "SIGCONT",   "SIGFPE",
    "SIGHUP",  "SIGILL",  "SIGINT",    "SIGIO",    "SIGIOT",  "SIGKILL",   "SIGPIPE",
    "SIGPOLL", "SIGPROF", "SIGPWR",    "SIGQUIT",  "SIGSEGV", "SIGSTKFLT", "SIGSTOP",
    "SIGSYS",  "SIGTERM", "SIGTRAP",   "SIGTSTP",  "SIGTTIN", "SIGTTOU",   "SIGURG",
    "SIGUSR1", "SIGUSR2", "SIGVTALRM", "SIGWINCH", "SIGXCPU", "SIGXFSZ"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// nullopt unless all of `text` are digits; what is larger than any number that is asked for counts
/// as the largest.
std::optional<std::uint64_t> number(std::string_view text) {
  constexpr std::uint64_t largest = 1ULL << 40U;
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    value = std::min(value * 10 + static_cast<std::uint64_t>(c - '0'), largest);
  }
  return value;
}

bool is_between(std::optional<std::uint64_t> value, std::uint64_t least, std::uint64_t most) {
  return value && *value >= least && *value <= most;
}

bool is_port(std::string_view text) {
  constexpr std::uint64_t largest_port = 65535;
  return is_between(number(text), 1, largest_port);
}

/// A name, or a number that an id can have.
bool is_user_or_group(std::string_view text) {
  constexpr std::uint64_t largest_id = 4294967294;
  const auto id = number(text);
  if (id) return *id <= largest_id;
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == ':'; });
}

}  // namespace

bool is_variable_name(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

PortForm port_form(std::string_view key) {
  const std::size_t slash = key.find('/');
  const std::string_view ports = key.substr(0, slash);
  const bool has_protocol = slash != std::string_view::npos;
  const auto protocol = has_protocol ? key.substr(slash + 1) : std::string_view("tcp");
  const bool is_word = !protocol.empty() && std::ranges::all_of(protocol, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  const std::size_t dash = ports.find('-');
  const bool is_range = dash != std::string_view::npos;
  const bool is_number = is_range ? number(ports.substr(0, dash)) && number(ports.substr(dash + 1))
                                  : number(ports).has_value();
  if (!is_word || !is_number) return PortForm::wrong;
  return !is_range && is_port(ports) && (protocol == "tcp" || protocol == "udp")
             ? PortForm::right
             : PortForm::unusual;
}

bool is_signal(std::string_view text) {
  constexpr std::uint64_t largest_signal = 64;
  constexpr std::uint64_t real_time_signals = 30;
  if (is_between(number(text), 1, largest_signal)) return true;
  if (std::ranges::find(signal_names, text) != signal_names.end()) return true;
  for (const std::string_view base : {"SIGRTMIN", "SIGRTMAX"}) {
    if (!text.starts_with(base)) continue;
    const std::string_view rest = text.substr(base.size());
    if (rest.empty()) return true;
    const char sign = base == "SIGRTMIN" ? '+' : '-';
    return rest.front() == sign && is_between(number(rest.substr(1)), 0, real_time_signals);
  }
  return false;
}

bool is_user(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (!is_user_or_group(text.substr(0, colon))) return false;
  return colon == std::string_view::npos || is_user_or_group(text.substr(colon + 1));
}

bool has_parent_component(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace umoci::check
