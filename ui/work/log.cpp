#include "work/log.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <regex>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <QLoggingCategory>

namespace rushes::ui {

namespace {

constexpr const char* logger_name = "rushes";
constexpr const char* file_name = "rushes.log";
constexpr std::size_t bytes_a_file = std::size_t{1} << 20;
constexpr std::size_t old_files = 2;
constexpr std::size_t block = 512; ///< of a tar archive
const std::string prompt_mark = "prompt: ";

/// Without prompts and paths.
std::string careful(const std::string& text) {
    const std::string prompts =
        std::regex_replace(text, std::regex(prompt_mark + "[^\n]*"), prompt_mark + "<left out>");
    return std::regex_replace(prompts, std::regex("/\\S+"), "<path>");
}

void takeMessage(QtMsgType type, const QMessageLogContext&, const QString& text) {
    if (const auto logger = spdlog::get(logger_name)) {
        logger->log(
            type == QtDebugMsg || type == QtInfoMsg ? spdlog::level::info : spdlog::level::warn,
            text.toStdString()
        );
    }
    std::fprintf(stderr, "%s\n", text.toLocal8Bit().constData());
}

/// A number in octal, as the headers of POSIX ustar have it.
void putOctal(std::array<char, block>& header, std::size_t at, int digits, std::uint64_t value) {
    std::snprintf(
        header.data() + at,
        static_cast<std::size_t>(digits) + 1,
        "%0*llo",
        digits,
        static_cast<unsigned long long>(value)
    );
}

/// One file of a POSIX.1-1988 ustar archive.
std::string tarEntry(const std::string& name, const std::string& content) {
    std::array<char, block> header{};
    name.copy(header.data(), 99);
    putOctal(header, 100, 7, 0644);
    putOctal(header, 108, 7, 0);
    putOctal(header, 116, 7, 0);
    putOctal(header, 124, 11, content.size());
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    putOctal(header, 136, 11, static_cast<std::uint64_t>(now));
    std::string("        ").copy(header.data() + 148, 8); // counts as blanks in its own sum
    header[156] = '0';
    std::string("ustar\00000", 8).copy(header.data() + 257, 8);
    std::uint64_t sum = 0;
    for (const char c : header) {
        sum += static_cast<unsigned char>(c);
    }
    putOctal(header, 148, 6, sum);
    std::string entry(header.data(), block);
    entry += content;
    entry.append((block - content.size() % block) % block, '\0');
    return entry;
}

} // namespace

void startLog(const std::filesystem::path& folder) {
    try {
        std::filesystem::create_directories(folder);
        const auto logger =
            spdlog::rotating_logger_mt(logger_name, (folder / file_name).string(), bytes_a_file, old_files);
        logger->flush_on(spdlog::level::info); // a kill must not take the lines that matter; they are few
        qInstallMessageHandler(takeMessage);
    } catch (const std::exception&) {
        // Without a log the program works all the same.
    }
}

void logLine(const std::string& text) {
    if (const auto logger = spdlog::get(logger_name)) {
        logger->info(text);
    }
}

void logPrompt(const std::string& prompt) {
    std::string one_line = prompt;
    std::ranges::replace(one_line, '\n', ' ');
    logLine(prompt_mark + one_line);
}

void flushLog() {
    if (const auto logger = spdlog::get(logger_name)) {
        logger->flush();
    }
}

std::filesystem::path writeDiagnostics(
    const std::filesystem::path& log_folder,
    const std::filesystem::path& target,
    const std::string& facts,
    Private what
) {
    flushLog();
    std::string archive = tarEntry("facts.txt", facts);
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(log_folder, none)) {
        if (entry.path().extension() == ".log" || entry.path().extension() == ".txt") {
            const std::string text = read_file(entry.path());
            archive +=
                tarEntry(entry.path().filename().string(), what == Private::included ? text : careful(text));
        }
    }
    archive.append(2 * block, '\0'); // the end of a tar archive
    const std::filesystem::path file = unused_name(target);
    write_file(file, archive);
    return file;
}

} // namespace rushes::ui
