// ClipShelf: what a person does with a clip, in the models at once and in the database and on the disk after
// it.
#include "base/paths.h"
#include "convert.h"
#include "library/clip_shelf.h"
#include "work/home_call.h"

#include <QFile>

namespace rushes::ui {

void ClipShelf::remove(std::int64_t id) {
    model_.remove(id);
    grid_.remove(id);
    --count_;
    emit countChanged();
    change([id](ClipLibrary& library) { library.remove(id); });
}

void ClipShelf::setFavourite(std::int64_t id, bool favourite) {
    model_.setFavourite(id, favourite);
    grid_.change(id, [&](ClipItem& item) { item.record.favourite = favourite; });
    change([id, favourite](ClipLibrary& library) { library.set_favourite(id, favourite); });
}

void ClipShelf::setRating(std::int64_t id, int stars) {
    model_.setRating(id, stars);
    grid_.change(id, [&](ClipItem& item) { item.record.rating = stars; });
    change([id, stars](ClipLibrary& library) { library.set_rating(id, stars); });
}

void ClipShelf::setTags(std::int64_t id, const std::vector<std::string>& tags) {
    model_.setTags(id, tags);
    grid_.change(id, [&](ClipItem& item) { item.record.tags = tags; });
    change([id, tags](ClipLibrary& library) { library.set_tags(id, tags); });
}

void ClipShelf::setMissing(std::int64_t id) {
    model_.setMissing(id);
    grid_.change(id, [](ClipItem& item) { item.missing = true; });
    change([this, id](ClipLibrary& library) {
        if (const auto record = library.find(id)) {
            callHome(this, [this, record = *record] { moved_.look(record.id, record.content, record.file); });
        }
    });
}

void ClipShelf::restore(const ClipItem& item) {
    model_.insert(item.record, item.thumbnail);
    ++count_;
    emit countChanged();
    change([record = item.record](ClipLibrary& library) { library.add(record); });
    if (browsed_) {
        browse(*browsed_);
    }
}

void ClipShelf::setFile(std::int64_t id, const std::filesystem::path& file) {
    model_.setFile(id, file);
    grid_.change(id, [&](ClipItem& item) {
        item.record.file = file;
        item.missing = false;
    });
    change([id, file](ClipLibrary& library) { library.set_file(id, file); });
    pictures_.make(id, file);
}

void ClipShelf::rename(std::int64_t id, const QString& name) {
    const auto clip = itemOf(id);
    if (!clip) {
        return;
    }
    runOnDisk([this, id, from = clip->record.file, name] {
        QString safe = name.trimmed();
        safe.replace(QLatin1Char('/'), QLatin1Char('-'));
        const auto wanted = from.parent_path() / toPath(safe + toQString(from.extension()));
        if (safe.isEmpty() || wanted == from) {
            return;
        }
        const auto to = unused_name(wanted);
        std::error_code error;
        std::filesystem::rename(from, to, error);
        callHome(this, [this, id, from, to, error] {
            if (error) {
                emit failed(
                    tr("%1 could not be renamed.").arg(toQString(from.filename())),
                    QString::fromStdString(error.message())
                );
                return;
            }
            setFile(id, to);
            emit renamed(id, toQString(to));
        });
    });
}

void ClipShelf::moveToBin(const std::filesystem::path& file, std::shared_ptr<QString> binned) {
    runOnDisk([this, file, binned = std::move(binned)] {
        if (!QFile::moveToTrash(toQString(file), binned.get())) {
            callHome(this, [this, file] {
                emit failed(
                    tr("%1 could not be moved to the bin.").arg(toQString(file.filename())),
                    tr("The file stays; the clip is out of the strip.")
                );
            });
        }
    });
}

void ClipShelf::takeFromBin(std::shared_ptr<QString> binned, const std::filesystem::path& file) {
    runOnDisk([binned = std::move(binned), file] {
        if (!binned->isEmpty()) {
            QFile::rename(*binned, toQString(file)); // never over a file that is there
            binned->clear();
        }
    });
}

} // namespace rushes::ui
