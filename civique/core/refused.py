"""What an operation refuses: one exception, which carries the sentence that the person reads."""


class Refused(ValueError):
    """What was asked cannot be done.

    Args:
        sentence: why, and what to do next, in the person's language.
        field: name of the form's field that it is about; the whole form when it is empty or the form has no such field.
        rule: number of the rule (``FON-05``) or a code for who must know which one it is.
        keep: whether what was written until now is kept (a wrong code counts).
    """

    def __init__(self, sentence: str, field: str = "", rule: str = "", keep: bool = False) -> None:
        super().__init__(str(sentence))
        self.field = field
        self.rule = rule
        self.keep = keep
