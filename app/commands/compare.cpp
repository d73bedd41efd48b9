// rushes compare A B
#include "commands/interrupt.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "media/compare_clips.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

std::string in_words(const Flicker& flicker) {
    return fixed(flicker.mean, 2) + " levels, over the " + fixed(flicker.static_share * 100, 0) +
           " % of the picture that stand still";
}

std::string table(const ClipComparison& result, const ClipFacts& first, const ClipFacts& second) {
    const std::string compared = first.frames == second.frames
                                     ? std::to_string(result.frames)
                                     : "the first " + std::to_string(result.frames) + " of " +
                                           std::to_string(first.frames) + " and " +
                                           std::to_string(second.frames);
    const std::string size = result.scaled ? "size       " + std::to_string(result.width) + "x" +
                                                 std::to_string(result.height) + ", the smaller of the two\n"
                                           : "";
    const std::string noise = std::isinf(result.psnr) ? "equal" : fixed(result.psnr, 2) + " dB";
    return "frames     " + compared + "\n" + size + "PSNR       " + noise + "\n" + "SSIM       " +
           fixed(result.ssim, 4) + ", least " + fixed(result.least_ssim, 4) + " in frame " +
           std::to_string(result.least_frame) + "\n" + "largest    " +
           std::to_string(result.largest_difference) + " of 255 levels\n" + "flicker A  " +
           in_words(result.first) + "\n" + "flicker B  " + in_words(result.second) + "\n";
}

Json json_of(const Flicker& flicker) {
    return {{"levels", flicker.mean}, {"static_share", flicker.static_share}};
}

Json json_of(const ClipComparison& result) {
    return {
        {"frames", result.frames},
        {"size", {result.width, result.height}},
        {"psnr", std::isinf(result.psnr) ? Json() : Json(result.psnr)},
        {"ssim", result.ssim},
        {"least_ssim", result.least_ssim},
        {"least_ssim_frame", result.least_frame},
        {"largest_difference", result.largest_difference},
        {"flicker", {json_of(result.first), json_of(result.second)}},
    };
}

} // namespace

int run_compare(const CompareCommand& command) {
    InterruptWatch interrupt;
    ClipReader first(command.first);
    ClipReader second(command.second);
    const ClipComparison result = compare_clips(first, second, {}, interrupt.token());
    print(command.json ? json_of(result).dump(2) + "\n" : table(result, first.facts(), second.facts()));
    return exit_ok;
}

} // namespace rushes
