"""Write an invoice as a PDF."""

import sys
from datetime import date, timedelta

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

LINES = [("Sourdough, 1 kg", 12, 4.80), ("Baguette", 30, 1.35), ("Plum cake", 2, 18.00)]

out = sys.argv[1] if len(sys.argv) > 1 else "invoice.pdf"
today = date(2026, 3, 1)
styles = getSampleStyleSheet()
rows = [["Article", "Pieces", "Each", "Sum"]]
rows += [[name, count, f"{price:.2f}", f"{count * price:.2f}"] for name, count, price in LINES]
total = sum(count * price for _, count, price in LINES)
rows.append(["", "", "Total", f"{total:.2f}"])
table = Table(rows, colWidths=[220, 60, 80, 80])
table.setStyle(
    TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 1, colors.black),
            ("LINEABOVE", (2, -1), (-1, -1), 1, colors.black),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ]
    )
)
SimpleDocTemplate(out, pagesize=A4, title="Invoice 2026-014").build(
    [
        Paragraph("Invoice 2026-014", styles["Title"]),
        Paragraph(f"Date: {today}. Please pay by {today + timedelta(days=14)}.", styles["Normal"]),
        Spacer(1, 18),
        table,
    ]
)
print(f"{out}: {len(LINES)} articles, {total:.2f} in all")
