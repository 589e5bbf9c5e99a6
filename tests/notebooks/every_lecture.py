"""What holds for every executed lecture; the tests of each import this class, so that one run serves all of them."""

from __future__ import annotations

import re


class TestLecture:
    def test_runs_without_error_or_warning(self, executed):
        for cell in executed.notebook.cells:
            for output in cell.get("outputs", []):
                assert output.output_type != "error", f"{cell.id}: {output.evalue}"
                assert output.get("name") != "stderr", f"{cell.id} writes to stderr: {output.text}"

    def test_every_picture_has_alt_text(self, executed):
        for cell in executed.notebook.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if "image/png" in data:
                    assert "text/html" in data, f"{cell.id}: show the figure with plotting.show(fig, alt=...)"
                    assert re.search(r'<img [^>]*alt="[^"]{20,}"', data["text/html"]), (
                        f"{cell.id}: the alt text says too little"
                    )
