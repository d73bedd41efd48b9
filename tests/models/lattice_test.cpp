#include "models/lattice.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

Lattice with_stride(int stride, int max_frames = 0) {
    return {.size_multiple = 32, .frame_stride = stride, .max_frames = max_frames, .sizes = {{704, 512}}};
}

struct LengthCase {
    int stride;
    int wanted;
    int nearest;
    int latents;
};

class LatticeLength : public ::testing::TestWithParam<LengthCase> {};

TEST_P(LatticeLength, IsTheNearestAndKnowsItsLatents) {
    const LengthCase c = GetParam();
    const Lattice lattice = with_stride(c.stride);
    const int frames = lattice.nearest_frames(c.wanted);
    EXPECT_EQ(frames, c.nearest);
    EXPECT_TRUE(lattice.holds_frames(frames));
    EXPECT_EQ(lattice.latent_frames(frames), c.latents);
    EXPECT_EQ(lattice.frames(c.latents), frames);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    LatticeLength,
    ::testing::Values(
        LengthCase{4, 1, 1, 1},
        LengthCase{4, 2, 1, 1},
        LengthCase{4, 3, 5, 2},
        LengthCase{4, 81, 81, 21},
        LengthCase{8, 160, 161, 21},
        LengthCase{8, 4, 1, 1},
        LengthCase{8, 5, 9, 2},
        LengthCase{1, 16, 16, 16}, // a latent frame for each frame
        LengthCase{4, -3, 1, 1}
    )
);

TEST(Lattice, LatentFramesShareOutTheClipWithoutGapOrOverlap) {
    for (const int stride : {1, 4, 8}) {
        const Lattice lattice = with_stride(stride);
        int next = 0;
        for (int latent = 0; latent < 7; ++latent) {
            const FrameRange range = lattice.frames_of(latent);
            EXPECT_EQ(range.first, next) << "stride " << stride;
            next += range.count;
            EXPECT_EQ(next, lattice.frames(latent + 1)) << "stride " << stride;
        }
    }
    EXPECT_EQ(with_stride(8).frames_of(2), (FrameRange{9, 8}));
}

TEST(Lattice, NoLengthIsBeyondTheLimit) {
    EXPECT_EQ(with_stride(4, 120).nearest_frames(120), 117) << "a limit off the lattice";
    EXPECT_EQ(with_stride(4, 81).nearest_frames(5000), 81);
    EXPECT_EQ(with_stride(1, 1).nearest_frames(16), 1) << "stills";
}

TEST(Lattice, HoldsWholeMultiplesOnly) {
    const Lattice lattice = with_stride(8);
    EXPECT_TRUE(lattice.holds({704, 512}));
    EXPECT_FALSE(lattice.holds({704, 500}));
    EXPECT_FALSE(lattice.holds({0, 512}));
    EXPECT_TRUE(lattice.holds_frames(161));
    EXPECT_FALSE(lattice.holds_frames(160));
    EXPECT_FALSE(lattice.holds_frames(0));
    EXPECT_TRUE(with_stride(1).holds_frames(2));
}

TEST(Lattice, ASideThatIsLeftOpenFollowsTheShapeOfTheDefault) {
    Lattice lattice = with_stride(8);
    lattice.free_size = true;
    EXPECT_EQ(lattice.nearest_size({0, 0}), (PictureSize{704, 512}));
    EXPECT_EQ(lattice.nearest_size({352, 0}), (PictureSize{352, 256}));
    EXPECT_EQ(lattice.nearest_size({0, 256}), (PictureSize{352, 256}));
    EXPECT_EQ(lattice.nearest_size({1, 1}), (PictureSize{32, 32}));
}

TEST(Lattice, AShapeIsKeptBeforeAnArea) {
    Lattice lattice = with_stride(4);
    lattice.sizes = {{832, 480}, {480, 832}, {1280, 720}};
    EXPECT_EQ(lattice.nearest_size({500, 800}), (PictureSize{480, 832}));
    EXPECT_EQ(lattice.nearest_size({1920, 1080}), (PictureSize{1280, 720}));
}

TEST(Lattice, OfAShapeTakesThePixelsOfTheDefault) {
    Lattice lattice = with_stride(1);
    lattice.size_multiple = 8;
    lattice.sizes = {{512, 512}};
    EXPECT_EQ(lattice.size_of_shape(1.7), (PictureSize{512, 512})) << "no other was trained for";
    lattice.free_size = true;
    EXPECT_EQ(lattice.size_of_shape(1), (PictureSize{512, 512}));
    EXPECT_EQ(lattice.size_of_shape(4), (PictureSize{1024, 256}));
    EXPECT_EQ(lattice.size_of_shape(0.25), (PictureSize{256, 1024}));
    EXPECT_FALSE(with_stride(4).of_stills());
    lattice.max_frames = 1;
    EXPECT_TRUE(lattice.of_stills());
}

} // namespace
} // namespace rushes
