"""Orders given twice, too late, or without a session: one effect, no fault, and nothing that was typed is lost."""

from harness import centres, web
from harness.bench import eventually, expect
from harness.hotline import Hotline
from harness.registry import test
from harness.wire import EVENTS, Wire

# Milliseconds between the clicks of a slow double click, below the 500 of most systems.
SLOW = 250


def double_click(page, selector, slow=False):
    """Two clicks at one place, as a hand makes them: the second goes to whatever is there by then."""
    target = page.locator(selector)
    target.wait_for()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    for count in (1, 2):
        page.mouse.down(click_count=count)
        page.mouse.up(click_count=count)
        if slow and count == 1:
            page.wait_for_timeout(SLOW)


def expect_orders(orders, *wanted):
    """Fails unless exactly these were given since the last look. Forms save themselves and are no orders."""
    given = [order for order in orders if not order.endswith("/form") and not order.endswith("/leg")]
    orders.clear()
    expect(given == list(wanted), f"the orders were {given}, not {list(wanted)}")


@test("G24 a double click gives an order once: signing in, ready, answer, hang up, ticket, break")
def double_clicks(bench):
    hotline = Hotline(bench, centres.demo(bench))
    hotline.await_prompts()
    with web.pages.chromium() as chromium:
        page = web.pages.open_page(chromium)
        orders = web.watch_orders(page)
        page.goto(hotline.http + "/")
        page.fill("[name=user]", "5019")
        page.fill("[name=password]", "hotline-5019")
        double_click(page, "button[type=submit]")
        page.wait_for_selector("body[data-ready=signed-in]")
        expect_orders(orders, "POST /session")
        web.watch_words(page)
        web.pages.visit(page, "desk")
        page.wait_for_selector(".seats label.is-on")
        double_click(page, ".start .button.primary")
        web.pages.wait_for_leg(page)
        page.wait_for_selector(".breath.ready")
        expect_orders(orders, "POST /agents/5019/sign-in", "PUT /agents/5019/presence")
        desk = web.Desk(page, web.Customer(bench, hotline))
        for slow in (False, True):
            desk.ring()
            double_click(page, ".call-actions .answer", slow)
            desk.until("talking")
            page.wait_for_timeout(700)
            expect_orders(orders, "POST /agents/5019/answer")
            page.keyboard.press("Alt+g")
            double_click(page, ".ticket-box [type=submit]", slow)
            page.wait_for_selector(".form-card footer a[href*=tickets]")
            page.wait_for_timeout(700)
            expect_orders(orders, "POST /tickets")
            double_click(page, ".call-actions .danger", slow)
            desk.until("wrapUp")
            page.wait_for_timeout(700)
            expect_orders(orders, "POST /agents/5019/hang-up")
            double_click(page, ".call-actions .primary", slow)
            desk.until("idle")
            page.wait_for_timeout(700)
            expect_orders(orders, "POST /agents/5019/wrap-up/end")
            for choice, shown in (("小休", ".breath:not(.ready)"), ("示闲", ".breath.ready")):
                page.keyboard.press("Alt+p")
                double_click(page, f".presence .menu button:has-text('{choice}')", slow)
                page.wait_for_selector(shown)
                page.wait_for_timeout(700)
                expect_orders(orders, "PUT /agents/5019/presence")
        expect(not web.complaints(page), f"it complained: {web.complaints(page)}")
        expect(len(hotline.get("/tickets")["items"]) == 2, "there are other than two tickets")
        expect(not page.faults, f"the page complains: {page.faults}")


@test("G24 two tabs answer the same call at once: one conversation, and neither complains")
def two_tabs(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        other = web.pages.watched(desk.page.context.new_page())
        other.goto(desk.page.url)
        other.wait_for_selector("dialog[open]")
        other.click("dialog[open] .ends .button:not(.primary)")
        for page in (desk.page, other):
            web.watch_words(page)
        desk.ring()
        other.wait_for_selector(".call-card.ringing")
        # Both at once: neither waits for what the other has brought about.
        click = "setTimeout(() => document.querySelector('.call-actions .answer').click(), {} - Date.now())"
        moment = desk.page.evaluate("Date.now() + 700")
        for page in (desk.page, other):
            page.evaluate(click.format(moment))
        for page in (desk.page, other):
            page.wait_for_selector(".call-card.talking")
            page.wait_for_timeout(1_000)
            expect(not web.complaints(page), f"a tab complained: {web.complaints(page)}")
        web.talks(desk.page)
        call = hotline.interaction()["id"]
        expect(len(hotline.facts(call, "call.connected")) == 1, "the call was taken twice")
        desk.customer.end()
        for page in (desk.page, other):
            page.wait_for_selector(".call-card.wrapUp")


@test("G24 who answers after the ring went on to another agent is told calmly, and the other has the call")
def too_late(bench):
    hotline = Hotline(bench, centres.demo(bench))
    wire = Wire(bench, hotline)
    with web.pages.chromium() as chromium:
        first = web.agent_desk(bench, chromium, hotline, base=wire.http)
        second = web.agent_desk(bench, chromium, hotline, number="5013", seat="02")
        web.watch_words(first.page)
        first.ring()
        # From now on the first desk hears nothing, and is on the way back just as the call rings elsewhere.
        wire.cut(EVENTS)
        first.page.evaluate("""() => {
            const real = window.fetch;
            window.fetch = (path, ...rest) => String(path).endsWith('/desk') && !window.sees ? new Promise(() => {}) : real(path, ...rest);
        }""")
        second.page.wait_for_selector(".call-card.ringing", timeout=60_000)
        second.press("Alt+a")
        second.until("talking")
        expect(first.page.locator(".call-card.ringing").count() == 1, "the first desk knew of it")
        first.page.evaluate("window.sees = true")
        first.press("Alt+a")
        eventually(lambda: web.words(first.page), 15, "the first agent is told")
        expect(not web.complaints(first.page), f"it complained: {web.complaints(first.page)}")
        first.page.wait_for_selector(".call-card.idle")
        web.talks(second.page, "the second agent")
        call = hotline.interaction()["id"]
        expect(len(hotline.facts(call, "call.connected")) == 1, "the call was taken twice")
        wire.mend()
        first.customer.end()
        second.until("wrapUp")


def end_session(page):
    """As somebody else would: the page is not asked, its session is gone."""
    status = page.evaluate("""async () => {
        const { csrf } = await (await fetch('/api/v1/session')).json();
        return (await fetch('/api/v1/session', { method: 'DELETE', headers: { 'X-CSRF-Token': csrf } })).status;
    }""")
    expect(status == 204, f"the session was not ended: {status}")


def sign_in_again(page, password):
    page.wait_for_selector("dialog[open] [name=password]")
    page.fill("dialog[open] [name=password]", password)
    page.click("dialog[open] [type=submit]")
    page.wait_for_selector("dialog[open]", state="detached")


def talking_desk(bench, chromium, hotline):
    """An agent's desk in a call, whose words are watched."""
    desk = web.agent_desk(bench, chromium, hotline)
    web.watch_words(desk.page)
    desk.ring()
    desk.press("Alt+a")
    desk.until("talking")
    return desk


@test("G24 a session that ends with half a form: signing in again in place loses nothing, neither notes nor ticket")
def expired(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = talking_desk(bench, chromium, hotline)
        page = desk.page
        page.evaluate("window.isSamePage = true")
        call = hotline.interaction()["id"]
        page.keyboard.press("Alt+n")
        page.keyboard.type("第一句，已保存。")
        page.wait_for_selector(".save-state.saved")
        page.keyboard.press("Alt+g")
        page.wait_for_selector(".ticket-box")
        page.fill(".ticket-box input:not([type=checkbox])", "打印机卡纸")
        page.fill(".ticket-box textarea", "三楼东侧，已两次。")
        page.focus(".form-card .notes textarea")
        page.keyboard.press("End")
        page.keyboard.type("第二句，会话已结束。")
        end_session(page)
        sign_in_again(page, "hotline-5019")
        page.wait_for_selector(".call-card.talking")
        notes = page.locator(".form-card .notes textarea").input_value()
        expect(notes == "第一句，已保存。第二句，会话已结束。", f"the notes are {notes}")
        expect(page.locator(".ticket-box input:not([type=checkbox])").input_value() == "打印机卡纸", "the ticket's title is gone")
        web.talks(page)
        eventually(lambda: hotline.get(f"/interactions/{call}/form")["notes"] == notes, 20, "the notes are saved")
        # Without a word from the stream: the order itself finds the session gone, and is carried out after it.
        page.context.clear_cookies()
        page.click(".ticket-box [type=submit]")
        sign_in_again(page, "hotline-5019")
        page.wait_for_selector(".form-card footer a[href*=tickets]")
        made = hotline.get("/tickets")["items"]
        expect([one["title"] for one in made] == ["打印机卡纸"], f"the tickets are {made}")
        desk.customer.end()
        desk.until("wrapUp")
        page.evaluate("location.hash = '#/tickets/new'")
        page.fill("form.columns input", "会议室投影仪")
        page.fill("form.columns textarea", "不亮。")
        end_session(page)
        sign_in_again(page, "hotline-5019")
        expect(page.locator("form.columns input").first.input_value() == "会议室投影仪", "the title is gone")
        expect(page.locator("form.columns textarea").input_value() == "不亮。", "the text is gone")
        page.click("form.columns [type=submit]")
        eventually(lambda: len(hotline.get("/tickets")["items"]) == 2, 15, "the second ticket is made")
        expect(page.evaluate("window.isSamePage"), "the page was loaded anew")
        expect(not web.complaints(page), f"it complained: {web.complaints(page)}")


def write_notes(page, text):
    """Also behind a dialog, as a form that saves itself does not ask what lies over it."""
    page.evaluate("""(text) => {
        const field = document.querySelector('.form-card .notes textarea');
        field.value = text;
        field.dispatchEvent(new Event('input', { bubbles: true }));
    }""", text)


@test("G24 what is sent between two sessions is sent again: with the next cookie and the former proof, or answered late")
def between_sessions(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = talking_desk(bench, chromium, hotline)
        page = desk.page
        form = f"/interactions/{hotline.interaction()['id']}/form"
        statuses, held = [], []
        page.on("response", lambda one: statuses.append(one.status) if one.url.endswith("/form") and one.request.method == "PUT" else None)
        is_held = {"/session": True, "/form": False}

        def hold(path, method):
            def handle(route):
                if route.request.method != method or not is_held[path]:
                    return route.fallback()
                is_held[path] = False
                held.append((route, route.fetch()))

            page.route(f"**{path}", handle)

        def go_on():
            eventually(lambda: page.wait_for_timeout(50) or held, 20, "a request is held")
            route, answer = held.pop()
            route.fulfill(response=answer)

        hold("/session", "POST")
        hold("/form", "PUT")
        # The next cookie is set, and its answer with the next proof is still on the way.
        end_session(page)
        page.wait_for_selector("dialog[open] [name=password]")
        page.fill("dialog[open] [name=password]", "hotline-5019")
        page.click("dialog[open] [type=submit]")
        eventually(lambda: page.wait_for_timeout(50) or held, 20, "the answer to signing in is held")
        write_notes(page, "两次会话之间。")
        eventually(lambda: page.wait_for_timeout(50) or 403 in statuses, 20, "the form was sent with the former proof")
        go_on()
        page.wait_for_selector(".save-state.saved")
        expect(hotline.get(form)["notes"] == "两次会话之间。", "what was sent between two sessions is lost")
        page.wait_for_selector("dialog[open]", state="detached")
        # The former session's refusal arrives when the next one has begun.
        is_held["/form"] = True
        end_session(page)
        page.wait_for_selector("dialog[open] [name=password]")
        write_notes(page, "两次会话之间。答复迟到。")
        eventually(lambda: page.wait_for_timeout(50) or held, 20, "the refusal is held")
        sign_in_again(page, "hotline-5019")
        go_on()
        page.wait_for_selector(".save-state.saved")
        expect(hotline.get(form)["notes"] == "两次会话之间。答复迟到。", "what was refused late is lost")
        expect(page.locator("dialog[open]").count() == 0, "it asks for the password again")
        expect(not web.complaints(page), f"it complained: {web.complaints(page)}")
        desk.customer.end()
        desk.until("wrapUp")


@test("G24 what one person sent is not sent again as another who has signed in beside in the same browser")
def another_person(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        page = web.pages.open_page(chromium)
        page.on("dialog", lambda dialog: dialog.accept())
        web.pages.sign_in(page, hotline.http, "5019", "hotline-5019")
        page.evaluate("location.hash = '#/tickets/new'")
        page.fill("form.columns input", "会议室投影仪")
        page.fill("form.columns textarea", "不亮。")
        orders = []
        page.on("response", lambda one: orders.append((one.request.method, one.status)) if one.url.endswith("/tickets") else None)
        # As from another tab: the cookie is the other person's from now on, and this page does not know it yet.
        with page.expect_event("load"):
            page.evaluate("""() => void (async () => {
                const body = JSON.stringify({ user: '5013', password: 'hotline-5013' });
                await fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
                document.querySelector('form.columns [type=submit]').click();
            })()""")
        page.wait_for_selector("body[data-ready=signed-in]")
        expect(all(status == 403 for _, status in orders), f"the ticket was taken: {orders}")
        expect(hotline.get("/tickets")["items"] == [], "a ticket was made as another person")
        number = page.evaluate("async () => (await (await fetch('/api/v1/session')).json()).person.number")
        expect(number == "5013", f"{number} is signed in")


def refuse_once(refused, refuse):
    """A handler that refuses the first request, which is noted, and lets the others through."""

    def handle(route):
        if refused:
            return route.fallback()
        refused.append(route.request.url)
        return refuse(route)

    return handle


@test("G24 a page of which a part did not arrive, or whose server does not answer yet, comes by itself")
def parts_missing(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        for part, refuse in (
            ("**/src/shell.js", lambda route: route.abort()),
            ("**/locales/zh-CN.json", lambda route: route.fulfill(status=503, json={"code": "unavailable"})),
            ("**/api/v1/session", lambda route: route.abort()),
        ):
            page = web.pages.open_page(chromium)
            refused = []
            page.route(part, refuse_once(refused, refuse))
            page.goto(hotline.http + "/")
            page.wait_for_selector("[name=user]")
            expect(refused, f"{part} was not asked for")
            page.context.close()
