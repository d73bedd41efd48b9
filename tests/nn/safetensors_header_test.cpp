#include "base/error.h"
#include "nn/weights/safetensors_header.h"
#include "support/safetensors_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>
#include <string>

namespace rushes {
namespace {

using test::safetensors_bytes;

WeightHeader parse(const std::string& file) {
    return parse_safetensors_header(std::as_bytes(std::span(file)), file.size(), "'x.safetensors'");
}

TEST(SafetensorsHeader, DescribesTheTensorsInTheOrderOfTheirBytes) {
    const std::string header =
        R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[2,3],"data_offsets":[4,16]},"a":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}   )";
    const WeightHeader parsed = parse(safetensors_bytes(header, std::string(16, 'x')));
    ASSERT_EQ(parsed.tensors.size(), 2u);
    EXPECT_EQ(parsed.tensors[0].name, "a");
    EXPECT_EQ(parsed.tensors[0].offset, 8 + header.size());
    EXPECT_EQ(parsed.tensors[1].name, "b");
    EXPECT_EQ(parsed.tensors[1].dtype, TensorDtype::f16);
    EXPECT_EQ(parsed.tensors[1].shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(parsed.tensors[1].bytes, 12u);
    EXPECT_EQ(parsed.metadata.at("format"), "pt");
}

struct Hostile {
    std::string name;
    std::string file;
    std::string sentence; ///< part of what is said
};

class HostileHeader : public testing::TestWithParam<Hostile> {};

TEST_P(HostileHeader, GetsOneSentence) {
    try {
        parse(GetParam().file);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        EXPECT_THAT(
            error.what(),
            testing::AllOf(
                testing::HasSubstr("'x.safetensors'"),
                testing::HasSubstr(GetParam().sentence),
                testing::EndsWith(".")
            )
        );
    }
}

std::string tensor(const std::string& description, const std::string& data = "1234") {
    return safetensors_bytes(R"({"t":)" + description + "}", data);
}

std::string deep() {
    std::string nested;
    for (int i = 0; i < 10'000; ++i) {
        nested += "{\"a\":";
    }
    return safetensors_bytes(nested, "");
}

INSTANTIATE_TEST_SUITE_P(
    Files,
    HostileHeader,
    testing::Values(
        Hostile{"Empty", "", "0 bytes"},
        Hostile{"TooShort", "\x01\x02", "2 bytes"},
        Hostile{
            "HugeLength",
            std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F") + "{}",
            "more than the format's limit"
        },
        Hostile{"LengthBeyondTheFile", std::string("\x10\0\0\0\0\0\0\0", 8) + "{}", "truncated"},
        Hostile{"NotJson", safetensors_bytes("{nonsense", ""), "not valid JSON"},
        Hostile{"NotAnObject", safetensors_bytes("[1]", ""), "does not start with '{'"},
        Hostile{"NotUtf8", safetensors_bytes("{\"\xFF\xFE\":1}", ""), "not valid JSON"},
        Hostile{"Deep", deep(), "nested deeper"},
        Hostile{"EntryIsNoObject", tensor("3"), "not described"},
        Hostile{"NoDtype", tensor(R"({"shape":[1],"data_offsets":[0,4]})"), "'dtype'"},
        Hostile{
            "UnknownDtype", tensor(R"({"dtype":"F4","shape":[1],"data_offsets":[0,4]})"), "unknown type 'F4'"
        },
        Hostile{"NoShape", tensor(R"({"dtype":"F32","data_offsets":[0,4]})"), "'shape'"},
        Hostile{
            "NegativeShape", tensor(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"), "whole number"
        },
        Hostile{
            "FractionalShape", tensor(R"({"dtype":"F32","shape":[1.5],"data_offsets":[0,4]})"), "whole number"
        },
        Hostile{
            "ShapeOverflows",
            tensor(R"({"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]})"),
            "contradict"
        },
        Hostile{
            "ShapeWrapsToTheSize",
            tensor(R"({"dtype":"F32","shape":[9223372036854775807,2,1],"data_offsets":[0,4]})"),
            "contradict"
        },
        Hostile{
            "DimensionBeyondInt64",
            tensor(R"({"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]})"),
            "dimension"
        },
        Hostile{
            "ManyDimensions",
            tensor(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]})"),
            "17 dimensions"
        },
        Hostile{
            "ShapeContradictsTheBytes",
            tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})"),
            "contradict"
        },
        Hostile{"OneOffset", tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[0]})"), "'data_offsets'"},
        Hostile{"OffsetsSwapped", tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})"), "4 to 0"},
        Hostile{"DataTruncated", tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"), "truncated"},
        Hostile{
            "OffsetOverflows",
            tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,18446744073709551615]})"
            ),
            "truncated"
        },
        Hostile{
            "HoleAtTheStart",
            tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})", "12345678"),
            "hole"
        },
        Hostile{
            "BytesLeftOver",
            tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})", "12345678"),
            "belong to no tensor"
        },
        Hostile{"NoTensorsButData", safetensors_bytes("{}", "1234"), "belong to no tensor"},
        Hostile{
            "Overlap",
            safetensors_bytes(
                R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                "12345678"
            ),
            "overlaps"
        },
        Hostile{
            "DuplicateName",
            safetensors_bytes(
                R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                "12"
            ),
            "'a' twice"
        },
        Hostile{
            "DuplicateDtype",
            tensor(R"({"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]})"),
            "'dtype' twice"
        },
        Hostile{"MetadataIsNoMap", safetensors_bytes(R"({"__metadata__":{"a":1}})", ""), "__metadata__"}
    ),
    [](const auto& test_info) { return test_info.param.name; }
);

} // namespace
} // namespace rushes
