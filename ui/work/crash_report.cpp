#include "work/crash_report.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <ctime>
#include <exception>
#include <execinfo.h>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace rushes::ui {

namespace {

constexpr std::array fatal{SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
constexpr const char* prefix = "crash-";
constexpr int most_calls = 64;
constexpr std::size_t alternate_stack = 64 << 10; ///< the own one may be what overflowed

/// Everything a handler needs, made beforehand: within a signal nothing may be allocated (signal-safety(7)).
struct Prepared {
    std::array<char, 4096> path{}; ///< up to where the time goes
    std::size_t path_length = 0;
    std::array<char, 1024> header{};
    std::array<char, alternate_stack> stack{};
    std::array<char, 1024> exception{}; ///< what it said
};

Prepared& prepared() {
    static Prepared one; // signal handlers have no other place to look
    return one;
}

void put(int file, const char* text) {
    [[maybe_unused]] const auto written = ::write(file, text, std::strlen(text));
}

const char* nameOf(int signal) {
    switch (signal) {
    case SIGSEGV:
        return "SIGSEGV (memory that is not there)";
    case SIGABRT:
        return "SIGABRT (gave up)";
    case SIGBUS:
        return "SIGBUS (a mapped file became shorter)";
    case SIGFPE:
        return "SIGFPE (arithmetic)";
    default:
        return "SIGILL (an instruction that this processor does not have)";
    }
}

void appendNumber(char* text, std::uint64_t number) {
    std::array<char, 24> digits{};
    std::size_t count = 0;
    do {
        digits[count++] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *text++ = digits[--count];
    }
    std::strcpy(text, ".txt");
}

void onSignal(int signal) {
    Prepared& ready = prepared();
    appendNumber(ready.path.data() + ready.path_length, static_cast<std::uint64_t>(std::time(nullptr)));
    const int file = ::open(ready.path.data(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        put(file, ready.header.data());
        put(file, "\nended by ");
        put(file, nameOf(signal));
        put(file, "\n");
        put(file, ready.exception.data());
        std::array<void*, most_calls> calls{};
        ::backtrace_symbols_fd(calls.data(), ::backtrace(calls.data(), most_calls), file);
        ::close(file);
    }
    ::raise(signal); // SA_RESETHAND: as if nobody had looked
}

void onTerminate() {
    const std::exception_ptr thrown = std::current_exception();
    try {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    } catch (const std::exception& error) {
        std::strncpy(prepared().exception.data(), error.what(), prepared().exception.size() - 2);
        std::strcat(prepared().exception.data(), "\n");
    } catch (...) {
        // Of a type that says nothing.
    }
    std::abort();
}

} // namespace

void reportCrashes(const std::filesystem::path& folder, const std::string& header) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    Prepared& ready = prepared();
    const std::string path = (folder / prefix).string();
    if (failed || path.size() + 32 > ready.path.size()) {
        return;
    }
    std::ranges::copy(path, ready.path.begin());
    ready.path_length = path.size();
    ready.header.fill('\0');
    header.copy(ready.header.data(), ready.header.size() - 1);
    std::array<void*, 1> first{};
    ::backtrace(first.data(), 1); // loads its library now, not within a signal
    stack_t stack{};
    stack.ss_sp = ready.stack.data();
    stack.ss_size = ready.stack.size();
    ::sigaltstack(&stack, nullptr);

    struct sigaction action {};

    action.sa_handler = onSignal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
    for (const int signal : fatal) {
        ::sigaction(signal, &action, nullptr);
    }
    std::set_terminate(onTerminate);
}

std::vector<std::filesystem::path> crashReports(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> reports;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        if (entry.path().filename().string().starts_with(prefix)) {
            reports.push_back(entry.path());
        }
    }
    std::ranges::sort(reports);
    return reports;
}

} // namespace rushes::ui
