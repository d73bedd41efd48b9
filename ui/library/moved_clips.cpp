#include "library/moved_clips.h"

#include "convert.h"
#include "library/content_key.h"
#include "work/home_call.h"

#include <algorithm>
#include <utility>

#include <QStandardPaths>

namespace rushes::ui {

namespace {

constexpr int gather_ms = 200; ///< a folder that went away takes many clips along
constexpr std::size_t most_files = 50'000;

} // namespace

MovedClips::MovedClips(QObject* parent) : QObject(parent) {
    gather_.setSingleShot(true);
    gather_.setInterval(gather_ms);
    connect(&gather_, &QTimer::timeout, this, &MovedClips::search);
}

void MovedClips::look(std::int64_t id, const std::string& key, const std::filesystem::path& file) {
    if (!key.empty() && looked_.emplace(id, key).second) {
        lost_.push_back({id, key, file});
        gather_.start();
    }
}

void MovedClips::search() {
    std::vector<std::filesystem::path> folders;
    const auto add = [&](const std::filesystem::path& folder) {
        if (!folder.empty() && std::ranges::find(folders, folder) == folders.end()) {
            folders.push_back(folder);
        }
    };
    for (const Lost& lost : lost_) {
        add(lost.file.parent_path());
    }
    add(home_);
    for (const auto place :
         {QStandardPaths::MoviesLocation, QStandardPaths::DownloadLocation, QStandardPaths::DesktopLocation
         }) {
        add(toPath(QStandardPaths::writableLocation(place)));
    }
    thread_.post([this, lost = std::exchange(lost_, {}), folders](std::stop_token stop) {
        std::vector<std::string> keys;
        for (const Lost& one : lost) {
            keys.push_back(one.key);
        }
        const auto places = find_by_content(keys, folders, most_files, stop);
        std::map<std::int64_t, std::filesystem::path> files;
        for (const Lost& one : lost) {
            if (const auto place = places.find(one.key); place != places.end()) {
                files[one.id] = place->second;
            }
        }
        callHome(this, [this, files, lost] {
            for (const Lost& one : lost) {
                if (!files.contains(one.id)) {
                    looked_.erase(one.id); // it may come back: the next look at it tries again
                }
            }
            if (!files.empty()) {
                emit found(files);
            }
        });
    });
}

} // namespace rushes::ui
