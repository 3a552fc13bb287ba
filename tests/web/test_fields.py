"""Attributes of fields are written by the house: the same HTML as WTForms's own function, which is slower."""

import pytest
from markupsafe import Markup
from wtforms import Form, SelectField, StringField, TextAreaField, widgets

from civique.web.forms import attributes

NASTY = "\"><script>alert('x')</script> & « é »"


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ({"name": "text1", "id": "f", "class_": "text"}, 'class="text" id="f" name="text1"'),
        ({"checked": True, "readonly": False, "abc": "hello"}, 'abc="hello" checked'),
        ({"data_attr": "a.b", "aria_labelledby": "n"}, 'aria-labelledby="n" data-attr="a.b"'),
        ({"aria-describedby": "x-hint", "maxlength": 80}, 'aria-describedby="x-hint" maxlength="80"'),
        ({"value": Markup("a &amp; b")}, 'value="a &amp; b"'),
        ({}, ""),
    ],
)
def test_attributes_as_wtforms_writes_them(values, written):
    assert attributes(**values) == written


def test_nothing_typed_leaves_its_attribute():
    assert attributes(value=NASTY) == ('value="&#34;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; « é »"')


def test_every_kind_of_field_is_written_by_it():
    class Sample(Form):
        line = StringField()
        lines = TextAreaField()
        choice = SelectField(choices=[(NASTY, "x")])

    form = Sample(data={"line": NASTY, "lines": NASTY, "choice": NASTY})
    assert widgets.core.html_params is attributes
    for field in form:
        assert "<script" not in field()
        assert f'id="{field.name}" name="{field.name}"' in field()
