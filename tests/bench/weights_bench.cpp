// How fast weights come from the file cache into a model, by the number of readers.
//   build/release/bench/weights_bench
#include "nn/layers.h"
#include "nn/weights/random_weights.h"
#include "nn/weights/safetensors_writer.h"
#include "nn/weights/weight_store.h"

#include <benchmark/benchmark.h>
#include <filesystem>
#include <unistd.h>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t layers = 16;
constexpr std::int64_t width = 4096; // 32 MiB a layer in bf16

/// A component of half a gigabyte, removed at the end.
class RandomComponent {
public:
    RandomComponent() {
        fs::create_directories(folder_);
        std::vector<TensorShape> tensors;
        for (std::int64_t i = 0; i < layers; ++i) {
            tensors.push_back({"layers." + std::to_string(i) + ".weight", TensorDtype::bf16, {width, width}});
        }
        SafetensorsWriter writer(folder_ / "model.safetensors", tensors);
        RandomWeights random(1);
        for (const TensorShape& tensor : tensors) {
            random.make(tensor, [&](std::span<const std::byte> bytes) { writer.write(bytes); }, {});
        }
        writer.finish();
    }

    ~RandomComponent() { fs::remove_all(folder_); }

    const fs::path& path() const { return folder_; }

private:
    const fs::path folder_ =
        fs::temp_directory_path() / ("rushes-weights-bench-" + std::to_string(::getpid()));
};

/// `range(0)` threads.
void read(benchmark::State& state, at::ScalarType dtype) {
    static const RandomComponent component;
    at::set_num_threads(static_cast<int>(state.range(0)));
    std::uint64_t bytes = 0;
    for (auto _ : state) {
        const WeightStore store(component.path(), {.dtype = dtype});
        std::vector<Linear> model;
        for (std::int64_t i = 0; i < layers; ++i) {
            model.emplace_back(store.root()["layers"][i], width, width, Bias::no);
        }
        benchmark::DoNotOptimize(model);
        bytes += index_weights(component.path()).bytes();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK_CAPTURE(read, as_stored, at::kBFloat16)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, widened, at::kFloat)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace
} // namespace rushes

BENCHMARK_MAIN();
