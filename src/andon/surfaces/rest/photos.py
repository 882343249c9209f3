"""/photos: pictures of inspected parts: sent first, then named by the act `inspect`."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response
from fastapi.responses import FileResponse

from .served import Asking, Door

TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
Content = Annotated[bytes, Body(media_type="application/octet-stream", description="JPEG, PNG or WebP, 4 MB at most.")]


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.post("/photos", operation_id="keep_photo", response_model=dict[str, str])
    def keep(content: Content, asking: Asking = Depends(door)) -> Response:
        """Keep a photo in the plant folder; its name is what the act `inspect` takes as `photo`."""
        return asking.told(asking.ask("keep_photo", content))

    @found.get("/photos/{name}", operation_id="photo", response_class=FileResponse)
    def photo(name: str, asking: Asking = Depends(door)) -> Response:
        """A photo of an inspected part."""
        path: Path = asking.ask("photo_file", name)
        return FileResponse(path, media_type=TYPES[path.suffix[1:]])
