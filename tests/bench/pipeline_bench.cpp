// Runs a model directory's pipeline, stage by stage, and prints the seconds of each as JSON.
//     pipeline_bench DIRECTORY WIDTHxHEIGHT FRAMES STEPS GUIDANCE THREADS PROMPT [--device D] [--dtype T]
// compare_diffusers.py runs this program beside diffusers on the same weights.
#include "base/error.h"
#include "generation/device.h"
#include "models/pipeline.h"
#include "models/registry.h"
#include "nn/kept_memory.h"
#include "nn/transfer.h"

#include <chrono>
#include <iostream>
#include <string>
#include <sys/resource.h>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace rushes {
namespace {

class Stopwatch {
public:
    /// Seconds since the last call.
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        const double seconds = std::chrono::duration<double>(now - last_).count();
        last_ = now;
        return seconds;
    }

private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

struct Seconds {
    double text = 0;
    double denoise = 0;
    double decode = 0;
};

Seconds run(Pipeline& pipeline, const Pass& pass, const std::string& prompt) {
    Seconds seconds;
    Stopwatch watch;
    const Conditioning text = pipeline.condition({prompt, "", pass.guided()}, {});
    KeptMemory::use().give_back();                  // as the engine does
    const auto done = [&](const at::Tensor& last) { // once the device has computed it
        fetched(last.flatten().narrow(0, 0, 1));
        return watch.lap();
    };
    seconds.text = watch.lap(); // on a GPU what is still computed of it counts as denoising
    const auto denoising = pipeline.denoise(pass, text);
    const auto decoder = pipeline.decoder(pass);
    for (int block = 0; block < denoising->blocks(); ++block) {
        denoising->begin_block(block);
        for (int step = 0; step < denoising->steps(); ++step) {
            denoising->step(block, step, {});
        }
        const at::Tensor latents = denoising->finish_block(block, {});
        seconds.denoise += done(latents);
        decoder->expect(latents);
        for (std::int64_t t = 0; t < latents.size(2); ++t) {
            fetched(decoder->decode_next(latents.narrow(2, t, 1), {}));
        }
        seconds.decode += watch.lap();
    }
    return seconds;
}

int bench(const std::vector<std::string>& arguments) {
    if (arguments.size() < 7 || arguments.size() % 2 == 0) {
        std::cerr
            << "pipeline_bench DIRECTORY WIDTHxHEIGHT FRAMES STEPS GUIDANCE THREADS PROMPT [--device D] "
               "[--dtype T]\n";
        return 2;
    }
    LoadOptions options;
    for (std::size_t i = 7; i < arguments.size(); i += 2) {
        (arguments[i] == "--dtype" ? options.dtype : options.device) = arguments[i + 1];
    }
    options.device = resolve_device(options.device, 0).torch_name;
    const std::size_t cross = arguments[1].find('x');
    Pass pass;
    pass.width = std::stoi(arguments[1].substr(0, cross));
    pass.height = std::stoi(arguments[1].substr(cross + 1));
    pass.frames = std::stoi(arguments[2]);
    pass.steps = std::stoi(arguments[3]);
    pass.guidance_scale = std::stod(arguments[4]);
    pass.seed = 1;
    at::set_num_threads(std::stoi(arguments[5]));
    const c10::InferenceMode no_gradients;
    KeptMemory::use();
    Stopwatch watch;
    const auto pipeline = load_pipeline(describe_model(arguments[0]), options, {});
    const double load = watch.lap();
    // The first run pays for allocations; what it keeps of its text is of no use to the second.
    run(*pipeline, pass, arguments[6] + ", at night");
    pipeline->get_ready(); // as the engine does when a clip is made
    const Seconds seconds = run(*pipeline, pass, arguments[6]);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage); // in kilobytes
    std::cout << "{\"peak_bytes\": " << 1024 * usage.ru_maxrss << ", \"load\": " << load
              << ", \"text\": " << seconds.text << ", \"denoise\": " << seconds.denoise
              << ", \"decode\": " << seconds.decode << "}\n";
    return 0;
}

} // namespace
} // namespace rushes

int main(int argc, char** argv) {
    try {
        return rushes::bench({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
