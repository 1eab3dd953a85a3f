"""What is done, and in which order the rest is handed out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parkwerk import __version__
from parkwerk.content import alone_content, content, question
from parkwerk.errors import CheckpointError, InputError
from parkwerk.sets.plan import Planned, Queue, is_done
from parkwerk.sets.work import StopFile, going_on
from toy import toy_park

MINE = Planned("a", "x", "g", "q")


def record(**changes: Any) -> dict[str, Any]:
    """Of a search that met a gap of 0.01."""
    own = {"content": "x", "gap": 0.009, "ended": "gap", "search": {"gap": 0.01}}
    return own | {"versions": {"parkwerk": __version__}} | changes


@pytest.mark.parametrize(
    ("known", "gap", "done"),
    [
        (record(), 0.01, True),
        (record(), 0.009, True),
        (record(), 0.008, False),
        (record(content="y"), 0.01, False),
        (record(versions={"parkwerk": "0"}), 0.01, False),
        (record(gap=None, ended="interrupt"), 0.01, False),
        (record(gap=0.02, ended="time"), 0.01, False),
        (record(gap=0.02, ended="exhausted"), 0.01, True),
        (record(gap=0.02, ended="exhausted"), 0.005, False),
        ({}, 0.01, False),
        (None, 0.01, False),
    ],
)
def test_what_counts_as_done(known: Any, gap: float, done: bool) -> None:
    """Proves: of the same inputs and version, and near enough or at its end for the gap asked."""
    assert is_done(known, MINE, gap) is done


def test_content_is_numbers_and_labels_not_words() -> None:
    """Proves: a demand, a label and a regime make another scenario, a source or a note does not;
    and what companies do alone is the same whatever pools there are.
    """
    park = toy_park()
    assert content(toy_park()) == content(park)
    noted = toy_park().assign_attrs(note="words", sources="S1")
    noted["spot_price"].attrs["source"] = "elsewhere"
    assert content(noted) == content(park)
    more = park.copy(deep=True)
    more["electricity_demand"][0, 3] += 1e-9
    others = [
        more,
        park.assign_attrs(regime="other"),
        park.assign_coords(company=["c0", "c9"]),
        park.drop_vars("pool_rebate", errors="ignore").isel(time=slice(24)),
        toy_park(pool_charge=0.5),
    ]
    assert len({content(park), *map(content, others)}) == 6
    assert alone_content(toy_park(pool_charge=0.5)) == alone_content(park)
    assert alone_content(more) != alone_content(park)


def test_a_queue_shares_what_is_known_and_forgets_it_in_time() -> None:
    """Proves: two lanes begin with two groups, go on with what their group knows, help out where
    most is left, and no memory is kept for a group without members.
    """
    groups = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B"}
    queue = Queue([Planned(name, name, group, name) for name, group in groups.items()])
    known: Any = {"A": "known"}

    def take() -> tuple[str, Any]:
        taken = queue.take()
        assert taken is not None
        return taken[0].name, taken[1]

    def done(name: str, memory: Any) -> None:
        queue.done(Planned(name, name, groups[name], name), memory)

    assert take() == ("a1", {})
    assert take() == ("b1", {})
    done("a1", known)
    assert take() == ("a2", known)
    done("b1", {})  # it failed, so nothing is known
    assert take() == ("a3", known)
    assert take() == ("b2", {})
    done("a2", known)
    assert queue._known == {}
    assert queue.take() is None


def test_of_one_question_only_the_first_is_handed_out() -> None:
    """Proves: while somebody seeks an answer nobody else seeks it, and it ends all that ask for it;
    the scenario's name is no part of a question. If broken: the same search runs twice.
    """
    waiting = [Planned(name, name, "g", name[0]) for name in ("a1", "a2", "b1", "a3")]
    queue = Queue(list(waiting))
    taken = [queue.take(), queue.take()]
    assert [pair[0].name for pair in taken if pair] == ["a1", "b1"]
    assert queue.take() is None
    assert [each.name for each in queue.namesakes(waiting[0])] == ["a2", "a3"]
    assert queue.waiting == queue.namesakes(waiting[2]) == []
    park = toy_park()
    named = park.assign_attrs(scenario="other", axes="{}")
    assert question(named) == question(park.assign_attrs(scenario="one"))
    assert content(named) != content(park.assign_attrs(scenario="one"))
    assert question(named.assign_attrs(regime="other")) != question(named)


def test_an_interrupt_reaches_others_by_a_file(tmp_path: Path) -> None:
    """Proves: set here, it is heard wherever the same path is seen."""
    here, there = StopFile(tmp_path / "stop"), StopFile(tmp_path / "stop")
    assert not there.is_set()
    here.set()
    assert there.is_set()


def test_a_search_begins_anew_if_its_checkpoint_is_of_other_inputs(tmp_path: Path) -> None:
    """Proves: a stale checkpoint is dropped and the search made once more; other errors are not
    taken for one. If broken: a changed input would stop the set, or a bound of other inputs count.
    """
    path = tmp_path / "checkpoint.nc"
    path.touch()

    def search() -> str:
        if path.exists():
            raise CheckpointError("of other inputs")
        return "found"

    def fail() -> str:
        raise InputError("something else")

    assert going_on(path, search) == "found"
    with pytest.raises(InputError, match="something else"):
        going_on(path, fail)
