"""Make an Excel workbook with a sheet of orders, a summary, and a column chart."""

import random
import sys

import pandas as pd
from openpyxl import load_workbook
from openpyxl.chart import BarChart, Reference


def orders(count: int) -> pd.DataFrame:
    random.seed(7)
    return pd.DataFrame(
        {
            "date": pd.date_range("2026-01-01", periods=count, freq="D"),
            "customer": [random.choice(["North", "South", "East", "West"]) for _ in range(count)],
            "amount": [round(random.uniform(20, 400), 2) for _ in range(count)],
        }
    )


out = sys.argv[1] if len(sys.argv) > 1 else "orders.xlsx"
table = orders(120)
summary = table.groupby("customer", as_index=False)["amount"].sum().round(2)
with pd.ExcelWriter(out) as workbook:
    table.to_excel(workbook, sheet_name="orders", index=False)
    summary.to_excel(workbook, sheet_name="summary", index=False)

book = load_workbook(out)
chart = BarChart()
chart.title = "Amount by customer"
chart.add_data(Reference(book["summary"], min_col=2, min_row=1, max_row=len(summary) + 1), titles_from_data=True)
chart.set_categories(Reference(book["summary"], min_col=1, min_row=2, max_row=len(summary) + 1))
book["summary"].add_chart(chart, "D2")
book.save(out)
print(summary.to_string(index=False))
print(f"{out}: {len(table)} orders")
