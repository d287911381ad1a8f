"""Selection methods: one file and one decorated pure function of a feature table each."""


def one_class_note(c: int) -> dict[str, str]:
    """What to note about scores that compare c classes: nothing, or a warning that one class leaves them all equal."""
    return {"warning": "one class: every row has the same score, and the order is that of the rows"} if c < 2 else {}
