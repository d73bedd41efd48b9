// A service whose stream is looked at.
#pragma once

#include "base/atomic_file.h"
#include "media/image.h"
#include "serve/service_fixture.h"

#include <algorithm>
#include <iterator>

namespace rushes::serve_test {

using Json = nlohmann::json;

class StreamTest : public ServiceTest {
protected:
    static Json generate(const std::string& model = "fake-causal", int seed = 5) {
        return {
            {"action", "generate"}, {"recipe", {{"prompt", "a red ball"}, {"model", model}, {"seed", seed}}}
        };
    }

    /// A smaller one of the model with a draft.
    static Json generate_in_two_passes() {
        Json message = generate("fake-full");
        message["recipe"].update({{"width", 512}, {"height", 256}, {"frames", 9}});
        return message;
    }

    static std::vector<Frame> of_kind(const std::vector<Frame>& frames, const std::string& kind) {
        std::vector<Frame> chosen;
        std::ranges::copy_if(frames, std::back_inserter(chosen), [&](const Frame& frame) {
            return frame.header["kind"] == kind;
        });
        return chosen;
    }

    static std::vector<std::int64_t> indices(const std::vector<Frame>& frames) {
        std::vector<std::int64_t> all;
        std::ranges::transform(frames, std::back_inserter(all), [](const Frame& frame) {
            return frame.header["index"].get<std::int64_t>();
        });
        return all;
    }

    static std::vector<std::int64_t> from_to(std::int64_t first, std::int64_t end) {
        std::vector<std::int64_t> all;
        for (std::int64_t i = first; i < end; ++i) {
            all.push_back(i);
        }
        return all;
    }

    rushes::Frame decoded(const Frame& frame) const {
        write_file(folder_ / "frame.webp", frame.picture);
        return read_png(folder_ / "frame.webp");
    }

    /// Reads until the server closes; the code it gives (RFC 6455, 7.4), 0 without one.
    static int close_code(WebSocket& socket) {
        while (true) {
            const Message message = socket.read();
            if (message.kind == Message::close && message.bytes.size() >= 2) {
                return static_cast<std::uint8_t>(message.bytes[0]) * 256 +
                       static_cast<std::uint8_t>(message.bytes[1]);
            }
            if (message.kind == Message::gone) {
                return 0;
            }
        }
    }
};

} // namespace rushes::serve_test
