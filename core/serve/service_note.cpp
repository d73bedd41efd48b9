#include "serve/service_note.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace rushes::serve {
namespace {

namespace fs = std::filesystem;

fs::path note_file() {
    return state_dir() / "service.json";
}

std::string text_of(const fs::path& file) {
    try {
        return read_file(file);
    } catch (const Error&) {
        return {};
    }
}

} // namespace

/// Made with its rights from the first byte on: there is no moment in which others could read the token.
ServiceNote::ServiceNote(const ServiceAddress& address)
    : text_(nlohmann::json{{"url", address.url}, {"token", address.token}}.dump()) {
    std::error_code ignored;
    fs::create_directories(note_file().parent_path(), ignored);
    fs::remove(note_file(), ignored);
    const int handle = ::open(note_file().c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (handle >= 0) { // without it `rushes top` asks for the address
        [[maybe_unused]] const auto written = ::write(handle, text_.data(), text_.size());
        ::close(handle);
    }
}

ServiceNote::~ServiceNote() {
    if (text_of(note_file()) == text_) { // else it is another service's by now
        std::error_code ignored;
        fs::remove(note_file(), ignored);
    }
}

std::optional<ServiceAddress> ServiceNote::read() {
    const auto json = nlohmann::json::parse(text_of(note_file()), nullptr, false);
    if (!json.is_object() || !json.contains("url") || !json.contains("token")) {
        return std::nullopt;
    }
    return ServiceAddress{json["url"].get<std::string>(), json["token"].get<std::string>()};
}

} // namespace rushes::serve
