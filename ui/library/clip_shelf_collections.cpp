// ClipShelf: collections. The database says what is in them, the models follow.
#include "library/clip_shelf.h"
#include "work/home_call.h"

#include <algorithm>

namespace rushes::ui {

namespace {

std::optional<Collection> named(const ClipLibrary& library, const std::string& name) {
    const std::vector<Collection> all = library.collections();
    const auto found = std::ranges::find(all, name, &Collection::name);
    return found == all.end() ? std::nullopt : std::optional(*found);
}

} // namespace

void ClipShelf::changeCollections(
    const std::vector<std::int64_t>& clips, std::function<void(ClipLibrary&)> work
) {
    change([this, clips, work = std::move(work)](ClipLibrary& library) {
        work(library);
        callHome(this, [this, records = library.read(clips)] {
            grid_.setRecords(records);
            for (const ClipRecord& record : records) {
                model_.setCollections(record.id, record.collections);
            }
            if (browsed_) {
                browse(*browsed_);
            }
            emit collectionsChanged();
        });
    });
}

void ClipShelf::putIntoCollection(const std::string& name, const std::vector<std::int64_t>& clips) {
    changeCollections(clips, [name, clips](ClipLibrary& library) {
        library.put_into(library.make_collection(name), clips);
    });
}

void ClipShelf::takeOutOfCollection(
    const std::string& name, const std::vector<std::int64_t>& clips, bool when_empty_remove
) {
    changeCollections(clips, [name, clips, when_empty_remove](ClipLibrary& library) {
        const std::int64_t id = library.make_collection(name);
        library.take_out_of(id, clips);
        if (const auto left = named(library, name); when_empty_remove && left && left->clips == 0) {
            library.remove_collection(id);
        }
    });
}

void ClipShelf::renameCollection(std::int64_t id, const std::string& name) {
    changeCollections({}, [this, id, name](ClipLibrary& library) {
        if (!library.rename_collection(id, name)) {
            callHome(this, [this, name] {
                emit failed(
                    tr("There is a collection named %1 already.").arg(QString::fromStdString(name)),
                    tr("Choose another name.")
                );
            });
        }
    });
}

void ClipShelf::removeCollection(
    const Collection& collection, std::shared_ptr<std::vector<std::int64_t>> kept
) {
    changeCollections({}, [collection, kept = std::move(kept)](ClipLibrary& library) {
        *kept = library.ids({.collection = collection.id});
        library.remove_collection(collection.id);
    });
}

void ClipShelf::restoreCollection(
    const Collection& collection, std::shared_ptr<std::vector<std::int64_t>> kept
) {
    changeCollections({}, [collection, kept = std::move(kept)](ClipLibrary& library) {
        library.restore_collection(collection, *kept);
    });
}

} // namespace rushes::ui
