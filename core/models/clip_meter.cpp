#include "models/clip_meter.h"

#include "text/prompt_weights.h"

#include <algorithm>
#include <memory>
#include <mutex>

namespace rushes {

namespace {

constexpr std::size_t places = 77;
constexpr int marks = 2; // start and end

/// Read when it is first needed; whoever comes meanwhile waits.
class LazyTokenizer {
public:
    explicit LazyTokenizer(std::filesystem::path directory) : directory_(std::move(directory)) {}

    const ClipTokenizer& get() {
        const std::lock_guard lock(mutex_);
        if (!tokenizer_) {
            tokenizer_ = std::make_unique<ClipTokenizer>(load_clip_tokenizer(directory_));
        }
        return *tokenizer_;
    }

private:
    std::filesystem::path directory_;
    std::mutex mutex_;
    std::unique_ptr<ClipTokenizer> tokenizer_;
};

} // namespace

PromptMeter clip_meter(const std::filesystem::path& directory) {
    return [lazy = std::make_shared<LazyTokenizer>(directory)](const std::string& prompt) {
        const ClipTokenizer& tokenizer = lazy->get();
        const std::vector<PromptChunk> chunks = prompt_chunks(tokenizer, prompt, places);
        PromptLength length{.pieces = 0, .chunk = static_cast<int>(places) - marks, .chunks = 0};
        for (const PromptChunk& chunk : chunks) {
            const auto end = std::find(chunk.ids.begin() + 1, chunk.ids.end(), tokenizer.end());
            length.pieces += static_cast<int>(end - chunk.ids.begin()) - 1;
            ++length.chunks;
        }
        return length;
    };
}

} // namespace rushes
