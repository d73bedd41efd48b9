// rushes warm PROMPTS
#include "base/atomic_file.h"
#include "commands/interrupt.h"
#include "commands/run_command.h"
#include "commands/service_parts.h"
#include "commands/terminal.h"
#include "serve/worker.h"

#include <sstream>

namespace rushes {
namespace {

std::vector<std::string> prompts_of(const std::filesystem::path& file) {
    std::istringstream text(read_file(file));
    std::vector<std::string> prompts;
    for (std::string line; std::getline(text, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) {
            line.pop_back();
        }
        if (!line.empty() && !line.starts_with('#')) {
            prompts.push_back(line);
        }
    }
    if (prompts.empty()) {
        throw Error(ErrorKind::user, "'" + file.string() + "' holds no prompt: one a line is expected.");
    }
    return prompts;
}

/// All or none: a prompt that can't be made is known before anything is queued. Those that are there already
/// are passed over.
int add_all(serve::Desk& desk, const WarmCommand& command) {
    std::vector<Recipe> wanted;
    for (const std::string& prompt : prompts_of(command.prompts)) {
        Recipe recipe;
        recipe.prompt = prompt;
        recipe.model = command.model;
        recipe.seed = command.seed;
        wanted.push_back(desk.price(recipe).plan.recipe);
    }
    std::vector<JobQueue::NewJob> jobs;
    for (Recipe& recipe : desk.missing(wanted)) {
        jobs.push_back({new_warm_job_id(), std::move(recipe)});
    }
    return desk.with_queue([&](JobQueue& queue) { return queue.add(jobs); });
}

} // namespace

int run_warm(const WarmCommand& command) {
    InterruptWatch interrupt;
    const serve::ServiceParts parts = service_parts(command.device, command.threads);
    serve::Measures measures;
    serve::Broadcast broadcast([](const std::string&) {});
    const auto engine = parts.make_engine();
    serve::Desk desk(parts, engine->device(), broadcast, measures);
    const int added = add_all(desk, command);
    say(std::to_string(added) + (added == 1 ? " clip" : " clips") + " to be made ahead.");
    if (!desk.with_queue([](JobQueue& queue) { return queue.owned(); })) {
        say("The Rushes that runs makes them when nothing else waits.");
        return exit_ok;
    }
    serve::Worker worker(desk, broadcast, measures, *engine);
    worker.wait_until_idle(interrupt.token());
    const auto made = measures.snapshot();
    say(std::to_string(made.finished) + " made.");
    return interrupt.token().stop_requested() ? exit_interrupted : exit_ok;
}

} // namespace rushes
