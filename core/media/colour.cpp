#include "media/colour.h"

#include "base/error.h"

#include <algorithm>
#include <cstring>

extern "C" {
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace rushes {

namespace {

bool is_rgb(int format) {
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(format));
    return description != nullptr && (description->flags & AV_PIX_FMT_FLAG_RGB) != 0;
}

/// The "J" formats say full range by their name.
bool is_full_range_yuv(int format) {
    return format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ444P;
}

int matrix_or_guess(const AVFrame& picture) {
    switch (picture.colorspace) {
    case AVCOL_SPC_BT709:
        return SWS_CS_ITU709;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
        return SWS_CS_ITU601;
    case AVCOL_SPC_FCC:
        return SWS_CS_FCC;
    case AVCOL_SPC_SMPTE240M:
        return SWS_CS_SMPTE240M;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return SWS_CS_BT2020;
    default:
        // Untagged: what players do. Still pictures in YUV are JPEG's BT.601.
        return is_full_range_yuv(picture.format) || picture.height < 576 ? SWS_CS_ITU601 : SWS_CS_ITU709;
    }
}

int swscale_flags(Filter filter, double growth) {
    if (filter == Filter::automatic) {
        filter = growth < 1 ? Filter::area : growth <= 2 ? Filter::lanczos : Filter::mitchell;
    }
    const int exact = SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
    switch (filter) {
    case Filter::bilinear:
        return SWS_BILINEAR | exact;
    case Filter::area:
        return SWS_AREA | exact;
    case Filter::lanczos:
        return SWS_LANCZOS | exact;
    default:
        return SWS_BICUBIC | exact;
    }
}

void set(SwsContext& scaler, const char* option, int value) {
    av_opt_set_int(&scaler, option, value, 0);
}

/// Chroma position in 1/256 of a luma pixel, as swscale wants it for formats with half the chroma columns.
void set_chroma_position(
    SwsContext& scaler, const char* horizontal, const char* vertical, int format, int location
) {
    int columns = 0;
    int rows = 0;
    if (av_pix_fmt_get_chroma_sub_sample(static_cast<AVPixelFormat>(format), &columns, &rows) < 0) {
        return;
    }
    if (columns == 1) {
        const bool centred = location == AVCHROMA_LOC_CENTER || location == AVCHROMA_LOC_TOP;
        set(scaler, horizontal, centred ? 128 : 0);
    }
    if (rows == 1) {
        const bool top = location == AVCHROMA_LOC_TOP || location == AVCHROMA_LOC_TOPLEFT;
        set(scaler, vertical, top ? 0 : 128);
    }
}

} // namespace

Converter::Shape Converter::shape(const AVFrame& picture) {
    const bool rgb = is_rgb(picture.format);
    const bool full = rgb || is_full_range_yuv(picture.format) || picture.color_range == AVCOL_RANGE_JPEG;
    return {
        picture.width,
        picture.height,
        picture.format,
        rgb ? SWS_CS_ITU709 : matrix_or_guess(picture),
        full ? 1 : 0,
        picture.chroma_location,
    };
}

void Converter::prepare(const Shape& from, const Shape& to) {
    const double growth = static_cast<double>(to.width) / from.width;
    const int flags = swscale_flags(filter_, growth);
    scaler_.reset(sws_alloc_context());
    if (!scaler_) {
        throw Error(ErrorKind::resource, "There is not enough memory to convert a picture.");
    }
    set(*scaler_, "srcw", from.width);
    set(*scaler_, "srch", from.height);
    set(*scaler_, "src_format", from.format);
    set(*scaler_, "dstw", to.width);
    set(*scaler_, "dsth", to.height);
    set(*scaler_, "dst_format", to.format);
    set(*scaler_, "sws_flags", flags);
    if ((flags & SWS_BICUBIC) != 0) {
        // Mitchell and Netravali, "Reconstruction filters in computer graphics" (1988): B = C = 1/3.
        av_opt_set_double(scaler_.get(), "param0", 1.0 / 3, 0);
        av_opt_set_double(scaler_.get(), "param1", 1.0 / 3, 0);
    }
    set_chroma_position(*scaler_, "src_h_chr_pos", "src_v_chr_pos", from.format, from.chroma);
    set_chroma_position(*scaler_, "dst_h_chr_pos", "dst_v_chr_pos", to.format, to.chroma);
    const int* from_matrix = sws_getCoefficients(from.matrix);
    // RGB has no matrix of its own: swscale's way through YUV uses the other side's.
    const int* to_matrix = sws_getCoefficients(is_rgb(to.format) ? from.matrix : to.matrix);
    if (is_rgb(from.format)) {
        from_matrix = to_matrix;
    }
    sws_setColorspaceDetails(
        scaler_.get(), from_matrix, from.range, to_matrix, to.range, 0, 1 << 16, 1 << 16
    );
    if (sws_init_context(scaler_.get(), nullptr, nullptr) < 0) {
        scaler_.reset();
        throw Error(ErrorKind::user, "Pictures of this size or pixel format cannot be converted.");
    }
}

void Converter::run(const AVFrame& from, AVFrame& to) {
    const Shape source = shape(from);
    const Shape target = shape(to);
    if (!scaler_ || source != from_ || target != to_) {
        prepare(source, target);
        from_ = source;
        to_ = target;
    }
    sws_scale(scaler_.get(), from.data, from.linesize, 0, from.height, to.data, to.linesize);
}

void copy_rgb(const Frame& frame, AVFrame& to) {
    const auto row_bytes = static_cast<std::size_t>(frame.width) * 3;
    for (int y = 0; y < to.height; ++y) {
        const std::uint8_t* source =
            frame.rgb.data() + row_bytes * static_cast<std::size_t>(std::min(y, frame.height - 1));
        std::uint8_t* row = to.data[0] + static_cast<std::ptrdiff_t>(y) * to.linesize[0];
        std::memcpy(row, source, row_bytes);
        for (int x = frame.width; x < to.width; ++x) {
            std::memcpy(row + static_cast<std::ptrdiff_t>(x) * 3, source + row_bytes - 3, 3);
        }
    }
}

Frame to_frame(const AVFrame& picture, std::int64_t index) {
    Frame frame{picture.width, picture.height, index, {}};
    const auto row_bytes = static_cast<std::size_t>(frame.width) * 3;
    frame.rgb.resize(row_bytes * static_cast<std::size_t>(frame.height));
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* row = picture.data[0] + static_cast<std::ptrdiff_t>(y) * picture.linesize[0];
        std::memcpy(frame.rgb.data() + row_bytes * static_cast<std::size_t>(y), row, row_bytes);
    }
    return frame;
}

} // namespace rushes
