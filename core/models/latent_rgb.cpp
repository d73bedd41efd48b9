#include "models/latent_rgb.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json_config.h"
#include "base/paths.h"
#include "models/pixels.h"
#include "nn/transfer.h"
#include "nn/weights/safetensors.h"

#include <array>
#include <nlohmann/json.hpp>

#include <ATen/ATen.h>

namespace rushes {

namespace {

constexpr const char* own_map = "latent_rgb.safetensors";
constexpr int enough_frames = 21; ///< five seconds of a 16 fps clip with stride 4
constexpr std::array fit_at{4, 9, enough_frames};
constexpr double ridge = 1e-4; ///< of the mean square: a short clip does not fill all channels

/// pixels [n, C] -> grey [n, 3], without any knowledge of the model. The small matrix is solved on the CPU.
at::Tensor principal_grey(const at::Tensor& pixels) {
    const at::Tensor centred = pixels - pixels.mean(0, true);
    const auto [values, vectors] = at::linalg_eigh(fetched(centred.t().matmul(centred)).to(at::kDouble));
    at::Tensor direction = vectors.select(1, vectors.size(1) - 1).to(pixels.scalar_type());
    // A direction has no sign of its own: the largest part is made positive so that previews do not flip.
    direction = direction * direction.gather(0, direction.abs().argmax(0, true)).sign();
    const at::Tensor score = centred.matmul(sent_to(direction, pixels.device()));
    constexpr double shown_deviations = 2.5;
    const at::Tensor grey = 0.5 + score / (score.square().mean().sqrt() * 2 * shown_deviations + 1e-6);
    return grey.unsqueeze(1).expand({-1, 3});
}

/// Shows the map from latents to colours what the latents became.
class FittingDecoder final : public LatentDecoder {
public:
    FittingDecoder(std::unique_ptr<LatentDecoder> decoder, LatentRgb& latent_rgb)
        : decoder_(std::move(decoder)), latent_rgb_(latent_rgb) {}

    void expect(const at::Tensor& latents) override { decoder_->expect(latents); }

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        const at::Tensor pictures = decoder_->decode_next(latent, stop, done);
        latent_rgb_.observe(latent, pictures);
        return pictures;
    }

    at::Tensor finish(std::stop_token stop, const ShareDone& done) override {
        return decoder_->finish(stop, done);
    }

private:
    std::unique_ptr<LatentDecoder> decoder_;
    LatentRgb& latent_rgb_;
};

} // namespace

LatentRgb::LatentRgb(const at::Tensor& weight, const at::Tensor& bias)
    : map_{weight.to(at::kCPU, at::kFloat), bias.to(at::kCPU, at::kFloat)}, complete_(true) {}

LatentRgb::LatentRgb(std::int64_t channels, std::filesystem::path cache_file)
    : cache_file_(std::move(cache_file)),
      normal_(at::zeros({channels + 1, channels + 1}, at::kDouble)),
      right_(at::zeros({channels + 1, 3}, at::kDouble)) {
    read_cache(channels);
}

LatentRgb::Map LatentRgb::map_on(at::Device device) const {
    const std::lock_guard lock(mutex_);
    if (map_.weight.defined() && map_.weight.device() != device) {
        map_ = {sent_to(fetched(map_.weight), device), sent_to(fetched(map_.bias), device)};
    }
    return map_;
}

void LatentRgb::publish(Map fitted) {
    const std::lock_guard lock(mutex_);
    map_ = std::move(fitted);
}

bool LatentRgb::wants_pairs() const {
    return !complete_;
}

at::Tensor LatentRgb::pictures(const at::Tensor& latents) const {
    const at::Tensor grid = latents.squeeze(0).to(at::kFloat).permute({1, 2, 3, 0}); // [T, h, w, C]
    const at::Tensor pixels = grid.reshape({-1, grid.size(3)});
    const Map current = map_on(latents.device());
    const at::Tensor colours =
        current.weight.defined() ? at::linear(pixels, current.weight, current.bias) : principal_grey(pixels);
    return fetched(bytes_of_levels(colours).view({grid.size(0), grid.size(1), grid.size(2), 3}));
}

void LatentRgb::observe(const at::Tensor& latent, const at::Tensor& decoded) {
    if (complete_) {
        return;
    }
    const std::int64_t height = latent.size(3);
    const std::int64_t width = latent.size(4);
    // The large part, from pixels to one colour for each latent pixel, where the pictures are.
    const at::Tensor means =
        at::adaptive_avg_pool2d(decoded.to(at::kFloat).div_(255).permute({0, 3, 1, 2}), {height, width})
            .mean(0)
            .permute({1, 2, 0})
            .reshape({-1, 3});
    const at::Tensor colours = fetched(means).to(at::kDouble);
    const at::Tensor pixels = fetched(latent.select(0, 0).select(1, 0))
                                  .to(at::kDouble)
                                  .permute({1, 2, 0})
                                  .reshape({height * width, -1});
    const at::Tensor rows = at::constant_pad_nd(pixels, {0, 1}, 1);
    normal_ += rows.t().matmul(rows);
    right_ += rows.t().matmul(colours);
    ++frames_;
    if (std::ranges::find(fit_at, frames_) != fit_at.end()) {
        solve();
    }
}

void LatentRgb::solve() {
    const std::int64_t channels = normal_.size(0) - 1;
    at::Tensor system = normal_.clone();
    system.diagonal().add_(normal_.diagonal().mean() * ridge);
    const at::Tensor solution = at::linalg_solve(system, right_).to(at::kFloat); // [C + 1, 3]
    publish({solution.narrow(0, 0, channels).t().contiguous(), solution.select(0, channels).clone()});
    complete_ = frames_ >= enough_frames;
    write_cache();
}

void LatentRgb::read_cache(std::int64_t channels) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(cache_file_, error)) {
        return;
    }
    try {
        const JsonConfig file = JsonConfig::read(cache_file_, cache_file_.filename().string());
        const auto count = static_cast<std::size_t>(3 * channels);
        const std::vector<double> weight = file.numbers("weight", {-1e6, 1e6}, count);
        const std::vector<double> bias = file.numbers("bias", {-1e6, 1e6}, 3);
        if (weight.size() == count && bias.size() == 3) {
            publish({at::tensor(weight).to(at::kFloat).view({3, channels}), at::tensor(bias).to(at::kFloat)});
            complete_ = file.boolean("complete");
        }
    } catch (const Error&) {
        // A damaged cache file is as good as none: the next run fits again.
    }
}

void LatentRgb::write_cache() const {
    if (cache_file_.empty()) {
        return;
    }
    const Map current = map_on(at::kCPU);
    const auto values = [](const at::Tensor& t) {
        const at::Tensor dense = t.contiguous();
        const auto* const begin = dense.const_data_ptr<float>();
        return std::vector<float>(begin, begin + dense.numel());
    };
    const nlohmann::json file{
        {"weight", values(current.weight)}, {"bias", values(current.bias)}, {"complete", complete_}
    };
    try {
        write_file(cache_file_, file.dump());
    } catch (const Error&) {
        // Without room for a cache file previews are fitted again next time.
    }
}

double LatentRgb::share_seen() const {
    return complete_ ? 1 : static_cast<double>(frames_) / enough_frames;
}

std::filesystem::path latent_rgb_cache(const ModelInfo& info) {
    if (std::filesystem::exists(info.directory / own_map)) {
        return {};
    }
    return cache_dir() / "latent-rgb" / (info.hash + ".json");
}

std::unique_ptr<LatentRgb> load_latent_rgb(const ModelInfo& info, std::int64_t channels) {
    if (const std::filesystem::path kept = latent_rgb_cache(info); !kept.empty()) {
        return std::make_unique<LatentRgb>(channels, kept);
    }
    const SafetensorsFile file(info.directory / own_map);
    const at::Tensor weight = file.tensor("weight");
    const at::Tensor bias = file.tensor("bias");
    if (weight.sizes() != at::IntArrayRef({3, channels}) || bias.sizes() != at::IntArrayRef({3})) {
        throw Error(
            ErrorKind::user,
            "latent_rgb.safetensors must hold a weight of 3 x " + std::to_string(channels) +
                " and a bias of 3 numbers."
        );
    }
    return std::make_unique<LatentRgb>(weight, bias);
}

std::unique_ptr<LatentDecoder>
fitting_decoder(std::unique_ptr<LatentDecoder> decoder, LatentRgb& latent_rgb) {
    if (!latent_rgb.wants_pairs()) {
        return decoder;
    }
    return std::make_unique<FittingDecoder>(std::move(decoder), latent_rgb);
}

} // namespace rushes
