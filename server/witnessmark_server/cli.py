"""The command line: `witnessmark` serves or helps, `witnessmark TOOL …` runs a tool, and a few more."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, cast

from witnessmark.documents.allowed import local_path
from witnessmark.documents.web.url import is_url
from witnessmark.errors import UsageError, WitnessmarkError
from witnessmark.settings import SETTINGS, Settings, settings_from
from witnessmark.settings_doubts import doubts_about
from witnessmark_server.parser import (
    OWN_COMMANDS,
    command_of,
    dashed,
    make_parser,
    objects_of,
    option,
    options_of,
    with_each_choice,
)
from witnessmark_server.shell_names import in_shell_words
from witnessmark_server.streams import (
    OutputUnwritable,
    claim_host_pipe,
    discard_output,
    fault_of,
    flush_output,
    prepare_streams,
)
from witnessmark_server.words import UnknownOption, arguments_of, check_words, fill_passwords
from witnessmark_tools.catalog import COMMANDS
from witnessmark_tools.definition import UnknownTool

INTERRUPTED = 130


class FileWithoutCommand(UsageError):
    def __init__(self, name: str) -> None:
        shown = _shown(name)
        super().__init__(
            f"witnessmark was given {shown!r} without a command.",
            f"Write one before it, such as `witnessmark extract-tables {shown}`; `witnessmark --help` lists them.",
        )


class OneFileAtATime(UsageError):
    def __init__(self, command: str, name: str) -> None:
        super().__init__(
            f"witnessmark {command} takes one file, and was given {_shown(name)!r} as well.",
            "Run it once for each file.",
        )


class WordTooMany(UsageError):
    def __init__(self, command: str, word: str) -> None:
        super().__init__(
            f"witnessmark {command} does not take {_shown(word)!r}.",
            f"`witnessmark {command} --help` lists what it takes.",
        )


class WordWithoutName(UsageError):
    def __init__(self, command: str, word: str, place: str) -> None:
        super().__init__(
            f"witnessmark {command} does not take {_shown(word)!r} by itself.", f"Write {place} {_shown(word)}."
        )


def _shown(word: str) -> str:
    """Show a word of the command line, of a URL without its query, which may be a key."""
    return (word.partition("?")[0] if is_url(word) else word)[:60]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run a command.

    Shapes:  the exit code: 0 right, 1 our bug, 2 usage, 3 input, 4 API, 5 set-up, 6 budget, 130 interrupted
    """
    wants_json = "--json" in words
    try:
        prepare_streams()
        try:
            code = _dispatch(words)
        except SystemExit as end:  # argparse has printed help
            code = int(end.code or 0)
        flush_output()
    except KeyboardInterrupt:
        _report("Interrupted", "Interrupted.", "Nothing half-written is left behind.", wants_json=wants_json)
        return INTERRUPTED
    except BrokenPipeError:
        discard_output()  # the reader of our output has gone, as `| head` does
        return 0
    except OutputUnwritable as error:
        return _end_without_output(error)
    except WitnessmarkError as error:
        return _refuse(error, words, wants_json=wants_json)
    except OSError as error:
        fault = fault_of(error)
        if isinstance(fault, OutputUnwritable):
            return _end_without_output(fault)
        if fault is not None:
            return _refuse(fault, words, wants_json=wants_json)
        return _fail(error, wants_json=wants_json)
    except Exception as error:  # noqa: BLE001 - the last place that can say so
        return _fail(error, wants_json=wants_json)
    return code


def _refuse(error: WitnessmarkError, words: Sequence[str], *, wants_json: bool) -> int:
    """Report an error of ours, with arguments as the options of the shell."""
    at = command_of(list(words))
    tool = COMMANDS.get(words[at].replace("-", "_")) if at is not None else None
    message, next_step = error.message, error.next_step
    if not type(error).__module__.startswith("witnessmark_server."):  # those name options themselves
        message, next_step = in_shell_words(message, tool), in_shell_words(next_step, tool)
    _report(error.kind, message, next_step, wants_json=wants_json)
    return error.exit_code


def _fail(error: Exception, *, wants_json: bool) -> int:
    logging.getLogger(__name__).error("command failed", exc_info=error)
    _report("Bug", "witnessmark itself failed.", "See the log above; please report it.", wants_json=wants_json)
    return 1


def _end_without_output(error: OutputUnwritable) -> int:
    discard_output()
    print(f"{error.message}\n{error.next_step}", file=sys.stderr)
    return error.exit_code


def _report(kind: str, message: str, next_step: str, *, wants_json: bool) -> None:
    if not wants_json:
        print(f"{message}\n{next_step}", file=sys.stderr)
        return
    error = {"class": kind, "message": message, "next": next_step}
    try:
        print(json.dumps({"error": error}, ensure_ascii=False))
        flush_output()
    except (OSError, OutputUnwritable):
        discard_output()
        print(f"{message}\n{next_step}", file=sys.stderr)


def _dispatch(words: list[str]) -> int:
    at = command_of(words)
    if at is None and not {"--help", "-h", "--version"} & set(words) and (words or not sys.stdin.isatty()):
        words, at = ["serve", *words], 0  # as hosts start it; settings alone are settings of the server
    if at is None or words[at] == "help":
        make_parser().parse_args([word for word in words if word.startswith("-")] or ["--help"])
        return 0
    command = words[at].replace("_", "-")
    commands = [*OWN_COMMANDS, *map(dashed, COMMANDS.values())]
    if command not in commands:
        if "." in command or os.sep in command:
            raise FileWithoutCommand(words[at])
        raise UnknownTool(words[at], commands)
    rest = [*words[:at], *words[at + 1 :]]
    check_words(command, rest)
    options, unknown = make_parser().parse_known_args([command, *with_each_choice(command, rest)])
    if unknown and not unknown[0].startswith("-"):
        if command in map(dashed, COMMANDS.values()) and (places := objects_of(COMMANDS[command.replace("-", "_")])):
            raise WordWithoutName(command, unknown[0], option(places[0]))
        takes_file = command == "demo" or _takes_one_file(command)
        raise OneFileAtATime(command, unknown[0]) if takes_file else WordTooMany(command, unknown[0])
    if unknown:
        raise UnknownOption(unknown[0], command, options_of(command))
    return _run_command(options)


def _takes_one_file(command: str) -> bool:
    tool = COMMANDS.get(command.replace("-", "_"))
    return tool is not None and "source" in tool.arguments.model_fields


def _run_command(options: argparse.Namespace) -> int:
    from witnessmark_server import logs

    if options.command == "serve":
        if not options.http and (options.host or options.port is not None or options.no_auth):
            raise UsageError("--host, --port and --no-auth belong to --http.", "Add --http, or leave them out.")
        settings = _settings(options, [], names_folders=options.http)
        logs.configure(settings.log)
        _report_doubts(settings)
        return _serve_http(settings, options) if options.http else _serve(settings)
    given = _arguments(options)
    named = [given, *(given[name] for name in _objects_of(options) if name in given)]
    files = [
        str(arguments[name])
        for arguments in named
        for name in ("source", "answer", "before", "after")
        if arguments.get(name)
    ]
    files += [str(source) for arguments in named for source in _listed(arguments.get("sources"))]
    settings = _settings(options, files)
    logs.configure(settings.log)
    if options.command == "doctor":
        from witnessmark_server.doctor import run_doctor

        return run_doctor(settings, as_json=options.json)
    _report_doubts(settings)
    if options.command == "store":
        from witnessmark_server.store_command import run_store

        return run_store(options, settings)
    from witnessmark_server import shell

    if options.command == "demo":
        return shell.run_demo(options.source, settings)
    for arguments in named:
        fill_passwords(arguments)
    tool = COMMANDS[options.command.replace("-", "_")]
    return shell.run_tool(
        tool, given, settings, as_json=options.json, output=options.output if tool.gives_pictures else None
    )


def _report_doubts(settings: Settings) -> None:
    """Say on stderr which settings are probably not what was meant: to a person as sentences, else in the log."""
    for doubt in doubts_about(settings, os.environ):
        if sys.stderr.isatty():
            print(f"Warning: {doubt.problem} {doubt.advice}", file=sys.stderr)
        else:
            facts = {"problem": doubt.problem, "next": doubt.advice}
            logging.getLogger(__name__).warning("setting in doubt", extra=facts)


def _arguments(options: argparse.Namespace) -> dict[str, Any]:
    """Take a tool's arguments from the words of the command line; of a command of ours, its document."""
    tool = COMMANDS.get(options.command.replace("-", "_"))
    if tool is None:
        return {"source": source} if (source := getattr(options, "source", None)) is not None else {}
    return arguments_of(tool, options)


def _listed(sources: object) -> list[object]:
    """Take several sources, as an option that is an object may hold one alone."""
    if isinstance(sources, list):
        return cast("list[object]", sources)
    return [sources] if sources else []


def _objects_of(options: argparse.Namespace) -> list[str]:
    tool = COMMANDS.get(options.command.replace("-", "_"))
    return objects_of(tool) if tool else []


def _settings(options: argparse.Namespace, files: Sequence[str], *, names_folders: bool = False) -> Settings:
    tool = COMMANDS.get(options.command.replace("-", "_"))
    taken = tool.arguments.model_fields if tool else {}
    given = {item.name: getattr(options, item.name, None) for item in SETTINGS if item.name not in taken}
    paths = [path for file in files if not is_url(file) and (path := local_path(file)) is not None]
    return settings_from(os.environ, start=_start(), files=paths, names_folders=names_folders, **given)


def _start() -> Path:
    try:
        return Path.cwd()
    except OSError:  # the folder it was started in is gone
        return Path(Path(sys.executable).anchor)


def _serve(settings: Settings) -> int:
    # The collector runs dozens of times while the protocol's models are built, and finds nothing.
    gc.disable()
    from witnessmark_server.app import build_server

    leave_if_broken = claim_host_pipe()
    server = build_server(settings, at_end=leave_if_broken)
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGINT, _leave_at_once)
    server.run("stdio")
    return 0


def _leave_at_once(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
    # A thread waits for standard input and cannot be woken, so an orderly end would wait for it. Workers end by
    # themselves when this process is gone.
    os._exit(INTERRUPTED)


def _serve_http(settings: Settings, options: argparse.Namespace) -> int:
    from witnessmark_server.http import DEFAULT_HOST, DEFAULT_PORT, run_http

    port = DEFAULT_PORT if options.port is None else options.port
    return run_http(settings, host=options.host or DEFAULT_HOST, port=port, needs_token=not options.no_auth)
