"""When a coordinator can be booked: hours of the week, without holidays and exceptions, without what is taken.

The grid is of half hours that really pass, in UTC, each read by the clock of Amsterdam: an hour that the change of the
clock leaves out is never met, and one that comes twice is met twice.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from onboarding.appointment_models import Appointment, HoursKind, WorkingHours
from onboarding.lead_models import Coordinator
from thuiswerk.lib.periods import AMSTERDAM, amsterdam_date, is_public_holiday, start_of_day

STEP = dt.timedelta(minutes=30)
LENGTHS = (30, 60)
NOTICE = dt.timedelta(hours=4)
DAYS = 21
# What a new coordinator begins with: Monday to Friday.
FIRST_HOURS = ((dt.time(9), dt.time(12)), (dt.time(13), dt.time(17)))

Window = tuple[dt.time, dt.time]


@dataclass(frozen=True)
class Span:
    """From one moment to another, the last not included."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def free_slots(
    coordinator: Coordinator, *, minutes: int, now: dt.datetime, days: int = DAYS, moving: Appointment | None = None
) -> list[dt.datetime]:
    """The moments, in UTC, at which a call of `minutes` (30 or 60) can begin, today and `days` more days.

    `moving`: the appointment that would move, whose own time is not taken. Three queries.
    """
    offered = offered_slots(coordinator, minutes=minutes, now=now, days=days)
    taken = taken_spans(coordinator, now=now, moving=moving)
    return [slot for slot in offered if is_free(slot, minutes, taken)]


def offered_slots(coordinator: Coordinator, *, minutes: int, now: dt.datetime, days: int = DAYS) -> list[dt.datetime]:
    """The same, whether taken or not."""
    earliest, today = now + NOTICE, amsterdam_date(now)
    dates = [today + dt.timedelta(days=number) for number in range(days + 1)]
    blocks = set(_open_blocks(coordinator, dates))
    needed = [STEP * number for number in range(dt.timedelta(minutes=minutes) // STEP)]
    return sorted(block for block in blocks if block >= earliest and all(block + offset in blocks for offset in needed))


def taken_spans(coordinator: Coordinator, *, now: dt.datetime, moving: Appointment | None = None) -> list[Span]:
    """What the coordinator is booked for, without `moving`."""
    standing = Appointment.objects.to_come(now).filter(coordinator=coordinator)
    if moving is not None:
        standing = standing.exclude(pk=moving.pk)
    return [Span(*row) for row in standing.values_list("starts_at", "ends_at")]


def is_free(slot: dt.datetime, minutes: int, taken: Collection[Span]) -> bool:
    """Whether nothing of `taken` is in the way of a call that begins at `slot`."""
    span = Span(slot, slot + dt.timedelta(minutes=minutes))
    return not any(span.overlaps(other) for other in taken)


def give_first_hours(coordinator: Coordinator) -> None:
    """The hours of a new coordinator, who then changes them."""
    WorkingHours.objects.bulk_create(
        (
            WorkingHours(coordinator=coordinator, weekday=weekday, starts=starts, ends=ends)
            for weekday in range(5)
            for starts, ends in FIRST_HOURS
        ),
        ignore_conflicts=True,
    )


def _open_blocks(coordinator: Coordinator, dates: list[dt.date]) -> Iterator[dt.datetime]:
    """Every half hour of these days in which the coordinator can be booked."""
    weekly: dict[int, list[Window]] = {weekday: [] for weekday in range(7)}
    for hours in coordinator.hours.all():
        weekly[hours.weekday].append((hours.starts, hours.ends))
    extra: dict[dt.date, list[Window]] = {}
    closed: dict[dt.date, list[Window]] = {}
    for exception in coordinator.hours_exceptions.filter(date__range=(dates[0], dates[-1])):
        window = (exception.starts or dt.time.min, exception.ends or dt.time.max)
        kept = extra if exception.kind == HoursKind.OPEN else closed
        kept.setdefault(exception.date, []).append(window)
    for day in dates:
        usual = [] if is_public_holiday(day) else weekly[day.weekday()]
        yield from _blocks_of(day, [*usual, *extra.get(day, [])], closed.get(day, []))


def _blocks_of(day: dt.date, windows: list[Window], closed: list[Window]) -> Iterator[dt.datetime]:
    if not windows:
        return
    moment = start_of_day(day).astimezone(dt.UTC)
    end = start_of_day(day + dt.timedelta(days=1)).astimezone(dt.UTC)
    while moment < end:
        begins = moment.astimezone(AMSTERDAM).time()
        ends = _half_an_hour_later(begins)
        is_open = any(starts <= begins and ends <= until for starts, until in windows)
        if is_open and not any(begins < until and starts < ends for starts, until in closed):
            yield moment
        moment += STEP


def _half_an_hour_later(clock: dt.time) -> dt.time:
    """By the face of the clock; the last half hour of a day ends at its last moment."""
    minutes = clock.hour * 60 + clock.minute + 30
    return dt.time.max if minutes == 24 * 60 else dt.time(*divmod(minutes, 60))
