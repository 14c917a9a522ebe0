"""The fictitious application cases of the demo."""

SAMPLE_CASES: tuple[tuple[str, str, dict[str, str]], ...] = (  # filed by, approved on, the case
    (
        "mobile",
        "2022-08-05",
        {
            "title": "5G＋超高清文旅直播",
            "domain": "information_consumption",
            "applicant": "两江新区某文旅企业（虚构）",
            "summary": "园区内 5G 与千兆光网双链路回传，八路 4K 画面同时直播。",
            "area": "500112019",
        },
    ),
    (
        "telecom",
        "2022-08-12",
        {
            "title": "5G＋汽车总装机器视觉质检",
            "domain": "vertical_industry",
            "applicant": "两江新区某汽车制造企业（虚构）",
            "summary": "以 5G 专网和边缘计算承载机器视觉质检，误检率降至千分之三。",
            "area": "500112007",
        },
    ),
    (
        "unicom",
        "2022-08-19",
        {
            "title": "5G＋区域医联体远程会诊",
            "domain": "social_livelihood",
            "applicant": "两江新区某医院（虚构）",
            "summary": "三家社区医院经 5G 接入会诊中心，影像秒级调阅。",
            "area": "500112009",
        },
    ),
    (
        "telecom",
        "2022-08-26",
        {
            "title": "千兆光网＋街道一网统管",
            "domain": "digital_government",
            "applicant": "两江新区某街道（虚构）",
            "summary": "视频与物联感知经千兆光网汇聚，事件平均处置时间缩短一半。",
            "area": "500112014",
        },
    ),
)
