"""Signing writes a signature and nothing else, and only under an agreement without faults."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from project import ROOT

from handoff import sign

DAY = "2025-12-20"
HASH = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An agreement of the user's own, outside the project."""
    return Path(shutil.copytree(ROOT / "seeds" / "agreement", tmp_path / "our agreement"))


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash without dbt: what is tested is what becomes of the file."""
    monkeypatch.setattr(sign, "rows_hashes", lambda *_: dict.fromkeys(("v1", "v2", "v3"), HASH))


def run(folder: Path, **changed: str) -> int:
    words = {"version": "v3", "team": "marketing", "name": "Head of Marketing", "date": DAY}
    arguments = [f"--{name}={value}" for name, value in (words | changed).items()]
    return sign.main([*arguments, "--agreement", str(folder)])


def row(folder: Path, version: str) -> dict[str, str]:
    with (folder / sign.VERSIONS).open(encoding="utf-8-sig", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["version_id"] == version)


def everything(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_edit_voids_the_signature_and_signing_again_heals_it(folder, capsys):
    others = {n: b for n, b in everything(folder).items() if n != sign.VERSIONS}
    before = {version: row(folder, version) for version in ("v1", "v2", "v3")}
    assert run(folder) == 0
    # The demo is signed: the hash is what it was.
    assert row(folder, "v3") == before["v3"] | {"marketing_signed_on": DAY}
    assert "Still open" not in capsys.readouterr().out

    rules = folder / "agreement_must_haves.csv"
    rules.write_bytes(rules.read_bytes() + b"v3,must_website,website,present,,We look it up\n")
    others[rules.name] = rules.read_bytes()
    assert run(folder) == 0
    signed = row(folder, "v3")
    assert signed["marketing_rows_hash"] != before["v3"]["marketing_rows_hash"]
    assert {**signed, "marketing_rows_hash": "", "marketing_signed_on": ""} == {
        **before["v3"],
        "marketing_rows_hash": "",
        "marketing_signed_on": "",
    }
    assert (row(folder, "v1"), row(folder, "v2")) == (before["v1"], before["v2"])
    # Sales signed what stood there before.
    told = capsys.readouterr().out
    assert f'make sign VERSION=v3 TEAM=sales NAME="..." AGREEMENT="{folder}"' in told
    assert {n: b for n, b in everything(folder).items() if n != sign.VERSIONS} == others


def test_a_faulty_agreement_is_not_signed(folder, capsys):
    rules = folder / "agreement_scoring_rules.csv"
    rules.write_text(rules.read_text().replace("50..2000", "50-2000"))
    before = everything(folder)
    assert run(folder) == sign.REFUSED
    told = capsys.readouterr().err
    assert 'version_id v3, rule_id fit_employees_core: value "50-2000" is no range' in told
    assert everything(folder) == before


def test_a_value_of_the_wrong_type_is_not_signed(folder, capsys):
    versions = folder / sign.VERSIONS
    versions.write_text(versions.read_text().replace(",score,60,", ",score,sixty,"))
    before = everything(folder)
    assert run(folder) == sign.REFUSED
    assert "sixty" in capsys.readouterr().err
    assert everything(folder) == before


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"version": "v9"}, "VERSION is v9; "),
        ({"version": ""}, "VERSION is missing; "),
        ({"version": "v9"}, "has the versions: v1, v2, v3."),
        ({"team": "finance"}, "TEAM is finance; it must be one of: marketing, sales."),
        ({"team": ""}, "TEAM is missing; "),
        ({"name": " "}, "NAME is missing; "),
        ({"date": "20.12.2025"}, "DATE is 20.12.2025; write it as YYYY-MM-DD."),
    ],
)
def test_wrong_words_are_refused_by_name(folder, hashed, capsys, changed, message):
    before = everything(folder)
    assert run(folder, **changed) == sign.REFUSED
    assert message in capsys.readouterr().err
    assert everything(folder) == before


def test_a_folder_without_an_agreement_is_named(tmp_path, hashed, capsys):
    assert run(tmp_path) == sign.REFUSED
    assert f"{tmp_path / sign.VERSIONS} does not exist" in capsys.readouterr().err


def test_a_ragged_row_is_named(folder, hashed, capsys):
    path = folder / sign.VERSIONS
    path.write_text(path.read_text().replace("\nv2,", "\nv2,,"))
    assert run(folder) == sign.REFUSED
    assert "row 3: 23 cells, but the header has 22" in capsys.readouterr().err


def rewritten(text: str, line_end: str, quoting: int) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=line_end, quoting=quoting).writerows(
        csv.reader(io.StringIO(text, newline=""))
    )
    return out.getvalue().encode()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte-order mark"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["plain", "quoted"])
def test_the_file_keeps_its_form(folder, hashed, mark, line_end, quoting):
    """As spreadsheets write it, with line breaks and quotes inside cells."""
    path = folder / sign.VERSIONS
    text = path.read_text().replace("Threshold raised to 60;", '"Raised, ""at last"";\nto 60;')
    text = text.replace("earn nothing,", 'earn nothing",')
    path.write_bytes(mark + rewritten(text, line_end, quoting))
    path.chmod(0o640)
    before = path.read_bytes()
    old = row(folder, "v3")
    assert run(folder, name='Head of "Marketing", Europe') == 0
    after = path.read_bytes()
    signed = row(folder, "v3")
    assert signed == old | {
        "marketing_signed_by": 'Head of "Marketing", Europe',
        "marketing_signed_on": DAY,
        "marketing_rows_hash": HASH,
    }
    # Signing back gives the file of before, byte for byte.
    versions = sign.VersionsFile(path)
    versions.set("v3", {name: old[name] for name in old if name.startswith("marketing_signed")})
    versions.set("v3", {"marketing_rows_hash": old["marketing_rows_hash"]})
    versions.write()
    assert path.read_bytes() == before != after
    assert path.stat().st_mode & 0o777 == 0o640
    assert set(everything(folder)) == set(everything(ROOT / "seeds" / "agreement"))


def test_a_late_signature_is_pointed_out(folder, hashed, capsys):
    assert run(folder, version="v1", date="2025-01-02") == 0
    assert "took effect 2025-01-01 00:00:00 UTC, before this signature" in capsys.readouterr().out
