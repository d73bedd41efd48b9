// ClipLibrary: collections.
#include "library/clip_library_state.h"

namespace rushes {

void put_into_collection(
    SQLite::Database& database, std::int64_t collection, std::span<const std::int64_t> clips
) {
    SQLite::Statement insert(
        database,
        "INSERT OR IGNORE INTO collection_clips (collection, clip) SELECT collections.id, clips.id FROM "
        "collections, clips WHERE collections.id = ? AND clips.id = ?"
    );
    for (const std::int64_t clip : clips) {
        insert.bind(1, collection);
        insert.bind(2, clip);
        insert.exec();
        insert.reset();
    }
}

std::vector<Collection> ClipLibrary::collections() const {
    return state_->database.guarded([&] {
        SQLite::Statement rows(
            *state_->database,
            "SELECT id, name, (SELECT COUNT(*) FROM collection_clips WHERE collection = collections.id) "
            "FROM collections ORDER BY name"
        );
        std::vector<Collection> collections;
        while (rows.executeStep()) {
            collections.push_back(
                {rows.getColumn(0).getInt64(), rows.getColumn(1).getString(), rows.getColumn(2).getInt64()}
            );
        }
        return collections;
    });
}

std::int64_t ClipLibrary::make_collection(const std::string& name) {
    state_->run("INSERT OR IGNORE INTO collections (name) VALUES (?)", name);
    return state_->database.guarded([&] {
        SQLite::Statement row(*state_->database, "SELECT id FROM collections WHERE name = ?");
        row.bind(1, name);
        return row.executeStep() ? row.getColumn(0).getInt64() : std::int64_t{0};
    });
}

void ClipLibrary::restore_collection(const Collection& collection, std::span<const std::int64_t> clips) {
    state_->database.guarded([&] {
        SQLite::Transaction transaction(*state_->database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement insert(
            *state_->database, "INSERT OR IGNORE INTO collections (id, name) VALUES (?, ?)"
        );
        insert.bind(1, collection.id);
        insert.bind(2, collection.name);
        insert.exec();
        put_into_collection(*state_->database, collection.id, clips);
        transaction.commit();
    });
}

bool ClipLibrary::rename_collection(std::int64_t id, const std::string& name) {
    return state_->database.guarded([&] {
        SQLite::Statement update(*state_->database, "UPDATE OR IGNORE collections SET name = ? WHERE id = ?");
        update.bind(1, name);
        update.bind(2, id);
        return update.exec() > 0;
    });
}

void ClipLibrary::remove_collection(std::int64_t id) {
    state_->run("DELETE FROM collections WHERE id = ?", id);
}

void ClipLibrary::put_into(std::int64_t collection, std::span<const std::int64_t> clips) {
    state_->database.guarded([&] {
        SQLite::Transaction transaction(*state_->database, SQLite::TransactionBehavior::IMMEDIATE);
        put_into_collection(*state_->database, collection, clips);
        transaction.commit();
    });
}

void ClipLibrary::take_out_of(std::int64_t collection, std::span<const std::int64_t> clips) {
    state_->database.guarded([&] {
        SQLite::Transaction transaction(*state_->database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement erase(
            *state_->database, "DELETE FROM collection_clips WHERE collection = ? AND clip = ?"
        );
        for (const std::int64_t clip : clips) {
            erase.bind(1, collection);
            erase.bind(2, clip);
            erase.exec();
            erase.reset();
        }
        transaction.commit();
    });
}

} // namespace rushes
