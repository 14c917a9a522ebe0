"""Groups of operations in the API pages."""

from typing import Final

TAGS: Final = {
    "identity": "访问令牌、验签公钥、当前客户端 / Access tokens, the keys that verify them, and the calling client.",
    "catalogue": "全部代码及其中英文名称、限额 / Every code with its titles in both languages, and the limits.",
    "observations": "计数的推送与读取 / Pushing and reading counts.",
    "registers": "按月清单：重点场所、小区、基站、测试等 / Monthly lists of key places, compounds, base stations and tests.",
    "imports": "每次推送的记录、逐行错误、撤销 / Records of pushes, their row errors, and undoing them.",
    "templates": "填报模板 / Templates to fill in.",
    "completeness": "应报、已报、零值、缺报、迟报 / Expected counts: reported, zero, missing or late.",
    "findings": "质量规则的疑点与说明 / Findings of quality rules, and their explanations.",
    "submissions": "月度报送、审核与重新开放 / Submission, review and reopening of months.",
    "reminders": "催报文本与记录 / Texts that remind organisations, and their log.",
    "summary": "各项指标月度汇总 / Every indicator of a month.",
    "indicators": "指标的口径、时间序列与计算过程 / Definitions, series and calculation of indicators.",
    "targets": "目标的差距、进度、预测、排名与推演 / Gap, pace, forecast, rankings and hypothetical counts.",
    "changes": "两个数据版本之间的差异 / Differences between two data versions.",
    "reports": "月报的预览、签发与签收 / The monthly report: previewed, issued and acknowledged.",
    "cases": "应用案例，从起草到认定 / Application cases, from draft to approval.",
    "difficulties": "具体困难，从提出到确认解决 / Difficulties, from the request for help to its confirmation.",
    "action_items": "督办事项，从下达到办结 / Action items, from their issue to the acceptance of what was done.",
    "inbox": "待办与办理情况 / What waits for an organisation, and the workload of each.",
    "challenges": "对已报数据的质疑、答复与裁定 / Questions about stored counts, answered and decided by deadlines.",
    "tasks": "任务清单与进展看板 / The plan's tasks, and the board of their progress.",
    "assignments": "任务责任：进展、完成、验收 / Assignments of tasks: progress, completion and acceptance.",
    "definitions": "活动定义的版本与预览 / Versions of the campaign's definition, and previews.",
}
"""Descriptions of the tags of operations, in the order of the API pages."""
