#include "media/ffmpeg.h"

#include "base/error.h"

#include <array>
#include <cerrno>
#include <mutex>

extern "C" {
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace rushes::ffmpeg {

namespace {

/// FFmpeg's log goes to stderr by default, where it would break the command line's progress line; what
/// matters comes back as an error code.
void keep_quiet() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

/// AVDictionary for calls that take their options out of it.
class Dictionary {
public:
    explicit Dictionary(const Options& options) {
        for (const auto& [name, value] : options) {
            av_dict_set(&handle_, name.c_str(), value.c_str(), 0);
        }
    }

    ~Dictionary() { av_dict_free(&handle_); }

    Dictionary(const Dictionary&) = delete;
    Dictionary& operator=(const Dictionary&) = delete;

    AVDictionary** get() { return &handle_; }

    /// An option that nobody took is a misspelling of ours.
    bool all_taken() const { return av_dict_count(handle_) == 0; }

private:
    AVDictionary* handle_ = nullptr;
};

void throw_no_memory() {
    throw Error(
        ErrorKind::resource,
        "There is not enough memory for a picture.",
        "Choose a smaller size.",
        Lever::smaller_clip
    );
}

} // namespace

void Release::operator()(AVFrame* handle) const {
    av_frame_free(&handle);
}

void Release::operator()(AVPacket* handle) const {
    av_packet_free(&handle);
}

void Release::operator()(AVCodecContext* handle) const {
    avcodec_free_context(&handle);
}

void Release::operator()(SwsContext* handle) const {
    sws_freeContext(handle);
}

void Release::operator()(AVFilterGraph* handle) const {
    avfilter_graph_free(&handle);
}

void CloseInput::operator()(AVFormatContext* handle) const {
    avformat_close_input(&handle);
}

void CloseOutput::operator()(AVFormatContext* handle) const {
    avio_closep(&handle->pb);
    avformat_free_context(handle);
}

std::string error_text(int code) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(code, text.data(), text.size());
    return text.data();
}

bool disk_is_full(int code) {
    return code == AVERROR(ENOSPC) || code == AVERROR(EDQUOT) || code == AVERROR(EFBIG);
}

void throw_write_error(int code, const std::filesystem::path& file, std::int64_t bytes_written) {
    const std::string megabytes = std::to_string(static_cast<double>(bytes_written) / 1e6);
    const std::string amount = megabytes.substr(0, megabytes.find('.') + 2) + " MB";
    if (disk_is_full(code)) {
        throw Error(
            ErrorKind::resource,
            "The disk is full: writing '" + file.string() + "' stopped after " + amount + " (" +
                error_text(code) + ").",
            "Free some space or choose a folder on another disk.",
            Lever::other_folder
        );
    }
    throw Error(
        ErrorKind::resource,
        "Cannot write '" + file.string() + "' (" + error_text(code) + " after " + amount + ").",
        "Choose another folder.",
        Lever::other_folder
    );
}

Picture make_picture() {
    Picture picture(av_frame_alloc());
    if (!picture) {
        throw_no_memory();
    }
    return picture;
}

Picture make_picture(int width, int height, AVPixelFormat format) {
    Picture picture = make_picture();
    picture->width = width;
    picture->height = height;
    picture->format = format;
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
    const bool is_rgb = description == nullptr || (description->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    picture->color_range = is_rgb ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    picture->colorspace = is_rgb ? AVCOL_SPC_RGB : AVCOL_SPC_BT709;
    picture->color_primaries = AVCOL_PRI_BT709;
    picture->color_trc = is_rgb ? AVCOL_TRC_IEC61966_2_1 : AVCOL_TRC_BT709;
    picture->chroma_location = is_rgb ? AVCHROMA_LOC_UNSPECIFIED : AVCHROMA_LOC_LEFT;
    if (av_frame_get_buffer(picture.get(), 0) < 0) {
        throw_no_memory();
    }
    return picture;
}

void make_writable(AVFrame& picture) {
    if (av_frame_make_writable(&picture) < 0) {
        throw_no_memory();
    }
}

Packet make_packet() {
    Packet packet(av_packet_alloc());
    if (!packet) {
        throw_no_memory();
    }
    return packet;
}

Codec make_encoder(const std::string& name) {
    keep_quiet();
    const AVCodec* codec = avcodec_find_encoder_by_name(name.c_str());
    return Codec(codec == nullptr ? nullptr : avcodec_alloc_context3(codec));
}

bool open(Codec& codec, const Options& options) {
    Dictionary dictionary(options);
    return avcodec_open2(codec.get(), nullptr, dictionary.get()) >= 0 && dictionary.all_taken();
}

Input open_input(const std::filesystem::path& file, const std::string& format, const Options& options) {
    keep_quiet();
    const AVInputFormat* demuxer = format.empty() ? nullptr : av_find_input_format(format.c_str());
    Dictionary dictionary(options);
    AVFormatContext* handle = nullptr;
    // "file:" keeps a name with a colon in it from being read as a protocol.
    const std::string url = "file:" + file.string();
    if (avformat_open_input(&handle, url.c_str(), demuxer, dictionary.get()) < 0) {
        return nullptr; // the handle was freed by FFmpeg
    }
    return Input(handle);
}

Output make_output(const std::filesystem::path& file, const std::string& format) {
    keep_quiet();
    AVFormatContext* handle = nullptr;
    const std::string url = "file:" + file.string();
    if (avformat_alloc_output_context2(&handle, nullptr, format.c_str(), url.c_str()) < 0) {
        throw Error(
            ErrorKind::bug,
            "This build of FFmpeg cannot write '" + format + "'.",
            "Install FFmpeg's full libraries."
        );
    }
    Output output(handle);
    if (const int code = avio_open(&output->pb, url.c_str(), AVIO_FLAG_WRITE); code < 0) {
        throw_write_error(code, file, 0);
    }
    return output;
}

void write_header(AVFormatContext& output, const Options& options, const std::filesystem::path& file) {
    Dictionary dictionary(options);
    const int code = avformat_write_header(&output, dictionary.get());
    if (code < 0) {
        throw_write_error(code, file, 0);
    }
    if (!dictionary.all_taken()) {
        throw Error(ErrorKind::bug, "FFmpeg did not take an option of the container.");
    }
}

void free_ends(AVFilterInOut*& inputs, AVFilterInOut*& outputs) {
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
}

void set_tag(AVDictionary*& tags, const std::string& name, const std::string& value) {
    av_dict_set(&tags, name.c_str(), value.c_str(), 0);
}

std::string tag(const AVDictionary* tags, const std::string& name) {
    const AVDictionaryEntry* entry = av_dict_get(tags, name.c_str(), nullptr, 0);
    return entry == nullptr ? std::string() : entry->value;
}

} // namespace rushes::ffmpeg
