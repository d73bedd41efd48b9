#include "stage/gpu_screen.h"

#include "theme/tokens.h"

#include <algorithm>
#include <cmath>

#include <QByteArray>
#include <QPainter>

namespace rushes::ui {

namespace {

constexpr const char* vertex_source = R"(
in vec2 corner; // of the picture, 0..1
out vec2 at;
uniform vec4 place; // left, top, width, height in the coordinates of the screen, -1..1 upwards
void main() {
    at = corner;
    gl_Position = vec4(place.xy + corner * place.zw, 0.0, 1.0);
}
)";

// Catmull-Rom in nine reads: the two inner taps of each axis are one bilinear read (Sigg and Hadwiger, "Fast
// third-order texture filtering", GPU Gems 2). Pictures made smaller are read from a level of half their
// size.
constexpr const char* fragment_source = R"(
in vec2 at;
out vec4 colour;
uniform sampler2D picture;
uniform vec2 size;   // of the level, in its pixels
uniform float level;
uniform vec2 pixels; // of the place on the screen
uniform float radius;
uniform vec3 surround;
uniform sampler2D below;   // the screen as it is
uniform float share;       // of this picture in the mixture
uniform float gain;        // 0: a mixture; else: the difference, enlarged
vec3 read(float x, float y) { return textureLod(picture, vec2(x, y) / size, level).rgb; }
void main() {
    vec2 p = at * size - 0.5;
    vec2 base = floor(p);
    vec2 f = p - base;
    vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f));
    vec2 w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
    vec2 w2 = f * (0.5 + f * (2.0 - 1.5 * f));
    vec2 w3 = f * f * (-0.5 + 0.5 * f);
    vec2 inner = w1 + w2;
    vec2 a = base - 0.5;
    vec2 b = base + 0.5 + w2 / inner;
    vec2 c = base + 2.5;
    vec3 sum = w0.y * (w0.x * read(a.x, a.y) + inner.x * read(b.x, a.y) + w3.x * read(c.x, a.y));
    sum += inner.y * (w0.x * read(a.x, b.y) + inner.x * read(b.x, b.y) + w3.x * read(c.x, b.y));
    sum += w3.y * (w0.x * read(a.x, c.y) + inner.x * read(b.x, c.y) + w3.x * read(c.x, c.y));
    vec2 edge = abs(at - 0.5) * pixels - (0.5 * pixels - radius);
    float inside = clamp(0.5 + radius - length(max(edge, 0.0)), 0.0, 1.0);
    vec3 own = clamp(sum, 0.0, 1.0);
    vec3 under = texelFetch(below, ivec2(gl_FragCoord.xy), 0).rgb;
    vec3 shown = gain > 0.0 ? min(abs(own - under) * gain, 1.0) : mix(under, own, share);
    colour = vec4(mix(surround, shown, inside), 1.0);
}
)";

QByteArray withVersion(const QOpenGLContext& context, const char* source) {
    const char* const version =
        context.isOpenGLES() ? "#version 300 es\nprecision highp float;\n" : "#version 130\n";
    return QByteArray(version) + source;
}

/// Drivers that compute on the processor name themselves.
bool isSoftware(QByteArray renderer) {
    renderer = renderer.toLower();
    const auto names = {
        "llvmpipe", "softpipe", "swrast", "software", "swiftshader", "svga3d", "basic render"
    };
    return std::ranges::any_of(names, [&](const char* name) { return renderer.contains(name); });
}

} // namespace

GpuScreen::GpuScreen(QWidget* parent) : QOpenGLWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents); // the stage below takes them
    setFocusPolicy(Qt::NoFocus);
}

GpuScreen::~GpuScreen() {
    if (context() != nullptr) {
        disconnect(context(), nullptr, this, nullptr); // it goes after what release() cleans up
    }
    makeCurrent();
    release();
    doneCurrent();
}

bool GpuScreen::usable(QOffscreenSurface& surface) {
    QOpenGLContext context;
    if (!context.create() || !context.makeCurrent(&surface)) {
        return false;
    }
    constexpr int oldest = 3; // both OpenGL 3.0 and OpenGL ES 3.0
    const bool new_enough = context.format().majorVersion() >= oldest;
    const auto* const name = context.functions()->glGetString(GL_RENDERER);
    const bool hardware = name != nullptr && !isSoftware(reinterpret_cast<const char*>(name));
    context.doneCurrent();
    return new_enough && (hardware || qEnvironmentVariable("RUSHES_STAGE") == QLatin1String("gpu"));
}

void GpuScreen::setFrame(std::size_t layer, const QVideoFrame& frame) {
    frames_[layer] = frame;
    if (feeds_[layer] && frame.isValid()) {
        feeds_[layer]->put(frame);
    }
}

void GpuScreen::setPlaces(const std::array<Place, layers>& places) {
    places_ = places;
    update();
}

void GpuScreen::setBlend(CompareMode mode, double share) {
    mode_ = mode;
    share_ = share;
    update();
}

void GpuScreen::setSurround(const QColor& colour) {
    surround_ = colour;
    update();
}

void GpuScreen::initializeGL() {
    initializeOpenGLFunctions();
    connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] {
        makeCurrent();
        release();
        doneCurrent();
    });
    program_ = std::make_unique<QOpenGLShaderProgram>();
    program_->addShaderFromSourceCode(QOpenGLShader::Vertex, withVersion(*context(), vertex_source));
    program_->addShaderFromSourceCode(QOpenGLShader::Fragment, withVersion(*context(), fragment_source));
    program_->bindAttributeLocation("corner", 0);
    program_->link();
    constexpr std::array<float, 8> square{0, 0, 1, 0, 0, 1, 1, 1};
    corners_state_.create();
    const QOpenGLVertexArrayObject::Binder state(&corners_state_);
    corners_.create();
    corners_.bind();
    corners_.allocate(square.data(), static_cast<int>(sizeof(square)));
    glEnableVertexAttribArray(0);
    glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, nullptr);
    corners_.release();
    for (std::size_t i = 0; i < layers; ++i) {
        feeds_[i] = std::make_unique<TextureFeed>(*context());
        connect(feeds_[i].get(), &TextureFeed::ready, this, qOverload<>(&QWidget::update));
        setFrame(i, frames_[i]);
    }
}

void GpuScreen::release() {
    for (auto& feed : feeds_) {
        feed.reset();
    }
    program_.reset();
    if (below_ != 0) {
        glDeleteTextures(1, &below_);
        below_ = 0;
    }
    corners_.destroy();
    corners_state_.destroy();
}

void GpuScreen::paintGL() {
    glClearColor(surround_.redF(), surround_.greenF(), surround_.blueF(), 1);
    glClear(GL_COLOR_BUFFER_BIT);
    for (std::size_t i = 0; i < layers; ++i) {
        draw(i);
    }
    if (overlay_) {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        overlay_(painter);
    }
}

bool GpuScreen::blends(std::size_t layer) const {
    return layer == 1 && (mode_ == CompareMode::difference || mode_ == CompareMode::onion);
}

/// A shader can't read what it draws to.
void GpuScreen::keepBelow() {
    if (below_ == 0) {
        glGenTextures(1, &below_);
    }
    const double scale = devicePixelRatioF();
    glBindTexture(GL_TEXTURE_2D, below_);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGB, 0, 0, qRound(width() * scale), qRound(height() * scale), 0);
}

void GpuScreen::draw(std::size_t layer) {
    const Place& place = places_[layer];
    const TextureFeed::Texture texture = feeds_[layer] ? feeds_[layer]->latest() : TextureFeed::Texture{};
    if (texture.id == 0 || place.picture.isEmpty() || place.seen.isEmpty()) {
        return;
    }
    glActiveTexture(GL_TEXTURE1);
    if (blends(layer)) {
        keepBelow();
    } else {
        glBindTexture(GL_TEXTURE_2D, texture.id); // something to read from; its share is none
    }
    const double scale = devicePixelRatioF();
    const QRectF seen(place.seen.topLeft() * scale, place.seen.size() * scale);
    glEnable(GL_SCISSOR_TEST);
    glScissor(
        qRound(seen.x()),
        qRound(height() * scale - seen.bottom()),
        qRound(seen.width()),
        qRound(seen.height())
    );
    const QSizeF pixels = place.picture.size() * scale;
    const double shrink = texture.size.width() / pixels.width();
    const double level = std::max(0.0, std::floor(std::log2(std::max(shrink, 1e-6))));
    const double halvings = std::exp2(level);
    program_->bind();
    program_->setUniformValue(
        "place",
        static_cast<float>(2 * place.picture.x() / width() - 1),
        static_cast<float>(1 - 2 * place.picture.y() / height()),
        static_cast<float>(2 * place.picture.width() / width()),
        static_cast<float>(-2 * place.picture.height() / height())
    );
    program_->setUniformValue("picture", 0);
    program_->setUniformValue("below", 1);
    const bool difference = blends(layer) && mode_ == CompareMode::difference;
    program_->setUniformValue("gain", static_cast<float>(difference ? difference_gain : 0));
    program_->setUniformValue("share", static_cast<float>(blends(layer) ? share_ : 1));
    program_->setUniformValue(
        "size",
        static_cast<float>(std::max(1.0, std::floor(texture.size.width() / halvings))),
        static_cast<float>(std::max(1.0, std::floor(texture.size.height() / halvings)))
    );
    program_->setUniformValue("level", static_cast<float>(level));
    program_->setUniformValue("pixels", QVector2D(pixels.width(), pixels.height()));
    program_->setUniformValue("radius", static_cast<float>(size::radius_picture * scale));
    program_->setUniformValue("surround", surround_.redF(), surround_.greenF(), surround_.blueF());
    const QOpenGLVertexArrayObject::Binder state(&corners_state_);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, texture.id);
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D, 0);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, 0); // the feed may fill it again, which a bound texture does not bear
    feeds_[layer]->drawn();
    program_->release();
    glDisable(GL_SCISSOR_TEST);
}

} // namespace rushes::ui
