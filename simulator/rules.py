"""Rule files: YAML read from `scenarios/rules/`, with messages that name file, line and key.

Knows no rule by itself: the room that applies a rule also declares its shape.
"""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.errors import ScenarioError
from simulator.settings import rules_dir

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model", bound=BaseModel)  # Python 3.11 has no type parameters yet


class Checked(BaseModel):
    """Base of everything that is read from a YAML file: frozen, and no key may be unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_yaml(path: Path, shape: type[Model]) -> Model:
    """Read a YAML file as a pydantic model.

    Raises:
        ScenarioError: every mistake in it, each with file, line, key and what was expected.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=_Loader)
        content = yaml.load(text, Loader=_Loader)
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path} is not a text file in UTF-8 (byte {error.start}).") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScenarioError(f"{path}, line {line}: this is not YAML: {error.problem}.") from error
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        mistakes = "\n".join(_mistake(path, tree, mistake) for mistake in error.errors())
        raise ScenarioError(mistakes) from error


@cache
def load_rules(name: str, shape: type[Model]) -> Model:
    """The rule file `NAME.yaml` that comes with the program; read once.

    Raises:
        ScenarioError: as `read_yaml`.
    """
    return read_yaml(rules_dir() / f"{name}.yaml", shape)


def _mistake(path: Path, tree: yaml.Node | None, mistake: Any) -> str:
    key = ".".join(str(part) for part in mistake["loc"]) or "the whole file"
    message = mistake["msg"][0].lower() + mistake["msg"][1:]
    found = mistake["input"]
    shown = "" if isinstance(found, (dict, list)) else f", found {found!r}"
    return f"{path}, line {_line_of(tree, mistake['loc'])}, {key}: {message}{shown}."


def _line_of(node: yaml.Node | None, keys: tuple[int | str, ...]) -> int:
    """Line, from 1, of the deepest node on the way along `keys`."""
    line = node.start_mark.line + 1 if node else 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            match = next(((k, v) for k, v in node.value if k.value == str(key)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            match = (node.value[key], node.value[key])
        else:
            match = None
        if match is None:
            break
        line, node = match[0].start_mark.line + 1, match[1]
    return line
