// A small window from which a file can be dragged, as from a file manager: drag_source FILE
#include <QApplication>
#include <QDrag>
#include <QLabel>
#include <QMimeData>
#include <QMouseEvent>
#include <QUrl>

namespace {

class DragSource : public QLabel {
public:
    explicit DragSource(const QString& file) : QLabel(file.section(QLatin1Char('/'), -1)), file_(file) {
        setWindowTitle(QStringLiteral("drag source"));
        setMargin(12);
    }

protected:
    void mouseMoveEvent(QMouseEvent* event) override {
        if (event->buttons().testFlag(Qt::LeftButton)) {
            auto* drag = new QDrag(this); // Qt deletes it
            auto* files = new QMimeData;
            files->setUrls({QUrl::fromLocalFile(file_)});
            drag->setMimeData(files);
            drag->exec(Qt::CopyAction);
        }
    }

private:
    const QString file_;
};

} // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    if (argc != 2) {
        qWarning("drag_source FILE");
        return 2;
    }
    DragSource source(QString::fromLocal8Bit(argv[1]));
    source.show();
    return QApplication::exec();
}
