#include "library/clip_schema.h"

namespace rushes {

namespace {

constexpr auto version_1 = R"(
CREATE TABLE clips (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    prompt TEXT NOT NULL,
    recipe TEXT NOT NULL,
    state TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    seconds_to_make REAL NOT NULL,
    report TEXT NOT NULL,
    created_unix_ms INTEGER NOT NULL,
    favourite INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX clips_by_time ON clips (created_unix_ms DESC, id DESC);
)";

// The index of words holds every three characters that follow each other, so that parts of words are found,
// and words of languages without blanks. Triggers keep it: whoever writes a row cannot forget it.
constexpr auto version_2 = R"(
DROP INDEX clips_by_time;
ALTER TABLE clips ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE clips ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clips ADD COLUMN content TEXT NOT NULL DEFAULT '';
UPDATE clips SET model = coalesce(json_extract(recipe, '$.model'), '') WHERE json_valid(recipe);

CREATE TABLE clip_tags (
    clip INTEGER NOT NULL,
    tag TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (clip, tag)
) WITHOUT ROWID;
CREATE INDEX clip_tags_by_tag ON clip_tags (tag, clip);

CREATE INDEX clips_light ON clips (id, favourite, rating, model, width, height, created_unix_ms);
CREATE INDEX clips_by_file ON clips (file);
CREATE INDEX clips_by_content ON clips (content) WHERE content <> '';

CREATE VIRTUAL TABLE clip_words USING fts5 (prompt, tags, tokenize = 'trigram');
INSERT INTO clip_words (rowid, prompt, tags) SELECT id, prompt, '' FROM clips;
CREATE TRIGGER clip_added AFTER INSERT ON clips BEGIN
    INSERT INTO clip_words (rowid, prompt, tags) VALUES (new.id, new.prompt, '');
END;
CREATE TRIGGER clip_removed AFTER DELETE ON clips BEGIN
    DELETE FROM clip_tags WHERE clip = old.id;
    DELETE FROM clip_words WHERE rowid = old.id;
END;
CREATE TRIGGER tag_added AFTER INSERT ON clip_tags BEGIN
    UPDATE clip_words SET tags = (SELECT group_concat(tag, ' ') FROM clip_tags WHERE clip = new.clip)
    WHERE rowid = new.clip;
END;
CREATE TRIGGER tag_removed AFTER DELETE ON clip_tags BEGIN
    UPDATE clip_words SET tags = coalesce((SELECT group_concat(tag, ' ') FROM clip_tags WHERE clip = old.clip), '')
    WHERE rowid = old.clip;
END;
)";

// Collections; what clips look like; and for words too short for the index of words one that lies beside the
// other columns of a search, a fifth of the time of looking into the words themselves.
constexpr auto version_3 = R"(
ALTER TABLE clips ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE clips SET words =
    prompt || char(10) || coalesce((SELECT group_concat(tag, ' ') FROM clip_tags WHERE clip = clips.id), '');
CREATE INDEX clips_short_words
    ON clips (id, favourite, rating, model, width, height, created_unix_ms, words);

CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE
);
CREATE TABLE collection_clips (
    collection INTEGER NOT NULL,
    clip INTEGER NOT NULL,
    PRIMARY KEY (collection, clip)
) WITHOUT ROWID;
CREATE INDEX collection_clips_by_clip ON collection_clips (clip);

CREATE TABLE clip_looks (clip INTEGER PRIMARY KEY, look BLOB NOT NULL);

DROP TRIGGER clip_added;
CREATE TRIGGER clip_added AFTER INSERT ON clips BEGIN
    INSERT INTO clip_words (rowid, prompt, tags) VALUES (new.id, new.prompt, '');
    UPDATE clips SET words = new.prompt || char(10) WHERE id = new.id;
END;
DROP TRIGGER clip_removed;
CREATE TRIGGER clip_removed AFTER DELETE ON clips BEGIN
    DELETE FROM clip_tags WHERE clip = old.id;
    DELETE FROM clip_words WHERE rowid = old.id;
    DELETE FROM clip_looks WHERE clip = old.id;
    DELETE FROM collection_clips WHERE clip = old.id;
END;
DROP TRIGGER tag_added;
CREATE TRIGGER tag_added AFTER INSERT ON clip_tags BEGIN
    UPDATE clip_words SET tags = (SELECT group_concat(tag, ' ') FROM clip_tags WHERE clip = new.clip)
    WHERE rowid = new.clip;
    UPDATE clips SET words =
        prompt || char(10) || (SELECT group_concat(tag, ' ') FROM clip_tags WHERE clip = new.clip)
    WHERE id = new.clip;
END;
DROP TRIGGER tag_removed;
CREATE TRIGGER tag_removed AFTER DELETE ON clip_tags BEGIN
    UPDATE clip_words SET tags = coalesce((SELECT group_concat(tag, ' ') FROM clip_tags WHERE clip = old.clip), '')
    WHERE rowid = old.clip;
    UPDATE clips SET words =
        prompt || char(10) || coalesce((SELECT group_concat(tag, ' ') FROM clip_tags WHERE clip = old.clip), '')
    WHERE id = old.clip;
END;
CREATE TRIGGER collection_removed AFTER DELETE ON collections BEGIN
    DELETE FROM collection_clips WHERE collection = old.id;
END;
)";

} // namespace

std::vector<std::string> clip_library_versions() {
    return {version_1, version_2, version_3};
}

} // namespace rushes
