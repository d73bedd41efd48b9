// A clip with sound, from the engine's sink to the file; the ffmpeg program is the witness.
#include "jobs/job.h"
#include "media/media_testing.h"
#include "support/fake_engine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using testing::fake_sound;
using ::testing::HasSubstr;

constexpr AudioShape shape{48'000, 2};

/// The file's sound as the ffmpeg program decodes it; empty: it has none.
std::vector<float> sound_of(const std::filesystem::path& file) {
    const std::string raw =
        testing::run_command(
            "ffmpeg -v error -i " + testing::quoted(file) + " -map 0:a? -f f32le -c:a pcm_f32le - 2>/dev/null"
        )
            .output;
    std::vector<float> samples(raw.size() / sizeof(float));
    std::memcpy(samples.data(), raw.data(), samples.size() * sizeof(float));
    return samples;
}

double loudness(const std::vector<float>& samples, double from, double to) {
    const auto at = [](double seconds) {
        return static_cast<std::size_t>(seconds * shape.sample_rate) * shape.channels;
    };
    double sum = 0;
    for (std::size_t i = at(from); i < at(to); ++i) {
        sum += samples.at(i) * samples.at(i);
    }
    return std::sqrt(sum / static_cast<double>(at(to) - at(from)));
}

/// When the tone begins, in seconds: its first quarter of a wave takes half a millisecond.
double onset(const std::vector<float>& samples) {
    const auto first = std::ranges::find_if(samples, [](float sample) { return std::abs(sample) > 0.1F; });
    return static_cast<double>((first - samples.begin()) / shape.channels) / shape.sample_rate;
}

class SoundTest : public testing::MediaTest {
protected:
    void SetUp() override {
        MediaTest::SetUp();
        if (!testing::has_ffmpeg_tools()) {
            GTEST_SKIP() << "the programs ffmpeg and ffprobe are not installed";
        }
    }

    /// 33 frames at 12 a second: silence, and from the middle on a tone (fake_engine.h).
    ExportResult make(const std::string& name) {
        ModelInfo model = testing::fake_causal_model();
        model.sound = shape;
        Recipe recipe;
        recipe.prompt = "a bell";
        JobRequest request;
        request.plan = make_plan(recipe, model);
        request.output = folder_ / name;
        testing::FakeEngine engine;
        FrameStore store{std::size_t{1} << 30};
        const JobResult result = run_job(engine, request, store, {}, {});
        EXPECT_TRUE(std::holds_alternative<Finished>(result.outcome));
        return result.clip.value();
    }
};

TEST_F(SoundTest, AnMp4SoundsAtTheMomentsOfItsPictures) {
    const ExportResult clip = make("clip.mp4");
    EXPECT_EQ(clip.frames, 33);
    EXPECT_THAT(
        testing::run_command(
            "ffprobe -v error -show_entries stream=codec_name,start_time,sample_rate,channels -of csv=p=0 " +
            testing::quoted(clip.path)
        )
            .output,
        ::testing::AllOf(HasSubstr("h264,0.000000"), HasSubstr("aac,48000,2,0.000000"))
    );
    const std::vector<float> heard = sound_of(clip.path);
    const double seconds = 33 / 12.0;
    ASSERT_GE(heard.size(), static_cast<std::size_t>(seconds * shape.sample_rate) * shape.channels);
    EXPECT_NEAR(onset(heard), seconds / 2, 0.003); // of the coder's echo before it
    EXPECT_NEAR(loudness(heard, seconds / 2 + 0.03, seconds - 0.01), 0.5 / std::sqrt(2), 0.01);
    EXPECT_EQ(ClipReader(clip.path).facts().frames, 33);
}

TEST_F(SoundTest, AnMkvKeepsEverySample) {
    const std::vector<float> heard = sound_of(make("clip.mkv").path);
    const std::vector<float> made = fake_sound(shape, 33, {12, 1});
    ASSERT_EQ(heard.size(), made.size());
    EXPECT_EQ(heard, made);
}

TEST_F(SoundTest, AFormatWithoutSoundSaysSo) {
    const ExportResult clip = make("clip.webp");
    EXPECT_THAT(clip.note, HasSubstr("sound is left out: .webp has none"));
}

TEST_F(SoundTest, GapsAreSilentAndTheClipHasNoSoundThatItWasNotOpenedFor) {
    const auto encoder = Encoder::open(folder_ / "clip.mkv", 64, 64, {10, 1}, {}, {}, shape);
    encoder->write(testing::scene(64, 64, 0));
    encoder->write(Audio{shape.sample_rate, shape.channels, 100, {0.5F, -0.5F}});
    EXPECT_THROW(encoder->write(Audio{shape.sample_rate, shape.channels, 100, {0.5F, -0.5F}}), Error);
    EXPECT_THROW(encoder->write(Audio{44'100, shape.channels, 101, {0.5F, -0.5F}}), Error);
    const std::vector<float> heard = sound_of(encoder->finish().path);
    ASSERT_EQ(heard.size(), 202U);
    EXPECT_EQ(std::count(heard.begin(), heard.end() - 2, 0.0F), 200);
    EXPECT_EQ(heard[200], 0.5F);
    EXPECT_EQ(heard[201], -0.5F);
    const auto silent = Encoder::open(folder_ / "silent.mp4", 64, 64, {10, 1}, {}, {});
    EXPECT_THROW(silent->write(Audio{shape.sample_rate, shape.channels, 0, {0.5F, -0.5F}}), Error);
}

} // namespace
} // namespace rushes
