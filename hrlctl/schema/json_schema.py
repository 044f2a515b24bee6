"""The JSON Schema of a file of tasks, for completion and checks in editors.

Pydantic describes the explicit form alone; files are written in the short ones that validators
expand. They are added here, from the same models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema

from hrlctl.schema.criteria import CRITERIA
from hrlctl.schema.custom_criteria import CustomCriterion
from hrlctl.schema.task import TaskFile

JsonSchema = dict[str, Any]

# What each union of models is called in the schema, by one of its tags.
_UNIONS: Final = {
    "window_title": "Criteria",
    "click": "OracleStep",
    "choice": "Parameter",
    "paragraph": "Content",
}
_POINT_ACTIONS: Final = ("click", "double_click", "right_click")


def pack_schema(custom: Mapping[str, type[CustomCriterion]] | None = None) -> JsonSchema:
    """The schema of a whole file, in the full form or as a plain list of tasks.

    Args:
        custom: criteria of other distributions that it is to know, too, by kind.
    """
    schema = TaskFile.model_json_schema(schema_generator=_Generator)
    models: dict[str, JsonSchema] = schema.pop("$defs")
    unions: dict[str, JsonSchema] = {}
    full_form = _with_references(schema, unions)
    names = {kind: model.__name__ for kind, model in CRITERIA.items()}
    for kind, criterion in (custom or {}).items():
        names[kind] = f"criterion_{kind}"
        described = _described(kind, criterion)
        models = described.pop("$defs", {}) | models | {names[kind]: described}
    kinds = {**CRITERIA, **(custom or {})}
    shorthands = {names[kind]: criterion.shorthand for kind, criterion in kinds.items()}
    models = {name: _with_references(model, unions) for name, model in models.items()}
    unions["Criteria"]["oneOf"] += [_model(names[kind]) for kind in custom or ()]
    for union in unions.values():
        _require_tags(union, models)
    _add_short_lists(models)
    models["Criteria"] = _tagged_or(
        _criteria(models, names, shorthands), unions["Criteria"], "kind"
    )
    models["OracleStep"] = _tagged_or(_oracle_step(models), unions["OracleStep"], "action")
    models["Parameter"] = _tagged_or(_model("ChoiceParameter"), unions["Parameter"], "kind")
    models["Content"] = unions["Content"]
    plain_form = {"type": "array", "items": _model("TaskSpec"), "minItems": 1}
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "hrlctl task pack",
        "anyOf": [full_form, plain_form],
        "$defs": models,
    }


class _Generator(GenerateJsonSchema):
    """Without titles that only repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _described(kind: str, model: type[CustomCriterion]) -> JsonSchema:
    """The schema of another distribution's criterion."""
    schema = model.model_json_schema(schema_generator=_Generator)
    schema["properties"]["kind"] = {"const": kind, "type": "string"}
    return {"description": f"A criterion {kind}.", **schema}


def _with_references(node: Any, unions: dict[str, JsonSchema]) -> Any:
    """``node`` with its unions of tagged models taken out, into ``unions``, by name."""
    if isinstance(node, list):
        return [_with_references(item, unions) for item in node]
    if not isinstance(node, dict):
        return node
    if "discriminator" in node:
        tags = node["discriminator"]["mapping"]
        name = next(name for tag, name in _UNIONS.items() if tag in tags)
        unions[name] = {"oneOf": node["oneOf"]}
        return _model(name)
    return {
        key: item.replace("``", "`") if key == "description" else _with_references(item, unions)
        for key, item in node.items()
    }


def _require_tags(union: JsonSchema, models: Mapping[str, JsonSchema]) -> None:
    """Require the tag, which has a default in the models and must still be written."""
    for reference in union["oneOf"]:
        name = reference["$ref"].rpartition("/")[2]
        tag = next(key for key in ("kind", "action") if key in models[name]["properties"])
        if name != "ChoiceParameter":  # the one that is known by its other keys
            required = [key for key in models[name].get("required", ()) if key != tag]
            models[name]["required"] = [tag, *required]


def _add_short_lists(models: dict[str, JsonSchema]) -> None:
    """One text where a list of texts may stand."""
    text = {"type": "string"}
    phrasings = models["Phrasings"]
    texts = {"type": "array", "items": text, "minItems": 1}
    models["Phrasings"] = {
        "description": phrasings.pop("description"),
        "anyOf": [text, texts, phrasings],
    }
    names = models["ChangedOnly"]["properties"]
    names["names"] = {"anyOf": [text, names["names"]]}


def _criteria(
    models: Mapping[str, JsonSchema], names: Mapping[str, str], shorthands: Mapping[str, str]
) -> JsonSchema:
    """A mapping from kinds to their arguments, or to the one argument that may stand alone.

    Args:
        models: the schemas of all models.
        names: what the model of each kind is called there.
        shorthands: the argument that may stand alone, by the same names.
    """
    properties = {}
    for kind, name in names.items():
        described = models[name]
        known = {key: item for key, item in described["properties"].items() if key != "kind"}
        required = [key for key in described.get("required", ()) if key != "kind"]
        forms = [_mapping(known, required)]
        shorthand = shorthands[name]
        if set(required) <= {shorthand}:
            forms.insert(0, known[shorthand])
        properties[kind] = {"description": described["description"], "anyOf": forms}
    return {**_mapping(properties), "minProperties": 1}


def _oracle_step(models: Mapping[str, JsonSchema]) -> JsonSchema:
    """A mapping with one key, the action."""
    target, drag, scroll = (
        dict(models[name]["properties"]) for name in ("Target", "DragStep", "ScrollStep")
    )
    turn = {key: scroll[key] for key in ("direction", "until")}
    ends = {key: drag[key] for key in ("from", "to")}
    actions = {
        **{action: _model("Target") for action in _POINT_ACTIONS},
        "drag": _mapping(ends, list(ends)),
        "scroll": _mapping({**target, **turn}, ["role", "direction"]),
        "press": models["PressStep"]["properties"]["key"],
        "type_text": models["TypeStep"]["properties"]["text"],
    }
    return {**_mapping(actions), "minProperties": 1, "maxProperties": 1}


def _tagged_or(short: JsonSchema, explicit: JsonSchema, tag: str) -> JsonSchema:
    """The explicit form where the tag is written, else the short one: one set of messages."""
    return {"type": "object", "if": {"required": [tag]}, "then": explicit, "else": short}


def _mapping(properties: JsonSchema, required: list[str] | None = None) -> JsonSchema:
    keys: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**keys, "required": required} if required else keys


def _model(name: str) -> JsonSchema:
    return {"$ref": f"#/$defs/{name}"}
