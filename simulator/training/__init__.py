"""Training the grader: the corpus, its checks, the model, its figures. Nothing here is needed in a call."""
