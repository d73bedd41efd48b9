#include "library/clip_look.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace rushes {

namespace {

/// Values in rows.
struct Grid {
    int width = 0;
    int height = 0;
    std::vector<float> values;

    float& at(int x, int y) { return values[static_cast<std::size_t>(y * width + x)]; }

    float at(int x, int y) const { return values[static_cast<std::size_t>(y * width + x)]; }
};

Grid grid_of(std::span<const std::uint8_t> values, int side) {
    return {side, side, {values.begin(), values.end()}};
}

Grid transposed(const Grid& grid) {
    Grid result{grid.height, grid.width, std::vector<float>(grid.values.size())};
    for (int y = 0; y < grid.height; ++y) {
        for (int x = 0; x < grid.width; ++x) {
            result.at(y, x) = grid.at(x, y);
        }
    }
    return result;
}

/// Means over `columns` equal parts of [left, left + width) of each row.
Grid columns_of(const Grid& grid, double left, double width, int columns) {
    Grid result{columns, grid.height, std::vector<float>(static_cast<std::size_t>(columns * grid.height))};
    const double share = width / columns;
    for (int column = 0; column < columns; ++column) {
        const double begin = left + column * share;
        const double end = begin + share;
        const int last = std::min(grid.width - 1, static_cast<int>(std::ceil(end)) - 1);
        for (int x = static_cast<int>(begin); x <= last; ++x) {
            const double covered = std::min<double>(x + 1, end) - std::max<double>(x, begin);
            for (int y = 0; y < grid.height; ++y) {
                result.at(column, y) += grid.at(x, y) * static_cast<float>(covered / share);
            }
        }
    }
    return result;
}

/// Twice as many columns, each a quarter of the way to its neighbour: blocks that are cut across are none of
/// one colour.
Grid smoothed_columns(const Grid& grid) {
    Grid result{2 * grid.width, grid.height, std::vector<float>(2 * grid.values.size())};
    for (int y = 0; y < grid.height; ++y) {
        for (int x = 0; x < grid.width; ++x) {
            const float here = grid.at(x, y);
            const float left = grid.at(std::max(0, x - 1), y);
            const float right = grid.at(std::min(grid.width - 1, x + 1), y);
            result.at(2 * x, y) = here + (left - right) / 8;
            result.at(2 * x + 1, y) = here + (right - left) / 8;
        }
    }
    return result;
}

/// The middle of the picture, `share` of each side, in `side` rows and columns.
Grid middle_of(const Grid& grid, double share, int side) {
    const auto cut = [&](const Grid& from) {
        return columns_of(from, from.width * (1 - share) / 2, from.width * share, side);
    };
    return transposed(cut(transposed(cut(grid))));
}

Grid shrunk(const Grid& grid, int side) {
    return middle_of(grid, 1, side);
}

template <std::size_t count>
void round_into(std::array<std::uint8_t, count>& bytes, const Grid& grid) {
    std::ranges::transform(grid.values, bytes.begin(), [](float value) {
        return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F)));
    });
}

/// Root mean square: an object elsewhere counts for more than an encoder's errors everywhere.
double rms_difference(const Grid& a, const Grid& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        sum += (a.values[i] - b.values[i]) * (a.values[i] - b.values[i]);
    }
    return std::sqrt(sum / static_cast<double>(a.values.size()));
}

/// A picture's three planes, turned so that what is cut off lies left and right.
struct Planes {
    std::array<Grid, 3> grids;

    Planes(const LookPicture& picture, bool turn) {
        grids = {
            grid_of(picture.light, LookPicture::light_side),
            grid_of(picture.blue, LookPicture::colour_side),
            grid_of(picture.red, LookPicture::colour_side)
        };
        if (turn) {
            std::ranges::transform(grids, grids.begin(), transposed);
        }
    }

    /// A part of the width, 0..1, in as many columns as the blocks of that part.
    std::array<Grid, 3> part(double left, double share, double columns_share) const {
        std::array<Grid, 3> parts;
        for (std::size_t i = 0; i < grids.size(); ++i) {
            const int width = grids[i].width;
            const int columns = std::max(1, static_cast<int>(std::lround(width * columns_share)));
            parts[i] = columns_of(grids[i], left * width, share * width, columns);
        }
        return parts;
    }
};

double difference_of(const std::array<Grid, 3>& a, const std::array<Grid, 3>& b) {
    // Colours have half the range of light in most pictures.
    return rms_difference(a[0], b[0]) + (rms_difference(a[1], b[1]) + rms_difference(a[2], b[2])) / 2;
}

/// Each moment that is seen beside one of the clip, in their order: a platform may have cut the clip's ends
/// off too.
class Comparison {
public:
    Comparison(const ClipLook& whole, const ClipLook& seen, double share, bool turn) : share_(share) {
        for (int i = 0; i < ClipLook::moments; ++i) {
            whole_.emplace_back(whole.pictures[static_cast<std::size_t>(i)], turn);
            seen_.push_back(Planes(seen.pictures[static_cast<std::size_t>(i)], turn).part(0, 1, share));
        }
    }

    /// With so much of the width cut off on the left, 0..1.
    double at(double left) const {
        // cheapest[j]: the moments up to now, the last of them beside one of the clip's up to j.
        std::array<double, ClipLook::moments> cheapest{};
        std::vector<std::array<Grid, 3>> parts;
        for (const Planes& picture : whole_) {
            parts.push_back(picture.part(left, share_, share_));
        }
        for (const auto& seen : seen_) {
            double best = std::numeric_limits<double>::max();
            for (std::size_t j = 0; j < parts.size(); ++j) {
                best = std::min(best, cheapest[j] + difference_of(parts[j], seen));
                cheapest[j] = best;
            }
        }
        return cheapest.back() / ClipLook::moments;
    }

    /// Of `count` places around `middle`, `step` apart, the best: its difference and its place.
    std::pair<double, double> best(double middle, double step, int count) const {
        std::pair<double, double> best{std::numeric_limits<double>::max(), middle};
        for (int i = 0; i < count; ++i) {
            const double left = std::clamp(middle + (i - (count - 1) / 2.0) * step, 0.0, 1 - share_);
            best = std::min(best, std::pair(at(left), left));
        }
        return best;
    }

private:
    double share_; ///< of the width that is seen
    std::vector<Planes> whole_;
    std::vector<std::array<Grid, 3>> seen_;
};

} // namespace

LookPicture look_of(const Frame& frame) {
    Grid light{frame.width, frame.height, std::vector<float>(frame.rgb.size() / 3)};
    Grid blue = light;
    Grid red = light;
    for (std::size_t i = 0; i < light.values.size(); ++i) {
        const float r = frame.rgb[3 * i];
        const float g = frame.rgb[3 * i + 1];
        const float b = frame.rgb[3 * i + 2];
        const float y = 0.2126F * r + 0.7152F * g + 0.0722F * b; // ITU-R BT.709, 3.2 and 3.3
        light.values[i] = y;
        blue.values[i] = (b - y) / 1.8556F + 128;
        red.values[i] = (r - y) / 1.5748F + 128;
    }
    LookPicture picture;
    round_into(picture.light, shrunk(light, LookPicture::light_side));
    round_into(picture.blue, shrunk(blue, LookPicture::colour_side));
    round_into(picture.red, shrunk(red, LookPicture::colour_side));
    return picture;
}

std::optional<ClipLook>
look_of_clip(std::int64_t frames, const std::function<FramePtr(std::int64_t index)>& at) {
    ClipLook look;
    for (int i = 0; i < ClipLook::moments; ++i) {
        const FramePtr frame = at(frames * (i + 1) / (ClipLook::moments + 1));
        if (frame == nullptr || frame->rgb.empty()) {
            return std::nullopt;
        }
        look.width = frame->width;
        look.height = frame->height;
        look.pictures[static_cast<std::size_t>(i)] = look_of(*frame);
    }
    return look;
}

std::string to_bytes(const ClipLook& look) {
    std::string bytes;
    for (const int size : {look.width, look.height}) {
        for (int shift = 0; shift < 32; shift += 8) {
            bytes += static_cast<char>(static_cast<std::uint32_t>(size) >> shift & 0xFFU);
        }
    }
    for (const LookPicture& picture : look.pictures) {
        bytes.append(picture.light.begin(), picture.light.end());
        bytes.append(picture.blue.begin(), picture.blue.end());
        bytes.append(picture.red.begin(), picture.red.end());
    }
    return bytes;
}

std::optional<ClipLook> look_from_bytes(std::string_view bytes) {
    static const std::size_t length = to_bytes({}).size();
    if (bytes.size() != length) {
        return std::nullopt;
    }
    const auto take = [&bytes](void* into, std::size_t count) {
        std::memcpy(into, bytes.data(), count);
        bytes.remove_prefix(count);
    };
    ClipLook look;
    for (int* const size : {&look.width, &look.height}) {
        std::array<std::uint8_t, 4> digits{};
        take(digits.data(), digits.size());
        *size = static_cast<int>(
            digits[0] | digits[1] << 8 | digits[2] << 16 | static_cast<std::uint32_t>(digits[3]) << 24
        );
    }
    for (LookPicture& picture : look.pictures) {
        take(picture.light.data(), picture.light.size());
        take(picture.blue.data(), picture.blue.size());
        take(picture.red.data(), picture.red.size());
    }
    return look.width > 0 && look.height > 0 ? std::optional(look) : std::nullopt;
}

namespace {

constexpr double never_the_same = 4 * most_difference_of_same; // whatever half a block makes of it

/// As if all four edges were cut off.
ClipLook middle_of(const ClipLook& whole, double share) {
    ClipLook middle = whole;
    const auto cut = [&](auto& values, int side) {
        const Grid fine = smoothed_columns(transposed(smoothed_columns(grid_of(values, side))));
        round_into(values, middle_of(transposed(fine), share, side));
    };
    for (LookPicture& picture : middle.pictures) {
        cut(picture.light, LookPicture::light_side);
        cut(picture.blue, LookPicture::colour_side);
        cut(picture.red, LookPicture::colour_side);
    }
    return middle;
}

/// With nothing cut off, or what lies left and right or above and below.
double difference_of_sides(const ClipLook& whole, const ClipLook& seen) {
    constexpr double same_aspect = 0.98;
    constexpr double least_share = 0.25; // of less there is too little to tell clips apart
    const double ratio = static_cast<double>(seen.width) * whole.height / seen.height / whole.width;
    const double share = std::min(ratio, 1 / ratio);
    if (share < least_share) {
        return std::numeric_limits<double>::max();
    }
    if (share > same_aspect) {
        return Comparison(whole, seen, 1, false).at(0);
    }
    const Comparison comparison(whole, seen, share, ratio > 1);
    constexpr double block = 1.0 / LookPicture::light_side;
    const double room = 1 - share;
    const auto rough = comparison.best(room / 2, block, static_cast<int>(std::ceil(room / block)) + 1);
    return rough.first > never_the_same ? rough.first : comparison.best(rough.second, block / 4, 7).first;
}

} // namespace

double difference(const ClipLook& whole, const ClipLook& seen) {
    double best = difference_of_sides(whole, seen);
    if (best < most_difference_of_same || best > never_the_same) {
        return best;
    }
    for (const double share : {0.96, 0.92, 0.88, 0.84}) {
        best = std::min(best, difference_of_sides(middle_of(whole, share), seen));
    }
    return best;
}

} // namespace rushes
