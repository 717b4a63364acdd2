"""Libraries that load an engine when it is used: only these imports of theirs are worth an addition.

Each: the module that imports (or a package above it); the import names, None for all; whether also while the module
itself is loaded, which is for modules that somebody loads only to use the engine. Everything else that libraries try to
import, they can do without.
"""

MATPLOTLIB = ("matplotlib",)
DATABASES = (
    "psycopg2", "psycopg", "pymysql", "MySQLdb", "oracledb", "cx_Oracle", "pyodbc", "pymssql", "asyncpg", "aiosqlite",
    "aiomysql", "asyncmy", "pg8000", "mariadb",
)  # fmt: skip

PANDAS = (
    "openpyxl", "xlsxwriter", "odf", "xlrd", "pyxlsb", "python_calamine", "lxml", "bs4", "html5lib", "tables", "sqlalchemy",
    "jinja2", "matplotlib", "pyarrow", "fastparquet", "fsspec", "s3fs", "gcsfs", "zstandard", "tabulate", "pyreadstat",
    "scipy", "xarray",
)  # fmt: skip

ENGINES = (
    ("pandas.compat._optional", None, False),
    ("pandas.io", PANDAS, False),
    ("pandas.plotting", MATPLOTLIB, True),
    ("sqlalchemy.dialects", DATABASES, False),
    ("sqlalchemy.engine", DATABASES, False),
    ("django.db.backends", DATABASES, True),
    ("sklearn.utils", ("matplotlib", "pandas"), False),
    ("statsmodels.graphics", MATPLOTLIB, False),
    ("networkx", ("numpy", "scipy", "matplotlib", "pandas", "pydot", "pygraphviz", "lxml"), False),
    ("imageio.plugins", ("imageio_ffmpeg", "av", "tifffile", "astropy", "itk", "rawpy", "pillow_heif"), True),
    ("plotly.express", ("pandas", "numpy", "statsmodels"), True),
    ("dask.dataframe", ("pandas", "numpy", "pyarrow", "dask_expr"), True),
    ("dask.array", ("numpy",), True),
    ("httpx", ("h2", "socksio", "click", "rich", "pygments"), False),
    ("flask.app", ("asgiref",), False),
    ("pydantic", ("email_validator",), False),
    ("fastapi.dependencies", ("python_multipart", "multipart"), False),
    ("starlette.middleware.sessions", ("itsdangerous",), True),
    ("starlette.templating", ("jinja2",), True),
    ("starlette.testclient", ("httpx",), True),
    ("langchain_community", None, False),
    ("langchain", None, False),
)
