"""What was worked out is kept for those who ask again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chaingraph.memory import Memory


@pytest.fixture
def atlas(make_atlas):
    return make_atlas("bread: {name: Bread, stage: downstream}")


def count_calls(calls, answer="answer"):
    def work():
        calls.append(1)
        return answer

    return work


def test_the_same_is_worked_out_once(atlas):
    memory, calls = Memory(), []
    assert [memory.recall(atlas, "key", count_calls(calls)) for _ in range(3)] == ["answer"] * 3
    assert len(calls) == 1


def test_all_is_forgotten_with_the_atlas_even_if_the_next_is_equal(atlas):
    memory, calls = Memory(), []
    other = atlas.model_copy()
    for each in (atlas, other, other, atlas):
        memory.recall(each, "key", count_calls(calls))
    assert len(calls) == 3


def test_the_oldest_is_forgotten_first(atlas):
    memory, calls = Memory(size=2), []
    for key in "abcca":
        memory.recall(atlas, key, count_calls(calls))
    assert len(calls) == 4


def test_of_many_who_ask_at_once_one_works(atlas):
    memory, calls, started = Memory(), [], threading.Barrier(20)

    def ask(_):
        started.wait()
        return memory.recall(atlas, "key", count_calls(calls))

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {"answer"}
    assert len(calls) == 1


def test_who_waits_no_more_does_not_end_it_for_others(atlas):
    memory, jobs = Memory(), []
    for _ in range(2):
        promised = memory.ask(atlas, "key", lambda: "answer", jobs.append)
        promised.cancel()
    jobs.pop()()
    assert promised.result() == "answer"
    assert jobs == []


def test_a_failure_is_told_and_not_kept(atlas):
    memory = Memory()

    def fail():
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            memory.recall(atlas, "key", fail)
    assert memory.recall(atlas, "key", lambda: "answer") == "answer"
