#include "controls/help.h"

#include "controls/basic.h"

#include <iterator>

#include <QCoreApplication>
#include <QToolButton>
#include <QWhatsThis>

namespace rushes::ui {

namespace {

struct Words {
    const char* id;
    const char* title;
    const char* text;
};

/// In the order of HelpTopic.
constexpr Words table[] = {
    {"prompt",
     QT_TRANSLATE_NOOP("Help", "Prompt"),
     QT_TRANSLATE_NOOP(
         "Help",
         "What is seen and what happens: the thing, how it looks, how it moves, where. It is read once for "
         "each new text, so its length hardly changes the time."
     )},
    {"negative",
     QT_TRANSLATE_NOOP("Help", "Negative prompt"),
     QT_TRANSLATE_NOOP(
         "Help",
         "What should not be seen. It acts only with a guidance above 1, and then costs nothing on top."
     )},
    {"tiers",
     QT_TRANSLATE_NOOP("Help", "Speed or quality"),
     QT_TRANSLATE_NOOP("Help", "Three good numbers of steps for this model: quick to look, or slow to keep.")
    },
    {"model",
     QT_TRANSLATE_NOOP("Help", "Model"),
     QT_TRANSLATE_NOOP(
         "Help",
         "What draws the clip. A larger model knows more, needs more memory and takes longer. Choosing one "
         "brings its own steps and guidance."
     )},
    {"shape",
     QT_TRANSLATE_NOOP("Help", "Aspect and size"),
     QT_TRANSLATE_NOOP(
         "Help",
         "Only what the model was trained on is offered: other shapes come out wrong. Twice the pixels take "
         "at least twice the time; the export can enlarge, crop and pad for nothing."
     )},
    {"duration",
     QT_TRANSLATE_NOOP("Help", "Duration"),
     QT_TRANSLATE_NOOP(
         "Help",
         "How long the clip is. A model that works block by block takes twice as long for twice the length; "
         "one that sees the whole clip takes more than that, and more memory."
     )},
    {"steps",
     QT_TRANSLATE_NOOP("Help", "Steps"),
     QT_TRANSLATE_NOOP(
         "Help",
         "How often the picture is gone over. Few leave it soft, more settle details, and beyond some number "
         "nothing changes any more. The time grows with them."
     )},
    {"seed",
     QT_TRANSLATE_NOOP("Help", "Seed"),
     QT_TRANSLATE_NOOP(
         "Help",
         "The number that the noise begins with. The same settings and seed give the same clip; another seed "
         "gives another take of the same idea. No effect on the time."
     )},
    {"guidance",
     QT_TRANSLATE_NOOP("Help", "Guidance"),
     QT_TRANSLATE_NOOP(
         "Help",
         "How strictly the picture follows the prompt. High values look harsh. At 1 or below each step is "
         "computed once, above that twice."
     )},
    {"precision",
     QT_TRANSLATE_NOOP("Help", "Precision"),
     QT_TRANSLATE_NOOP(
         "Help",
         "How exact the numbers are. bf16 takes half the memory and is faster on a graphics card; fp32 is "
         "the "
         "reference. fp8 halves the model's weights once more and changes the picture a little. Automatic "
         "takes what is best on this device, and never fp8."
     )},
    {"scheduler",
     QT_TRANSLATE_NOOP("Help", "Scheduler"),
     QT_TRANSLATE_NOOP(
         "Help", "The rule by which noise becomes a picture. Hardly any effect on the time of a step."
     )},
    {"draft",
     QT_TRANSLATE_NOOP("Help", "Quick draft first"),
     QT_TRANSLATE_NOOP(
         "Help",
         "A short, small clip comes first, so that a bad idea can be stopped early. It adds a few percent to "
         "the time. Another model, smaller or quicker, may make it. Models that work block by block need "
         "none: "
         "their first block is there as quickly."
     )},
    {"motion",
     QT_TRANSLATE_NOOP("Help", "Motion"),
     QT_TRANSLATE_NOOP(
         "Help",
         "How much moves. 1 is as the model was trained; less is calmer, more is livelier and soon tears the "
         "picture. No effect on the time."
     )},
    {"loras",
     QT_TRANSLATE_NOOP("Help", "LoRAs"),
     QT_TRANSLATE_NOOP(
         "Help",
         "Small files that give the model a style, a figure or a motion. They must be made for this kind of "
         "model. Another file is read before the next clip; a clip takes as long as without."
     )},
};

const Words& wordsOf(HelpTopic topic) {
    return table[static_cast<std::size_t>(topic)];
}

QString translated(const char* text) {
    return QCoreApplication::translate("Help", text);
}

} // namespace

void setHelpEffect(HelpTopic topic, QWidget* control, const QString& effect) {
    const Words& words = wordsOf(topic);
    const QString here =
        effect.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(effect.toHtmlEscaped());
    control->setWhatsThis(
        QStringLiteral("<b>%1</b><p>%2</p>%3").arg(translated(words.title), translated(words.text), here)
    );
}

QWidget* helpDot(HelpTopic topic, QWidget* control) {
    static_assert(std::size(table) == static_cast<std::size_t>(HelpTopic::loras) + 1);
    setHelpEffect(topic, control, {});
    const Words& words = wordsOf(topic);
    auto* dot = new QToolButton;
    setRole(dot, "help");
    dot->setText(QStringLiteral("?"));
    setNames(
        dot,
        QStringLiteral("help-") + QLatin1String(words.id),
        QCoreApplication::translate("Help", "About: %1").arg(translated(words.title))
    );
    dot->setFocusPolicy(Qt::NoFocus); // the keyboard has Shift+F1 on the control
    QObject::connect(dot, &QToolButton::clicked, control, [dot, control] {
        QWhatsThis::showText(
            dot->mapToGlobal(QPoint(dot->width(), dot->height())), control->whatsThis(), dot
        );
    });
    return dot;
}

} // namespace rushes::ui
