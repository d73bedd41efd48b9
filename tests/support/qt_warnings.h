// Any unexpected warning of Qt fails the test that caused it.
#pragma once

#include <array>
#include <cstdio>
#include <gtest/gtest.h>

#include <QString>

namespace rushes::testing {

inline bool isExpectedQtWarning(const QString& message) {
    // The offscreen platform says the first two of itself; they mean nothing for a real screen. Qt Multimedia
    // says the others from a thread of its own, sooner or later, on a machine that has no sound.
    constexpr std::array expected{
        "This plugin does not support", "propagateSizeHints", "PulseAudioService", "No audio device detected"
    };
    for (const char* text : expected) {
        if (message.contains(QLatin1String(text))) {
            return true;
        }
    }
    return false;
}

inline void failOnQtWarnings() {
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& message) {
        if (type == QtDebugMsg || type == QtInfoMsg || isExpectedQtWarning(message)) {
            return;
        }
        std::fprintf(stderr, "Qt: %s\n", qPrintable(message));
        ADD_FAILURE() << "unexpected message of Qt: " << qPrintable(message);
    });
}

} // namespace rushes::testing
