"""Films of a table: what tables are read, where films go, and what one row does to another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.script.source.rows import MOST_ROWS, Row, for_each, rows
from tests.agent.conftest import Run, said
from tests.agent.script.films import CARDS, cards, chunks, pictures
from tests.agent.script.scripts import written
from tools.errors import InputError, ScriptError

PEOPLE = 'name,town\nAnn,Rome\n"Bo, Jr.",Oslo\n'
GREETING = cards('"Hello, {{name}} of {{town}}"', more="variables: {name: Nobody, town: here}\n")


def table(folder: Path, text: str | bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


class TestTables:
    def test_rows_by_their_columns(self, tmp_path: Path) -> None:
        one, two = rows(table(tmp_path, PEOPLE))
        assert (one.number, one.name, one.values) == (1, "ann", {"name": "Ann", "town": "Rome"})
        assert (two.number, two.name, two.values["name"]) == (2, "bo-jr", "Bo, Jr.")

    @pytest.mark.parametrize(
        "text",
        [
            b"\xef\xbb\xbf" + PEOPLE.encode(),  # as spreadsheets save it
            PEOPLE.replace("\n", "\r\n"),
            PEOPLE.replace("Ann,Rome", " Ann , Rome "),
            "\n" + PEOPLE.replace("Rome\n", "Rome\n\n,\n"),
            PEOPLE.removesuffix("\n"),
        ],
    )
    def test_the_same_table_otherwise_written(self, tmp_path: Path, text: str | bytes) -> None:
        assert rows(table(tmp_path, text)) == rows(table(tmp_path, PEOPLE, "plain.csv"))

    def test_quotes_and_lines_within_a_value(self, tmp_path: Path) -> None:
        (row,) = rows(table(tmp_path, 'name,text\nAnn,"She said: ""Hi,\nyou."""\n'))
        assert row.values["text"] == 'She said: "Hi,\nyou."'

    def test_rows_alike_have_names_of_their_own(self, tmp_path: Path) -> None:
        names = [row.name for row in rows(table(tmp_path, "name\nAnn\nann\n../../Ann\n王\n李\n"))]
        assert names == ["ann", "ann-2", "ann-3", "王", "李"]
        names = [row.name for row in rows(table(tmp_path, "name\nAnn 3\nAnn\nAnn\nAnn-3\n"))]
        assert names == ["ann-3", "ann", "ann-4", "ann-3-4"]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "has no rows"),
            ("name,town\n", "has no rows"),
            ("\n\n,\n", "has no rows"),
            ("name,name\nAnn,Bo\n", "two columns “name”"),
            ("name,\nAnn,Rome\n", "a column “”"),
            ("name,my town\nAnn,Rome\n", "a column “my town”"),
            ("name,town\n\nAnn\n", "line 3: row 1 has 1 values for 2 columns"),
            ('name,town\n"Ann\nLee",Rome\nBo,Oslo,1\n', "line 4: row 2 has 3 values for 2 columns"),
            ('name\n"Ann\n', "line 2: unexpected end of data"),
            ('name\n"Ann"x\n', "line 2"),
            ("name\n" + "A" * 2001 + "\n", "2,001 characters"),
            ("name\n" + "A\n" * (MOST_ROWS + 1), "10,001 rows"),
            (",".join(f"c{n}" for n in range(101)) + "\n" + "1," * 100 + "1\n", "101 columns"),
            (b"name\n\xff\xfe\n", "not UTF-8"),
            (b"name\n" + b"A" * 200_000 + b"\n", "1"),
        ],
    )
    def test_others_are_refused(self, tmp_path: Path, text: str | bytes, told: str) -> None:
        with pytest.raises(InputError) as refused:
            rows(table(tmp_path, text))
        assert told in str(refused.value)
        assert len(str(refused.value)) < 500
        assert "people.csv" in str(refused.value)

    def test_as_many_as_are_read(self, tmp_path: Path) -> None:
        found = rows(table(tmp_path, "name\n" + "Ann\n" * MOST_ROWS))
        assert len({row.name for row in found}) == MOST_ROWS

    @pytest.mark.parametrize(
        ("pattern", "film"),
        [
            ("film.mp4", "film-bo-jr.mp4"),
            ("for-{{name}}.mp4", "for-bo-jr.mp4"),
            ("{{ town }}-{{name}}.mov", "etc-passwd-bo-jr.mov"),
        ],
    )
    def test_a_film_for_each_row(self, tmp_path: Path, pattern: str, film: str) -> None:
        row = Row(1, "bo-jr", {"name": "Bo, Jr.", "town": "../../etc/passwd"})
        assert row.output(tmp_path / pattern) == tmp_path / film

    @pytest.mark.parametrize(
        ("value", "film"),
        [
            ("王小明", "for-王小明.mp4"),
            ("Анна Йод", "for-анна-йод.mp4"),
            ("José Muñoz", "for-jose-munoz.mp4"),
            ("हिन्दी", "for-हिन्दी.mp4"),
            ("Straße 7", "for-straße-7.mp4"),
            ("!?", "for-7.mp4"),
        ],
    )
    def test_letters_of_all_scripts_stay(self, value: str, film: str) -> None:
        assert Row(7, "x", {"name": value}).output(Path("for-{{name}}.mp4")) == Path(film)

    def test_what_is_wrong_with_any_row_is_told(self) -> None:
        def make(row: Row) -> int:
            if row.number % 2:
                return row.number
            town = row.values["town"]
            raise ScriptError(f"No {town} ({row.name}).", [{"message": town}])

        towns = ["Rome", "Rome", "Rome", "Rome", "Rome", "Oslo"]
        table = [Row(n, f"p{n}", {"town": town}) for n, town in enumerate(towns, 1)]
        assert for_each(table[:1], make) == [1]
        with pytest.raises(ScriptError) as raised:
            for_each(table, make)
        assert str(raised.value) == "No Rome (p2). (So it is with 1 more.)\nNo Oslo (p6)."
        assert [problem["row"] for problem in raised.value.problems] == [2, 4, 6]
        many = [Row(2 * n, f"p{n}", {"town": f"T{n}"}) for n in range(30)]
        with pytest.raises(ScriptError, match="and what is wrong with 20 more rows"):
            for_each(many, make)

    def test_no_value_leads_elsewhere(self, tmp_path: Path) -> None:
        for value in ("../../x", "/etc/passwd", "a\0b", "..", "con", "C:\\x", "{{town}}", "-rf"):
            row = Row(1, "x", {"name": value, "town": "y"})
            made = row.output(tmp_path / "{{name}}.mp4")
            assert made.parent == tmp_path
            assert made.resolve().parent == tmp_path.resolve()
            assert set(made.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")

    def test_columns_that_are_not_there(self) -> None:
        with pytest.raises(InputError, match="no column “nmae”; it has name"):
            Row(1, "ann", {"name": "Ann"}).output(Path("{{nmae}}.mp4"))


@pytest.mark.usefixtures("own_productions")
class TestFilms:
    @pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
    def test_one_of_each_row(self, run: Run, tmp_path: Path, jobs: str) -> None:
        written(tmp_path, GREETING)
        table(tmp_path, PEOPLE)
        words = ("script", "render", "scenes.yaml", "--variables", "people.csv", "--jobs", jobs)
        result = run(*words, "--json")
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        assert sorted(film["row"] for film in told["films"]) == [1, 2]
        assert told["failed"] == []
        ann, bo = pictures(tmp_path / "scenes-ann.mp4"), pictures(tmp_path / "scenes-bo-jr.mp4")
        assert len(ann) == len(bo) == 5
        assert ann[-1] != bo[-1]
        one = ("--set", "variables.name=Ann", "--set", "variables.town=Rome", "-o", "one.mp4")
        assert run("script", "render", "scenes.yaml", *one).exit_code == 0
        assert pictures(tmp_path / "one.mp4") == ann

    @pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
    def test_what_rows_share_is_drawn_once(
        self, run: Run, tmp_path: Path, own_productions: Path, jobs: str
    ) -> None:
        script = cards("The same for all", '"Hello, {{name}}"', more="variables: {name: Nobody}\n")
        written(tmp_path, script)
        table(tmp_path, "name\nAnn\nBo\nCy\n")
        words = ("script", "render", "scenes.yaml", "--variables", "people.csv")
        assert run(*words, "--jobs", jobs).exit_code == 0
        before, films = chunks(own_productions), _stamps(tmp_path)
        assert len(before) == 4
        result = run(*words)  # again: all is found
        assert len(result.stdout.splitlines()) == 3
        assert (chunks(own_productions), _stamps(tmp_path)) == (before, films)
        table(tmp_path, "name\nAnn\nBea\nCy\n")
        assert run(*words, "--jobs", jobs).exit_code == 0
        after = chunks(own_productions)
        assert before.items() <= after.items()
        assert len(after) == 5
        assert films.items() < _stamps(tmp_path).items()

    def test_estimates_and_checks_of_all_rows(self, run: Run, tmp_path: Path) -> None:
        written(tmp_path, GREETING)
        table(tmp_path, PEOPLE)
        checked = run("script", "validate", "scenes.yaml", "--variables", "people.csv")
        assert "1 scene, 0 lines, 2 films" in checked.stdout
        words = ("script", "estimate", "scenes.yaml", "--variables", "people.csv", "--json")
        films = json.loads(run(*words).stdout)["films"]
        assert [film["redrawn"] for film in films] == [1, 1]

    def test_two_rows_for_one_file(self, run: Run, tmp_path: Path, own_productions: Path) -> None:
        written(tmp_path, GREETING)
        table(tmp_path, PEOPLE + "Cy,Rome\n")
        words = ("script", "render", "scenes.yaml", "--variables", "people.csv")
        result = run(*words, "-o", "{{town}}.mp4")
        assert "Rows 1 and 3 would both be written to “rome.mp4”" in said(result)
        assert not own_productions.exists()

    @pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
    def test_a_row_that_fails_does_not_stop_the_others(
        self, run: Run, tmp_path: Path, jobs: str
    ) -> None:
        written(tmp_path, GREETING)
        table(tmp_path, "name,town\nAnn,Rome\nBo,Oslo\nCy,Paris\n")
        (tmp_path / "bo.mp4").mkdir()  # cannot be written
        words = ("script", "render", "scenes.yaml", "--variables", "people.csv", "--jobs", jobs)
        result = run(*words, "-o", "{{name}}.mp4", "--json")
        assert result.exit_code == 5
        told = json.loads(result.stdout)
        assert sorted(film["row"] for film in told["films"]) == [1, 3]
        (failed,) = told["failed"]
        assert failed["row"] == 2
        assert "bo.mp4" in failed["message"]
        assert {path.name for path in tmp_path.glob("*.mp4") if path.is_file()} == {
            "ann.mp4", "cy.mp4",
        }  # fmt: skip

    def test_rows_that_make_no_valid_script_are_refused_before_anything_is_filmed(
        self, run: Run, tmp_path: Path, own_productions: Path
    ) -> None:
        script = f"{CARDS}scenes: [{{layout: card, title: Hi, duration: '{{{{seconds}}}}'}}]\n"
        written(tmp_path, script + "variables: {seconds: 1}\n")
        table(tmp_path, "name,seconds\nAnn,0.5\nBo,soon\n")
        words = ("script", "render", "scenes.yaml", "--variables", "people.csv")
        result = run(*words)
        assert result.exit_code == 3
        assert "soon" in said(result)
        assert not own_productions.exists()
        assert list(tmp_path.glob("*.mp4")) == []

    def test_a_table_is_no_production_to_resume(self, run: Run, tmp_path: Path) -> None:
        written(tmp_path, GREETING)
        table(tmp_path, PEOPLE)
        assert run("script", "render", "scenes.yaml", "--variables", "people.csv").exit_code == 0
        (listed,) = json.loads(run("productions", "--json").stdout)["productions"]
        assert listed["standing"] == "2 rows of a table"
        assert run("productions", "show", listed["name"]).exit_code == 0
        assert "--variables again" in said(run("resume"))


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    films = folder.glob("*.mp4")
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in films}
