#include "shell/command_palette.h"

#include "controls/basic.h"
#include "shell/actions.h"
#include "theme/theme.h"

#include <algorithm>

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr int keys_role = Qt::UserRole + 1;

class CommandDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        return {QStyledItemDelegate::sizeHint(option, index).width(), size::control};
    }

    void
    paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & QStyle::State_Selected) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(tokens().raised);
            painter->drawRoundedRect(option.rect, size::radius_small, size::radius_small);
        }
        const QRect inner = option.rect.adjusted(size::space3, 0, -size::space3, 0);
        painter->setFont(valueFont());
        painter->setPen(tokens().text);
        painter->drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, index.data().toString());
        painter->setPen(tokens().text2);
        painter->drawText(inner, Qt::AlignRight | Qt::AlignVCenter, index.data(keys_role).toString());
        painter->restore();
    }
};

} // namespace

CommandPalette::CommandPalette(
    std::vector<QAction*> actions, std::vector<PaletteEntry> entries, QWidget* parent
)
    : QDialog(parent, Qt::Popup),
      actions_(std::move(actions)),
      entries_(std::move(entries)),
      search_(new QLineEdit),
      list_(new QListWidget) {
    setObjectName(QStringLiteral("palette"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(size::palette_width, size::palette_height);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(size::space2, size::space2, size::space2, size::space2);
    column->setSpacing(size::space2);
    setNames(search_, QStringLiteral("palette-search"), tr("Search commands"));
    search_->setPlaceholderText(tr("Search or run a command"));
    search_->installEventFilter(this);
    setNames(list_, QStringLiteral("palette-list"), tr("Commands"));
    list_->setItemDelegate(new CommandDelegate(list_));
    list_->setFocusPolicy(Qt::NoFocus);
    column->addWidget(search_);
    column->addWidget(list_, 1);
    connect(search_, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(search_, &QLineEdit::returnPressed, this, &CommandPalette::run);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::run);
    filter({});
    search_->setFocus();
    if (parent != nullptr) {
        move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, size::menu_bar + size::space4)));
    }
}

void CommandPalette::filter(const QString& text) {
    list_->clear();
    const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const auto fits = [&words](const QString& name) {
        return std::ranges::all_of(words, [&](const QString& w) {
            return name.contains(w, Qt::CaseInsensitive);
        });
    };
    const auto add = [this](const QString& name, const QString& right, int id) {
        auto* item = new QListWidgetItem(name, list_); // owned by the list
        item->setData(Qt::UserRole, id);
        item->setData(keys_role, right);
    };
    for (int i = 0; i < static_cast<int>(actions_.size()); ++i) {
        const QAction& action = *actions_[static_cast<std::size_t>(i)];
        if (action.isEnabled() && fits(Actions::words(action))) {
            add(Actions::words(action), action.shortcut().toString(QKeySequence::NativeText), i);
        }
    }
    constexpr int most = 200;
    for (int i = 0; !words.isEmpty() && i < static_cast<int>(entries_.size()) && list_->count() < most; ++i) {
        const PaletteEntry& entry = entries_[static_cast<std::size_t>(i)];
        if (fits(entry.words)) {
            add(entry.words, entry.kind, static_cast<int>(actions_.size()) + i);
        }
    }
    list_->setCurrentRow(0);
    const int wanted = list_->count() * size::control + search_->sizeHint().height() + 4 * size::space2;
    resize(size::palette_width, std::min(wanted, size::palette_height)); // as long as its hits
}

void CommandPalette::run() {
    const QListWidgetItem* item = list_->currentItem();
    if (item == nullptr) {
        return;
    }
    const auto id = static_cast<std::size_t>(item->data(Qt::UserRole).toInt());
    const auto run = id < actions_.size()
                         ? std::function<void()>([action = actions_[id]] { action->trigger(); })
                         : entries_[id - actions_.size()].run;
    close();
    run();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == search_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            const int step = key == Qt::Key_Down ? 1 : -1;
            list_->setCurrentRow(std::clamp(list_->currentRow() + step, 0, std::max(0, list_->count() - 1)));
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace rushes::ui
