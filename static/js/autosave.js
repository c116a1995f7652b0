// A form with data-autosave is saved as it is written: each thing by itself, with the stamp of what it was before.
// What could not be sent stays in the page and is sent again, the same bytes, until the server has said what became of
// them; only then what was written since. See reviews/views/autosave.py for the answers.

const PAUSE = 800; // milliseconds without a key before what is typed is sent
const PATIENCE = 20_000; // milliseconds to wait for an answer
const RETRY = [1000, 2000, 4000, 8000, 15_000];

const forms = new Map();

class AutosavedForm {
    constructor(form) {
        this.form = form;
        this.units = JSON.parse(form.dataset.units);
        this.seen = JSON.parse(form.elements.seen.value);
        this.saved = new Map();
        this.wrong = new Map(); // by name: the value that was refused
        this.clashes = new Map(); // by name: what is held now
        this.pending = null; // what was sent and not answered
        this.network = ""; // why there was no answer
        this.refusal = null; // why nothing of what was sent is taken
        this.failures = 0;
        this.timer = 0;
        const unsaved = "unsaved" in form.dataset;
        for (const name of Object.keys(this.units)) {
            this.saved.set(name, unsaved && !this.isEmptyNew() ? null : this.value(name));
        }
        for (const clash of form.querySelectorAll("input[name=clash]")) {
            this.clashes.set(clash.value, null);
        }
        for (const name of Object.keys(this.units)) {
            if (this.fields(name).some((field) => field.getAttribute("aria-invalid") === "true")) {
                this.wrong.set(name, this.value(name));
            }
        }
        form.addEventListener("input", () => this.later());
        form.addEventListener("change", () => this.soon());
        form.addEventListener("click", (event) => this.onChoice(event));
        if (unsaved) {
            this.soon();
        }
    }

    // A new form is not saved before there is a text in it.
    isEmptyNew() {
        return "new" in this.form.dataset && ![...this.form.querySelectorAll("textarea[required]")].every((each) => each.value.trim());
    }

    fields(name) {
        return this.units[name].flatMap((field) => [...this.form.querySelectorAll(`[name="${CSS.escape(field)}"]`)]);
    }

    entries(name) {
        return this.fields(name)
            .filter((field) => !field.matches("[type=checkbox], [type=radio]") || field.checked)
            .flatMap((field) =>
                field.matches("select[multiple]")
                    ? [...field.selectedOptions].map((option) => [field.name, option.value])
                    : [[field.name, field.value]],
            );
    }

    value(name) {
        return JSON.stringify(this.entries(name));
    }

    isDirty(name) {
        return this.value(name) !== this.saved.get(name);
    }

    unsaved() {
        return this.isEmptyNew() ? [] : Object.keys(this.units).filter((name) => this.isDirty(name));
    }

    // What may be sent now: not what waits for the person to put it right or to choose.
    ready() {
        return this.unsaved().filter((name) => !this.clashes.has(name) && this.wrong.get(name) !== this.value(name));
    }

    get trouble() {
        if (this.network) {
            return this.network;
        }
        if (this.clashes.size > 0) {
            return "choose";
        }
        return this.wrong.size === 0 ? "" : (this.refusal?.why ?? "wrong");
    }

    get isSafe() {
        return this.pending === null && this.unsaved().length === 0;
    }

    later() {
        this.forgetWhatWasPutRight();
        show();
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.send(), PAUSE);
    }

    soon() {
        this.forgetWhatWasPutRight();
        clearTimeout(this.timer);
        this.send();
    }

    forgetWhatWasPutRight() {
        for (const [name, value] of this.wrong) {
            if (this.value(name) !== value) {
                this.wrong.delete(name);
                this.tell(name, []);
            }
        }
    }

    // Send all that is ready, one request at a time; resolves when there is nothing more to send now.
    async send() {
        if (this.sending) {
            return this.sending;
        }
        this.sending = this.work();
        try {
            await this.sending;
        } finally {
            this.sending = null;
            show();
        }
    }

    async work() {
        while (this.pending !== null || this.ready().length > 0) {
            if (this.pending === null) {
                this.pending = this.packed(this.ready());
            }
            show();
            if (!(await this.post(this.pending))) {
                return;
            }
        }
    }

    packed(names) {
        const body = new URLSearchParams();
        const values = new Map();
        for (const name of names) {
            body.append("only", name);
            values.set(name, this.value(name));
            for (const [field, value] of this.entries(name)) {
                body.append(field, value);
            }
        }
        for (const field of this.form.querySelectorAll("[data-autosave-with]")) {
            body.append(field.name, field.value);
        }
        body.append("seen", JSON.stringify(Object.fromEntries(names.filter((name) => name in this.seen).map((name) => [name, this.seen[name]]))));
        return { body, values };
    }

    // Send what is packed; return whether the server has said what became of it.
    async post(pending) {
        let response;
        try {
            response = await fetch(this.form.action, {
                method: "POST",
                body: pending.body,
                headers: { Autosave: "1", "Autosave-As": this.form.dataset.person, "X-CSRFToken": token() },
                credentials: "same-origin",
                redirect: "manual",
                keepalive: pending.body.toString().length < 60_000,
                signal: AbortSignal.timeout(PATIENCE),
            });
        } catch {
            return this.again("offline");
        }
        const answer = await read(response);
        if (response.status === 401 || response.type === "opaqueredirect") {
            return this.again("logged-out");
        }
        if (response.status === 403 && answer?.person) {
            return this.again("person");
        }
        if (response.status === 403 && answer === null && this.failures === 0) {
            // The token belonged to an earlier log-in; the next attempt has the newest.
            return this.again("offline");
        }
        if (response.status >= 500 || response.status === 429) {
            return this.again("offline");
        }
        this.pending = null;
        this.failures = 0;
        this.network = "";
        this.refusal = null;
        if (response.status === 200 && answer) {
            this.onSaved(pending, answer);
        } else if (response.status === 409 && answer) {
            this.onClash(answer.clashes);
        } else if (response.status === 422 && answer) {
            this.onWrong(pending, answer.errors);
        } else {
            this.refuse(pending, "refused", "");
        }
        return true;
    }

    again(why) {
        this.network = why;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.send(), RETRY[Math.min(this.failures, RETRY.length - 1)]);
        this.failures += 1;
        return false;
    }

    onSaved(pending, answer) {
        Object.assign(this.seen, answer.stamps);
        for (const [name, value] of pending.values) {
            this.saved.set(name, value);
            this.wrong.delete(name);
            this.tell(name, []);
        }
        this.form.elements.seen.value = JSON.stringify(this.seen);
        delete this.form.dataset.new;
        delete this.form.dataset.unsaved;
        lastSaved = answer.time;
        for (const [id, html] of Object.entries(answer.parts)) {
            replace(id, html);
        }
        this.form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true }));
    }

    onClash(clashes) {
        for (const [name, clash] of Object.entries(clashes)) {
            this.clashes.set(name, clash);
            this.wrapper(clash.field)?.querySelector(".clash")?.remove();
            this.wrapper(clash.field)?.insertAdjacentHTML("beforeend", clash.html);
        }
    }

    onWrong(pending, errors) {
        for (const [name, found] of Object.entries(errors)) {
            if (name === "") {
                this.refuse(pending, "said", found.map((error) => error.text).join(" "));
            } else {
                this.wrong.set(name, pending.values.get(name) ?? this.value(name));
                this.tell(name, found);
            }
        }
    }

    // Nothing of this is taken: it is not sent again before something else is written.
    refuse(pending, why, said) {
        this.refusal = { why, said };
        for (const [name, value] of pending.values) {
            this.wrong.set(name, value);
        }
    }

    wrapper(field) {
        return this.form.querySelector(`[name="${CSS.escape(field)}"]`)?.closest("fieldset, .ds-field") ?? null;
    }

    // Say beside a field what is wrong with it; nothing, where it was put right.
    tell(name, found) {
        for (const field of this.units[name] ?? []) {
            const wrapper = this.wrapper(field);
            wrapper?.querySelectorAll(":scope > .said-wrong, :scope > [data-field=validation]").forEach((each) => each.remove());
            this.fields(name).forEach((each) => each.removeAttribute("aria-invalid"));
        }
        for (const error of found) {
            const wrapper = this.wrapper(error.field);
            if (!wrapper) {
                continue;
            }
            const said = document.getElementById("said-wrong").content.firstElementChild.cloneNode(true);
            said.querySelector("[data-words]").textContent = error.text;
            const control = wrapper.querySelector("textarea, input, select");
            const find = said.querySelector("[data-find]");
            if (error.place) {
                find.hidden = false;
                find.addEventListener("click", () => {
                    control.focus();
                    control.setSelectionRange(...error.place);
                });
            }
            const allow = said.querySelector("[data-allow]");
            if (error.code === "contact") {
                allow.hidden = false;
                allow.addEventListener("click", () => this.allow(name));
            }
            control.setAttribute("aria-invalid", "true");
            wrapper.append(said);
        }
    }

    // The person has been asked about a phone number or an address in a text, and keeps it.
    allow(name) {
        this.wrong.delete(name);
        this.tell(name, []);
        if (this.pending === null) {
            this.pending = this.packed([name]);
            this.pending.body.append("allow", name);
        }
        this.send();
    }

    // Where both have changed the same, each can be chosen; nothing is sent before.
    onChoice(event) {
        const button = event.target.closest(".clash button");
        if (!button) {
            return;
        }
        const box = button.closest(".clash");
        const name = box.querySelector("button[name=take]").value;
        const clash = this.clashes.get(name);
        if (!clash) {
            return; // the page came with it, and the server answers
        }
        event.preventDefault();
        this.seen[name] = clash.stamp;
        this.form.elements.seen.value = JSON.stringify(this.seen);
        if (button.name === "take") {
            this.put(clash.held);
            this.saved.set(name, this.value(name));
        }
        this.clashes.delete(name);
        box.remove();
        this.wrapper(clash.field)?.querySelector("textarea, input, select")?.focus();
        this.soon();
    }

    put(held) {
        for (const [field, values] of Object.entries(held)) {
            for (const control of this.form.querySelectorAll(`[name="${CSS.escape(field)}"]`)) {
                if (control.matches("[type=checkbox], [type=radio]")) {
                    control.checked = values.includes(control.value);
                } else if (control.matches("select[multiple]")) {
                    [...control.options].forEach((option) => (option.selected = values.includes(option.value)));
                } else {
                    control.value = values[0] ?? "";
                }
            }
        }
    }

    // A form that came back with something to choose is answered by the server.
    get isChosenByServer() {
        return [...this.clashes.values()].includes(null);
    }
}

function token() {
    return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

async function read(response) {
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
        return null;
    }
    try {
        return await response.json();
    } catch {
        return null;
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
    const all = [...forms.values()];
    const trouble = ["person", "logged-out", "offline", "refused", "said", "choose", "wrong"].find((why) => all.some((each) => each.trouble === why && !each.isSafe)) ?? "";
    const unsaved = all.some((each) => !each.isSafe);
    const saving = all.some((each) => each.sending);
    const state = trouble || (unsaved && !saving) ? "unsaved" : saving ? "saving" : lastSaved ? "saved" : "ready";
    for (const region of document.querySelectorAll("[data-save-state]")) {
        region.dataset.state = state;
        for (const each of region.querySelectorAll("[data-when]")) {
            each.hidden = each.dataset.when !== state;
        }
        for (const each of region.querySelectorAll("[data-time]")) {
            each.textContent = lastSaved;
        }
    }
    for (const region of document.querySelectorAll("[data-save-trouble]")) {
        region.hidden = trouble === "";
        for (const each of region.querySelectorAll("[data-why]")) {
            each.hidden = each.dataset.why !== trouble;
        }
        for (const each of region.querySelectorAll("[data-said]")) {
            each.textContent = all.find((one) => one.trouble === "said")?.refusal.said ?? "";
        }
    }
}

function isSafe() {
    return [...forms.values()].every((each) => each.isSafe);
}

// Resolves when all that can be saved now is saved.
async function settle() {
    await Promise.all([...forms.values()].map((each) => each.send()));
}

function adopt(root) {
    for (const form of root.querySelectorAll("form[data-autosave]")) {
        if (!forms.has(form)) {
            forms.set(form, new AutosavedForm(form));
        }
    }
    show();
}

function wake() {
    for (const [form, each] of forms) {
        if (!form.isConnected) {
            forms.delete(form);
        } else if (each.pending !== null || each.ready().length > 0) {
            each.soon();
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
    await settle();
    location.assign(link.href);
});

let leaving = false;

// What is sent with a page that fails is lost, so a form goes as a whole only when all that is written is saved. What the
// server has found wrong goes too: it then says so beside each field, and keeps what was typed.
document.addEventListener("submit", async (event) => {
    const form = event.target;
    const own = forms.get(form);
    if (leaving || event.defaultPrevented || form.method !== "post" || event.submitter?.matches("[name=words]") || own?.isChosenByServer || (isSafe() && !own)) {
        leaving = leaving || own !== undefined;
        return;
    }
    event.preventDefault();
    await settle();
    const waits = [...forms.values()].some((each) => each.pending !== null || each.clashes.size > 0);
    if (waits || (!own && !isSafe())) {
        document.querySelector("[data-save-trouble]")?.scrollIntoView({ block: "nearest" });
        return;
    }
    for (const each of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
        each.value = token();
    }
    leaving = true;
    form.requestSubmit(event.submitter);
});

window.addEventListener("beforeunload", (event) => {
    if (!leaving && !isSafe()) {
        event.preventDefault();
    }
    leaving = false;
});
window.addEventListener("online", wake);
window.addEventListener("focus", wake);
document.addEventListener("visibilitychange", wake);
document.addEventListener("htmx:load", (event) => adopt(event.target));
document.addEventListener("autosave:adopt", (event) => adopt(event.target));
adopt(document);
