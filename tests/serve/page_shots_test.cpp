// Pictures of the page for people, on a desktop and a phone, dark in English and light in German. Only when
// RUSHES_SHOTS names a folder.
#include "media/webp_picture.h"
#include "serve/chromium.h"
#include "serve/service_fixture.h"

#include <cstdlib>

namespace rushes::serve_test {
namespace {

struct Screen {
    const char* name;
    Chromium::Size size;
};

struct Look {
    const char* scheme;
    const char* language;
};

class PageShots : public ServiceTest {
protected:
    void SetUp() override {
        const char* const folder = std::getenv("RUSHES_SHOTS");
        if (folder == nullptr || find_chromium().empty()) {
            GTEST_SKIP() << "RUSHES_SHOTS names no folder for pictures, or there is no Chromium";
        }
        shots_ = folder;
        std::filesystem::create_directories(shots_);
        parts_.find_models = [] {
            ModelInfo model = testing::fake_causal_model();
            model.inputs = {{"image", false}, {"last_image", false}};
            return std::vector{model, testing::fake_full_model()};
        };
        start();
        chromium_.emplace(folder_ / "profile");
    }

    /// Stopped runs and failures end too.
    void wait_until_idle() const {
        while (get("/v1/status").json()["running"].is_string()) {
        }
    }

    void open(const Screen& screen, const Look& look, const std::string& given_token = token) {
        name_ = std::string(screen.name) + "-" + look.scheme;
        page_ = chromium_->open(
            "http://127.0.0.1:" + std::to_string(port()) + "/?lang=" + look.language +
                "&token=" + given_token,
            screen.size,
            look.scheme
        );
    }

    void grab(const std::string& state) {
        const auto shoot = [&](const std::string& name) {
            // What was changed is painted with the second frame.
            chromium_->evaluate(
                page_,
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))"
            );
            chromium_->screenshot(page_, shots_ / ("page-" + name_ + "-" + name + ".png"));
        };
        shoot(state);
        if (chromium_->evaluate(page_, "document.scrollingElement.scrollHeight > innerHeight + 8") == true) {
            for (const char* part : {"2", "3"}) {
                chromium_->evaluate(page_, "scrollBy({top: innerHeight * 0.6, behavior: 'instant'})");
                shoot(state + "-" + part);
            }
            chromium_->evaluate(page_, "scrollTo(0, 0)");
        }
    }

    void type(const std::string& prompt) {
        chromium_->evaluate(
            page_,
            "{ const field = document.getElementById('prompt'); field.value = '" + prompt +
                "'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
        );
        chromium_->wait_until(page_, "document.getElementById('price').textContent !== ''");
    }

    void choose_picture() {
        chromium_->evaluate(
            page_,
            "(async () => { const canvas = new OffscreenCanvas(160, 96); const c = canvas.getContext('2d'); "
            "const g = c.createLinearGradient(0, 0, 160, 96); g.addColorStop(0, '#345'); g.addColorStop(1, "
            "'#fa6'); c.fillStyle = g; c.fillRect(0, 0, 160, 96); const files = new DataTransfer(); "
            "files.items.add(new File([await canvas.convertToBlob()], 'a.png')); const input = "
            "document.getElementById('picture-image'); input.files = files.files; input.dispatchEvent(new "
            "Event('change')); })()"
        );
        chromium_->wait_until(page_, "document.querySelector('.picture img').naturalWidth > 0");
    }

    void press_generate() { chromium_->evaluate(page_, "document.getElementById('generate').click()"); }

    std::filesystem::path shots_;
    std::optional<Chromium> chromium_;
    int page_ = 0;
    std::string name_;
};

TEST_F(PageShots, EveryScreenAndScheme) {
    int seed = 0;
    for (const Screen& screen : {Screen{"desktop", {1440, 900}}, {"phone", {390, 844, 2, true}}}) {
        for (const Look& look : {Look{"dark", "en"}, {"light", "de"}}) {
            open(screen, look, "wrong");
            chromium_->wait_until(page_, "!document.getElementById('key').hidden");
            grab("token");
            open(screen, look);
            chromium_->wait_until(page_, "rushes.stream?.open && document.getElementById('model').value");
            grab("empty");
            gate_.hold([](const Progress& progress) {
                return progress.phase == Phase::decoding && progress.frames_done == 12;
            });
            type("a red ball bounces over the sea while a yellow star spins in the night");
            choose_picture();
            press_generate();
            chromium_->wait_until(page_, "rushes.player.count === 12");
            for (int waiting = 0; waiting < 6; ++waiting) {
                post_job(
                    R"({"prompt": "a boat drifts past the moon", "model": "fake-causal", "frames": 9, "seed": )" +
                    std::to_string(++seed) + "}"
                );
            }
            chromium_->wait_until(page_, "!document.getElementById('alerts').hidden");
            chromium_->wait_until(page_, "document.querySelectorAll('#queue li').length === 7");
            chromium_->wait_until(page_, "rushes.player.held");
            grab("running");
            gate_.open();
            chromium_->wait_until(page_, "rushes.running === null && rushes.player.count === 33");
            chromium_->wait_until(page_, "document.getElementById('alerts').hidden");
            chromium_->wait_until(page_, "document.querySelectorAll('#queue li').length === 0");
            grab("finished");
            chromium_->evaluate(page_, "document.querySelector('#clips li:last-child button').click()");
            chromium_->wait_until(page_, "document.getElementById('video').readyState >= 2");
            chromium_->evaluate(page_, "document.getElementById('prompt').focus()");
            chromium_->press(page_, "Tab");
            grab("opened");
            wait_until_idle();
        }
    }
    service_.reset();
    script_.error = Error(
        ErrorKind::resource,
        "The device has no memory left for this size.",
        "Choose a smaller size or fewer frames."
    );
    start();
    for (const Screen& screen : {Screen{"desktop", {1440, 900}}, {"phone", {390, 844, 2, true}}}) {
        open(screen, {"dark", "en"});
        chromium_->wait_until(page_, "rushes.stream?.open && document.getElementById('model').value");
        type("a clip that is too large");
        press_generate();
        chromium_->wait_until(page_, "!document.getElementById('refusal').hidden");
        chromium_->wait_until(page_, "document.querySelector('#queue [data-failed]')");
        grab("failed");
    }
}

} // namespace
} // namespace rushes::serve_test
