from __future__ import annotations

import typing as t
from typing import TYPE_CHECKING

import msgspec
import structlog

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from _typeshed import SupportsRead
    from google.cloud.bigquery import Client
    from mypy_boto3_ec2 import EC2Client
    from sqlalchemy.orm import Session

if t.TYPE_CHECKING:
    import torch
    from types_aiobotocore_s3 import S3Client

log = structlog.get_logger()


class Row(msgspec.Struct):
    name: str
    size: int


def load(source: SupportsRead[bytes], session: Session, client: Client, s3: S3Client, ec2: EC2Client) -> Iterable[Row]:
    log.info("loading")
    yield from msgspec.json.decode(source.read(), type=list[Row])


def tensor(rows: Iterable[Row]) -> torch.Tensor | npt.NDArray:
    import torch

    return torch.tensor([r.size for r in rows])
