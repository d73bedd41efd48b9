// Which room may include which: base <- nn <- {text, schedulers} <- models <- generation <- {jobs, library}
// <- {serve, ui} <- app; media <- base only.
#include "arrows/sources.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

namespace rushes::arrows {
namespace {

using Rooms = std::set<std::string>;

/// Room of core/ -> the rooms whose headers it may include.
const std::map<std::string, Rooms> allowed_includes = {
    {"base", {"base"}},
    {"nn", {"base", "nn"}},
    {"text", {"base", "nn", "text"}},
    {"schedulers", {"base", "nn", "schedulers"}},
    {"models", {"base", "nn", "text", "schedulers", "models"}},
    {"media", {"base", "media"}},
    {"generation", {"base", "nn", "models", "generation"}},
    {"metrics", {"base", "models", "generation", "metrics"}},
    {"library", {"base", "models", "generation", "library"}},
    {"jobs", {"base", "media", "models", "generation", "metrics", "library", "jobs"}},
    {"serve", {"base", "media", "models", "generation", "metrics", "library", "jobs", "serve"}},
};

/// Room of ui/ -> the rooms of ui/ whose headers it may include. core/ is open to all of them.
const std::map<std::string, Rooms> allowed_in_window = {
    {"theme", {"theme"}},
    {"work", {"work"}},
    {"controls", {"theme", "controls"}},
    {"stage", {"theme", "controls", "work", "stage"}},
    {"library", {"theme", "controls", "work", "stage", "library"}},
    {"queue", {"theme", "controls", "work", "queue"}},
    {"export", {"theme", "controls", "work", "export"}},
    {"inputs", {"theme", "controls", "inputs"}},
    {"session", {"theme", "controls", "work", "stage", "library", "queue", "session"}},
    {"serve", {"theme", "controls", "work", "stage", "library", "queue", "session", "serve"}},
    {"desk", {"theme", "controls", "work", "stage", "library", "queue", "export", "inputs", "session", "desk"}
    },
    {"shell",
     {"theme",
      "controls",
      "work",
      "stage",
      "library",
      "queue",
      "export",
      "inputs",
      "session",
      "serve",
      "desk",
      "shell"}},
};

/// Where a header of others may be included, by how its path begins.
struct Owner {
    std::string prefix;
    std::set<std::string> folders;
};

const std::vector<Owner> owners = {
    {"<ATen/", {"core/nn", "core/text", "core/schedulers", "core/models", "core/generation"}},
    {"<c10/", {"core/nn", "core/text", "core/schedulers", "core/models", "core/generation"}},
    {"<torch/", {"core/nn", "core/text", "core/schedulers", "core/models", "core/generation"}},
    {"<libav", {"core/media"}},
    {"<libsw", {"core/media"}},
    {"<webp/", {"core/media"}},
    {"<utf8proc", {"core/base", "core/text"}},
    {"<SQLiteCpp/", {"core/library", "core/jobs"}},
    {"<sqlite3", {"core/library", "core/jobs"}},
    {"<boost/", {"core/serve"}},
    {"<openssl/", {"core/serve"}},
    {"<CLI/", {"app"}},
    {"<Q", {"ui", "app"}},
};

std::string first_part(const std::filesystem::path& path) {
    return path.begin()->string();
}

/// "core/nn" for "core/nn/weights/index.h", "ui" for "ui/stage/stage.h".
std::string room_of(const std::filesystem::path& path) {
    const std::string top = first_part(path);
    return top == "core" ? "core/" + std::next(path.begin())->string() : top;
}

std::vector<Source> product_sources() {
    std::vector<Source> all;
    for (const char* folder : {"core", "ui", "app"}) {
        std::ranges::move(sources_below(folder), std::back_inserter(all));
    }
    return all;
}

/// Header of core/ -> its text.
const Source* find_header(const std::vector<Source>& sources, const std::string& header) {
    const auto found = std::ranges::find(sources, std::filesystem::path("core") / header, &Source::path);
    return found == sources.end() ? nullptr : &*found;
}

/// "<ATen/ATen.h> by models/pipeline.h" for every header of others that `header` brings in, directly or not.
void collect_foreign(
    const std::vector<Source>& sources,
    const std::string& header,
    std::set<std::string>& seen,
    std::vector<std::string>& found
) {
    const Source* source = find_header(sources, header);
    if (source == nullptr || !seen.insert(header).second) {
        return;
    }
    for (const Line& line : source->lines) {
        const std::string_view include = include_of(line);
        if (include.starts_with('"')) {
            collect_foreign(sources, std::string(include.substr(1, include.size() - 2)), seen, found);
        } else if (std::ranges::any_of(owners, [&](const Owner& owner) {
                       return include.starts_with(owner.prefix);
                   })) {
            found.push_back(std::string(include) + " by " + place(*source, line));
        }
    }
}

TEST(Arrows, ReadsIncludeLines) {
    EXPECT_EQ(include_of({1, "#include <vector>"}), "<vector>");
    EXPECT_EQ(include_of({1, "  #  include \"base/error.h\" "}), "\"base/error.h\"");
    EXPECT_EQ(include_of({1, "#pragma once"}), "");
    EXPECT_EQ(include_of({1, ""}), "");
}

TEST(Arrows, RoomsOfCoreIncludeOnlyWhatLiesBelowThem) {
    for (const Source& source : sources_below("core")) {
        const std::string room = std::next(source.path.begin())->string();
        ASSERT_TRUE(allowed_includes.contains(room))
            << "new room core/" << room << ": say here what it may use";
        for (const Line& line : source.lines) {
            const std::string_view include = include_of(line);
            if (!include.starts_with('"') || include.find('/') == std::string_view::npos) {
                continue;
            }
            const std::string target = first_part(std::string(include.substr(1)));
            EXPECT_TRUE(allowed_includes.at(room).contains(target))
                << place(source, line) << " includes " << include << ", but " << room << " may not use "
                << target;
        }
    }
}

TEST(Arrows, RoomsOfTheWindowIncludeOnlyWhatLiesBelowThem) {
    for (const Source& source : sources_below("ui")) {
        const std::string room = std::next(source.path.begin())->string();
        if (source.path.parent_path() == "ui") {
            continue; // convert.h: what all rooms need to speak with core
        }
        ASSERT_TRUE(allowed_in_window.contains(room))
            << "new room ui/" << room << ": say here what it may use";
        for (const Line& line : source.lines) {
            const std::string_view include = include_of(line);
            if (!include.starts_with('"') || include.find('/') == std::string_view::npos) {
                continue;
            }
            const std::filesystem::path header = std::string(include.substr(1, include.size() - 2));
            if (!exists(std::filesystem::path(RUSHES_SOURCE_DIR) / "ui" / header)) {
                continue; // of core/, which may have a room of the same name
            }
            EXPECT_TRUE(allowed_in_window.at(room).contains(first_part(header)))
                << place(source, line) << " includes " << include << ", but ui/" << room << " may not use ui/"
                << first_part(header);
        }
    }
}

TEST(Arrows, LibrariesOfOthersStayInTheirRooms) {
    for (const Source& source : product_sources()) {
        for (const Line& line : source.lines) {
            const std::string_view include = include_of(line);
            for (const Owner& owner : owners) {
                EXPECT_FALSE(
                    include.starts_with(owner.prefix) && !owner.folders.contains(room_of(source.path))
                ) << place(source, line)
                  << " includes " << include;
            }
        }
    }
}

TEST(Arrows, PublicHeadersBringInNoLargeLibrary) {
    const std::vector<Source> sources = sources_below("core");
    std::stringstream list(RUSHES_PUBLIC_HEADERS);
    int headers = 0;
    for (std::string header; std::getline(list, header, ',');) {
        std::set<std::string> seen;
        std::vector<std::string> found;
        ASSERT_NE(find_header(sources, header), nullptr) << header << " is gone; configure again";
        collect_foreign(sources, header, seen, found);
        EXPECT_TRUE(found.empty()) << header << " brings in " << found.front();
        ++headers;
    }
    EXPECT_GT(headers, 10);
}

TEST(Arrows, KernelsIncludeNoTensorLibrary) {
    for (const Source& source : sources_below("core")) {
        if (source.path.extension() != ".cu" && source.path.extension() != ".cuh") {
            continue;
        }
        for (const Line& line : source.lines) {
            EXPECT_FALSE(include_of(line).starts_with("<ATen/") || include_of(line).starts_with("<torch/"))
                << place(source, line) << ": nvcc needs 49 s for ATen, 2 s without";
        }
    }
}

} // namespace
} // namespace rushes::arrows
