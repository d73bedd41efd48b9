// What a graphics card makes of a Wan directory, beside what was expected of one before there was any: the
// part of tests/gpu/first_minutes.sh that needs no whole run.
//     gpu_bench DIRECTORY [--device cuda:0] [--dtype bf16] [--size 832x480] [--frames 81] [--repeat 5]
// The device "standin" counts launches, copies and bytes where there is no card. Weights may be random, of
// the published sizes; zeros would be fast beyond measure. The expected figures are for Wan 2.1 1.3B at
// 832x480 with 81 frames on an H200.
#include "base/error.h"
#include "bench/kernel_times.h"
#include "generation/device.h"
#include "generation/warm_up.h"
#include "models/wan/denoising.h"
#include "models/wan/vae.h"
#include "nn/attention.h"
#include "nn/device_stopwatch.h"
#include "nn/transfer.h"
#include "support/strict_device.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>

#include <ATen/ATen.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/InferenceMode.h>

namespace rushes {
namespace {

using wan::CausalDenoising;
using wan::FullDenoising;

struct Options {
    std::filesystem::path directory;
    std::string device = "cuda:0";
    at::ScalarType dtype = at::kBFloat16;
    int width = 832;
    int height = 480;
    int frames = 81;
    int repeat = 5;
};

std::string text(double number, int digits = 3) {
    std::ostringstream out;
    out << std::setprecision(digits) << number;
    return out.str();
}

/// One line of the table; what goes wrong is its result.
void row(const std::string& what, const std::string& expected, const std::function<std::string()>& measure) {
    std::string measured;
    try {
        measured = measure();
    } catch (const std::exception& error) {
        const std::string all = error.what();
        measured = "failed: " + all.substr(0, all.find('\n'));
    }
    std::cout << "| " << what << " | " << expected << " | " << measured << " |" << std::endl;
}

class Bench {
public:
    explicit Bench(Options options)
        : options_(std::move(options)),
          device_(options_.device),
          config_(wan::read_pipeline_config(
              options_.directory,
              JsonConfig::read(options_.directory / "model_index.json", "model_index.json")
          )) {}

    void run() {
        row("a card's libraries set up, s", "0.5, once", [&] { return set_up(); });
        row("attention with a bias, 40 keys", "fp32 refused or wrong, bf16 off by 0.01, padding exact", [&] {
            return attention_bias();
        });
        row("attention, TFLOP/s", "cuDNN 580, flash 2 365", [&] { return attention_speed(); });
        row("transformer loaded, GB/s", "2 to 5; pinned 20", [&] { return load(); });
        row("a forward, s", "0.55 to 0.7", [&] { return forward(); });
        row("a block of a causal model by context, ms", "48 to 95, the first of each apart", [&] {
            return causal();
        });
        row("stop until the device is idle, s", "0.3", [&] { return stop(); });
        row("memory left behind by 20 runs, MB", "1", [&] { return left_behind(); });
        row("our kernels beside ATen, ms", "less than ATen", [&] { return kernels(); });
        row("a block denoised beside one decoded, of the time one after the other", "0.8 to 1", [&] {
            return overlap();
        });
        transformer_.reset();
        row("a latent frame decoded in fp32, ms", "85 to 115", [&] { return decode(at::kFloat); });
        row("a latent frame decoded in bf16, ms", "65 to 90", [&] { return decode(at::kBFloat16); });
        at::globalContext().setBenchmarkCuDNN(true);
        row("the same, cuDNN's ways tried out first", "less", [&] { return decode(at::kBFloat16); });
        at::globalContext().setBenchmarkCuDNN(false);
    }

private:
    /// Seconds of one call: the first, and the mean of `repeat` more.
    std::pair<double, double> timed(const std::function<void()>& work) const {
        const auto seconds = [&](int count) {
            DeviceStopwatch watch(device_);
            watch.begin();
            for (int i = 0; i < count; ++i) {
                work();
            }
            watch.end();
            return watch.seconds() / count;
        };
        const double first = seconds(1);
        return {first, seconds(options_.repeat)};
    }

    std::string counted(const std::function<void()>& work) const {
        if (device_.type() != c10::DeviceType::PrivateUse1) {
            return peak();
        }
        test::reset_device_counts();
        work();
        const test::DeviceCounts counts = test::device_counts();
        return ", " + std::to_string(counts.launches) + " launches, " + std::to_string(counts.copies()) +
               " copies" + peak();
    }

    std::string peak() const {
        if (device_.is_cpu()) {
            return {};
        }
        const auto stats = c10::getDeviceAllocator(device_.type())->getDeviceStats(0);
        return ", peak " + text(static_cast<double>(stats.allocated_bytes[0].peak) / 1e9) + " GB";
    }

    void forget_peak() const {
        if (!device_.is_cpu()) {
            c10::getDeviceAllocator(device_.type())->resetPeakStats(0);
        }
    }

    at::Tensor random(at::IntArrayRef sizes) const {
        return sent_to(at::randn(sizes, at::kFloat), device_).to(options_.dtype);
    }

    /// Against the same in fp64 on the CPU.
    std::string attention_bias() const {
        constexpr std::int64_t tokens = 40;
        constexpr double padding = 490;
        const at::Tensor q = random({1, 64, 12, 128});
        const at::Tensor k = random({1, tokens, 12, 128});
        const at::Tensor v = random({1, tokens, 12, 128});
        at::Tensor bias = at::zeros({1, 1, 1, tokens}, at::kFloat);
        bias.select(3, tokens - 1).fill_(std::log(padding));
        const auto wide = [](const at::Tensor& t) { return fetched(t).to(at::kDouble); };
        const at::Tensor exact = attend(wide(q), wide(k), wide(v), bias.to(at::kDouble));
        const auto error = [&](const std::function<at::Tensor()>& work) {
            try {
                return text((wide(work()) - exact).abs().max().item<double>(), 2);
            } catch (const std::exception&) {
                return std::string("refused");
            }
        };
        const at::Tensor there = sent_to(bias, device_);
        const auto repeated = [&](const at::Tensor& t) {
            const auto last =
                t.narrow(1, tokens - 1, 1).expand({1, static_cast<std::int64_t>(padding), 12, 128});
            return at::cat({t.narrow(1, 0, tokens - 1), last}, 1);
        };
        return "fp32 " + error([&] { return attend(q, k, v, there); }) + ", bf16 " +
               error([&] { return attend(q, k, v, there.to(options_.dtype)); }) + ", padding " +
               error([&] { return attend(q, repeated(k), repeated(v)); });
    }

    std::array<std::int64_t, 3> latent_size() const {
        const wan::VaeConfig vae = vae_config();
        return {
            (options_.frames - 1) / vae.frame_stride() + 1,
            options_.height / vae.pixel_stride(),
            options_.width / vae.pixel_stride()
        };
    }

    std::int64_t tokens() const {
        const auto [frames, rows, columns] = latent_size();
        const wan::TransformerConfig& t = config_.transformer;
        return frames * (rows / t.patch_height) * (columns / t.patch_width);
    }

    std::string attention_speed() const {
        const wan::TransformerConfig& t = config_.transformer;
        const at::Tensor fused = random({1, tokens(), 3 * t.dim()}); // strides as in a layer
        const auto parts = fused.chunk(3, -1);
        const auto heads = [&](const at::Tensor& x) { return x.unflatten(-1, {t.heads, -1}); };
        const at::Tensor q = heads(parts[0]).contiguous();
        const at::Tensor k = heads(parts[1]).contiguous();
        const auto [first, rest] = timed([&] { attend(q, k, heads(parts[2])); });
        const double flop = 4.0 * double(tokens()) * double(tokens()) * double(t.dim());
        return text(flop / rest / 1e12) + ", first call " + text(first) + " s";
    }

    std::string set_up() const {
        const auto start = std::chrono::steady_clock::now();
        warm_up(device_);
        fetched(at::zeros({1}, at::TensorOptions().device(device_)));
        return text(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }

    std::string load() {
        const std::filesystem::path folder = options_.directory / "transformer";
        const auto start = std::chrono::steady_clock::now();
        const WeightStore store(folder, {.device = device_, .dtype = options_.dtype});
        transformer_ = std::make_unique<wan::Transformer>(config_.transformer, store.root());
        fetched(at::zeros({1}, at::TensorOptions().device(device_))); // everything is there
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return text(static_cast<double>(index_weights(folder).bytes()) / 1e9 / seconds) + ", " +
               text(seconds) + " s" + peak();
    }

    const wan::Transformer& transformer() const {
        if (!transformer_) {
            throw Error(ErrorKind::bug, "the transformer was not loaded");
        }
        return *transformer_;
    }

    wan::TextEmbeddings embeddings() const { return {random({1, 40, config_.transformer.text_dim}), {}}; }

    Pass pass(int steps) const {
        Pass result;
        result.width = options_.width;
        result.height = options_.height;
        result.frames = options_.frames;
        result.steps = steps;
        result.seed = 1;
        return result;
    }

    LatentShape shape() const {
        const auto [frames, rows, columns] = latent_size();
        return {config_.transformer.in_channels, frames, rows, columns};
    }

    std::string forward() const {
        FullDenoising denoising(config_, {&transformer()}, pass(1000), shape(), embeddings());
        denoising.begin_block(0);
        forget_peak();
        int step = 0;
        const auto [first, rest] = timed([&] { denoising.step(0, step++, {}, {}); });
        const std::string counts = counted([&] { denoising.step(0, step++, {}, {}); });
        return text(rest) + ", first " + text(first) + counts;
    }

    /// Three latent frames a block, one forward each, until the window of 21 is full.
    std::string causal() const {
        wan::CausalConfig causal;
        causal.frames_per_block = 3;
        causal.local_attn_size = 21;
        causal.sigmas = {1.0, 0.5};
        CausalDenoising denoising(
            causal, config_.scheduler.num_train_timesteps, transformer(), pass(2), shape(), embeddings()
        );
        std::string result;
        forget_peak();
        for (int block = 0; block < denoising.blocks(); ++block) {
            denoising.begin_block(block);
            int step = 0;
            DeviceStopwatch first(device_);
            first.begin();
            denoising.step(block, step++, {}, {});
            first.end();
            DeviceStopwatch second(device_);
            second.begin();
            denoising.step(block, step++, {}, {});
            second.end();
            result += (block == 0 ? "" : ", ") + std::to_string(3 * (block + 1)) + ": " +
                      text(second.seconds() * 1e3) + " (" + text(first.seconds() * 1e3) + ")";
            denoising.finish_block(block, {});
        }
        return result + peak();
    }

    /// A request in the middle of a step.
    std::string stop() const {
        FullDenoising denoising(config_, {&transformer()}, pass(2), shape(), embeddings());
        denoising.begin_block(0);
        std::stop_source source;
        std::chrono::steady_clock::time_point asked{};
        try {
            denoising.step(0, 0, source.get_token(), [&](double share) {
                if (share >= 0.5 && !source.stop_requested()) {
                    asked = std::chrono::steady_clock::now();
                    source.request_stop();
                }
            });
            return "the step went on to its end";
        } catch (const Stopped&) {
        }
        fetched(at::zeros({1}, at::TensorOptions().device(device_)));
        return text(std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count());
    }

    /// Of the device's tensors; the first run makes what stays.
    std::string left_behind() const {
        if (device_.is_cpu()) {
            return "not counted on the CPU";
        }
        const auto live = [&] {
            return c10::getDeviceAllocator(device_.type())->getDeviceStats(0).allocated_bytes[0].current;
        };
        const auto run = [&] {
            FullDenoising denoising(config_, {&transformer()}, pass(1000), shape(), embeddings());
            denoising.begin_block(0);
            denoising.step(0, 0, {}, {});
        };
        run();
        const auto before = live();
        for (int i = 0; i < 20; ++i) {
            run();
        }
        return text(static_cast<double>(live() - before) / 1e6);
    }

    std::string kernels() const {
        const auto mean = [&](const std::function<void()>& work) { return timed(work).second; };
        std::string result;
        for (const KernelTime& time : kernel_times(device_, tokens(), config_.transformer.heads, mean)) {
            result += (result.empty() ? "" : "; ") + time.name + " " + text(time.ours * 1e3) + " (" +
                      text(time.aten * 1e3) + ")";
        }
        return result.empty() ? "not built, or no card" : result;
    }

    /// Whether two streams are worth their threads: forwards of three latent frames beside decoding.
    std::string overlap() const {
        if (!device_.is_cuda()) {
            return "only on a card";
        }
        wan::CausalConfig causal;
        causal.frames_per_block = 3;
        causal.local_attn_size = 21;
        causal.sigmas.assign(static_cast<std::size_t>(options_.repeat) + 1, 1.0);
        CausalDenoising denoising(
            causal,
            config_.scheduler.num_train_timesteps,
            transformer(),
            pass(options_.repeat + 1),
            shape(),
            embeddings()
        );
        denoising.begin_block(0);
        const auto vae = decoder_of(at::kBFloat16);
        const auto decoder = vae->decoder();
        const at::Tensor latent = random_latent(*vae);
        const auto denoise = [&] {
            for (int step = 0; step < options_.repeat; ++step) {
                denoising.step(0, step, {}, {});
            }
        };
        const auto decode = [&] {
            for (int frame = 0; frame < options_.repeat; ++frame) {
                decoder->decode_next(latent, {});
            }
        };
        const auto wait = [&] { fetched(at::zeros({1}, at::TensorOptions().device(device_))); };
        const auto seconds = [&](const std::function<void()>& work) {
            wait();
            const auto start = std::chrono::steady_clock::now();
            work();
            wait();
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        };
        denoise();
        decode();
        const double apart = seconds(denoise) + seconds(decode);
        const double together = seconds([&] {
            const std::jthread other([&] {
                const c10::InferenceMode no_gradients;
                const c10::impl::VirtualGuardImpl guard(device_.type());
                guard.exchangeStream(guard.getStreamFromGlobalPool(device_));
                decode();
                wait();
            });
            denoise();
        });
        return text(together / apart);
    }

    std::shared_ptr<const wan::Vae> decoder_of(at::ScalarType dtype) const {
        return wan::Vae::load(
            options_.directory / "vae", {.device = device_, .dtype = dtype}, wan::VaeParts::decoder
        );
    }

    at::Tensor random_latent(const wan::Vae& vae) const {
        const auto [frames, rows, columns] = latent_size();
        return sent_to(at::randn({1, vae.config().z_dim, 1, rows, columns}, at::kFloat), device_);
    }

    wan::VaeConfig vae_config() const {
        return wan::read_vae_config(
            JsonConfig::read(options_.directory / "vae" / "config.json", "vae/config.json")
        );
    }

    std::string decode(at::ScalarType dtype) const {
        const auto vae = decoder_of(dtype);
        const at::Tensor latent = random_latent(*vae);
        const auto decoder = vae->decoder();
        forget_peak();
        decoder->decode_next(latent, {});
        decoder->decode_next(latent, {});
        const auto [first, rest] = timed([&] { decoder->decode_next(latent, {}); });
        return text(rest * 1e3) + counted([&] { decoder->decode_next(latent, {}); });
    }

    Options options_;
    at::Device device_;
    wan::PipelineConfig config_;
    std::unique_ptr<wan::Transformer> transformer_;
};

Options options_of(const std::vector<std::string>& arguments) {
    Options options;
    options.directory = arguments.at(0);
    for (std::size_t i = 1; i + 1 < arguments.size(); i += 2) {
        const std::string& name = arguments[i];
        const std::string& value = arguments[i + 1];
        if (name == "--device") {
            options.device = value == "standin" ? test::strict_device() : resolve_device(value, 0).torch_name;
        } else if (name == "--dtype") {
            options.dtype = value == "fp32" ? at::kFloat : at::kBFloat16;
        } else if (name == "--size") {
            options.width = std::stoi(value.substr(0, value.find('x')));
            options.height = std::stoi(value.substr(value.find('x') + 1));
        } else if (name == "--frames") {
            options.frames = std::stoi(value);
        } else if (name == "--repeat") {
            options.repeat = std::stoi(value);
        } else {
            throw Error(ErrorKind::user, "Unknown option " + name + ".");
        }
    }
    return options;
}

} // namespace
} // namespace rushes

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "gpu_bench DIRECTORY [--device D] [--dtype T] [--size WxH] [--frames N] [--repeat N]\n";
        return 2;
    }
    try {
        const c10::InferenceMode no_gradients;
        rushes::Bench(rushes::options_of({argv + 1, argv + argc})).run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
