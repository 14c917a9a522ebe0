"""The fictitious application cases of the demo."""

from typing import Any, Final, NamedTuple

_TASK_FORCE: Final = "industry"


class SampleCase(NamedTuple):
    """A case, and what happens to it."""

    org: str  # that files it
    filed: str  # month and day, such as 08-04
    content: dict[str, Any]
    moves: tuple[tuple[str, str, dict[str, Any]], ...] = ()  # day, organisation, move
    evidence: tuple[str, ...] = ()  # names of files


def _approved(org: str, taken_up: str, approved: str) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    return (
        (taken_up, org, {"move": "submit"}),
        (taken_up, _TASK_FORCE, {"move": "take_up"}),
        (approved, _TASK_FORCE, {"move": "approve", "on": f"2022-{approved}"}),
    )


SAMPLE_CASES: Final = (
    SampleCase(
        org="mobile",
        filed="08-02",
        content={
            "title": "5G＋超高清文旅直播",
            "domain": "information_consumption",
            "applicant": "两江新区某文旅企业（虚构）",
            "summary": "园区内 5G 与千兆光网双链路回传，八路 4K 画面同时直播。",
            "area": "500112019",
            "industry": "R",
            "credit_code": "91500000MA5UCA01XW",
            "technologies": ["mobile_5g", "f5g", "ultra_hd_video"],
            "network_mode": "public",
            "results": [
                {"name": "同时直播的 4K 画面", "value": 8, "unit": "路"},
                {"name": "端到端时延", "value": 80, "unit": "毫秒"},
            ],
            "started_on": "2022-04-15",
            "investment_cny": 1_800_000,
        },
        moves=(
            *_approved("mobile", "08-02", "08-05"),
            ("08-20", _TASK_FORCE, {"move": "recommend", "recommended_to": "regulator", "on": "2022-08-20"}),
            ("08-22", _TASK_FORCE, {"move": "publish"}),
        ),
    ),
    SampleCase(
        org="telecom",
        filed="08-09",
        content={
            "title": "5G＋汽车总装机器视觉质检",
            "domain": "vertical_industry",
            "applicant": "两江新区某汽车制造企业（虚构）",
            "summary": "以 5G 专网和边缘计算承载机器视觉质检，误检率降至千分之三。",
            "area": "500112007",
            "industry": "C",
            "credit_code": "91500000MA5UCA02XX",
            "technologies": ["mobile_5g_sa", "mec", "machine_vision", "virtual_private_network"],
            "network_mode": "shared",
            "results": [{"name": "误检率", "value": 0.3, "unit": "%"}, {"name": "质检时延", "value": 20, "unit": "毫秒"}],
            "started_on": "2022-03-01",
            "investment_cny": 6_500_000,
        },
        moves=_approved("telecom", "08-09", "08-12"),
        evidence=("机器视觉质检应用情况.pdf",),
    ),
    SampleCase(
        org="unicom",
        filed="08-16",
        content={
            "title": "5G＋区域医联体远程会诊",
            "domain": "social_livelihood",
            "applicant": "两江新区某医院（虚构）",
            "summary": "三家社区医院经 5G 接入会诊中心，影像秒级调阅。",
            "area": "500112009",
            "industry": "Q",
            "credit_code": "91500000MA5UCA03XY",
            "technologies": ["mobile_5g", "network_slicing"],
            "network_mode": "shared",
            "results": [{"name": "接入的社区医院", "value": 3, "unit": "家"}, {"name": "影像调阅时间", "value": 2, "unit": "秒"}],
            "started_on": "2022-05-10",
            "investment_cny": 2_400_000,
        },
        moves=_approved("unicom", "08-16", "08-19"),
    ),
    SampleCase(
        org="telecom",
        filed="08-23",
        content={
            "title": "千兆光网＋街道一网统管",
            "domain": "digital_government",
            "applicant": "两江新区某街道（虚构）",
            "summary": "视频与物联感知经千兆光网汇聚，事件平均处置时间缩短一半。",
            "area": "500112014",
            "industry": "S",
            "credit_code": "91500000MA5UCA04X0",
            "technologies": ["f5g", "pon_10g", "internet_of_things"],
            "network_mode": "dedicated",
            "results": [{"name": "事件平均处置时间降幅", "value": 50, "unit": "%"}],
            "started_on": "2022-06-01",
            "investment_cny": 900_000,
        },
        moves=_approved("telecom", "08-23", "08-26"),
    ),
    SampleCase(
        org="mobile",
        filed="08-10",
        content={
            "title": "5G＋智慧园区安防",
            "domain": "digital_government",
            "applicant": "两江新区某产业园（虚构）",
            "summary": "园区摄像头经 5G 回传，安防平台集中查看。",
            "area": "500112019",
            "industry": "L",
            "credit_code": "91500000MA5UCA05X1",
            "technologies": ["mobile_5g"],
            "network_mode": "public",
            "results": [{"name": "接入摄像头", "value": 60, "unit": "路"}],
            "started_on": "2022-07-01",
        },
        moves=(
            ("08-10", "mobile", {"move": "submit"}),
            ("08-12", _TASK_FORCE, {"move": "take_up"}),
            ("08-22", _TASK_FORCE, {"move": "reject", "reason": "以普通视频监控为主，未体现“双千兆”应用成效。"}),
        ),
    ),
    SampleCase(
        org="telecom",
        filed="08-29",
        content={
            "title": "工业PON＋数控车间互联",
            "domain": "vertical_industry",
            "applicant": "两江新区某机械制造企业（虚构）",
            "summary": "以工业 PON 改造数控车间内网，46台机床联网，换型时间缩短。",
            "area": "500112021",
            "industry": "C",
            "credit_code": "91500000MA5UCA06X2",
            "technologies": ["f5g", "pon_10g"],
            "network_mode": "dedicated",
            "results": [{"name": "联网机床", "value": 46, "unit": "台"}, {"name": "换型时间降幅", "value": 30, "unit": "%"}],
            "started_on": "2022-05-16",
            "investment_cny": 1_200_000,
        },
        moves=(("08-29", "telecom", {"move": "submit"}), ("09-01", _TASK_FORCE, {"move": "take_up"})),
        evidence=("联网机床清单.csv",),
    ),
    SampleCase(
        org="unicom",
        filed="08-30",
        content={
            "title": "5G＋8K 体育赛事转播",
            "domain": "information_consumption",
            "applicant": "两江新区某体育场馆（虚构）",
            "summary": "场馆内 5G 切片保障 8K 机位回传。",
            "industry": "R",
            "credit_code": "91500000MA5UCA07X3",
            "technologies": ["mobile_5g_sa", "network_slicing", "ultra_hd_video"],
            "network_mode": "shared",
            "results": [{"name": "8K 机位", "value": 2, "unit": "个"}],
            "started_on": "2022-06-20",
        },
        moves=(
            ("08-30", "unicom", {"move": "submit"}),
            ("09-05", _TASK_FORCE, {"move": "return", "reason": "请补充转播场次和效果的证明材料。"}),
        ),
    ),
    SampleCase(
        org="yuanyang",
        filed="09-02",
        content={
            "title": "千兆社区智慧养老",
            "domain": "social_livelihood",
            "applicant": "鸳鸯街道某社区（虚构）",
            "summary": "以千兆光网承载居家养老看护，覆盖320户老人。",
            "area": "500112007",
            "industry": "Q",
            "credit_code": "55500112ME0000001W",
            "technologies": ["f5g", "internet_of_things"],
            "network_mode": "public",
            "results": [{"name": "覆盖老人", "value": 320, "unit": "户"}],
            "started_on": "2022-05-10",
        },
        moves=(("09-02", "yuanyang", {"move": "submit"}),),
    ),
    SampleCase(
        org="mobile",
        filed="09-06",
        content={
            "title": "5G＋无人机桥梁巡检",
            "domain": "digital_government",
            "applicant": "两江新区某市政管理单位（虚构）",
            "summary": "无人机经 5G 回传高清画面，替代人工登高巡检。",
        },
    ),
)
