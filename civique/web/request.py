"""The border: whatever enters with a request is read in the one form in which it is kept."""

from collections.abc import Iterable
from typing import Any

import flask
from flask import Flask, abort
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict

from civique.core.typed import normalized, normalized_tree


class TypedValues(ImmutableMultiDict[str, Any]):
    """Arguments, fields and files of a request: names and texts normalized, names of files too."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = mapping.items(multi=True) if isinstance(mapping, MultiDict) else mapping or ()
        super().__init__([(normalized(name), _value(value)) for name, value in _listed(pairs)])


def _listed(pairs: Any) -> Iterable[tuple[str, Any]]:
    return pairs.items() if isinstance(pairs, dict) else pairs


def _value(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = value.filename and _file_name(value.filename)
        return value
    return normalized(value) if isinstance(value, str) else value


def _file_name(name: str) -> str:
    if "\0" in name:
        abort(400)
    return " ".join(normalized(name).split())


class Request(flask.Request):
    """A request whose texts are normalized as they are read; a session or a signature does not come this way."""

    parameter_storage_class = TypedValues

    def get_json(self, *args: Any, **options: Any) -> Any:
        """What was sent as JSON, its texts normalized."""
        return normalized_tree(super().get_json(*args, **options))


def _refuse_zeros() -> None:
    """No address holds a character of number zero, which the database refuses."""
    request = flask.request
    if "\0" in request.path:
        abort(404)
    if b"%00" in request.query_string or b"\0" in request.query_string:
        abort(400)


def init_app(app: Flask) -> None:
    """Tie the border to an application."""
    app.request_class = Request
    app.before_request(_refuse_zeros)
