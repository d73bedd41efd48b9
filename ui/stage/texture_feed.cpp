#include "stage/texture_feed.h"

#include "work/home_call.h"

#include <utility>

#include <QImage>
#include <QOpenGLFunctions>
#include <QVideoFrameFormat>

namespace rushes::ui {

namespace {

void fill(QOpenGLFunctions& gl, const uchar* pixels, int bytes_per_line, QSize size, bool same_size) {
    constexpr int bytes_per_pixel = 4;
    gl.glPixelStorei(GL_UNPACK_ALIGNMENT, bytes_per_pixel);
    gl.glPixelStorei(GL_UNPACK_ROW_LENGTH, bytes_per_line / bytes_per_pixel);
    if (same_size) {
        gl.glTexSubImage2D(
            GL_TEXTURE_2D, 0, 0, 0, size.width(), size.height(), GL_RGBA, GL_UNSIGNED_BYTE, pixels
        );
    } else {
        gl.glTexImage2D(
            GL_TEXTURE_2D, 0, GL_RGBA8, size.width(), size.height(), 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels
        );
    }
    gl.glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
}

} // namespace

TextureFeed::TextureFeed(QOpenGLContext& shared, QObject* parent)
    : QObject(parent), shared_(shared), wanted_([this] {
          thread_.post([this](std::stop_token) {
              if (const auto frame = wanted_.take()) {
                  upload(*frame);
              }
          });
      }) {
    surface_.setFormat(shared.format());
    surface_.create(); // belongs to the window's thread
}

TextureFeed::~TextureFeed() {
    thread_.postToFinish([this](std::stop_token) {
        if (context_ && context_->makeCurrent(&surface_)) {
            for (const Texture& texture : textures_) {
                context_->functions()->glDeleteTextures(1, &texture.id);
            }
            for (std::size_t slot = 0; slot < kept; ++slot) {
                waitUntilRead(slot);
            }
            context_->doneCurrent();
        }
        context_.reset();
    });
}

void TextureFeed::put(const QVideoFrame& frame) {
    wanted_.put(frame);
}

bool TextureFeed::makeCurrent() {
    if (!context_) {
        context_ = std::make_unique<QOpenGLContext>();
        context_->setFormat(shared_.format());
        context_->setShareContext(&shared_);
        context_->create();
    }
    return context_->isValid() && context_->makeCurrent(&surface_);
}

void TextureFeed::upload(const QVideoFrame& frame) {
    if (!makeCurrent()) {
        return;
    }
    std::size_t slot = 0;
    {
        const std::lock_guard lock(mutex_);
        while (next_ == drawn_ || next_ == ready_) {
            next_ = (next_ + 1) % kept;
        }
        slot = std::exchange(next_, (next_ + 1) % kept);
    }
    waitUntilRead(slot);
    Texture& texture = textures_[slot];
    QOpenGLFunctions& gl = *context_->functions();
    const bool fresh = texture.id == 0;
    if (fresh) {
        gl.glGenTextures(1, &texture.id);
    }
    gl.glBindTexture(GL_TEXTURE_2D, texture.id);
    if (fresh) {
        gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_NEAREST);
        gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
        gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
        gl.glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    }
    QVideoFrame mapped = frame;
    const bool same_size = !fresh && texture.size == frame.size();
    if (frame.pixelFormat() == QVideoFrameFormat::Format_RGBX8888 && mapped.map(QVideoFrame::ReadOnly)) {
        fill(gl, mapped.bits(0), mapped.bytesPerLine(0), frame.size(), same_size);
        mapped.unmap();
    } else { // of a camera or a player
        const QImage picture = frame.toImage().convertToFormat(QImage::Format_RGBX8888);
        fill(gl, picture.constBits(), static_cast<int>(picture.bytesPerLine()), picture.size(), same_size);
    }
    gl.glGenerateMipmap(GL_TEXTURE_2D);
    gl.glFinish(); // here, and not where the window draws
    texture.size = frame.size();
    {
        const std::lock_guard lock(mutex_);
        ready_ = slot;
    }
    callHome(this, [this] { emit ready(); });
}

/// Commands of two contexts come in no order of their own.
void TextureFeed::waitUntilRead(std::size_t slot) {
    GLsync fence = nullptr;
    {
        const std::lock_guard lock(mutex_);
        fence = std::exchange(fences_[slot], nullptr);
    }
    if (fence != nullptr) {
        constexpr GLuint64 longest_ns = 1'000'000'000; // a lost card must not keep the thread
        context_->extraFunctions()->glClientWaitSync(fence, 0, longest_ns);
        context_->extraFunctions()->glDeleteSync(fence);
    }
}

void TextureFeed::drawn() {
    QOpenGLContext* drawing = QOpenGLContext::currentContext();
    const auto version = drawing->format().version();
    const std::pair<int, int> with_fences = drawing->isOpenGLES() ? std::pair(3, 0) : std::pair(3, 2);
    if (version < with_fences) {
        return; // an older card has a texture to spare
    }
    QOpenGLExtraFunctions& gl = *drawing->extraFunctions();
    const GLsync fence = gl.glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
    GLsync old = nullptr;
    {
        const std::lock_guard lock(mutex_);
        old = drawn_ ? std::exchange(fences_[*drawn_], fence) : fence;
    }
    if (old != nullptr) {
        gl.glDeleteSync(old);
    }
}

TextureFeed::Texture TextureFeed::latest() {
    const std::lock_guard lock(mutex_);
    if (ready_) {
        drawn_ = std::exchange(ready_, std::nullopt);
    }
    return drawn_ ? textures_[*drawn_] : Texture{};
}

} // namespace rushes::ui
