#include "session/session_log.h"

#include "base/error.h"
#include "convert.h"
#include "generation/engine.h"
#include "session/studio_session.h"
#include "work/log.h"

namespace rushes::ui {

namespace {

std::string wordsOf(const Error& error) {
    return std::string(error.what()) + (error.hint().empty() ? "" : ' ' + error.hint());
}

void logStart(const Plan& plan) {
    const Recipe& recipe = plan.recipe;
    logLine(
        "run: " + recipe.model + ", " + std::to_string(recipe.width) + 'x' + std::to_string(recipe.height) +
        ", " + std::to_string(recipe.frames) + " frames, " + std::to_string(recipe.steps) + " steps, " +
        recipe.scheduler + ", " + recipe.dtype + ", seed " + std::to_string(recipe.seed) + ", about " +
        std::to_string(plan.peak_memory_bytes / 1'000'000) + " MB"
    );
    logPrompt(recipe.prompt);
}

void logEnd(const RunEnd& end) {
    if (const auto* failed = std::get_if<Failed>(&end.result.outcome)) {
        logLine("run failed: " + wordsOf(failed->error) + (end.tries_again ? " (tried again)" : ""));
    } else {
        const bool finished = std::holds_alternative<Finished>(end.result.outcome);
        logLine(
            std::string(finished ? "run finished" : "run stopped") + ", " +
            std::to_string(end.clip ? end.clip->finalFrames() : 0) + " frames" +
            (end.result.clip ? ", " + end.result.clip->path.string() : std::string(", no file"))
        );
    }
}

} // namespace

void logSession(StudioSession& session) {
    QObject::connect(&session, &StudioSession::engineLoaded, &session, [&session] {
        logLine(
            "engine: " + session.device().name +
            (session.device().note.empty() ? "" : ", " + session.device().note)
        );
    });
    QObject::connect(&session, &StudioSession::engineFailed, &session, [](const Error& error) {
        logLine("engine failed: " + wordsOf(error));
    });
    QObject::connect(
        &session,
        &StudioSession::modelsFound,
        &session,
        [&session](const QStringList& problems) {
            for (const ModelInfo& model : session.models()) {
                logLine("model: " + model.id);
            }
            for (const QString& problem : problems) {
                logLine("model problem: " + toStd(problem));
            }
        }
    );
    QObject::connect(&session, &StudioSession::runStarted, &session, [&session] {
        if (const Plan* plan = session.runningPlan()) {
            logStart(*plan);
        }
    });
    QObject::connect(&session, &StudioSession::runEnded, &session, logEnd);
    QObject::connect(&session, &StudioSession::jobRefused, &session, [](const Recipe&, const Error& error) {
        logLine("job refused: " + wordsOf(error));
    });
    QObject::connect(&session, &StudioSession::noted, &session, [](const QString& sentence) {
        logLine("note: " + toStd(sentence));
    });
    QObject::connect(&session, &StudioSession::queueProblems, &session, [](const QStringList& problems) {
        for (const QString& problem : problems) {
            logLine("queue: " + toStd(problem));
        }
    });
    QObject::connect(&session, &StudioSession::queueFailed, &session, [](const Error& error) {
        logLine("queue failed: " + wordsOf(error));
    });
    QObject::connect(
        &session.shelf(),
        &ClipShelf::failed,
        &session,
        [](const QString& message, const QString&) { logLine("library: " + toStd(message)); }
    );
}

} // namespace rushes::ui
