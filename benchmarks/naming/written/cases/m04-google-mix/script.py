from google.cloud import pubsub_v1, secretmanager, firestore
from google.cloud.storage import Client
from google.cloud import vision
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import InstalledAppFlow
from googleapiclient.discovery import build
from google.protobuf.json_format import MessageToDict
import google.generativeai as genai

SCOPES = ["https://www.googleapis.com/auth/drive.readonly"]


def credentials() -> Credentials:
    flow = InstalledAppFlow.from_client_secrets_file("client.json", SCOPES)
    found = flow.run_local_server()
    if found.expired:
        found.refresh(Request())
    return found


def labels(path):
    client = vision.ImageAnnotatorClient()
    with open(path, "rb") as handle:
        return MessageToDict(client.label_detection(image=vision.Image(content=handle.read()))._pb)


genai.configure(api_key=secretmanager.SecretManagerServiceClient().access_secret_version(name="k").payload.data)
drive = build("drive", "v3", credentials=credentials())
publisher = pubsub_v1.PublisherClient()
firestore.Client().collection("x")
Client().bucket("b")
