import json
import os

import boto3
from botocore.exceptions import ClientError
import awslambdaric
from aws_lambda_powertools import Logger, Tracer
from aws_xray_sdk.core import patch_all
from aws_cdk import Stack, aws_lambda as _lambda
from constructs import Construct
from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
import cfnresponse
from lambda_function import other
import jsonpickle
from slack_sdk import WebClient
from moto import mock_aws
from snowflake.connector import connect
import pymysql.cursors

logger = Logger()
patch_all()


def lambda_handler(event, context):
    try:
        boto3.client("s3").list_buckets()
    except ClientError as error:
        logger.error(error)
    return {"statusCode": 200, "body": json.dumps(os.environ.get("A"))}
