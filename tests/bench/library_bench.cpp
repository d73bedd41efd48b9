// The library of clips with 100,000 of them: opening, the newest page, searches, everything in order.
//   build/release/bench/library_bench            makes the library first (half a minute)
//   RUSHES_LIBRARY=FILE build/release/bench/library_bench    keeps it there, and takes it the next time
#include "library/clip_library.h"

#include <array>
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

constexpr int clips = 100'000;
constexpr int page = 400;

/// Prompts as people write them: the same words in many combinations, and a number that is there once.
std::string prompt(int i) {
    constexpr std::array things{"ball", "boat", "star", "cube", "ring", "bird", "fish", "tree"};
    constexpr std::array colours{
        "red", "green", "blue", "yellow", "white", "orange", "violet", "pink", "golden"
    };
    constexpr std::array places{"sea", "night", "sky", "forest", "desert", "city", "snow"};
    const auto of = [i](const auto& words, int step) {
        return std::string(words[static_cast<std::size_t>(i / step) % words.size()]);
    };
    return "a " + of(colours, 1) + " " + of(things, 3) + " moves over the " + of(places, 7) +
           ", soft light, take " + std::to_string(i);
}

class Library {
public:
    Library() {
        if (const char* kept = std::getenv("RUSHES_LIBRARY")) {
            file = kept;
        } else {
            folder_ = fs::temp_directory_path() / ("rushes-library-bench-" + std::to_string(::getpid()));
            file = folder_ / "library.db";
        }
        ClipLibrary library(file);
        ClipRecord record;
        record.recipe.model = "rushes-demo";
        record.width = 224;
        record.height = 128;
        record.frames = 33;
        record.report_json = std::string(400, ' ');
        for (int i = static_cast<int>(library.count()); i < clips; ++i) {
            record.recipe.prompt = prompt(i);
            record.file = "/videos/clip-" + std::to_string(i) + ".mp4";
            record.rating = i % 6;
            record.created_unix_ms = 1'700'000'000'000 + i;
            library.add(record);
        }
    }

    ~Library() {
        std::error_code ignored;
        if (!folder_.empty()) {
            fs::remove_all(folder_, ignored);
        }
    }

    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    fs::path file;

private:
    fs::path folder_;
};

const fs::path& library_file() {
    static const Library library;
    return library.file;
}

void open_and_list(benchmark::State& state) {
    library_file(); // made before the clock runs
    for (auto _ : state) {
        const ClipLibrary library(library_file());
        benchmark::DoNotOptimize(library.list({}, page));
        benchmark::DoNotOptimize(library.count());
    }
}

void search(benchmark::State& state, const ClipQuery& query, int limit) {
    const ClipLibrary library(library_file());
    std::size_t found = 0;
    for (auto _ : state) {
        found = limit > 0 ? library.list(query, limit).size() : library.ids(query).size();
    }
    state.counters["found"] = static_cast<double>(found);
}

constexpr auto unit = benchmark::kMillisecond;
BENCHMARK(open_and_list)->Unit(unit);
BENCHMARK_CAPTURE(search, one_word, ClipQuery{.words = "ball"}, page)->Unit(unit);
BENCHMARK_CAPTURE(search, three_words, ClipQuery{.words = "golden fish desert"}, page)->Unit(unit);
BENCHMARK_CAPTURE(search, word_of_all, ClipQuery{.words = "soft light"}, page)->Unit(unit);
BENCHMARK_CAPTURE(search, one_clip, ClipQuery{.words = "77777"}, page)->Unit(unit);
BENCHMARK_CAPTURE(search, part_of_a_word, ClipQuery{.words = "esert"}, page)->Unit(unit);
BENCHMARK_CAPTURE(search, two_letters_that_none_has, ClipQuery{.words = "qx"}, page)->Unit(unit);
BENCHMARK_CAPTURE(search, two_stars, ClipQuery{.words = "ball", .least_rating = 2}, page)->Unit(unit);
BENCHMARK_CAPTURE(search, best_first, ClipQuery{.order = ClipQuery::Order::best_rated}, page)->Unit(unit);
BENCHMARK_CAPTURE(search, all_in_order, ClipQuery{}, 0)->Unit(unit);

} // namespace
} // namespace rushes

BENCHMARK_MAIN();
