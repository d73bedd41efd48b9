// Clips that begin with pictures in the window, with the real engine: a small model of random weights of each
// kind, chosen, given its pictures by drop, and run to the finished file.
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "generation/engine.h"
#include "gui/studio_fixture.h"
#include "inputs/picture_well.h"
#include "media/clip_reader.h"
#include "models/registry.h"

#include <algorithm>
#include <fstream>

#include <QDropEvent>
#include <QImage>
#include <QMimeData>
#include <QUrl>

namespace rushes::testing {
namespace {

namespace fs = std::filesystem;

/// What a kind of model is, and which pictures it is given.
struct Kind {
    const char* preset;
    bool by_blocks;
    std::vector<const char*> roles;
};

class KindsStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        installed_models_ = true;
        real_engine_ = true;
        ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
        ::setenv("RUSHES_MODULES", RUSHES_TEST_MODULES, 1);
    }

    void TearDown() override {
        StudioFixture::TearDown();
        for (const char* const name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "RUSHES_MODULES"}) {
            ::unsetenv(name);
        }
    }

    /// Among the installed models, by the kind's own name.
    void install(const Kind& kind) const {
        const std::vector<ModelPreset> all = model_presets();
        const auto preset = std::ranges::find(all, "wan/" + std::string(kind.preset), &ModelPreset::name);
        const fs::path directory = folder_ / "data" / "rushes" / "models" / name(kind);
        fs::create_directories(directory.parent_path());
        write_random_model(*preset, directory, {}, {});
        if (kind.by_blocks) {
            std::ofstream(directory / "causal.json")
                << R"({"num_frames_per_block": 1, "local_attn_size": 4, "sink_size": 1, "rope": "absolute",
                       "solver": "renoise", "sigmas": [1.0, 0.6], "shift": 5.0, "guidance_scale": 1.0,
                       "context_noise": 0.0})";
        }
    }

    static std::string name(const Kind& kind) {
        return std::string(kind.preset) + (kind.by_blocks ? "-blocks" : "");
    }

    void dropPicture(const char* role, QColor colour) {
        QImage image(120, 80, QImage::Format_RGB888);
        image.fill(colour);
        const QString file = QString::fromStdString((folder_ / (std::string(role) + ".png")).string());
        image.save(file);
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        auto& slot = *find<ui::PictureSlot>((std::string("picture-") + role).c_str());
        ASSERT_TRUE(slot.isVisible()) << role;
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&slot, &enter);
        ASSERT_TRUE(enter.isAccepted());
        QDropEvent event(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&slot, &event);
        const std::size_t before = recipe().inputs.size();
        ASSERT_TRUE(until([&] { return recipe().inputs.size() == before + 1; })) << role;
    }

    /// Of a size and length that take seconds on any processor.
    void makeItSmall() {
        Recipe small = recipe();
        small.width = 64;
        small.height = 48;
        small.frames = 9;
        small.steps = 2;
        small.draft = false;
        window().desk().applyRecipe(small);
        ASSERT_EQ(recipe().inputs.size(), small.inputs.size());
    }
};

TEST_F(KindsStory, EachMakesAClipFromItsPictures) {
    const std::vector<Kind> kinds{
        {"tiny-i2v", false, {"image"}},
        {"tiny-flf2v", false, {"image", "last_image"}},
        {"tiny-i2v-two", false, {"image", "last_image"}},
        {"tiny-ti2v", false, {"image"}},
        {"tiny-vace", false, {"image", "last_image"}},
        {"tiny", true, {"image"}},
    };
    for (const Kind& kind : kinds) {
        install(kind);
    }
    openStudio();
    for (const Kind& kind : kinds) {
        SCOPED_TRACE(name(kind));
        auto& panel = *find<ui::RecipePanel>("recipe-panel");
        panel.chooseInputs({});
        panel.chooseModel(name(kind));
        ASSERT_EQ(recipe().model, name(kind));
        for (const char* const role : kind.roles) {
            dropPicture(role, role == kind.roles.front() ? Qt::red : Qt::blue);
        }
        makeItSmall();
        make(QStringLiteral("a cat"));
        ClipReader reader(newestFile());
        int frames = 0;
        while (reader.next()) {
            ++frames;
        }
        EXPECT_EQ(frames, 9);
    }
}

} // namespace
} // namespace rushes::testing
