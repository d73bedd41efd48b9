// The page in a real headless Chromium, against the real server.
#include "metrics/alerts.h"
#include "serve/chromium.h"
#include "serve/service_fixture.h"

#include <atomic>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <regex>
#include <set>

namespace rushes::serve_test {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

class PageTest : public ServiceTest {
protected:
    void SetUp() override {
        if (find_chromium().empty()) {
            GTEST_SKIP(
            ) << "no Chromium on this machine (Debian: chromium-headless-shell; or RUSHES_CHROMIUM=PROGRAM)";
        }
        start();
        chromium_.emplace(folder_ / "profile");
    }

    std::string url(const std::string& more = {}) const {
        return "http://127.0.0.1:" + std::to_string(port()) + "/?lang=en&token=" + token + more;
    }

    int open(const Chromium::Size& size = {}) {
        const int page = chromium_->open(url(), size);
        chromium_->wait_until(page, "rushes.stream?.open && document.getElementById('model').value");
        return page;
    }

    void
    generate(int page, const std::string& prompt = "a red ball", const std::string& model = "fake-causal") {
        chromium_->evaluate(
            page,
            "{ const set = (id, value) => { const field = document.getElementById(id); field.value = value; "
            "field.dispatchEvent(new Event('input', {bubbles: true})); }; set('model', '" +
                model + "'); set('prompt', '" + prompt + "'); document.getElementById('generate').click(); }"
        );
    }

    nlohmann::json value(int page, const std::string& expression) {
        return chromium_->evaluate(page, expression);
    }

    static bool at_frame(const Progress& progress, int frame) {
        return progress.phase == Phase::decoding && !progress.draft && progress.frames_done == frame;
    }

    std::optional<Chromium> chromium_;
};

TEST_F(PageTest, FramesAreOnTheCanvasBeforeTheClipIsComplete) {
    gate_.hold([](const Progress& progress) { return at_frame(progress, 10); });
    const int page = open();
    generate(page);
    chromium_->wait_until(
        page, "rushes.player.shown.some(({kind}) => kind === 'final') && rushes.player.count === 10"
    );
    EXPECT_NE(value(page, "rushes.running"), nullptr) << "it is still being made";
    EXPECT_EQ(value(page, "document.getElementById('canvas').width"), 160);
    // A graded background and a ball: many colours, not an empty canvas.
    EXPECT_GT(
        value(
            page,
            "new Set(new Uint32Array(document.getElementById('canvas').getContext('2d').getImageData(0, 0, "
            "160, 96)"
            ".data.buffer)).size"
        ),
        50
    );
    gate_.open();
    chromium_->wait_until(page, "rushes.running === null && rushes.player.count === 33");
    EXPECT_EQ(value(page, "document.getElementById('pill').textContent"), "Finished");
    EXPECT_FALSE(value(page, "document.getElementById('download').hidden"));
    chromium_->wait_until(page, "document.querySelectorAll('#clips img').length === 1");
    EXPECT_THAT(chromium_->problems(), IsEmpty());
}

TEST_F(PageTest, TheDraftIsSeenBeforeTheFinalFrames) {
    gate_.hold([](const Progress& progress) { return !progress.draft && progress.phase == Phase::denoising; }
    );
    const int page = open();
    generate(page, "a ball", "fake-full");
    chromium_->wait_until(page, "rushes.player.shown.some(({kind}) => kind === 'draft')");
    EXPECT_FALSE(value(page, "rushes.player.shown.some(({kind}) => kind === 'final')"));
    gate_.open();
    chromium_->wait_until(page, "rushes.player.shown.some(({kind}) => kind === 'final')");
    EXPECT_TRUE(value(
        page,
        "rushes.player.shown.findLastIndex(({kind}) => kind === 'draft') < "
        "rushes.player.shown.findIndex(({kind}) => "
        "kind === 'final')"
    ));
}

TEST_F(PageTest, AfterABreakInTheMiddleEveryFrameIsThere) {
    gate_.hold([](const Progress& progress) { return at_frame(progress, 12); });
    const int page = open();
    generate(page);
    chromium_->wait_until(page, "rushes.player.count === 12");
    value(page, "rushes.stream.drop()");
    chromium_->wait_until(page, "document.getElementById('link').dataset.state === 'lost'");
    chromium_->wait_until(page, "document.getElementById('link').dataset.state === 'on'");
    gate_.open();
    chromium_->wait_until(page, "rushes.running === null");
    EXPECT_EQ(value(page, "rushes.player.count"), 33);
}

TEST_F(PageTest, TwoPagesAtOnceEachSeeTheirOwnClip) {
    gate_.hold([](const Progress& progress) { return at_frame(progress, 5); });
    const int first = open();
    const int second = open();
    generate(first, "the first");
    chromium_->wait_until(first, "rushes.player.count === 5");
    generate(second, "the second");
    chromium_->wait_until(second, "rushes.running?.recipe.prompt === 'the second'");
    chromium_->wait_until(second, "document.querySelectorAll('#queue li').length === 2");
    gate_.open();
    for (const int page : {first, second}) {
        chromium_->wait_until(page, "rushes.running === null && rushes.player.count === 33");
        chromium_->wait_until(page, "document.querySelectorAll('#clips img').length === 2");
    }
    EXPECT_NE(value(first, "rushes.player.clip.job"), value(second, "rushes.player.clip.job"));
}

TEST_F(PageTest, EscStopsAndKeepsWhatExists) {
    gate_.hold([](const Progress& progress) { return at_frame(progress, 7); });
    const int page = open();
    generate(page);
    chromium_->wait_until(page, "rushes.player.count === 7");
    chromium_->press(page, "Escape");
    chromium_->wait_until(page, "document.getElementById('pill').textContent === 'Stopped'");
    EXPECT_EQ(value(page, "rushes.player.frames"), 7);
    chromium_->wait_until(page, "document.querySelector('#clips span')?.textContent.startsWith('stopped')");
}

TEST_F(PageTest, ItPlaysOnceAFewFramesAreThereAndHoldsTheLastWhenDry) {
    gate_.hold([](const Progress& progress) { return at_frame(progress, 4); });
    const int page = open();
    generate(page);
    chromium_->wait_until(page, "rushes.player.count === 4");
    EXPECT_EQ(value(page, "rushes.player.position"), 0) << "four frames are too few to begin";
    gate_.hold([](const Progress& progress) { return at_frame(progress, 9); });
    chromium_->wait_until(page, "rushes.player.position === 8");
    chromium_->wait_until(page, "rushes.player.held");
    EXPECT_EQ(value(page, "rushes.player.position"), 8) << "the last one stays";
    gate_.open();
    chromium_->wait_until(page, "rushes.player.position === 20");
}

TEST_F(PageTest, TheKeyboardIsEnough) {
    const int page = open();
    value(page, "document.getElementById('prompt').focus()");
    for (const char* letter : {"a", " ", "b", "a", "l", "l"}) {
        chromium_->press(page, letter);
    }
    EXPECT_EQ(value(page, "document.getElementById('prompt').value"), "a ball");
    constexpr int ctrl = 2;
    chromium_->press(page, "Enter", ctrl);
    chromium_->wait_until(page, "rushes.running === null && rushes.player.count === 33");
    // Whatever can be pressed or filled in is reached by Tab and says what it is.
    const nlohmann::json nameless = value(
        page,
        "[...document.querySelectorAll('button, input, select, textarea, a, summary')].filter(e => "
        "e.checkVisibility() && "
        "!(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length && "
        "e.labels[0].textContent.trim() || "
        "e.querySelector('img')?.alt)).map(e => e.outerHTML)"
    );
    EXPECT_THAT(nameless.dump(), "[]");
    EXPECT_EQ(
        value(page, "[...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0).length"), 0
    );
}

TEST_F(PageTest, NothingIsCutOnAnyScreen) {
    for (const auto& size :
         {Chromium::Size{360, 740, 2, true},
          {390, 844, 3, true},
          {768, 1024, 2, true},
          {1024, 700},
          {1280, 720},
          {1920, 1080}}) {
        const int page = open(size);
        EXPECT_LE(value(page, "document.scrollingElement.scrollWidth"), size.width) << size.width;
        const nlohmann::json outside = value(
            page,
            "[...document.querySelectorAll('button, input:not([type=radio]), select, textarea, "
            ".head')].filter(e => { const r = "
            "e.getBoundingClientRect(); return e.checkVisibility() && !e.closest('.strip') && (r.left < -1 "
            "|| r.right > "
            "innerWidth + 1); }).map(e => e.id || e.outerHTML)"
        );
        EXPECT_THAT(outside.dump(), "[]") << size.width;
    }
}

TEST_F(PageTest, OnAPhoneAFinishedClipCanBeSavedAndNothingCoversAnything) {
    for (const auto& size : {Chromium::Size{360, 740, 2, true}, {390, 844, 3, true}}) {
        const int page = open(size);
        generate(page);
        chromium_->wait_until(page, "rushes.running === null && rushes.player.count === 33");
        // In the middle of each button lies the button, or what it is made of.
        for (const char* id : {"play", "download", "copy", "theme"}) {
            EXPECT_EQ(
                value(
                    page,
                    std::string("(() => { const e = document.getElementById('") + id +
                        "'); const r = e.getBoundingClientRect(); return [r.top + 2, r.bottom - 2].every(y "
                        "=> "
                        "e.contains(document.elementFromPoint(r.left + r.width / 2, y))); })()"
                ),
                true
            ) << id
              << " at " << size.width;
        }
        EXPECT_LE(value(page, "document.scrollingElement.scrollWidth"), size.width);
    }
}

TEST_F(PageTest, AClipStartsFromAPictureThatIsChosenHere) {
    service_.reset();
    parts_.find_models = [] {
        ModelInfo model = testing::fake_causal_model();
        model.inputs = {{"image", false}, {"last_image", false}};
        return std::vector{model};
    };
    std::atomic<int> width = 0;
    script_.at_run = [&](const Plan&, const RunInputs& inputs) {
        width = inputs.pictures.at("image").front()->width;
    };
    start();
    const int page = open();
    EXPECT_EQ(value(page, "document.getElementById('pictures').hidden"), false);
    chromium_->evaluate(
        page,
        "(async () => { const canvas = new OffscreenCanvas(72, 40); canvas.getContext('2d').fillRect(0, 0, "
        "9, 9); "
        "const files = new DataTransfer(); files.items.add(new File([await canvas.convertToBlob()], "
        "'a.png')); "
        "const input = document.getElementById('picture-image'); input.files = files.files; "
        "input.dispatchEvent(new Event('change')); })()"
    );
    chromium_->wait_until(page, "document.querySelector('.picture img').naturalWidth === 72");
    generate(page);
    chromium_->wait_until(page, "document.getElementById('pill').textContent === 'Finished'");
    EXPECT_EQ(width, 72);
    chromium_->evaluate(page, "document.querySelector('.picture button').click()");
    EXPECT_EQ(value(page, "document.querySelector('.picture img').hidden"), true);
    EXPECT_THAT(chromium_->problems(), IsEmpty());

    // The clip brings its picture back, and with it the same recipe.
    const auto reopen = [&] {
        chromium_->wait_until(page, "document.querySelector('#clips button')");
        chromium_->evaluate(page, "document.querySelector('#clips button').click()");
    };
    reopen();
    chromium_->wait_until(page, "document.querySelector('.picture img').naturalWidth === 72");
    chromium_->evaluate(page, "document.getElementById('generate').click()");
    chromium_->wait_until(page, "document.getElementById('pill').textContent === 'There already'");
    fs::remove_all(parts_.pictures);
    reopen();
    chromium_->wait_until(
        page, "document.getElementById('refusal').textContent.includes('is not here any more')"
    );
    EXPECT_EQ(value(page, "document.querySelector('.picture img').hidden"), true);
}

TEST_F(PageTest, TwoPicturesThatAreChosenTogetherAreBothSent) {
    service_.reset();
    parts_.find_models = [] {
        ModelInfo model = testing::fake_causal_model();
        model.inputs = {{"image", false}, {"last_image", false}};
        return std::vector{model};
    };
    start();
    const int page = open();
    chromium_->evaluate(
        page,
        "for (const [id, width] of [['picture-image', 40], ['picture-last_image', 48]]) (async () => { const "
        "canvas = new OffscreenCanvas(width, 40); canvas.getContext('2d').fillRect(0, 0, 9, 9); const files "
        "= new DataTransfer(); files.items.add(new File([await canvas.convertToBlob()], 'a.png')); const "
        "input = document.getElementById(id); input.files = files.files; input.dispatchEvent(new "
        "Event('change')); })()"
    );
    chromium_->wait_until(
        page, "[...document.querySelectorAll('.picture img')].map(i => i.naturalWidth).join() === '40,48'"
    );
}

TEST_F(PageTest, AlertsAreToldInThePagesLanguage) {
    const int page =
        chromium_->open("http://127.0.0.1:" + std::to_string(port()) + "/?lang=de&token=" + token, {});
    chromium_->wait_until(page, "rushes.stream?.open");
    gate_.hold([](const Progress&) { return true; });
    for (int seed = 1; seed <= threshold::waiting + 2; ++seed) {
        post_job(R"({"prompt": "a ball", "model": "fake-causal", "seed": )" + std::to_string(seed) + "}");
    }
    chromium_->wait_until(page, "document.getElementById('alerts').textContent.includes('Clips warten')");
    const ServiceHealth bad{.p99_seconds = 15.26, .device_use = 0.391, .ssim = 0.7, .waiting = 6};
    for (ServiceHealth health : {bad, ServiceHealth{.device_use = 0.96}}) {
        for (const Alert& alert : alerts_of(health)) {
            const std::string words = value(
                page,
                "import('/alerts.js').then(m => m.sentence(" +
                    nlohmann::json{
                        {"id", alert.id},
                        {"sentence", alert.sentence},
                        {"value", alert.value},
                        {"threshold", alert.threshold}
                    }.dump() +
                    "))"
            );
            EXPECT_NE(words, alert.sentence) << "it is English";
            // It says the same numbers.
            static const std::regex number("[0-9]+(\\.[0-9]+)?");
            std::multiset<std::string> told;
            std::multiset<std::string> meant;
            for (const auto& [text, into] : {std::pair(&words, &told), {&alert.sentence, &meant}}) {
                for (std::sregex_iterator at(text->begin(), text->end(), number), end; at != end; ++at) {
                    into->insert(at->str());
                }
            }
            meant.erase("99"); // the P99 of the server's sentence
            EXPECT_EQ(told, meant) << words;
        }
    }
}

TEST_F(PageTest, AskedForTheTokenItSaysSo) {
    const int page = chromium_->open("http://127.0.0.1:" + std::to_string(port()) + "/?lang=en", {});
    chromium_->wait_until(page, "!document.getElementById('key').hidden");
    value(
        page,
        "document.getElementById('token').value = 'wrong'; document.getElementById('key').requestSubmit()"
    );
    chromium_->wait_until(page, "document.getElementById('toast').textContent === 'Wrong token.'");
    value(
        page,
        std::string("document.getElementById('token').value = '") + token +
            "'; document.getElementById('key').requestSubmit()"
    );
    chromium_->wait_until(page, "!document.getElementById('desk').hidden");
    EXPECT_EQ(value(page, "location.search.includes('token')"), false);
}

TEST_F(PageTest, TheTokenDoesNotStayInTheAddress) {
    const int page = open();
    EXPECT_EQ(value(page, "location.search"), "?lang=en");
}

/// Every text that the page shows has its line in each language.
TEST(PageWords, AreThereInEveryLanguage) {
    const fs::path folder = fs::path(RUSHES_SOURCE_DIR) / "resources" / "serve";
    const auto text_of = [&](const char* name) {
        std::ifstream file(folder / name);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    std::set<std::string> said;
    const auto collect = [&](const std::string& text, const std::regex& pattern) {
        for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
            said.insert((*at)[1].str());
        }
    };
    for (const char* script : {"page.js", "pictures.js", "alerts.js"}) {
        collect(text_of(script), std::regex("\\bt\\(\"([^\"]+)\""));
    }
    collect(text_of("index.html"), std::regex("data-t>([^<]+)<"));
    collect(text_of("index.html"), std::regex("data-t-label=\"([^\"]+)\""));
    ASSERT_GT(said.size(), 40U);
    const std::string words = text_of("words.js");
    const std::size_t second = words.find("const chinese");
    for (const std::string& text : said) {
        const std::string line = "\"" + text + "\": ";
        const std::size_t german = words.find(line);
        EXPECT_TRUE(german < second) << "German lacks: " << text;
        EXPECT_NE(words.find(line, second), std::string::npos) << "Chinese lacks: " << text;
    }
}

} // namespace
} // namespace rushes::serve_test
