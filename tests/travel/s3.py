"""An S3 server of one test: moto's, a process of its own that is really asked over HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field

ACCESS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
BUCKET = "team"


@dataclass
class Server:
    """One bucket; its objects can be looked at and damaged."""

    port: int = 0
    process: subprocess.Popen | None = None
    url: str = f"s3://{BUCKET}/roost"
    environ: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environ = ACCESS | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        self._await()
        self.client().create_bucket(Bucket=BUCKET)

    def _await(self) -> None:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.environ["AWS_ENDPOINT_URL"] + "/moto-api/data.json", timeout=5).close()
            except OSError:
                assert time.monotonic() < end, "the S3 server does not start"
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def client(self):
        import boto3

        return boto3.client(
            "s3", endpoint_url=self.environ["AWS_ENDPOINT_URL"], aws_access_key_id="testing", aws_secret_access_key="testing",
            region_name="us-east-1",
        )  # fmt: skip

    def names(self) -> list[str]:
        found = self.client().list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return sorted(one["Key"].removeprefix("roost/") for one in found)

    def read(self, name: str) -> bytes:
        return self.client().get_object(Bucket=BUCKET, Key=f"roost/{name}")["Body"].read()

    def write(self, name: str, data: bytes) -> None:
        self.client().put_object(Bucket=BUCKET, Key=f"roost/{name}", Body=data)

    def flip(self, name: str) -> None:
        """Change one byte in the middle of an object."""
        data = self.read(name)
        at = len(data) // 2
        self.write(name, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])

    def cut(self, name: str) -> None:
        self.write(name, self.read(name)[:-20])
