// The real window with the real engine on the CPU and the models of a folder of its own: the built-in one,
// and those that a test puts there.
#pragma once

#include "generation/engine.h"
#include "gui/studio_fixture.h"

#include <cstdlib>

namespace rushes::testing {

class RealStudio : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        installed_models_ = true;
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

    /// Not below other programs, as the window's engine is: a test has to end on a busy machine too.
    std::unique_ptr<Engine> makeEngine() override { return load_engine({.device = "cpu"}); }
};

} // namespace rushes::testing
