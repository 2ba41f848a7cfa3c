"""The form of the study page: the JSON schema of the study file as kinds of fields, in both languages.

A section that a new analysis declares is in the schema, and so in the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xinzhi.analyses.analysis import in_order
from xinzhi.analyses.capabilities import SharedKey
from xinzhi.study.meanings import REGISTERS, meaning
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.vocabulary import CHOICES
from xinzhi_core.wording import Label, Language, declared, say

Schema = Mapping[str, Any]
WORDS = "#/$defs/Words"
PLAIN = {"boolean": "truth", "integer": "number", "number": "number", "string": "text"}
"""Type of the schema -> kind of field."""
SHORTENED = frozenset(("names", "words"))
"""Kinds for which one word may stand."""
LARGE = frozenset(("section", "named", "variants"))
"""Kinds whose values have fields of their own."""


def form(language: Language) -> dict[str, Any]:
    """Describe every option of a study: `sections`, by name, and `fields`, the keys of the file."""
    schema = StudySpec.model_json_schema()
    maker = _Maker(schema["$defs"], language)
    titles = {
        key: say(option.title, language)
        for key, option in in_order()
        if not isinstance(option, SharedKey)
    }
    analyses = {key for key, option in in_order() if option.is_declared}
    fields = [
        {
            **option,
            "label": titles.get(option["key"], option["label"]),
            "example": option["key"] in analyses,
        }
        for option in maker.fields(schema)
    ]
    return {"fields": fields, "sections": maker.sections}


def label_of(key: str) -> Label:
    """Give the name of an option for people.

    >>> say(label_of("returns_to_scale"), "en")
    'Returns to scale'
    """
    return declared(key.replace("_", " ").capitalize())


@dataclass(slots=True)
class _Maker:
    definitions: Mapping[str, Schema]
    language: Language
    sections: dict[str, object] = field(default_factory=dict)
    """Name of a section -> its fields, each described once."""

    def fields(self, schema: Schema) -> list[dict[str, Any]]:
        """Describe the options of a section."""
        required = schema.get("required", ())
        return [
            {
                "key": key,
                "label": say(label_of(key), self.language),
                "about": say(declared(option.get("description", "")), self.language),
                "required": key in required,
                "default": option.get("default"),
                "refers": option.get("x-refers", ""),
                **self.kind(option, key),
            }
            for key, option in schema.get("properties", {}).items()
            if "const" not in option
        ]

    def kind(self, schema: Schema, key: str = "") -> dict[str, object]:
        """Tell what a value is; what is of several kinds is written as in the file."""
        several = [
            alternative
            for alternative in schema.get("anyOf", ())
            if alternative.get("type") != "null"
        ]
        longer = [alternative for alternative in several if alternative.get("type") != "string"]
        if len(longer) == 1 and (len(several) == 1 or self.kind(longer[0])["kind"] in SHORTENED):
            return self.kind({**longer[0], "x-refers": schema.get("x-refers")}, key)
        if len(several) == 1:
            return self.kind(several[0], key)
        kind = self.large(schema)
        if kind is not None:
            return kind
        choices = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
        if choices or schema.get("x-option"):
            option = schema.get("x-option", key)
            return {
                "kind": "choice",
                "choices": [
                    self.choice(option, alternative) for alternative in choices or CHOICES[option]
                ],
                "open": not choices,
            }
        if schema.get("type") == "array":
            return self.listed(schema, key)
        return {"kind": PLAIN.get(schema.get("type", ""), "yaml")}

    def large(self, schema: Schema) -> dict[str, object] | None:
        """Describe what has fields of its own: a section, one of several, or several by name."""
        if "oneOf" in schema:
            return self.variants(schema)
        if schema.get("$ref") == WORDS:
            return {"kind": "words"}
        if "$ref" in schema:
            return {"kind": "section", "of": self.section(schema["$ref"])}
        if not isinstance(schema.get("additionalProperties"), dict):
            return None
        item = self.kind(schema["additionalProperties"])
        is_named = item["kind"] in {*LARGE, "words", "names"}
        return {"kind": "named", "item": item} if is_named else {"kind": "yaml"}

    def listed(self, schema: Schema, key: str) -> dict[str, object]:
        """Describe a list: of words, of choices, or of sections one below the other."""
        refers = str(schema.get("x-refers", ""))
        if refers in REGISTERS:
            names = [self.choice(refers, name) for name in REGISTERS[refers].names()]
            return {"kind": "choices", "choices": names}
        item = self.kind(schema.get("items", {}), key)
        if item["kind"] in LARGE:
            return {"kind": "list", "item": item}
        if item["kind"] == "choice":
            return {**item, "kind": "choices"}
        return {"kind": "names" if item["kind"] == "text" else "yaml"}

    def variants(self, schema: Schema) -> dict[str, object]:
        """Describe what is one of several sections, by the option that tells which."""
        discriminator = schema["discriminator"]
        option = discriminator["propertyName"]
        return {
            "kind": "variants",
            "option": option,
            "label": say(label_of(option), self.language),
            "variants": [
                {**self.choice(option, name), "of": self.section(place)}
                for name, place in sorted(discriminator["mapping"].items())
            ],
        }

    def choice(self, option: str, value: object) -> dict[str, object]:
        """Describe a choice: its sentence and source where something is written of it."""
        words = meaning(option, str(value))
        if words is None:
            return {"value": value}
        return {"value": value, "about": say(words.what, self.language), "source": words.source}

    def section(self, reference: str) -> str:
        """Describe a section once, and return its name."""
        name = reference.rpartition("/")[2]
        if name not in self.sections:
            self.sections[name] = {}  # sections may hold themselves
            schema = self.definitions[name]
            more = schema.get("additionalProperties")
            self.sections[name] = {
                "about": say(declared(schema.get("description", "")), self.language),
                "fields": self.fields(schema),
                "more": self.kind(more) if isinstance(more, dict) else None,
            }
        return name
