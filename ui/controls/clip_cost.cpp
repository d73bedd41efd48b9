#include "controls/clip_cost.h"

#include "controls/choices.h"

#include <QCoreApplication>
#include <QStringList>
#include <QStyle>
#include <QWidget>

namespace rushes::ui {

namespace {

constexpr double tight_share = 0.85; ///< of the memory: the rest is for the system and other programs

} // namespace

MemoryFit memoryFit(std::uint64_t bytes, std::uint64_t memory) {
    const auto needed = static_cast<double>(bytes);
    const auto there = static_cast<double>(memory);
    return memory == 0 || needed <= tight_share * there ? MemoryFit::fits
           : needed <= there                            ? MemoryFit::tight
                                                        : MemoryFit::too_large;
}

MemoryFit fitOfChoice(const ClipCost& choice, const ClipCost& now) {
    const bool its_own = choice.fit != MemoryFit::refused || choice.why_not != now.why_not;
    return its_own ? choice.fit : MemoryFit::fits;
}

MemoryFit fitOfControl(const ClipCost& now, const ClipCost& best) {
    return best.fit < now.fit ? now.fit : MemoryFit::fits;
}

void showFit(QWidget& control, MemoryFit fit) {
    const QString word = fit == MemoryFit::fits    ? QString()
                         : fit == MemoryFit::tight ? QStringLiteral("tight")
                                                   : QStringLiteral("large");
    if (control.property("fit").toString() == word) {
        return;
    }
    control.setProperty("fit", word);
    control.setAccessibleDescription(
        fit == MemoryFit::fits        ? QString()
        : fit == MemoryFit::tight     ? QCoreApplication::translate("ClipCost", "needs most of the memory")
        : fit == MemoryFit::too_large ? QCoreApplication::translate("ClipCost", "does not fit in the memory")
                                      : QCoreApplication::translate("ClipCost", "the model does not make it")
    );
    control.style()->unpolish(&control);
    control.style()->polish(&control);
}

QString effectText(const ClipCost& now, const ClipCost& then, const QString& with) {
    if (now.seconds < 0 || then.seconds < 0) {
        return {};
    }
    return QCoreApplication::translate("ClipCost", "Here: %1 as it is, %2 with %3.")
        .arg(aboutSeconds(now.seconds), aboutSeconds(then.seconds), with);
}

QString costText(const ClipCost& cost) {
    if (cost.fit == MemoryFit::refused) {
        return cost.why_not;
    }
    QStringList parts;
    if (cost.seconds >= 0) {
        parts << aboutSeconds(cost.seconds);
    }
    parts
        << (cost.fit == MemoryFit::fits ? bytesText(cost.bytes)
                                        : QCoreApplication::translate("ClipCost", "%1 of %2")
                                              .arg(bytesText(cost.bytes), bytesText(cost.memory)));
    return parts.join(QStringLiteral(" · "));
}

} // namespace rushes::ui
