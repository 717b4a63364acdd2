import asyncio
from sqlalchemy.ext.asyncio import create_async_engine, async_sessionmaker
from sqlalchemy import text, create_engine
import databases
from tortoise import Tortoise

engine = create_async_engine("postgresql+asyncpg://user:pw@localhost/app")
lite = create_async_engine("sqlite+aiosqlite:///app.db")
duck = create_engine("duckdb:///x.duckdb")
mssql = create_engine("mssql+pyodbc://sa:pw@host/db?driver=ODBC+Driver+18")
ora = create_engine("oracle+oracledb://u:p@h/db")
my = databases.Database("mysql+aiomysql://root@localhost/x")


async def main():
    async with async_sessionmaker(engine)() as session:
        print(await session.execute(text("select 1")))
    await Tortoise.init(db_url="sqlite://db.sqlite3", modules={"models": ["models"]})


asyncio.run(main())
