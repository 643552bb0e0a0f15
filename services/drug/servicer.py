"""Decodes requests, asks, encodes answers."""

from __future__ import annotations

from typing import Any

from medichain.drug.v1 import drug_pb2
from medichain.specialist.v1 import specialist_pb2
from services.drug.consult import Consultation
from services.drug.page_token import PageTokens
from services.drug.pharmacist import Pharmacist
from services.drug.register import Register
from services.drug.rules import Finding, Item, Person, Severity
from services.drug.search import plan
from services.drug.shelf import Listing
from services.drug.store import DrugStore, listing_of
from services.mesh.errors import NotFound

DEFAULT_PAGE = 20
# Names in a page of the vocabulary: well below the largest message.
NAMES_PAGE = 10_000
_STATUS = {
    "otc": drug_pb2.PRESCRIPTION_STATUS_OTC,
    "prescription": drug_pb2.PRESCRIPTION_STATUS_PRESCRIPTION,
}
_TYPES = {
    "pair": drug_pb2.FINDING_TYPE_CONTRAINDICATED_PAIR,
    "pregnancy": drug_pb2.FINDING_TYPE_PREGNANCY,
    "age": drug_pb2.FINDING_TYPE_AGE,
    "elderly": drug_pb2.FINDING_TYPE_ELDERLY,
    "class": drug_pb2.FINDING_TYPE_DUPLICATE_CLASS,
    "dose": drug_pb2.FINDING_TYPE_DOSE,
    "duration": drug_pb2.FINDING_TYPE_DURATION,
    "duplicate_ingredient": drug_pb2.FINDING_TYPE_DUPLICATE_INGREDIENT,
    "allergy": drug_pb2.FINDING_TYPE_ALLERGY,
}
_SEVERITIES = {
    Severity.INFO: drug_pb2.SEVERITY_INFO,
    Severity.CAUTION: drug_pb2.SEVERITY_CAUTION,
    Severity.CONTRAINDICATED: drug_pb2.SEVERITY_CONTRAINDICATED,
}
_PREGNANT = {
    specialist_pb2.PREGNANCY_PREGNANT: True,
    specialist_pb2.PREGNANCY_NOT_PREGNANT: False,
    specialist_pb2.PREGNANCY_BREASTFEEDING: False,
}
_TEXTS = ("efficacy", "usage", "warning", "precautions", "interactions", "side_effects", "storage", "as_of")


class DrugServicer:
    """DrugService and the specialist of medicines."""

    def __init__(
        self,
        register: Register,
        store: DrugStore,
        pharmacist: Pharmacist,
        consultation: Consultation,
        pages: PageTokens,
    ) -> None:
        self._register, self._store, self._pharmacist = register, store, pharmacist
        self._consultation, self._pages = consultation, pages

    async def SearchDrugs(self, request: Any, context: Any) -> drug_pb2.SearchDrugsResponse:
        offset = self._pages.offset(request.query, request.page_token)
        size = request.page_size or DEFAULT_PAGE
        known = self._register.known
        found = known.shelf.search(plan(request.query, known.resolver), offset, size + 1)
        token = self._pages.token(request.query, offset + size) if len(found) > size else ""
        return drug_pb2.SearchDrugsResponse(drugs=[_drug(one) for one in found[:size]], next_page_token=token)

    async def GetDrug(self, request: Any, context: Any) -> drug_pb2.GetDrugResponse:
        record = (await self._store.records([request.item_seq])).get(request.item_seq)
        if record is None:
            raise NotFound("item_seq")
        listed = await self._store.ingredients(request.item_seq)
        return drug_pb2.GetDrugResponse(
            drug=_drug(listing_of(record)),
            ingredients=[drug_pb2.Ingredient(name=found.label, strength=found.strength) for found in listed],
            source=record["source"] or "식약처 의약품 제품 허가정보",
            **{name: record[name] for name in _TEXTS},
        )

    async def ListNames(self, request: drug_pb2.ListNamesRequest, context: Any) -> drug_pb2.ListNamesResponse:
        known = self._register.known
        if request.version == known.version and not request.offset:
            return drug_pb2.ListNamesResponse(version=known.version)
        page = known.vocabulary[request.offset : request.offset + NAMES_PAGE]
        return drug_pb2.ListNamesResponse(
            names=[drug_pb2.MedicineName(name=name, ingredients=ingredients) for name, ingredients in page],
            version=known.version,
            more=request.offset + NAMES_PAGE < len(known.vocabulary),
        )

    async def CheckInteractions(self, request: Any, context: Any) -> drug_pb2.CheckInteractionsResponse:
        profile = request.profile
        checked = await self._pharmacist.check(
            list(dict.fromkeys(request.items)), _person(profile), profile.medicines, profile.allergies
        )
        return drug_pb2.CheckInteractionsResponse(
            resolved=[_resolved(item) for item in checked.resolved],
            unknown=checked.unknown,
            findings=[_finding(finding) for finding in checked.findings],
            as_of=checked.as_of,
            notice=checked.notice,
        )

    async def Consult(self, request: Any, context: Any) -> specialist_pb2.ConsultResponse:
        profile = request.profile
        draft, confidence = await self._consultation.answer(
            request.question, _person(profile), profile.medicines, profile.allergies
        )
        return draft.response(confidence)


def _person(profile: Any) -> Person:
    return Person(
        age_months=profile.age_months if profile.HasField("age_months") else None,
        pregnant=_PREGNANT.get(profile.pregnancy),
        breastfeeding=profile.pregnancy == specialist_pb2.PREGNANCY_BREASTFEEDING,
        conditions=tuple(profile.conditions),
    )


def _drug(one: Listing) -> drug_pb2.Drug:
    return drug_pb2.Drug(
        item_seq=one.item_seq,
        name=one.name,
        company=one.company,
        generic_name=one.generic_name,
        drug_class=one.drug_class,
        form=one.form,
        strength=one.strength,
        prescription_status=_STATUS.get(one.prescription_status, drug_pb2.PRESCRIPTION_STATUS_UNSPECIFIED),
        summary=one.summary,
        image=one.image,
    )


def _resolved(item: Item) -> drug_pb2.ResolvedItem:
    return drug_pb2.ResolvedItem(
        query=item.query,
        item_seq=item.item_seq,
        name=item.name,
        ingredients=item.ingredients,
        confidence=item.confidence,
    )


def _finding(finding: Finding) -> drug_pb2.Finding:
    reason = f"{finding.reason} ({finding.remark})" if finding.remark else finding.reason
    return drug_pb2.Finding(
        type=_TYPES[finding.type],
        severity=_SEVERITIES[finding.severity],
        items=finding.items,
        ingredients=finding.ingredients,
        reason=reason,
        limit=finding.limit,
        evidence_id=finding.evidence_id,
        applies=finding.applies,
    )
