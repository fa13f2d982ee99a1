"""``make bench``: every measurement, printed as tables; exit 1 if one is over its limit."""

import sys
import tempfile
from pathlib import Path

from bench import loading, pages, qualified, register


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        within = [
            pages.measured(Path(folder) / "pages"),
            register.measured(Path(folder) / "register"),
            qualified.measured(Path(folder) / "qualified"),
            loading.measured(Path(folder) / "loading"),
        ]
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
