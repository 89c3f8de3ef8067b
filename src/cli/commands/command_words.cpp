// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/command_words.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/json.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

[[noreturn]] void fail(const std::string& why) { throw Error(ErrorKind::invalid_argument, why); }

std::string word_of(const oci::Json& json, std::size_t index) {
  const std::string* word = json.if_string();
  if (word == nullptr) fail(fmt::format("item {} of the array is not a string", index));
  if (word->find('\0') != std::string::npos) {
    fail(fmt::format("item {} of the array contains a NUL, which no argument can", index));
  }
  return *word;
}

std::vector<std::string> parse_array(const std::string& text, const Limits& limits) {
  const oci::Json json = oci::Json::parse(text, limits);
  const oci::Json::Array* items = json.if_array();
  if (items == nullptr) fail("not an array of strings");
  std::vector<std::string> words;
  for (const oci::Json& item : *items) words.push_back(word_of(item, words.size()));
  return words;
}

/// Throws if more than one of the forms was given.
void require_one_form(const ParsedFlags& flags, const std::vector<std::string>& forms) {
  std::string_view first;
  for (const std::string& form : forms) {
    if (!flags.given(form)) continue;
    if (!first.empty()) {
      fail(fmt::format("--{} and --{} may not be specified together", first, form));
    }
    first = form;
  }
}

}  // namespace

CommandWords parse_command_words(const ParsedFlags& flags, const std::string& flag,
                                 const Limits& limits) {
  const std::string json_flag = flag + "-json";
  const std::string shell_flag = flag + "-shell";
  require_one_form(flags, {flag, json_flag, shell_flag});
  CommandWords command;
  if (flags.given(flag)) command.words = flags.values(flag);
  if (const auto text = flags.value(json_flag)) {
    command.words = with_verdict([&] { return "invalid --" + json_flag; },
                                 [&] { return parse_array(*text, limits); });
  }
  if (const auto text = flags.value(shell_flag)) {
    if (text->empty()) fail(fmt::format("invalid --{}: the text is empty", shell_flag));
    command.shell_text = text;
  }
  return command;
}

std::vector<std::string> through_shell(const oci::ImageConfig& config, const std::string& text) {
  std::vector<std::string> words = config.shell();
  if (words.empty()) {
    words = config.os() == "windows" ? std::vector<std::string>{"cmd", "/S", "/C"}
                                     : std::vector<std::string>{"/bin/sh", "-c"};
  }
  words.push_back(text);
  return words;
}

}  // namespace umoci::cli
