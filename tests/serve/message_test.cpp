#include "base/error.h"
#include "serve/message.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace rushes::serve {
namespace {

using ::testing::HasSubstr;

std::string refusal_of(const std::string& text) {
    try {
        parse_message(text);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        return error.what();
    }
    return "it was taken";
}

TEST(ClientMessage, IsReadWithAllItSays) {
    const auto message = parse_message(
        R"({"action": "generate", "recipe": {"prompt": "a ball", "seed": 7}, "key": "k", "ref": "r", "size": "full",
            "format": "h264", "late": "keep"})"
    );
    const auto& generate = std::get<GenerateMessage>(message);
    EXPECT_EQ(generate.recipe.prompt, "a ball");
    EXPECT_EQ(generate.recipe.seed, 7U);
    EXPECT_EQ(generate.key, "k");
    EXPECT_EQ(generate.ref, "r");
    EXPECT_EQ(generate.view, (View{View::Size::full, View::Format::h264, true}));
    const auto watch =
        std::get<WatchMessage>(parse_message(R"({"action": "watch", "job": "j", "from": 12})"));
    EXPECT_EQ(watch.from, 12);
    EXPECT_EQ(watch.view, View{});
}

TEST(ClientMessage, RefusesWhatItCannotUse) {
    EXPECT_THAT(refusal_of(R"({"action": "watch"})"), HasSubstr("'job' is missing"));
    EXPECT_THAT(refusal_of(R"({"action": "watch", "job": 3})"), HasSubstr("'job' must be a text"));
    EXPECT_THAT(
        refusal_of(R"({"action": "watch", "job": ")" + std::string(200, 'j') + "\"}"),
        HasSubstr("longer than 128")
    );
    EXPECT_THAT(
        refusal_of(R"({"action": "watch", "job": "j", "size": "huge"})"), HasSubstr("preview or full")
    );
    EXPECT_THAT(refusal_of(R"({"action": "watch", "job": "j", "from": 1e99})"), HasSubstr("'from'"));
    EXPECT_THAT(refusal_of(R"({"action": "generate", "recipe": "a ball"})"), HasSubstr("JSON object"));
    EXPECT_THAT(refusal_of(std::string(most_message_bytes + 1, ' ')), HasSubstr("longer than"));
}

TEST(ClientMessage, PicturesAreNamedByHashAndKeyframesHaveAPlace) {
    const auto generate = [](const std::string& input) {
        return R"({"action": "generate", "recipe": {"prompt": "a ball", "inputs": [)" + input + "]}}";
    };
    const std::string hash(64, 'a');
    const std::string keyframe = R"({"role": "keyframe", "hash": ")" + hash + R"(", "frame": )";
    const auto message = parse_message(generate(keyframe + "40}"));
    const std::vector<RecipeInput> expected{{"keyframe", hash, {}, {}, 40}};
    EXPECT_EQ(std::get<GenerateMessage>(message).recipe.inputs, expected);
    EXPECT_THAT(refusal_of(generate(keyframe + "-1}")), HasSubstr("'frame' must be a whole number"));
    EXPECT_THAT(refusal_of(generate(keyframe + "1, \"path\": \"/etc\"}")), HasSubstr("can't name files"));
    EXPECT_THAT(
        refusal_of(generate(R"({"role": "image", "hash": ")" + hash + R"(", "path": "/etc"})")),
        HasSubstr("can't name files")
    );
}

TEST(FrameMessage, IsLengthHeaderPicture) {
    const std::string message =
        frame_message({.clip = "j", .index = 300, .time = 12.5, .kind = FrameKind::draft}, "PICTURE");
    const std::size_t length =
        static_cast<std::uint8_t>(message[0]) + 256U * static_cast<std::uint8_t>(message[1]);
    EXPECT_EQ(message[2], 0);
    EXPECT_EQ(message[3], 0);
    const auto header = nlohmann::json::parse(message.substr(4, length));
    EXPECT_EQ(header["clip"], "j");
    EXPECT_EQ(header["index"], 300);
    EXPECT_EQ(header["time"], 12.5);
    EXPECT_EQ(header["kind"], "draft");
    EXPECT_EQ(message.substr(4 + length), "PICTURE");
}

} // namespace
} // namespace rushes::serve
