import pandas as pd

hdf = pd.read_hdf("store.h5", "table")
old = pd.read_excel("old.xls")
ods = pd.read_excel("calc.ods", engine="odf")
print(hdf.to_markdown())
hdf.style.background_gradient()
hdf.plot(kind="bar")
xml = pd.read_xml("feed.xml")
with pd.ExcelWriter("out.xlsx", engine="xlsxwriter") as writer:
    old.to_excel(writer)
pd.read_clipboard()
hdf.to_feather("x.feather")
pd.read_sas("a.sas7bdat")
pd.read_spss("a.sav")
