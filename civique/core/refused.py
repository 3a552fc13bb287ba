"""What an operation refuses: one exception, which carries the sentence that the person reads."""

from collections.abc import Sequence


class Refused(ValueError):
    """What was asked cannot be done.

    Args:
        sentence: why, and what to do next, in the person's language.
        field: name of the form's field that it is about; the whole form when it is empty or the form has no such field.
        rule: number of the rule (``FON-05``) or a code for who must know which one it is.
        keep: whether what was written until now is kept (a wrong code counts).
        also: what else is refused at the same time: a form says each beside its field, a notice one after the other.
    """

    def __init__(
        self, sentence: str, field: str = "", rule: str = "", keep: bool = False, also: Sequence["Refused"] = ()
    ) -> None:
        super().__init__(" ".join([str(sentence), *map(str, also)]))
        self.sentence = str(sentence)
        self.also = also
        self.field = field
        self.rule = rule
        self.keep = keep


def refuse_all(faults: Sequence[Refused]) -> None:
    """Refuse everything that is wrong, at once; nothing happens when nothing is."""
    if faults:
        first, *others = faults
        raise Refused(first.sentence, first.field, first.rule, first.keep, others)
