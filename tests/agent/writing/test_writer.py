"""The writer, with a model that says what it is told to: well, badly, and with bad intent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.events import Event, Fault, Watch, Work, Wrote
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from agent.writing.facts import Facts
from agent.writing.review import length_fault, review
from agent.writing.tasks import Limits
from agent.writing.writer import Writer
from tests.agent.writing.model import (
    DIRECTION,
    MEND,
    NARRATION,
    OUTLINE,
    REQUEST,
    REVISION,
    REWRITE,
    TITLES,
    brief_of,
    direction,
    film,
    narration,
    outline,
    request,
    revision,
    titles,
    told,
)  # fmt: skip
from tests.scripted import MISBEHAVIOUR, Line, Scripted
from tools.errors import ConsentError, ModelError


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    return brief_of(tmp_path)


@pytest.fixture
def draft(brief: Brief) -> Screenplay:
    return Writer(Scripted(film())).write(brief)


def said(screenplay: Screenplay) -> list[list[str]]:
    return [[line.text for line in scene.lines] for scene in screenplay.scenes]


def written(heard: list[str]) -> Watch:
    """Keeps what is written."""
    return lambda event: heard.append(event.text) if isinstance(event, Wrote) else None


def sent_back(again: list[str]) -> Watch:
    """Keeps why answers are asked for again."""

    def watch(event: Event) -> None:
        if isinstance(event, Fault) and event.kind == "answer":
            again.append(event.text)

    return watch


# --- A first draft --------------------------------------------------------------------------


def test_a_brief_becomes_a_screenplay(draft: Screenplay) -> None:
    assert draft.title == "A cup of tea"
    assert draft.language == "en"
    assert [(scene.id, scene.title) for scene in draft.scenes] == [
        ("welcome", "Welcome"),
        ("brewing", "Brewing"),
    ]
    assert said(draft) == [
        ["Welcome to the house of tea.", "We are glad that you are here."],
        ["Boil the water first.", "Then wait, and enjoy it."],
    ]
    first, second = draft.scenes[0].lines
    assert first.expression == "warm"
    assert 0.3 < first.intensity < 0.9
    assert second.pause > first.pause  # a scene ends
    assert Screenplay.from_json(draft.to_json()) == draft


def test_what_was_asked_for_reaches_the_model(tmp_path: Path) -> None:
    brief = brief_of(
        tmp_path, language="en-GB", seconds=40, audience="Sailors", tone="dry", prompt="On tea."
    )
    backend = Scripted(film())
    draft = Writer(backend, Facts("We have 40 teas.")).write(brief)
    assert draft.language == "en-GB"
    for when in (OUTLINE, NARRATION):
        for content in told(backend, when):
            for wanted in ("Sailors", "dry", "On tea.", "We have 40 teas.", "en-GB"):
                assert wanted in content
    assert "93 words" in told(backend, OUTLINE)[0]  # of 155 a minute, without pauses
    assert "about 46 words" in told(backend, NARRATION)[1]
    assert "We are glad that you are here." in told(backend, NARRATION)[1]
    assert all(asked.schema and asked.max_tokens < 4000 for asked in backend.asked)
    assert {asked.time_limit for asked in backend.asked} == {Limits().seconds}


def test_a_short_video_is_one_scene(tmp_path: Path) -> None:
    script = [request(), outline("Tee", "Zwei"), outline("Tee"), narration("Tee ist heiß."),
              direction(1), titles("Tee", "Tee")]  # fmt: skip
    again: list[str] = []
    brief = brief_of(tmp_path, "Ein Gruß auf Deutsch", seconds=20)
    draft = Writer(Scripted(script), work=Work(sent_back(again))).write(brief)
    assert said(draft) == [["Tee ist heiß."]]
    assert draft.language == "de"
    assert "scenes" in again[0]  # two were more than asked for


def test_the_sentences_are_heard_as_they_are_written(brief: Brief) -> None:
    heard: list[str] = []
    Writer(Scripted(film()), work=Work(written(heard))).write(brief)
    assert "".join(heard).splitlines() == [
        "Welcome to the house of tea.",
        "We are glad that you are here.",
        "Boil the water first.",
        "Then wait, and enjoy it.",
    ]


def test_what_was_heard_of_a_void_answer_does_not_garble_the_next(brief: Brief) -> None:
    heard: list[str] = []
    half = Line('{"sentences": ["Half a \\', stop="length", when=NARRATION)
    void: list[str] = []

    def watch(event: Event) -> None:
        written(heard)(event)
        sent_back(void)(event)

    Writer(Scripted([half, *film()]), work=Work(watch)).write(brief)
    assert "".join(heard).startswith("Half a Welcome to the house of tea.\nWe are glad")
    assert "cut off" in void[0]


def test_long_facts_leave_room_for_the_answer(tmp_path: Path) -> None:
    facts = Facts("tea, " * 2400)
    for prompt, room in (("On tea.", 11_000), ("On tea. " * 2000, 3_000)):
        backend = Scripted(film())
        Writer(backend, facts).write(brief_of(tmp_path, prompt))
        for content in told(backend, OUTLINE) + told(backend, NARRATION):
            (known,) = re.findall(r"\[material facts .*?\]\n(.*?)\n\[end", content)
            assert room - 20 < len(known) <= room


def test_what_cannot_be_spoken_is_taken_off(brief: Brief) -> None:
    script = film()
    script[2] = narration(
        "**Welcome** 🎉 [smiles] to <b>tea</b>.", "!!!", "NARRATOR: Hello &amp; hi."
    )
    draft = Writer(Scripted(script)).write(brief)
    assert said(draft)[0] == ["Welcome to tea.", "Hello & hi."]


def test_titles_that_are_no_names_still_name_the_scenes(brief: Brief) -> None:
    script = [*film()[:-1], titles("?!", "茶", "茶")]
    draft = Writer(Scripted(script)).write(brief)
    assert draft.title == "All about tea"  # the outline's
    assert [scene.id for scene in draft.scenes] == ["scene", "scene-2"]
    assert [scene.title for scene in draft.scenes] == ["茶", "茶"]


TASKS = {"request": REQUEST, "outline": OUTLINE, "narration": NARRATION}
DISPENSABLE = {"direction": DIRECTION, "titles": TITLES}


@pytest.mark.parametrize("kind", MISBEHAVIOUR)
@pytest.mark.parametrize("task", TASKS | DISPENSABLE)
def test_one_bad_answer_is_asked_for_again(brief: Brief, task: str, kind: str) -> None:
    bad = MISBEHAVIOUR[kind]
    when = (TASKS | DISPENSABLE)[task]
    backend = Scripted([Line(bad.text, bad.stop, when=when), *film()])
    again: list[str] = []
    draft = Writer(backend, work=Work(sent_back(again))).write(brief)
    assert draft == Writer(Scripted(film())).write(brief)
    assert len(again) == 1
    assert not backend.waiting


@pytest.mark.parametrize("kind", ["malformed", "refusing", "hanging", "injected"])
@pytest.mark.parametrize("task", TASKS)
def test_a_model_that_never_does_it_is_an_error(brief: Brief, task: str, kind: str) -> None:
    bad = MISBEHAVIOUR[kind]
    backend = Scripted([Line(bad.text, bad.stop, when=TASKS[task], every=True), *film()])
    with pytest.raises(ModelError, match="asked 3 times"):
        Writer(backend).write(brief)
    assert len([a for a in backend.asked if TASKS[task] in a.messages[1].content]) == 3


@pytest.mark.parametrize("kind", ["malformed", "refusing", "hanging", "injected"])
def test_words_are_not_lost_for_want_of_faces_and_titles(brief: Brief, kind: str) -> None:
    bad = MISBEHAVIOUR[kind]
    never = [Line(bad.text, bad.stop, when, every=True) for when in DISPENSABLE.values()]
    draft = Writer(Scripted([*never, *film()])).write(brief)
    assert said(draft) == said(Writer(Scripted(film())).write(brief))
    assert draft.title == "All about tea"
    assert [scene.id for scene in draft.scenes] == ["hello", "how-to-brew"]
    assert draft.scenes[0].lines[1].expression == "warm"  # by its sentiment


@pytest.mark.parametrize(
    ("sentences", "fault"),
    [
        (["...", "🎉"], "no word|holds a word"),
        (["I'm sorry, but I can't help with that."], "declines"),
        (["As an AI I have no tea."], "declines"),
    ],
)
def test_a_scene_without_words_goes_back(brief: Brief, sentences: list[str], fault: str) -> None:
    again: list[str] = []
    script = [narration(*sentences), *film()]
    draft = Writer(Scripted(script), work=Work(sent_back(again))).write(brief)
    assert said(draft)[0][0] == "Welcome to the house of tea."
    assert re.search(fault, again[0])
    with pytest.raises(ModelError, match=fault):
        Writer(Scripted([narration(*sentences)] * 3 + film())).write(brief)


def test_the_consent_rule_comes_before_the_model(tmp_path: Path, draft: Screenplay) -> None:
    backend = Scripted([])
    writer = Writer(backend)
    with pytest.raises(ConsentError):
        writer.write(brief_of(tmp_path, "Pretend to be Taylor Swift."))
    with pytest.raises(ConsentError):
        writer.write(brief_of(tmp_path, tone="in the voice of Elon Musk"))
    with pytest.raises(ConsentError):
        writer.revise(draft, "now as Barack Obama", brief_of(tmp_path))
    assert not backend.asked


def test_the_model_may_find_somebody_imitated(tmp_path: Path) -> None:
    backend = Scripted([request(imitates="Peter Smith")])
    with pytest.raises(ConsentError, match="Peter Smith"):
        Writer(backend).write(brief_of(tmp_path, "A toast as Peter Smith"))
    assert len(backend.asked) == 1


# --- Changes --------------------------------------------------------------------------------


def test_only_the_line_with_a_fault_is_changed(brief: Brief, draft: Screenplay) -> None:
    told_so = "Scene “brewing”, line 1: “100” stands neither in the facts nor in the request."
    fault = Fault("figure", told_so, "brewing", 1)
    backend = Scripted([narration("Boil it.", "Really boil it.", when=MEND), direction(2, "happy")])
    after = Writer(backend).rewrite(brief, draft, [fault])
    assert after.scenes[0] is draft.scenes[0]
    assert said(after)[1] == ["Boil it.", "Really boil it.", "Then wait, and enjoy it."]
    assert after.scenes[1].lines[2] is draft.scenes[1].lines[1]
    assert after.scenes[1].lines[1].pause == draft.scenes[1].lines[0].pause
    assert told_so in told(backend, MEND)[0]
    assert len(backend.asked) == 2


def test_sentences_that_come_back_keep_their_faces(brief: Brief, draft: Screenplay) -> None:
    script = [
        narration("Welcome to the house of tea.", "Do come in.", when=REWRITE),
        direction(1, "happy"),
    ]
    fault = Fault("other", "Scene “welcome” is too stiff.", "welcome")
    after = Writer(Scripted(script)).rewrite(brief, draft, [fault])
    assert after.scenes[1] is draft.scenes[1]
    first, second = after.scenes[0].lines
    assert first is draft.scenes[0].lines[0]
    assert (second.text, second.expression) == ("Do come in.", "happy")


def test_a_little_too_long_changes_only_the_longest_scene(brief: Brief, draft: Screenplay) -> None:
    fault = length_fault(10.0, 8.5)
    assert fault.text.startswith("It lasts 10 s where 8.5 s were asked for")
    backend = Scripted([narration("Welcome.", when=REWRITE), direction(1)])
    after = Writer(backend).rewrite(brief, draft, [fault])
    changed = [a != b for a, b in zip(after.scenes, draft.scenes, strict=True)]
    assert changed == [True, False]
    assert "say less" in told(backend, REWRITE)[0]


def test_much_too_short_and_faults_without_a_place_change_all(
    brief: Brief, draft: Screenplay
) -> None:
    dull = Fault("other", "It is dull.")
    for fault, wanted in ((length_fault(10, 30), "say more"), (dull, dull.text)):
        script = [narration("More.", when=REWRITE), narration("And more.", when=REWRITE)]
        backend = Scripted([*script, direction(1), direction(1)])
        after = Writer(backend).rewrite(brief, draft, [fault])
        assert said(after) == [["More."], ["And more."]]
        assert all(wanted in content for content in told(backend, REWRITE))


def test_nothing_wrong_changes_nothing(brief: Brief, draft: Screenplay) -> None:
    backend = Scripted([])
    assert Writer(backend).rewrite(brief, draft, []) == draft
    assert Writer(backend).rewrite(brief, draft, [length_fault(30.5, 30)]) == draft
    assert not backend.asked


def test_a_wish_changes_the_scenes_it_is_about(brief: Brief, draft: Screenplay) -> None:
    backend = Scripted([revision("redirect", "cut", title="Tea, please"), direction(2, "happy")])
    after = Writer(backend).revise(draft, "warmer, cut the second part", brief)
    assert said(after) == said(draft)[:1]
    assert after.title == "Tea, please"
    assert {line.expression for line in after.scenes[0].lines} == {"happy"}
    assert "warmer, cut the second part" in told(backend, REVISION)[0]
    assert "warmer" in told(backend, DIRECTION)[0]


def test_another_language_changes_every_word_and_no_name(brief: Brief, draft: Screenplay) -> None:
    backend = Scripted([
        revision("keep", "keep"),
        narration("Bienvenidos a la casa del té.", when=REWRITE), direction(1),
        narration("Hervid el agua.", when=REWRITE), direction(1),
        titles("Una taza de té", "Hola", "El agua"),
    ])  # fmt: skip
    after = Writer(backend).revise(draft, "in Spanish", brief)
    assert after.language == "es"
    assert said(after) == [["Bienvenidos a la casa del té."], ["Hervid el agua."]]
    assert [(s.id, s.title) for s in after.scenes] == [("welcome", "Hola"), ("brewing", "El agua")]
    assert "Translate" in told(backend, REWRITE)[0]


def test_another_length_is_shared_out(brief: Brief, draft: Screenplay) -> None:
    backend = Scripted([
        revision("cut", "keep"),
        narration("Boil the water.", "Wait.", when=REWRITE), direction(2),
    ])  # fmt: skip
    after = Writer(backend).revise(draft, "make it 30 seconds, drop the hello", brief)
    assert said(after) == [["Boil the water.", "Wait."]]
    assert "about 70 words" in told(backend, REWRITE)[0]


def test_all_cannot_be_cut(brief: Brief, draft: Screenplay) -> None:
    again: list[str] = []
    script = [revision("cut", "cut"), revision("keep", "keep")]
    after = Writer(Scripted(script), work=Work(sent_back(again))).revise(draft, "cut it all", brief)
    assert after == draft
    assert "at least one must stay" in again[0]


# --- Review ---------------------------------------------------------------------------------


def play(*texts: str) -> Screenplay:
    return Screenplay.of(scenes=[{"id": "one", "lines": [{"text": text} for text in texts]}])


def test_review_finds_what_must_not_be_said(tmp_path: Path) -> None:
    brief = brief_of(tmp_path, "Tea for 12 guests", seconds=60)
    draft = play(
        "We have 40 teas for 12 guests, and 900 cups.",
        "Dear [Your Name], welcome.",
        "**Bold** tea (laughs).",
        "It is " + "very " * 40 + "hot.",
        "All is well, isn’t it? “Yes” – “quite so”.",
    )
    faults = review(brief, draft, Facts("Teas: forty"))
    assert [(fault.kind, fault.scene, fault.line) for fault in faults] == [
        ("figure", "one", 1), ("gap", "one", 2), ("markup", "one", 3), ("long_sentence", "one", 4),
        ("length", None, None),
    ]  # fmt: skip
    for fault, what in zip(faults, ("“900”", "[Your Name]", "markup", "too long"), strict=False):
        assert what in fault.text
        assert fault.text.startswith(f"Scene “one”, line {fault.line}: ")
    assert "By estimate it lasts about" in faults[-1].text
    assert "lengthen" in faults[-1].text
    assert all("\n" not in fault.text and fault.text.endswith(".") for fault in faults)


def test_a_good_draft_has_no_faults(brief: Brief, draft: Screenplay) -> None:
    assert review(brief, draft, None) == ()


def test_every_fault_of_review_finds_its_line(tmp_path: Path) -> None:
    brief = brief_of(tmp_path)
    draft = play("All good here.", "Take 900 cups.", "Fine too.")
    script = [narration("Take many cups.", when=MEND), direction(1)]
    after = Writer(Scripted(script)).rewrite(brief, draft, review(brief, draft, None))
    assert said(after) == [["All good here.", "Take many cups.", "Fine too."]]
    assert review(brief, after, None) == ()


# --- What is filmed -------------------------------------------------------------------------


def test_what_the_gate_finds_goes_back_with_its_place(brief: Brief) -> None:
    draft = play("Welcome to our tea shop.", "Welcome to our tea shop.", "As an AI I like tea.")
    found = Writer(Scripted([])).review(brief, draft)
    assert [(fault.kind, fault.scene, fault.line) for fault in found] == [
        ("repetition", "one", 2), ("prompt", "one", 3),
    ]  # fmt: skip
    assert found[0].text.startswith("Scene “one”, line 2: ")


def test_what_is_still_wrong_is_left_out_and_what_is_missing_is_said(brief: Brief) -> None:
    draft = play(
        "Welcome to our tea shop.", "We have 900 cups. They are warm.", "Welcome to our tea shop.",
        "Come in and sit down with us.", "See you soon.",
    )  # fmt: skip
    settled = Writer(Scripted([]), Facts("Maria pours the oolong.")).settled(brief, draft)
    assert said(settled) == [[
        "Welcome to our tea shop.", "They are warm.", "Come in and sit down with us.",
        "Maria pours the oolong.", "See you soon.",
    ]]  # fmt: skip


def test_a_draft_of_which_little_is_left_is_refused(brief: Brief) -> None:
    draft = play("Tea is warm.", *["As an AI I like tea."] * 4)
    with pytest.raises(ModelError, match=r"scripted.*only 1 of its 5 sentences.*quotation marks"):
        Writer(Scripted([])).settled(brief, draft)


def test_of_long_notes_no_fact_has_to_be_said(brief: Brief) -> None:
    notes = Facts("\n".join(f"Tea number {n} comes from the hills of Anxi." for n in range(100)))
    draft = play("Welcome to our tea shop.", "Come in and sit down with us.")
    assert Writer(Scripted([]), notes).review(brief, draft) == ()
    assert Writer(Scripted([]), notes).settled(brief, draft) == draft
