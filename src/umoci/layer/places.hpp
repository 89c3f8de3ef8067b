// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/root.hpp>
#include <umoci/layer/known_directories.hpp>
#include <umoci/layer/upper_paths.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::layer {

/// A directory of the tree, open to be worked in.
struct Place {
  DirectoryId id = KnownDirectories::root;
  fs::Directory directory;
};

/// Whether the way to a place may lead through any link.
enum class Follow {
  all,
  lower_only,  ///< not through links that the layer at hand brought
};

/// Finds and makes the directories that entries lie in, and changes what is in them, so that what
/// must be restored in the end is known. Stays open where it was last, because neighbours in a
/// layer are neighbours in the tree. Spec: layers.md 1.5, 1.6, 1.9.
class Places {
 public:
  /// Borrows its arguments. `implied_owner` is asked when a directory is implied.
  Places(const fs::Root& root, const fs::LinkBudget& budget, KnownDirectories& directories,
         UpperPaths& upper, std::function<std::optional<fs::Owner>()> implied_owner);

  [[nodiscard]] Place root() const { return {KnownDirectories::root, root_.directory()}; }

  /// The directory `path` (as an entry names it) leads to. What is missing on the way is made; a
  /// file in the way is replaced, or, if a link led to it, that link is. Throws: unsafe_path for
  /// links that lead nowhere.
  [[nodiscard]] Place create(std::string_view path);
  /// nullopt if `path` does not lead to a directory.
  [[nodiscard]] std::optional<Place> find(std::string_view path, Follow follow);
  /// The directory that the link `name` leads to in the end.
  [[nodiscard]] std::optional<Place> find_linked(const Place& place, std::string_view name) const;

  /// To be called before anything in `place` is changed: remembers its times.
  void prepare(const Place& place);
  /// Makes a directory, closed to others. Throws: already_exists.
  [[nodiscard]] Place make_directory(const Place& place, std::string_view name);
  /// Says that `place`, as opened last but for its last component `name`, is now what is open.
  void remember(std::string_view parent_path, std::string_view name, const Place& place);
  /// Removes what has that name, with everything below. `status` is what it looked like.
  void remove(const Place& place, std::string_view name, const struct stat& status);
  /// To be called when a symbolic link was made: links followed before may now lead elsewhere.
  void forget_links_followed();
  /// No entry describes `place`: it gets the metadata of implied directories.
  void imply(const Place& place);

  /// Gives the directories implied in this layer the times of their parents, and closes all.
  void end_layer();
  /// Closes all directories.
  void close() noexcept { open_.clear(); }

 private:
  struct Open {
    std::size_t path_bytes = 0;  ///< of path_, that led here
    Place place;
    std::uint64_t links = 0;         ///< followed on the way
    bool behind_upper_link = false;  ///< a link that this layer brought was followed
  };
  enum class Missing { stop, make };

  std::optional<Open> walk(std::string_view path, Missing missing, Follow follow);
  std::optional<Open> step(const Open& from, std::string_view name, Missing missing);
  std::optional<Open> follow_link(const Open& from, std::string_view name,
                                  const struct stat& status, Missing missing);
  Place make_implied(const Place& place, std::string_view name);
  void leave_for(std::string_view path);
  void push(const Open& open);

  const fs::Root& root_;
  const fs::LinkBudget& budget_;
  KnownDirectories& directories_;
  UpperPaths& upper_;
  std::function<std::optional<fs::Owner>()> implied_owner_;
  std::string path_;                  ///< that was walked last
  std::vector<Open> open_;            ///< on that path, the shortest first
  std::vector<DirectoryId> implied_;  ///< in this layer
};

}  // namespace umoci::layer
