#include "nn/weights/pickle_machine.h"

#include "base/error.h"

#include <array>

namespace rushes::pickle {

namespace {

constexpr std::array scalars{
    Scalar{"torch.DoubleStorage", "torch.float64", TensorDtype::f64},
    Scalar{"torch.FloatStorage", "torch.float32", TensorDtype::f32},
    Scalar{"torch.HalfStorage", "torch.float16", TensorDtype::f16},
    Scalar{"torch.BFloat16Storage", "torch.bfloat16", TensorDtype::bf16},
    Scalar{"torch.Float8_e4m3fnStorage", "torch.float8_e4m3fn", TensorDtype::f8_e4m3},
    Scalar{"torch.Float8_e5m2Storage", "torch.float8_e5m2", TensorDtype::f8_e5m2},
    Scalar{"torch.LongStorage", "torch.int64", TensorDtype::i64},
    Scalar{"torch.IntStorage", "torch.int32", TensorDtype::i32},
    Scalar{"torch.ShortStorage", "torch.int16", TensorDtype::i16},
    Scalar{"torch.CharStorage", "torch.int8", TensorDtype::i8},
    Scalar{"torch.ByteStorage", "torch.uint8", TensorDtype::u8},
    Scalar{"torch.BoolStorage", "torch.bool", TensorDtype::boolean},
    Scalar{"torch.storage.UntypedStorage", "", TensorDtype::u8},
};

/// What else may be named.
constexpr std::array<std::string_view, 6> functions{
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor_v3",
    "torch._utils._rebuild_parameter",
    "torch.Size",
    "torch.device",
};

} // namespace

const Scalar* scalar_of(std::string_view Scalar::*name, std::string_view value) {
    const auto found = std::ranges::find(scalars, value, name);
    return value.empty() || found == scalars.end() ? nullptr : &*found;
}

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
    throw Error(
        ErrorKind::user,
        what + " is not a sound PyTorch file: " + problem + ".",
        "Download or convert the file again."
    );
}

[[noreturn]] void refuse_name(const std::string& what, const std::string& name) {
    throw Error(
        ErrorKind::user,
        what + " holds more than tensors: it asks for '" + name + "', and nothing in such a file is run.",
        "Take the model's safetensors file, or save only its state_dict."
    );
}

void Machine::push_global(const std::string& module_name, const std::string& name) {
    const std::string full = module_name + "." + name;
    const bool known = std::ranges::find(functions, full) != functions.end() ||
                       scalar_of(&Scalar::module_name, full) != nullptr ||
                       scalar_of(&Scalar::dtype_name, full) != nullptr;
    if (!known) {
        refuse_name(what_, full);
    }
    push(Global{full});
}

bool Machine::step_of_plain_values(unsigned char code) {
    switch (code) {
    case 'N': // NONE
        push(Nothing{});
        return true;
    case 0x88: // NEWTRUE
    case 0x89: // NEWFALSE
        push(code == 0x88);
        return true;
    case 'J': // BININT
        push(std::int64_t{take<std::int32_t>()});
        return true;
    case 'K': // BININT1
        push(std::int64_t{take<std::uint8_t>()});
        return true;
    case 'M': // BININT2
        push(std::int64_t{take<std::uint16_t>()});
        return true;
    case 0x8A: { // LONG1
        const auto size = take<std::uint8_t>();
        if (size > sizeof(std::int64_t)) {
            damaged();
        }
        const auto bytes = take_bytes(size);
        const bool negative = size > 0 && (std::to_integer<unsigned>(bytes[size - 1]) & 0x80U) != 0;
        std::int64_t value = negative ? -1 : 0;
        std::memcpy(&value, bytes.data(), size);
        push(value);
        return true;
    }
    case 'G': { // BINFLOAT, big-endian
        take<std::uint64_t>();
        push(0.0); // nothing needs its value
        return true;
    }
    case 'X': // BINUNICODE
    case 'T': // BINSTRING
    case 'B': // BINBYTES
        push(take_text(take<std::uint32_t>()));
        return true;
    case 0x8C: // SHORT_BINUNICODE
    case 'U':  // SHORT_BINSTRING
    case 'C':  // SHORT_BINBYTES
        push(take_text(take<std::uint8_t>()));
        return true;
    default:
        return false;
    }
}

bool Machine::step_of_containers(unsigned char code) {
    switch (code) {
    case '(': // MARK
        push(Mark{});
        return true;
    case '}': // EMPTY_DICT
        push(Dictionary{});
        return true;
    case ']':  // EMPTY_LIST
    case ')':  // EMPTY_TUPLE
    case 0x8F: // EMPTY_SET
        push(Sequence{});
        return true;
    case 0x85: // TUPLE1 to TUPLE3
    case 0x86:
    case 0x87:
        push_sequence(code - 0x84U);
        return true;
    case 't': // TUPLE
    case 'l': // LIST
        push(Sequence{pop_to_mark()});
        return true;
    case 'd': { // DICT
        Dictionary dictionary;
        add_items(dictionary, pop_to_mark());
        push(std::move(dictionary));
        return true;
    }
    case 'a': { // APPEND
        const Ref item = pop();
        get<Sequence>(top()).items.push_back(item);
        return true;
    }
    case 'e':    // APPENDS
    case 0x90: { // ADDITEMS
        const std::vector<Ref> items = pop_to_mark();
        std::vector<Ref>& all = get<Sequence>(top()).items;
        all.insert(all.end(), items.begin(), items.end());
        return true;
    }
    case 's': { // SETITEM
        const Ref value = pop();
        const Ref key = pop();
        add_items(get<Dictionary>(top()), {key, value});
        return true;
    }
    case 'u': { // SETITEMS
        const std::vector<Ref> items = pop_to_mark();
        add_items(get<Dictionary>(top()), items);
        return true;
    }
    default:
        return false;
    }
}

bool Machine::step_of_memory(unsigned char code) {
    switch (code) {
    case 'q': // BINPUT
        remember(take<std::uint8_t>());
        return true;
    case 'r': // LONG_BINPUT
        remember(take<std::uint32_t>());
        return true;
    case 0x94: // MEMOIZE
        remember(memo_.size());
        return true;
    case 'h':   // BINGET
    case 'j': { // LONG_BINGET
        const auto found = memo_.find(code == 'h' ? take<std::uint8_t>() : take<std::uint32_t>());
        if (found == memo_.end()) {
            damaged();
        }
        stack_.push_back(found->second);
        return true;
    }
    case '0': // POP
        pop();
        return true;
    case '1': // POP_MARK
        pop_to_mark();
        return true;
    default:
        return false;
    }
}

/// False at the end.
bool Machine::step() {
    const auto code = take<unsigned char>();
    if (step_of_plain_values(code) || step_of_containers(code) || step_of_memory(code)) {
        return true;
    }
    switch (code) {
    case '.': // STOP
        return false;
    case 0x80: // PROTO
        if (take<std::uint8_t>() > 5) {
            damaged();
        }
        return true;
    case 0x95: // FRAME
        take<std::uint64_t>();
        return true;
    case 'c': { // GLOBAL
        const std::string module = take_line();
        push_global(module, take_line());
        return true;
    }
    case 0x93: { // STACK_GLOBAL
        const std::string name = get<std::string>(pop());
        push_global(get<std::string>(pop()), name);
        return true;
    }
    case 'Q': // BINPERSID
        push_storage();
        return true;
    case 'R': // REDUCE
        call();
        return true;
    case 'b': // BUILD: attributes, as the version numbers of a state_dict
        pop();
        top();
        return true;
    default:
        refuse(what_, "its pickle has the code " + std::to_string(code) + ", which no file of tensors needs");
    }
}

} // namespace rushes::pickle
