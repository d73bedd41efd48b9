// What a person would be told.
#pragma once

#include "base/error.h"

#include <gtest/gtest.h>
#include <string>

namespace rushes::test {

/// The sentence of the user's mistake that `action` throws; "no error" when it throws none.
std::string message_of(const auto& action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        return error.what();
    }
    return "no error";
}

} // namespace rushes::test
