"""CREATE, ALTER, DROP, SHOW and DESCRIBE of stages, file formats and storage integrations."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groundschool.engines.snowflake import formats, locations
from groundschool.engines.snowflake.failure import NotDone, bad_option, bad_value, exists, missing, wrong
from groundschool.engines.snowflake.objects import Access, FileFormat, Integration, Name, Stage, now
from groundschool.engines.snowflake.outcome import TEXT, TIME, Outcome, rows, status
from groundschool.engines.snowflake.words import Words, flag

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

STAGE_OPTIONS = (
    "URL",
    "STORAGE_INTEGRATION",
    "CREDENTIALS",
    "FILE_FORMAT",
    "COMMENT",
    "DIRECTORY",
    "ENCRYPTION",
    "COPY_OPTIONS",
)
INTEGRATION_OPTIONS = (
    "TYPE",
    "STORAGE_PROVIDER",
    "ENABLED",
    "STORAGE_AWS_ROLE_ARN",
    "STORAGE_ALLOWED_LOCATIONS",
    "STORAGE_BLOCKED_LOCATIONS",
    "COMMENT",
    "STORAGE_AWS_EXTERNAL_ID",
    "STORAGE_AWS_OBJECT_ACL",
)
SNOWFLAKE_USER = "arn:aws:iam::999988887777:user/snowflake-lab"
ALTERED = "Statement executed successfully."


def create_stage(session: Session, words: Words, replaces: bool) -> Outcome:
    """CREATE STAGE."""
    lenient = words.takes("IF", "NOT", "EXISTS")
    name = session.place(words.name())
    options = words.options()
    words.end()
    stages = session.account.objects.stages
    if found := _standing(stages, name, name[2], replaces, lenient):
        return found
    made = _stage(session, Stage(name, created=now()), options)
    session.commit()
    stages[name] = made
    session.account.objects.files.pop(name, None)
    return status(f"Stage area {name[2]} successfully created.")


def alter_stage(session: Session, words: Words) -> Outcome:
    """ALTER STAGE … SET."""
    lenient = words.takes("IF", "EXISTS")
    name = session.full(words.name())
    stages = session.account.objects.stages
    if name not in stages:
        if lenient:
            return status(ALTERED)
        raise missing("Stage", ".".join(name))
    if not words.takes("SET"):
        raise NotDone("do ALTER STAGE but for SET")
    options = words.options()
    words.end()
    if "URL" in options and not stages[name].url:
        raise NotDone("make an internal stage an external one")
    stages[name] = _stage(session, stages[name], options)
    return status(ALTERED)


def create_format(session: Session, words: Words, replaces: bool) -> Outcome:
    """CREATE FILE FORMAT."""
    lenient = words.takes("IF", "NOT", "EXISTS")
    name = session.place(words.name())
    options = words.options()
    words.end()
    found = session.account.objects.formats
    if standing := _standing(found, name, name[2], replaces, lenient):
        return standing
    formats.made(options, "FILE FORMAT")
    comment = str(options.pop("COMMENT", ""))
    found[name] = FileFormat(name, options, comment)
    return status(f"File format {name[2]} successfully created.")


def create_integration(session: Session, words: Words, replaces: bool) -> Outcome:
    """CREATE STORAGE INTEGRATION."""
    lenient = words.takes("IF", "NOT", "EXISTS")
    (name,) = words.name()
    options = words.options()
    words.end()
    found = session.account.objects.integrations
    if standing := _standing(found, name, name, replaces, lenient):
        return standing
    for given in options:
        if given not in INTEGRATION_OPTIONS:
            raise bad_option(given, "INTEGRATION")
    if (
        str(options.get("TYPE", "")).upper() != "EXTERNAL_STAGE"
        or str(options.get("STORAGE_PROVIDER", "")).upper() != "S3"
    ):
        raise NotDone("make an integration but for TYPE = EXTERNAL_STAGE and STORAGE_PROVIDER = 'S3'")
    allowed = options.get("STORAGE_ALLOWED_LOCATIONS")
    if not allowed or not options.get("STORAGE_AWS_ROLE_ARN"):
        raise wrong(1421, "22023", "missing property 'STORAGE_ALLOWED_LOCATIONS' or 'STORAGE_AWS_ROLE_ARN'")
    blocked = tuple(options.get("STORAGE_BLOCKED_LOCATIONS") or ())
    enabled = flag(options, "ENABLED", default=False)
    found[name] = Integration(name, str(options["STORAGE_AWS_ROLE_ARN"]), tuple(allowed), blocked, enabled)
    return status(f"Integration {name} successfully created.")


def drop(kind: str, store: str) -> Any:
    """A handler of DROP for objects of a kind, such as "STAGE", in a mapping of `Objects`."""

    def dropped(session: Session, words: Words) -> Outcome:
        lenient = words.takes("IF", "EXISTS")
        parts = words.name()
        words.end()
        found: MutableMapping[Any, Any] = getattr(session.account.objects, store)
        name: Any = parts[0] if store == "integrations" else session.full(parts)
        if name not in found:
            if lenient:
                words_ = "Drop statement executed successfully"
                return status(f"{words_} ({parts[-1]} already dropped).")
            raise missing(kind.capitalize(), name if isinstance(name, str) else ".".join(name))
        session.commit()
        del found[name]
        if store == "stages":
            session.account.objects.files.pop(name, None)
        return status(f"{parts[-1]} successfully dropped.")

    return dropped


def show_stages(session: Session, words: Words) -> Outcome:
    """SHOW STAGES."""
    kinds = dict.fromkeys(
        (
            "name",
            "database_name",
            "schema_name",
            "url",
            "has_credentials",
            "comment",
            "owner",
            "type",
            "storage_integration",
        ),
        TEXT,
    )
    found = []
    for stage in shown(session, words, session.account.objects.stages).values():
        keys = "Y" if stage.access.key else "N"
        type_ = "EXTERNAL" if stage.url else "INTERNAL"
        found.append(
            [
                stage.created,
                stage.name[2],
                stage.name[0],
                stage.name[1],
                stage.url,
                keys,
                stage.comment,
                "SYSADMIN",
                type_,
                stage.integration or None,
            ]
        )
    return rows({"created_on": TIME, **kinds}, found)


def show_formats(session: Session, words: Words) -> Outcome:
    """SHOW FILE FORMATS."""
    kinds = dict.fromkeys(("name", "database_name", "schema_name", "type", "owner", "comment"), TEXT)
    found = [
        [
            made.name[2],
            made.name[0],
            made.name[1],
            str(made.options.get("TYPE", "CSV")).upper(),
            "SYSADMIN",
            made.comment,
        ]
        for made in shown(session, words, session.account.objects.formats).values()
    ]
    return rows(kinds, found)


def describe_integration(session: Session, words: Words) -> Outcome:
    """DESC INTEGRATION: what the role of AWS must trust."""
    (name,) = words.name()
    words.end()
    found = session.account.objects.integrations.get(name)
    if found is None:
        raise missing("Integration", name)
    properties = {
        "ENABLED": ("Boolean", str(found.enabled).lower(), "false"),
        "STORAGE_PROVIDER": ("String", "S3", ""),
        "STORAGE_ALLOWED_LOCATIONS": ("List", ",".join(found.allowed), "[]"),
        "STORAGE_BLOCKED_LOCATIONS": ("List", ",".join(found.blocked), "[]"),
        "STORAGE_AWS_IAM_USER_ARN": ("String", SNOWFLAKE_USER, ""),
        "STORAGE_AWS_ROLE_ARN": ("String", found.role, ""),
    }
    kinds = dict.fromkeys(("property", "property_type", "property_value", "property_default"), TEXT)
    return rows(kinds, [[name, *values] for name, values in properties.items()])


def describe_stage(session: Session, words: Words) -> Outcome:
    """DESC STAGE."""
    name = session.full(words.name())
    words.end()
    stage = session.account.objects.stages.get(name)
    if stage is None:
        raise missing("Stage", ".".join(name))
    made = formats.made(locations.named_options(session, stage.format))
    found = [["STAGE_FILE_FORMAT", "TYPE", "String", made.kind, "CSV"]]
    found += [
        ["STAGE_FILE_FORMAT", key, "String", value, formats.VALUES[made.kind][key]]
        for key, value in made.values.items()
    ]
    found += [
        ["STAGE_FILE_FORMAT", key, "Boolean", str(on).lower(), str(formats.FLAGS[made.kind][key]).lower()]
        for key, on in made.flags.items()
    ]
    if stage.url:
        found.append(["STAGE_LOCATION", "URL", "String", f'["{stage.url}"]', ""])
        found.append(["STAGE_INTEGRATION", "STORAGE_INTEGRATION", "String", stage.integration, ""])
    kinds = dict.fromkeys(("parent_property", "property", "property_type", "property_value", "property_default"), TEXT)
    return rows(kinds, found)


def shown(session: Session, words: Words, found: Mapping[Name, Any]) -> dict[Name, Any]:
    """The objects that a SHOW is about. Raises Failed."""
    like = words.value() if words.takes("LIKE") else None
    scope: tuple[str, ...] = tuple(part for part in (session.database, session.schema) if part)
    if words.takes("IN"):
        if words.takes("ACCOUNT"):
            scope = ()
        elif words.takes("DATABASE"):
            scope = words.name() if not words.done else scope[:1]
        else:
            words.takes("SCHEMA")
            parts = words.name() if not words.done else scope
            scope = parts if len(parts) == 2 else (session.database or "", parts[0])
    words.end()
    chosen = {name: value for name, value in sorted(found.items()) if name[: len(scope)] == scope}
    if like is not None:
        fits = {n for n in chosen if session.duck("SELECT ? ILIKE ?", [n[2], like])[0][0]}
        chosen = {name: value for name, value in chosen.items() if name in fits}
    return chosen


def _standing(found: Mapping[Any, Any], name: Any, short: str, replaces: bool, lenient: bool) -> Outcome | None:
    """What a CREATE answers where there is one already. Raises Failed."""
    if name not in found or replaces:
        return None
    if lenient:
        return status(f"{short} already exists, statement succeeded.")
    raise exists(name if isinstance(name, str) else ".".join(name))


def _stage(session: Session, stage: Stage, options: Mapping[str, Any]) -> Stage:
    for name in options:
        if name not in STAGE_OPTIONS:
            raise bad_option(name, "STAGE")
    if "DIRECTORY" in options or "ENCRYPTION" in options or "COPY_OPTIONS" in options:
        raise NotDone("do DIRECTORY, ENCRYPTION and COPY_OPTIONS of a stage")
    if "URL" in options:
        stage = replace(stage, url=_url(str(options["URL"])))
    if "STORAGE_INTEGRATION" in options:
        stage = replace(stage, integration=str(options["STORAGE_INTEGRATION"]).upper())
    if "CREDENTIALS" in options:
        stage = replace(stage, access=_access(options["CREDENTIALS"]))
    if not stage.url and (stage.integration or stage.access.key):
        raise wrong(1422, "22023", "an internal stage takes no STORAGE_INTEGRATION and no CREDENTIALS")
    if "FILE_FORMAT" in options:
        stage = replace(stage, format=_format(session, options["FILE_FORMAT"]))
    _check_integration(session, stage)
    return replace(stage, comment=str(options.get("COMMENT", stage.comment)))


def _format(session: Session, given: Any) -> Mapping[str, Any]:
    options = {"FORMAT_NAME": given} if isinstance(given, str) else given
    if not isinstance(options, dict):
        raise bad_value("FILE_FORMAT", str(given))
    if "FORMAT_NAME" in options and len(options) > 1:
        raise wrong(1421, "22023", "FORMAT_NAME and other options of FILE_FORMAT exclude each other")
    formats.made(locations.named_options(session, options))
    if "FORMAT_NAME" in options:
        from groundschool.engines.snowflake.words import parts

        full = session.full(parts(str(options["FORMAT_NAME"])))
        return {"FORMAT_NAME": ".".join('"' + part.replace('"', '""') + '"' for part in full)}
    return options


def _check_integration(session: Session, stage: Stage) -> None:
    if not stage.integration:
        return
    found = session.account.objects.integrations.get(stage.integration)
    if found is None:
        raise missing("Integration", stage.integration)
    inside = any(location in ("*", "s3://*") or stage.url.startswith(location) for location in found.allowed)
    if not inside or any(stage.url.startswith(location) for location in found.blocked):
        words = f"Location '{stage.url}' is not allowed by integration {found.name}."
        raise wrong(3154, "22023", words)


def _url(url: str) -> str:
    bucket = url.removeprefix("s3://").partition("/")[0]
    if url.startswith(("azure://", "gcs://", "s3gov://", "s3china://", "s3compat://")):
        raise NotDone("reach other stores than S3")
    if not url.startswith("s3://") or not bucket:
        raise wrong(2108, "22023", f"invalid URL prefix found in: '{url}'")
    return url


def _access(given: Any) -> Access:
    if not isinstance(given, dict):
        raise bad_value("CREDENTIALS", str(given))
    for name in given:
        if name not in ("AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN", "AWS_ROLE"):
            raise bad_option(name, "CREDENTIALS")
    if "AWS_ROLE" in given:
        raise NotDone("take AWS_ROLE as a stage's credentials: a storage integration names a role")
    return Access(
        "", str(given.get("AWS_KEY_ID", "")), str(given.get("AWS_SECRET_KEY", "")), str(given.get("AWS_TOKEN", ""))
    )


def unnamed(session: Session, url: str, options: Mapping[str, Any]) -> Stage:
    """A stage that a statement makes for itself, of an address in S3. Raises Failed."""
    return _stage(session, Stage(("", "", "")), {"URL": url, **options})
