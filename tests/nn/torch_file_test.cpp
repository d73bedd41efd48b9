#include "base/error.h"
#include "nn/weights/torch_file.h"
#include "support/message_of.h"
#include "support/zip_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace rushes {
namespace {

using test::ZipBytes;
using testing::AllOf;
using testing::HasSubstr;

WeightHeader parse(const std::string& file) {
    return parse_torch_file(std::as_bytes(std::span(file)), "'a.pt'");
}

std::string message_of(const std::string& file) {
    return test::message_of([&] { parse(file); });
}

std::string text(const std::string& value) {
    const auto size = static_cast<std::uint32_t>(value.size());
    return "X" + std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + value;
}

std::string number(std::int32_t value) {
    return "J" + std::string(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string global(const std::string& module_name, const std::string& name) {
    return "c" + module_name + "\n" + name + "\n";
}

std::string tuple(const std::string& items) {
    return "(" + items + "t";
}

/// A storage of fp32 numbers.
std::string storage(const std::string& key, std::int32_t count, const std::string& type = "FloatStorage") {
    return tuple(text("storage") + global("torch", type) + text(key) + text("cpu") + number(count)) + "Q";
}

/// A [rows, 2] tensor with these strides.
std::string tensor(
    const std::string& from,
    std::int32_t first,
    std::int32_t rows,
    std::int32_t stride,
    std::int32_t columns = 2
) {
    return global("torch._utils", "_rebuild_tensor_v2") +
           tuple(
               from + number(first) + tuple(number(rows) + number(columns)) +
               tuple(number(stride) + number(1)) + "\x89" + global("collections", "OrderedDict") + ")R"
           ) +
           "R";
}

/// {"w": value}
std::string dictionary(const std::string& value) {
    return "\x80\x02}(" + text("w") + value + "u.";
}

std::string archive(const std::string& pickle, std::size_t storage_bytes = 48) {
    return ZipBytes()
        .add("archive/data.pkl", pickle)
        .add("archive/byteorder", "little")
        .add("archive/data/0", std::string(storage_bytes, 'x'))
        .bytes();
}

TEST(TorchFile, FindsTensorsInTheirStorages) {
    const std::string file = archive(dictionary(tensor(storage("0", 12), 2, 3, 2)));
    const WeightHeader header = parse(file);
    ASSERT_EQ(header.tensors.size(), 1u);
    const TensorEntry& entry = header.tensors[0];
    EXPECT_EQ(entry.name, "w");
    EXPECT_EQ(entry.shape, (std::vector<std::int64_t>{3, 2}));
    EXPECT_EQ(entry.bytes, 24u);
    EXPECT_TRUE(entry.strides.empty());
    EXPECT_EQ(file.substr(entry.offset - 8, 8 + entry.bytes), std::string(32, 'x'));
}

TEST(TorchFile, AWindowIntoALargerMatrixKeepsItsStrides) {
    const WeightHeader header = parse(archive(dictionary(tensor(storage("0", 12), 1, 3, 4))));
    EXPECT_EQ(header.tensors[0].strides, (std::vector<std::int64_t>{4, 1}));
    EXPECT_EQ(header.tensors[0].bytes, 4u * 10); // 2 * 4 + 1 * 1 + 1 numbers
}

TEST(TorchFile, RunsNothing) {
    const auto refusal = [](const std::string& value) { return message_of(archive(dictionary(value))); };
    for (const auto& [module_name, name] : std::vector<std::pair<std::string, std::string>>{
             {"os", "system"},
             {"posix", "system"},
             {"builtins", "eval"},
             {"builtins", "getattr"},
             {"subprocess", "Popen"},
             {"torch", "load"},
             {"torch._utils", "_rebuild_tensor_v2.__globals__"},
             {"collections", "OrderedDict.fromkeys"},
             {"torch.hub", "load"},
             {"numpy.core.multiarray", "scalar"},
             {"argparse", "Namespace"}
         }) {
        EXPECT_THAT(
            refusal(global(module_name, name) + tuple(text("echo")) + "R"),
            AllOf(HasSubstr("'" + module_name + "." + name + "'"), HasSubstr("nothing in such a file is run"))
        );
        EXPECT_THAT(
            refusal(text(module_name) + text(name) + "\x93)R"),
            HasSubstr("'" + module_name + "." + name + "'")
        );
    }
    // A known name in a place where it would have to be called.
    EXPECT_THAT(
        refusal(global("torch", "FloatStorage") + tuple(number(9)) + "R"), HasSubstr("torch.FloatStorage")
    );
    // Other ways to make an object.
    for (const std::string code : {"i", "o", "\x81", "\x92", "\x82", "P", "I1\n", "V", "\x97"}) {
        EXPECT_THAT(refusal(global("collections", "OrderedDict") + ")" + code), HasSubstr("code")) << code;
    }
}

TEST(TorchFile, RefusesWhatIsDamaged) {
    const std::string sound = archive(dictionary(tensor(storage("0", 12), 0, 3, 2)));
    ASSERT_NO_THROW(parse(sound));
    for (std::size_t length = 0; length < sound.size(); ++length) {
        EXPECT_NE(message_of(sound.substr(0, length)), "no error") << length;
    }
    const auto refusal = [](const std::string& value) { return message_of(archive(dictionary(value))); };
    EXPECT_THAT(refusal(tensor(storage("0", 12), 11, 3, 2)), HasSubstr("'w' is larger than its storage"));
    EXPECT_THAT(refusal(tensor(storage("0", 12), 0, 3, 2000)), HasSubstr("larger than its storage"));
    EXPECT_THAT(refusal(tensor(storage("0", 12), 0, 1 << 30, 0)), HasSubstr("larger than its storage"));
    EXPECT_THAT(
        refusal(tensor(storage("0", 12), 0, 1 << 30, 1 << 30, 1 << 30)), HasSubstr("larger than its storage")
    );
    EXPECT_THAT(refusal(tensor(storage("0", 12), -1, 3, 2)), HasSubstr("damaged"));
    EXPECT_THAT(refusal(tensor(storage("0", 12), 0, -3, 2)), HasSubstr("damaged"));
    EXPECT_THAT(refusal(tensor(storage("7", 12), 0, 3, 2)), HasSubstr("a storage that is not there"));
    EXPECT_THAT(
        refusal(tensor(storage("../../etc/passwd", 12), 0, 3, 2)), HasSubstr("a storage that is not there")
    );
    EXPECT_THAT(refusal(tensor(storage("0", 12, "load"), 0, 3, 2)), HasSubstr("'torch.load'"));
    EXPECT_THAT(message_of("PK"), HasSubstr("no end"));
    EXPECT_THAT(message_of(ZipBytes().add("a/b", "").bytes()), HasSubstr("no pickled tensors"));
    EXPECT_THAT(
        message_of(ZipBytes().add("archive/data.pkl", dictionary("N"), 8).bytes()), HasSubstr("compressed")
    );
    EXPECT_THAT(
        message_of(ZipBytes().add("a/data.pkl", dictionary("N")).add("a/data.pkl", "").bytes()),
        HasSubstr("twice")
    );
    EXPECT_THAT(
        message_of(ZipBytes().add("a/data.pkl", dictionary("N")).add("a/byteorder", "big").bytes()),
        HasSubstr("little-endian")
    );
}

TEST(TorchFile, DoesNotGrowWithoutBounds) {
    // A list of ten times the list before, twenty times over.
    std::string lists = "]q\x01" + number(1) + "a0";
    for (int i = 0; i < 20; ++i) {
        lists += "](";
        for (int k = 0; k < 10; ++k) {
            lists += "h\x01";
        }
        lists += "eq\x01"
                 "0";
    }
    lists += "h\x01";
    EXPECT_THAT(message_of(archive(dictionary(lists))), HasSubstr("without bounds"));
    // A list in itself.
    EXPECT_THAT(
        message_of(archive(dictionary("]q\x02h\x02"
                                      "a"))),
        HasSubstr("without bounds")
    );
    EXPECT_THAT(message_of(archive(std::string(2'000'000, ')'))), HasSubstr("without bounds"));
    EXPECT_THAT(message_of(archive(")" + std::string(2'000'000, '\x94'))), HasSubstr("without bounds"));
}

} // namespace
} // namespace rushes
