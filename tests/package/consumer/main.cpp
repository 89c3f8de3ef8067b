// SPDX-License-Identifier: Apache-2.0
// What an outsider's first program may look like. Exits with 0 if the library answers correctly.

#include <umoci/base/error.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/tree/path.hpp>

#include <iostream>

namespace {

bool is_refused(const char* digest) {
  try {
    (void)umoci::digest::Digest::parse(digest);
    return false;
  } catch (const umoci::Error& error) {
    return error.kind() == umoci::ErrorKind::invalid_data;
  }
}

}  // namespace

int main() {
  // FIPS 180-4, the example of one block.
  const char* const digest_of_abc =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const bool hashes = umoci::digest::digest_of("abc").text() == digest_of_abc;
  const bool cleans = umoci::tree::TreePath::clean("/usr/./lib//../bin").text() == "usr/bin";
  const bool refuses = is_refused("sha256:short");
  std::cout << "hashes " << hashes << ", cleans " << cleans << ", refuses " << refuses << '\n';
  return hashes && cleans && refuses ? 0 : 1;
}
