"""Waiting times of those who try passwords."""

from cgplab.dashboard.serving.throttle import _FORGET, _MOST_KEYS, Throttle, address_key


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_waits_double_up_to_the_longest_and_are_forgotten():
    clock = Clock()
    throttle = Throttle(free=3, longest=8, clock=clock)
    waits = []
    for _ in range(8):
        throttle.count("a")
        waits.append(throttle.wait("a"))
        clock.now += waits[-1]
    assert waits == [0, 0, 1, 2, 4, 8, 8, 8]
    assert throttle.wait("b") == 0
    clock.now += _FORGET + 1
    throttle.count("a")
    assert throttle.wait("a") == 0


def test_a_wait_goes_by():
    clock = Clock()
    throttle = Throttle(free=1, longest=100, clock=clock)
    throttle.count("a")
    clock.now += 0.25
    assert throttle.wait("a") == 0.75
    clock.now += 0.75
    assert throttle.wait("a") == 0


def test_a_right_try_takes_back_itself_alone():
    throttle = Throttle(free=3, longest=8, clock=Clock())
    for _ in range(2):
        throttle.count("a")
    throttle.count("a")
    throttle.take_back("a")
    assert throttle.wait("a") == 0
    throttle.count("a")
    assert throttle.wait("a") == 1
    throttle.forget("a")
    assert throttle.wait("a") == 0


def test_memory_is_bounded_and_the_latest_are_kept():
    throttle = Throttle(free=1, longest=8, clock=Clock())
    for index in range(_MOST_KEYS + 50):
        throttle.count(str(index))
    assert len(throttle) == _MOST_KEYS
    assert throttle.wait("0") == 0
    assert throttle.wait(str(_MOST_KEYS + 49)) > 0


def test_numbers_stay_numbers_after_many_tries():
    throttle = Throttle(free=1, longest=8, clock=Clock())
    for _ in range(5000):
        throttle.count("a")
    assert throttle.wait("a") == 8


def test_a_network_of_ipv6_is_one_address():
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff:1") != address_key("2001:db8:0:1::1")
    assert address_key("::ffff:10.0.0.5") == address_key("10.0.0.5") == "10.0.0.5"
    assert address_key("?") == "?"
