// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/driver.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/index_file.hpp>

namespace umoci::store {
namespace {

[[noreturn]] void fail_unsupported(const Driver& driver, const std::string& what) {
  throw Error(ErrorKind::unsupported,
              what + " cannot be done in a layout of this kind: " + quoted(driver.path().string()));
}

}  // namespace

bool Driver::is_work_directory(std::uint64_t /*device*/, std::uint64_t /*inode*/) const {
  return false;
}

std::unique_ptr<StoreLock> Driver::lock_store(LockMode /*mode*/) {
  return std::make_unique<StoreLock>();
}

std::optional<BlobListing> Driver::list_blobs(digest::Algorithm /*algorithm*/) const {
  fail_unsupported(*this, "listing blobs");
}

void Driver::remove_blob(const digest::Digest& /*digest*/) {
  fail_unsupported(*this, "removing blobs");
}

std::optional<std::int64_t> Driver::foreign_writer_seconds() const { return std::nullopt; }

std::vector<Leftover> Driver::find_leftovers() const { return {}; }

bool Driver::remove_leftover(const Leftover& /*leftover*/) {
  fail_unsupported(*this, "removing what dead writers left");
}

std::optional<ForeseenChanges> Driver::foreseen() const { return std::nullopt; }

oci::Index parse_index(const Driver& driver, const std::string& text) {
  return in_context([&] { return quoted((driver.path() / index_name).string()); },
                    [&] { return oci::Index::parse_top_level(text, driver.limits()); });
}

}  // namespace umoci::store
