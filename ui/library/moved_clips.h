// Clips whose files are gone are looked for by their content, all at once and beside everything else: in the
// folder where they were, in that of new clips, and where people keep videos.
#pragma once

#include "work/task_thread.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <QObject>
#include <QTimer>

namespace rushes::ui {

class MovedClips : public QObject {
    Q_OBJECT

public:
    explicit MovedClips(QObject* parent = nullptr);

    /// `key`: content_key() of the file while it was there; `file`: where it was.
    void look(std::int64_t id, const std::string& key, const std::filesystem::path& file);

    /// One more place to look, the folder of new clips.
    void setHome(const std::filesystem::path& folder) { home_ = folder; }

signals:
    void found(const std::map<std::int64_t, std::filesystem::path>& files);

private:
    void search();

    struct Lost {
        std::int64_t id = 0;
        std::string key;
        std::filesystem::path file;
    };

    std::vector<Lost> lost_;
    std::map<std::int64_t, std::string> looked_; ///< once a start is enough
    std::filesystem::path home_;
    QTimer gather_;
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
