// SPDX-License-Identifier: Apache-2.0
#include <umoci/digest/hasher.hpp>

#include <umoci/base/error.hpp>

#include <openssl/evp.h>

#include <array>

namespace umoci::digest {
namespace {

[[noreturn]] void fail(Algorithm algorithm) {
  throw Error(ErrorKind::unsupported,
              "the cryptographic library refuses " + std::string(name_of(algorithm)));
}

/// Looking an algorithm up costs more than hashing a small document, so that it is done once. The
/// library's own exit handler may run before ours would, so that nothing is given back.
struct Fetched {
  std::array<const EVP_MD*, 3> algorithms{
      EVP_MD_fetch(nullptr, "SHA256", nullptr),
      EVP_MD_fetch(nullptr, "SHA384", nullptr),
      EVP_MD_fetch(nullptr, "SHA512", nullptr),
  };
};

const EVP_MD* fetched(Algorithm algorithm) {
  static const Fetched once;
  const EVP_MD* md = once.algorithms.at(static_cast<std::size_t>(algorithm));
  if (md == nullptr) fail(algorithm);
  return md;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

}  // namespace

struct Hasher::State {
  explicit State(Algorithm wanted) : algorithm(wanted), md(fetched(wanted)) {
    if (!context) throw std::bad_alloc();
    start();
  }

  void start() {
    if (EVP_DigestInit_ex2(context.get(), md, nullptr) != 1) fail(algorithm);
  }

  Algorithm algorithm;
  const EVP_MD* md;
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

Hasher::Hasher(Algorithm algorithm) : state_(std::make_unique<State>(algorithm)) {}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(io::Bytes bytes) {
  if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) {
    fail(state_->algorithm);
  }
}

Digest Hasher::finish() {
  constexpr std::string_view hex = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned length = 0;
  if (EVP_DigestFinal_ex(state_->context.get(), raw.data(), &length) != 1) fail(state_->algorithm);

  std::string text(name_of(state_->algorithm));
  text.reserve(text.size() + 1 + std::size_t{2} * length);
  text += ':';
  for (const unsigned byte : std::span(raw).first(length)) {
    text += hex[byte >> 4U];
    text += hex[byte & 0xfU];
  }
  state_->start();
  return Digest(std::move(text));
}

Digest digest_of(io::Bytes bytes, Algorithm algorithm) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

Digest digest_of(std::string_view text, Algorithm algorithm) {
  return digest_of(io::as_bytes(text), algorithm);
}

DigestSink::DigestSink(io::Sink& downstream, Algorithm algorithm)
    : downstream_(downstream), hasher_(algorithm) {}

void DigestSink::write(io::Bytes bytes) {
  hasher_.update(bytes);
  size_bytes_ += bytes.size();
  downstream_.write(bytes);
}

void DigestSink::finish() { digest_ = hasher_.finish(); }

}  // namespace umoci::digest
