"""Insights events: a trail writes them of the events that it records, where its Insights are on.

Source: the CloudTrail API reference, PutInsightSelectors.
"""

from collections.abc import Iterator
from dataclasses import replace

from scanner.coverage import selected_by_all
from scanner.events.classes import is_category
from scanner.explain.question import CATEGORIES, Form, Question, forms, reads
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known
from scanner.model.trail import AdvancedSelector, AdvancedSelectors, InsightSelector
from scanner.recorders import Recorder

INSIGHT = "Insight"
CALL_RATE = "ApiCallRateInsight"


def reporting(recorder: Recorder, asked: Form, question: Question, posture: Posture) -> Recorder:
    """The recorder with selectors of the Insights events that it gets about the event."""
    trail = posture.trail(recorder.arn)
    if trail is None:
        return _store(recorder, asked)
    if isinstance(recorder.selectors, Gap):
        return recorder
    selectors = recorder.selectors.value
    return replace(
        recorder,
        selectors=trail.insights.map(
            lambda insights: tuple(
                AdvancedSelector(name=insight.type, fields=(is_category(INSIGHT),))
                for insight in insights
                if any(_counted(insight, selectors, question, posture.partition))
            )
        ),
    )


def _counted(
    insight: InsightSelector, selectors: AdvancedSelectors, question: Question, partition: str
) -> Iterator[bool]:
    """For each kind of event that the question may mean, whether the trail counts such events for it."""
    for form in forms(question.model_copy(update={"category": None}), partition):
        # Of management events, writes alone are counted for the rate of calls.
        uncounted = insight.type == CALL_RATE and form.category == "management" and reads(question) is True
        yield (
            CATEGORIES[form.category] in insight.categories
            and not uncounted
            and selected_by_all(form.wanted, selectors) == Known(value=True)
        )


def _store(recorder: Recorder, asked: Form) -> Recorder:
    """An event data store gets them from another one, which isn't read."""
    match recorder.selectors:
        case Known(selectors) if selected_by_all(asked.wanted, selectors) != Known(value=False):
            detail = "which event data store sends its Insights events to which other is not read"
            return replace(recorder, selectors=Gap(detail, code="NotRead"))
        case _:
            return recorder
