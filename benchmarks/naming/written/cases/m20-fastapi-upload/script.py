from typing import Annotated

from fastapi import FastAPI, File, Form, UploadFile
from fastapi.templating import Jinja2Templates
from fastapi.security import OAuth2PasswordBearer
from starlette.middleware.sessions import SessionMiddleware
from sqlmodel import SQLModel, Field
from pydantic import BaseModel, EmailStr
import uvicorn
import socketio
import sentry_sdk
from jose import JWTError
from prometheus_client import Counter
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slowapi import Limiter

app = FastAPI()
templates = Jinja2Templates(directory="templates")
oauth = OAuth2PasswordBearer(tokenUrl="token")


class User(BaseModel):
    mail: EmailStr


@app.post("/files")
async def upload(file: Annotated[UploadFile, File()], note: Annotated[str, Form()]):
    return {"size": len(await file.read()), "note": note}


app.add_middleware(SessionMiddleware, secret_key="x")

if __name__ == "__main__":
    uvicorn.run(app)
