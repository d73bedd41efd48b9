#include "nn/weights/safetensors_writer.h"

#include "base/error.h"

#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace rushes {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t header_alignment = 8; ///< so that the first tensor is aligned in memory

std::string header_of(
    const std::vector<TensorShape>& tensors,
    const std::map<std::string, std::string>& metadata,
    const fs::path& target
) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) {
        header["__metadata__"] = metadata;
    }
    std::uint64_t offset = 0;
    for (const TensorShape& tensor : tensors) {
        if (is_block_format(tensor.dtype)) {
            throw Error(
                ErrorKind::user,
                quoted(target) + " cannot hold '" + tensor.name + "': safetensors has no type for " +
                    std::string(dtype_name(tensor.dtype)) + ".",
                "GGUF files are read as they are."
            );
        }
        header[tensor.name] = {
            {"dtype", dtype_name(tensor.dtype)},
            {"shape", tensor.shape},
            {"data_offsets", {offset, offset + tensor.bytes()}},
        };
        offset += tensor.bytes();
    }
    std::string text = header.dump();
    text.append((header_alignment - text.size() % header_alignment) % header_alignment, ' ');
    std::string length;
    for (int i = 0; i < 8; ++i) {
        length += static_cast<char>(static_cast<std::uint8_t>(std::uint64_t{text.size()} >> (8 * i)));
    }
    return length + text;
}

std::string numbered(std::size_t number) {
    std::ostringstream text;
    text << std::setfill('0') << std::setw(5) << number;
    return text.str();
}

} // namespace

SafetensorsWriter::SafetensorsWriter(
    const fs::path& target,
    const std::vector<TensorShape>& tensors,
    const std::map<std::string, std::string>& metadata
)
    : target_(target), part_(target) {
    part_ += ".part" + std::to_string(::getpid());
    const std::string header = header_of(tensors, metadata, target);
    std::error_code error;
    if (fs::exists(target_, error)) {
        throw Error(ErrorKind::user, quoted(target) + " exists already, and nothing is overwritten.");
    }
    for (const TensorShape& tensor : tensors) {
        missing_ += tensor.bytes();
    }
    file_.open(part_, std::ios::binary | std::ios::trunc);
    file_.write(header.data(), static_cast<std::streamsize>(header.size()));
    check();
}

SafetensorsWriter::~SafetensorsWriter() {
    if (!finished_) {
        file_.close();
        std::error_code error;
        fs::remove(part_, error);
    }
}

void SafetensorsWriter::check() {
    if (!file_) {
        throw Error(
            ErrorKind::resource,
            quoted(target_) + " cannot be written.",
            "Look whether the folder exists and the disk has room."
        );
    }
}

void SafetensorsWriter::write(std::span<const std::byte> bytes) {
    if (bytes.size() > missing_) {
        throw Error(ErrorKind::bug, "More bytes than the tensors of " + quoted(target_) + " have.");
    }
    file_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    check();
    missing_ -= bytes.size();
}

void SafetensorsWriter::finish() {
    if (missing_ != 0) {
        throw Error(ErrorKind::bug, quoted(target_) + " lacks " + std::to_string(missing_) + " bytes.");
    }
    file_.close();
    check();
    // Fails where another program made the target meanwhile; a rename would overwrite it.
    std::error_code error;
    fs::create_hard_link(part_, target_, error);
    if (error) {
        if (fs::exists(target_)) {
            throw Error(ErrorKind::user, quoted(target_) + " exists already, and nothing is overwritten.");
        }
        fs::rename(part_, target_, error); // a file system without links
    } else {
        fs::remove(part_, error);
    }
    if (error) {
        throw Error(ErrorKind::resource, quoted(target_) + " cannot be written (" + error.message() + ").");
    }
    finished_ = true;
}

ShardPlan
plan_shards(const std::vector<TensorShape>& tensors, const std::string& stem, std::uint64_t shard_bytes) {
    ShardPlan plan;
    std::uint64_t bytes = 0;
    std::uint64_t total = 0;
    for (const TensorShape& tensor : tensors) {
        if (plan.shards.empty() || (bytes > 0 && bytes + tensor.bytes() > shard_bytes)) {
            plan.shards.emplace_back();
            bytes = 0;
        }
        plan.shards.back().tensors.push_back(tensor);
        bytes += tensor.bytes();
        total += tensor.bytes();
    }
    if (plan.shards.size() <= 1) {
        for (ShardPlan::Shard& shard : plan.shards) {
            shard.file = stem + ".safetensors";
        }
        return plan;
    }
    nlohmann::ordered_json index{
        {"metadata", {{"total_size", total}}}, {"weight_map", nlohmann::ordered_json::object()}
    };
    for (std::size_t i = 0; i < plan.shards.size(); ++i) {
        ShardPlan::Shard& shard = plan.shards[i];
        shard.file = stem + "-" + numbered(i + 1) + "-of-" + numbered(plan.shards.size()) + ".safetensors";
        for (const TensorShape& tensor : shard.tensors) {
            index["weight_map"][tensor.name] = shard.file;
        }
    }
    plan.index = index.dump(2) + "\n";
    return plan;
}

} // namespace rushes
