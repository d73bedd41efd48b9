// The addresses of jobs, and what a recipe would take.
#include "serve/answers.h"
#include "serve/api.h"
#include "serve/file_body.h"
#include "serve/message.h"

#include <nlohmann/json.hpp>

namespace rushes::serve {

Json queued_json(const Desk::Added& added) {
    const Pass& last = added.plan.passes.back();
    Json json{
        {"job", added.job.id},
        {"state", to_text(added.job.state)},
        {"new", added.is_new},
        {"cached", added.cached.has_value()},
        {"place", added.place},
        {"seconds", added.seconds},
        {"width", last.width},
        {"height", last.height},
        {"frames", last.frames},
        {"frame_rate", {added.plan.recipe.frame_rate.num, added.plan.recipe.frame_rate.den}},
        {"draft", added.plan.first_look() != nullptr},
        {"changes", added.plan.changes},
        {"recipe", json_of(added.plan.recipe)},
    };
    if (added.cached) {
        json["clip"] = json_of(*added.cached);
    }
    return json;
}

HttpResponse Api::jobs(const HttpRequest& request, const Client& client) {
    if (request.method == "POST") {
        return add_job(request, client);
    }
    if (!reads(request)) {
        return wrong_method("GET, POST");
    }
    Json list = Json::array();
    for (const Job& job : desk_.jobs(client)) {
        list.push_back(json_of(job));
    }
    return answer_of({{"jobs", list}});
}

HttpResponse Api::add_job(const HttpRequest& request, const Client& client) {
    const std::string& key = request.header("idempotency-key");
    if (key.size() > 256) {
        return refusal(400, "The Idempotency-Key is longer than 256 bytes.");
    }
    const Desk::Added added = desk_.add(client, parse_client_recipe(request.body), key);
    HttpResponse response = answer_of(queued_json(added), added.is_new && !added.cached ? 201 : 200);
    response.headers.emplace_back("Location", "/v1/jobs/" + added.job.id);
    return response;
}

HttpResponse Api::price(const HttpRequest& request) {
    const Desk::Price price = desk_.price(parse_client_recipe(request.body));
    return answer_of({
        {"seconds", price.estimate.seconds},
        {"load_seconds", price.estimate.load_seconds},
        {"learned", price.estimate.learned},
        {"memory_bytes", price.plan.peak_memory_bytes},
        {"width", price.plan.recipe.width},
        {"height", price.plan.recipe.height},
        {"frames", price.plan.recipe.frames},
        {"changes", price.plan.changes},
        {"cost", price.estimate.seconds / 3600 * desk_.parts().price_per_hour},
    });
}

HttpResponse Api::picture(const HttpRequest& request) {
    const PictureShelf::Kept kept = desk_.keep_picture(request.body);
    return answer_of(
        {{"hash", kept.hash}, {"width", kept.width}, {"height", kept.height}}, kept.is_new ? 201 : 200
    );
}

HttpResponse Api::job(const HttpRequest& request, const Client& client, const std::string& rest) {
    const std::string id = rest.substr(0, rest.find('/'));
    const std::string what = rest.substr(id.size());
    const auto job = desk_.job(client, id);
    if (!job || (!what.empty() && what != "/file" && what != "/prompt")) {
        return nothing_there();
    }
    if (what == "/prompt") {
        return request.method == "POST" ? steer(request, client, id) : wrong_method("POST");
    }
    if (what == "/file") {
        return reads(request) ? job_file(request, *job) : wrong_method("GET");
    }
    if (request.method == "DELETE") {
        const bool stopped = desk_.stop(client, id);
        return stopped ? answer_of({{"job", id}, {"stopped", true}}, 202)
                       : refusal(409, std::string("The job is over already: ") + to_text(job->state) + ".");
    }
    if (!reads(request)) {
        return wrong_method("GET, DELETE");
    }
    Json json = json_of(*job);
    if (const auto live = broadcast_.find(id); live != nullptr && !live->look().ended) {
        json["frames_done"] = live->look().finals;
    }
    if (const auto clip = desk_.clip_of(*job)) {
        json["clip"] = json_of(*clip);
    }
    return answer_of(json);
}

HttpResponse Api::steer(const HttpRequest& request, const Client& client, const std::string& id) {
    const std::string prompt = parse_client_prompt(request.body);
    desk_.steer(client, id, prompt);
    return answer_of({{"job", id}, {"prompt", prompt}}, 202);
}

HttpResponse Api::job_file(const HttpRequest& request, const Job& job) {
    if (!job.clip.empty()) {
        HttpResponse response = whole_file(request, job.clip, "\"" + job.id + "\"");
        response.headers.emplace_back("Rushes-Complete", "true");
        if (request.query.contains("download")) {
            save_as(response, job.clip.filename().string());
        }
        return response;
    }
    const auto live = broadcast_.find(job.id);
    if (job.state == JobState::running && live != nullptr) {
        return growing_file(request, live);
    }
    HttpResponse response = refusal(404, "The clip has no file yet.", "It is made when its turn comes.");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

} // namespace rushes::serve
