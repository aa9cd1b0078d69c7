"""Sums of money and percentages in what is said, in digits or in words. Knows nothing of a case."""

import re

from text_to_num import alpha2digit

_NUMBER = re.compile(r"\d+(?:[.,]\d{3})*")
# A number is a sum where money or percent stands beside it, or where it is large and put "on top", "off", "back".
_SUM = re.compile(
    r"[$£€₹]\s?(\d+)"
    r"|\b(\d+)(?:\.\d+)?\s?(?:%|per ?cent|dollars?|bucks|pounds?|quid|euros?|cents|rupees|pesos|naira|shillings|rand)"
    r"|\b(\d{3,}) (?:on top|off|back|extra|more|in cash|for the|as a|credit)"
)


def numbers_in(text: str) -> frozenset[int]:
    """Every whole number in a text."""
    return frozenset(int(re.sub(r"\D", "", number)) for number in _NUMBER.findall(_in_digits(text)))


def sums_in(text: str) -> frozenset[int]:
    """The sums of money and the percentages in a text."""
    return frozenset(int(next(filter(None, groups))) for groups in _SUM.findall(_in_digits(text)))


def _in_digits(text: str) -> str:
    digits: str = alpha2digit(text.lower().replace(",", ""), "en")
    return digits
