#include "base/error.h"
#include "nn/weights/gguf_header.h"
#include "support/message_of.h"

#include <cstring>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace rushes {
namespace {

using testing::HasSubstr;

/// A GGUF file made by hand, sound or not.
class Gguf {
public:
    template <typename T>
    Gguf& put(T value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
        return *this;
    }

    Gguf& text(const std::string& value) {
        put<std::uint64_t>(value.size());
        bytes_ += value;
        return *this;
    }

    Gguf& start(std::uint64_t tensors, std::uint64_t pairs, std::uint32_t version = 3) {
        bytes_ += "GGUF";
        return put(version).put(tensors).put(pairs);
    }

    Gguf& tensor(
        const std::string& name,
        const std::vector<std::uint64_t>& dims,
        std::uint32_t type,
        std::uint64_t offset
    ) {
        text(name).put<std::uint32_t>(static_cast<std::uint32_t>(dims.size()));
        for (const std::uint64_t size : dims) {
            put(size);
        }
        return put(type).put(offset);
    }

    /// Zeros up to the alignment, and so many bytes of data.
    std::string with_data(std::size_t count, std::size_t alignment = 32) const {
        std::string file = bytes_;
        file.append((alignment - file.size() % alignment) % alignment, '\0');
        return file + std::string(count, '\1');
    }

    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

WeightHeader parse(const std::string& file) {
    return parse_gguf_header(std::as_bytes(std::span(file)), "'a.gguf'");
}

std::string message_of(const std::string& file) {
    return test::message_of([&] { parse(file); });
}

constexpr std::uint32_t f32 = 0;
constexpr std::uint32_t q4_k = 12;

TEST(GgufHeader, DescribesTheTensorsInTheOrderOfTheirBytes) {
    Gguf file;
    file.start(2, 2).text("general.architecture").put<std::uint32_t>(8).text("video");
    file.text("general.alignment").put<std::uint32_t>(4).put<std::uint32_t>(64);
    file.tensor("b", {512, 3}, q4_k, 64).tensor("a", {2, 5}, f32, 0);
    const WeightHeader header = parse(file.with_data(64 + 6 * 144, 64));
    ASSERT_EQ(header.tensors.size(), 2u);
    EXPECT_EQ(header.tensors[0].name, "a");
    EXPECT_EQ(
        header.tensors[0].shape, (std::vector<std::int64_t>{5, 2})
    ); // the fastest comes first in the file
    EXPECT_EQ(header.tensors[0].bytes, 40u);
    EXPECT_EQ(header.tensors[0].offset % 64, 0u);
    EXPECT_EQ(header.tensors[1].dtype, TensorDtype::q4_k);
    EXPECT_EQ(header.tensors[1].bytes, 6u * 144);
    EXPECT_EQ(header.tensors[1].offset, header.tensors[0].offset + 64);
    EXPECT_EQ(header.metadata.at("general.architecture"), "video");
}

TEST(GgufHeader, SkipsValuesOfEveryKind) {
    Gguf file;
    file.start(1, 14);
    const std::vector<std::size_t> sizes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    for (std::uint32_t type = 0; type < sizes.size(); ++type) {
        if (sizes[type] > 0) {
            file.text("v" + std::to_string(type)).put(type);
            for (std::size_t i = 0; i < sizes[type]; ++i) {
                file.put<std::uint8_t>(0);
            }
        }
    }
    file.text("words").put<std::uint32_t>(9).put<std::uint32_t>(8).put<std::uint64_t>(2).text("one").text(
        "two"
    );
    file.text("numbers").put<std::uint32_t>(9).put<std::uint32_t>(0).put<std::uint64_t>(3);
    file.put<std::uint8_t>(1).put<std::uint8_t>(2).put<std::uint8_t>(3);
    file.text("nested").put<std::uint32_t>(9).put<std::uint32_t>(9).put<std::uint64_t>(1);
    file.put<std::uint32_t>(4).put<std::uint64_t>(1).put<std::uint32_t>(7);
    file.tensor("a", {1}, f32, 0);
    EXPECT_EQ(parse(file.with_data(4)).tensors.front().name, "a");
}

TEST(GgufHeader, RefusesWhatIsNotSound) {
    const auto one =
        [](const std::function<void(Gguf&)>& add, std::uint64_t tensors = 1, std::uint64_t pairs = 0) {
            Gguf file;
            file.start(tensors, pairs);
            add(file);
            return file.with_data(32);
        };
    EXPECT_THAT(message_of(""), HasSubstr("does not start with 'GGUF'"));
    EXPECT_THAT(message_of("GGML" + std::string(40, '\0')), HasSubstr("does not start with 'GGUF'"));
    EXPECT_THAT(message_of(Gguf().start(0, 0, 1).bytes()), HasSubstr("version is 1"));
    EXPECT_THAT(message_of(Gguf().start(std::uint64_t{1} << 60, 0).bytes()), HasSubstr("claims"));
    EXPECT_THAT(message_of(Gguf().start(3, 0).bytes()), HasSubstr("truncated"));
    const auto tensor = [&](std::vector<std::uint64_t> dims, std::uint32_t type, std::uint64_t offset) {
        return message_of(one([&](Gguf& file) { file.tensor("x", dims, type, offset); }));
    };
    EXPECT_THAT(tensor({8}, f32, 1 << 20), HasSubstr("beyond the file's end"));
    EXPECT_THAT(tensor({8}, f32, ~std::uint64_t{0} - 8), HasSubstr("beyond the file's end"));
    EXPECT_THAT(tensor({9}, f32, 0), HasSubstr("beyond the file's end"));
    EXPECT_THAT(tensor({8}, 10, 0), testing::AllOf(HasSubstr("Q2_K"), HasSubstr("not supported")));
    EXPECT_THAT(tensor({8}, 4711, 0), HasSubstr("4711"));
    EXPECT_THAT(tensor({100}, q4_k, 0), HasSubstr("its type contradicts"));
    EXPECT_THAT(tensor({std::uint64_t{1} << 40, std::uint64_t{1} << 40}, f32, 0), HasSubstr("contradicts"));
    EXPECT_THAT(tensor({~std::uint64_t{0}}, f32, 0), HasSubstr("dimension"));
    EXPECT_THAT(tensor({1, 1, 1, 1, 1, 1, 1, 1, 1}, f32, 0), HasSubstr("9 dimensions"));
    EXPECT_THAT(
        message_of(one([](Gguf& f) { f.tensor("x", {4}, f32, 0).tensor("x", {4}, f32, 16); }, 2)),
        HasSubstr("twice")
    );
    EXPECT_THAT(
        message_of(one([](Gguf& f) { f.tensor("x", {4}, f32, 0).tensor("y", {4}, f32, 8); }, 2)),
        HasSubstr("'y' overlaps")
    );
    const auto pair = [&](const std::function<void(Gguf&)>& add) { return message_of(one(add, 0, 1)); };
    EXPECT_THAT(
        pair([](Gguf& f) { f.text("general.alignment").put<std::uint32_t>(4).put<std::uint32_t>(24); }),
        HasSubstr("alignment is 24")
    );
    EXPECT_THAT(pair([](Gguf& f) { f.text("k").put<std::uint32_t>(77); }), HasSubstr("unknown type 77"));
    EXPECT_THAT(
        pair([](Gguf& f) { f.text("k").put<std::uint32_t>(9).put<std::uint32_t>(10).put(~std::uint64_t{0}); }
        ),
        HasSubstr("array of")
    );
    EXPECT_THAT(
        pair([](Gguf& f) { f.text("k").put<std::uint32_t>(8).put(~std::uint64_t{0}); }),
        HasSubstr("truncated")
    );
    EXPECT_THAT(
        pair([](Gguf& f) {
            f.text("k").put<std::uint32_t>(9);
            for (int i = 0; i < 8; ++i) {
                f.put<std::uint32_t>(9).put<std::uint64_t>(1);
            }
        }),
        HasSubstr("unknown type 9")
    );
}

TEST(GgufHeader, AnOriginalShapeMustHoldAsManyNumbers) {
    const auto file = [](std::vector<std::int32_t> shape) {
        Gguf made;
        made.start(1, 1).text("comfy.gguf.orig_shape.x").put<std::uint32_t>(9).put<std::uint32_t>(5);
        made.put<std::uint64_t>(shape.size());
        for (const std::int32_t size : shape) {
            made.put(size);
        }
        made.tensor("x", {4, 2}, f32, 0);
        return made.with_data(32);
    };
    EXPECT_EQ(parse(file({2, 2, 2})).tensors[0].shape, (std::vector<std::int64_t>{2, 2, 2}));
    EXPECT_THAT(message_of(file({2, 2, 3})), HasSubstr("another number of values"));
    EXPECT_THAT(message_of(file({-2, -4})), HasSubstr("odd shape"));
}

} // namespace
} // namespace rushes
