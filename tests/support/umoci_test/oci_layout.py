# SPDX-License-Identifier: Apache-2.0
"""OCI layouts made by hand, right or wrong.

    layout = Layout(path)
    layout.add_image([Layer(archive(...)), Layer(archive(...), Compression.ZSTD)], tag="latest")

Every level can be told to lie: a layer about its blob, digest, size, media type or diff_id, an image
about its configuration and manifest, and documents can be given as bytes.
"""

from __future__ import annotations

import dataclasses
import enum
import gzip
import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
REF_NAME = "org.opencontainers.image.ref.name"

Descriptor = dict[str, Any]


class Compression(enum.Enum):
    """How a layer is compressed; the value is what its media type ends in."""

    NONE = ""
    GZIP = "+gzip"
    ZSTD = "+zstd"

    def compress(self, data: bytes) -> bytes:
        """One gzip member, one zstd frame, or the data as it is."""
        if self is Compression.GZIP:
            return gzip.compress(data, 6, mtime=0)
        if self is Compression.ZSTD:
            command = ["zstd", "-q", "-c", "--single-thread"]
            return subprocess.run(command, input=data, check=True, capture_output=True).stdout
        return data


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    """The name of bytes."""
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def as_json(value: Any) -> bytes:
    """Bytes stay what they are; all else is written without spaces."""
    if isinstance(value, bytes):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogateescape")


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer. What is None is told truthfully.

    `blob` replaces the compressed bytes, `descriptor` members of the descriptor, `diff_id` the digest of `tar`.
    """

    tar: bytes
    compression: Compression = Compression.NONE
    blob: bytes | None = None
    diff_id: str | None = None
    descriptor: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def bytes_stored(self) -> bytes:
        """What is in the blob."""
        return self.compression.compress(self.tar) if self.blob is None else self.blob


class Layout:
    """A layout in a directory that must not exist, without an image at first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._images: list[Descriptor] = []
        (path / "blobs" / "sha256").mkdir(parents=True)
        self.write("oci-layout", {"imageLayoutVersion": "1.0.0"})
        self.write_index([])

    def write(self, name: str, document: Any) -> None:
        """A file of the layout: bytes, or anything JSON can say."""
        (self.path / name).write_bytes(as_json(document))

    def blob_path(self, digest: str) -> Path:
        """Where a blob lies."""
        algorithm, _, digits = digest.partition(":")
        return self.path / "blobs" / algorithm / digits

    def add_blob(self, data: bytes, media_type: str, /, **members: Any) -> Descriptor:
        """Stores bytes; `members` are added to the descriptor, or replace what it truly says."""
        digest = digest_of(data)
        self.blob_path(digest).write_bytes(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data), **members}

    def add_document(self, document: Any, media_type: str, /, **members: Any) -> Descriptor:
        """Stores JSON."""
        return self.add_blob(as_json(document), media_type, **members)

    def add_layer(self, layer: Layer) -> Descriptor:
        """Stores a layer's blob."""
        media_type = LAYER_TYPE + layer.compression.value
        return {**self.add_blob(layer.bytes_stored(), media_type), **layer.descriptor}

    def add_image(
        self,
        layers: Iterable[Layer | bytes],
        *,
        tag: str | None = "latest",
        runtime: Mapping[str, Any] | None = None,
        config: Mapping[str, Any] | bytes | None = None,
        manifest: Mapping[str, Any] | None = None,
    ) -> Descriptor:
        """Stores an image and names it in the index.

        Layers are `Layer`s or plain tar bytes, lowest first. `runtime` is the member `config` of the configuration;
        `config` and `manifest` are members added to those documents, or replacing theirs; a value of `...` removes
        a member. A configuration can be bytes.
        """
        layers = [layer if isinstance(layer, Layer) else Layer(layer) for layer in layers]
        descriptors = [self.add_layer(layer) for layer in layers]
        diff_ids = [layer.diff_id or digest_of(layer.tar) for layer in layers]
        if not isinstance(config, bytes):
            config = _merged(
                {
                    "architecture": "amd64",
                    "os": "linux",
                    "config": runtime or {},
                    "rootfs": {"type": "layers", "diff_ids": diff_ids},
                },
                config,
            )
        document = {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": self.add_document(config, CONFIG_TYPE),
            "layers": descriptors,
        }
        return self.add_manifest(_merged(document, manifest), tag=tag)

    def add_manifest(self, document: Any, *, tag: str | None = "latest", **members: Any) -> Descriptor:
        """Stores a manifest and names it in the index."""
        descriptor = self.add_document(document, MANIFEST_TYPE, **members)
        if tag is not None:
            descriptor["annotations"] = {REF_NAME: tag, **descriptor.get("annotations", {})}
        self._images.append(descriptor)
        self.write_index(self._images)
        return descriptor

    def write_index(self, manifests: Iterable[Descriptor], **members: Any) -> None:
        """Replaces index.json; `members` as in `add_image`."""
        index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": list(manifests)}
        self.write("index.json", _merged(index, members))


def _merged(document: dict[str, Any], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    merged = {**document, **(changes or {})}
    return {key: value for key, value in merged.items() if value is not ...}
