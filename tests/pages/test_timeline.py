"""Timelines: spans of a real run under virtual time, and the picture of them."""

import asyncio
from xml.etree import ElementTree

import aiosqlite
import pytest

from grader import timeline

SVG = "{http://www.w3.org/2000/svg}"


async def work(name, seconds, error=None):
    with timeline.span(name):
        await asyncio.sleep(seconds)
        if error is not None:
            raise error


async def one_after_the_other():
    await work("a", 2)
    await work("b", 3)


async def together():
    await asyncio.gather(work("a", 2), work("b", 3))


def svg_of(drawing):
    [figure] = [ElementTree.fromstring(drawing._repr_html_())]
    return figure.find(f"{SVG}svg")


def texts(drawing):
    return [text.text for text in svg_of(drawing).iter(f"{SVG}text")]


def test_spans_are_counted_in_seconds_since_the_run_began():
    """What runs one after the other has other times than what runs together."""
    assert list(map(str, timeline.run(one_after_the_other()))) == ["a: 0 s to 2 s", "b: 2 s to 5 s"]
    assert list(map(str, timeline.run(together()))) == ["a: 0 s to 2 s", "b: 0 s to 3 s"]


def test_time_is_virtual():
    """An hour in a picture takes no hour to draw."""
    [span] = timeline.run(work("slow", 3600))
    assert span.end == 3600


def test_a_database_takes_no_time(tmp_path):
    """It works in the loop, so no time passes beside it; a lock is waited for in virtual time."""

    async def write(name, pause):
        async with aiosqlite.connect(tmp_path / "test.db", timeout=600) as connection:
            with timeline.span(name):
                await connection.execute("CREATE TABLE IF NOT EXISTS names (name TEXT)")
                await connection.execute("INSERT INTO names VALUES ('a')")
                await asyncio.sleep(pause)
                await connection.commit()

    async def both():
        async with asyncio.TaskGroup() as group:
            group.create_task(write("first", 60))
            await asyncio.sleep(1)
            group.create_task(write("second", 0))

    first, second = timeline.run(both())
    assert (first.end, second.start) == (60, 1)
    assert second.end == pytest.approx(60, abs=0.2)


def test_a_run_works_where_a_loop_runs_already():
    """As in the kernel of a notebook."""

    async def kernel():
        return timeline.run(together())

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        assert len(runner.run(kernel())) == 2


def test_how_a_span_ended_is_told():
    """Failed, cancelled, and still running when the run was over."""

    async def main():
        with pytest.raises(OSError, match="full"):
            await asyncio.gather(work("fails", 1, OSError("disk full")), work("sibling", 3))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await work("late", 5)

    endings = {span.name: span.ending for span in timeline.run(main())}
    assert endings == {"fails": "failed", "sibling": "left running", "late": "cancelled"}


def test_an_error_comes_out_of_the_run():
    """A mistake in what is drawn is not drawn over."""
    with pytest.raises(OSError, match="disk full"):
        timeline.run(work("fails", 1, OSError("disk full")))


def test_a_run_that_would_never_end_is_a_timeout():
    """A deadlock does not hang the notebook."""
    with pytest.raises(TimeoutError):
        timeline.run(asyncio.Event().wait())


def test_a_span_outside_of_a_run_says_where_it_belongs():
    """It has nowhere to be recorded."""
    with pytest.raises(RuntimeError, match=r"timeline\.run"), timeline.span("lost"):
        pass


def test_runs_share_one_axis():
    """A second is as wide in one run as in the other, and work of equal length equally wide."""
    runs = {"first": timeline.run(one_after_the_other()), "second": timeline.run(together())}
    bars = list(svg_of(timeline.draw(runs, title="Two runs")).iter(f"{SVG}rect"))
    widths = [float(bar.get("width")) for bar in bars]
    assert widths[:2] == widths[2:]
    starts = [float(bar.get("x")) for bar in bars]
    assert starts[0] == starts[2] == starts[3] < starts[1]
    assert starts[1] == pytest.approx(starts[0] + widths[0], abs=0.2)


def test_the_picture_has_a_title_and_a_description():
    """Who cannot see it hears the same."""
    drawing = timeline.draw({"both": timeline.run(together())}, title="Together")
    assert svg_of(drawing).find(f"{SVG}title").text == "Together"
    assert svg_of(drawing).find(f"{SVG}desc").text == repr(drawing)
    assert repr(drawing) == "Together\n  both\n    a: 0 s to 2 s\n    b: 0 s to 3 s"


def test_the_picture_labels_runs_spans_endings_and_seconds():
    """Nothing is told by colour alone."""

    async def main():
        with pytest.raises(OSError, match="disk full"):
            await work("<a>", 2, OSError("disk full"))

    shown = texts(timeline.draw({"failing": timeline.run(main())}, title="One failure"))
    assert {"failing", "<a>", "failed", "0 s", "1 s", "2 s"} <= set(shown)


def test_letters_take_the_colour_of_the_theme_and_can_be_read():
    """Light or dark: the text is never black by itself, nor smaller than 12 pixels."""
    svg = svg_of(timeline.draw({"both": timeline.run(together())}, title="Together"))
    assert svg.get("fill") == "currentColor"
    assert float(svg.get("font-size")) >= 12
    assert all(text.get("fill") is None for text in svg.iter(f"{SVG}text"))


def test_the_same_run_draws_the_same_picture():
    """So that a notebook with pictures can be built and compared."""
    pictures = {
        timeline.draw({"both": timeline.run(together())}, title="Together")._repr_html_()
        for _ in range(3)
    }
    assert len(pictures) == 1


def test_nothing_at_all_can_be_drawn():
    """A run without spans has an axis, and no bars."""
    drawing = timeline.draw({"idle": timeline.run(asyncio.sleep(1))}, title="Nothing")
    assert not list(svg_of(drawing).iter(f"{SVG}rect"))
