"""The command line: `witnessmark` serves or helps, `witnessmark TOOL …` runs a tool, and a few more."""

from __future__ import annotations

import argparse
import gc
import io
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
    object_from_words,
    objects_of,
    option,
    options_of,
)
from witnessmark_tools.catalog import COMMANDS
from witnessmark_tools.definition import UnknownArgument, UnknownTool

INTERRUPTED = 130


class FileWithoutCommand(UsageError):
    def __init__(self, name: str) -> None:
        shown = _shown(name)
        super().__init__(
            f"witnessmark was given {shown!r} and not told what to do with it.",
            f"Say it first, such as `witnessmark extract-tables {shown}`; `witnessmark --help` lists the commands.",
        )


class OneFileAtATime(UsageError):
    def __init__(self, command: str, name: str) -> None:
        super().__init__(
            f"witnessmark {command} takes one file, and was given {_shown(name)!r} as well.",
            "Run it once for each file.",
        )


class WordTooMany(UsageError):
    def __init__(self, word: str) -> None:
        super().__init__(
            f"witnessmark store has no place for {word[:60]!r}.", "`witnessmark store --help` says what it can do."
        )


class WordWithoutName(UsageError):
    def __init__(self, command: str, word: str, place: str) -> None:
        super().__init__(
            f"witnessmark {command} has no place for {_shown(word)!r} by itself.", f"Write {place} {_shown(word)}."
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
    _write_utf8()
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        _report("Interrupted", "Interrupted.", "Nothing half-written is left behind.", wants_json=wants_json)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except WitnessmarkError as error:
        _report(error.kind, error.message, error.next_step, wants_json=wants_json)
        return error.exit_code
    except Exception:
        logging.getLogger(__name__).exception("command failed")
        _report("Bug", "witnessmark itself failed.", "See the log above; please report it.", wants_json=wants_json)
        return 1


def _write_utf8() -> None:
    """Write UTF-8 to files and pipes whatever the locale; to a terminal, what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a test or a host may have put something else there
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _report(kind: str, message: str, next_step: str, *, wants_json: bool) -> None:
    if wants_json:
        print(json.dumps({"error": {"class": kind, "message": message, "next": next_step}}, ensure_ascii=False))
    else:
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
    options, unknown = make_parser().parse_known_args([command, *words[:at], *words[at + 1 :]])
    if unknown and not unknown[0].startswith("-"):
        if command in map(dashed, COMMANDS.values()) and (places := objects_of(COMMANDS[command.replace("-", "_")])):
            raise WordWithoutName(command, unknown[0], option(places[0]))
        raise WordTooMany(unknown[0]) if command == "store" else OneFileAtATime(command, unknown[0])
    if unknown:
        raise UnknownArgument(unknown[0], f"witnessmark {command}", options_of(command))
    return _run_command(options)


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
        if arguments.get("password") == "-":
            import getpass

            arguments["password"] = getpass.getpass("Password of the document: ")
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
    names = tool.arguments.model_fields if tool else ["source"]
    given = {name: value for name in names if (value := getattr(options, name, None)) is not None}
    for name in _objects_of(options):
        if name in given:
            given[name] = object_from_words(name, given[name])
    return given


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

    server = build_server(settings)
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
