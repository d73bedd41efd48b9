// Models of single files: in the tree of ComfyUI, beside each other, in the Hugging Face cache.
#include "base/atomic_file.h"
#include "base/error.h"
#include "models/hub_cache.h"
#include "models/registry.h"
#include "models/wan/presets.h"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class SingleFile : public testing::Test {
protected:
    void SetUp() override {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
        ::setenv("HF_HUB_CACHE", (folder_ / "hub").c_str(), 1);
    }

    void TearDown() override {
        for (const char* const name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "HF_HUB_CACHE"}) {
            ::unsetenv(name);
        }
        fs::remove_all(folder_);
    }

    /// A whole directory with random weights.
    fs::path whole(const std::string& name) const {
        const std::vector<ModelPreset> all = wan::presets();
        const fs::path directory = folder_ / ("whole-" + name);
        write_random_model(*std::ranges::find(all, name, &ModelPreset::name), directory, {}, {});
        return directory;
    }

    void move(const fs::path& from, const fs::path& to) const {
        fs::create_directories((folder_ / to).parent_path());
        fs::rename(from, folder_ / to);
    }

    static std::string refusal(const fs::path& file) {
        try {
            find_model(file.string());
            return "found";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return std::string(error.what()) + " " + error.hint();
        }
    }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-single-" + std::to_string(::getpid()));
    const std::string weights_ = "diffusion_pytorch_model.safetensors";
};

TEST_F(SingleFile, InTheTreeOfComfyUiFindsItsParts) {
    const fs::path model = whole("tiny-flf2v");
    move(model / "transformer" / weights_, "ui/models/diffusion_models/wan/first_last.safetensors");
    move(model / "vae" / weights_, "ui/models/vae/wan_2.1_vae.safetensors");
    move(model / "text_encoder" / "model.safetensors", "ui/models/text_encoders/umt5_xxl.safetensors");
    move(model / "image_encoder" / "model.safetensors", "ui/models/clip_vision/clip_vision_h.safetensors");
    const fs::path file = folder_ / "ui/models/diffusion_models/wan/first_last.safetensors";
    EXPECT_THAT(refusal(file), HasSubstr("its tokenizer was found neither"));
    move(model / "tokenizer" / "spiece.model", "ui/models/diffusion_models/wan/spiece.model");

    const ModelInfo info = find_model(file.string());
    EXPECT_EQ(info.id, "first_last");
    EXPECT_EQ(info.inputs.size(), 3U);
    EXPECT_EQ(
        fs::canonical(info.part("vae") / weights_),
        fs::canonical(folder_ / "ui/models/vae/wan_2.1_vae.safetensors")
    );
    EXPECT_EQ(find_model(file.string()).hash, info.hash) << "made once, found again";
    EXPECT_EQ(add_model(file).id, "first_last");
    EXPECT_EQ(find_model("first_last").hash, info.hash) << "on the list now";
    EXPECT_EQ(add_model(file).id, "first_last") << "once more is no error";
}

TEST_F(SingleFile, OfTwoTransformersFindsTheOther) {
    const fs::path model = whole("tiny-i2v-two");
    move(model / "vae" / weights_, "a/my_vae.safetensors");
    move(model / "text_encoder" / "model.safetensors", "a/umt5.safetensors");
    move(model / "tokenizer" / "spiece.model", "a/spiece.model");
    move(model / "transformer" / weights_, "a/wan_i2v_high_noise_14B.safetensors");
    const fs::path high = folder_ / "a/wan_i2v_high_noise_14B.safetensors";
    EXPECT_THAT(refusal(high), HasSubstr("its other transformer was found neither"));
    move(model / "transformer_2" / weights_, "a/wan_i2v_low_noise_14B.safetensors");
    const fs::path low = folder_ / "a/wan_i2v_low_noise_14B.safetensors";
    for (const fs::path& file : {high, low}) {
        const ModelInfo info = find_model(file.string());
        EXPECT_EQ(fs::canonical(info.part("transformer") / weights_), fs::canonical(high)) << file;
        EXPECT_EQ(fs::canonical(info.part("transformer_2") / weights_), fs::canonical(low)) << file;
    }
}

/// A file of VACE has all tensors of one that makes clips from text, and more.
TEST_F(SingleFile, OfVaceIsTakenForNoOther) {
    for (const std::string name : {"tiny-vace", "tiny"}) {
        const fs::path model = whole(name);
        move(model / "vae" / weights_, name + "/vae.safetensors");
        move(model / "text_encoder" / "model.safetensors", name + "/umt5.safetensors");
        move(model / "tokenizer" / "spiece.model", name + "/spiece.model");
        move(model / "transformer" / weights_, name + "/wan.safetensors");
        const ModelInfo info = find_model((folder_ / name / "wan.safetensors").string());
        EXPECT_EQ(info.inputs.size(), name == "tiny-vace" ? 3U : 0U) << name;
    }
}

TEST_F(SingleFile, FindsPartsInTheHubsCacheAndAsksForThoseThatAreNowhere) {
    const fs::path model = whole("tiny");
    move(model / "transformer" / weights_, "b/finetune.safetensors");
    const fs::path file = folder_ / "b/finetune.safetensors";
    EXPECT_THAT(
        refusal(file),
        AllOf(
            HasSubstr("the transformer of a pipeline of random weights"),
            HasSubstr("its VAE was found neither"),
            HasSubstr("\"vae\" in its name")
        )
    );
    const fs::path snapshot = "hub/models--Wan-AI--Tiny/snapshots/0fad780a";
    for (const char* const part : {"vae", "text_encoder", "tokenizer", "model_index.json"}) {
        move(model / part, snapshot / part);
    }
    const ModelInfo info = find_model(file.string());
    EXPECT_EQ(info.id, "finetune");
    EXPECT_EQ(fs::canonical(info.part("vae")), fs::canonical(folder_ / snapshot / "vae"));

    write_file(folder_ / "b/text.safetensors", "no weights at all");
    EXPECT_THAT(refusal(folder_ / "b/text.safetensors"), HasSubstr("text.safetensors"));
    EXPECT_THAT(
        refusal(folder_ / snapshot / "vae" / weights_),
        HasSubstr("is not a part of a model that this version knows")
    );
}

/// As Hugging Face's tools lay it out: files are links into blobs, and refs/main names the commit.
TEST_F(SingleFile, TheHubsCacheIsOnTheList) {
    const fs::path model = whole("tiny");
    const fs::path repository = folder_ / "hub" / "models--Someone--Small-T2V";
    fs::create_directories(repository / "blobs");
    int number = 0;
    for (const auto& entry : fs::recursive_directory_iterator(model)) {
        if (entry.is_regular_file()) {
            const fs::path blob = repository / "blobs" / std::to_string(number++);
            const fs::path link = repository / "snapshots" / "bbb" / fs::relative(entry.path(), model);
            fs::create_directories(link.parent_path());
            fs::copy(entry.path(), blob);
            fs::create_symlink(fs::relative(blob, link.parent_path()), link);
        }
    }
    fs::create_directories(repository / "snapshots" / "aaa");
    fs::copy(model / "model_index.json", repository / "snapshots" / "aaa");
    write_file(repository / "refs" / "main", "bbb");
    EXPECT_THAT(hub_models(), testing::ElementsAre(repository / "snapshots" / "bbb"));
    const auto ids = [] {
        std::vector<std::string> problems;
        std::vector<std::string> all;
        for (const ModelInfo& info : installed_models(&problems)) {
            all.push_back(info.id);
        }
        all.insert(all.end(), problems.begin(), problems.end());
        return all;
    };
    EXPECT_THAT(ids(), Contains("Small-T2V"));
    EXPECT_EQ(find_model("Small-T2V").hash, describe_model(model).hash);
    // What is none of ours is passed over; what is broken says so.
    write_file(
        folder_ / "hub/models--a--b/snapshots/x/model_index.json", R"({"_class_name": "CogVideoXPipeline"})"
    );
    EXPECT_THAT(ids(), Not(Contains(HasSubstr("CogVideoX"))));
    write_file(repository / "refs" / "main", "aaa");
    EXPECT_THAT(ids(), Contains(HasSubstr("Small-T2V: ")));
}

} // namespace
} // namespace rushes
