"""The command line: `witnessmark` serves or helps, `witnessmark TOOL …` runs a tool, and a few more."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from witnessmark import __version__
from witnessmark.errors import UsageError, WitnessmarkError
from witnessmark.settings import Settings, settings_from
from witnessmark_tools.catalog import BY_NAME, TOOLS
from witnessmark_tools.definition import ToolDefinition, UnknownArgument, UnknownTool, expected

OWN_COMMANDS = {
    "serve": "Serve the tools over MCP on standard input and output, or over HTTP to programs on this machine.",
    "demo": "Extract the tables of a document and show them; without a document, of the report that comes along.",
    "doctor": "Check the installation, and say what to do about what is wrong.",
}
INTERRUPTED = 130


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
        if not words and not sys.stdin.isatty():
            words = ["serve"]
        return _dispatch(words)
    except KeyboardInterrupt:
        print("Interrupted; nothing half-written is left behind.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except WitnessmarkError as error:
        _report(error.kind, error.message, error.next_step, wants_json=wants_json)
        return error.exit_code
    except Exception:
        import logging

        logging.getLogger(__name__).exception("command failed")
        _report("Bug", "witnessmark itself failed.", "See the log above; please report it.", wants_json=wants_json)
        return 1


def _report(kind: str, message: str, next_step: str, *, wants_json: bool) -> None:
    if wants_json:
        print(json.dumps({"error": {"class": kind, "message": message, "next": next_step}}, ensure_ascii=False))
    else:
        print(f"{message}\n{next_step}", file=sys.stderr)


def _dispatch(words: list[str]) -> int:
    parser = _parser()
    if not words:
        parser.print_help()
        return 0
    commands = [*OWN_COMMANDS, *(_dashed(tool) for tool in TOOLS)]
    command = next((word for word in words if not word.startswith("-")), None)
    if command is not None and command.replace("_", "-") in commands:
        words[words.index(command)] = command.replace("_", "-")
    elif command is not None and words[0] == command:
        raise UnknownTool(command, commands)
    options, unknown = parser.parse_known_args(words)
    if unknown:
        known = _known_options(options.command)
        raise UnknownArgument(unknown[0], f"witnessmark {options.command}", known)
    if options.command is None:
        parser.print_help()
        return 0
    return _run_command(options)


def _run_command(options: argparse.Namespace) -> int:
    from witnessmark_server import logs

    if options.command == "serve":
        if not options.http and (options.host or options.port is not None):
            raise UsageError("--host and --port belong to --http.", "Add --http, or leave them out.")
        settings = _settings(options, [], names_folders=options.http)
        logs.configure(settings.log)
        return _serve_http(settings, options) if options.http else _serve(settings)
    files = [options.source] if getattr(options, "source", None) else []
    settings = _settings(options, files)
    logs.configure(settings.log)
    if options.command == "doctor":
        from witnessmark_server.doctor import run_doctor

        return run_doctor(settings, as_json=options.json)
    from witnessmark_server import shell

    if options.command == "demo":
        return shell.run_demo(options.source, settings)
    tool = BY_NAME[options.command.replace("-", "_")]
    given = {name: getattr(options, name) for name in tool.arguments.model_fields}
    return shell.run_tool(tool, {k: v for k, v in given.items() if v is not None}, settings, as_json=options.json)


def _settings(options: argparse.Namespace, files: Sequence[str], *, names_folders: bool = False) -> Settings:
    return settings_from(
        os.environ,
        start=Path.cwd(),
        home=options.home,
        allow=options.allow or (),
        files=files,
        log=options.log,
        ocr=options.ocr,
        parser_mib=options.parser_mib,
        ocr_mib=options.ocr_mib,
        names_folders=names_folders,
    )


def _serve(settings: Settings) -> int:
    # The collector runs dozens of times while the protocol's models are built, and finds nothing.
    gc.disable()
    from witnessmark_server.app import build_server

    server = build_server(settings)
    gc.freeze()
    gc.enable()
    server.run("stdio")
    return 0


def _serve_http(settings: Settings, options: argparse.Namespace) -> int:
    from witnessmark_server.http import DEFAULT_HOST, DEFAULT_PORT, run_http

    port = DEFAULT_PORT if options.port is None else options.port
    return run_http(settings, host=options.host or DEFAULT_HOST, port=port)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are our errors."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", f"See `{self.prog} --help`.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="witnessmark",
        description="Vision tools that agents can trust. Without a command or a terminal: an MCP server on stdio.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"witnessmark {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND", parser_class=_Parser)
    for tool in TOOLS:
        _add_tool(commands, tool)
    for name, meaning in OWN_COMMANDS.items():
        command = commands.add_parser(name, help=meaning, description=meaning, allow_abbrev=False)
        if name == "demo":
            command.add_argument("source", nargs="?", metavar="FILE", help="A document; default the report.")
        if name == "serve":
            _add_http(command)
        if name == "doctor":
            command.add_argument("--json", action="store_true", help="One JSON object on standard output.")
        _add_settings(command)
    return parser


def _add_tool(commands: Any, tool: ToolDefinition) -> None:
    summary = tool.description.split(". ", 1)[0].rstrip(".") + "."
    command = commands.add_parser(_dashed(tool), help=summary, description=tool.description, allow_abbrev=False)
    required = tool.input_schema.get("required", [])
    for name, schema in tool.input_schema["properties"].items():
        meaning = schema.get("description", "").replace("%", "%%")
        if name in required:
            command.add_argument(name, metavar="FILE" if name == "source" else name.upper(), help=meaning)
            continue
        if "enum" in schema or "enum" in schema.get("items", {}):
            meaning = f"{meaning} ({expected(schema)})"
        command.add_argument(_option(name), dest=name, metavar=name.upper(), help=meaning)
    command.add_argument(
        "--json", action="store_true", help="One complete JSON object on standard output, nothing else."
    )
    _add_settings(command)


def _add_http(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("over HTTP")
    group.add_argument(
        "--http",
        action="store_true",
        help="Serve at http://127.0.0.1:8765/mcp; needs --allow (or WITNESSMARK_ALLOW).",
    )
    group.add_argument("--host", metavar="ADDRESS", help="An address of this machine alone; default 127.0.0.1.")
    group.add_argument("--port", metavar="PORT", type=_port, help="Default 8765; 0 takes any that is free.")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port: a whole number from 0 to 65535 is")
    return int(text)


def _add_settings(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("settings")
    group.add_argument("--allow", action="append", metavar="FOLDER", help="A folder that may be read; repeatable.")
    group.add_argument("--home", metavar="FOLDER", help="Where witnessmark keeps everything (WITNESSMARK_HOME).")
    group.add_argument("--log", metavar="LEVEL", help="debug, info, warning or error (WITNESSMARK_LOG).")
    group.add_argument(
        "--ocr", metavar="ENGINE", help="auto, faster-paddle, rapidocr or off: who reads scans (WITNESSMARK_OCR)."
    )
    group.add_argument(
        "--parser-mib", metavar="MIB", help="Memory of a process that reads a file (WITNESSMARK_PARSER_MIB)."
    )
    group.add_argument("--ocr-mib", metavar="MIB", help="Memory of the OCR process (WITNESSMARK_OCR_MIB).")


def _known_options(command: str) -> list[str]:
    tool = BY_NAME.get(command.replace("-", "_"))
    own = [_option(name) for name in tool.arguments.model_fields if name != "source"] if tool else []
    http = ["--http", "--host", "--port"] if command == "serve" else []
    return [*own, *http, "--json", "--allow", "--home", "--log", "--ocr", "--parser-mib", "--ocr-mib"]


def _dashed(tool: ToolDefinition) -> str:
    return tool.name.replace("_", "-")


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
