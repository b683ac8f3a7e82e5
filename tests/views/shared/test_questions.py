"""Questions by name, put to the real engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.checkpoints.files import file_sha256
from explorer.engine.chain.messages import ChainFinished, LanePlanned, SampleChain
from explorer.engine.latent.messages import CodesDecoded, DecodeCodes, DecodeGrid, GridDecoded
from explorer.engine.models.messages import LibraryScanned, ScanLibrary
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.engine.thread.worker import Worker
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.views.shared.questions import Questions, When

WAIT = 60_000
MISSING = DecodeCodes("/nowhere/gone.safetensors", ((0.0, 0.0),))


@pytest.fixture
def client(qtbot: QtBot) -> Iterator[Client]:
    worker = Worker()
    made = Client(worker)
    worker.start()
    yield made
    assert worker.shutdown()


@pytest.fixture
def questions(client: Client) -> Questions:
    return Questions(client, "test")


@pytest.fixture
def vae(checkpoints: Mapping[str, Path]) -> str:
    return str(checkpoints["mnist-vae-2d"])


def at(vae: str, x: float) -> DecodeCodes:
    """A question with a quick answer, which names the place that was asked about."""
    return DecodeCodes(vae, ((x, 0.0),))


def in_parts(vae: str, extent: float) -> DecodeGrid:
    """A question whose answer comes in two parts, the coarse one first."""
    return DecodeGrid(vae, (-extent, extent, -extent, extent), 32, 32)


def places(answers: list[Outcome]) -> list[float]:
    return [float(a.codes[0, 0]) for a in answers if isinstance(a, CodesDecoded)]


def settle(qtbot: QtBot, questions: Questions) -> None:
    qtbot.waitUntil(lambda: questions.idle, timeout=WAIT)


# --- when answered


def test_while_one_is_under_way_only_the_newest_waits(questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    for x in range(10):
        questions.ask("codes", at(vae, x), answers.append)
    assert questions.is_open("codes")
    with qtbot.waitSignal(questions.settled, timeout=WAIT):
        pass
    assert places(answers) == [0.0, 9.0]
    assert questions.idle
    assert not questions.is_open("codes")


def test_names_do_not_wait_for_each_other(questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    questions.ask("one", at(vae, 1), answers.append)
    questions.ask("two", at(vae, 2), answers.append)
    settle(qtbot, questions)
    assert sorted(places(answers)) == [1.0, 2.0]


def test_a_part_of_an_answer_is_enough_for_the_one_that_waits(questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    questions.ask("plane", in_parts(vae, 3.0), answers.append)
    questions.ask("plane", at(vae, 5), answers.append)
    settle(qtbot, questions)
    assert [type(a) for a in answers] == [GridDecoded, CodesDecoded]


def test_once_a_part_of_an_answer_is_there_the_next_question_does_not_wait(questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []

    def take(outcome: Outcome) -> None:
        answers.append(outcome)
        questions.ask("plane", at(vae, 5), answers.append)

    questions.ask("plane", in_parts(vae, 3.0), take)
    settle(qtbot, questions)
    assert [type(a) for a in answers] == [GridDecoded, CodesDecoded], "the finer plane is what nobody waits for any more"
    questions.ask("plane", in_parts(vae, 3.0), answers.append)
    questions.ask("plane", at(vae, 6), answers.append)
    settle(qtbot, questions)
    assert [type(a) for a in answers[2:]] == [GridDecoded, CodesDecoded], "of another question no part is there yet"


# --- at once


def test_a_newer_question_takes_the_place_of_the_one_under_way(questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    for x in range(10):
        questions.ask("codes", at(vae, x), answers.append, When.AT_ONCE)
    settle(qtbot, questions)
    assert places(answers) == [9.0]


def test_it_takes_the_place_of_the_one_that_waits_too(questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    questions.ask("codes", at(vae, 1), answers.append)
    questions.ask("codes", at(vae, 2), answers.append)
    questions.ask("codes", at(vae, 3), answers.append, When.AT_ONCE)
    settle(qtbot, questions)
    assert places(answers) == [3.0]


@pytest.mark.parametrize("when", list(When))
def test_an_answer_in_parts_is_open_until_the_last(questions: Questions, vae: str, qtbot: QtBot, when: When) -> None:
    seen: list[tuple[bool, bool]] = []

    def take(outcome: Outcome) -> None:
        assert isinstance(outcome, GridDecoded)
        seen.append((outcome.partial, questions.is_open("plane")))

    with qtbot.waitSignal(questions.settled, timeout=WAIT):
        questions.ask("plane", in_parts(vae, 3.0), take, when)
    assert seen == [(True, True), (False, False)]


@pytest.mark.parametrize("when", list(When))
def test_it_is_open_until_the_last_of_whatever_comes(
    questions: Questions, checkpoints: Mapping[str, Path], qtbot: QtBot, when: When
) -> None:
    path = checkpoints["mnist-ddpm-c"]
    lanes = tuple(Lane(file_sha256(path), str(path), "C", Sampler(steps)) for steps in (2, 3))
    seen: list[tuple[type[Outcome], bool]] = []
    with qtbot.waitSignal(questions.settled, timeout=WAIT):
        questions.ask("chain", SampleChain(ChainRecipe(lanes)), lambda o: seen.append((type(o), questions.is_open("chain"))), when)
    kinds = [kind for kind, _ in seen]
    assert kinds.count(LanePlanned) == 2
    assert seen[-1] == (ChainFinished, False)
    assert all(is_open for _, is_open in seen[:-1])


# --- once


@pytest.mark.parametrize("when", list(When))
def test_the_same_is_asked_once_only_where_that_is_wanted(questions: Questions, vae: str, qtbot: QtBot, when: When) -> None:
    answers: list[Outcome] = []
    questions.ask("codes", at(vae, 1), answers.append, when, once=True)
    questions.ask("codes", at(vae, 1), answers.append, when, once=True)  # under way
    settle(qtbot, questions)
    questions.ask("codes", at(vae, 1), answers.append, when, once=True)  # answered
    assert questions.idle
    assert places(answers) == [1.0]
    assert questions.asked("codes") == at(vae, 1)
    questions.ask("codes", at(vae, 1), answers.append, when)
    settle(qtbot, questions)
    assert places(answers) == [1.0, 1.0]
    questions.ask("codes", at(vae, 2), answers.append, when, once=True)
    settle(qtbot, questions)
    assert places(answers) == [1.0, 1.0, 2.0]


@pytest.mark.parametrize("when", list(When))
def test_what_failed_is_asked_again(client: Client, questions: Questions, qtbot: QtBot, when: When) -> None:
    for _ in range(2):
        with qtbot.waitSignals([client.failed, questions.settled], timeout=WAIT):
            questions.ask("open", MISSING, lambda _: None, when, once=True)
        assert questions.asked("open") is None
        assert questions.idle


def test_what_failed_leaves_the_one_that_waits_the_last_asked(client: Client, questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    with qtbot.waitSignal(client.failed, timeout=WAIT) as told:
        questions.ask("codes", MISSING, answers.append, once=True)
        questions.ask("codes", at(vae, 1), answers.append, once=True)
    assert "gone.safetensors" in told.args[0].message
    assert questions.asked("codes") == at(vae, 1)
    assert questions.is_open("codes"), "it was sent before the failure was told"
    settle(qtbot, questions)
    assert places(answers) == [1.0]


def test_a_question_may_take_its_failure_itself(client: Client, questions: Questions, qtbot: QtBot) -> None:
    failures: list[Failed] = []
    with qtbot.assertNotEmitted(client.failed), qtbot.waitSignal(questions.settled, timeout=WAIT):
        questions.ask("open", MISSING, lambda _: None, on_failure=failures.append)
    assert len(failures) == 1
    assert "gone.safetensors" in failures[0].message


# --- forgetting


@pytest.mark.parametrize("when", list(When))
def test_what_is_forgotten_is_not_answered_and_is_asked_anew(questions: Questions, vae: str, qtbot: QtBot, when: When) -> None:
    answers: list[Outcome] = []
    questions.ask("codes", at(vae, 1), lambda _: pytest.fail("it was forgotten"), when, once=True)
    questions.ask("codes", at(vae, 2), lambda _: pytest.fail("it was forgotten"), when, once=True)
    questions.forget("codes")
    assert questions.idle
    assert questions.asked("codes") is None
    questions.ask("codes", at(vae, 2), answers.append, when, once=True)
    settle(qtbot, questions)
    assert places(answers) == [2.0]


def test_forgetting_one_leaves_the_others(questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    questions.ask("one", at(vae, 1), answers.append)
    questions.ask("two", at(vae, 2), answers.append)
    questions.forget("one")
    questions.forget("three")
    assert questions.is_open("two")
    settle(qtbot, questions)
    assert places(answers) == [2.0]


def test_what_is_dropped_is_not_answered(questions: Questions, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    questions.ask("a", ScanLibrary(), lambda _: pytest.fail("it was dropped"), once=True)
    questions.drop()
    assert questions.idle
    assert questions.asked("a") is None
    questions.ask("b", ScanLibrary(), answers.append)
    with qtbot.waitSignal(questions.settled, timeout=WAIT):
        pass
    assert [type(a) for a in answers] == [LibraryScanned]


def test_what_has_expired_is_asked_anew_and_still_answered(questions: Questions, vae: str, qtbot: QtBot) -> None:
    answers: list[Outcome] = []
    questions.ask("codes", at(vae, 1), answers.append, once=True)
    questions.expire()
    assert questions.is_open("codes")
    questions.ask("codes", at(vae, 1), answers.append, once=True)
    settle(qtbot, questions)
    assert places(answers) == [1.0, 1.0]
