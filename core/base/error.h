// The two things that leave a function early: an Error (something failed) and Stopped (somebody asked to
// stop).
#pragma once

#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

namespace rushes {

/// For programs: who can do something about a failure.
enum class ErrorKind {
    user,      ///< the request cannot be done as given: another value helps
    resource,  ///< memory, disk or device is short: a smaller request or more room helps
    transient, ///< trying again may help
    bug,       ///< ours
};

/// For programs: the kind of setting that would help, so that a front end can offer it.
enum class Lever {
    none,
    smaller_clip, ///< fewer pixels or fewer frames
    other_folder, ///< to write to
};

/// For people: `what()` says in one sentence what failed and by how much; `hint()` names the lever, or is
/// empty.
class Error : public std::runtime_error {
public:
    Error(ErrorKind kind, const std::string& message, std::string hint = {}, Lever lever = Lever::none)
        : std::runtime_error(message), kind_(kind), hint_(std::move(hint)), lever_(lever) {}

    ErrorKind kind() const { return kind_; }

    const std::string& hint() const { return hint_; }

    Lever lever() const { return lever_; }

private:
    ErrorKind kind_;
    std::string hint_;
    Lever lever_;
};

/// Thrown where a stop request is noticed. Not a std::exception, so that no `catch (const std::exception&)`
/// on the way swallows it: stopping is an outcome, not a failure.
struct Stopped {};

inline void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) {
        throw Stopped{};
    }
}

} // namespace rushes
