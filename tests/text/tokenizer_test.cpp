#include "base/atomic_file.h"
#include "base/error.h"
#include "support/message_of.h"
#include "text/unigram_tokenizer.h"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace rushes {
namespace {

using nlohmann::json;
using test::message_of;
using Ids = std::vector<std::int64_t>;

constexpr std::size_t no_limit = 100'000;

std::filesystem::path folder(const std::string& name) {
    return std::filesystem::path(RUSHES_SOURCE_DIR) / "tests/parity/fixtures/text" / name;
}

/// A part of what Python says: "cases", "layouts" or "truncated".
json reference(const std::string& name, const std::string& part) {
    json all = json::parse(read_file(folder(name) / "ids.json"));
    EXPECT_FALSE(all.at(part).empty());
    return all.at(part);
}

UnigramTokenizer from_spiece(const std::string& name) {
    return UnigramTokenizer(parse_spiece_model(read_file(folder(name) / "spiece.model"), "spiece.model"));
}

UnigramTokenizer from_json(const json& root) {
    return UnigramTokenizer(parse_tokenizer_json(root.dump(), "tokenizer.json"));
}

json tokenizer_json(const std::string& name) {
    return json::parse(read_file(folder(name) / "tokenizer.json"));
}

/// The same tokenizer in the layout that another version of transformers writes.
json in_layout(json root, json layout) {
    const json charsmap = root["normalizer"]["normalizers"][0].value("precompiled_charsmap", json());
    const auto complete = [&](json& step) {
        if (step.is_object() && step["type"] == "Precompiled") {
            step["precompiled_charsmap"] = charsmap;
        }
    };
    complete(layout["normalizer"]);
    if (layout["normalizer"].contains("normalizers")) {
        std::ranges::for_each(layout["normalizer"]["normalizers"], complete);
    }
    root.update(layout);
    return root;
}

bool holds_special(const std::string& text) {
    return text.find("</s>") != std::string::npos || text.find("<pad>") != std::string::npos;
}

class TokenizerFixture : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Unigram, TokenizerFixture, testing::Values("tokenizer", "bytes"));

TEST_P(TokenizerFixture, SpieceModelGivesTheIdsOfSentencePiece) {
    const UnigramTokenizer tokenizer = from_spiece(GetParam());
    for (const json& item : reference(GetParam(), "cases")) {
        const auto text = item["text"].get<std::string>();
        // SentencePiece itself knows no special tokens in a text; transformers cuts them out.
        const char* const source = holds_special(text) ? "converter" : "sentencepiece";
        EXPECT_EQ(tokenizer.encode(text, no_limit), item[source].get<Ids>())
            << item["text"].dump(-1, ' ', true);
    }
}

TEST_P(TokenizerFixture, EveryLayoutOfTokenizerJsonGivesTheIdsOfTransformers) {
    const json layouts = reference(GetParam(), "layouts");
    const json cases = reference(GetParam(), "cases");
    for (const auto& [layout, parts] : layouts.items()) {
        const UnigramTokenizer tokenizer = from_json(in_layout(tokenizer_json(GetParam()), parts));
        for (const json& item : cases) {
            EXPECT_EQ(tokenizer.encode(item["text"].get<std::string>(), no_limit), item[layout].get<Ids>())
                << layout << ": " << item["text"].dump(-1, ' ', true);
        }
    }
}

// What people train and convert unigram tokenizers with, beside the layouts above.
TEST(Unigram, NormalizersAndPreTokenizersGiveTheIdsOfTheTokenizersLibrary) {
    const json fixture = json::parse(read_file(folder("tokenizer") / "parts.json"));
    const json texts = fixture.at("texts");
    const json file = tokenizer_json("tokenizer");
    ASSERT_GE(fixture.at("variants").size(), 20u);
    for (const auto& [name, variant] : fixture.at("variants").items()) {
        const UnigramTokenizer tokenizer = from_json(in_layout(file, variant));
        for (std::size_t i = 0; i < texts.size(); ++i) {
            EXPECT_EQ(
                tokenizer.encode(texts[i].get<std::string>(), no_limit), variant.at("ids")[i].get<Ids>()
            ) << name
              << ": " << texts[i].dump(-1, ' ', true);
        }
    }
}

TEST_P(TokenizerFixture, TruncationKeepsTheEnd) {
    const UnigramTokenizer tokenizer = from_spiece(GetParam());
    for (const json& item : reference(GetParam(), "truncated")) {
        EXPECT_EQ(
            tokenizer.encode(item["text"].get<std::string>(), item["max_length"].get<std::size_t>()),
            item["ids"].get<Ids>()
        ) << item.dump(-1, ' ', true);
    }
}

TEST(Unigram, TheBuiltInModelsFilesAgree) {
    const std::filesystem::path tokenizer =
        std::filesystem::path(RUSHES_SOURCE_DIR) / "resources/models/rushes-demo/tokenizer";
    if (!std::filesystem::exists(tokenizer / "spiece.model")) {
        GTEST_SKIP() << "the built-in model is not in the source tree";
    }
    const UnigramTokenizer spiece(parse_spiece_model(read_file(tokenizer / "spiece.model"), "spiece.model"));
    const UnigramTokenizer fast(
        parse_tokenizer_json(read_file(tokenizer / "tokenizer.json"), "tokenizer.json")
    );
    EXPECT_EQ(spiece.vocabulary_size(), fast.vocabulary_size());
    for (const json& item : reference("tokenizer", "cases")) {
        const auto text = item["text"].get<std::string>();
        EXPECT_EQ(spiece.encode(text, 64), fast.encode(text, 64)) << item["text"].dump(-1, ' ', true);
    }
}

TEST(Unigram, LoadsADirectoryThatHoldsEitherFile) {
    const auto directory =
        std::filesystem::temp_directory_path() / ("rushes-tokenizer-" + std::to_string(::getpid()));
    const auto text = "a red ball bounces";
    const Ids expected = from_spiece("bytes").encode(text, 64);
    for (const std::string name : {"spiece.model", "tokenizer.json"}) {
        std::filesystem::create_directories(directory);
        std::filesystem::copy_file(folder("bytes") / name, directory / name);
        EXPECT_EQ(load_unigram_tokenizer(directory).encode(text, 64), expected) << name;
        std::filesystem::remove_all(directory);
    }
    EXPECT_THAT(
        message_of([&] { load_unigram_tokenizer(directory); }),
        testing::HasSubstr("neither spiece.model nor tokenizer.json")
    );
}

// Unknown characters score 10 below the least piece (SentencePiece's kUnkPenalty): "ab" loses to an unknown
// "a" and "b" only when "b" makes up for more than that.
TEST(Unigram, AnUnknownCharacterScoresTenBelowTheLeastPiece) {
    const auto ids = [](double score_of_b) {
        UnigramModel model;
        model.pieces = {
            {.text = "<unk>", .in_text = false, .counts = false},
            {.text = "ab", .score = -12},
            {.text = "b", .score = score_of_b}
        };
        return UnigramTokenizer(std::move(model)).encode("ab", 8);
    };
    EXPECT_EQ(ids(9.5), (Ids{1}));
    EXPECT_EQ(ids(10.5), (Ids{0, 2}));
}

TEST(Charsmap, TheLongestRuleWins) {
    const UnigramModel model =
        parse_spiece_model(read_file(folder("tokenizer") / "spiece.model"), "spiece.model");
    const TextStep& nfkc = model.normalization.front();
    EXPECT_EQ(nfkc("\uFF76"), "\u30AB");       // half-width KA
    EXPECT_EQ(nfkc("\uFF76\uFF9E"), "\u30AC"); // with its voiced mark: GA
    EXPECT_EQ(nfkc("e\u0301x"), "\u00E9x");
    EXPECT_EQ(nfkc("\xFF"), "\uFFFD");
}

TEST(Unigram, LongTextsTakeLinearTime) {
    const UnigramTokenizer tokenizer = from_spiece("tokenizer");
    std::string text;
    for (int i = 0; i < 20'000; ++i) {
        text += "cat🙂";
    }
    EXPECT_EQ(tokenizer.encode(text, 512).size(), 512u);
}

TEST(Unigram, WrongFilesGetOneSentence) {
    const auto json_error = [](const json& root) { return message_of([&] { from_json(root); }); };
    const auto changed = [](const char* pointer, const json& value) {
        json root = tokenizer_json("bytes");
        root[json::json_pointer(pointer)] = value;
        return root;
    };
    EXPECT_THAT(json_error(changed("/model/type", "BPE")), testing::HasSubstr("holds a BPE model"));
    EXPECT_THAT(json_error(changed("/model/vocab", 3)), testing::HasSubstr("no proper \"vocab\""));
    EXPECT_THAT(
        json_error(changed("/model/vocab/5", json::array({"a"}))), testing::HasSubstr("no proper piece 5")
    );
    EXPECT_THAT(
        json_error(changed("/model/vocab/5", json::array({"", 0}))), testing::HasSubstr("no proper piece 5")
    );
    EXPECT_THAT(
        json_error(changed("/model/unk_id", 1'000'000)), testing::HasSubstr("the piece for unknown text")
    );
    EXPECT_THAT(json_error(changed("/model/unk_id", nullptr)), testing::HasSubstr("where an id belongs"));
    EXPECT_THAT(
        json_error(changed("/normalizer", json{{"type", "ByteLevel"}})),
        testing::HasSubstr("normalizer 'ByteLevel'")
    );
    const auto replacement = [](const char* kind, const char* pattern) {
        return json{{"type", "Replace"}, {"pattern", {{kind, pattern}}}, {"content", "-"}};
    };
    EXPECT_THAT(
        json_error(changed("/normalizer", replacement("String", ""))), testing::HasSubstr("an empty text")
    );
    for (const char* const regex :
         {"", "(a|b)", "a*", "a{0,2}", "a{3,2}", "a{2", "[", "[]", "[b-a]", "^a", "\\", "\\w", "aa"}) {
        EXPECT_THAT(
            json_error(changed("/normalizer", replacement("Regex", regex))),
            testing::HasSubstr("the regular expression '" + std::string(regex) + "', which")
        );
    }
    EXPECT_THAT(
        json_error(changed("/pre_tokenizer", json{{"type", "ByteLevel"}})),
        testing::HasSubstr("pre-tokenizer 'ByteLevel'")
    );
    EXPECT_THAT(
        json_error(changed("/post_processor", json{{"type", "ByteLevel"}})),
        testing::HasSubstr("post-processor 'ByteLevel'")
    );
    EXPECT_THAT(
        json_error(changed("/post_processor/special_tokens/<~1s>/ids/0", 1'000'000)),
        testing::HasSubstr("an id that goes with every text")
    );
    json charsmap = tokenizer_json("tokenizer");
    charsmap["normalizer"]["normalizers"][0]["precompiled_charsmap"] = "AAAA";
    EXPECT_THAT(json_error(charsmap), testing::HasSubstr("normalisation rules that cannot be read"));
    EXPECT_THAT(
        message_of([] { parse_tokenizer_json("{\"a\":1,\"a\":2}", "x"); }), testing::HasSubstr("twice")
    );

    const std::string spiece = read_file(folder("bytes") / "spiece.model");
    const auto spiece_error = [](const std::string& bytes) {
        return message_of([&] { UnigramTokenizer(parse_spiece_model(bytes, "m")); });
    };
    EXPECT_THAT(spiece_error(""), testing::HasSubstr("lacks the pieces"));
    EXPECT_THAT(
        spiece_error(spiece.substr(0, spiece.size() - 1)), testing::HasSubstr("not a SentencePiece model")
    );
    EXPECT_THAT(
        spiece_error(spiece.substr(0, 40)),
        testing::AnyOf(
            testing::HasSubstr("not a SentencePiece model"), testing::HasSubstr("lacks the pieces")
        )
    );
    EXPECT_THAT(spiece_error("not a model at all"), testing::HasSubstr("not a SentencePiece model"));
}

} // namespace
} // namespace rushes
