#include "support/fake_engine.h"

#include "base/atomic_file.h"
#include "support/fake_cost.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

namespace rushes::testing {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One run of the scripted engine.
class FakeRun {
public:
    FakeRun(const FakeScript& script, const Plan& plan, const RunSinks& sinks, std::stop_token stop)
        : script_(script), plan_(plan), sinks_(sinks), stop_(std::move(stop)) {}

    void run() {
        goes_on_ = std::filesystem::exists(checkpoint_file());
        at(Phase::loading);
        at(Phase::text);
        if (plan_.draft) {
            run_passes(*plan_.draft);
            report_.draft = std::make_shared<const RunReport>();
        }
        run_passes(plan_);
        at(Phase::finishing);
        if (!sinks_.keep_checkpoint) {
            std::error_code ignored;
            std::filesystem::remove_all(sinks_.checkpoint, ignored);
        }
        report_.total_seconds = seconds_since(start_);
    }

    RunReport report() const { return report_; }

private:
    void at(Phase phase) {
        progress_.phase = phase;
        throw_if_stopped(stop_);
        if (script_.error && phase == script_.error_phase && !progress_.draft &&
            report_.frames >= script_.error_after_frames) {
            throw *script_.error;
        }
        if (script_.at_step) {
            script_.at_step(progress_, stop_);
        }
        throw_if_stopped(stop_);
        if (sinks_.progress) {
            sinks_.progress(progress_);
        }
    }

    void run_passes(const Plan& part) {
        part_ = &part;
        for (std::size_t i = 0; i < part.passes.size(); ++i) {
            run_pass(part.passes[i], i);
        }
    }

    void run_pass(const Pass& pass, std::size_t pass_index) {
        const ModelInfo& model = part_->model;
        const Lattice& lattice = model.lattice;
        const int latent_frames = lattice.latent_frames(pass.frames);
        progress_ = Progress{};
        progress_.draft = !part_->is_final(pass_index);
        progress_.blocks = model.causal ? latent_frames : 1;
        progress_.steps = pass.steps;
        progress_.frames_total = pass.frames;
        pass_index_ = pass_index;
        for (int block = 0; block < progress_.blocks; ++block) {
            progress_.block = block + 1;
            const FrameRange frames = model.causal ? lattice.frames_of(block) : FrameRange{0, pass.frames};
            const int first = frames.first;
            const int end = frames.first + frames.count;
            if (block > 0 && sinks_.next_prompt) {
                sinks_.next_prompt(first);
            }
            denoise(pass, first, end);
            decode(pass, first, end);
        }
    }

    void denoise(const Pass& pass, int first, int end) {
        for (int step = 0; step < pass.steps; ++step) {
            progress_.step = step + 1;
            progress_.denoised = (progress_.block - 1 + double(step + 1) / pass.steps) / progress_.blocks;
            update_fraction();
            at(Phase::denoising);
            preview(pass, first, end);
            if (!progress_.draft) {
                keep_checkpoint();
            }
        }
    }

    void decode(const Pass& pass, int first, int end) {
        for (int index = first; index < end; ++index) {
            at(Phase::decoding);
            if (sinks_.frame) {
                sinks_.frame(std::make_shared<const Frame>(fake_picture(pass, index)), progress_.draft);
            }
            if (!progress_.draft) {
                keep_checkpoint();
                ++report_.frames;
                if (report_.first_frame_seconds < 0) {
                    report_.first_frame_seconds = seconds_since(start_);
                }
            }
            if (!progress_.draft && plan_.model.sound && sinks_.audio) {
                sinks_.audio(sound_of(*plan_.model.sound, pass, index));
            }
            progress_.frames_done = index + 1;
            progress_.decoded = double(index + 1) / pass.frames;
            update_fraction();
        }
    }

    std::filesystem::path checkpoint_file() const { return sinks_.checkpoint / "fake.checkpoint"; }

    /// As the real one: there from the first result on until the run is finished.
    void keep_checkpoint() {
        if (!sinks_.checkpoint.empty()) {
            write_file(checkpoint_file(), plan_.recipe.prompt);
        }
        report_.restored = goes_on_ ? 0.5 : 0;
    }

    /// As long as the frame.
    static AudioPtr sound_of(AudioShape shape, const Pass& pass, int index) {
        const auto instant = [&](int frame) {
            return static_cast<std::int64_t>(frame * shape.sample_rate / pass.frame_rate.fps());
        };
        const std::vector<float> all = fake_sound(shape, pass.frames, pass.frame_rate);
        auto sound = std::make_shared<Audio>();
        sound->sample_rate = shape.sample_rate;
        sound->channels = shape.channels;
        sound->first = instant(index);
        sound->samples.assign(
            all.begin() + instant(index) * shape.channels, all.begin() + instant(index + 1) * shape.channels
        );
        return sound;
    }

    void preview(const Pass& pass, int first, int end) {
        if (!sinks_.preview) {
            return;
        }
        Preview preview{
            .draft = progress_.draft,
            .step = progress_.step,
            .first_frame = first,
            .end_frame = end,
            .pictures = {}
        };
        Pass small = pass;
        small.width = std::max(1, pass.width / 8);
        small.height = std::max(1, pass.height / 8);
        const Lattice& lattice = part_->model.lattice;
        for (int latent = 0; lattice.frames_of(latent).first < end; ++latent) {
            const int index = lattice.frames_of(latent).first;
            if (index >= first) {
                preview.pictures.push_back(std::make_shared<const Frame>(fake_picture(small, index)));
            }
        }
        if (report_.first_preview_seconds < 0) {
            report_.first_preview_seconds = seconds_since(start_);
        }
        sinks_.preview(std::move(preview));
    }

    void update_fraction() {
        const double passes = static_cast<double>(part_->passes.size());
        const double pass = (progress_.denoised + progress_.decoded) / 2;
        progress_.fraction = (static_cast<double>(pass_index_) + pass) / passes;
    }

    const FakeScript& script_;
    const Plan& plan_;
    const Plan* part_ = nullptr; ///< that is run: it, or another model's draft of it
    const RunSinks& sinks_;
    const std::stop_token stop_;
    const Clock::time_point start_ = Clock::now();
    Progress progress_;
    RunReport report_;
    std::size_t pass_index_ = 0;
    bool goes_on_ = false;
};

} // namespace

Outcome
FakeEngine::run(const Plan& plan, const RunInputs& inputs, const RunSinks& sinks, std::stop_token stop) {
    ++runs_;
    if (script_.at_run) {
        script_.at_run(plan, inputs);
    }
    FakeRun run(script_, plan, sinks, stop);
    try {
        run.run();
        return Finished{run.report()};
    } catch (const Stopped&) {
        return StoppedEarly{run.report()};
    } catch (const Error& error) {
        return Failed{error, run.report()};
    }
}

void FakeEngine::preload(const ModelInfo&, const std::string&, std::stop_token stop) {
    throw_if_stopped(stop);
    ++preloads_;
}

std::vector<float> fake_sound(AudioShape shape, int frames, FrameRate rate) {
    const auto instants = static_cast<std::int64_t>(frames * shape.sample_rate / rate.fps());
    std::vector<float> samples;
    for (std::int64_t i = 0; i < instants; ++i) {
        const double angle = 2 * 3.14159265 * 440 * double(i) / shape.sample_rate;
        samples.insert(
            samples.end(),
            static_cast<std::size_t>(shape.channels),
            i < instants / 2 ? 0.0F : static_cast<float>(0.5 * std::sin(angle))
        );
    }
    return samples;
}

Frame fake_picture(const Pass& pass, std::int64_t index) {
    Frame frame{.width = pass.width, .height = pass.height, .index = index, .rgb = {}};
    frame.rgb.resize(static_cast<std::size_t>(pass.width) * static_cast<std::size_t>(pass.height) * 3);
    const double time = pass.frames > 1 ? double(index) / (pass.frames - 1) : 0;
    const double radius = 0.16 * std::min(pass.width, pass.height);
    const double ball_x = radius + time * (pass.width - 2 * radius);
    const double ball_y =
        pass.height - radius - std::abs(std::sin(time * 3 * 3.14159265)) * (pass.height - 3 * radius);
    const auto tint = static_cast<int>(pass.seed % 7) * 30;
    std::size_t at = 0;
    for (int y = 0; y < pass.height; ++y) {
        for (int x = 0; x < pass.width; ++x) {
            const bool ball = std::hypot(x + 0.5 - ball_x, y + 0.5 - ball_y) < radius;
            const int sky = 90 + 120 * y / std::max(1, pass.height);
            frame.rgb[at++] = static_cast<std::uint8_t>(ball ? 230 - tint : 60 + tint / 3);
            frame.rgb[at++] = static_cast<std::uint8_t>(ball ? 60 + tint : sky);
            frame.rgb[at++] = static_cast<std::uint8_t>(ball ? 50 : std::min(255, sky + 40));
        }
    }
    return frame;
}

ModelInfo fake_causal_model() {
    ModelInfo model;
    model.id = "fake-causal";
    model.name = "Fake causal model";
    model.description = "Synthetic pictures, block by block.";
    model.family = "fake";
    model.hash = "fake-causal-1";
    model.causal = true;
    model.demonstration = true;
    model.lattice.size_multiple = 32;
    model.lattice.sizes = {{160, 96}, {96, 160}, {128, 128}};
    model.default_frames = 33;
    model.frame_rate = {12, 1};
    model.default_steps = 4;
    model.fixed_steps = true;
    model.default_guidance = 1;
    model.guidance_adjustable = false;
    model.schedulers = {"euler"};
    model.tiers = {{"fast", 4}};
    model.weight_bytes = 20'000'000;
    model.cost = FakeCost{
        .weights = 20e6,
        .flop_per_token = 20e6,
        .flop_per_token_pair = 20e3,
        .bytes_per_token = 6e3,
        .causal = true,
        .decode_flop_per_pixel = 2e5,
        .decode_bytes_per_pixel = 1e3,
    };
    model.examples = {
        "a red ball bounces over the sea", "a star spins in the night", "a boat drifts to the left"
    };
    return model;
}

ModelInfo fake_full_model() {
    ModelInfo model;
    model.id = "fake-full";
    model.name = "Fake full-sequence model";
    model.description = "Synthetic pictures, the whole clip at once.";
    model.family = "fake";
    model.hash = "fake-full-1";
    model.lattice.sizes = {{832, 480}, {480, 832}, {1280, 720}};
    model.lattice.free_size = true;
    model.lattice.max_frames = 121;
    model.schedulers = {"unipc", "euler"};
    model.tiers = {{"fast", 12}, {"balanced", 25}, {"quality", 50}};
    model.weight_bytes = 2'800'000'000;
    model.cost = FakeCost();
    return model;
}

ModelInfo fake_small_model() {
    ModelInfo model = fake_full_model();
    model.id = "fake-small";
    model.name = "Fake small model";
    model.hash = "fake-small-1";
    model.lattice = {
        .size_multiple = 32, .frame_stride = 8, .max_frames = 65, .sizes = {{320, 192}, {192, 320}}
    };
    model.frame_rate = {24, 1};
    model.default_steps = 3;
    model.default_guidance = 1;
    model.schedulers = {"lcm"};
    model.tiers = {{"fast", 3}};
    model.draft.latent_frames = 3;
    model.weight_bytes = 200'000'000;
    model.cost = FakeCost{.weights = 2e8, .flop_per_token = 2e8, .decode_flop_per_pixel = 2e5};
    return model;
}

} // namespace rushes::testing
