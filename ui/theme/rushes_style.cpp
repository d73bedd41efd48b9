#include "theme/rushes_style.h"

#include "theme/icons.h"
#include "theme/theme.h"

#include <QPainter>
#include <QStyleOption>

namespace rushes::ui {

RushesStyle::RushesStyle() : QProxyStyle(QStringLiteral("fusion")) {}

int RushesStyle::styleHint(
    StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data
) const {
    switch (hint) {
    case SH_Slider_AbsoluteSetButtons: // a click on the groove goes there, as in every player
        return Qt::LeftButton;
    case SH_Widget_Animation_Duration:
        return 0;
    case SH_ToolTip_WakeUpDelay:
        return 400;
    case SH_MenuBar_AltKeyNavigation:
        return 1;
    case SH_ComboBox_Popup: // a list, whose colours the sheet has; a popup menu takes the highlight's
        return 0;
    case SH_UnderlineShortcut:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

int RushesStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return size::icon_small;
    case PM_DockWidgetSeparatorExtent:
        return size::hairline;
    case PM_ScrollView_ScrollBarSpacing:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

/// The symbols of the file dialog, where the desktop has none of its own.
QIcon RushesStyle::standardIcon(StandardPixmap symbol, const QStyleOption* option, const QWidget* widget)
    const {
    switch (symbol) {
    case SP_ArrowBack:
    case SP_FileDialogBack:
        return icon(QStringLiteral("step-back"));
    case SP_ArrowForward:
        return icon(QStringLiteral("step-forward"));
    case SP_FileDialogToParent:
        return icon(QStringLiteral("up"));
    case SP_FileDialogNewFolder:
        return icon(QStringLiteral("plus"));
    case SP_FileDialogListView:
        return icon(QStringLiteral("grid"));
    case SP_FileDialogDetailedView:
        return icon(QStringLiteral("list"));
    case SP_DirIcon:
    case SP_DirHomeIcon:
    case SP_DirClosedIcon:
    case SP_ComputerIcon:
    case SP_DriveHDIcon:
        return icon(QStringLiteral("folder"));
    default:
        return QProxyStyle::standardIcon(symbol, option, widget);
    }
}

void RushesStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget
) const {
    if (element != PE_FrameFocusRect) {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        return;
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(tokens().accent, size::focus_ring));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(
        QRectF(option->rect).adjusted(1, 1, -1, -1), size::radius_small, size::radius_small
    );
    painter->restore();
}

} // namespace rushes::ui
