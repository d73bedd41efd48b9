#include "nn/weights/safetensors.h"

#include "base/error.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <ATen/ATen.h>

namespace rushes {

namespace {

class FileDescriptor {
public:
    explicit FileDescriptor(const std::filesystem::path& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

    ~FileDescriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;

    int get() const { return fd_; }

private:
    int fd_;
};

[[noreturn]] void cannot_read(const std::filesystem::path& path) {
    const std::string reason = std::generic_category().message(errno);
    throw Error(ErrorKind::user, quoted(path) + " cannot be read (" + reason + ").");
}

} // namespace

at::ScalarType scalar_type(TensorDtype dtype) {
    switch (dtype) {
    case TensorDtype::f64:
        return at::kDouble;
    case TensorDtype::f32:
        return at::kFloat;
    case TensorDtype::f16:
        return at::kHalf;
    case TensorDtype::bf16:
        return at::kBFloat16;
    case TensorDtype::f8_e4m3:
        return at::kFloat8_e4m3fn;
    case TensorDtype::f8_e5m2:
        return at::kFloat8_e5m2;
    case TensorDtype::i64:
        return at::kLong;
    case TensorDtype::i32:
        return at::kInt;
    case TensorDtype::i16:
        return at::kShort;
    case TensorDtype::i8:
        return at::kChar;
    case TensorDtype::u8:
        return at::kByte;
    case TensorDtype::boolean:
        return at::kBool;
    }
    throw Error(ErrorKind::bug, "a tensor type without a libtorch type");
}

MappedFile::MappedFile(const std::filesystem::path& path) {
    const FileDescriptor file(path);

    struct stat status {};

    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        cannot_read(path);
    }
    if (!S_ISREG(status.st_mode)) {
        throw Error(ErrorKind::user, quoted(path) + " is not a file.");
    }
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) {
        return; // nothing to map; whoever parses it says what is missing
    }
    void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (address == MAP_FAILED) {
        cannot_read(path);
    }
    data_ = {static_cast<const std::byte*>(address), [address, size = size_](const std::byte*) {
                 ::munmap(address, size);
             }};
}

void MappedFile::fetch(std::size_t offset, std::size_t count) const {
#ifdef MADV_POPULATE_READ
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t begin = offset / page * page;
    // For madvise the pointer is an address, nothing is written. A refusal (an old kernel) costs nothing:
    // the pages come when they are used.
    auto* const address = const_cast<std::byte*>(data_.get() + begin);
    ::madvise(address, std::min(offset + count, size_) - begin, MADV_POPULATE_READ);
#else
    static_cast<void>(offset);
    static_cast<void>(count);
#endif
}

at::Tensor tensor_view(const MappedFile& file, const TensorEntry& entry) {
    const at::TensorOptions options = at::TensorOptions(scalar_type(entry.dtype));
    if (entry.bytes == 0) {
        return at::empty(entry.shape, options);
    }
    const std::byte* bytes = file.data().get() + entry.offset;
    if (reinterpret_cast<std::uintptr_t>(bytes) % dtype_bytes(entry.dtype) != 0) {
        at::Tensor copy = at::empty(entry.shape, options);
        std::memcpy(copy.data_ptr(), bytes, entry.bytes);
        return copy;
    }
    // from_blob wants a pointer to changeable memory; nobody changes weights.
    return at::from_blob(
        const_cast<std::byte*>(bytes), entry.shape, [mapping = file.data()](void*) {}, options
    );
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : path_(path),
      file_(path),
      header_(parse_safetensors_header(file_.bytes(), file_.bytes().size(), quoted(path))) {}

const TensorEntry* SafetensorsFile::find(std::string_view name) const {
    const auto found = std::ranges::find(header_.tensors, name, &TensorEntry::name);
    return found == header_.tensors.end() ? nullptr : &*found;
}

bool SafetensorsFile::contains(std::string_view name) const {
    return find(name) != nullptr;
}

at::Tensor SafetensorsFile::tensor(std::string_view name) const {
    const TensorEntry* entry = find(name);
    if (entry == nullptr) {
        throw Error(ErrorKind::user, quoted(path_) + " holds no tensor '" + std::string(name) + "'.");
    }
    return tensor_view(file_, *entry);
}

} // namespace rushes
