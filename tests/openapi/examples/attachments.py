"""The requests about attachments, which the demo's items do not have."""

from typing import Any, Final
from unittest.mock import patch

from services.cases.attachments.scanner import Scanner
from shared.problems import Infected
from tests.openapi.examples.recorder import Operation, Recorder, operations

FORM: Final = "multipart/form-data; boundary=form"
FOUND: Final = "Win.Test.EICAR_HDB-1"


def attach_everything(office: Recorder) -> None:
    """Attach files to an item of each kind, read them, strike one out, and have further ones refused."""
    for operation in list(operations().values()):
        if operation.method == "post" and operation.path.endswith("/attachments"):
            _attach(office, operation)


def _attach(office: Recorder, create: Operation) -> None:
    file: Any = {"body": file_form("处数.csv", "街道,处数\n康美街道,12\n".encode()), "media": FORM}
    office.ids[create.path] = office.ok(create.id, **file).json()["id"]
    for operation in operations().values():
        if operation.method == "get" and operation.path.startswith(create.path):
            for media in [media for _, media in operation.texts] or ["*/*"]:
                office.ok(operation.id, headers={"Accept": media})
    for operation in operations().values():
        if operation.method == "post" and operation.path.startswith(f"{create.path}/"):
            office.ok(operation.id, body=operation.bodies[0][1])
    found = Infected(f"病毒扫描发现：{FOUND}。文件未保存。", f"The virus scanner found {FOUND}; the file was not stored.")
    with patch.object(Scanner, "scan", side_effect=found):
        office.refused("infected", create.id, **file)
    while office.send(create.id, **file).is_success:
        pass
    office.refused("too_many_attachments", create.id, **file)


def file_form(name: str, content: bytes) -> bytes:
    """Return the body of a form with a file."""
    start = f'--form\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return start.encode() + content + b"\r\n--form--\r\n"
