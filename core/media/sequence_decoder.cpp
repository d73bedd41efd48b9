#include "base/error.h"
#include "media/decoder.h"
#include "media/name_pattern.h"

namespace rushes {
namespace fs = std::filesystem;

namespace {

class SequenceDecoder final : public Decoder {
public:
    explicit SequenceDecoder(const fs::path& pattern)
        : folder_(pattern.parent_path()), pattern_(*NamePattern::parse(pattern.filename().string())) {
        first_ = fs::exists(file(0)) ? 0 : 1;
        if (!fs::exists(file(first_))) {
            throw Error(ErrorKind::user, "There is no picture '" + file(first_).string() + "'.");
        }
        facts_ = make_video_decoder(file(first_))->facts();
        facts_.rate = {24, 1};
        facts_.frames = 0;
        while (fs::exists(file(first_ + static_cast<int>(facts_.frames)))) {
            ++facts_.frames;
        }
        facts_.seconds = static_cast<double>(facts_.frames) / facts_.rate.fps();
    }

    const ClipFacts& facts() const override { return facts_; }

    std::int64_t index() const override { return next_ - 1; }

    AVFrame* next() override {
        if (next_ >= facts_.frames) {
            return nullptr;
        }
        current_ = make_video_decoder(file(first_ + static_cast<int>(next_)));
        ++next_;
        return current_->next();
    }

    void seek(std::int64_t index) override { next_ = index; }

private:
    fs::path file(int number) const { return folder_ / pattern_.name(number); }

    fs::path folder_;
    NamePattern pattern_;
    int first_ = 0;
    ClipFacts facts_;
    std::unique_ptr<Decoder> current_;
    std::int64_t next_ = 0;
};

} // namespace

std::unique_ptr<Decoder> make_sequence_decoder(const fs::path& pattern) {
    return std::make_unique<SequenceDecoder>(pattern);
}

} // namespace rushes
