"""Lines stay readable in templates and style sheets, and no code is kept away from the formatter."""

from tests.architecture import formatting


def lines(found):
    return [number for number, _ in found]


def test_the_project_is_formatted():
    assert list(formatting.refused()) == []


def test_long_lines_of_templates():
    sentence = "x" * 130
    assert not lines(formatting.template(f"<p>\n  {{{{ _('{sentence}') }}}}\n</p>"))
    assert not lines(formatting.template(f'<img src="{sentence}" alt="">'))
    assert not lines(formatting.template(f"{sentence} {sentence[:60]}"))
    assert lines(formatting.template("x" * 201)) == [1]
    assert lines(formatting.template("<p>\n" + "<b>{{ one }}</b>" * 9)) == [2]


def test_one_rule_a_line_in_style_sheets():
    assert not lines(formatting.style_sheet("@media print {\n  p { margin: 0; } /* and { no */\n}\n"))
    assert lines(formatting.style_sheet("p { margin: 0; } a { color: red; }")) == [1]
    assert lines(formatting.style_sheet("@media print { p { margin: 0; } }")) == [1]
    assert lines(formatting.style_sheet("p {\n  margin: 0;\n} a {\n  color: red;\n}")) == [3]


def test_code_hidden_from_the_formatter():
    comment = "# fmt" + ": "
    assert lines(formatting.python(f"a = 1\nb = [1,  2]  {comment}skip")) == [2]
    assert lines(formatting.python(f"{comment}off\na = 1")) == [1]
    assert not lines(formatting.python("# fmt is a word\na = 1"))
