#include "media/clip_edit.h"

#include "base/error.h"
#include "base/resample.h"
#include "media/target_file.h"

#include <algorithm>
#include <cmath>

namespace rushes {
namespace {

constexpr std::size_t window_bytes = std::size_t{128} << 20; ///< of frames that are read backwards

/// Frames of the parts, asked for one after the other, forwards or backwards. A decoder only goes forwards:
/// for the other way a stretch is read at once.
class SourceReader {
public:
    SourceReader(const ClipEdit& edit, const EditPlan& plan) : edit_(edit), plan_(plan) {}

    FramePtr at(SourceFrame wanted) {
        if (!reader_ || wanted.part != part_) {
            reader_.emplace(edit_.parts[wanted.part].file);
            part_ = wanted.part;
            frames_.clear();
        }
        const auto end = first_ + static_cast<std::int64_t>(frames_.size());
        if (wanted.index < first_ || wanted.index >= end || frames_.empty()) {
            read(wanted.index, !frames_.empty() && wanted.index < first_);
        }
        return frames_[static_cast<std::size_t>(wanted.index - first_)];
    }

private:
    void read(std::int64_t index, bool backwards) {
        const auto frame_bytes = static_cast<std::size_t>(plan_.width) * plan_.height * 3;
        const auto window = static_cast<std::int64_t>(std::max<std::size_t>(2, window_bytes / frame_bytes));
        const std::int64_t start = plan_.parts[part_].first;
        const std::int64_t first =
            backwards ? std::max(start, index - std::min<std::int64_t>(window, 64) + 1) : index;
        frames_.clear();
        for (std::int64_t i = first; i <= index; ++i) {
            frames_.push_back(fitted(i));
        }
        first_ = first;
    }

    FramePtr fitted(std::int64_t index) {
        FramePtr frame = reader_->at(index);
        if (!frame) {
            throw Error(
                ErrorKind::resource,
                "Frame " + std::to_string(index + 1) + " of '" + edit_.parts[part_].file.filename().string() +
                    "' cannot be read."
            );
        }
        if (frame->width == plan_.width && frame->height == plan_.height) {
            return frame;
        }
        return std::make_shared<const Frame>(crop_to(*frame, plan_.width, plan_.height));
    }

    const ClipEdit& edit_;
    const EditPlan& plan_;
    std::optional<ClipReader> reader_;
    std::size_t part_ = 0;
    std::int64_t first_ = 0;
    std::vector<FramePtr> frames_;
};

std::string size_words(int width, int height) {
    return std::to_string(width) + "x" + std::to_string(height);
}

PartFrames cut(const ClipPart& part, const ClipFacts& facts) {
    const std::int64_t end = facts.frames - 1;
    const PartFrames frames{part.first, part.last.value_or(end), facts.rate};
    if (frames.first < 0 || frames.last < frames.first || frames.last > end) {
        throw Error(
            ErrorKind::user,
            "Frames " + std::to_string(frames.first) + " to " + std::to_string(frames.last) + " of '" +
                part.file.filename().string() + "' are not there: it has frames 0 to " + std::to_string(end) +
                "."
        );
    }
    return frames;
}

} // namespace

std::vector<SourceFrame> in_a_row(std::span<const PartFrames> parts, FrameRate rate) {
    std::vector<SourceFrame> row;
    for (std::size_t p = 0; p < parts.size(); ++p) {
        const PartFrames& part = parts[p];
        const std::int64_t there = part.last - part.first + 1;
        // Exact: a frame's place in the part is i * part.rate / rate.
        const std::int64_t up = std::int64_t{part.rate.num} * rate.den;
        const std::int64_t down = std::int64_t{rate.num} * part.rate.den;
        const std::int64_t count = std::max<std::int64_t>(1, (there * down + up / 2) / up);
        for (std::int64_t i = 0; i < count; ++i) {
            row.push_back({p, part.first + std::min(i * up / down, there - 1)});
        }
    }
    return row;
}

std::int64_t usual_fade(std::int64_t frames, FrameRate rate) {
    return std::max<std::int64_t>(1, std::min<std::int64_t>(std::llround(rate.fps() / 2), frames / 3));
}

std::vector<MixedFrame> go_round(const std::vector<SourceFrame>& row, Loop loop, std::int64_t fade) {
    std::vector<MixedFrame> frames;
    const auto count = static_cast<std::int64_t>(row.size());
    if (loop == Loop::fade && (fade < 1 || 2 * fade > count)) {
        throw Error(
            ErrorKind::user,
            "A fade of " + std::to_string(fade) + " frames needs a clip of " +
                std::to_string(2 * std::max<std::int64_t>(fade, 1)) + " frames or more: this one has " +
                std::to_string(count) + "."
        );
    }
    if (loop == Loop::back && count < 2) {
        throw Error(ErrorKind::user, "A single frame has no way back: the clip needs two frames or more.");
    }
    const std::int64_t head = loop == Loop::fade ? fade : 0;
    for (std::int64_t i = head; i < count; ++i) {
        MixedFrame& frame = frames.emplace_back(MixedFrame{row[i], row[i], 0});
        if (const std::int64_t faded = i - (count - head); loop == Loop::fade && faded >= 0) {
            frame.over = row[faded];
            frame.share = static_cast<double>(faded + 1) / static_cast<double>(fade + 1);
        }
    }
    for (std::int64_t i = count - 2; loop == Loop::back && i > 0; --i) {
        frames.push_back({row[i], row[i], 0});
    }
    return frames;
}

Frame mix(const Frame& frame, const Frame& over, double share) {
    Frame mixed = frame;
    for (std::size_t i = 0; i < mixed.rgb.size(); ++i) {
        mixed.rgb[i] =
            static_cast<std::uint8_t>(std::lround((1 - share) * frame.rgb[i] + share * over.rgb[i]));
    }
    return mixed;
}

EditPlan plan_edit(const ClipEdit& edit) {
    if (edit.parts.empty()) {
        throw Error(ErrorKind::user, "There is no clip to make another one of.");
    }
    EditPlan plan;
    for (const ClipPart& part : edit.parts) {
        const ClipFacts facts = ClipReader(part.file).facts();
        plan.parts.push_back(cut(part, facts));
        if (plan.parts.size() == 1) {
            plan.width = facts.width;
            plan.height = facts.height;
            plan.rate = facts.rate;
        } else if (facts.width != plan.width || facts.height != plan.height) {
            if (!edit.fit) {
                throw Error(
                    ErrorKind::user,
                    "'" + part.file.filename().string() + "' has " + size_words(facts.width, facts.height) +
                        " pixels, the first clip " + size_words(plan.width, plan.height) + ".",
                    "Clips of different sizes are joined when they may be cut to the first one's size."
                );
            }
            ++plan.fitted;
        }
    }
    const std::vector<SourceFrame> row = in_a_row(plan.parts, plan.rate);
    const auto count = static_cast<std::int64_t>(row.size());
    plan.frames = go_round(row, edit.loop, edit.fade > 0 ? edit.fade : usual_fade(count, plan.rate));
    return plan;
}

ExportResult write_edit(
    const ClipEdit& edit,
    const EditPlan& plan,
    const std::filesystem::path& target,
    const ExportSettings& settings,
    const std::string& recipe_json,
    const std::function<void(double share)>& done,
    const std::stop_token& stop
) {
    const auto count = static_cast<std::int64_t>(plan.frames.size());
    require_space(target, estimated_bytes(target, plan.width, plan.height, count));
    const auto encoder = Encoder::open(target, plan.width, plan.height, plan.rate, settings, recipe_json);
    // What fades in is read beside what fades out.
    SourceReader frames(edit, plan);
    SourceReader over(edit, plan);
    for (std::int64_t i = 0; i < count; ++i) {
        throw_if_stopped(stop);
        const MixedFrame& wanted = plan.frames[static_cast<std::size_t>(i)];
        FramePtr frame = frames.at(wanted.frame);
        if (wanted.share > 0) {
            frame = std::make_shared<const Frame>(mix(*frame, *over.at(wanted.over), wanted.share));
        }
        encoder->write(*frame);
        if (done) {
            done(static_cast<double>(i + 1) / static_cast<double>(count));
        }
    }
    throw_if_stopped(stop);
    return encoder->finish();
}

} // namespace rushes
