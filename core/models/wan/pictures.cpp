#include "models/wan/pictures.h"

#include "base/resample.h"
#include "nn/transfer.h"

#include <algorithm>
#include <span>

#include <ATen/ATen.h>

namespace rushes::wan {

namespace {

constexpr std::int64_t frames_a_piece = 4; // that an encoder takes at once, after the first frame

/// [N, H, W, 3], bytes on the device: cropped to the size.
at::Tensor cropped(std::span<const FramePtr> frames, const PictureSetting& setting) {
    at::Tensor bytes =
        at::empty({static_cast<std::int64_t>(frames.size()), setting.height, setting.width, 3}, at::kByte);
    auto* to = bytes.mutable_data_ptr<std::uint8_t>();
    for (const FramePtr& frame : frames) {
        const Frame picture = crop_to(*frame, setting.width, setting.height);
        to = std::ranges::copy(picture.rgb, to).out;
    }
    return sent_to(bytes, setting.device);
}

/// Bytes [N, H, W, 3] as the encoder's numbers, [1, 3, N, H, W] in -1..1.
at::Tensor numbers(const at::Tensor& bytes) {
    return bytes.permute({3, 0, 1, 2}).unsqueeze(0).to(at::kFloat).div_(127.5).sub_(1);
}

/// What of a clip is encoded, told frame by frame.
struct ClipShare {
    const ShareDone& done;
    std::int64_t frames;

    ShareDone of(std::int64_t first, std::int64_t count) const {
        return [&tell = done, all = static_cast<double>(frames), first, count](double share) {
            if (tell) {
                tell((static_cast<double>(first) + static_cast<double>(count) * share) / all);
            }
        };
    }
};

} // namespace

StartPictures start_pictures(const RunInputs& inputs, std::size_t most) {
    StartPictures result;
    const auto of = [&](const char* role) {
        const auto found = inputs.pictures.find(role);
        return found == inputs.pictures.end() ? std::vector<FramePtr>() : found->second;
    };
    result.first = of(role_image);
    if (result.first.empty()) {
        result.first = of(role_clip);
        const std::size_t kept = std::min(result.first.size(), std::max<std::size_t>(most, 1));
        const std::size_t whole = kept == 0 ? 0 : (kept - 1) / frames_a_piece * frames_a_piece + 1;
        result.first.erase(result.first.begin(), result.first.end() - static_cast<std::ptrdiff_t>(whole));
    }
    if (const std::vector<FramePtr> last = of(role_last_image); !last.empty()) {
        result.last = last.back();
    }
    return result;
}

at::Tensor first_latents(
    LatentEncoder& encoder,
    const std::vector<FramePtr>& frames,
    const PictureSetting& setting,
    const std::stop_token& stop,
    const ShareDone& done
) {
    const at::Tensor pictures = cropped(frames, setting);
    const ClipShare share{done, pictures.size(0)};
    std::vector<at::Tensor> latents{encoder.encode_next(pictures.narrow(0, 0, 1), stop, share.of(0, 1))};
    for (std::int64_t at = 1; at + frames_a_piece <= pictures.size(0); at += frames_a_piece) {
        latents.push_back(
            encoder.encode_next(pictures.narrow(0, at, frames_a_piece), stop, share.of(at, frames_a_piece))
        );
    }
    return at::cat(latents, 2).to(at::kFloat);
}

at::Tensor picture_channels(
    LatentEncoder& encoder,
    const StartPictures& pictures,
    int frames,
    const PictureSetting& setting,
    const std::stop_token& stop,
    const ShareDone& done
) {
    const ClipShare share{done, frames};
    const at::Tensor first = cropped({&pictures.first.back(), 1}, setting);
    std::vector<at::Tensor> latents{encoder.encode_next(first, stop, share.of(0, 1))};
    const auto numbers_on_device = at::TensorOptions(setting.device).dtype(at::kFloat);
    const at::Tensor grey =
        at::zeros({1, 3, frames_a_piece, setting.height, setting.width}, numbers_on_device);
    for (std::int64_t at = 1; at < frames; at += frames_a_piece) {
        at::Tensor piece = grey;
        if (pictures.last && at + frames_a_piece >= frames) {
            piece = at::cat(
                {grey.narrow(2, 0, frames_a_piece - 1), numbers(cropped({&pictures.last, 1}, setting))}, 2
            );
        }
        latents.push_back(encoder.encode_next(piece, stop, share.of(at, frames_a_piece)));
    }
    const at::Tensor clip = at::cat(latents, 2).to(at::kFloat);
    const at::Tensor given =
        at::zeros({1, frames_a_piece, clip.size(2), clip.size(3), clip.size(4)}, clip.options());
    given.narrow(2, 0, 1).fill_(1);
    if (pictures.last) {
        given.narrow(2, clip.size(2) - 1, 1).narrow(1, frames_a_piece - 1, 1).fill_(1);
    }
    return at::cat({given, clip}, 1);
}

at::Tensor control_channels(
    const std::function<std::unique_ptr<LatentEncoder>()>& new_encoder,
    const StartPictures& pictures,
    int frames,
    const PictureSetting& setting,
    const std::stop_token& stop,
    const ShareDone& done
) {
    const bool some = !pictures.first.empty() || pictures.last;
    const ClipShare share{done, some ? 2 * frames : frames};
    const auto numbers_on_device = at::TensorOptions(setting.device).dtype(at::kFloat);
    const auto grey = [&](std::int64_t count) {
        return at::zeros({1, 3, count, setting.height, setting.width}, numbers_on_device);
    };
    const auto encoded = [&](std::int64_t told, const auto& piece_of) {
        const auto encoder = new_encoder();
        std::vector<at::Tensor> latents;
        for (std::int64_t at = 0, count = 1; at < frames; at += count, count = frames_a_piece) {
            latents.push_back(encoder->encode_next(piece_of(at, count), stop, share.of(told + at, count)));
        }
        return at::cat(latents, 2).to(at::kFloat);
    };
    const at::Tensor made = encoded(0, [&](std::int64_t, std::int64_t count) { return grey(count); });
    at::Tensor given = made;
    at::Tensor mask = at::ones({1, 1, frames}, numbers_on_device);
    if (some) {
        const auto first = static_cast<std::int64_t>(pictures.first.size());
        given = encoded(frames, [&](std::int64_t at, std::int64_t count) {
            at::Tensor piece = grey(count);
            if (const std::int64_t known = std::min(first - at, count); known > 0) {
                const std::span whole(pictures.first);
                const auto part =
                    whole.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(known));
                piece.narrow(2, 0, known).copy_(numbers(cropped(part, setting)));
            }
            if (pictures.last && at + count >= frames) {
                piece.narrow(2, count - 1, 1).copy_(numbers(cropped({&pictures.last, 1}, setting)));
            }
            return piece;
        });
        mask.narrow(2, 0, std::min<std::int64_t>(first, frames)).zero_();
        if (pictures.last) {
            mask.narrow(2, frames - 1, 1).zero_();
        }
    }
    const std::int64_t stride = setting.height / made.size(3);
    const at::Tensor sampled = at::_upsample_nearest_exact1d(mask, at::IntArrayRef{made.size(2)})
                                   .view({1, 1, -1, 1, 1})
                                   .expand({1, stride * stride, -1, made.size(3), made.size(4)});
    return at::cat({given, made, sampled}, 1);
}

} // namespace rushes::wan
