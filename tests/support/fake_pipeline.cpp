#include "support/fake_pipeline.h"

#include "base/error.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::testing {
namespace {

constexpr int channels = 4;
constexpr int scale = 8;

class FakeDenoising : public Denoising {
public:
    FakeDenoising(const Pass& pass, const ModelInfo& info, const TextEmbeddings& text, FakeCalls& calls)
        : pass_(pass),
          causal_(info.causal),
          latent_frames_(info.lattice.latent_frames(pass.frames)),
          tint_(text.prompt.mean().item<double>()),
          generator_(at::detail::createCPUGenerator(pass.seed)),
          calls_(calls) {}

    int blocks() const override { return causal_ ? latent_frames_ : 1; }

    int steps() const override { return pass_.steps; }

    int latent_frames(int) const override { return causal_ ? 1 : latent_frames_; }

    void begin_block(int block) override {
        calls_.note("begin " + std::to_string(block));
        latents_ = at::randn(
            {1, channels, latent_frames(block), pass_.height / scale, pass_.width / scale},
            generator_,
            at::TensorOptions().dtype(at::kFloat)
        );
    }

    void step(int block, int step, std::stop_token stop, const ShareDone& done) override {
        calls_.note("step " + std::to_string(block) + " " + std::to_string(step));
        throw_if_stopped(stop);
        calls_.tell(done);
        x0_ = latents_ * 0.5 + tint_ * 0.01;
        latents_ = x0_ + at::randn(latents_.sizes(), generator_, latents_.options()) * (0.1 / (step + 1));
    }

    at::Tensor x0_estimate() const override { return x0_; }

    at::Tensor finish_block(int block, std::stop_token stop) override {
        calls_.note("finish " + std::to_string(block));
        throw_if_stopped(stop);
        return latents_;
    }

private:
    const Pass pass_;
    const bool causal_;
    const int latent_frames_;
    const double tint_;
    at::Generator generator_;
    FakeCalls& calls_;
    at::Tensor latents_;
    at::Tensor x0_;
};

at::Tensor pixels_of(const at::Tensor& latents) {
    // [1, C, T, h, w] -> [T, h, w, 3]
    return (latents[0].narrow(0, 0, 3).permute({1, 2, 3, 0}) * 64 + 128)
        .clamp(0, 255)
        .to(at::kByte)
        .contiguous();
}

class FakeDecoder : public VideoDecoder {
public:
    FakeDecoder(int frame_stride, FakeCalls& calls) : frame_stride_(frame_stride), calls_(calls) {}

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        calls_.note("decode");
        throw_if_stopped(stop);
        calls_.tell(done);
        const at::Tensor picture = pixels_of(latent).repeat_interleave(scale, 1).repeat_interleave(scale, 2);
        const int frames = first_ ? 1 : frame_stride_;
        first_ = false;
        return picture.repeat({frames, 1, 1, 1}).contiguous();
    }

private:
    const int frame_stride_;
    FakeCalls& calls_;
    bool first_ = true;
};

class FakePipeline : public Pipeline {
public:
    FakePipeline(ModelInfo info, FakeCalls& calls) : info_(std::move(info)), calls_(calls) {}

    const ModelInfo& info() const override { return info_; }

    TextEmbeddings
    encode(const std::string& prompt, const std::string&, bool guided, std::stop_token stop) override {
        calls_.note("encode");
        throw_if_stopped(stop);
        const at::Tensor embedding = at::full({1, 4, 8}, static_cast<double>(prompt.size()));
        return {embedding, guided ? at::zeros({1, 4, 8}) : at::Tensor()};
    }

    std::unique_ptr<Denoising>
    denoise(const Pass& pass, const TextEmbeddings& text, std::stop_token /*stop*/) override {
        return std::make_unique<FakeDenoising>(pass, info_, text, calls_);
    }

    std::unique_ptr<VideoDecoder> decoder() override {
        return std::make_unique<FakeDecoder>(info_.lattice.frame_stride, calls_);
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
