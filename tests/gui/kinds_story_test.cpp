// Clips that begin with pictures in the window, with the real engine: a small model of random weights of each
// kind, chosen, given its pictures by drop, and run to the finished file.
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "export/export_dialog.h"
#include "gui/real_studio.h"
#include "inputs/picture_well.h"
#include "media/clip_reader.h"
#include "models/registry.h"

#include <algorithm>
#include <fstream>

#include <QDropEvent>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
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

class KindsStory : public RealStudio {
protected:
    /// Among the installed models, by the kind's own name.
    void install(const Kind& kind) const {
        const std::vector<ModelPreset> all = model_presets();
        const auto preset = std::ranges::find(all, std::string(kind.preset), &ModelPreset::name);
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
        std::string name = kind.preset;
        std::ranges::replace(name, '/', '-');
        return name + (kind.by_blocks ? "-blocks" : "");
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

    /// As JPEG and AVIF, by the dialog: a file each, without a number, with the recipe inside.
    void exportStill(const QString& as) {
        constexpr int jpeg = 5;
        constexpr int avif = 6;
        ASSERT_TRUE(until([&] { return find<QPushButton>("export")->isEnabled(); }));
        press(Qt::Key_E, Qt::ControlModifier);
        auto* const dialog = window().findChild<ui::ExportDialog*>(QStringLiteral("export-dialog"));
        ASSERT_NE(dialog, nullptr);
        dialog->form().choosePreset(QStringLiteral("native"));
        for (const auto& [format, end] : {std::pair(jpeg, ".jpg"), {avif, ".avif"}}) {
            dialog->form().chooseFormat(format);
            EXPECT_EQ(dialog->findChild<QLabel*>(QStringLiteral("export-suffix"))->text().toStdString(), end);
            dialog->findChild<QLineEdit*>(QStringLiteral("export-name"))->setText(as);
            dialog->findChild<QPushButton*>(QStringLiteral("export-start"))->click();
            ASSERT_TRUE(until([&] { return !dialog->job().running(); }));
            const fs::path file = folder_ / "videos" / (as.toStdString() + end);
            ASSERT_TRUE(fs::exists(file)) << file;
            EXPECT_TRUE(read_recipe(file).has_value()) << file;
        }
    }

    /// Of a size and length that take seconds on any processor.
    void makeItSmall() {
        Recipe small = recipe();
        small.width = 64;
        small.height = 64;
        small.frames = 9;
        small.steps = 2;
        small.draft = false;
        window().desk().applyRecipe(small);
        ASSERT_EQ(recipe().inputs.size(), small.inputs.size());
    }
};

TEST_F(KindsStory, EachMakesAClipFromItsPictures) {
    const std::vector<Kind> kinds{
        {"wan/tiny-i2v", false, {"image"}},
        {"wan/tiny-flf2v", false, {"image", "last_image"}},
        {"wan/tiny-i2v-two", false, {"image", "last_image"}},
        {"wan/tiny-ti2v", false, {"image"}},
        {"wan/tiny-vace", false, {"image", "last_image"}},
        {"ltx/tiny", false, {"image"}},
        {"wan/tiny", true, {"image"}},
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

/// Choose, type, press: a picture, in as few steps as its family plans.
TEST_F(KindsStory, StillsAreMadeAsTheirFamiliesPlanThem) {
    const std::vector<Kind> kinds{{"sd_xl/tiny", false, {}}, {"flux/tiny", false, {}}};
    for (const Kind& kind : kinds) {
        install(kind);
    }
    openStudio();
    for (const Kind& kind : kinds) {
        SCOPED_TRACE(name(kind));
        find<ui::RecipePanel>("recipe-panel")->chooseModel(name(kind));
        ASSERT_EQ(recipe().model, name(kind));
        EXPECT_EQ(recipe().frames, 1);
        EXPECT_EQ(recipe().guidance_scale, 1);
        EXPECT_LE(recipe().steps, 4);
        Recipe small = recipe();
        small.width = small.height = 128;
        window().desk().applyRecipe(small);
        make(QStringLiteral("a red ball"));
        shot(QString::fromStdString(name(kind)));
        ClipReader reader(newestFile());
        const FramePtr picture = reader.next();
        ASSERT_NE(picture, nullptr);
        EXPECT_EQ(picture->width, 128);
        EXPECT_EQ(reader.next(), nullptr);
    }
    exportStill(QStringLiteral("still"));
}

/// What the family plans by itself: four small frames in two steps, then the clip.
TEST_F(KindsStory, AnimateDiffShowsADraftAndThenTheClip) {
    const Kind kind{"animatediff/tiny", false, {}};
    install(kind);
    openStudio();
    find<ui::RecipePanel>("recipe-panel")->chooseModel(name(kind));
    EXPECT_EQ(recipe().width, 512);
    EXPECT_EQ(recipe().height, 512);
    EXPECT_EQ(recipe().steps, 8);
    EXPECT_TRUE(recipe().draft);
    Recipe small = recipe(); // of a size that takes seconds on any processor, and larger than a draft
    small.width = 272;
    small.height = 64;
    small.frames = 16;
    small.guidance_scale = 1;
    window().desk().applyRecipe(small);
    int draft_steps = 0;
    int draft_frames = 0;
    int first_seen = -1; // step of the draft, from 1
    int steps = 0;
    Progress last;
    auto& session = window().session();
    QObject::connect(&session, &ui::StudioSession::progressed, &session, [&](const Progress& progress) {
        last = progress;
        (progress.draft ? draft_steps : steps) =
            std::max(progress.draft ? draft_steps : steps, progress.steps);
        draft_frames = progress.draft ? std::max(draft_frames, progress.frames_total) : draft_frames;
    });
    QObject::connect(&session, &ui::StudioSession::picturesArrived, &session, [&] {
        if (first_seen < 0) {
            first_seen = last.draft ? last.step : 1000;
        }
    });
    type(QStringLiteral("a cat"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(QTest::qWaitFor([&] { return clips() == 1 && !session.running(); }, 120'000));
    EXPECT_EQ(draft_steps, 2);
    EXPECT_EQ(draft_frames, 4);
    EXPECT_GE(first_seen, 1) << "nothing of the draft was shown while it was made";
    EXPECT_LE(first_seen, 2);
    EXPECT_EQ(steps, 8);
    ClipReader reader(newestFile());
    int frames = 0;
    while (const FramePtr frame = reader.next()) {
        EXPECT_EQ(frame->width, 272);
        ++frames;
    }
    EXPECT_EQ(frames, 16);
}

} // namespace
} // namespace rushes::testing
