"""The measures of the evaluation, on cases that can be counted by hand."""

import pytest
import torch

from simulator.bench.evaluate import word_errors
from simulator.training.calibrate import calibrate
from simulator.training.corpus import bare
from simulator.training.metrics import expected_calibration_error, f1_by_label, macro_f1


def test_f1_of_hits_misses_and_false_alarms() -> None:
    predicted = torch.tensor([[True, False], [True, False], [False, False]])
    true = torch.tensor([[True, False], [False, False], [True, True]])
    assert f1_by_label(predicted, true).tolist() == [0.5, 0.0]
    assert macro_f1(predicted, true) == pytest.approx(0.25)


def test_calibration_error_of_a_sure_and_right_and_of_a_sure_and_wrong_model() -> None:
    true = torch.tensor([[True], [False]])
    assert expected_calibration_error(torch.tensor([[1.0], [0.0]]), true) == pytest.approx(0.0)
    assert expected_calibration_error(torch.tensor([[0.0], [1.0]]), true) == pytest.approx(1.0)


def test_calibration_corrects_a_model_that_is_too_sure() -> None:
    generator = torch.Generator().manual_seed(1)
    fair = torch.randn(4000, 1, generator=generator)
    true = torch.rand(4000, 1, generator=generator) < torch.sigmoid(fair)
    fitted = calibrate(3 * fair, true)
    assert fitted["scale"][0] < 0.6
    assert 0.2 <= fitted["thresholds"][0] <= 0.7


@pytest.mark.parametrize(
    ("truth", "said", "errors"),
    [("a b c", "a b c", 0), ("a b c", "a c", 1), ("a b", "a x b", 1), ("a b", "c d", 2), ("", "a", 1), ("a", "", 1)],
)
def test_word_errors(truth: str, said: str, errors: int) -> None:
    assert word_errors(truth.split(), said.split()) == errors


def test_bare_text_has_neither_capitals_nor_points() -> None:
    assert bare("I'm so SORRY, really!") == "i'm so sorry really"
