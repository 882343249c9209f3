"""What people say of a shift while it runs, as the books see it: reasons of stops still on, orders, scrap."""

from andon.ledger import Which
from andon.model import Loss
from andon.units import MINUTE
from works import O1, Works

MONDAY = "2024-03-04T"


def test_a_reason_given_while_the_machine_stands_holds_until_it_runs_again(works: Works) -> None:
    works.say("state", [(0, "run"), (60, "stop"), (70, "stop")])
    works.do("reason", stop=f"{MONDAY}07:05+00:00", code="tool")
    works.say("state", [(120, "run"), (481, "run")])
    works.count("total_count", [(100, 1), (481, 0)])
    works.count("reject_count", [(100, 0), (481, 0)])
    works.close()
    (stop,) = works.books.entries(Which(losses=(Loss.BREAKDOWN,), shift="early"))
    assert (stop.reason, stop.micros) == ("tool", 60 * MINUTE)


def test_a_second_reason_for_a_stop_that_went_on_is_for_the_whole_of_it(works: Works) -> None:
    works.say("state", [(0, "run"), (60, "stop"), (70, "stop")])
    works.do("reason", stop=f"{MONDAY}07:05+00:00", code="burr")
    works.say("state", [(90, "stop")])
    works.do("reason", stop=f"{MONDAY}07:25+00:00", code="tool")
    works.say("state", [(120, "run"), (481, "run")])
    works.count("total_count", [(130, 1), (481, 0)])
    works.close()
    (stop,) = works.books.entries(Which(losses=(Loss.BREAKDOWN,), shift="early"))
    assert (stop.reason, stop.micros) == ("tool", 60 * MINUTE)


def test_waiting_is_a_delay_while_an_order_that_an_operator_started_is_on(works: Works) -> None:
    works.change(('none = "idle_no_order"', 'none = "starved"'))
    works.say("state", O1)
    works.count("total_count", [(100, 428), (481, 0)])
    works.do("start_order", order="o-1", at=f"{MONDAY}12:40+00:00")
    works.close()
    said = works.losses(shift="early")
    # 12:30 to 12:40 without an order; 5 minutes with it are short beside the 7 of the oracle, the last 10 are not.
    assert (said["idle"], said["minor_stop"], said["delay"]) == (10, 12, 10)


def test_scrap_is_taken_from_the_parts_that_the_machine_counted_as_good(works: Works) -> None:
    works.change(("signals.total_count", "signals.good_count"))
    works.say("state", O1)
    works.count("good_count", [(100, 50), (481, 0)])
    works.count("reject_count", [(100, 5), (481, 0)])
    works.do("scrap", quantity=4, code="burr", at=f"{MONDAY}07:50+00:00")
    works.close()
    (figures,) = works.books.figures(which=Which(shift="early"))
    assert (figures.made, figures.good, figures.rejects) == (55, 46, 9)
