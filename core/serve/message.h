// What goes through /v1/stream: the client's messages, read without surprises, and frames as bytes.
#pragma once

#include "generation/recipe.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace rushes::serve {

inline constexpr std::size_t most_message_bytes = std::size_t{256} << 10;

/// 64 lower-case hexadecimal digits: nothing else becomes a file's name.
bool is_picture_hash(std::string_view text);

/// What a client wants to see of a clip.
struct View {
    enum class Size { preview, full }; ///< preview: at most 480 pixels on the short side
    enum class Format { webp, h264 };  ///< h264: fragments for Media Source, of the full size

    Size size = Size::preview;
    Format format = Format::webp;
    bool keep = false; ///< every frame, however late; else who is too slow goes on with the newest ones

    bool operator==(const View&) const = default;
};

struct GenerateMessage {
    Recipe recipe;
    std::string key; ///< as Idempotency-Key; may be empty
    std::string ref; ///< comes back in the answers to this message
    View view;
};

struct WatchMessage {
    std::string job;
    std::int64_t from = 0; ///< the first frame that is wanted
    View view;
    std::string ref;
};

struct UnwatchMessage {
    std::string job;
};

struct StopMessage {
    std::string job;
    std::string ref;
};

/// Another prompt for a clip that is being made, from its next block on.
struct SteerMessage {
    std::string job;
    std::string prompt;
    std::string ref;
};

/// The client's player had to hold its last frame.
struct DryMessage {
    std::string job;
};

struct PingMessage {
    std::string ref;
};

using ClientMessage = std::variant<
    GenerateMessage,
    WatchMessage,
    UnwatchMessage,
    StopMessage,
    SteerMessage,
    DryMessage,
    PingMessage>;

/// {"action": "generate", "recipe": {...}} and the others of the OpenAPI document. Throws Error{user} with
/// one sentence for everything else: no JSON, a key given twice, deep nesting, an unknown action, wrong
/// types, a recipe that is none or of a newer format.
ClientMessage parse_message(std::string_view text);

/// A recipe from the network: as recipe_from_json(), but "schema_version" may be left out, and files of this
/// machine can't be named (pictures, LoRAs: Error{user}). A model is an id, never a path.
Recipe parse_client_recipe(std::string_view json);

/// The body that steers a job: {"prompt": "..."}. Throws Error{user}: it is missing, empty or too long.
std::string parse_client_prompt(std::string_view json);

enum class FrameKind { preview, draft, final, h264_start, h264 };

const char* to_text(FrameKind kind);

struct FrameHeader {
    std::string clip;       ///< the job
    std::int64_t index = 0; ///< in the clip, from 0
    double time = 0;        ///< seconds from the clip's beginning
    FrameKind kind = FrameKind::final;
    int width = 0; ///< of the picture
    int height = 0;
    double made_unix_ms = 0; ///< when it left the decoder; 0: not known
};

/// Four bytes with the length of the header (little endian), the header as JSON, the picture.
std::string frame_message(const FrameHeader& header, std::string_view picture);

} // namespace rushes::serve
