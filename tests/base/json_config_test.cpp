#include "base/error.h"
#include "base/json_config.h"
#include "base/sha256.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

std::string sentence_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        return error.what();
    }
    return "no error";
}

JsonConfig parsed(const char* text) {
    return JsonConfig::parse(text, "a/config.json");
}

TEST(JsonConfig, ReadsWhatIsThereAndFallsBackOnlyForMissingKeys) {
    const JsonConfig config =
        parsed(R"({"n": 3, "x": 0.5, "whole": 2, "flag": true, "word": "w", "none": null, "list": [1, 2]})");
    EXPECT_EQ(config.integer("n", {1, 3}), 3);
    EXPECT_EQ(config.integer("absent", {1, 3}, 7), 7);
    EXPECT_EQ(config.integer("none", {1, 3}, 7), 7);
    EXPECT_DOUBLE_EQ(config.number("x", {0, 1}), 0.5);
    EXPECT_DOUBLE_EQ(config.number("whole", {0, 5}), 2);
    EXPECT_TRUE(config.boolean("flag"));
    EXPECT_EQ(config.text("word"), "w");
    EXPECT_THAT(config.integers("list", {1, 2}, 2), testing::ElementsAre(1, 2));
    EXPECT_EQ(config.require("word", {"v", "w"}), "w");
}

TEST(JsonConfig, SaysWhatIsWrong) {
    const JsonConfig config =
        parsed(R"({"n": "three", "big": 1e300, "huge": 18446744073709551615, "list": [1, "x"], "word": "w"})"
        );
    EXPECT_EQ(sentence_of([&] { config.integer("none", {1, 9}); }), "a/config.json: \"none\" is missing.");
    EXPECT_EQ(
        sentence_of([&] { config.integer("n", {1, 9}); }), "a/config.json: \"n\" must be a whole number."
    );
    EXPECT_EQ(
        sentence_of([&] { config.number("big", {0, 10}); }),
        "a/config.json: \"big\" is 1e+300, which is not between 0.0 and 10.0."
    );
    EXPECT_EQ(
        sentence_of([&] { config.integer("huge", {0, 10}); }),
        "a/config.json: \"huge\" is 18446744073709551615, which is not between 0 and 10."
    );
    EXPECT_EQ(
        sentence_of([&] { config.integers("list", {0, 9}, 4); }),
        "a/config.json: \"list\" must be a whole number."
    );
    EXPECT_EQ(
        sentence_of([&] { config.integers("list", {0, 9}, 1); }),
        "a/config.json: \"list\" must be a list of 1 to 1 values."
    );
    EXPECT_EQ(
        sentence_of([&] { config.require("word", {"a", "b"}); }),
        "a/config.json: \"word\" is \"w\", expected a or b."
    );
    EXPECT_EQ(sentence_of([&] { config.text("big"); }), "a/config.json: \"big\" must be a text.");
    EXPECT_EQ(sentence_of([&] { config.boolean("word"); }), "a/config.json: \"word\" must be true or false.");
}

TEST(JsonConfig, RefusesTextThatIsNoObject) {
    for (const char* text : {"", "[1]", "{\"a\":", "nul", "{\"a\": 1} x", "\xff"}) {
        EXPECT_EQ(sentence_of([&] { parsed(text); }), "a/config.json does not hold a JSON object.") << text;
    }
    EXPECT_THAT(
        sentence_of([] { JsonConfig::read("/nowhere/config.json", "vae/config.json"); }),
        testing::StartsWith("vae/config.json is missing in /nowhere")
    );
}

/// FIPS 180-4 examples, and one that crosses a block while being fed piece by piece.
TEST(Sha256, AgreesWithTheStandardsExamples) {
    const auto digest = [](std::string_view text) {
        Sha256 hash;
        hash.update(text);
        return hash.finish();
    };
    EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(
        digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
    Sha256 million;
    for (int i = 0; i < 1000; ++i) {
        million.update(std::string(1000, 'a'));
    }
    EXPECT_EQ(million.finish(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

} // namespace
} // namespace rushes
