// SPDX-License-Identifier: Apache-2.0
#pragma once

// A test program that includes this links umoci_store.

#include <umoci/store/layout.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

namespace umoci::test {

/// A test with a layout of its own, in "layout", that holds nothing yet.
class EmptyLayoutTest : public testing::Test {
 protected:
  EmptyLayoutTest() : layout_(create()) {}

  TemporaryDirectory directory_;
  store::Layout layout_;

 private:
  store::Layout create() {
    const store::LayoutOptions options{.durability = fs::Durability::unsynced};
    store::Layout::create(directory_ / "layout", options);
    return store::Layout::open(directory_ / "layout", options);
  }
};

}  // namespace umoci::test
