// SPDX-License-Identifier: Apache-2.0
#include <umoci/digest/checksum.hpp>

#include <umoci/base/error.hpp>

#include <openssl/evp.h>

#include <array>
#include <span>
#include <string_view>

namespace umoci::digest {
namespace {

constexpr std::array<const char*, 8> openssl_names{nullptr,  "MD5",    "RIPEMD160", "SHA1",
                                                   "SHA256", "SHA384", "SHA512",    "SHA512-256"};

/// Looking one up costs more than hashing a small file, so that it is done once. The library's own
/// exit handler may run before ours would, so that nothing is given back.
struct Fetched {
  Fetched() {
    for (std::size_t i = 1; i < openssl_names.size(); ++i) {
      digests.at(i) = EVP_MD_fetch(nullptr, openssl_names.at(i), nullptr);
    }
  }
  std::array<const EVP_MD*, openssl_names.size()> digests{};
};

const EVP_MD* fetched(ChecksumKind kind) {
  static const Fetched once;
  return once.digests.at(static_cast<std::size_t>(kind));
}

/// Remainders of one byte in the high bits, for the polynomial of POSIX cksum.
constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t rest = byte << 24U;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest & 0x80000000U) != 0 ? rest << 1U ^ 0x04c11db7U : rest << 1U;
    }
    table.at(byte) = rest;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> crc_table = make_crc_table();

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

}  // namespace

class Checksum::State {
 public:
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  virtual ~State() = default;
  virtual void update(io::Bytes bytes) = 0;
  virtual std::string finish() = 0;
};

class Checksum::Cksum final : public State {
 public:
  void update(io::Bytes bytes) override {
    for (const std::byte byte : bytes) put(std::to_integer<std::uint32_t>(byte));
    length_ += bytes.size();
  }

  std::string finish() override {
    // The length follows the content, least significant byte first, as many as it needs.
    for (std::uint64_t rest = length_; rest > 0; rest >>= 8U) {
      put(static_cast<std::uint32_t>(rest & 0xffU));
    }
    return std::to_string(~crc_);
  }

 private:
  void put(std::uint32_t byte) { crc_ = crc_ << 8U ^ crc_table.at(crc_ >> 24U ^ byte); }

  std::uint32_t crc_ = 0;
  std::uint64_t length_ = 0;
};

class Checksum::MessageDigest final : public State {
 public:
  explicit MessageDigest(ChecksumKind kind) : kind_(kind), context_(EVP_MD_CTX_new()) {
    if (!context_) throw std::bad_alloc();
    const EVP_MD* const md = fetched(kind);
    if (md == nullptr || EVP_DigestInit_ex2(context_.get(), md, nullptr) != 1) fail();
  }

  void update(io::Bytes bytes) override {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) fail();
  }

  std::string finish() override {
    constexpr std::string_view hex = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned length = 0;
    if (EVP_DigestFinal_ex(context_.get(), raw.data(), &length) != 1) fail();
    std::string text;
    for (const unsigned byte : std::span(raw).first(length)) {
      text += hex[byte >> 4U];
      text += hex[byte & 0xfU];
    }
    return text;
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorKind::unsupported, std::string("the cryptographic library refuses ") +
                                            openssl_names.at(static_cast<std::size_t>(kind_)));
  }

  ChecksumKind kind_;
  std::unique_ptr<EVP_MD_CTX, FreeContext> context_;
};

Checksum::Checksum(ChecksumKind kind) {
  if (kind == ChecksumKind::cksum) {
    state_ = std::make_unique<Cksum>();
  } else {
    state_ = std::make_unique<MessageDigest>(kind);
  }
}

Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;
Checksum::~Checksum() = default;

void Checksum::update(io::Bytes bytes) { state_->update(bytes); }
std::string Checksum::finish() { return state_->finish(); }

}  // namespace umoci::digest
