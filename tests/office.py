"""LibreOffice, as somebody has it who opens our file there and saves it again."""

import subprocess
from pathlib import Path

PROGRAM = "soffice"
PATIENCE = 120  # seconds; starting takes one or two


class Office:
    """Each start with a profile of its own in ``folder``: a second one beside a running one does nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def saved_as(self, kind: str, *contents: bytes) -> list[bytes]:
        """``contents``, each opened and saved as ``kind``: ``xlsx``, or with a filter behind a colon, as
        ``--convert-to`` has it."""
        return self._converted("xlsx", kind, contents)

    def through_ods(self, *contents: bytes) -> list[bytes]:
        """Saved as .ods in LibreOffice, and from there as .xlsx, as we ask people to."""
        return self._converted("ods", "xlsx", self._converted("xlsx", "ods", contents))

    def _converted(self, was: str, kind: str, contents: tuple[bytes, ...] | list[bytes]) -> list[bytes]:
        self._count += 1
        here = self._folder / str(self._count)
        (here / "out").mkdir(parents=True)
        files = [here / f"{number}.{was}" for number in range(len(contents))]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        profile = f"-env:UserInstallation={(self._folder / 'profile').as_uri()}"
        done = subprocess.run(
            [PROGRAM, profile, "--headless", "--convert-to", kind, "--outdir", here / "out", *files],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        made = [here / "out" / f"{file.stem}.{kind.partition(':')[0]}" for file in files]
        assert all(each.exists() for each in made), done.stdout + done.stderr
        return [each.read_bytes() for each in made]
