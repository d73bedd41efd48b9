#include "support/fake_pipeline.h"

#include "base/error.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::testing {
namespace {

constexpr int channels = 4;
constexpr int scale = 8;

class FakeDenoising : public Denoising {
public:
    FakeDenoising(const Pass& pass, const ModelInfo& info, double tint, FakeCalls& calls)
        : pass_(pass),
          causal_(info.causal),
          latent_frames_(info.lattice.latent_frames(pass.frames)),
          tint_(tint),
          generator_(at::detail::createCPUGenerator(pass.seed)),
          calls_(calls) {}

    int blocks() const override { return causal_ ? latent_frames_ : 1; }

    int steps() const override { return pass_.steps; }

    int latent_frames(int) const override { return causal_ ? 1 : latent_frames_; }

    void change_conditioning(const Conditioning& conditioning, std::stop_token) override {
        tint_ = std::any_cast<double>(conditioning);
        calls_.note("prompt " + std::to_string(std::lround(tint_)));
    }

    void change_guidance(double guidance) override {
        tint_ += 100 * guidance;
        calls_.note("guidance " + std::to_string(std::lround(guidance)));
    }

    void begin_block(int block) override {
        calls_.note("begin " + std::to_string(block));
        latents_ = at::randn(
            {1, channels, latent_frames(block), pass_.height / scale, pass_.width / scale},
            generator_,
            at::TensorOptions().dtype(at::kFloat)
        );
        if (causal_) { // a block's noise at once: it is gone on from whole blocks
            step_noise_ = at::randn({pass_.steps, latents_.numel()}, generator_, latents_.options());
        }
    }

    void step(int block, int step, std::stop_token stop, const ShareDone& done) override {
        calls_.note("step " + std::to_string(block) + " " + std::to_string(step));
        throw_if_stopped(stop);
        calls_.tell(done);
        x0_ = latents_ * 0.5 + tint_ * 0.01;
        const at::Tensor noise = causal_ ? step_noise_[step].view(latents_.sizes())
                                         : at::randn(latents_.sizes(), generator_, latents_.options());
        latents_ = x0_ + noise * (0.1 / (step + 1));
    }

    at::Tensor x0_estimate() const override { return x0_; }

    at::Tensor finish_block(int block, std::stop_token stop) override {
        calls_.note("finish " + std::to_string(block));
        throw_if_stopped(stop);
        return latents_;
    }

    State state() const override {
        return causal_ ? State()
                       : State{{"latents", latents_}, {"x0", x0_}, {"noise", generator_.get_state()}};
    }

    void go_on(int steps, const State& state) override {
        calls_.note("go on after " + std::to_string(steps));
        if (!state.contains("x0") || state.at("latents").sizes() != latents_.sizes()) {
            throw Error(ErrorKind::user, "The state is of another run.");
        }
        latents_ = state.at("latents");
        x0_ = state.at("x0");
        generator_.set_state(state.at("noise"));
    }

    void take_block(const at::Tensor& latents) override {
        calls_.note("take");
        if (latents.sizes() != latents_.sizes()) {
            throw Error(ErrorKind::user, "The latents are of another run.");
        }
        latents_ = x0_ = latents;
    }

private:
    const Pass pass_;
    const bool causal_;
    const int latent_frames_;
    double tint_;
    at::Generator generator_;
    FakeCalls& calls_;
    at::Tensor latents_;
    at::Tensor x0_;
    at::Tensor step_noise_; ///< of a causal model's block
};

at::Tensor pixels_of(const at::Tensor& latents) {
    // [1, C, T, h, w] -> [T, h, w, 3]
    return (latents[0].narrow(0, 0, 3).permute({1, 2, 3, 0}) * 64 + 128)
        .clamp(0, 255)
        .to(at::kByte)
        .contiguous();
}

class FakeDecoder : public LatentDecoder {
public:
    FakeDecoder(const Lattice& lattice, FakeCalls& calls) : lattice_(lattice), calls_(calls) {}

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        calls_.note("decode");
        throw_if_stopped(stop);
        calls_.tell(done);
        const at::Tensor picture = pixels_of(latent).repeat_interleave(scale, 1).repeat_interleave(scale, 2);
        at::Tensor frames = picture.repeat({lattice_.frames_of(latents_++).count, 1, 1, 1}).contiguous();
        if (calls_.decodes_late) {
            std::swap(frames, waiting_);
        }
        return frames.defined() ? frames : picture.narrow(0, 0, 0);
    }

    at::Tensor finish(std::stop_token stop, const ShareDone&) override {
        throw_if_stopped(stop);
        return waiting_;
    }

private:
    const Lattice lattice_;
    FakeCalls& calls_;
    int latents_ = 0;
    at::Tensor waiting_; ///< until the next latent came
};

class FakePipeline : public Pipeline {
public:
    FakePipeline(ModelInfo info, FakeCalls& calls) : info_(std::move(info)), calls_(calls) {}

    const ModelInfo& info() const override { return info_; }

    Conditioning condition(const Brief& brief, std::stop_token stop, const ShareDone& done) override {
        calls_.note("encode");
        throw_if_stopped(stop);
        if (done) {
            done(0.5);
        }
        calls_.briefs.push_back(brief);
        return static_cast<double>(brief.prompt.size());
    }

    std::unique_ptr<Denoising> denoise(
        const Pass& pass,
        const Conditioning& conditioning,
        const at::Tensor& previous,
        std::stop_token stop,
        const ShareDone& done
    ) override {
        if (pass.start == PassStart::inputs) {
            calls_.note("pictures");
            throw_if_stopped(stop);
            calls_.tell(done);
        }
        calls_.previous.push_back(previous);
        return std::make_unique<FakeDenoising>(pass, info_, std::any_cast<double>(conditioning), calls_);
    }

    bool change_loras(const std::vector<LoraFile>& loras, std::stop_token) override {
        calls_.note("loras " + std::to_string(loras.size()));
        return calls_.changes_loras;
    }

    std::unique_ptr<LatentDecoder> decoder(const Pass&) override {
        return std::make_unique<FakeDecoder>(info_.lattice, calls_);
    }

    at::Tensor preview(const at::Tensor& latents) const override {
        if (calls_.at_preview) {
            calls_.at_preview();
        }
        return pixels_of(latents);
    }

private:
    const ModelInfo info_;
    FakeCalls& calls_;
};

} // namespace

std::unique_ptr<Pipeline> make_fake_pipeline(
    const ModelInfo& info, const LoadOptions& options, FakeCalls& calls, std::stop_token stop
) {
    calls.note("load");
    throw_if_stopped(stop);
    if (options.progress) {
        options.progress(1);
    }
    calls.loaded.push_back(options.dtype);
    return std::make_unique<FakePipeline>(info, calls);
}

} // namespace rushes::testing
