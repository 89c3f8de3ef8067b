// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/blobs.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/hashed_source.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/io/cancellable_source.hpp>
#include <umoci/io/reported_source.hpp>

#include <fmt/format.h>

#include <utility>

namespace umoci::check {

std::string blob_file(const std::string& digest) {
  std::string path = "blobs/" + digest;
  path[path.find(':')] = '/';
  return path;
}

Blobs::Blobs(const LayoutFiles& files, Findings& findings, Surroundings surroundings)
    : files_(files), findings_(findings), surroundings_(std::move(surroundings)) {}

bool Blobs::is_examined(const std::string& digest) const { return examined_.contains(digest); }

const Blob& Blobs::examine(const std::string& digest, const Reader& reader) {
  const auto known = examined_.find(digest);
  if (known != examined_.end() && !reader) return known->second;
  return examined_.insert_or_assign(digest, examine_if_allowed(digest, reader)).first->second;
}

Blob Blobs::examine_if_allowed(const std::string& digest, const Reader& reader) {
  try {
    return examine_file(digest, reader);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::permission) throw;
    findings_.add("L07", {.document = blob_file(digest), .pointer = ""},
                  "cannot be read, and was not checked");
    return {.state = Blob::State::unreadable};
  }
}

Blob Blobs::examine_file(const std::string& digest, const Reader& reader) {
  const std::string path = blob_file(digest);
  FoundFile file = files_.open(path);
  if (file.state == FileState::absent) return {.state = Blob::State::missing};
  if (file.state != FileState::regular) {
    findings_.add("L13", {.document = path, .pointer = ""}, "is no regular file");
    return {.state = Blob::State::no_file};
  }
  const auto algorithm = digest::Digest(digest).algorithm();
  if (!algorithm) return {.state = Blob::State::unverifiable, .size_bytes = file.size_bytes};
  if (file.size_bytes > surroundings_.limits.layer_bytes) {
    findings_.add(
        "L07", {.document = path, .pointer = ""},
        fmt::format("has {} bytes, more than limit layer_bytes: it is not read", file.size_bytes));
    return {.state = Blob::State::too_large, .size_bytes = file.size_bytes};
  }
  io::FileSource bytes(std::move(file.fd));
  io::CancellableSource cancellable(bytes, surroundings_.stop);
  io::ReportedSource reported(cancellable, surroundings_.progress);
  HashedSource hashed(reported, *algorithm);
  if (reader) reader(hashed);
  io::drain(hashed);
  const digest::Digest actual = hashed.finish();
  const bool is_right = actual.text() == digest;
  if (!is_right) {
    findings_.add("L07", {.document = path, .pointer = ""},
                  "content has the digest " + quoted(actual.text()));
  }
  return {.state = is_right ? Blob::State::right : Blob::State::wrong,
          .size_bytes = hashed.size_bytes()};
}

std::optional<std::string> Blobs::read_document(const std::string& digest) {
  const Blob& blob = examine(digest);
  const auto algorithm = digest::Digest(digest).algorithm();
  const std::uint64_t limit_bytes = surroundings_.limits.document_bytes;
  if (blob.state != Blob::State::right || !algorithm || blob.size_bytes > limit_bytes) {
    return std::nullopt;
  }
  FoundFile file = files_.open(blob_file(digest));
  if (file.state != FileState::regular || file.size_bytes > limit_bytes) return std::nullopt;
  io::FileSource source(std::move(file.fd));
  // It may have been changed since it was examined: what is parsed is verified itself.
  io::LimitedSource limited(source, limit_bytes);
  std::string text = io::read_all(limited, limit_bytes);
  if (digest::digest_of(text, *algorithm).text() != digest) return std::nullopt;
  return text;
}

}  // namespace umoci::check
