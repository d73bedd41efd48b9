#include "controls/choices.h"

#include "convert.h"
#include "generation/snapping.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <QRegularExpression>
#include <QSet>

namespace rushes::ui {

namespace {

struct NamedShape {
    const char* label;
    double ratio;
};

constexpr NamedShape named_shapes[] = {
    {"16:9", 16.0 / 9}, {"9:16", 9.0 / 16}, {"4:5", 4.0 / 5}, {"1:1", 1.0}
};

// Trained sizes are multiples of 16 or more, so that "16:9" is only met nearly (224x128 is 7:4, 160x96 is
// 5:3).
constexpr double same_shape = 0.075; ///< of the ratio's logarithm

// A rolling model has no limit of its own; the slider still needs an end.
constexpr double rolling_limit_seconds = 30;

bool near(double a, double b) {
    return std::abs(std::log(a / b)) < same_shape;
}

QString ratioLabel(const PictureSize& size) {
    const int divisor = std::gcd(size.width, size.height);
    return QStringLiteral("%1:%2").arg(size.width / divisor).arg(size.height / divisor);
}

int shortSide(const PictureSize& size) {
    return std::min(size.width, size.height);
}

} // namespace

Choices::Choices(ModelInfo model, std::vector<WordGroup> groups)
    : model_(std::move(model)), groups_(std::move(groups)) {
    for (const NamedShape& shape : named_shapes) {
        aspects_.push_back({QString::fromLatin1(shape.label), shape.ratio, {}, {}});
    }
    for (const PictureSize& size : model_.lattice.sizes) {
        const int known = aspectOf(size.width, size.height);
        if (known >= 0) {
            aspects_[static_cast<std::size_t>(known)].sizes.push_back(size);
        } else {
            aspects_.push_back({ratioLabel(size), static_cast<double>(size.width) / size.height, {size}, {}});
        }
    }
    for (AspectChoice& aspect : aspects_) {
        std::ranges::sort(aspect.sizes, {}, [](const PictureSize& s) { return s.width * s.height; });
        if (aspect.sizes.empty()) {
            aspect.why_not = tr("%1 was not trained on %2 pictures. Export can crop or pad to that shape.")
                                 .arg(toQString(model_.name), aspect.label);
        }
    }
}

int Choices::aspectOf(int width, int height) const {
    if (width <= 0 || height <= 0) {
        return -1;
    }
    const double ratio = static_cast<double>(width) / height;
    const auto found =
        std::ranges::find_if(aspects_, [&](const AspectChoice& a) { return near(a.ratio, ratio); });
    return found == aspects_.end() ? -1 : static_cast<int>(found - aspects_.begin());
}

std::vector<ResolutionChoice> Choices::resolutions(int aspect) const {
    std::vector<ResolutionChoice> choices;
    if (aspect < 0 || aspect >= static_cast<int>(aspects_.size())) {
        return choices;
    }
    for (const PictureSize& size : aspects_[static_cast<std::size_t>(aspect)].sizes) {
        choices.push_back({QStringLiteral("%1p").arg(shortSide(size)), size, true, {}});
    }
    const int largest = choices.empty() ? 0 : shortSide(choices.back().size);
    for (const int side : {480, 720, 1080}) {
        if (side > largest && choices.size() < 4) {
            const QString why =
                tr("%1 draws at most %2 pixels on the short side. Export can enlarge the clip.")
                    .arg(toQString(model_.name))
                    .arg(largest);
            choices.push_back({QStringLiteral("%1p").arg(side), {}, false, why});
        }
    }
    return choices;
}

PictureSize Choices::nearestSize(int aspect, int width, int height) const {
    if (aspect < 0 || aspect >= static_cast<int>(aspects_.size())) {
        return {width, height};
    }
    const auto& sizes = aspects_[static_cast<std::size_t>(aspect)].sizes;
    if (sizes.empty()) {
        return {width, height};
    }
    const double area = static_cast<double>(width) * height;
    return *std::ranges::min_element(sizes, {}, [&](const PictureSize& s) {
        return std::abs(static_cast<double>(s.width) * s.height - area);
    });
}

PictureSize Choices::trainedSize(int width, int height) const {
    const int aspect = aspectOf(width, height);
    const bool offered = aspect >= 0 && !aspects_[static_cast<std::size_t>(aspect)].sizes.empty();
    return offered                        ? nearestSize(aspect, width, height)
           : model_.lattice.sizes.empty() ? PictureSize{width, height}
                                          : model_.lattice.sizes.front();
}

int Choices::minSteps() const {
    return std::min(1, maxSteps());
}

int Choices::maxSteps() const {
    const int limit = model_.lattice.max_frames > 0
                          ? model_.lattice.max_frames
                          : static_cast<int>(std::lround(rolling_limit_seconds * model_.frame_rate.fps()));
    return model_.lattice.latent_frames(limit) - 1;
}

int Choices::latticeIndex(int frames) const {
    const Lattice& lattice = model_.lattice;
    const int nearest = lattice.latent_frames(lattice.nearest_frames(frames)) - 1;
    return std::clamp(nearest, minSteps(), maxSteps());
}

Recipe Choices::complete(const Recipe& recipe) const {
    Recipe whole = mended(recipe, model_);
    whole.frames = framesAt(latticeIndex(whole.frames)); // where the slider ends
    return whole;
}

QString Choices::whyNoTier(const std::string& tier) const {
    if (std::ranges::find(model_.tiers, tier, &Tier::id) != model_.tiers.end()) {
        return {};
    }
    return tr("%1 has no such choice. Set the steps below.").arg(toQString(model_.name));
}

QStringList Choices::unknownWords(const QString& prompt) const {
    QStringList unknown;
    if (model_.vocabulary.empty()) {
        return unknown;
    }
    QSet<QString> known;
    for (const std::string& entry : model_.vocabulary) {
        for (const QString& word : toQString(entry).toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
            known.insert(word);
        }
    }
    static const QRegularExpression word_pattern(QStringLiteral("[\\p{L}\\p{N}]+"));
    auto words = word_pattern.globalMatch(prompt.toLower());
    while (words.hasNext()) {
        const QString word = words.next().captured();
        if (!known.contains(word) && !unknown.contains(word)) {
            unknown.append(word);
        }
    }
    return unknown;
}

namespace {

/// A whole word or phrase; -1: not there.
qsizetype placeOf(const QString& text, const QString& phrase) {
    const QRegularExpression pattern(
        QStringLiteral("\\b%1\\b").arg(QRegularExpression::escape(phrase)),
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption
    );
    return pattern.match(text).capturedStart();
}

qsizetype placeOf(const QString& text, const WordGroup& group) {
    for (const auto& words : {group.words, group.others}) {
        for (const std::string& word : words) {
            if (const qsizetype at = placeOf(text, toQString(word)); at >= 0) {
                return at;
            }
        }
    }
    return -1;
}

} // namespace

WordOffer Choices::offer(const QString& prompt) const {
    const QStringList unknown = unknownWords(prompt);
    if (unknown.isEmpty()) {
        return {};
    }
    WordOffer offer{unknown.front(), {}};
    std::vector<std::string> words = model_.vocabulary;
    if (!groups_.empty()) {
        const qsizetype here = placeOf(prompt, offer.unknown);
        const auto last = groups_.size() - 1;
        std::optional<std::size_t> before; // kinds that stand left and right of the word
        std::optional<std::size_t> after;
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            const qsizetype at = placeOf(prompt, groups_[i]);
            if (at >= 0 && at < here) {
                before = i;
            } else if (at >= 0 && !after) {
                after = i;
            }
        }
        // Next to what is known; a text that says nothing known yet lacks what it is about, which stands
        // second, after how that looks.
        const std::size_t kind = before  ? std::min(*before + 1, last)
                                 : after ? (*after > 0 ? *after - 1 : 0)
                                         : std::min<std::size_t>(1, last);
        words = groups_[kind].words;
    }
    for (const std::string& word : words) {
        offer.words << toQString(word);
    }
    return offer;
}

QString durationText(int frames, FrameRate rate) {
    if (frames == 1) {
        return QCoreApplication::translate("Choices", "a still");
    }
    const double seconds = frames / std::max(rate.fps(), 0.001);
    return QCoreApplication::translate("Choices", "%1 s · %2 frames · %3 fps")
        .arg(seconds, 0, 'f', 1)
        .arg(frames)
        .arg(rate.fps(), 0, 'g', 4);
}

QString timeText(double seconds) {
    constexpr double longest_in_seconds = 90;
    if (seconds < longest_in_seconds) {
        return QCoreApplication::translate("Choices", "%1 s").arg(static_cast<int>(std::ceil(seconds)));
    }
    const auto minutes = static_cast<qint64>(std::ceil(seconds / 60));
    if (minutes < 60) {
        return QCoreApplication::translate("Choices", "%1 min").arg(minutes);
    }
    constexpr int hours_with_minutes = 10;
    if (minutes >= hours_with_minutes * 60) {
        return QCoreApplication::translate("Choices", "%1 h").arg((minutes + 59) / 60);
    }
    return QCoreApplication::translate("Choices", "%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString aboutSeconds(double seconds) {
    if (seconds < 0) {
        return {};
    }
    if (seconds < 1) {
        return QCoreApplication::translate("Choices", "under 1 s");
    }
    return QCoreApplication::translate("Choices", "about %1").arg(timeText(seconds));
}

QString bytesText(std::uint64_t bytes) {
    const double megabytes = static_cast<double>(bytes) / 1e6;
    if (megabytes < 0.1 && bytes > 0) {
        return QStringLiteral("%1 kB").arg(std::max(1.0, static_cast<double>(bytes) / 1e3), 0, 'f', 0);
    }
    if (megabytes < 100) {
        return QStringLiteral("%1 MB").arg(megabytes, 0, 'f', megabytes < 10 ? 1 : 0);
    }
    return QStringLiteral("%1 GB").arg(megabytes / 1000, 0, 'f', 1);
}

QString groupedNumber(std::uint64_t number) {
    QString text = QString::number(number);
    for (qsizetype i = text.size() - 3; i > 0; i -= 3) {
        text.insert(i, QChar(0x202f));
    }
    return text;
}

} // namespace rushes::ui
