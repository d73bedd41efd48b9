#include "desk/lora_reader.h"

#include "base/error.h"
#include "controls/lora_group.h"
#include "convert.h"
#include "models/lora_parts.h"
#include "work/home_call.h"

namespace rushes::ui {

LoraReader::LoraReader(LoraGroup& group, QObject* parent) : QObject(parent), group_(group) {
    connect(&group_, &LoraGroup::aboutWanted, this, &LoraReader::read);
}

void LoraReader::read(const std::string& path) {
    thread_.post([this, path](const std::stop_token&) {
        QStringList words;
        QString problem;
        try {
            for (const std::string& word : read_lora_parts(path).trigger_words) {
                words << toQString(word);
            }
        } catch (const Error& error) {
            problem = QString::fromUtf8(error.what());
        }
        callHome(this, [this, path, words, problem] { group_.showAbout(path, words, problem); });
    });
}

} // namespace rushes::ui
