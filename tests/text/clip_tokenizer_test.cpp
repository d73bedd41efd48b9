// Against transformers' CLIPTokenizer on a corpus (tests/parity/make_clip_fixtures.py).
#include "base/atomic_file.h"
#include "base/error.h"
#include "support/message_of.h"
#include "text/clip_tokenizer.h"
#include "text/clip_words.h"
#include "text/prompt_weights.h"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <unistd.h>
#include <vector>

namespace rushes {
namespace {

using nlohmann::json;
using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;
using Ids = std::vector<std::int64_t>;

constexpr std::size_t length = 77;

std::filesystem::path fixture(const std::string& name) {
    return std::filesystem::path(RUSHES_SOURCE_DIR) / "tests/parity/fixtures/clip/tokenizer" / name;
}

json reference(const std::string& part) {
    json all = json::parse(read_file(fixture("ids.json")));
    EXPECT_FALSE(all.at(part).empty());
    return all.at(part);
}

ClipTokenizer from_two_files() {
    return ClipTokenizer(
        parse_clip_vocabulary(read_file(fixture("vocab.json")), read_file(fixture("merges.txt")))
    );
}

ClipTokenizer from_one_file() {
    return ClipTokenizer(parse_clip_tokenizer_json(read_file(fixture("tokenizer.json")), "tokenizer.json"));
}

TEST(ClipTokenizer, GivesTheIdsOfTransformers) {
    const ClipTokenizer two = from_two_files();
    const ClipTokenizer one = from_one_file();
    const json cases = reference("cases");
    ASSERT_GT(cases.size(), 80U);
    for (const json& item : cases) {
        const auto text = item["text"].get<std::string>();
        EXPECT_EQ(two.pieces(text), item["ids"].get<Ids>()) << item["text"].dump(-1, ' ', true);
        EXPECT_EQ(one.pieces(text), item["ids"].get<Ids>()) << item["text"].dump(-1, ' ', true);
    }
}

TEST(ClipTokenizer, PadsAndCutsAsThePipelinesDo) {
    const ClipTokenizer tokenizer = from_two_files();
    for (const json& item : reference("padded")) {
        EXPECT_EQ(tokenizer.encode(item["text"].get<std::string>(), length), item["ids"].get<Ids>());
    }
}

TEST(ClipTokenizer, ReadsTheDirectoryAndItsPadding) {
    const std::filesystem::path directory =
        std::filesystem::temp_directory_path() / ("rushes-clip-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    EXPECT_THAT(message_of([&] { load_clip_tokenizer(directory); }), HasSubstr("neither vocab.json"));
    std::filesystem::copy_file(fixture("tokenizer.json"), directory / "tokenizer.json");
    EXPECT_EQ(load_clip_tokenizer(directory).encode("a", 4), from_two_files().encode("a", 4));
    write_file(directory / "special_tokens_map.json", R"({"pad_token": {"content": "!"}})");
    const ClipTokenizer padded = load_clip_tokenizer(directory);
    EXPECT_EQ(padded.encode("", 3).back(), json::parse(read_file(fixture("vocab.json"))).at("!").get<int>());
    std::filesystem::remove_all(directory);
}

TEST(ClipTokenizer, LongWordsTakeLittleTime) {
    const std::string word(200'000, 'a');
    EXPECT_GT(from_two_files().pieces(word).size(), 1000U);
}

TEST(ClipTokenizer, RefusesOtherFilesWithOneSentence) {
    const auto whole = [](const std::string& pointer, const json& value) {
        json root = json::parse(read_file(fixture("tokenizer.json")));
        root[json::json_pointer(pointer)] = value;
        return message_of([&] { ClipTokenizer(parse_clip_tokenizer_json(root.dump(), "tokenizer.json")); });
    };
    EXPECT_THAT(whole("/model/type", "Unigram"), HasSubstr("holds a Unigram model"));
    EXPECT_THAT(whole("/model/end_of_word_suffix", ""), HasSubstr("end of a word"));
    EXPECT_THAT(whole("/model/merges", json::array({"a"})), HasSubstr("no proper merge 0"));
    EXPECT_THAT(whole("/model/merges", json::array({"a qqq"})), HasSubstr("lacks the piece \"qqq\""));
    EXPECT_THAT(whole("/model/vocab", json{{"a", -1}}), HasSubstr("where an id belongs"));
    EXPECT_THAT(whole("/model/vocab", json{{"a", 1}}), HasSubstr("<|startoftext|>"));
    EXPECT_THAT(whole("/model/vocab", json::object()), HasSubstr("no vocabulary"));
    EXPECT_THAT(whole("/normalizer", json{{"type", "NFKC"}}), HasSubstr("normalizer"));
    EXPECT_THAT(whole("/pre_tokenizer", nullptr), HasSubstr("pre-tokenizer"));
    EXPECT_THAT(message_of([] { parse_clip_vocabulary("[]", ""); }), HasSubstr("vocab.json"));
    EXPECT_THAT(message_of([] { parse_clip_vocabulary(R"({"a": 0})", "a b c\n"); }), HasSubstr("merge 0"));
}

TEST(ClipWords, AreCutAsTheRegularExpressionHasIt) {
    EXPECT_THAT(clip_words("It's  A1b!? 42"), ElementsAre("it", "'s", "a", "1", "b", "!?", "4", "2"));
    EXPECT_THAT(clip_words(" \n"), ElementsAre());
}

/// The texts and weights that the notation's own documentation gives as examples.
TEST(PromptWeights, ReadTheNotationOfCreators) {
    const auto parse = [](const std::string& prompt) {
        std::vector<std::pair<std::string, double>> parts;
        for (const WeightedText& part : parse_prompt_weights(prompt)) {
            parts.emplace_back(part.text, std::round(part.weight * 1e6) / 1e6);
        }
        return parts;
    };
    using P = std::pair<std::string, double>;
    EXPECT_THAT(parse("normal text"), ElementsAre(P("normal text", 1)));
    EXPECT_THAT(parse(""), ElementsAre(P("", 1)));
    EXPECT_THAT(parse("an (important) word"), ElementsAre(P("an ", 1), P("important", 1.1), P(" word", 1)));
    EXPECT_THAT(parse("(unbalanced"), ElementsAre(P("unbalanced", 1.1)));
    EXPECT_THAT(parse(R"(\(literal\])"), ElementsAre(P("(literal]", 1)));
    EXPECT_THAT(parse("(unnecessary)(parens)"), ElementsAre(P("unnecessaryparens", 1.1)));
    EXPECT_THAT(parse("[less]"), ElementsAre(P("less", 0.909091)));
    EXPECT_THAT(
        parse("a (((house:1.3)) [on] a (hill:0.5), sun, (((sky)))."),
        ElementsAre(
            P("a ", 1),
            P("house", 1.573),
            P(" ", 1.1),
            P("on", 1),
            P(" a ", 1.1),
            P("hill", 0.55),
            P(", sun, ", 1.1),
            P("sky", 1.4641),
            P(".", 1.1)
        )
    );
    EXPECT_THAT(parse("(a: 1.5 )"), ElementsAre(P("a", 1.5)));
    EXPECT_THAT(parse("(a:x)"), ElementsAre(P("a:x", 1.1))) << "no number";
    EXPECT_THAT(parse("(a:1.3.4)"), ElementsAre(P("a:1.3.4", 1.1))) << "no number";
    EXPECT_THAT(parse("smile :) or 4:3"), ElementsAre(P("smile :) or 4:3", 1)));
}

TEST(PromptWeights, APlainPromptIsOneChunkAsEver) {
    const ClipTokenizer tokenizer = from_two_files();
    const auto chunks = prompt_chunks(tokenizer, "a red ball bounces", length);
    ASSERT_EQ(chunks.size(), 1U);
    EXPECT_EQ(chunks[0].ids, tokenizer.encode("a red ball bounces", length));
    EXPECT_FALSE(chunks[0].weighted());
    EXPECT_EQ(prompt_chunks(tokenizer, "", length).size(), 1U);
    EXPECT_EQ(empty_chunk(tokenizer, length).ids, tokenizer.encode("", length));
}

TEST(PromptWeights, StandAtThePiecesOfTheirWords) {
    const ClipTokenizer tokenizer = from_two_files();
    const auto chunks = prompt_chunks(tokenizer, "ab (red ball:1.5) c", length);
    ASSERT_EQ(chunks.size(), 1U);
    const std::size_t before = tokenizer.pieces("ab").size();
    const std::size_t heavy = tokenizer.pieces("red ball").size();
    for (std::size_t i = 0; i < length; ++i) {
        const bool inside = i > before && i <= before + heavy;
        EXPECT_EQ(chunks[0].weights[i], inside ? 1.5F : 1.0F) << i;
    }
}

TEST(PromptWeights, LongPromptsContinueInTheNextChunkBehindAComma) {
    const ClipTokenizer tokenizer = from_two_files();
    const std::string long_prompt = reference("long").get<std::string>();
    const std::vector<std::int64_t> all = tokenizer.pieces(long_prompt);
    const auto chunks = prompt_chunks(tokenizer, long_prompt, length);
    ASSERT_GT(chunks.size(), 2U);
    std::vector<std::int64_t> together;
    for (const PromptChunk& chunk : chunks) {
        ASSERT_EQ(chunk.ids.size(), length);
        ASSERT_EQ(chunk.weights.size(), length);
        EXPECT_EQ(chunk.ids.front(), tokenizer.start());
        const auto end = std::find(chunk.ids.begin(), chunk.ids.end(), tokenizer.end());
        ASSERT_NE(end, chunk.ids.end());
        together.insert(together.end(), chunk.ids.begin() + 1, end);
    }
    EXPECT_EQ(together, all) << "nothing is lost or doubled";
    const std::int64_t comma = tokenizer.pieces(",").front();
    const auto first_end = std::find(chunks[0].ids.begin(), chunks[0].ids.end(), tokenizer.end());
    EXPECT_EQ(*(first_end - 1), comma);
    EXPECT_GT(first_end - chunks[0].ids.begin(), 55);
    EXPECT_EQ(chunks[chunks.size() - 2].ids.back(), tokenizer.end()) << "no comma near: full";
}

TEST(PromptWeights, BreakBeginsAChunk) {
    const ClipTokenizer tokenizer = from_two_files();
    const auto chunks = prompt_chunks(tokenizer, "red ball BREAK blue (sea BREAK sky:1.2)", length);
    ASSERT_EQ(chunks.size(), 3U);
    EXPECT_EQ(chunks[0].ids, tokenizer.encode("red ball", length));
    EXPECT_EQ(chunks[1].ids, tokenizer.encode("blue sea", length));
    EXPECT_EQ(chunks[2].weights[1], 1.2F);
    EXPECT_EQ(prompt_chunks(tokenizer, "no BREAKING of xBREAK", length).size(), 1U);
}

} // namespace
} // namespace rushes
