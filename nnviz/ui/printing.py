"""A picture on paper: the preview, from which it is printed; without any printer it is printed to a PDF file."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

from nnviz.ui.pictures import Picture, paint_page
from nnviz.ui.screen_fit import resize_within_screen

WIDTH, HEIGHT = 900, 560


class Preview(QPrintPreviewDialog):
    """Shows the picture on a page and prints it; Qt's own dialog, with its words and keys."""

    def __init__(self, picture: Picture, parent: QWidget) -> None:
        self._picture, self.printer_shown = picture, _printer(picture)
        super().__init__(self.printer_shown, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.paintRequested.connect(self._paint_page)
        resize_within_screen(self, WIDTH, HEIGHT)

    @Slot(QPrinter)
    def _paint_page(self, printer: QPrinter) -> None:
        with QPainter(printer) as painter:
            page = printer.pageLayout().paintRectPixels(printer.resolution())
            paint_page(self._picture, painter, QRect(0, 0, page.width(), page.height()))


def _printer(picture: Picture) -> QPrinter:
    printer = QPrinter()
    if not QPrinterInfo.availablePrinterNames():
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setResolution(picture.dots)  # letters are measured in dots; all is drawn as shapes, so the paper is as sharp as ever
    printer.setDocName(f"{picture.title}, {picture.said}")
    wide = picture.size[0] > picture.size[1]
    printer.setPageOrientation(QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait)
    return printer
