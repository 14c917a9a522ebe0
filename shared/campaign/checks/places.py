"""The campaign's head, its organisations and its areas."""

from collections.abc import Iterable, Iterator
from zoneinfo import available_timezones

from shared.campaign.blocks import Area, Organisation
from shared.campaign.checks.draft import Draft, hinted
from shared.campaign.checks.repeats import check_unique
from shared.campaign.findings import FileError
from shared.values.spelling import normalised
from shared.values.suggestions import nearest
from shared.vocabulary import Role


def check_head(draft: Draft) -> Iterator[FileError]:
    """Check that the root area and the timezone exist."""
    if draft.head is None:
        return
    yield from draft.unknown("area", [("campaign.area", draft.head.area)])
    if draft.head.timezone not in available_timezones():
        hint = nearest(draft.head.timezone, (name for name in available_timezones() if "/" in name))
        yield draft.finding(
            "campaign.timezone",
            (f"没有时区 `{draft.head.timezone}`", f"unknown timezone `{draft.head.timezone}`"),
            hinted(("用 IANA 时区名", "use an IANA name"), hint),
        )


def check_organisations(draft: Draft) -> Iterator[FileError]:
    """Check that codes and names are unique, and that each subdistrict office has one subdistrict of its own."""
    yield from check_unique(draft, ((f"organisation[{o.code}]", o.code) for o in draft.organisations))
    yield from check_unique(draft, ((f"organisation[{o.code}].area", o.area) for o in draft.organisations if o.area is not None))
    for organisation in draft.organisations:
        key = f"organisation[{organisation.code}]"
        yield from draft.unknown("area", [(f"{key}.area", organisation.area)])
        yield from check_unique(draft, ((f"{key}.roles[{index}]", role) for index, role in enumerate(organisation.roles)))
        if Role.STREET in organisation.roles and organisation.area is None:
            yield draft.finding(
                f"{key}.area",
                ("街道办事处没有所属街道", "a subdistrict office without a subdistrict"),
                ("把 `area` 设为其所属街道的代码", "set `area` to the code of its own subdistrict"),
            )
        if draft.head is not None and organisation.area == draft.head.area:
            yield draft.finding(
                f"{key}.area",
                ("所属区域不能是全区", "must not be assigned to the whole campaign area"),
                ("把 `area` 设为一个街道，或不写", "set `area` to a subdistrict, or omit it"),
            )
        yield from _validity(draft, key, organisation)
    yield from check_spellings(draft, "organisation", ((each.code, each.names) for each in draft.organisations))


def check_areas(draft: Draft) -> Iterator[FileError]:
    """Check that the areas are one tree below the campaign's area, and that no two have the same name."""
    yield from check_unique(draft, ((f"area[{a.code}]", a.code) for a in draft.areas))
    root = draft.head.area if draft.head else None
    for area in draft.areas:
        key = f"area[{area.code}]"
        yield from draft.unknown("area", [(f"{key}.parent", area.parent)])
        if area.parent is None and root not in (None, area.code):
            yield draft.finding(
                f"{key}.parent",
                ("没有上级区域", "has no parent"),
                (f'加 `parent = "{root}"` 或其所属区域', f'add `parent = "{root}"` or the area it belongs to'),
            )
        if area.parent is not None and root == area.code:
            yield draft.finding(
                f"{key}.parent",
                ("全区不得有上级区域", "the campaign's area must not have a parent"),
                ("删除 `parent`，或在 campaign.area 中另写一个根", "remove `parent`, or name another root in campaign.area"),
            )
        yield from _validity(draft, key, area)
    yield from _cycles(draft)
    yield from check_spellings(draft, "area", ((area.code, area.names) for area in draft.areas))


def _validity(draft: Draft, key: str, block: Area | Organisation) -> Iterator[FileError]:
    if block.valid_from is not None and block.valid_to is not None and block.valid_to < block.valid_from:
        yield draft.finding(
            f"{key}.valid_to",
            ("结束月份早于开始月份", "ends before it begins"),
            ("把 `valid_to` 设为最后一个月，不早于 `valid_from`", "set `valid_to` to the last month, not before `valid_from`"),
        )


def _cycles(draft: Draft) -> Iterator[FileError]:
    parents = {area.code: area.parent for area in draft.areas}
    for area in draft.areas:
        ancestor, seen = area.parent, {area.code}
        while ancestor is not None and ancestor not in seen:
            seen.add(ancestor)
            ancestor = parents.get(ancestor)
        if ancestor == area.code:
            yield draft.finding(
                f"area[{area.code}].parent",
                ("以自身为上级区域", "is its own ancestor"),
                ("逐级写明 `parent`，直至全区", "let `parent` lead up to the campaign's area"),
            )


def check_spellings(draft: Draft, kind: str, spellings: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[FileError]:
    """Yield an error for each name that two blocks of a kind share: a row with it could mean either."""
    owner: dict[str, str] = {}
    for code, names in spellings:
        for name in names:
            first = owner.setdefault(normalised(name), code)
            if first != code:
                yield draft.finding(
                    f"{kind}[{code}]",
                    (f"与 `{first}` 同名：“{name}”", f"has the name “{name}”, as does `{first}`"),
                    ("其中之一换一个名称、简称或别名", "give one of them another title, short name or alias"),
                )
