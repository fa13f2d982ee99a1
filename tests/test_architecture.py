"""The shape of the code: which part may know which, what the rules may not touch, what no page may carry."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment
from jinja2.nodes import FromImport, Macro, Template

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "portal").rglob("*.py"))
ENTRIES = [Path("wsgi.py"), Path("gunicorn.conf.py")]
FOLDERS = sorted(
    {path.relative_to(ROOT).parent for top in ("portal", "tests") for path in (ROOT / top).rglob("*.py")}
)
TEMPLATES = sorted(path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*.*"))
DOCS = sorted(path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
STYLES = sorted(path.relative_to(ROOT) for path in (ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted(path.relative_to(ROOT) for path in (ROOT / "static/js").rglob("*.js"))

# What each part may know of the others: web, cli → actions → storage, exchange, documents, mail → domain.
MAY_KNOW = {
    "domain": set(),
    "crypto": set(),
    "exchange": {"domain"},
    "storage": {"domain"},
    "documents": {"domain"},
    "mail": {"domain"},
    "actions": {"domain", "crypto", "exchange", "storage", "documents", "mail"},
    "web": {"domain", "crypto", "exchange", "storage", "documents", "actions"},
    "demo": {"domain", "exchange", "storage", "actions"},
    "logs": set(),
    "config": {"domain", "crypto", "mail", "instance"},
    "instance": {"crypto"},
    "cli": {"domain", "crypto", "exchange", "storage", "actions", "demo", "config", "instance", "logs"},
    "app": {"crypto", "storage", "web", "config"},
    "wsgi": {"app", "config", "logs"},
    "gunicorn.conf": {"logs"},
}
FRAMEWORKS = {"flask", "flask_login", "flask_compress", "htmx_flask", "werkzeug", "jinja2", "wtforms"}
DATABASES = {"peewee", "playhouse", "psycopg", "sqlite3"}
OUTSIDE = {
    "domain": FRAMEWORKS
    | DATABASES
    | {"cryptography", "typst", "os", "io", "pathlib", "time", "random", "click"},
    "crypto": FRAMEWORKS | DATABASES | {"typst", "click", "holidays"},
    "exchange": FRAMEWORKS | DATABASES | {"cryptography", "typst", "click"},
    "storage": FRAMEWORKS | {"typst", "click"},
    "documents": FRAMEWORKS | DATABASES | {"click"},
    "mail": FRAMEWORKS | DATABASES | {"click"},
    "actions": FRAMEWORKS | {"typst", "click"},
    "web": DATABASES | {"typst"},
    "demo": FRAMEWORKS | DATABASES | {"cryptography", "typst", "click"},
    "logs": FRAMEWORKS | DATABASES | {"cryptography", "typst", "click"},
    "config": FRAMEWORKS | DATABASES | {"cryptography", "typst", "click"},
    "instance": FRAMEWORKS | DATABASES | {"cryptography", "typst", "click"},
    "cli": FRAMEWORKS | DATABASES | {"cryptography", "typst"},
    "app": DATABASES | {"cryptography", "typst", "click"},
    "wsgi": FRAMEWORKS | DATABASES | {"cryptography", "typst", "click"},
    "gunicorn.conf": FRAMEWORKS | DATABASES | {"cryptography", "typst", "click"},
}
MOST_MODULES = 20  # of a folder
# There, time comes in as an argument.
TIMELESS = ("domain", "crypto", "exchange", "storage", "documents", "actions")
MOST_PARAMETERS = 6
LONGEST_LINE = 120  # of what is not Python, which ruff looks at
CLOCKS = {"now", "utcnow", "today", "time", "time_ns"}
QUERIES = {"select", "where", "get_or_none", "get_by_id", "join", "switch", "order_by", "filter"}
CHANGES_OF_A_ROW = {"save", "delete_instance", "execute"}
CHANGES_OF_A_TABLE = {
    "create",
    "get_or_create",
    "insert",
    "insert_many",
    "replace",
    "update",
    "delete",
    "bulk_create",
}


def part(module: Path) -> str:
    """``portal/web/http/guards.py`` is of web, ``portal/config.py`` of config, ``wsgi.py`` of itself."""
    return module.parts[1 if len(module.parts) > 1 else 0].removesuffix(".py")


def room(name: str) -> Path:
    """The folder of the module that ``portal.web.http.guards.allow`` comes from; a package is its folder."""
    path = Path(*name.split("."))
    while not (ROOT / path).is_dir():
        path = path.parent
    return path


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"))


@cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(module)))


def imports(module: Path) -> Iterator[str]:
    """Full names of what is imported anywhere in the module, in functions too."""
    for node in nodes(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports by dots; write the whole name"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def calls(module: Path) -> Iterator[tuple[int, str, str]]:
    """Line, what it is called on, and the method, of every ``thing.method(…)``."""
    for node in nodes(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, ast.unparse(node.func.value), node.func.attr


def public_functions(module: Path) -> Iterator[tuple[int, str, int]]:
    """Line, name and number of parameters of what other modules may call, methods too."""
    for scope in [node for node in nodes(module) if isinstance(node, (ast.Module, ast.ClassDef))]:
        for node in scope.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                count = sum(each.arg not in ("self", "cls") for each in parameters)
                yield node.lineno, node.name, count


def functions(module: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Name of every function in the module, its parameters, and those that can only be said by name."""
    for node in nodes(module):
        if isinstance(node, ast.FunctionDef):
            plain = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            named = [each.arg for each in node.args.kwonlyargs]
            yield node.name, [each for each in plain if each not in ("self", "cls")] + named, named


def of(*parts: str) -> list[Path]:
    return [module for module in MODULES if part(module) in parts]


LAYERED = [module for module in MODULES if module != Path("portal/__init__.py")]  # which only says what it is


def of_each(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test of all of them, which says of each where it fails: one for each would be five thousand."""

    def looked_at(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            faults = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as fault:
                    faults.append(f"{path.as_posix()}: {fault}")
            assert faults == [], "\n".join(faults)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return looked_at


@of_each([*LAYERED, *ENTRIES])
def test_imports_point_one_way(module):
    known = {name.split(".")[1] for name in imports(module) if name.startswith("portal.")}
    assert known <= MAY_KNOW[part(module)] | {part(module)}


def test_no_two_folders_need_each_other():
    """Nor does one come back to itself by way of others; a folder and the one it stands in are two."""
    needed: dict[Path, set[Path]] = {}
    for module in MODULES:
        known = {room(name) for name in imports(module) if name.startswith("portal.")}
        needed.setdefault(module.parent, set()).update(known - {module.parent})
    while free := [folder for folder, others in needed.items() if not others & needed.keys()]:
        for folder in free:
            del needed[folder]
    assert needed == {}


@of_each(FOLDERS)
def test_a_folder_can_be_looked_through(folder):
    if folder.name != "migrations":
        assert (
            len([path for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"]) <= MOST_MODULES
        )


@of_each([*LAYERED, *ENTRIES])
def test_knows_only_its_own_libraries(module):
    roots = {name.split(".")[0] for name in imports(module)}
    assert not roots & OUTSIDE[part(module)]


@of_each(of(*TIMELESS))
def test_time_comes_in_as_an_argument(module):
    clocks = ("datetime", "date", "time", "datetime.datetime", "datetime.date")
    read = [
        f"{on}.{method} in line {line}"
        for line, on, method in calls(module)
        if method in CLOCKS and on in clocks
    ]
    assert read == []


@of_each(MODULES)
def test_the_place_and_the_time_are_said_by_name(module):
    """``sign(person, month, …, *, site, now)``; what asks for the time alone takes it plainly."""
    for name, parameters, named in functions(module):
        assert "site" not in parameters or "site" in named, f"{name} takes site plainly"
        assert "now" not in parameters or "now" in named or parameters == ["now"], f"{name} takes now plainly"
        if {"site", "now"} <= set(named):
            assert named[-2:] == ["site", "now"], f"{name} takes site and now in another order"


@of_each(MODULES)
def test_more_than_six_parameters_have_their_reason_beside_them(module):
    """As a comment on the line of the ``def``; there is none where six are enough."""
    lines = (ROOT / module).read_text("utf-8").splitlines()
    for number, name, count in public_functions(module):
        assert (count > MOST_PARAMETERS) == ("(  # " in lines[number - 1]), f"{name} takes {count}"


@of_each([module for module in MODULES if part(module) != "crypto"])
def test_the_pepper_goes_with_the_place(module):
    """Only what works on bytes is handed the pepper itself."""
    assert [name for name, parameters, _ in functions(module) if "pepper" in parameters] == []


@of_each(of("domain"))
def test_rules_touch_no_files(module):
    opened = [
        node.lineno
        for node in nodes(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("open", "print", "input")
    ]
    assert opened == []


@of_each(of("web"))
def test_views_change_nothing_by_themselves(module):
    changes = [
        f"{on}.{method} in line {line}"
        for line, on, method in calls(module)
        if method in CHANGES_OF_A_ROW or (method in CHANGES_OF_A_TABLE and on[0].isupper())
    ]
    assert changes == []
    assert "portal.storage.tables.db.writing" not in set(imports(module))


@of_each(of("web"))
def test_views_put_no_query_together(module):
    """What is asked of the database stands in ``storage``, under the same word."""
    queries = [
        f"{on}.{method} in line {line}"
        for line, on, method in calls(module)
        if method in QUERIES and not on.startswith(("'", '"'))
    ]
    assert queries == []


@of_each(MODULES)
def test_a_module_opens_with_what_it_is_for(module):
    if "migrations" in module.parts or not (ROOT / module).read_text("utf-8").strip():
        return
    assert ast.get_docstring(tree(module)), f"{module} does not say what it is for"


# What the Content-Security-Policy would block, or what works only where a script runs.
FORBIDDEN = {
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an inline style": r"<style|\sstyle\s*=",
    "an inline handler": r"\son[a-z]+\s*=\s*[\"']",
    "hx-boost": r"hx-boost",
    "hx-on": r"hx-on",
    "a request that no plain form makes": r"hx-(?:delete|put|patch)",
    "evaluated values": r"hx-(?:vals|vars|headers)\s*=\s*[\"']js:|javascript:",
    "an asset from elsewhere": r"(?:\ssrc|\ssrcset|<link[^>]*\shref)\s*=\s*[\"'](?:https?:)?//",
}


@of_each(TEMPLATES)
def test_pages_carry_nothing_that_the_policy_forbids(template):
    text = re.sub(r"\{#.*?#\}", "", (ROOT / template).read_text("utf-8"), flags=re.DOTALL)
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)] == []


@of_each(TEMPLATES)
def test_what_htmx_posts_a_plain_form_posts_too(template):
    text = (ROOT / template).read_text("utf-8")
    bare = [tag for tag in re.findall(r"<[a-z]+[^<>]*\bhx-post=[^<>]*>", text) if not tag.startswith("<form")]
    assert bare == []
    for form in re.findall(r"<form[^<>]*\bhx-post=[^<>]*>", text):
        assert re.search(r"\saction=(\"[^\"]*\")", form).group(1) == re.search(
            r"hx-post=(\"[^\"]*\")", form
        ).group(1)


@cache
def parsed(template: Path) -> Template:
    return Environment().parse((ROOT / template).read_text("utf-8"))


@of_each(TEMPLATES)
def test_what_a_template_takes_from_another_is_there(template):
    """Jinja asks only when it is drawn. What another imports itself it does not hand on."""
    for taken in parsed(template).find_all(FromImport):
        macros = parsed(Path("templates") / taken.template.value).find_all(Macro)
        names = {name if isinstance(name, str) else name[0] for name in taken.names}  # else „… as …“
        assert names <= {macro.name for macro in macros}


@of_each(STYLES)
def test_styles_load_nothing(style):
    assert not re.search(r"url\(|@import|@font-face", (ROOT / style).read_text("utf-8"))


@of_each(SCRIPTS)
def test_scripts_evaluate_nothing_and_write_no_markup(script):
    text = (ROOT / script).read_text("utf-8")
    assert not re.search(
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text
    )


@of_each([*DOCS, *TEMPLATES])
def test_lines_fit_on_the_screen(text):
    """A row of a table is one line, however long: Markdown knows no other."""
    lines = enumerate((ROOT / text).read_text("utf-8").splitlines(), start=1)
    assert [n for n, line in lines if len(line) > LONGEST_LINE and not line.startswith("|")] == []


def test_everything_is_looked_at():
    assert len(MODULES) > 20
    assert len(DOCS) > 5
    assert len(TEMPLATES) > 5
    assert STYLES
    assert SCRIPTS
