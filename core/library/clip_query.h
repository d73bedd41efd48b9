// Which clips of the library are meant, and in which order.
#pragma once

#include <cstdint>
#include <string>

namespace rushes {

struct ClipQuery {
    enum class Shape { any, wide, tall, square };
    enum class Order { newest, oldest, best_rated };

    std::string words{}; ///< each must occur in the prompt or in a tag, in any case; parts of words count
    bool favourites = false;
    int least_rating = 0;        ///< stars
    std::string tag{};           ///< empty: any
    std::int64_t collection = 0; ///< its number; 0: any or none
    std::string model{};         ///< its id; empty: any
    Shape shape = Shape::any;
    std::int64_t since_unix_ms = 0;
    Order order = Order::newest; ///< by the time of being added, whatever the clock said

    bool operator==(const ClipQuery&) const = default;
};

} // namespace rushes
