// Pictures that clients send, and recipes that start from them.
#include "base/atomic_file.h"
#include "base/sha256.h"
#include "library/clip_library.h"
#include "media/image.h"
#include "media/picture_header.h"
#include "media/webp_picture.h"
#include "serve/picture_shelf.h"
#include "serve/service_fixture.h"

#include <fstream>
#include <gmock/gmock.h>

namespace rushes::serve_test {
namespace {

using ::testing::HasSubstr;

std::string picture(std::int64_t index) {
    Pass pass;
    pass.width = 64;
    pass.height = 48;
    pass.frames = 8;
    return encode_webp(testing::fake_picture(pass, index), 75);
}

std::string sha256(const std::string& bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

class PictureTest : public ServiceTest {
protected:
    void SetUp() override {
        parts_.find_models = [] {
            ModelInfo model = testing::fake_causal_model();
            model.inputs = {{"image", true}};
            return std::vector{model};
        };
        script_.at_run = [this](const Plan&, const RunInputs& inputs) {
            widths_.push_back(inputs.pictures.at("image").front()->width);
        };
        start();
    }

    Answer send(const std::string& bytes, const std::string& who = token) const {
        return ask(port(), "POST", "/v1/pictures", bearer(who), bytes);
    }

    static std::string recipe_with(const std::string& hash) {
        nlohmann::json recipe = nlohmann::json::parse(a_ball);
        recipe["inputs"] = {{{"role", "image"}, {"hash", hash}}};
        return recipe.dump();
    }

    std::vector<int> widths_;
};

TEST_F(PictureTest, AClipStartsFromAPictureThatWasSent) {
    const std::string bytes = picture(0);
    const Answer kept = send(bytes, guest);
    ASSERT_EQ(kept.status, 201) << kept.body;
    EXPECT_EQ(kept.json()["hash"], sha256(bytes));
    EXPECT_EQ(kept.json()["width"], 64);
    EXPECT_EQ(kept.json()["height"], 48);
    EXPECT_EQ(send(bytes).status, 200);
    const Answer job = post_job(recipe_with(sha256(bytes)), guest);
    ASSERT_EQ(job.status, 201) << job.body;
    const nlohmann::json end = wait_for_end(job.json()["job"], guest);
    EXPECT_EQ(widths_, std::vector{64});
    // It says which picture, not where it lies.
    EXPECT_EQ(end["clip"]["recipe"]["inputs"][0]["hash"], sha256(bytes));
    EXPECT_FALSE(end["clip"]["recipe"]["inputs"][0].contains("path"));
    EXPECT_THAT(get("/v1/jobs").body, ::testing::Not(HasSubstr(folder_.string())));
}

TEST_F(PictureTest, AClipThatIsOpenedAgainShowsWhatItStartedFrom) {
    const std::string bytes = picture(0);
    send(bytes, guest);
    const nlohmann::json end = wait_for_end(post_job(recipe_with(sha256(bytes)), guest).json()["job"], guest);
    const std::string clip = "/v1/clips/" + end["clip"]["id"].dump() + "/pictures/";
    const Answer shown = get(clip + "image", guest);
    ASSERT_EQ(shown.status, 200) << shown.body;
    EXPECT_EQ(shown.headers.at("content-type"), "image/webp");
    EXPECT_EQ(read_picture_header(shown.body).width, 64);
    EXPECT_EQ(get(clip + "last_image", guest).status, 404) << "it started from no such picture";
    EXPECT_EQ(get(clip + "image", other_guest).status, 404) << "it is another's clip";
    std::filesystem::remove(parts_.pictures / sha256(bytes));
    EXPECT_EQ(get(clip + "image", guest).status, 404) << "the picture is gone";
}

TEST_F(PictureTest, APictureOfTheProgramsOwnClipIsShownAsLongAsItIsTheSame) {
    const std::string bytes = picture(0);
    const auto file = folder_ / "start.webp";
    write_file(file, bytes);
    ClipRecord record;
    record.file = folder_ / "own.mp4";
    record.recipe.inputs = {{"image", sha256(bytes), file.string()}};
    const std::string id = std::to_string(ClipLibrary(parts_.library).add(record));
    const std::string address = "/v1/clips/" + id + "/pictures/image";
    ASSERT_EQ(get(address).status, 200);
    EXPECT_EQ(post_job(recipe_with(sha256(bytes))).status, 201) << "a recipe may name it now";
    std::filesystem::remove(parts_.pictures / sha256(bytes));
    write_file(file, picture(1));
    EXPECT_EQ(get(address).status, 404) << "another picture has its name";
    EXPECT_TRUE(std::filesystem::is_empty(parts_.pictures));
}

TEST_F(PictureTest, WhatIsNoPictureOrNotHereIsRefused) {
    const std::string whole = picture(0);
    for (const std::string& bytes :
         {std::string(),
          std::string("no picture"),
          std::string("#EXTM3U\nfile:///etc/passwd\n"),
          std::string("ffconcat version 1.0\nfile /etc/passwd\n"),
          whole.substr(0, whole.size() / 2)}) {
        const Answer answer = send(bytes);
        EXPECT_EQ(answer.status, 422) << bytes.substr(0, 20) << answer.body;
    }
    EXPECT_TRUE(std::filesystem::is_empty(parts_.pictures));
    EXPECT_THAT(
        post_job(recipe_with(std::string(64, 'a'))).json()["error"]["message"].get<std::string>(),
        HasSubstr("is not here")
    );
    EXPECT_EQ(post_job(recipe_with("../queue.db")).status, 400);
    EXPECT_EQ(ask(port(), "POST", "/v1/pictures", {}, whole).status, 401);
    EXPECT_EQ(get("/v1/pictures").status, 405);
}

TEST_F(PictureTest, APictureMayBeLongerThanOtherBodiesButNotWithoutBound) {
    const std::string padding(serve::most_body_bytes, '\0'); // behind the picture: nobody looks there
    EXPECT_EQ(send(picture(0) + padding).status, 201);
    EXPECT_EQ(ask(port(), "POST", "/v1/pictures", {}, picture(0) + padding).status, 413);
    EXPECT_EQ(post_job(std::string(serve::most_body_bytes + 1, ' ')).status, 413);
    EXPECT_EQ(send(std::string(serve::most_picture_bytes + 1, ' ')).status, 413);
}

TEST_F(PictureTest, TheOldestMakeRoomButNotThoseThatAreNeeded) {
    const std::string first = picture(0);
    const std::string second = picture(1);
    const std::string third = picture(2);
    serve::PictureShelf shelf(folder_ / "shelf", first.size() + std::max(second.size(), third.size()));
    shelf.keep(first, {});
    std::filesystem::last_write_time(
        shelf.find(sha256(first)), std::filesystem::file_time_type::clock::now() - std::chrono::hours(1)
    );
    shelf.keep(second, {});
    shelf.keep(third, {sha256(first)});
    EXPECT_FALSE(shelf.find(sha256(first)).empty());
    EXPECT_TRUE(shelf.find(sha256(second)).empty());
    EXPECT_THROW(shelf.keep(second, {sha256(first), sha256(third)}), Error);
    EXPECT_FALSE(shelf.find(sha256(third)).empty());
}

} // namespace
} // namespace rushes::serve_test
