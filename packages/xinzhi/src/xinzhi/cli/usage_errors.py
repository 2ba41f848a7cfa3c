"""What is wrong with the words of a call, said as every other error: what, where, remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import typer

from xinzhi_core.errors import Problem, nearest, quoted
from xinzhi_core.wording import Wording, listed, message, shell_word

BOUND = re.compile(r"(greater|less) than or equal to (\S+)")
NUMBER = re.compile(r"should be a valid (integer|number)")
COMMAND = re.compile(r"No such command '(.*?)'", re.DOTALL)
EXTRA = re.compile(r"unexpected extra argument\(s\) \((.*)\)", re.DOTALL)
Found = tuple[Wording, str | None]
"""What is wrong, and the word that was probably meant."""


def problem_of(error: typer.TyperException, words: Sequence[str]) -> Problem:
    """Describe what is wrong with a call, with the nearest command, option or choice.

    Parameters
    ----------
    words
        The words of the call, from which a value is taken that cannot be used.
    """
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context is not None else _command(words)
    # The kinds have no public names; what each of them holds is public.
    describe = DESCRIBED.get(type(error).__name__, _other)
    sentence, near = describe(error, words)
    remedy: Wording = message("see `{command} --help`.", command=command)
    if near:
        remedy = message(
            "did you mean '{near}'? See `{command} --help`.", near=near, command=command
        )
    return Problem("usage", sentence, remedy=remedy)


def _command(words: Sequence[str]) -> str:
    """Name the command of a call, without the options before it.

    >>> _command(["--lang", "zh", "run", "--quiet=3"]), _command(["--version=2"])
    ('xinzhi run', 'xinzhi')
    """
    values = {after for word, after in pairwise(words) if word == "--lang"}
    named = (word for word in words if not word.startswith("-") and word not in values)
    return " ".join(["xinzhi", *[*named][:1]])


def _near(word: str, choices: Sequence[str]) -> str | None:
    """Find the one word that this one begins, else what is spelled like it."""
    begun = [choice for choice in choices if word.strip("-") and choice.startswith(word)]
    return begun[0] if len(begun) == 1 else nearest(word, choices)


def _no_option(error: Any, words: Sequence[str]) -> Found:
    parameters = error.ctx.command.get_params(error.ctx)
    arguments = {str(one.name) for one in parameters if one.param_type_name == "argument"}
    options = [
        option for parameter in parameters for option in parameter.opts if option.startswith("-")
    ]
    sentence = message("Unknown option '{option}'.", option=quoted(error.option_name))
    if error.option_name.lstrip("-") in arguments:
        # What is an argument here is an option of other commands: --study.
        taken = (word.removeprefix(f"{error.option_name}=") for word in words)
        rest = map(shell_word, (word for word in taken if word != error.option_name))
        return sentence, " ".join(["xinzhi", *rest])
    return sentence, _near(error.option_name, options)


def _no_value(error: Any, _words: Sequence[str]) -> Found:
    if "does not take" in error.message:
        return message("The option '{option}' takes no value.", option=error.option_name), None
    return message("The option '{option}' needs a value.", option=error.option_name), None


def _missing(error: Any, _words: Sequence[str]) -> Found:
    if error.param.param_type_name == "argument":
        return message("The argument '{name}' is missing.", name=error.param.name), None
    return message("The option '{option}' is missing.", option=_spelled(error.param)), None


def _bad_value(error: Any, words: Sequence[str]) -> Found:
    """Say why a value cannot be used: no choice, no number, out of bounds."""
    option, value = _spelled(error.param), _value(error.param.opts, words)
    choices = [str(choice) for choice in error.param.type_descriptor.choices or ()]
    if choices:
        sentence = message(
            "'{value}' is not a choice for {option}: {choices}.",
            value=quoted(value),
            option=option,
            choices=listed(choices),
        )
        return sentence, _near(value, choices)
    values: dict[str, object] = {"option": option, "value": quoted(value)}
    if bound := BOUND.search(error.message):
        values |= {"bound": bound[2]}
        if bound[1] == "greater":
            return message("{option} must be at least {bound}, not {value}.", **values), None
        return message("{option} must be at most {bound}, not {value}.", **values), None
    if number := NUMBER.search(error.message):
        if number[1] == "integer":
            return message("'{value}' in {option} is not a whole number.", **values), None
        return message("'{value}' in {option} is not a number.", **values), None
    return message("{option}: {reason}.", option=option, reason=error.message.rstrip(".")), None


def _with_option(context: typer.Context, word: str, words: Sequence[str]) -> str | None:
    """Write the call with the option that a study file needs here; None where the word is none."""
    options = {option for one in context.command.get_params(context) for option in one.opts}
    if "--study" not in options or not word.endswith((".yaml", ".yml")):
        return None
    written = (f"--study {shell_word(one)}" if one == word else shell_word(one) for one in words)
    return " ".join(["xinzhi", *written])


def _other(error: Any, words: Sequence[str]) -> Found:
    """Say what is wrong with a command: an unknown one, none, or more words than it takes."""
    text = error.format_message()
    if unknown := COMMAND.search(text):
        commands = error.ctx.command.list_commands(error.ctx)
        sentence = message("Unknown command '{name}'.", name=quoted(unknown[1]))
        return sentence, _with_option(error.ctx, unknown[1], words) or _near(unknown[1], commands)
    if extra := EXTRA.search(text):
        sentence = message("No argument is left for '{words}'.", words=quoted(extra[1]))
        return sentence, _with_option(error.ctx, extra[1], words)
    if "Missing command" in text:
        return message("The command is missing."), None
    return text, None


DESCRIBED: dict[str, Callable[[Any, Sequence[str]], Found]] = {
    "NoSuchOption": _no_option,
    "BadOptionUsage": _no_value,
    "MissingParameter": _missing,
    "BadParameter": _bad_value,
}


def _spelled(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.name)
    return next(
        (str(option) for option in parameter.opts if option.startswith("--")),
        str(parameter.opts[0]),
    )


def _value(options: Sequence[str], words: Sequence[str]) -> str:
    """Find the value of an option in the words of a call, the last where it is given twice.

    >>> _value(["--jobs"], ["run", "--jobs", "x"]), _value(["--jobs"], ["run", "--jobs=0"])
    ('x', '0')
    """
    # Typer reports the error without the value that caused it.
    given = [after for word, after in pairwise([*words, ""]) if word in options]
    given += [word.partition("=")[2] for word in words if word.partition("=")[0] in options]
    return next((value for value in reversed(given) if value), "")
