"""A random campaign over nine months: three levels of areas with a merger, organisations that join and leave."""

import random
from typing import Any

from shared.campaign.definition import Definition

MONTHS = [f"{2021 + month // 12}-{month % 12 + 1:02}" for month in range(11, 20)]  # 2021-12 to 2022-08
CARRIERS = ("alpha", "beta", "gamma", "delta")
READER, TASK_FORCE = "economy", "industry"


def titled(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def _organisation(code: str, *roles: str, **more: str) -> dict[str, Any]:
    return {"code": code, "title": titled(f"Organisation {code}"), "short": titled(code), "roles": [*roles], **more}


def _area(code: str, parent: str | None, **more: str) -> dict[str, Any]:
    return {"code": code, "title": titled(f"Area {code}"), "short": titled(code), "parent": parent, **more}


def _metric(code: str, kind: str, grain: str, *owed_by: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": titled(code),
        "unit": titled("piece"),
        "kind": kind,
        "grain": grain,
        "owed_by": [*owed_by],
        **more,
    }


def _indicator(chance: random.Random, code: str, **more: Any) -> dict[str, Any]:
    decimals = chance.randrange(5)
    texts = {name: titled(f"{code} {name}") for name in ("title", "unit", "caliber", "source")}
    return {"code": code, "scale": chance.choice([1, 3, 100, 10_000]), "decimals": decimals, **texts, **more}


def _variant(code: str, reducer: str) -> dict[str, Any]:
    return {"code": code, "title": titled(code), "reducer": reducer}


def random_target(chance: random.Random, indicator: str, **more: str) -> dict[str, Any]:
    value = f"{chance.randrange(120)}.{chance.randrange(1_000):03}"
    due = f"{chance.choice(MONTHS)}-{chance.choice([1, 15, 28])}"
    return {"indicator": indicator, "value": value, "due": due[:8] + due[8:].rjust(2, "0"), "source": titled("plan"), **more}


def random_definition(chance: random.Random, code: str) -> Definition:
    """Return the first definition of a campaign."""
    merged = chance.choice(MONTHS[2:6])
    before = MONTHS[MONTHS.index(merged) - 1]
    districts = [_area(f"D{number}", "R") for number in (1, 2)]
    streets = [_area(f"S{number}", f"D{1 + number % 2}") for number in range(1, 5)]
    merging = [_area(f"M{number}", "D1", valid_to=before) for number in (1, 2)]
    organisations = [
        _organisation("alpha", "carrier"),
        _organisation("beta", "carrier", valid_to=chance.choice(MONTHS[3:])),
        _organisation("gamma", "carrier", valid_from=chance.choice(MONTHS[1:6])),
        _organisation(READER, "bureau"),
        _organisation(TASK_FORCE, "bureau", "task_force"),
    ]
    carriers = CARRIERS[:3]
    metrics = [
        _metric("covered", "stock", "street", *carriers),
        _metric("total", "stock", "street", *carriers),
        _metric("added", "flow", "street", *carriers),
        _metric("users", "stock", "campaign", *carriers[:2], reported_by=["gamma"]),
        _metric("homes", "reference", "street", READER),
        _metric("people", "reference", "campaign", READER),
    ]
    indicators = [
        _indicator(chance, "share", numerator="covered", denominator="total"),
        _indicator(
            chance,
            "reach",
            numerator="covered",
            denominator="homes",
            decides=chance.choice(["largest", "together"]),
            variant=[_variant("largest", "max_by_area"), _variant("together", "capped_sum")],
        ),
        _indicator(chance, "growth", numerator="added"),
        _indicator(chance, "density", numerator="users", denominator="people"),
        _indicator(chance, "cases", decides="cases", variant=[_variant("cases", "cases")]),
    ]
    codes = [indicator["code"] for indicator in indicators]
    return Definition.model_validate(
        {
            "campaign": {"code": code, "title": titled(code), "area": "R", "timezone": "Asia/Shanghai", "source": titled("test")},
            "calendar": {"opens": "month_start", "due_day": 5, "grace_days": chance.randrange(4), "first_month": MONTHS[0]},
            "organisation": organisations,
            "area": [_area("R", None), *districts, *streets, *merging, _area("M3", "D1", valid_from=merged)],
            "metric": metrics,
            "indicator": indicators,
            "target": [
                *(random_target(chance, code) for code in codes),
                *(random_target(chance, code) for code in codes[:2]),
                random_target(chance, "share", area="S1"),
            ],
            "case_domain": [{"code": "factory", "title": titled("factory")}],
            "case_technology": [{"code": "mobile_5g", "title": titled("5G")}],
        }
    )


def changed_definition(chance: random.Random, definition: Definition) -> Definition:
    """Return a later definition: an indicator computed in another way from some month on, another target, a new organisation."""
    body = definition.body()
    block = chance.choice([each for each in body["indicator"] if each["code"] != "cases"])
    body["indicator"].append(block | {"from": chance.choice(MONTHS[3:]), "scale": chance.choice([1, 7, 100]), "decimals": 2})
    body["target"].append(random_target(chance, block["code"], **{"from": chance.choice(MONTHS[2:])}))
    if not any(each["code"] == "delta" for each in body["organisation"]):
        body["organisation"].append(_organisation("delta", "carrier", valid_from=chance.choice(MONTHS[5:])))
        for metric in body["metric"]:
            if "alpha" in metric["owed_by"]:
                metric["owed_by"].append("delta")
    return Definition.model_validate(body)
