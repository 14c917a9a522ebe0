"""The origin of a file: what templates say about themselves in their properties, and the organisation that a file names."""

from collections.abc import Mapping

from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import safe_excerpt
from services.ingest.formats.sender import SenderDefaults
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import FieldCode, NormalisationKind

TEMPLATE_PREFIX = "gigacity_"
_CAMPAIGN, _ORG, _MONTH, _VERSION = (TEMPLATE_PREFIX + name for name in ("campaign", "org", "month", "version"))
_DOWNLOAD = Bilingual(zh="请下载并填写本单位该月的模板", en="download and fill in your organisation's template of the month")


def template_properties(campaign: str, org: str, month: str, version: int) -> dict[str, str]:
    """Return the properties of a template; `version` is that of the definition."""
    return {_CAMPAIGN: campaign, _ORG: org, _MONTH: month, _VERSION: str(version)}


def check_origin(properties: Mapping[str, str], sender: SenderDefaults, normalisations: NormalisationLog) -> None:
    """Raise Schema for a file of another campaign, organisation or month; log a template of an earlier definition."""
    if sender.org is None:
        return
    campaign, org = properties.get(_CAMPAIGN, sender.campaign), properties.get(_ORG, sender.org)
    if campaign != sender.campaign:
        raise _refusal(FieldCode.OTHER_CAMPAIGN, "模板属于其他方案", "the template is of another campaign", campaign)
    if org != sender.org:
        raise _refusal(FieldCode.OTHER_ORG, "模板为其他单位的模板", "the template is of another organisation", org)
    month = properties.get(_MONTH)
    if None not in {month, sender.month} and month != sender.month:
        raise _refusal(
            FieldCode.AMBIGUOUS_MONTH, "模板与指定的月份不一致", "the template and the request name different months", month
        )
    if _ORG not in properties:
        _refuse_other_company(properties, sender)
    version = properties.get(_VERSION, "")
    if version.isdecimal() and sender.version is not None and int(version) < sender.version:
        normalisations.add(NormalisationKind.EARLIER_TEMPLATE, None, version, str(sender.version))


def _refuse_other_company(properties: Mapping[str, str], sender: SenderDefaults) -> None:
    """Raise Schema if company or author is exactly the name of a peer of the sender, and neither the sender's."""
    texts = [text for name in ("company", "creator") if (text := properties.get(name))]
    orgs = {sender.peers[spelling]: text for text in texts if (spelling := normalised(text)) in sender.peers}
    if orgs and sender.org not in orgs:
        raise _refusal(
            FieldCode.OTHER_ORG, "文件属性中的单位为其他单位", "the file's properties name another organisation", *orgs.values()
        )


def _refusal(code: FieldCode, zh: str, en: str, *values: str | None) -> Schema:
    value = safe_excerpt(", ".join(filter(None, values)))
    error = FieldError(where="/properties", code=code, message=Bilingual(zh=zh, en=en), value=value, hint=_DOWNLOAD)
    return Schema(f"{zh}：{value}。", f"{en[0].upper()}{en[1:]}: {value}.", errors=[error])
