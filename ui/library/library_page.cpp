#include "library/library_page.h"

#include "controls/basic.h"
#include "controls/flow_layout.h"
#include "convert.h"
#include "library/ask_line.h"
#include "library/clip_grid.h"
#include "library/clip_grid_model.h"
#include "theme/icons.h"

#include <algorithm>

#include <QComboBox>
#include <QDateTime>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QScreen>
#include <QToolButton>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr int pause_ms = 60;
constexpr int most_stars = 5;

} // namespace

LibraryPage::LibraryPage(ClipGridModel& model, QWidget* parent)
    : QDialog(parent),
      model_(model),
      search_(new QLineEdit),
      favourites_(new QToolButton),
      stars_(filter(QStringLiteral("library-stars"), tr("Stars"))),
      shape_(filter(QStringLiteral("library-shape"), tr("Aspect"))),
      age_(filter(QStringLiteral("library-age"), tr("When it was made"))),
      models_(filter(QStringLiteral("library-model"), tr("Model"))),
      tags_(filter(QStringLiteral("library-tag"), tr("Tag"))),
      collections_(filter(QStringLiteral("library-collection"), tr("Collection"))),
      collection_menu_(new QToolButton),
      order_(filter(QStringLiteral("library-order"), tr("Order"))),
      grid_(new ClipGrid(model)),
      count_(new QLabel),
      keys_(new QLabel(tr("Enter shows · 1 to 5 stars · F favourite · T tags · C collection · Del removes"))),
      line_(new AskLine) {
    setObjectName(QStringLiteral("library"));
    setWindowTitle(tr("All clips"));
    setRole(this, "panel");
    const QSize room = screen()->availableGeometry().size() - QSize(size::frame_width, size::frame_height);
    resize(QSize(size::library_width, size::library_height).boundedTo(room));
    makeFilters();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(size::space4, size::space4, size::space4, size::space3);
    column->setSpacing(size::space3);
    auto* head = new QHBoxLayout;
    head->setSpacing(size::space2);
    head->addWidget(search_, 1);
    head->addWidget(favourites_);
    head->addWidget(order_);
    column->addLayout(head);
    auto* filters = new QWidget;
    auto* flow = new FlowLayout(size::space2, filters);
    for (QComboBox* box : {stars_, shape_, age_, models_, tags_, collections_}) {
        flow->addWidget(box);
    }
    flow->addWidget(collection_menu_);
    column->addWidget(filters);
    column->addWidget(grid_, 1);
    makeFoot(*column);
    typing_.setSingleShot(true);
    typing_.setInterval(pause_ms);
    connect(&typing_, &QTimer::timeout, this, [this] {
        collection_menu_->setVisible(collection().has_value());
        grid_->setInCollection(collection().has_value());
        emit searched(query());
    });
    connect(&model, &QAbstractItemModel::modelReset, this, &LibraryPage::showCount);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &LibraryPage::showCount);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &LibraryPage::showCount);
    search_->setFocus();
}

QComboBox* LibraryPage::filter(const QString& name, const QString& accessible) {
    auto* box = new QComboBox;
    setNames(box, name, accessible);
    box->setToolTip(accessible);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(box, &QComboBox::activated, &typing_, qOverload<>(&QTimer::start));
    return box;
}

void LibraryPage::makeFilters() {
    setNames(search_, QStringLiteral("library-search"), tr("Search the clips"));
    search_->setPlaceholderText(tr("Words of the prompt or tags"));
    search_->setClearButtonEnabled(true);
    search_->installEventFilter(this);
    connect(search_, &QLineEdit::textChanged, &typing_, qOverload<>(&QTimer::start));
    setNames(favourites_, QStringLiteral("library-favourites"), tr("Only favourites"));
    favourites_->setIcon(icon(QStringLiteral("star")));
    favourites_->setToolTip(tr("Only favourites"));
    favourites_->setCheckable(true);
    connect(favourites_, &QToolButton::toggled, &typing_, qOverload<>(&QTimer::start));
    stars_->addItem(tr("Any stars"), 0);
    for (int i = 1; i <= most_stars; ++i) {
        stars_->addItem(
            i == most_stars ? QString(i, QChar(0x2605)) : tr("%1 or more").arg(QString(i, QChar(0x2605))), i
        );
    }
    using Shape = ClipQuery::Shape;
    const std::pair<QString, Shape> shapes[] = {
        {tr("Any aspect"), Shape::any},
        {tr("Wide"), Shape::wide},
        {tr("Tall"), Shape::tall},
        {tr("Square"), Shape::square},
    };
    for (const auto& [words, shape] : shapes) {
        shape_->addItem(words, static_cast<int>(shape));
    }
    const std::pair<QString, int> ages[] = {
        {tr("Any time"), -1}, {tr("Today"), 0}, {tr("Last 7 days"), 7}, {tr("Last 30 days"), 30}
    };
    for (const auto& [words, days] : ages) {
        age_->addItem(words, days);
    }
    using Order = ClipQuery::Order;
    order_->addItem(tr("Newest first"), static_cast<int>(Order::newest));
    order_->addItem(tr("Oldest first"), static_cast<int>(Order::oldest));
    order_->addItem(tr("Most stars first"), static_cast<int>(Order::best_rated));
    setNames(
        collection_menu_, QStringLiteral("library-collection-menu"), tr("What to do with the collection")
    );
    collection_menu_->setText(QStringLiteral("…"));
    collection_menu_->setToolTip(tr("Rename or remove this collection"));
    connect(collection_menu_, &QToolButton::clicked, this, &LibraryPage::showCollectionMenu);
    setChoices({}, {}, {});
}

void LibraryPage::makeFoot(QBoxLayout& column) {
    connect(line_, &AskLine::ended, grid_, qOverload<>(&QWidget::setFocus));
    column.addWidget(line_);
    auto* foot = new QHBoxLayout;
    setNames(count_, QStringLiteral("library-count"), tr("How many clips"));
    setRole(count_, "dim");
    setRole(keys_, "hint");
    foot->addWidget(count_);
    foot->addStretch();
    foot->addWidget(keys_);
    column.addLayout(foot);
}

ClipQuery LibraryPage::query() const {
    ClipQuery query;
    query.words = toStd(search_->text());
    query.favourites = favourites_->isChecked();
    query.least_rating = stars_->currentData().toInt();
    query.shape = static_cast<ClipQuery::Shape>(shape_->currentData().toInt());
    if (const int days = age_->currentData().toInt(); days >= 0) {
        query.since_unix_ms = QDate::currentDate().addDays(-days).startOfDay().toMSecsSinceEpoch();
    }
    query.model = toStd(models_->currentData().toString());
    query.tag = toStd(tags_->currentData().toString());
    query.collection = collections_->currentData().toLongLong();
    query.order = static_cast<ClipQuery::Order>(order_->currentData().toInt());
    return query;
}

void LibraryPage::setChoices(
    const std::vector<TagCount>& tags,
    const std::vector<std::pair<QString, QString>>& models,
    const std::vector<Collection>& collections
) {
    known_collections_ = collections;
    const auto fill = [](QComboBox& box, const QString& any, const auto& rows) {
        const QVariant chosen = box.currentData();
        box.clear();
        box.addItem(any, QString());
        for (const auto& [words, value] : rows) {
            box.addItem(words, value);
        }
        box.setCurrentIndex(std::max(0, box.findData(chosen)));
        box.setVisible(box.count() > 2); // one is no choice
    };
    std::vector<std::pair<QString, QString>> tag_rows;
    for (const TagCount& tag : tags) {
        tag_rows.emplace_back(tr("%1 (%2)").arg(toQString(tag.tag)).arg(tag.clips), toQString(tag.tag));
    }
    fill(*tags_, tr("Any tag"), tag_rows);
    tags_->setVisible(!tags.empty());
    fill(*models_, tr("Any model"), models);
    std::vector<std::pair<QString, qlonglong>> collection_rows;
    for (const Collection& one : collections) {
        collection_rows.emplace_back(tr("%1 (%2)").arg(toQString(one.name)).arg(one.clips), one.id);
    }
    fill(*collections_, tr("Any collection"), collection_rows);
    collections_->setVisible(!collections.empty());
    collection_menu_->setVisible(collection().has_value());
}

std::optional<Collection> LibraryPage::collection() const {
    const auto found =
        std::ranges::find(known_collections_, query().collection, [](const Collection& c) { return c.id; });
    return found == known_collections_.end() ? std::nullopt : std::optional(*found);
}

std::optional<Collection> LibraryPage::collectionNamed(const QString& name) const {
    const auto found = std::ranges::find_if(known_collections_, [&](const Collection& one) {
        return toQString(one.name).compare(name, Qt::CaseInsensitive) == 0;
    });
    return found == known_collections_.end() ? std::nullopt : std::optional(*found);
}

void LibraryPage::setTotal(qlonglong clips) {
    total_ = clips;
    showCount();
}

void LibraryPage::showCount() {
    const QLocale locale;
    const int found = model_.rowCount();
    count_->setText(
        query() == ClipQuery{.order = query().order}
            ? tr("%1 clips").arg(locale.toString(total_))
            : tr("%1 of %2 clips").arg(locale.toString(found), locale.toString(total_))
    );
    grid_->setEmptyText(
        total_ == 0 ? tr("Your clips appear here.") : tr("No clip is like that. Esc shows all of them.")
    );
}

void LibraryPage::resetFilters() {
    search_->clear();
    favourites_->setChecked(false);
    for (QComboBox* box : {stars_, shape_, age_, models_, tags_, collections_}) {
        box->setCurrentIndex(0);
    }
    typing_.start();
}

void LibraryPage::editTags(const QList<qlonglong>& ids, const QStringList& tags) {
    line_->ask(
        {QStringLiteral("library-tags"),
         tr("Tags"),
         tr("Tags of the chosen clips"),
         tr("Tags, with commas between them; Enter keeps them"),
         tags.join(QStringLiteral(", "))},
        [this, ids](const QString& text) {
            QStringList words;
            for (const QString& tag : text.split(QLatin1Char(','))) {
                if (const QString word = tag.simplified(); !word.isEmpty()) {
                    words << word;
                }
            }
            emit tagsTyped(ids, words);
        }
    );
}

void LibraryPage::askCollection(const QList<qlonglong>& ids) {
    QStringList known;
    for (const Collection& one : known_collections_) {
        known << toQString(one.name);
    }
    line_->ask(
        {QStringLiteral("library-collection-name"),
         tr("Collection"),
         tr("Collection for the chosen clips"),
         tr("The name of a collection, a new one too; Enter puts the clips into it"),
         {},
         known},
        [this, ids](const QString& name) {
            if (!name.isEmpty()) {
                emit collectionTyped(ids, name);
            }
        }
    );
}

void LibraryPage::askName(const Collection& collection) {
    line_->ask(
        {QStringLiteral("library-collection-name"),
         tr("Collection"),
         tr("Another name for the collection"),
         tr("Another name; Enter keeps it"),
         toQString(collection.name)},
        [this, collection](const QString& name) {
            if (!name.isEmpty() && name != toQString(collection.name)) {
                emit collectionRenamed(collection, name);
            }
        }
    );
}

void LibraryPage::showCollectionMenu() {
    const auto chosen = collection();
    if (!chosen) {
        return;
    }
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("collection-menu"));
    menu.addAction(tr("Rename…"), this, [this, chosen] { askName(*chosen); });
    menu.addAction(tr("Remove the collection (its clips stay)"), this, [this, chosen] {
        collections_->setCurrentIndex(0);
        typing_.start();
        emit collectionRemoved(*chosen);
    });
    menu.exec(collection_menu_->mapToGlobal(collection_menu_->rect().bottomLeft()));
}

bool LibraryPage::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const bool enter = key == Qt::Key_Return || key == Qt::Key_Enter;
        if (watched == search_ && (enter || key == Qt::Key_Down)) {
            grid_->setFocus();
            if (model_.rowCount() > 0 && !grid_->currentIndex().isValid()) {
                grid_->setCurrentIndex(model_.index(0));
            }
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

/// Esc shows all clips again, then closes.
void LibraryPage::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && !(query() == ClipQuery{.order = query().order})) {
        resetFilters();
        search_->setFocus();
    } else if (event->key() == Qt::Key_Escape) {
        close();
    } else if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Enter) { // nothing is "default" here
        QDialog::keyPressEvent(event);
    }
}

} // namespace rushes::ui
