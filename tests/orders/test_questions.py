"""Questions to customer service and the answers, on both sides."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Mail
from orders import questions
from orders.models import Message, Question
from orders.questions import TooManyMessages, answer, ask, reply
from portals.models import Portal, PortalState
from tests.orders.conftest import ACME, NOW, order_of
from tests.world import World, make_user


def asked(world: World, **options) -> Question:
    defaults = {"order": None, "subject": "Kapot", "text": "Het wiel is los.", "form_token": uuid.uuid4(), "now": NOW}
    return ask(world.bob, **(defaults | options))


def colleague(*permissions: str) -> Client:
    """Somebody of the staff with these permissions."""
    user = make_user("service@thuiswerk.example", "Sjoerd Service", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def answered(question: Question, world: World, text: str = "We sturen een nieuw wiel.") -> None:
    answer(question, text=text, actor=world.coordinator, form_token=uuid.uuid4(), now=NOW + dt.timedelta(hours=1))


def mails() -> list[tuple[str, str]]:
    return list(Mail.objects.exclude(key__startswith="order-").order_by("pk").values_list("to", "subject"))


def test_question_goes_to_the_mailbox_of_the_operator(world: World, settings):
    question = asked(world)

    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == (settings.OPERATOR["email"], "Vraag: Kapot")
    for part in ("Bob de Vries", "Acme Thuiswerkwinkel", "Het wiel is los.", f"/admin/orders/question/{question.pk}/"):
        assert part in mail.text, part
        assert part in mail.html, part
    assert Question.objects.get().waits_since == NOW


def test_answer_goes_to_who_asked_with_the_way_to_the_thread(world: World):
    world.bob.user.language = "en"
    world.bob.user.save()
    question = asked(world)

    answered(question, world)

    mail = Mail.objects.latest("pk")
    assert (mail.to, mail.subject) == ("bob@acme.example", "Answer to your question: Kapot")
    for part in ("We sturen een nieuw wiel.", f"http://acme.localhost/help/questions/{question.pk}/"):
        assert part in mail.text, part
        assert part in mail.html, part
    assert Question.objects.get().waits_since is None


def test_thread_waits_again_from_the_first_message_after_an_answer(world: World):
    question = asked(world)
    answered(question, world)
    later = NOW + dt.timedelta(hours=2)

    for minutes in (0, 5):
        now = later + dt.timedelta(minutes=minutes)
        reply(question, text="Dank je.", form_token=uuid.uuid4(), now=now)

    assert Question.objects.get().waits_since == later
    assert [message.is_answer for message in question.messages.all()] == [False, True, False, False]


def test_page_sends_its_message_once(world: World):
    token = uuid.uuid4()

    first, second = asked(world, form_token=token), asked(world, form_token=token)
    for _ in range(2):
        answer(first, text="Ja.", actor=world.coordinator, form_token=token, now=NOW)

    assert first == second
    assert Message.objects.count() == 2
    assert len(mails()) == 2


def test_who_writes_too_much_waits_an_hour(world: World, monkeypatch):
    monkeypatch.setattr(questions, "MOST", 2)
    question = asked(world)
    reply(question, text="Nog iets.", form_token=uuid.uuid4(), now=NOW)

    with pytest.raises(TooManyMessages):
        asked(world)

    asked(world, now=NOW + questions.SPAN)
    assert Question.objects.count() == 2


def test_employee_asks_about_an_order_and_reads_the_answer_on_its_page(world: World, today, bob: Client):
    order = order_of(world.bob, world.chair)
    form = {"order": order.number, "subject": "Kapot", "text": "Het wiel is los.", "form_token": uuid.uuid4()}
    assert f'value="{order.number}" selected' in bob.get(f"/help/questions/?order={order.number}").content.decode()

    sent = bob.post("/help/questions/", form)
    question = Question.objects.get()
    answered(question, world)

    assert sent["Location"] == f"/help/questions/{question.pk}/"
    assert (question.order, question.membership, question.portal) == (order, world.bob, world.acme)
    for path in (f"/orders/{order.number}/", f"/help/questions/{question.pk}/"):
        page = bob.get(path).content.decode()
        assert page.index("Het wiel is los.") < page.index("We sturen een nieuw wiel."), path


def test_order_of_somebody_else_cannot_be_asked_about(world: World, today, bob: Client):
    order = order_of(world.charlie, world.chair)
    form = {"order": order.number, "subject": "Kapot", "text": "Wat is dit?", "form_token": uuid.uuid4()}

    page = bob.post("/help/questions/", form)

    assert page.status_code == 200
    assert Question.objects.count() == 0


def test_question_of_a_colleague_is_not_found(world: World, today, bob: Client):
    question = ask(world.alice, order=None, subject="Eigen", text="Iets.", form_token=uuid.uuid4(), now=NOW)

    answers = [bob.get(f"/help/questions/{question.pk}/"), bob.post(f"/help/questions/{question.pk}/", {"text": "Ha"})]

    assert [response.status_code for response in answers] == [404, 404]


def test_closed_shop_still_takes_questions(world: World, today, bob: Client):
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.CLOSED)
    bob.post("/help/questions/", {"subject": "Na sluiting", "text": "Garantie?", "form_token": uuid.uuid4()})
    question = Question.objects.get()

    bob.post(f"/help/questions/{question.pk}/", {"text": "Nog iets.", "form_token": uuid.uuid4()})

    assert [message.text for message in question.messages.all()] == ["Garantie?", "Nog iets."]


def test_page_says_so_when_somebody_writes_too_much(world: World, today, bob: Client, monkeypatch):
    monkeypatch.setattr(questions, "MOST", 0)

    page = bob.post("/help/questions/", {"subject": "Kapot", "text": "Het wiel is los.", "form_token": uuid.uuid4()})

    assert "Je hebt het afgelopen uur veel geschreven." in page.content.decode()
    assert "Het wiel is los." in page.content.decode()


def test_customer_service_answers_in_the_back_office(world: World, settings):
    settings.DEMO = True  # without a second factor
    question = asked(world)
    staff = colleague("view_question", "change_question")
    address = reverse("admin:orders_question_change", args=[question.pk])

    page = staff.get(address).content.decode()
    form = {"answer": "Komt eraan.", "form_token": str(uuid.uuid4())}
    form |= {f"messages-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    staff.post(address, form)

    assert "Het wiel is los." in page
    message = question.messages.last()
    assert (message.text, message.is_answer, message.author.name) == ("Komt eraan.", True, "Sjoerd Service")
    assert mails()[-1] == ("bob@acme.example", "Antwoord op je vraag: Kapot")


def test_who_may_only_read_answers_nothing(world: World, settings):
    settings.DEMO = True
    question = asked(world)
    staff = colleague("view_question")
    address = reverse("admin:orders_question_change", args=[question.pk])

    page = staff.get(address).content.decode()
    staff.post(address, {"answer": "Komt eraan.", "form_token": str(uuid.uuid4())})

    assert "Het wiel is los." in page
    assert 'name="answer"' not in page
    assert question.messages.count() == 1


def test_who_is_not_logged_in_is_led_to_the_login(world: World):
    assert Client(HTTP_HOST=ACME).get("/help/questions/")["Location"].startswith("/account/login/")
