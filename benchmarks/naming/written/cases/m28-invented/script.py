import pandas as pd
from langchain_smart_router import SmartRouter
from fastapi_auto_crudgen import CrudBuilder
import pdf_table_magician
from openai_cost_watcher import watch
from anthropic import Anthropic

client = Anthropic()


@watch(budget=3.0)
def run(path: str) -> pd.DataFrame:
    tables = pdf_table_magician.extract(path)
    return SmartRouter(client).route(tables)


CrudBuilder(run)
