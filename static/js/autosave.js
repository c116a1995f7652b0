// A form with data-autosave is saved as it is written: each thing by itself, with the stamp of what it was before.
// What could not be sent stays in the page and is sent again, the same bytes, until the server has said what became of
// them; only then what was written since. See reviews/views/autosave.py for the answers.

const PAUSE = 800; // milliseconds without a key before what is typed is sent
const LONGEST = 5000; // milliseconds after which it is sent without a pause
const PATIENCE = 20_000; // milliseconds to wait for an answer
const RETRY = [1000, 2000, 4000, 8000, 15_000];
const TRIES = 4; // answers that the server failed over the same, after which only the person tries again
const TAKEN_ALONG = 60_000; // bytes that a browser sends though the page is left
const TROUBLES = ["person", "logged-out", "failed", "offline", "refused", "said", "choose", "wrong"]; // the worst first

const forms = new Map();
let queue = Promise.resolve();

class AutosavedForm {
    constructor(form) {
        this.form = form;
        this.units = JSON.parse(form.dataset.units);
        this.seen = JSON.parse(form.elements.seen.value);
        this.saved = this.held(); // what is held, by name, as it stands in the page; null: not what stands there
        this.wrong = new Map(); // by name: the value that was not taken, and why
        this.clashes = new Map(); // by name: what is held now
        this.allowed = new Set(); // names of texts that the person has been asked about, and keeps
        this.pending = null; // what was sent and not answered
        this.network = ""; // why there was no answer
        this.failures = 0;
        this.broken = 0; // how often the server has failed over what is pending
        this.timer = 0;
        this.since = 0; // when the first of what waits was typed
        for (const name of "new" in form.dataset ? this.saved.keys() : JSON.parse(form.dataset.unsaved)) {
            this.saved.set(name, null);
        }
        for (const clash of form.querySelectorAll("input[name=clash]")) {
            // The page came with something to choose. A stamp of nothing that is held brings the choice back.
            this.seen[clash.value] = "";
            clash.remove();
        }
        form.querySelectorAll(".clash").forEach((box) => box.remove());
        form.addEventListener("input", () => this.later(PAUSE));
        form.addEventListener("change", () => this.later(0));
        form.addEventListener("click", (event) => this.onChoice(event));
    }

    // What stands in the fields, by name.
    values() {
        const data = new FormData(this.form);
        return new Map(Object.entries(this.units).map(([name, fields]) => [name, JSON.stringify(fields.map((field) => data.getAll(field)))]));
    }

    // What stood in the fields when the page came: something may have been typed before this script was there.
    held() {
        return new Map(
            Object.entries(this.units).map(([name, fields]) => [
                name,
                JSON.stringify(fields.map((field) => [...this.form.querySelectorAll(`[name="${CSS.escape(field)}"]`)].flatMap(asItCame))),
            ]),
        );
    }

    // A new form is not saved before there is a text in it, and then all of it.
    get isEmptyNew() {
        return "new" in this.form.dataset && ![...this.form.querySelectorAll("textarea[required]")].every((each) => each.value.trim());
    }

    unsaved() {
        return this.isEmptyNew ? [] : [...this.values()].filter(([name, value]) => value !== this.saved.get(name));
    }

    // The names that may be sent now: not what waits for the person to put it right or to choose. A new form begins with
    // its text.
    ready() {
        const isText = (name) => this.units[name].some((field) => this.form.querySelector(`textarea[required][name="${CSS.escape(field)}"]`));
        if ("new" in this.form.dataset && [...this.wrong].some(([name, { value }]) => isText(name) && value === this.values().get(name))) {
            return [];
        }
        return this.unsaved()
            .filter(([name, value]) => !this.clashes.has(name) && this.wrong.get(name)?.value !== value)
            .map(([name]) => name);
    }

    get isSafe() {
        return this.pending === null && this.unsaved().length === 0;
    }

    get trouble() {
        const found = [this.network, this.clashes.size > 0 ? "choose" : "", ...[...this.wrong.values()].map((each) => each.why)];
        return TROUBLES.find((why) => found.includes(why)) ?? "";
    }

    later(pause) {
        const now = this.values();
        for (const name of this.wrong.keys()) {
            if (now.get(name) === this.saved.get(name)) {
                this.putRight(name);
            }
        }
        this.since ||= Date.now();
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(pause, this.since + LONGEST - Date.now())));
        show();
    }

    // Send all that is ready, one request at a time; resolves when there is nothing more to send now.
    async send() {
        if (!this.sending) {
            // One form after the other: what was written first is saved first.
            this.sending = queue.then(() => this.work()).finally(() => {
                this.sending = null;
                show();
            });
            queue = this.sending.catch(() => {});
        }
        return this.sending;
    }

    async work() {
        if (this.network === "failed") {
            return;
        }
        do {
            this.pending ??= this.packed(this.ready());
        } while (this.pending !== null && (await this.post(this.pending)));
    }

    packed(names) {
        this.since = 0;
        if (names.length === 0) {
            return null;
        }
        const now = this.values();
        const data = new FormData(this.form);
        const body = new URLSearchParams();
        for (const name of names) {
            body.append("only", name);
            if (this.allowed.has(name)) {
                body.append("allow", name);
            }
            for (const field of this.units[name]) {
                data.getAll(field).forEach((value) => body.append(field, value));
            }
        }
        for (const field of this.form.querySelectorAll("[data-autosave-with]")) {
            body.append(field.name, field.value);
        }
        body.append("seen", JSON.stringify(Object.fromEntries(names.map((name) => [name, this.seen[name]]))));
        return { body, values: new Map(names.map((name) => [name, now.get(name)])) };
    }

    // Send what is packed; return whether the server has said what became of it.
    async post(pending) {
        const { status, answer } = await this.ask(pending.body);
        if (status === 401) {
            return this.again("logged-out");
        }
        if (status === 403 && answer?.person) {
            return this.again("person");
        }
        if (status === 500) {
            return this.failed();
        }
        const isCutOff = [200, 409, 422].includes(status) && answer === null;
        if (isCutOff || status === 0 || status >= 500 || [408, 425, 429].includes(status)) {
            return this.again("offline");
        }
        this.pending = null;
        this.failures = this.broken = 0;
        this.network = "";
        if (status === 200) {
            this.onSaved(pending, answer);
            return true;
        }
        const said = answer?.clashes ?? answer?.errors ?? {};
        if (!("" in said) && ![...pending.values.keys()].some((name) => name in said)) {
            // Nothing of this is taken: it is not sent again before something else is written.
            pending.values.forEach((value, name) => this.wrong.set(name, { value, why: "refused" }));
        } else if (status === 409) {
            this.onClash(said);
        } else {
            this.onWrong(pending, said);
        }
        return true;
    }

    // Return the status of the answer, 0 for none, and what is said in it, null where that is nothing of ours.
    async ask(body) {
        try {
            const response = await fetch(this.form.action, {
                method: "POST",
                body,
                headers: { Autosave: "1", "Autosave-As": this.form.dataset.person, "X-CSRFToken": token() },
                credentials: "same-origin",
                redirect: "manual",
                keepalive: this.failures === 0 && body.toString().length < TAKEN_ALONG,
                signal: AbortSignal.timeout(PATIENCE),
            });
            if (response.type === "opaqueredirect") {
                return { status: 401, answer: null }; // to some log-in
            }
            const isOurs = response.headers.get("Content-Type")?.startsWith("application/json");
            return { status: response.status, answer: isOurs ? await response.json() : null };
        } catch {
            return { status: 0, answer: null };
        }
    }

    again(why) {
        this.network = why;
        clearTimeout(this.timer);
        this.timer = setTimeout(wake, RETRY[Math.min(this.failures, RETRY.length - 1)]);
        this.failures += 1;
        return false;
    }

    // What the server fails over time and again, it fails over the next time too.
    failed() {
        this.broken += 1;
        if (this.broken < TRIES) {
            return this.again("offline");
        }
        this.network = "failed";
        clearTimeout(this.timer);
        return false;
    }

    // The person asks for it: what the server failed over is sent once more.
    async tryAgain() {
        if (this.network === "failed") {
            this.network = "";
            this.broken = this.failures = 0;
        }
        await this.send();
    }

    onSaved(pending, answer) {
        Object.assign(this.seen, answer.stamps);
        for (const [name, value] of pending.values) {
            this.saved.set(name, value);
            this.allowed.delete(name);
            this.putRight(name);
        }
        // What was refused for another reason than what it is, may be taken now.
        for (const [name, { why }] of this.wrong) {
            if (why !== "wrong") {
                this.wrong.delete(name);
            }
        }
        this.form.elements.seen.value = JSON.stringify(this.seen);
        delete this.form.dataset.new;
        lastSaved = answer.time;
        for (const [id, html] of Object.entries(answer.parts)) {
            bring(id, html);
        }
        this.form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true }));
    }

    onClash(clashes) {
        for (const [name, clash] of Object.entries(clashes)) {
            this.clashes.set(name, clash);
            this.boxOf(name)?.remove();
            this.wrapper(clash.field).insertAdjacentHTML("beforeend", clash.html);
            this.boxOf(name).querySelector("[data-both]").hidden = !this.text(clash);
            reveal(this.boxOf(name));
        }
    }

    onWrong(pending, errors) {
        for (const [name, found] of Object.entries(errors)) {
            if (name === "") {
                const said = found.map((error) => error.text).join(" ");
                pending.values.forEach((value, each) => this.wrong.set(each, { value, why: "said", said }));
            } else {
                this.wrong.set(name, { value: pending.values.get(name), why: "wrong" });
                this.tell(name, found);
            }
        }
    }

    putRight(name) {
        this.wrong.delete(name);
        this.tell(name, []);
    }

    // The person asks for it: what was not taken is tried once more.
    async insist() {
        this.wrong.clear();
        await this.tryAgain();
    }

    wrapper(field) {
        const [control] = this.controls(field);
        return control?.closest("[id^=div_]") ?? control?.closest("fieldset, .ds-field") ?? this.form;
    }

    boxOf(name) {
        return this.form.querySelector(`.clash:has(button[name=take][value="${CSS.escape(name)}"])`);
    }

    // Say beside a field what is wrong with it, all of it in one place; nothing, where it was put right.
    tell(name, found) {
        (this.units[name] ?? []).forEach((field) => this.takeBack(field));
        for (const error of found) {
            const said = document.getElementById("said-wrong").content.firstElementChild.cloneNode(true);
            const [control] = this.controls(error.field);
            said.querySelector("[data-words]").textContent = error.text;
            if (error.place && control) {
                const find = said.querySelector("[data-show-where]");
                Object.assign(find.dataset, { showWhere: control.id, start: error.place[0], end: error.place[1] });
                find.hidden = false;
            }
            if (error.code === "contact") {
                const allow = said.querySelector("[data-allow]");
                allow.hidden = false;
                allow.addEventListener("click", () => this.allow(name));
            }
            this.putBeside(error.field, said);
        }
    }

    // The first that is said of a field stands where the server puts it too; what more there is to say follows in it.
    putBeside(field, said) {
        const id = this.errorId(field);
        const before = this.form.querySelector(`#${CSS.escape(id)}`);
        if (before) {
            before.append(...said.childNodes);
        } else {
            said.id = id;
            this.wrapper(field).append(said);
            this.controls(field).forEach((each) => each.setAttribute("aria-invalid", "true"));
            const named = this.describedBy(field);
            named?.setAttribute("aria-describedby", [...words(named, "aria-describedby"), id].join(" "));
        }
        reveal(before ?? said);
    }

    takeBack(field) {
        const id = this.errorId(field);
        this.form.querySelector(`#${CSS.escape(id)}`)?.remove();
        for (const control of this.controls(field)) {
            control.removeAttribute("aria-invalid");
        }
        const named = this.describedBy(field);
        const left = named ? words(named, "aria-describedby").filter((each) => each !== id) : [];
        if (left.length > 0) {
            named.setAttribute("aria-describedby", left.join(" "));
        } else {
            named?.removeAttribute("aria-describedby");
        }
    }

    controls(field) {
        return [...this.form.querySelectorAll(`[name="${CSS.escape(field)}"]`)];
    }

    // What carries the description of a field: its control, or what holds them where there are several to choose from.
    describedBy(field) {
        const [control, ...others] = this.controls(field);
        return others.length > 0 ? this.wrapper(field) : control;
    }

    // The id that the server gives what is wrong with a field.
    errorId(field) {
        const wrapper = this.wrapper(field);
        const base = wrapper.id.startsWith("div_") ? wrapper.id.slice(4) : this.controls(field)[0]?.id || wrapper.id || field;
        return `${base}_error`;
    }

    // The person has been asked about a phone number or an address in a text, and keeps it.
    allow(name) {
        this.allowed.add(name);
        this.putRight(name);
        this.later(0);
    }

    // Where both have changed the same, each can be chosen; nothing of it is sent before.
    onChoice(event) {
        const button = event.target.closest(".clash button");
        if (!button) {
            return;
        }
        event.preventDefault();
        const box = button.closest(".clash");
        const name = box.querySelector("button[name=take]").value;
        const clash = this.clashes.get(name);
        this.seen[name] = clash.stamp;
        this.form.elements.seen.value = JSON.stringify(this.seen);
        if (button.name === "take") {
            this.put(clash.held);
        } else if ("both" in button.dataset) {
            const text = this.text(clash);
            text.value = `${text.value.trimEnd()}\n\n${clash.held[text.name][0]}`;
        }
        this.saved.set(name, button.name === "take" ? this.values().get(name) : null);
        this.clashes.delete(name);
        box.remove();
        this.form.querySelector(`[name="${CSS.escape(clash.field)}"]`)?.focus();
        this.later(0);
    }

    // The text that is written in two places, where it is one.
    text(clash) {
        const field = this.form.querySelector(`textarea[name="${CSS.escape(clash.field)}"]`);
        return field && clash.held[clash.field]?.[0] ? field : null;
    }

    put(held) {
        for (const [field, values] of Object.entries(held)) {
            for (const control of this.form.querySelectorAll(`[name="${CSS.escape(field)}"]`)) {
                if (control.matches("[type=checkbox], [type=radio]")) {
                    control.checked = values.includes(control.value);
                } else {
                    control.value = values[0] ?? "";
                }
            }
        }
    }
}

// The values that a field would have sent as the page came.
function asItCame(field) {
    if (field.matches("select")) {
        const chosen = [...field.options].filter((option) => option.defaultSelected);
        return (chosen.length || field.multiple ? chosen : [...field.options].slice(0, 1)).map((option) => option.value);
    }
    if (field.matches("[type=checkbox], [type=radio]")) {
        return field.defaultChecked ? [field.value] : [];
    }
    return [field.defaultValue];
}

function words(element, attribute) {
    return element.getAttribute(attribute)?.split(" ").filter(Boolean) ?? [];
}

// The newest: it is another one after each log-in.
function token() {
    return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

function reveal(element) {
    for (let each = element.closest("details"); each; each = each.parentElement.closest("details")) {
        each.open = true;
    }
}

// A press is what saves the field that one leaves by it. What the answer brings waits until it is let go, so that what is
// pressed does not move away below the finger; it is there before what the press is for is done.
let isPressed = false;
let isToldLater = false; // whether there is or was a trouble to tell of
const brought = new Map(); // HTML by the id of its part

function bring(id, html) {
    if (isPressed) {
        brought.set(id, html);
    } else {
        replace(id, html);
    }
}

// What was pressed itself stays until its press is through: a button that is gone sends nothing.
function letGo(pressed = null) {
    isPressed = false;
    for (const [id, html] of [...brought]) {
        if (!document.getElementById(id)?.contains(pressed)) {
            brought.delete(id);
            replace(id, html);
        }
    }
    if (isToldLater) {
        show();
    }
}

// Put a part of the page in place of the old one; what is in focus there stays in focus.
function replace(id, html) {
    const old = document.getElementById(id);
    // What the person has just asked of a part brings a newer one.
    if (!old || old.querySelector(".htmx-request")) {
        return;
    }
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(template.content);
    window.htmx.process(document.getElementById(id));
    if (focused?.id) {
        document.getElementById(focused.id)?.focus();
    } else if (focused?.hasAttribute("href")) {
        document.querySelector(`#${id} [href="${CSS.escape(focused.getAttribute("href"))}"]`)?.focus();
    }
}

let lastSaved = "";

// Tell how it stands with all that is written on the page.
function show() {
    const unsafe = [...forms.values()].filter((each) => !each.isSafe);
    const trouble = TROUBLES.find((why) => unsafe.some((each) => each.trouble === why)) ?? "";
    const state = trouble ? "unsaved" : unsafe.length > 0 ? "saving" : lastSaved ? "saved" : "ready";
    for (const region of document.querySelectorAll("[data-save-state]")) {
        region.dataset.state = state;
        showOnly(region, "when", state);
        region.querySelectorAll("[data-time]").forEach((each) => put(each, lastSaved));
    }
    // What was saved before a trouble is not told of beside it.
    if (state === "unsaved" && !isPressed) {
        document.querySelectorAll("#messages [data-color=success]").forEach((each) => each.remove());
    }
    for (const region of document.querySelectorAll("[data-save-trouble]")) {
        const said = unsafe.flatMap((each) => [...each.wrong.values()]).find((each) => each.said)?.said ?? "";
        region.querySelectorAll("[data-said]").forEach((each) => put(each, said));
        showOnly(region, "why", trouble);
        // It takes room, and would move what is below it.
        if (!isPressed) {
            region.hidden = trouble === "";
        }
    }
    isToldLater = isPressed;
    // Said aloud is only what was in doubt: the first that is saved, and what is saved after a trouble.
    for (const region of document.querySelectorAll("[data-save-said]")) {
        if (state === "unsaved") {
            put(region, "");
        } else if (state === "saved" && region.textContent === "") {
            put(region, document.querySelector("[data-save-state] [data-when=saved]").textContent.trim());
        }
    }
}

function showOnly(region, key, value) {
    for (const each of region.querySelectorAll(`[data-${key}]`)) {
        each.hidden = each.dataset[key] !== value;
    }
}

function put(element, text) {
    if (element.textContent !== text) {
        element.textContent = text;
    }
}

function isSafe() {
    return [...forms.values()].every((each) => each.isSafe);
}

// Lead to what must be put right or chosen; where it is neither, to what is said of it.
function leadToTrouble() {
    const found = document.querySelector("form[data-autosave] :is(.clash button, [aria-invalid=true])");
    (found ?? document.querySelector("[data-save-trouble]:not([hidden])"))?.focus();
}

function adopt(root) {
    for (const form of root.querySelectorAll("form[data-autosave]")) {
        // A page that has lost its stamps says so, and is saved by its button.
        if (!forms.has(form) && form.elements.seen.value.startsWith("{")) {
            forms.set(form, new AutosavedForm(form));
            form.dataset.adopted = "";
            if (forms.get(form).ready().length > 0) {
                forms.get(form).send();
            }
        }
    }
    show();
}

function wake() {
    for (const [form, each] of forms) {
        if (each.pending !== null || each.ready().length > 0) {
            each.send();
        } else if (!form.isConnected) {
            forms.delete(form);
        }
    }
}

// A link that is followed while something is being saved waits for it; where it cannot be saved, the browser asks.
document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const opensHere = link && !link.target && !link.hasAttribute("download") && link.origin === location.origin;
    if (!opensHere || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || isSafe()) {
        return;
    }
    if (link.pathname === location.pathname && link.search === location.search && link.hash) {
        return;
    }
    event.preventDefault();
    await Promise.all([...forms.values()].map((each) => each.send()));
    location.assign(link.href);
});

// What is sent with a page that gets no answer is lost, so a page is only sent when all that is written on it is saved.
document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") {
        return;
    }
    const given = form.querySelector("input[name=csrfmiddlewaretoken]");
    if (given && token()) {
        given.value = token();
    }
    if (isSafe()) {
        return;
    }
    event.preventDefault();
    await Promise.all([...forms.values()].map((each) => each.insist()));
    await new Promise((resolve) => setTimeout(resolve)); // within the event of its own sending a browser sends nothing
    if (event.submitter?.matches("[data-discards]") && forms.get(form)?.pending === null) {
        forms.delete(form); // what is deleted needs no saving
    }
    if (isSafe()) {
        form.requestSubmit(event.submitter);
    } else {
        leadToTrouble();
    }
});

document.addEventListener("click", (event) => {
    if (event.target.closest("[data-lead-to-trouble]")) {
        leadToTrouble();
    }
});
document.addEventListener("click", (event) => {
    if (event.target.closest("[data-try-again]")) {
        forms.forEach((each) => each.tryAgain());
        show();
    }
});
window.addEventListener("beforeunload", (event) => {
    if (!isSafe()) {
        event.preventDefault();
    }
});
window.addEventListener("pointerdown", (event) => (isPressed = event.isPrimary && event.button === 0), { capture: true });
window.addEventListener("click", (event) => letGo(event.target), { capture: true });
// A press that was no click, or has been one by then; and one whose end nobody told of.
for (const end of ["pointerup", "pointercancel", "blur", "keydown"]) {
    window.addEventListener(end, () => setTimeout(letGo));
}
window.addEventListener("online", wake);
window.addEventListener("focus", wake);
window.addEventListener("pageshow", wake);
document.addEventListener("visibilitychange", wake);
document.addEventListener("htmx:load", (event) => adopt(event.target));
document.addEventListener("autosave:adopt", (event) => adopt(event.target));
adopt(document);
