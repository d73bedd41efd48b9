// The document that the server serves, held against the server: what it lists answers as it says, and
// whatever is answered is listed.
#include "media/webp_picture.h"
#include "serve/service_fixture.h"

#include <gmock/gmock.h>
#include <regex>

namespace rushes::serve_test {
namespace {

using Json = nlohmann::json;

std::string a_picture() {
    Pass pass;
    pass.width = 64;
    pass.height = 48;
    pass.frames = 2;
    return encode_webp(testing::fake_picture(pass, 0), 75);
}

class OpenApiTest : public ServiceTest {
protected:
    void SetUp() override {
        start();
        document_ = ask(port(), "GET", "/openapi.json").json();
    }

    const Json& resolved(const Json& schema) const {
        return schema.contains("$ref")
                   ? document_.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1)))
                   : schema;
    }

    /// A sentence for each way in which `value` is not what `schema` says; keys that it does not know are
    /// one.
    void check(const Json& value, const Json& given, const std::string& place) const {
        const Json& schema = resolved(given);
        if (value.is_null() && schema.value("nullable", false)) {
            return;
        }
        const std::string type = schema.at("type");
        const bool fits = type == "object"    ? value.is_object()
                          : type == "array"   ? value.is_array()
                          : type == "string"  ? value.is_string()
                          : type == "integer" ? value.is_number_integer()
                          : type == "number"  ? value.is_number()
                                              : value.is_boolean();
        EXPECT_TRUE(fits) << place << " is no " << type << ": " << value;
        if (schema.contains("enum")) {
            EXPECT_TRUE(std::ranges::find(schema["enum"], value) != schema["enum"].end())
                << place << " is " << value;
        }
        if (type == "array" && fits) {
            for (std::size_t i = 0; i < value.size(); ++i) {
                check(value[i], schema.at("items"), place + "[" + std::to_string(i) + "]");
            }
        }
        if (type == "object" && fits) {
            check_object(value, schema, place);
        }
    }

    void check_object(const Json& value, const Json& schema, const std::string& place) const {
        for (const Json& key : schema.value("required", Json::array())) {
            EXPECT_TRUE(value.contains(key.get<std::string>())) << place << " has no " << key;
        }
        const bool open = !schema.contains("properties");
        for (const auto& [key, held] : value.items()) {
            const Json known = schema.value("properties", Json::object())
                                   .value(key, schema.value("additionalProperties", Json()));
            if (known.is_object()) {
                check(held, known, place + "." + key);
            } else {
                EXPECT_TRUE(open || (place.ends_with("recipe") && key == "program"))
                    << place << "." << key << " is not in the document";
            }
        }
    }

    /// Asks, and holds the answer against the document.
    Answer hold(
        const std::string& method,
        const std::string& path,
        const std::string& target,
        const Headers& headers,
        const std::string& body = {}
    ) {
        const Answer answer = ask(port(), method, target, headers, body);
        std::string lower = method;
        std::ranges::transform(lower, lower.begin(), [](char c) {
            return static_cast<char>(c + ('a' - 'A'));
        });
        asked_.insert(lower + " " + path);
        const Json& operation = document_.at("paths").at(path).at(lower);
        const Json& responses = operation.at("responses");
        const std::string place = method + " " + target;
        EXPECT_TRUE(responses.contains(std::to_string(answer.status)))
            << place << " answers with " << answer.status;
        if (responses.contains(std::to_string(answer.status))) {
            const Json content = responses.at(std::to_string(answer.status)).value("content", Json::object());
            const std::string type =
                answer.headers.contains("content-type") ? answer.headers.at("content-type") : "";
            EXPECT_TRUE(content.empty() || content.contains(type.substr(0, type.find(';'))))
                << place << " is " << type;
            if (content.contains("application/json")) {
                check(answer.json(), content["application/json"]["schema"], place);
            }
        }
        return answer;
    }

    Json document_;
    std::set<std::string> asked_;
};

TEST_F(OpenApiTest, EveryAddressAnswersAsTheDocumentSays) {
    EXPECT_EQ(document_["openapi"].get<std::string>().substr(0, 2), "3.");
    const Headers owner = bearer();
    hold("GET", "/healthz", "/healthz", {});
    hold("GET", "/metrics", "/metrics", owner);
    hold("GET", "/v1/models", "/v1/models", owner);
    hold("GET", "/v1/models", "/v1/models", {});
    hold("GET", "/v1/status", "/v1/status", owner);
    hold("GET", "/v1/stream", "/v1/stream", owner);
    hold("POST", "/v1/price", "/v1/price", owner, a_ball);
    hold("POST", "/v1/price", "/v1/price", owner, R"({"model": "none"})");
    hold("POST", "/v1/pictures", "/v1/pictures", owner, "no picture");
    hold("POST", "/v1/pictures", "/v1/pictures", owner, a_picture());
    hold("POST", "/v1/pictures", "/v1/pictures", owner, a_picture());
    hold("POST", "/v1/jobs", "/v1/jobs", owner, "{");
    hold("POST", "/v1/jobs", "/v1/jobs", owner, R"({"model": "none"})");
    const std::string id = hold("POST", "/v1/jobs", "/v1/jobs", owner, a_ball).json()["job"];
    const Json end = wait_for_end(id);
    hold("POST", "/v1/jobs", "/v1/jobs", owner, a_ball);
    hold("GET", "/v1/jobs", "/v1/jobs", owner);
    hold("GET", "/v1/jobs/{id}", "/v1/jobs/" + id, owner);
    hold("GET", "/v1/jobs/{id}", "/v1/jobs/none", owner);
    hold("POST", "/v1/jobs/{id}/prompt", "/v1/jobs/" + id + "/prompt", owner, R"({"prompt": "a star"})");
    hold("POST", "/v1/jobs/{id}/prompt", "/v1/jobs/" + id + "/prompt", owner, "{}");
    hold("POST", "/v1/jobs/{id}/prompt", "/v1/jobs/none/prompt", owner, R"({"prompt": "a star"})");
    hold("DELETE", "/v1/jobs/{id}", "/v1/jobs/" + id, owner);
    hold("GET", "/v1/jobs/{id}/file", "/v1/jobs/" + id + "/file", owner);
    const std::string clip = "/v1/clips/" + end["clip"]["id"].dump();
    hold("GET", "/v1/clips", "/v1/clips?limit=5&search=ball", owner);
    hold("GET", "/v1/clips/{id}", clip, owner);
    hold("GET", "/v1/clips/{id}/file", clip + "/file", owner);
    hold("GET", "/v1/clips/{id}/poster", clip + "/poster", owner);
    hold("GET", "/v1/clips/{id}/pictures/{role}", clip + "/pictures/image", owner);
    hold("GET", "/v1/status", "/v1/status", owner);
    for (const auto& [path, item] : document_["paths"].items()) {
        for (const auto& [method, operation] : item.items()) {
            if (method != "parameters") {
                EXPECT_TRUE(asked_.contains(method + " " + path))
                    << method << " " << path << " was not held against the server";
            }
        }
    }
}

TEST_F(OpenApiTest, TheStreamSaysWhatTheDocumentSays) {
    WebSocket socket(port(), token);
    socket.send({{"action", "generate"}, {"recipe", Json::parse(a_ball)}, {"late", "keep"}});
    socket.send({{"action", "ping"}});
    socket.send({{"action", "fly"}});
    socket.wait_for("complete");
    const Json& schemas = document_["components"]["schemas"];
    std::set<std::string> known;
    for (const Json& type : schemas["Event"]["properties"]["type"]["enum"]) {
        known.insert(type);
    }
    for (const Json& event : socket.events) {
        EXPECT_TRUE(known.contains(event["type"].get<std::string>())) << event;
    }
    for (const Frame& frame : socket.frames) {
        check(frame.header, schemas["FrameHeader"], "frame");
    }
    check(socket.events.back()["clip"], schemas["Clip"], "complete.clip");
}

} // namespace
} // namespace rushes::serve_test
