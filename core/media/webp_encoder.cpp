// Animated WebP by libwebp. Frames are compressed as they come; the compressed ones stay in memory until
// finish(), as the container begins with its length.
#include "base/atomic_file.h"
#include "base/error.h"
#include "media/encoder_base.h"
#include "media/tags.h"

#include <cmath>
#include <fstream>
#include <webp/encode.h>
#include <webp/mux.h>

namespace rushes {
namespace fs = std::filesystem;

namespace {

using Animation = std::unique_ptr<WebPAnimEncoder, decltype(&WebPAnimEncoderDelete)>;
using Mux = std::unique_ptr<WebPMux, decltype(&WebPMuxDelete)>;

struct Data : WebPData {
    Data() { WebPDataInit(this); }

    ~Data() { WebPDataClear(this); }

    Data(const Data&) = delete;
    Data& operator=(const Data&) = delete;
};

struct Image : WebPPicture {
    Image() { WebPPictureInit(this); }

    ~Image() { WebPPictureFree(this); }

    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
};

void check(bool ok, const fs::path& target, const char* reason) {
    if (!ok) {
        throw Error(
            ErrorKind::resource,
            "libwebp could not write '" + target.string() +
                "': " + (reason == nullptr ? "unknown reason" : reason) + ".",
            "Choose a smaller size."
        );
    }
}

/// Method 2 keeps up with generation. 0 on our scale is lossless; else libwebp's 100..15 for crf 1..51.
WebPConfig config_of(int quality) {
    WebPConfig config;
    WebPConfigInit(&config);
    config.method = 2;
    config.lossless = quality == 0 ? 1 : 0;
    config.exact = config.lossless;
    config.quality = quality == 0 ? 50.0F : 100.0F - static_cast<float>(quality) * 5 / 3;
    return config;
}

class WebpEncoder final : public EncoderBase {
public:
    explicit WebpEncoder(const EncodeJob& job)
        : EncoderBase(job, AV_PIX_FMT_RGB24), file_(job.target), config_(config_of(job.settings.quality)) {
        WebPAnimEncoderOptions options;
        WebPAnimEncoderOptionsInit(&options);
        options.anim_params.loop_count = 0; // for ever
        options.kmin = 9;
        options.kmax = 25;
        animation_.reset(WebPAnimEncoderNew(file_width(), file_height(), &options));
        check(animation_ != nullptr, job.target, "no memory");
    }

private:
    /// WebP's times are whole milliseconds: rounded from the exact time, so that errors don't add up.
    int milliseconds(int frame) const {
        return static_cast<int>(std::llround(1000.0 * frame / job().rate.fps()));
    }

    bool put(AVFrame& picture) override {
        Image image;
        image.use_argb = 1;
        image.width = picture.width;
        image.height = picture.height;
        check(
            WebPPictureImportRGB(&image, picture.data[0], picture.linesize[0]) != 0,
            file_.target(),
            "no memory"
        );
        add(&image, frames());
        return false;
    }

    /// A null image ends the last frame.
    void add(Image* image, int frame) {
        const bool ok =
            WebPAnimEncoderAdd(
                animation_.get(), image, milliseconds(frame), image == nullptr ? nullptr : &config_
            ) != 0;
        check(ok, file_.target(), WebPAnimEncoderGetError(animation_.get()));
    }

    void complete(ExportResult& result) override {
        add(nullptr, frames());
        Data whole;
        check(
            WebPAnimEncoderAssemble(animation_.get(), &whole) != 0,
            file_.target(),
            WebPAnimEncoderGetError(animation_.get())
        );
        if (!job().recipe_json.empty()) {
            add_xmp(whole);
        }
        std::ofstream file(file_.part(), std::ios::binary);
        file.write(reinterpret_cast<const char*>(whole.bytes), static_cast<std::streamsize>(whole.size));
        file.flush();
        if (!file) {
            ffmpeg::throw_write_error(AVERROR(errno), file_.target(), 0);
        }
        file.close();
        result.encoder = "libwebp";
        result.path = file_.publish();
    }

    void add_xmp(Data& whole) const {
        const std::string packet = xmp_packet(job().recipe_json);
        const WebPData chunk{reinterpret_cast<const std::uint8_t*>(packet.data()), packet.size()};
        const Mux mux(WebPMuxCreate(&whole, 1), WebPMuxDelete);
        Data tagged;
        const bool ok = mux && WebPMuxSetChunk(mux.get(), "XMP ", &chunk, 1) == WEBP_MUX_OK &&
                        WebPMuxAssemble(mux.get(), &tagged) == WEBP_MUX_OK;
        check(ok, file_.target(), "the recipe could not be added");
        std::swap(static_cast<WebPData&>(whole), static_cast<WebPData&>(tagged));
    }

    TargetFile file_;
    WebPConfig config_;
    Animation animation_{nullptr, WebPAnimEncoderDelete};
};

} // namespace

std::unique_ptr<Encoder> make_webp_encoder(const EncodeJob& job) {
    return std::make_unique<WebpEncoder>(job);
}

} // namespace rushes
