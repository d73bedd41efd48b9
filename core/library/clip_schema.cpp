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

} // namespace

std::vector<std::string> clip_library_versions() {
    return {version_1, version_2};
}

} // namespace rushes
