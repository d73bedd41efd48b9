// Without libFuzzer, in every run of the tests: the seed corpus, and some thousand mutations of it that are
// the same on every machine.
#include "base/atomic_file.h"
#include "fuzz/lora_target.h"
#include "fuzz/targets.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace rushes {
namespace {

struct Parser {
    std::string name; ///< folder of the corpus
    std::function<void(std::string_view)> target;
};

void PrintTo(const Parser& parser, std::ostream* out) {
    *out << parser.name;
}

std::vector<std::string> corpus(const std::string& name) {
    std::vector<std::filesystem::path> paths;
    const auto folder = std::filesystem::path(RUSHES_SOURCE_DIR) / "tests/fuzz/corpus" / name;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    std::vector<std::string> files;
    for (const auto& path : paths) {
        files.push_back(read_file(path));
    }
    return files;
}

/// One to four small damages: a byte changed, bytes cut out, doubled, or replaced by something that parsers
/// stumble over.
std::string mutate(std::string bytes, std::mt19937& random) {
    static const std::vector<std::string> tokens{
        "0",
        "-1",
        "18446744073709551615",
        "1e999",
        "null",
        "{}",
        "[]",
        "\"\"",
        "}",
        "]",
        ",",
        "\"dtype\"",
        "\"vocab\"",
        std::string(1, '\0'),
        "\xFF",
        "\xFF\xFF\xFF\xFF\x7F"
    };
    const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
    for (std::size_t count = 1 + below(4); count > 0; --count) {
        const std::size_t at = below(bytes.size() + 1);
        const std::size_t length = below(1 + std::min<std::size_t>(bytes.size() - at, 16));
        switch (below(5)) {
        case 0:
            if (at < bytes.size()) {
                bytes[at] = static_cast<char>(static_cast<std::uint8_t>(random()));
            }
            break;
        case 1:
            bytes.erase(at, length);
            break;
        case 2:
            bytes.insert(at, bytes.substr(at, length));
            break;
        case 3:
            bytes.replace(at, length, tokens[below(tokens.size())]);
            break;
        default:
            bytes.resize(at);
            break;
        }
    }
    return bytes;
}

class Replay : public testing::TestWithParam<Parser> {};

TEST_P(Replay, TakesOrRefusesEveryDamagedFile) {
    const std::vector<std::string> seeds = corpus(GetParam().name);
    ASSERT_FALSE(seeds.empty());
    const auto sound = std::ranges::count_if(seeds, [](const std::string& seed) {
        return fuzz::accepts(GetParam().target, seed);
    });
    EXPECT_GE(sound, 1) << "the corpus holds no sound file";
    std::mt19937 random(20240);
    int refused = 0;
    constexpr int rounds = 4000;
    for (int i = 0; i < rounds; ++i) {
        refused += fuzz::accepts(GetParam().target, mutate(seeds[random() % seeds.size()], random)) ? 0 : 1;
    }
    EXPECT_GT(refused, rounds / 10);
}

INSTANTIATE_TEST_SUITE_P(
    Parsers,
    Replay,
    testing::Values(
        Parser{"client_message", fuzz::client_message},
        Parser{"clip_json", fuzz::clip_json},
        Parser{"clip_vocabulary", fuzz::clip_vocabulary},
        Parser{"gguf", fuzz::gguf},
        Parser{"http_target", fuzz::http_target},
        Parser{"lora", fuzz::lora},
        Parser{"safetensors", fuzz::safetensors},
        Parser{"torch_file", fuzz::torch_file},
        Parser{"spiece_model", fuzz::spiece_model},
        Parser{"tokenizer_json", fuzz::tokenizer_json}
    ),
    [](const auto& test_info) { return test_info.param.name; }
);

} // namespace
} // namespace rushes
