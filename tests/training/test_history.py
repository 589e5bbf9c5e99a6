"""The history prints as a table and can be saved."""

from course_lib.training import History


def long_history(n):
    history = History()
    for epoch in range(1, n + 1):
        history.append({"loss": 1 / epoch}, {})
    return history


def test_a_long_table_shows_the_first_the_last_and_some_between():
    lines = repr(long_history(500)).splitlines()
    assert len(lines) == 13
    assert lines[0] == "epoch  train loss"
    assert lines[1].split() == ["1", "1"]
    assert lines[-1].split() == ["500", "0.002"]


def test_a_short_table_shows_every_epoch():
    assert [line.split()[0] for line in repr(long_history(12)).splitlines()[1:]] == [str(i) for i in range(1, 13)]


def test_an_empty_one_says_so():
    assert repr(History()) == "no epochs yet"
    assert list(History().epochs) == []


def test_columns_line_up_under_long_numbers():
    history = History()
    history.append({"loss": 1.23456789e-11}, {"loss": 1e300, "f1": 1.23456789e-11})
    header, row = repr(history).splitlines()
    assert len(header) == len(row)


def test_it_can_be_saved_and_loaded():
    history = History()
    history.append({"loss": 0.5}, {"loss": 0.25, "accuracy": 1.0})
    other = History()
    other.load_state_dict(history.state_dict())
    assert other == history
    other.append({"loss": 0.1}, {"loss": 0.1, "accuracy": 0.0})
    assert len(history.train_loss) == len(history.metrics["accuracy"]) == 1
