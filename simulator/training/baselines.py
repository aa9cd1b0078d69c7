"""What the trained grader must beat: keywords, TF-IDF with logistic regression, and the base encoder untrained.

Each gives yes or no for twenty labels; where it has thresholds they are tuned on the dev hand, as the grader's are.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from simulator.grading.behaviours import LABELS
from simulator.grading.keywords import KeywordGrader
from simulator.records import Behaviour
from simulator.training.corpus import CorpusTurn
from simulator.training.matching import base_vectors
from simulator.training.metrics import f1_by_label, targets

_GRID = 40
_BATCH = 64
# What each label means, in one sentence: all that the untrained encoder is told.
_MEANINGS = {
    Behaviour.ACKNOWLEDGE: "I understand how frustrating and hard this must be for you.",
    Behaviour.APOLOGISE: "I am sorry that we caused you this trouble.",
    Behaviour.OWN: "I will personally take charge of your case until it is solved.",
    Behaviour.REASSURE: "Don't worry, we will sort this out together.",
    Behaviour.ASK_OPEN: "Can you tell me what happened?",
    Behaviour.ASK_SPECIFIC: "What is your order number and the date?",
    Behaviour.RESTATE: "So what you are saying is that it arrived broken, is that right?",
    Behaviour.GIVE_REASON: "I am asking so that I can find your order.",
    Behaviour.OFFER: "I can send you a replacement or give you a refund.",
    Behaviour.GIVE_CHOICE: "Would you prefer this way or that way?",
    Behaviour.COMMIT: "I will call you back myself before five o'clock today.",
    Behaviour.CHECK_AGREEMENT: "Would that work for you, and is there anything else?",
    Behaviour.DISMISS: "Calm down, it is not such a big deal.",
    Behaviour.BLAME_CUSTOMER: "This is your own fault, you should have read the terms.",
    Behaviour.DEFLECT: "That is another department's fault, not ours.",
    Behaviour.CITE_POLICY: "Our policy and the system do not allow it.",
    Behaviour.HOSTILE: "You are being ridiculous and I will hang up on you.",
    Behaviour.VAGUE_PROMISE: "Someone will look into it and be in touch at some point.",
    Behaviour.REFUSE: "No, there is nothing that I can do.",
    Behaviour.COURTESY: "Hello, thank you for calling, please hold for a moment.",
}


def keywords(turns: Sequence[CorpusTurn]) -> Tensor:
    """What the keyword rules say; boolean of shape (examples, 20)."""
    grader = KeywordGrader()
    found = [{label.id for label in grader.labels_of(text)} for text in _texts(turns)]
    return torch.tensor([[label in labels for label in LABELS] for labels in found])


def tf_idf(train: Sequence[CorpusTurn], dev: Sequence[CorpusTurn], test: Sequence[CorpusTurn]) -> Tensor:
    """Words and pairs of words, weighted, into one logistic regression a label."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", max_iter=1000)),
    )
    model.fit(_texts(train), targets(train).int().numpy())

    def scores(turns: Sequence[CorpusTurn]) -> Tensor:
        return torch.from_numpy(model.predict_proba(_texts(turns)))

    return _with_best_thresholds(scores, dev, test)


def zero_shot(dev: Sequence[CorpusTurn], test: Sequence[CorpusTurn]) -> Tensor:
    """Cosine of the base encoder's vectors with those of the labels' meanings."""
    base = base_vectors()

    def vectors(texts: Sequence[str]) -> Tensor:
        return torch.cat([base(texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)])

    meanings = vectors([_MEANINGS[label] for label in LABELS])
    return _with_best_thresholds(lambda turns: vectors(_texts(turns)) @ meanings.T, dev, test)


def _texts(turns: Sequence[CorpusTurn]) -> list[str]:
    return [sentence.text for turn in turns for sentence in turn.sentences]


def _with_best_thresholds(
    scores: Callable[[Sequence[CorpusTurn]], Tensor], dev: Sequence[CorpusTurn], test: Sequence[CorpusTurn]
) -> Tensor:
    known, true = scores(dev), targets(dev)
    grid = torch.linspace(float(known.min()), float(known.max()), _GRID)
    best = torch.stack([f1_by_label(known >= bar, true) for bar in grid]).argmax(0)
    return scores(test) >= grid[best]
