"""portal.config: settings from the environment."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.config import Config, ConfigError, environment
from portal.crypto.pepper import load_pepper, make_pepper
from portal.instance import demo_environment
from tests.crypto.qualified.authority import Authority

SECRET = "s" * 32


@pytest.fixture
def pepper_file(tmp_path):
    make_pepper(tmp_path / "pepper")
    return tmp_path / "pepper"


@pytest.fixture
def production(pepper_file):
    return {
        "PORTAL_SECRET_KEY": SECRET,
        "PORTAL_PEPPER_FILE": str(pepper_file),
        "PORTAL_BASE_URL": "https://portal.example.bg",
    }


@pytest.fixture
def demo(production):
    return production | {"PORTAL_ENV": "demo", "PORTAL_BASE_URL": ""}


def problems(env):
    with pytest.raises(ConfigError) as caught:
        Config.from_env(env)
    return caught.value.problems


def names(env):
    return [problem.partition(":")[0] for problem in problems(env)]


def test_production_starts_with_three_settings(production, pepper_file):
    config = Config.from_env(production)

    assert config.env == "production"
    assert config.secret_key == SECRET
    assert config.pepper == load_pepper(pepper_file)
    assert config.base_url == "https://portal.example.bg"
    assert config.database_url == "sqlite:///instance/portal.db"
    assert (config.mail_url, config.trust_dir, config.clock) == (None, None, None)
    assert (config.trusted_proxies, config.needs_second_factor) == (0, True)
    assert config.signatures == {"password"}


def test_names_everything_that_is_missing_at_once():
    assert names({}) == ["PORTAL_BASE_URL", "PORTAL_SECRET_KEY", "PORTAL_PEPPER_FILE"]


def test_names_everything_that_is_wrong_at_once(tmp_path):
    env = {
        "PORTAL_ENV": "staging",
        "PORTAL_BASE_URL": "portal.example.bg",
        "PORTAL_DATABASE_URL": "mysql://x",
        "PORTAL_SECRET_KEY": "short",
        "PORTAL_PEPPER_FILE": str(tmp_path / "missing"),
        "PORTAL_MAIL_URL": "http://mail",
        "PORTAL_TRUSTED_PROXIES": "one",
        "PORTAL_SIGNATURES": "stamp",
        "PORTAL_TRUST_DIR": str(tmp_path / "missing"),
        "PORTAL_CLOCK": "tomorrow",
        "PORTAL_SECOND_FACTOR": "maybe",
    }

    assert set(names(env)) == set(env)


def test_says_where_the_settings_are_explained():
    with pytest.raises(ConfigError, match="README"):
        Config.from_env({})


def test_an_empty_setting_is_none(production):
    config = Config.from_env(
        production | {"PORTAL_MAIL_URL": " ", "PORTAL_CLOCK": "", "PORTAL_SIGNATURES": ""}
    )

    assert (config.mail_url, config.clock, config.signatures) == (None, None, {"password"})


def test_shows_no_secret(production):
    passwords = {
        "PORTAL_DATABASE_URL": "postgresql://portal:dbpass@db/portal",
        "PORTAL_MAIL_URL": "smtp://portal:mailpass@mail",
    }
    shown = repr(Config.from_env(production | passwords))

    assert "https://portal.example.bg" in shown
    assert not any(secret in shown for secret in (SECRET, "dbpass", "mailpass", "pepper"))


def test_repeats_no_wrong_value(production):
    wrong = {
        "PORTAL_SECRET_KEY": "hidden",
        "PORTAL_DATABASE_URL": "postgres://u:hidden@db/x",
        "PORTAL_MAIL_URL": "smtp://u:hid/hidden@mail:port",
    }

    found = problems(production | wrong)
    assert len(found) == 3
    assert not any("hidden" in problem or "hid/" in problem for problem in found)


@pytest.mark.parametrize("secret", ["", " " * 40, "s" * 31])
def test_wants_a_long_secret_key(production, secret):
    assert names(production | {"PORTAL_SECRET_KEY": secret}) == ["PORTAL_SECRET_KEY"]


def test_wants_a_pepper_that_others_cannot_read(production, pepper_file):
    pepper_file.chmod(0o644)

    assert "chmod 600" in problems(production)[0]


@pytest.mark.parametrize("env", ["production", "demo", "test"])
def test_knows_three_environments(production, env):
    assert Config.from_env(production | {"PORTAL_ENV": env}).env == env


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://portal.example.bg/", "portal.example.bg"),
        ("https://portal.example.bg:8443", "portal.example.bg"),
        ("https://портал.мон.бг", "портал.мон.бг"),
    ],
)
def test_trusts_the_host_of_its_own_address(production, url, host):
    config = Config.from_env(production | {"PORTAL_BASE_URL": url})

    assert config.base_url == url.rstrip("/")
    assert config.trusted_hosts == [host, "127.0.0.1", "localhost"]
    assert config.mail_sender == f"portal@{host}"


@pytest.mark.parametrize(
    "url",
    [
        "portal.example.bg",
        "ftp://portal.example.bg",
        "https://",
        "https://portal.example.bg/portal",
        "https://portal.example.bg?x=1",
        "https://u:p@portal.example.bg",
        "https://portal.example.bg:0",
        "https://portal example.bg",
        "http://portal.example.bg",
        "http://127.0.0.1:8000",
    ],
)
def test_production_is_at_an_https_address(production, url):
    assert names(production | {"PORTAL_BASE_URL": url}) == ["PORTAL_BASE_URL"]


def test_a_demo_is_at_home_on_this_machine(demo):
    config = Config.from_env(demo)

    assert config.base_url == "http://127.0.0.1:8000"
    assert config.trusted_hosts == ["127.0.0.1", "localhost"]
    assert config.mail_sender == "portal@localhost"


@pytest.mark.parametrize("env", ["demo", "test"])
@pytest.mark.parametrize(
    ("url", "plain"),
    [("http://127.0.0.1:8123", True), ("http://localhost:8000", True), ("https://127.0.0.1", False)],
)
def test_plain_cookies_are_for_plain_http_on_this_machine(demo, env, url, plain):
    config = Config.from_env(demo | {"PORTAL_ENV": env, "PORTAL_BASE_URL": url})

    assert config.may_use_plain_cookies is plain


def test_production_never_uses_plain_cookies(production):
    assert not Config.from_env(production).may_use_plain_cookies


def test_a_demo_for_others_is_at_an_https_address(demo):
    assert names(demo | {"PORTAL_BASE_URL": "http://demo.example.bg"}) == ["PORTAL_BASE_URL"]


@pytest.mark.parametrize("url", ["postgresql://u:p@db:5432/portal", "sqlite:////srv/portal.db"])
def test_takes_both_databases(production, url):
    assert Config.from_env(production | {"PORTAL_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(("text", "count"), [("0", 0), ("1", 1), ("5", 5)])
def test_counts_the_proxies_before_it(production, text, count):
    assert Config.from_env(production | {"PORTAL_TRUSTED_PROXIES": text}).trusted_proxies == count


@pytest.mark.parametrize("text", ["-1", "6", "1.0", "١", "9" * 5000])
def test_takes_nothing_else_for_a_number_of_proxies(production, text):
    assert names(production | {"PORTAL_TRUSTED_PROXIES": text}) == ["PORTAL_TRUSTED_PROXIES"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("password", {"password"}),
        ("qualified", {"qualified"}),
        ("password,qualified", {"password", "qualified"}),
        (" qualified , password ", {"password", "qualified"}),
    ],
)
@pytest.mark.parametrize("env", ["production", "demo", "test"])
def test_takes_the_kinds_of_signature_in_any_order(production, tmp_path, env, text, kinds):
    more = {"PORTAL_ENV": env, "PORTAL_SIGNATURES": text, "PORTAL_TRUST_DIR": str(tmp_path)}

    assert Config.from_env(production | more).signatures == kinds


@pytest.mark.parametrize("kinds", [",", "password,", "password,stamp", "password qualified", "Password"])
def test_refuses_unknown_kinds_of_signature(production, kinds):
    (problem,) = problems(production | {"PORTAL_SIGNATURES": kinds})

    assert problem == "PORTAL_SIGNATURES: must be password, qualified, or both with a comma between them."


@pytest.mark.parametrize("kinds", ["qualified", "password,qualified"])
@pytest.mark.parametrize("env", ["production", "test"])
def test_qualified_signatures_need_somebody_to_trust(production, env, kinds):
    (problem,) = problems(production | {"PORTAL_ENV": env, "PORTAL_SIGNATURES": kinds})

    assert problem.startswith("PORTAL_TRUST_DIR: must be set to accept qualified signatures")
    assert "roots/*.pem, issuers/*.pem, crls/*.crl" in problem


def test_a_demo_shows_both_kinds_of_signature(demo):
    config = Config.from_env(demo)

    assert config.signatures == {"password", "qualified"}
    assert str(config.trust_dir) == "instance/trust"


def test_a_demo_can_be_told_otherwise(demo, tmp_path):
    told = {"PORTAL_SIGNATURES": "password", "PORTAL_TRUST_DIR": str(tmp_path)}
    config = Config.from_env(demo | told)

    assert (config.signatures, config.trust_dir) == ({"password"}, tmp_path)


def test_a_second_factor_is_needed_in_production_alone(production, demo):
    required = {"PORTAL_SECOND_FACTOR": "required"}

    assert Config.from_env(production).needs_second_factor
    assert Config.from_env(production | required).needs_second_factor
    assert not Config.from_env(demo).needs_second_factor
    assert Config.from_env(demo | required).needs_second_factor


def test_can_be_told_that_the_second_factor_is_off(production):
    assert not Config.from_env(production | {"PORTAL_SECOND_FACTOR": "off"}).needs_second_factor


def test_takes_a_directory_of_trust(production, tmp_path):
    assert Config.from_env(production | {"PORTAL_TRUST_DIR": str(tmp_path)}).trust_dir == tmp_path


@pytest.mark.parametrize("env", ["production", "demo"])
def test_says_what_a_directory_of_trust_must_hold(production, pepper_file, env):
    (problem,) = problems(production | {"PORTAL_ENV": env, "PORTAL_TRUST_DIR": str(pepper_file)})

    assert problem.startswith("PORTAL_TRUST_DIR: is not a directory. It must hold roots/*.pem, ")


@pytest.mark.parametrize(
    "text",
    ["2021-02-01T12:00:00+02:00", "2021-02-01T10:00:00Z", "2021-02-01T12:00", "2021-02-01 12:00:00"],
)
def test_stops_its_clock_where_it_is_told(demo, text):
    clock = Config.from_env(demo | {"PORTAL_CLOCK": text}).clock

    assert clock == datetime(2021, 2, 1, 10, tzinfo=UTC)
    assert clock.tzinfo is UTC


@pytest.mark.parametrize("text", ["now", "2021-02-30", "0001-01-01T00:00+14:00"])
def test_refuses_a_time_that_is_none(demo, text):
    assert names(demo | {"PORTAL_CLOCK": text}) == ["PORTAL_CLOCK"]


def test_production_has_no_other_time_than_the_real_one(production):
    (problem,) = problems(production | {"PORTAL_CLOCK": "2021-02-01T12:00:00+02:00"})

    assert "in production the time is the real one" in problem


def test_a_demo_makes_its_secrets_once(tmp_path):
    instance = tmp_path / "a" / "instance"
    first = demo_environment(instance)

    assert demo_environment(instance) == first
    assert Config.from_env(first | {"PORTAL_ENV": "demo"}).secret_key == first["PORTAL_SECRET_KEY"]
    assert {file.name: file.stat().st_mode & 0o777 for file in instance.iterdir()} == {
        "secret": 0o600,
        "pepper": 0o600,
    }


def test_two_demos_have_different_secrets(tmp_path):
    one, two = demo_environment(tmp_path / "one"), demo_environment(tmp_path / "two")

    assert one["PORTAL_SECRET_KEY"] != two["PORTAL_SECRET_KEY"]
    assert load_pepper(one["PORTAL_PEPPER_FILE"]) != load_pepper(two["PORTAL_PEPPER_FILE"])


@pytest.mark.parametrize("env", ["demo", "test"])
def test_demo_and_test_start_without_secrets(monkeypatch, tmp_path, env):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_ENV", env)

    assert Config.from_env().secret_key == (tmp_path / "instance" / "secret").read_text()


def test_keeps_the_secrets_that_a_test_gives(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert environment({"PORTAL_ENV": "test", "PORTAL_SECRET_KEY": SECRET})["PORTAL_SECRET_KEY"] == SECRET


def test_makes_nothing_up_when_both_are_given(monkeypatch, tmp_path, demo):
    monkeypatch.chdir(tmp_path)

    assert environment(demo) == demo
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize("env", ["production", ""])
def test_production_makes_no_secrets_up(monkeypatch, tmp_path, env):
    monkeypatch.chdir(tmp_path)
    given = {"PORTAL_ENV": env}

    assert environment(given) == given
    assert not (tmp_path / "instance").exists()


def test_says_that_it_cannot_keep_the_secrets_of_a_demo(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "instance").write_text("")

    with pytest.raises(ConfigError, match="cannot hold them"):
        environment({"PORTAL_ENV": "demo"})


@pytest.mark.parametrize(("hours", "age"), [("", 24), ("1", 1), (" 12 ", 12), ("744", 744)])
def test_a_list_of_revoked_certificates_is_believed_for_so_many_hours(production, hours, age):
    assert Config.from_env(production | {"PORTAL_CRL_MAX_AGE": hours}).crl_max_age == timedelta(hours=age)


@pytest.mark.parametrize("hours", ["0", "745", "-1", "1.5", "a day", "٣", "9" * 5000])
def test_other_ages_are_refused(production, hours):
    assert names(production | {"PORTAL_CRL_MAX_AGE": hours}) == ["PORTAL_CRL_MAX_AGE"]


@pytest.fixture(scope="module")
def site():
    return Authority(datetime(2021, 1, 26, tzinfo=UTC)).site


@pytest.fixture
def biss(site, tmp_path):
    """The settings of a site that the local signing service knows."""
    files = {"PORTAL_BISS_KEY_FILE": site.key_pem, "PORTAL_BISS_CERT_FILE": site.pem}
    for name, content in files.items():
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in files}


def test_the_site_may_have_a_key_for_the_local_signing_service(production, biss, site):
    assert Config.from_env(production).site_key is None
    config = Config.from_env(production | biss)
    assert config.site_key.certificate == site.der
    assert "site_key" not in repr(config)


@pytest.mark.parametrize("missing", ["PORTAL_BISS_KEY_FILE", "PORTAL_BISS_CERT_FILE"])
def test_key_and_certificate_go_together(production, biss, missing):
    (problem,) = problems(production | biss | {missing: ""})

    assert problem == f"{missing}: must be set: key and certificate go together."


@pytest.mark.parametrize("wrong", ["PORTAL_BISS_KEY_FILE", "PORTAL_BISS_CERT_FILE"])
def test_names_the_file_of_the_two_that_is_wrong(production, biss, tmp_path, wrong):
    (tmp_path / wrong).write_bytes(b"hidden")

    (problem,) = problems(production | biss)
    assert problem.startswith(f"{wrong}: ")
    assert "hidden" not in problem


def test_says_whom_to_call(production):
    assert Config.from_env(production).contact == ""
    named = Config.from_env(production | {"PORTAL_CONTACT": " 02 123 4567, help@example.bg "})
    assert named.contact == "02 123 4567, help@example.bg"


@pytest.mark.parametrize("contact", ["две\nлинии", "а" * 201])
def test_whom_to_call_is_one_line(production, contact):
    with pytest.raises(ConfigError, match="PORTAL_CONTACT"):
        Config.from_env(production | {"PORTAL_CONTACT": contact})


def test_the_example_says_the_same_to_systemd_and_to_a_shell():
    """README.md has a shell read it, and a value with a blank was a command there."""
    example = Path(__file__).parents[1] / "deploy" / "portal.env.example"
    lines = [line for line in example.read_text().splitlines() if line and not line.startswith("#")]
    to_systemd = {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
    assert to_systemd["PORTAL_CONTACT"].startswith("02 123 4567, ")

    read = ["sh", "-eu", "-c", f"set -a && . {example} && env -0"]
    said = subprocess.run(read, capture_output=True, check=True, text=True)
    assert said.stderr == ""
    to_shell = dict(line.split("=", 1) for line in said.stdout.split("\0") if line)
    assert to_shell | to_systemd == to_shell
