"""The process that sets one paper: a program of its own, which portal/documents/typesetting.py starts.

It gets the paper on its standard input, as JSON, and writes the PDF to its standard output.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import typst

HERE = Path(__file__).parent


def main() -> None:
    asked = sys.stdin.buffer.read().decode()
    paper = json.loads(asked)
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")]
    )
    sys.stdout.buffer.write(
        typst.compile(
            str(HERE / "paper.typ"),
            root=str(HERE),
            font_paths=fonts,
            sys_inputs={"paper": asked},
            pdf_standards=["ua-1"],
            timestamp=datetime(**paper["made_at"], tzinfo=UTC),
        )
    )


if __name__ == "__main__":
    main()
