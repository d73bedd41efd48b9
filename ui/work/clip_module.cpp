// librushes_clips.so: what ClipWork stands for, with FFmpeg behind it.
#include "work/clip_work.h"

namespace rushes::ui {

namespace {

class FileSource : public ClipSource {
public:
    explicit FileSource(const std::filesystem::path& file) : reader_(file) {}

    const ClipFacts& facts() const override { return reader_.facts(); }

    FramePtr next(int max_width, int max_height) override { return reader_.next(max_width, max_height); }

    void rewind() override { reader_.rewind(); }

    FramePtr at(std::int64_t index) override { return reader_.at(index); }

private:
    ClipReader reader_;
};

std::unique_ptr<ClipSource> openClip(const std::filesystem::path& file) {
    return std::make_unique<FileSource>(file);
}

ClipComparison compareFiles(
    const std::filesystem::path& first,
    const std::filesystem::path& second,
    const std::function<void(double share)>& done,
    const std::stop_token& stop
) {
    ClipReader first_reader(first);
    ClipReader second_reader(second);
    return compare_clips(first_reader, second_reader, done, stop);
}

EditedFile editInto(
    const ClipEdit& edit,
    const std::filesystem::path& folder,
    const std::filesystem::path& notes,
    const std::function<void(double share)>& done,
    const std::stop_token& stop
) {
    return edit_clips(edit, edit_target(edit, folder), notes, {}, done, stop);
}

} // namespace

} // namespace rushes::ui

extern "C" const rushes::ui::ClipWork* rushes_clip_work() {
    static const rushes::ui::ClipWork work{
        &rushes::run_job,
        &rushes::Encoder::open,
        &rushes::record_of_file,
        &rushes::recover_unfinished,
        &rushes::recipe_input,
        &rushes::input_picture,
        &rushes::read_inputs,
        &rushes::ui::openClip,
        &rushes::ui::compareFiles,
        &rushes::ui::editInto,
    };
    return &work;
}
