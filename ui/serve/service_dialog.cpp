#include "serve/service_dialog.h"

#include "controls/basic.h"
#include "convert.h"
#include "serve/browser_service.h"
#include "serve/service_words.h"
#include "session/settings.h"

#include <QCheckBox>
#include <QClipboard>
#include <QDesktopServices>
#include <QDoubleSpinBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QUrl>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr int last_port = 65535;
constexpr double most_price = 99'999;

QLabel* wrapped(const char* role, const QString& object_name) {
    auto* label = new QLabel;
    label->setObjectName(object_name);
    label->setWordWrap(true);
    setRole(label, role);
    return label;
}

} // namespace

ServiceDialog::ServiceDialog(BrowserService& service, Settings& settings, QWidget* parent)
    : QDialog(parent),
      service_(service),
      settings_(settings),
      on_(new QCheckBox(tr("Show this studio's clips in the browser"))),
      state_(wrapped("hint", QStringLiteral("service-state"))),
      link_(new QLineEdit),
      copy_(new QPushButton(tr("Copy"))),
      open_(new QPushButton(tr("Open"))),
      port_(new QSpinBox),
      price_(new QDoubleSpinBox),
      connected_(wrapped("dim", QStringLiteral("service-connected"))),
      alerts_(wrapped("error", QStringLiteral("service-alerts"))) {
    setObjectName(QStringLiteral("service-dialog"));
    setWindowTitle(tr("Clips in the browser"));
    setNames(on_, QStringLiteral("service-on"), on_->text());
    auto* words = wrapped("hint", QStringLiteral("service-words"));
    words->setText(tr(
        "Clips are seen while they are made, and others can be asked for; they come into this queue. Only "
        "programs of this machine reach it, and only by the link, whose token is new each time. For a phone, "
        "“rushes serve” takes a certificate (docs/serve.md)."
    ));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(size::space4, size::space4, size::space4, size::space4);
    column->setSpacing(size::space3);
    column->addWidget(on_);
    column->addWidget(words);
    column->addWidget(state_);
    column->addWidget(makeLink());
    column->addWidget(makePort());
    column->addWidget(hairline());
    column->addWidget(connected_);
    column->addWidget(alerts_);
    column->addStretch();
    connect(on_, &QCheckBox::toggled, this, &ServiceDialog::choose);
    connect(&service_, &BrowserService::changed, this, &ServiceDialog::showState);
    resize(size::dialog_height, size::dialog_height / 2);
    showState();
}

QWidget* ServiceDialog::makeLink() {
    auto* caption = new Caption(tr("Link to the page"));
    caption->setBuddy(link_);
    setNames(link_, QStringLiteral("service-link"), tr("Link to the page"));
    setNames(copy_, QStringLiteral("service-copy"), tr("Copy the link"));
    setNames(open_, QStringLiteral("service-open"), tr("Open the page"));
    link_->setReadOnly(true);
    copy_->setAutoDefault(false);
    open_->setAutoDefault(false);
    auto* row = new QHBoxLayout;
    row->setSpacing(size::space2);
    row->addWidget(link_, 1);
    row->addWidget(copy_);
    row->addWidget(open_);
    auto* group = new QWidget;
    auto* column = new QVBoxLayout(group);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space1);
    column->addWidget(caption);
    column->addLayout(row);
    connect(copy_, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(service_.link());
    });
    connect(open_, &QPushButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl(service_.link())); });
    return group;
}

QWidget* ServiceDialog::makePort() {
    auto* caption = new Caption(tr("Port"));
    caption->setBuddy(port_);
    auto* price_caption = new Caption(tr("Price of an hour"));
    price_caption->setBuddy(price_);
    setNames(price_, QStringLiteral("service-price"), tr("Price of an hour"));
    price_->setToolTip(tr("Of this machine, in whatever currency: /metrics tells what each clip costs by it.")
    );
    price_->setRange(0, most_price);
    price_->setValue(settings_.get(Setting::price_per_hour).toDouble());
    connect(price_, &QDoubleSpinBox::valueChanged, this, [this](double price) {
        settings_.set(Setting::price_per_hour, price);
    });
    setNames(port_, QStringLiteral("service-port"), tr("Port"));
    port_->setRange(0, last_port);
    port_->setSpecialValueText(tr("Any free one"));
    port_->setGroupSeparatorShown(false);
    port_->setValue(settings_.get(Setting::serve_port).toInt());
    connect(port_, &QSpinBox::valueChanged, this, [this](int port) {
        settings_.set(Setting::serve_port, port);
    });
    auto* group = new QWidget;
    auto* row = new QHBoxLayout(group);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(size::space2);
    row->addWidget(caption);
    row->addWidget(port_);
    row->addSpacing(size::space4);
    row->addWidget(price_caption);
    row->addWidget(price_);
    row->addStretch();
    return group;
}

void ServiceDialog::choose(bool on) {
    settings_.set(Setting::serve_on, on);
    if (on) {
        service_.switchOn(static_cast<std::uint16_t>(port_->value()), price_->value());
    } else {
        service_.switchOff();
    }
}

void ServiceDialog::showState() {
    using State = BrowserService::State;
    const State state = service_.state();
    const bool on = state == State::on;
    {
        const QSignalBlocker blocker(on_);
        on_->setChecked(state != State::off);
    }
    QString words;
    if (state == State::starting) {
        words = tr("It is being opened.");
    } else if (const auto& failure = service_.failure()) {
        words = tr("%1 Another port may be free.").arg(QString::fromUtf8(failure->what()));
    }
    state_->setText(words);
    state_->setVisible(!words.isEmpty());
    link_->setText(service_.link());
    link_->setCursorPosition(0);
    link_->setEnabled(on);
    copy_->setEnabled(on);
    open_->setEnabled(on);
    port_->setEnabled(state == State::off);
    price_->setEnabled(state == State::off);
    connected_->setText(connectedWords(service_.connected()));
    connected_->setVisible(on);
    QStringList alerts;
    for (const Alert& alert : service_.alerts()) {
        alerts << alertWords(alert);
    }
    alerts_->setText(alerts.join(QLatin1Char('\n')));
    alerts_->setVisible(!alerts.isEmpty());
}

} // namespace rushes::ui
