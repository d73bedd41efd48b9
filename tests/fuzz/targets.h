// What the fuzz targets feed: each takes any bytes and may only succeed or throw Error{user}.
#pragma once

#include "base/error.h"
#include "nn/weights/gguf_header.h"
#include "nn/weights/safetensors_header.h"
#include "nn/weights/torch_file.h"
#include "serve/http.h"
#include "serve/message.h"
#include "text/clip_tokenizer.h"
#include "text/unigram_tokenizer.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace rushes::fuzz {

inline void safetensors(std::string_view bytes) {
    const WeightHeader header =
        parse_safetensors_header(std::as_bytes(std::span(bytes)), bytes.size(), "'fuzz.safetensors'");
    std::uint64_t sum = 0;
    for (const TensorEntry& tensor : header.tensors) {
        if (tensor.offset > bytes.size() || tensor.bytes > bytes.size() - tensor.offset) {
            std::abort(); // a view would leave the file
        }
        sum += tensor.bytes;
    }
    if (sum > bytes.size()) {
        std::abort(); // tensors overlap
    }
}

/// What every tensor of a sound header keeps to.
inline void check_places(const WeightHeader& header, std::uint64_t file_size) {
    for (const TensorEntry& tensor : header.tensors) {
        if (tensor.offset > file_size || tensor.bytes > file_size - tensor.offset) {
            std::abort(); // a view would leave the file
        }
        const auto dense = tensor_bytes(tensor.dtype, tensor.shape);
        if (!is_block_format(tensor.dtype) && (!dense || *dense > file_size)) {
            std::abort(); // a copy would be larger than the file
        }
    }
}

inline void gguf(std::string_view bytes) {
    check_places(parse_gguf_header(std::as_bytes(std::span(bytes)), "'fuzz.gguf'"), bytes.size());
}

inline void torch_file(std::string_view bytes) {
    check_places(parse_torch_file(std::as_bytes(std::span(bytes)), "'fuzz.pt'"), bytes.size());
}

inline void use_tokenizer(UnigramModel model) {
    const UnigramTokenizer tokenizer(std::move(model));
    const auto ids = tokenizer.encode("a cat\u3000</s> ﬁ猫🙂 \xFF", 16);
    for (const std::int64_t id : ids) {
        if (id < 0) {
            std::abort();
        }
    }
}

inline void spiece_model(std::string_view bytes) {
    use_tokenizer(parse_spiece_model(bytes, "'fuzz.model'"));
}

inline void tokenizer_json(std::string_view bytes) {
    use_tokenizer(parse_tokenizer_json(bytes, "'fuzz.json'"));
}

inline void use_clip_tokenizer(const ClipVocabulary& vocabulary) {
    const ClipTokenizer tokenizer(vocabulary);
    for (const std::int64_t id : tokenizer.encode("a cat's\u3000<|endoftext|> ﬁ猫🙂 \xFF", 16)) {
        if (id < 0 || id >= tokenizer.vocabulary_size()) {
            std::abort();
        }
    }
}

inline void clip_json(std::string_view bytes) {
    use_clip_tokenizer(parse_clip_tokenizer_json(bytes, "'fuzz.json'"));
}

/// vocab.json, a zero byte, merges.txt.
inline void clip_vocabulary(std::string_view bytes) {
    const std::size_t end = std::min(bytes.find('\0'), bytes.size());
    use_clip_tokenizer(
        parse_clip_vocabulary(bytes.substr(0, end), bytes.substr(std::min(end + 1, bytes.size())))
    );
}

/// A text message of /v1/stream. What is taken can be said again.
inline void client_message(std::string_view bytes) {
    const serve::ClientMessage message = serve::parse_message(bytes);
    if (const auto* const generate = std::get_if<serve::GenerateMessage>(&message)) {
        Recipe recipe = generate->recipe;
        for (const RecipeInput& input : recipe.inputs) { // no file of this machine
            if (!input.path.empty() || !serve::is_picture_hash(input.hash)) {
                std::abort();
            }
        }
        recipe.inputs.clear(); // named by their hash alone only here
        if (!recipe.loras.empty() || recipe_from_json(to_json(recipe)) != recipe) {
            std::abort();
        }
    }
}

/// The target of a request line.
inline void http_target(std::string_view bytes) {
    const auto target = serve::parse_target(bytes);
    if (!target) {
        throw Error(ErrorKind::user, "The address is malformed.");
    }
    if (!target->path.starts_with('/') || target->path.find('\0') != std::string::npos ||
        target->query.size() > 64) {
        std::abort();
    }
}

/// True when the bytes were taken, false when they were refused as they should be.
template <typename Target>
bool accepts(Target target, std::string_view bytes) {
    try {
        target(bytes);
        return true;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::user || std::string_view(error.what()).empty()) {
            std::abort();
        }
        return false;
    }
}

} // namespace rushes::fuzz
