// SPDX-License-Identifier: Apache-2.0
#include <cli/manual/topic.hpp>

#include <algorithm>

namespace umoci::cli {
namespace {

void add_topics(const std::vector<Command>& commands, const std::string& prefix,
                std::vector<Topic>& topics) {
  for (const Command& command : commands) {
    // run() answers some names before it looks for commands.
    if (!command.run && !command.judge && command.subcommands.empty()) continue;
    topics.push_back({prefix + std::string(command.name), &command});
    add_topics(command.subcommands, topics.back().name + " ", topics);
  }
}

}  // namespace

std::vector<Topic> topics(const std::vector<Command>& commands) {
  std::vector<Topic> found;
  add_topics(commands, "", found);
  return found;
}

std::string dashed(std::string_view name) {
  return (name.size() == 1 ? "-" : "--") + std::string(name);
}

std::vector<std::string> spellings(const Flag& flag) {
  std::vector<std::string> all{dashed(flag.name)};
  for (const std::string_view alias : flag.aliases) all.push_back(dashed(alias));
  return all;
}

std::vector<std::string> offered_names(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (command.visibility == Visibility::hidden) continue;
    names.emplace_back(command.name);
    names.insert(names.end(), command.aliases.begin(), command.aliases.end());
  }
  return names;
}

}  // namespace umoci::cli
