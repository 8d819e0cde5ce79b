"""``cgplab dashboard``: serve the dashboard; ``cgplab password``: hash a password for its file of users."""

from pathlib import Path
from typing import Annotated

import typer

from cgplab.cli.options import StoreOption
from cgplab.cli.output import say
from cgplab.errors import InputError
from cgplab.sealed import is_sealed, open_store
from cgplab.terminal import printable


def dashboard(
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 5006,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    basic_auth: Annotated[
        Path | None, typer.Option(metavar="FILE", help='JSON with users: {"name": "password or hash"}.', dir_okay=False)
    ] = None,
    cookie_secret: Annotated[
        str | None, typer.Option(envvar="CGPLAB_COOKIE_SECRET", metavar="TEXT", help="Signs logins.")
    ] = None,
    allow_origin: Annotated[
        list[str] | None, typer.Option(metavar="HOST[:PORT]", help="Name browsers use behind a proxy; repeatable.")
    ] = None,
    proxy_headers: Annotated[
        bool, typer.Option("--proxy-headers", help="A proxy in front sets X-Forwarded-For and X-Forwarded-Proto.")
    ] = False,
    root_path: Annotated[str, typer.Option(metavar="PATH", help="Path under which a proxy serves it.")] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="Runs can be looked at, nothing else.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let other machines in without a password.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Open a browser.")] = False,
    open_file: Annotated[
        Path | None, typer.Option("--open", metavar="FILE", help="Show a sealed study; implies --read-only.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Serve the dashboard: start runs, watch evolution live, study results."""
    if open_file is not None and (store is not None or not is_sealed(open_file)):
        raise InputError(f"--open needs the file of a sealed study and excludes --store; given: {open_file}")
    shown = open_store(open_file or store)
    from cgplab.dashboard.server import Options, serve

    options = Options(
        port=port,
        address=address,
        basic_auth=basic_auth,
        cookie_secret=cookie_secret,
        allow_origin=tuple(allow_origin or ()),
        proxy_headers=proxy_headers,
        root_path=root_path.rstrip("/"),
        read_only=read_only or not shown.changes,
        insecure=insecure,
        show=show,
    )
    serve(shown, options)


def password() -> None:
    """Ask for a password and print its hash, for use in the file of `dashboard --basic-auth`."""
    from cgplab.dashboard.serving.users import hashed

    try:
        given = typer.prompt(printable("Password"), hide_input=True, confirmation_prompt="Once more", err=True)
    except typer.Abort as error:
        raise InputError("no password was given twice; type the same words at both prompts") from error
    say(hashed(given))
