#include "models/frame_decoder.h"

#include "models/pixels.h"

#include <ATen/ATen.h>

namespace rushes {

namespace {

class FrameDecoder final : public LatentDecoder {
public:
    FrameDecoder(const KlDecoder& decoder, DecodeWay way)
        : decoder_(decoder), tiled_(way == DecodeWay::tiles) {}

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        const at::Tensor picture = tiled_ ? decoder_.forward_tiled(latent.squeeze(2), stop, done)
                                          : decoder_.forward(latent.squeeze(2), stop, done);
        return bytes_of_pixels(picture.permute({0, 2, 3, 1}));
    }

private:
    const KlDecoder& decoder_;
    bool tiled_;
};

} // namespace

std::unique_ptr<LatentDecoder> frame_decoder(const KlDecoder& decoder, DecodeWay way) {
    return std::make_unique<FrameDecoder>(decoder, way);
}

} // namespace rushes
