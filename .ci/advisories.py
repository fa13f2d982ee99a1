"""Ask whether anything is known against the packages that serve the portal (requirements.lock).

What is found fails. Where the advisory service cannot be asked, one line says so, and nothing fails.
"""

import json
import subprocess
import sys
from urllib.parse import urlsplit

SERVICE = "https://api.osv.dev/v1/query"
NOTORIOUS = "jinja2==2.4.1"  # advisories have named it since 2014: a service that knows of none is not one
PATIENCE = 5  # seconds


def pip_audit(service: str, *words: str) -> list[str]:
    asked = ["--vulnerability-service", "osv", "--osv-url", service, "--timeout", str(PATIENCE)]
    return [sys.executable, "-m", "pip_audit", *asked, "--disable-pip", "--progress-spinner", "off", *words]


def can_be_asked(service: str, patience: float) -> bool:
    """Whether the service answers within ``patience`` seconds, and says more than nothing."""
    command = pip_audit(service, "--no-deps", "--format", "json", "--requirement", "/dev/stdin")
    try:
        said = subprocess.run(command, input=NOTORIOUS, capture_output=True, text=True, timeout=patience)
        report = json.loads(said.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return False
    return any(package.get("vulns") for package in report["dependencies"])


def main(lock: str = "requirements.lock", service: str = SERVICE, patience: float = PATIENCE) -> int:
    if not can_be_asked(service, float(patience)):
        print(f"Skipped: {urlsplit(service).hostname} cannot be asked about the locked packages.")
        return 0
    return subprocess.run(pip_audit(service, "--strict", "--requirement", lock)).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
