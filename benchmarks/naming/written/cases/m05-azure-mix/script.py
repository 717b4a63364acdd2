import asyncio
import os

from azure.ai.formrecognizer import DocumentAnalysisClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.cosmos.aio import CosmosClient
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.secrets.aio import SecretClient
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue import QueueClient
from azure.servicebus import ServiceBusClient
from azure.mgmt.compute import ComputeManagementClient
from azure.data.tables import TableServiceClient
from azure.eventhub import EventHubProducerClient
from azure.monitor.opentelemetry import configure_azure_monitor
import msal


async def main():
    configure_azure_monitor()
    async with DefaultAzureCredential() as credential:
        async with BlobServiceClient(os.environ["BLOB"], credential=credential) as blobs:
            async for container in blobs.list_containers():
                print(container.name)
        async with SecretClient(os.environ["VAULT"], credential) as secrets:
            try:
                key = await secrets.get_secret("forms")
            except ResourceNotFoundError:
                return
        DocumentAnalysisClient(os.environ["FORMS"], AzureKeyCredential(key.value))
    print(CosmosClient, QueueClient, ServiceBusClient, ComputeManagementClient, TableServiceClient, EventHubProducerClient, msal)


asyncio.run(main())
