// How long the Wan VAE takes for one latent frame, and its layers alone.
//     vae_bench [--device cuda:0] [--dtype bf16] --benchmark_filter=...
// RUSHES_BENCH_VAE names the VAE directory (default: the built-in model's), RUSHES_BENCH_SIZE the picture
// (default: that model's, "224x128"); with RUSHES_BENCH_WAY=frames frames are decoded one by one.
// compare_diffusers_vae.py runs this program beside diffusers on the same
// weights.
#include "base/error.h"
#include "base/paths.h"
#include "generation/device.h"
#include "models/wan/vae.h"
#include "nn/channel_norm.h"
#include "nn/convolution.h"
#include "nn/kept_memory.h"
#include "nn/transfer.h"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {
namespace {

/// Where the whole VAE computes, and in which type; its layers alone are measured on the CPU.
struct Target {
    at::Device device = at::kCPU;
    at::ScalarType dtype = at::kFloat;
};

Target& target() {
    static Target instance;
    return instance;
}

std::string environment(const char* name, const std::string& fallback) {
    const char* value = std::getenv(name);
    return value == nullptr ? fallback : value;
}

PictureSize picture_size() {
    const std::string text = environment("RUSHES_BENCH_SIZE", "224x128");
    const std::size_t cross = text.find('x');
    return {std::stoi(text.substr(0, cross)), std::stoi(text.substr(cross + 1))};
}

std::shared_ptr<const wan::Vae> load_vae(wan::VaeParts parts) {
    const std::string fallback = (resources_dir() / "models" / "rushes-demo" / "vae").string();
    return wan::Vae::load(
        environment("RUSHES_BENCH_VAE", fallback), {.device = target().device, .dtype = target().dtype}, parts
    );
}

/// Argument: threads. One iteration is one latent frame in the middle of a clip.
void decode(benchmark::State& state) {
    at::set_num_threads(static_cast<int>(state.range(0)));
    const auto vae = load_vae(wan::VaeParts::decoder);
    const PictureSize size = picture_size();
    const std::int64_t stride = vae->config().pixel_stride();
    const at::Tensor latent = sent_to(
        at::randn({1, vae->config().z_dim, 1, size.height / stride, size.width / stride}, at::kFloat),
        target().device
    );
    const bool sparing = environment("RUSHES_BENCH_WAY", "whole") == "frames";
    const auto decoder = vae->decoder(sparing ? DecodeWay::frames : DecodeWay::whole);
    decoder->decode_next(latent, {});
    decoder->decode_next(latent, {});
    std::int64_t frames = 0;
    for (auto _ : state) {
        frames += fetched(decoder->decode_next(latent, {})).size(0);
    }
    state.counters["frames/s"] = benchmark::Counter(static_cast<double>(frames), benchmark::Counter::kIsRate);
}

void encode(benchmark::State& state) {
    at::set_num_threads(static_cast<int>(state.range(0)));
    const auto vae = load_vae(wan::VaeParts::encoder);
    const PictureSize size = picture_size();
    const at::Tensor frames =
        sent_to(at::randint(0, 256, {4, size.height, size.width, 3}, at::kByte), target().device);
    const auto encoder = vae->encoder();
    encoder->encode_next(frames.narrow(0, 0, 1), {});
    encoder->encode_next(frames, {});
    std::int64_t count = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(fetched(encoder->encode_next(frames, {})));
        count += 4;
    }
    state.counters["frames/s"] = benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsRate);
}

/// Arguments: backend, channels in, out, frames, height, width. The 3x3x3 convolution of a residual block.
void causal_convolution(benchmark::State& state) {
    at::set_num_threads(1);
    const auto backend = state.range(0) == 0 ? Backend::fastest : Backend::reference;
    const ConvShape shape{
        .in = state.range(1), .out = state.range(2), .kernel_t = 3, .kernel = 3, .padding = 1
    };
    const CausalConv3d conv(
        shape, at::randn({shape.out, shape.in, 3, 3, 3}), at::randn({shape.out}), backend
    );
    const at::Tensor x = at::randn({state.range(3), state.range(4), state.range(5), shape.in});
    ClipMemory memory;
    conv.forward(x, memory);
    for (auto _ : state) {
        benchmark::DoNotOptimize(conv.forward(x, memory));
    }
    const double flop = 2.0 * 27 * static_cast<double>(x.numel() * shape.out);
    state.counters["FLOP/s"] = benchmark::Counter(flop, benchmark::Counter::kIsIterationInvariantRate);
}

/// Arguments: backend, channels, pixels.
void norm_silu(benchmark::State& state) {
    at::set_num_threads(1);
    const ChannelNorm norm(
        at::ones({state.range(1)}), state.range(0) == 0 ? Backend::fastest : Backend::reference
    );
    const at::Tensor x = at::randn({state.range(2), state.range(1)});
    const at::Tensor out = at::empty_like(x);
    for (auto _ : state) {
        norm.silu_into(out, x);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(2 * x.nbytes()));
}

BENCHMARK(decode)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(encode)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(causal_convolution)
    ->ArgsProduct({{0, 1}, {96}, {96}, {2}, {12}, {20}})
    ->ArgsProduct({{0, 1}, {12}, {12}, {4}, {48}, {80}})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(norm_silu)
    ->ArgsProduct({{0, 1}, {12}, {15360}})
    ->ArgsProduct({{0, 1}, {96}, {480}})
    ->Unit(benchmark::kMicrosecond);

/// Takes --device and --dtype out of the arguments; the others are the benchmark library's.
std::vector<char*> without_target(int argc, char** argv) {
    std::vector<char*> others;
    for (int i = 0; i < argc; ++i) {
        const std::string name = argv[i];
        if (i + 1 < argc && name == "--device") {
            target().device = at::Device(resolve_device(argv[++i], 0).torch_name);
        } else if (i + 1 < argc && name == "--dtype") {
            target().dtype = std::string(argv[++i]) == "bf16" ? at::kBFloat16 : at::kFloat;
        } else {
            others.push_back(argv[i]);
        }
    }
    return others;
}

} // namespace
} // namespace rushes

int main(int argc, char** argv) {
    try {
        std::vector<char*> arguments = rushes::without_target(argc, argv);
        int count = static_cast<int>(arguments.size());
        rushes::KeptMemory::use(); // as the engine does
        benchmark::Initialize(&count, arguments.data());
        benchmark::RunSpecifiedBenchmarks();
        return 0;
    } catch (const rushes::Error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
