#include "models/fit_previews.h"

#include "base/error.h"
#include "models/latent_rgb.h"
#include "nn/transfer.h"

#include <filesystem>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes {

namespace {

namespace fs = std::filesystem;

constexpr int frames = 5;          ///< of a drawn clip: a first latent frame and one of those after it
constexpr int side_at_least = 192; ///< pixels
constexpr int shapes = 12;
constexpr int most_clips = 64; ///< the map is complete long before
constexpr int judged_clips = 4;

int side_of(const Lattice& lattice) {
    return (side_at_least + lattice.size_multiple - 1) / lattice.size_multiple * lattice.size_multiple;
}

/// Bytes [frames, side, side, 3]: discs and boxes of any colour that drift over a graded, grainy ground.
at::Tensor drawn_clip(int side, std::uint64_t seed) {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const auto random = [&](at::IntArrayRef size) { return at::rand(size, generator, at::kFloat); };
    const at::Tensor along = at::linspace(0, 1, side);
    const at::Tensor y = along.view({side, 1});
    const at::Tensor x = along.view({1, side});
    const at::Tensor slope = random({2, 2});
    const at::Tensor ground = (slope[0][0] * y + slope[0][1] * x).unsqueeze(2) * random({3}) +
                              (1 - slope[1][0] * y).unsqueeze(2) * random({3}) * 0.7;
    const at::Tensor grain = (random({side, side, 3}) - 0.5) * (0.3 * random({1}));
    const at::Tensor colours = random({shapes, 3});
    const at::Tensor places = random({shapes, 5}); // row, column, size, and where it drifts
    std::vector<at::Tensor> pictures;
    for (int frame = 0; frame < frames; ++frame) {
        at::Tensor picture = (ground + grain).clamp(0, 1);
        for (int shape = 0; shape < shapes; ++shape) {
            const at::Tensor place = places[shape];
            const at::Tensor dy = (y - place[0] - (place[3] - 0.5) * (0.05 * frame)).abs();
            const at::Tensor dx = (x - place[1] - (place[4] - 0.5) * (0.05 * frame)).abs();
            const at::Tensor size = 0.05 + 0.2 * place[2];
            const at::Tensor inside =
                shape % 2 == 0 ? dy.square() + dx.square() < size.square() : at::maximum(dy, dx) < size;
            picture = at::where(inside.unsqueeze(2), colours[shape], picture);
        }
        pictures.push_back(picture);
    }
    return at::stack(pictures).mul_(255).round_().to(at::kByte);
}

/// Calls use(latent, pictures) for each latent frame of a drawn clip.
template <typename Use>
void each_pair(
    const NewEncoder& new_encoder, int side, std::uint64_t seed, const std::stop_token& stop, const Use& use
) {
    const at::Tensor clip = drawn_clip(side, seed);
    const auto encoder = new_encoder();
    for (const auto& [first, count] : {std::pair(0, 1), std::pair(1, frames - 1)}) {
        const at::Tensor pictures = clip.narrow(0, first, count);
        use(fetched(encoder->encode_next(pictures, stop)).to(at::kFloat), pictures);
    }
}

/// Mean distance in levels of what is shown of `latent` from the pictures' own colours.
double distance(const LatentRgb& map, const at::Tensor& latent, const at::Tensor& pictures) {
    const at::Tensor shown = map.pictures(latent).to(at::kFloat);
    const at::Tensor colours =
        at::adaptive_avg_pool2d(pictures.to(at::kFloat).permute({0, 3, 1, 2}), {shown.size(1), shown.size(2)})
            .mean(0)
            .permute({1, 2, 0});
    return (shown.mean(0) - colours).abs().mean().item<double>();
}

} // namespace

PreviewFit
fit_previews(const ModelInfo& info, const NewEncoder& encoder, const ShareDone& done, std::stop_token stop) {
    const fs::path kept = latent_rgb_cache(info);
    if (kept.empty()) {
        throw Error(
            ErrorKind::user, "'" + info.id + "' brings a map for its previews: there is nothing to fit."
        );
    }
    if (!encoder) {
        throw Error(
            ErrorKind::user,
            "The previews of '" + info.id + "' cannot be fitted: it encodes no pictures.",
            "Make a clip with it: they are fitted meanwhile."
        );
    }
    const fs::path fresh = kept.string() + ".new"; // a fit that is stopped leaves the old one
    std::error_code error;
    fs::remove(fresh, error);
    const int side = side_of(info.lattice);
    std::unique_ptr<LatentRgb> map;
    for (int clip = 0; clip < most_clips && (!map || map->wants_pairs()); ++clip) {
        each_pair(
            encoder,
            side,
            static_cast<std::uint64_t>(clip),
            stop,
            [&](const auto& latent, const auto& pictures) {
                if (!map) {
                    map = std::make_unique<LatentRgb>(latent.size(1), fresh);
                }
                map->observe(latent, pictures);
                if (done) {
                    done(map->share_seen());
                }
            }
        );
    }
    const LatentRgb grey(map->channels(), {});
    PreviewFit fit;
    for (int clip = 0; clip < judged_clips; ++clip) {
        each_pair(
            encoder,
            side,
            static_cast<std::uint64_t>(most_clips + clip),
            stop,
            [&](const auto& latent, const auto& pictures) {
                fit.levels += distance(*map, latent, pictures) / (2 * judged_clips);
                fit.grey_levels += distance(grey, latent, pictures) / (2 * judged_clips);
            }
        );
    }
    fs::rename(fresh, kept, error);
    if (error) {
        throw Error(ErrorKind::resource, "Cannot write '" + kept.string() + "': " + error.message() + ".");
    }
    return fit;
}

} // namespace rushes
