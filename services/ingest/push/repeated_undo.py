"""The refusal of an undo because the import was undone before."""

from zoneinfo import ZoneInfo

from services.ingest.push.dataset import PushRun
from shared.database.sql import statement
from shared.problem_members import LaterImports
from shared.problems import AlreadyUndone

_LIST_UNDOS = statement(__package__, "list_undos")


async def refuse_repeated_undo(run: PushRun) -> None:
    """Raise `AlreadyUndone` if the import that is to be undone was undone before, or if its undo was undone."""
    binds = {"campaign": run.request.scope.campaign, "org": run.request.scope.org, "id": run.request.undoes}
    undos = await (await run.connection.execute(_LIST_UNDOS, binds)).fetchall()
    if not undos:
        return
    (undone_by, undone_at), (last, _) = undos[0], undos[-1]
    local = f"{undone_at.astimezone(ZoneInfo(run.definition.campaign.timezone)):%Y-%m-%d %H:%M}"
    zh, en = f"该次导入已于 {local} 由导入 {undone_by} 撤销", f"The import was undone at {local} by import {undone_by}"
    restored_by = last if len(undos) % 2 == 0 else None
    if restored_by:
        zh += f"，其数据后由导入 {restored_by} 恢复；如需再次撤销，请撤销后者"
        en += f", and its counts were restored by import {restored_by}; undo that one instead"
    members = LaterImports(undone_by=undone_by, undone_at=undone_at, restored_by=restored_by)
    raise AlreadyUndone(f"{zh}。", f"{en}.", members=members)
