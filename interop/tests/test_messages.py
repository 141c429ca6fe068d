"""What the program sends to people of the centre: scheduled reports and alarms, taken by servers of the test."""

import datetime
import io
import time
import xml.etree.ElementTree as ElementTree
import zipfile
import zoneinfo

from harness import centres, sipp
from harness.bench import Ports, eventually, expect
from harness.hotline import Hotline, run_program
from harness.registry import test
from harness.sinks import Authority, MailSink, TextSink

USER, PASSWORD = "hotline", 'geheim "en" lang'
FROM = "hotline@example.com"
# The demonstration centre's own.
ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Seconds, for a machine on which other things run.
SEEN = 60


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def settings(mail, texts=None, token=""):
    """The configuration for a mail server and a gateway for text messages."""
    text = f"[mail]\nurl = {quoted(mail.url)}\nfrom = {quoted(FROM)}\n"
    text += f"username = {quoted(mail.user)}\npassword = {quoted(mail.password)}\n"
    if texts:
        text += f"[sms]\nurl = {quoted(texts.url)}\ntoken = {quoted(token)}\n"
    return text


# Reports

def yesterday():
    return (datetime.datetime.now(ZONE).date() - datetime.timedelta(days=1)).isoformat()


def workbook(content):
    """Name of a sheet -> rows of cells: texts, numbers, or nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        expect(archive.testzip() is None, "the workbook is damaged")
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.get("name") for sheet in book.iter(SHEET + "sheet")]
        sheets = {}
        for number, name in enumerate(names, 1):
            sheet = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            sheets[name] = [[cell_value(cell) for cell in row] for row in sheet.iter(SHEET + "row")]
        return sheets


def cell_value(cell):
    if cell.get("t") == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(SHEET + "t"))
    value = cell.find(SHEET + "v")
    return None if value is None else float(value.text)


def shown(figure, row):
    """What a sheet shows of a figure: lengths of time in seconds with a tenth, the others as exactly as they are said."""
    value = row["values"].get(figure["key"])
    if value is None:
        return None, 0
    if figure["unit"] == "duration":
        return value / 1_000, 0.051
    return value, 0.51 * 10 ** -figure["decimals"]


def expect_row(cells, figures, row, place):
    for figure, cell in zip(figures, cells, strict=True):
        value, room = shown(figure, row)
        same = cell is None if value is None else cell is not None and abs(cell - value) <= room
        expect(same, f"{place}, {figure['key']}: the report says {cell}, the interface {value}")


def expect_figures(hotline, sheets, day):
    """The workbook says what the interface says of the same day: the whole, each interval and each queue."""
    total = hotline.get(f"/figures?day={day}")
    expect(total["total"]["values"]["offered"] > 50, f"there are few figures: {total['total']['values']}")
    summary = sheets["Summary"]
    expect(summary[0][1] == day, f"the report is of {summary[0][1]}, not {day}")
    expect_row([row[1] for row in summary[1:]], total["figures"], total["total"], "the whole")
    for sheet, by in (("Interval", "interval"), ("Queue", "queue"), ("Agent", "agent")):
        report = hotline.get(f"/figures?day={day}&by={by}")
        rows = sheets[sheet][1:]
        expect([row[0] for row in rows[:-1]] == [row["key"] for row in report["rows"]], f"{sheet}: other rows")
        for cells, row in zip(rows[:-1], report["rows"], strict=True):
            expect_row(cells[2:], report["figures"], row, f"{sheet} {row['key']}")
        expect_row(rows[-1][2:], report["figures"], report["total"], f"{sheet}, the last line")


def expect_report(hotline, message, recipients, day):
    expect(message["from"] == FROM, f"it is from {message['from']}")
    expect([one.strip() for one in message["to"].split(",")] == recipients, f"it is to {message['to']}")
    expect(message["subject"].endswith(f"day report of {day}"), f"the subject is {message['subject']}")
    offered = hotline.get(f"/figures?day={day}")["total"]["values"]["offered"]
    text = message.get_body(("plain",)).get_content()
    expect(f"Offered: {int(offered)}" in text, f"the text says {text}")
    files = list(message.iter_attachments())
    expect(len(files) == 1, f"{len(files)} files are attached")
    expect(files[0].get_content_type() == XLSX and files[0].get_filename() == f"hotline-{day}.xlsx",
           f"attached is {files[0].get_filename()}, {files[0].get_content_type()}")
    expect_figures(hotline, workbook(files[0].get_content()), day)


def rehearsed(bench, mail, authority):
    """The demonstration centre with a day of yesterday, and its mail server."""
    config = settings(mail)
    data = bench.path("data")
    file = bench.path("rehearsed.toml")
    file.write_text(config)
    run_program(
        "rehearse", "--config", file, "--data", data, "--demo", "--contacts", 300, "--agents", 10, "--day", yesterday(),
        within=300)
    return Hotline(bench, options=["--demo"], config=config, data=data, environment=authority.environment)


def schedule(hotline, recipients, **changes):
    body = {"report": "day", "time": "08:00", "weekdays": [1, 2, 3, 4, 5, 6, 7], "recipients": recipients,
            "language": "en", "format": "xlsx", "isOn": True, **changes}
    return hotline.call("POST", "/report-schedules", body)


@test("G20 a report that is sent now and one whose time comes arrive by mail as a workbook with the figures of the day")
def reports(bench):
    authority = Authority(bench)
    mail = MailSink(bench, authority, user=USER, password=PASSWORD)
    hotline = rehearsed(bench, mail, authority)
    listed = hotline.get("/report-schedules")
    expect(listed["canSend"] and not listed["items"], f"before the first schedule: {listed}")

    # One that becomes due within two minutes; after midnight it is of another day, as `last` says.
    due = datetime.datetime.now(ZONE) + datetime.timedelta(seconds=75)
    timed = schedule(hotline, ["timed@example.com"], time=due.strftime("%H:%M"))
    expect("last" not in timed, f"a new schedule has been sent: {timed}")

    recipients = ["chef@example.com", "second@example.com"]
    kept = schedule(hotline, recipients, time="00:00")
    sent = hotline.call("POST", f"/report-schedules/{kept['id']}/send")
    expect(sent["last"]["state"] == "sent" and sent["last"]["day"] == yesterday(), f"it says {sent['last']}")
    message = mail.await_mail(recipients[0], SEEN)
    sender, receivers, is_secure, _ = mail.messages[0]
    expect((sender, receivers, is_secure) == (FROM, recipients, True), f"it came {mail.messages[0][:3]}")
    expect_report(hotline, message, recipients, sent["last"]["day"])

    page = schedule(hotline, ["page@example.com"], time="00:00", format="html", language="zh-CN")
    hotline.call("POST", f"/report-schedules/{page['id']}/send")
    message = mail.await_mail("page@example.com", SEEN)
    expect("运行日报" in message["subject"], f"the subject is {message['subject']}")
    html = message.get_body(("html",)).get_content()
    expect("<table>" in html and "人工呼入量" in html and not list(message.iter_attachments()), "it is no page")

    message = mail.await_mail("timed@example.com", 240)

    def last_of_timed():
        return next(one for one in hotline.get("/report-schedules")["items"] if one["id"] == timed["id"]).get("last")

    # What became of it is noted when the server has taken it.
    last = eventually(last_of_timed, SEEN, "what became of the report is noted")
    expect(last["state"] == "sent", f"it says {last}")
    expect_report(hotline, message, ["timed@example.com"], last["day"])
    # Those whose time had passed when they were made begin tomorrow, and none is sent twice.
    expect(len(mail.messages) == 3, f"{len(mail.messages)} messages came, not 3")


@test("G20 a report that the mail server does not take says why, and can be sent again")
def refused_report(bench):
    authority = Authority(bench)
    mail = MailSink(bench, authority, user=USER, password=PASSWORD, refuses="nobody@example.com")
    hotline = Hotline(bench, options=["--demo"], config=settings(mail), environment=authority.environment)
    kept = schedule(hotline, ["nobody@example.com"], time="00:00")
    sent = hotline.call("POST", f"/report-schedules/{kept['id']}/send")
    expect(sent["last"]["state"] == "failed" and sent["last"]["error"], f"it says {sent['last']}")
    expect(not mail.messages, "a message came all the same")
    mail.refuses = None
    sent = hotline.call("POST", f"/report-schedules/{kept['id']}/send")
    expect(sent["last"]["state"] == "sent" and "error" not in sent["last"], f"it says {sent['last']}")
    mail.await_mail("nobody@example.com", SEEN)


# Alarms

NUMBER, LATER = "+8613800000001", "+8613800000002"
TOKEN = "sleutel-van-de-poort"


def rule(name, steps):
    return {"name": name, "figure": "waiting", "queue": "sales", "comparison": "above", "threshold": 0, "forSeconds": 1,
            "severity": "critical", "isOn": True, "steps": steps}


def step(after, channel, *to):
    return {"afterSeconds": after, "channel": channel, "to": list(to)}


def alarm(hotline, name):
    return next((one for one in hotline.get("/alarms?state=all")["items"] if one["name"] == name), None)


def notices(hotline, name):
    return {(one["channel"], one["to"], one["state"]) for one in (alarm(hotline, name) or {"notices": []})["notices"]}


@test("G22 an alarm that a waiting call raises is told by mail and text message; acknowledged, it is told to nobody else")
def alarms(bench):
    authority = Authority(bench)
    mail = MailSink(bench, authority, implicit=False, user=USER, password=PASSWORD)
    texts = TextSink(bench, TOKEN)
    hotline = Hotline(
        bench, centres.quick(bench, [Ports.take()]), config=settings(mail, texts, TOKEN),
        environment=authority.environment)
    rules = hotline.get("/alarm-rules")
    expect(rules["canSend"] == {"email": True, "sms": True}, f"it can send {rules['canSend']}")
    first = [step(0, "screen"), step(0, "email", "ops@example.com"), step(1, "sms", NUMBER)]
    # The first two are acknowledged and left alone; their last steps come at the same time.
    hotline.call("PUT", "/alarm-rules", {"version": rules["version"], "items": [
        rule("Acknowledged", [*first, step(30, "sms", LATER), step(31, "email", "boss@example.com")]),
        rule("Alone", [step(30, "email", "alone@example.com"), step(32, "sms", "+8613800000003")])]})
    caller = sipp.caller(
        bench, hotline, [sipp.receive("100", 'optional="true"'), sipp.receive("180"), sipp.await_nudge(), sipp.cancel()],
        called="5187", patience=240)
    eventually(lambda: alarm(hotline, "Acknowledged"), SEEN, "the alarm is raised")
    message = mail.await_mail("ops@example.com", SEEN)
    expect(message["subject"] == "[critical] Acknowledged", f"the subject is {message['subject']}")
    expect("waiting 1" in message.get_body(("plain",)).get_content(), "the mail does not say what is the matter")
    eventually(lambda: texts.to(NUMBER), SEEN, "the text message has come")
    expect("Acknowledged (sales)" in texts.to(NUMBER)[0], f"the text message says {texts.to(NUMBER)[0]}")
    told = {("screen", "", "sent"), ("email", "ops@example.com", "sent"), ("sms", NUMBER, "sent")}
    eventually(lambda: notices(hotline, "Acknowledged") == told, SEEN, "the alarm says who was told")

    found = alarm(hotline, "Acknowledged")
    expect(time.time() - found["raisedAt"] / 1_000 < 28, "this machine was too slow to acknowledge in time")
    answer = hotline.call("POST", f"/alarms/{found['id']}/acknowledge", {"note": "We look"})
    expect(answer["state"] == "acknowledged" and answer["note"] == "We look", f"it says {answer}")
    # The rule that nobody acknowledges goes through its steps, later than the steps of the other would have come.
    mail.await_mail("alone@example.com", SEEN)
    eventually(lambda: texts.to("+8613800000003"), SEEN, "the other alarm is told")
    eventually(lambda: alarm(hotline, "Alone")["state"] == "raised" and len(notices(hotline, "Alone")) == 2, SEEN,
               "the other alarm says who was told")
    expect(not texts.to(LATER) and not mail.to("boss@example.com"), "somebody was told after it had been acknowledged")
    expect(notices(hotline, "Acknowledged") == told, f"told were {notices(hotline, 'Acknowledged')}")
    # It goes when its cause does.
    caller.nudge()
    caller.expect_ok()
    for name in ("Acknowledged", "Alone"):
        eventually(lambda name=name: alarm(hotline, name)["state"] == "cleared", SEEN, f"{name} is cleared")
    expect(len(mail.to("ops@example.com")) == 1 and len(texts.to(NUMBER)) == 1, "somebody was told twice")
