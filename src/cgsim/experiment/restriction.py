"""Which design points are kept: a condition such as ``size <= 12 or meetings < 2``.

A small language of comparisons: keys of factors, numbers, words in quotes, ``true`` and ``false``;
``== != < <= > >=`` and ``in [..]``; ``+ - * /`` and brackets; ``and``, ``or``, ``not``. Python's
own parser reads it and never runs it: whatever is not listed here is refused.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cgsim.errors import CgsimError
from cgsim.scenario.errors import hint, shown

LONGEST = 500
"""Characters of a condition at most."""
DEEPEST = 50
"""So many conditions may stand within each other."""
LANGUAGE = 'a condition such as "size <= 12 or meetings < 2"'

Value = bool | int | float | str
Test = Callable[[Mapping[str, Any]], Any]

_COMPARED: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_COMPUTED: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FLAGS = {"true": True, "false": False}


class NotUnderstood(CgsimError, ValueError):
    """A condition that says nothing this language knows; the text is what an error line says."""


class Restriction:
    """A condition on the values of a design point, read whole and checked."""

    def __init__(self, text: str, keys: Iterable[str]) -> None:
        """Read a condition on these keys; raise ``NotUnderstood`` where it is none."""
        self.text = text
        self.keys: set[str] = set()
        self._known = list(keys)
        if len(text) > LONGEST:
            raise NotUnderstood(f"got {len(text)} characters; allowed {LONGEST}")
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise NotUnderstood(f"got {shown(text)}; allowed {LANGUAGE}") from None
        self._keeps = self._condition(tree.body, 0)

    def keeps(self, point: Mapping[str, Any]) -> bool:
        """Tell whether a point is kept; raise ``NotUnderstood`` where its values do not fit."""
        try:
            return bool(self._keeps(point))
        except ZeroDivisionError:
            raise NotUnderstood("got a division by 0; allowed values that give a number") from None
        except OverflowError:
            raise NotUnderstood("got a number too large to compare; allowed smaller ones") from None

    def _refused(self, node: ast.AST) -> NotUnderstood:
        part = ast.get_source_segment(self.text.strip(), node) or self.text
        return NotUnderstood(f"got {shown(part)}; allowed {LANGUAGE}")

    def _condition(self, node: ast.AST, depth: int) -> Test:
        """Return what a node says of a point: true or false."""
        if depth > DEEPEST:
            raise NotUnderstood(f"got more than {DEEPEST} conditions within each other")
        if isinstance(node, ast.BoolOp):
            tests = [self._condition(value, depth + 1) for value in node.values]
            if isinstance(node.op, ast.And):
                return lambda point: all(test(point) for test in tests)
            return lambda point: any(test(point) for test in tests)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self._condition(node.operand, depth + 1)
            return lambda point: not inner(point)
        if isinstance(node, ast.Compare):
            return self._comparison(node, depth)
        if isinstance(node, ast.Name | ast.Attribute):
            value = self._value(node, depth)
            if isinstance(node, ast.Name) and node.id in _FLAGS:
                return value
            return lambda point: _flag(value(point), node)
        raise self._refused(node)

    def _comparison(self, node: ast.Compare, depth: int) -> Test:
        terms = [node.left, *node.comparators]
        pairs: list[Test] = []
        for left, operation, right in zip(terms, node.ops, terms[1:], strict=False):
            one = self._value(left, depth + 1)
            if isinstance(operation, ast.In | ast.NotIn):
                if not isinstance(right, ast.List) or not right.elts:
                    raise self._refused(right)
                listed = [self._value(item, depth + 1) for item in right.elts]
                pairs.append(_among(one, listed, isinstance(operation, ast.In)))
            elif type(operation) in _COMPARED:
                if isinstance(right, ast.List):
                    raise self._refused(right)
                ordered = not isinstance(operation, ast.Eq | ast.NotEq)
                two = self._value(right, depth + 1)
                pairs.append(_compared(_COMPARED[type(operation)], one, two, ordered))
            else:
                raise self._refused(node)
        return lambda point: all(pair(point) for pair in pairs)

    def _value(self, node: ast.AST, depth: int) -> Test:
        """Return what a node is worth at a point: a number, a word or a flag."""
        if depth > DEEPEST:
            raise NotUnderstood(f"got more than {DEEPEST} conditions within each other")
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, str):
            constant = node.value
            return lambda point: constant
        if isinstance(node, ast.Name | ast.Attribute):
            key = self._key(node)
            if key in _FLAGS:
                flag = _FLAGS[key]
                return lambda point: flag
            if key not in self._known:
                allowed = ", ".join(self._known[:8]) or "no key: nothing is varied"
                near = hint(key, self._known)
                raise NotUnderstood(f"got {shown(key)}; allowed what is varied: {allowed}{near}")
            self.keys.add(key)
            return lambda point: point[key]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self._value(node.operand, depth + 1)
            sign = -1 if isinstance(node.op, ast.USub) else 1
            return lambda point: sign * _number(inner(point))
        if isinstance(node, ast.BinOp) and type(node.op) in _COMPUTED:
            operation = _COMPUTED[type(node.op)]
            one, two = self._value(node.left, depth + 1), self._value(node.right, depth + 1)
            return lambda point: operation(_number(one(point)), _number(two(point)))
        raise self._refused(node)

    def _key(self, node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            return f"{self._key(node.value)}.{node.attr}"
        raise self._refused(node)


def _compared(operation: Callable[[Any, Any], bool], one: Test, two: Test, ordered: bool) -> Test:
    def test(point: Mapping[str, Any]) -> bool:
        a, b = one(point), two(point)
        if _kind(a) != _kind(b) or (ordered and _kind(a) == "true or false"):
            raise NotUnderstood(
                f"got {shown(a)} compared with {shown(b)}; "
                "allowed two numbers, or for == and != two of a kind"
            )
        return operation(a, b)

    return test


def _among(one: Test, listed: list[Test], wanted: bool) -> Test:
    tests = [_compared(operator.eq, one, item, False) for item in listed]
    return lambda point: any(test(point) for test in tests) is wanted


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a word" if isinstance(value, str) else "a number"


def _number(value: Any) -> float:
    if _kind(value) != "a number":
        raise NotUnderstood(f"got {shown(value)}; allowed a number to compute with")
    return float(value) if abs(value) > 2**53 else value


def _flag(value: Any, node: ast.AST) -> bool:
    if not isinstance(value, bool):
        raise NotUnderstood(f"got {shown(value)}; allowed true or false, or a comparison")
    return value
