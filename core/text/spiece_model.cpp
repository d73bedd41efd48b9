// spiece.model: a protocol buffer, ModelProto of google/sentencepiece (src/sentencepiece_model.proto).
#include "base/error.h"
#include "text/charsmap.h"
#include "text/unigram_tokenizer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace rushes {

namespace {

struct Field {
    std::uint32_t number = 0;
    std::uint64_t value = 0;  ///< of a number, whatever its width
    std::string_view payload; ///< of a text or a nested message
};

/// Reads the fields of one message in turn (protobuf.dev, "Encoding").
class Message {
public:
    Message(std::string_view bytes, const std::string& what) : rest_(bytes), what_(what) {}

    std::optional<Field> next() {
        if (rest_.empty()) {
            return std::nullopt;
        }
        const std::uint64_t key = varint();
        Field field{.number = static_cast<std::uint32_t>(key >> 3), .value = 0, .payload = {}};
        switch (key & 7) {
        case 0:
            field.value = varint();
            break;
        case 1:
            field.value = fixed(8);
            break;
        case 2:
            field.payload = take(varint());
            break;
        case 5:
            field.value = fixed(4);
            break;
        default:
            refuse();
        }
        return field;
    }

private:
    [[noreturn]] void refuse() const {
        throw Error(
            ErrorKind::user, what_ + " is not a SentencePiece model.", "Download the tokenizer again."
        );
    }

    std::string_view take(std::uint64_t size) {
        if (size > rest_.size()) {
            refuse();
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    std::uint64_t fixed(std::size_t size) {
        std::uint64_t value = 0;
        const std::string_view bytes = take(size);
        for (std::size_t i = 0; i < size; ++i) {
            value |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
        }
        return value;
    }

    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<std::uint8_t>(take(1)[0]);
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) {
                return value;
            }
        }
        refuse();
    }

    std::string_view rest_;
    const std::string& what_;
};

enum PieceType : std::uint64_t {
    normal = 1,
    unknown = 2,
    control = 3,
    user_defined = 4,
    unused = 5,
    byte = 6
};

void add_piece(UnigramModel& model, std::string_view bytes, const std::string& what) {
    Message message(bytes, what);
    UnigramModel::Piece piece;
    std::uint64_t type = normal;
    while (const auto field = message.next()) {
        if (field->number == 1) {
            piece.text = field->payload;
        } else if (field->number == 2) {
            piece.score = std::bit_cast<float>(static_cast<std::uint32_t>(field->value));
        } else if (field->number == 3) {
            type = field->value;
        }
    }
    const auto id = static_cast<std::int64_t>(model.pieces.size());
    if (piece.text.empty() || !std::isfinite(piece.score)) {
        throw Error(ErrorKind::user, what + " has no proper piece " + std::to_string(id) + ".");
    }
    if (type == unknown) {
        model.unknown_id = id;
    }
    if (type == unknown || type == control || type == user_defined) {
        model.added.push_back({.text = piece.text, .id = id});
    }
    if (piece.text == "</s>") {
        model.suffix = {id};
    }
    piece.in_text = piece.counts = type == normal;
    model.pieces.push_back(std::move(piece));
}

void read_trainer_spec(UnigramModel& model, std::string_view bytes, const std::string& what) {
    constexpr std::uint64_t unigram = 1;
    Message message(bytes, what);
    while (const auto field = message.next()) {
        if (field->number == 3 && field->value != unigram) {
            throw Error(ErrorKind::user, what + " is not a unigram model: only those are supported.");
        }
        if (field->number == 24 && field->value != 0) {
            throw Error(ErrorKind::user, what + " puts white space after words, which is not supported.");
        }
        if (field->number == 35) {
            model.byte_fallback = field->value != 0;
        }
    }
}

std::string_view trim_spaces(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string remove_extra_spaces(std::string_view text) {
    static const RunPattern spaces{.ranges = {{U' ', U' '}}};
    return replace_runs(trim_spaces(text), spaces, " ");
}

void read_normalizer_spec(UnigramModel& model, std::string_view bytes, const std::string& what) {
    bool extra_spaces = false;
    Metaspace metaspace;
    Charsmap charsmap;
    Message message(bytes, what);
    while (const auto field = message.next()) {
        if (field->number == 2) {
            charsmap = Charsmap(field->payload, what);
        } else if (field->number == 3) {
            metaspace.prepend = field->value != 0 ? Metaspace::Prepend::always : Metaspace::Prepend::never;
        } else if (field->number == 4) {
            extra_spaces = field->value == 0;
        } else if (field->number == 5 && field->value == 0) {
            throw Error(ErrorKind::user, what + " does not mark white space, which is not supported.");
        }
    }
    model.normalization = {[charsmap](std::string_view text) { return charsmap.normalize(text); }};
    if (!extra_spaces) {
        model.normalization.emplace_back(remove_extra_spaces);
    }
    model.splitting = {metaspace};
}

} // namespace

UnigramModel parse_spiece_model(std::string_view bytes, const std::string& what) {
    UnigramModel model;
    model.unknown_id = -1;
    read_normalizer_spec(model, {}, what); // the defaults, where the file leaves them out
    Message message(bytes, what);
    while (const auto field = message.next()) {
        switch (field->number) {
        case 1:
            add_piece(model, field->payload, what);
            break;
        case 2:
            read_trainer_spec(model, field->payload, what);
            break;
        case 3:
            read_normalizer_spec(model, field->payload, what);
            break;
        default:
            break;
        }
    }
    if (model.unknown_id < 0 || model.suffix.empty()) {
        throw Error(ErrorKind::user, what + " lacks the pieces <unk> and </s>, so it is not a T5 tokenizer.");
    }
    return model;
}

} // namespace rushes
