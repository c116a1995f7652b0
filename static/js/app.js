// What the pages gain where a script may run. Everything works without it.

// Where a key means what it always means: one writes, or chooses from a list.
const WRITES = "textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]";

function isPlain(event) {
    return !(event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
}

// The keys 1 to 5 set the score while the focus is among the scores. A key that worked elsewhere would be in the way of
// speech input and screen readers (WCAG 2.1.4), and change a score by a slip.
function scoreOnKey(event) {
    const scores = event.target.closest("[data-score-keys]");
    if (!scores || !isPlain(event) || !/^[1-9]$/.test(event.key)) {
        return;
    }
    const radio = scores.querySelector(`input[type=radio][value="${event.key}"]:enabled`);
    if (radio) {
        event.preventDefault();
        radio.focus();
        radio.click();
        stepLine(radio.form, 1);
    }
}

const MOVED = "moved-by-arrow";

// The arrows left and right lead to the items before and after, but not where they move within something: a text, a list,
// a row of answers, a table that scrolls. Among the anchors, up and down choose.
function moveOnArrow(event) {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (!rel || !isPlain(event) || event.target.closest("[data-lines]")) {
        return;
    }
    const target = event.target;
    const isAnswer = target.matches("input[type=radio]") && !target.closest("[data-score-keys]");
    if (isAnswer || target.matches(WRITES) || target.closest(".table-scroll, nav, aside")) {
        return;
    }
    const link = document.querySelector(`nav.step a[rel=${rel}]`);
    if (link) {
        event.preventDefault();
        sessionStorage.setItem(MOVED, link.pathname);
        link.click();
    }
}

// Whoever came by an arrow goes on with the keys: the focus is on the score. Anyone else starts at the top, as always.
function goOnWithKeys() {
    const moved = sessionStorage.getItem(MOVED);
    sessionStorage.removeItem(MOVED);
    const scores = moved === window.location.pathname && document.querySelector("[data-score-keys][tabindex]");
    if (scores) {
        scores.focus({ preventScroll: true });
        // Where it is below what one sees, it comes up, and no farther.
        scores.scrollIntoView({ block: scores.offsetHeight < window.innerHeight / 2 ? "nearest" : "center" });
    }
}

// On the page with all items, up and down lead from line to line, and so does a score that is set by its key.
function moveOnLine(event) {
    const steps = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    const line = event.target.closest("[data-line]");
    const isTyped = event.key === "Enter" && !event.target.matches("input[type=radio]");
    if (!steps || !line || isTyped || !isPlain(event) || event.target.matches(WRITES)) {
        return;
    }
    event.preventDefault();
    stepLine(line, steps);
}

function stepLine(form, steps) {
    const lines = [...document.querySelectorAll("[data-line]")];
    const line = form.matches("[data-line]") ? lines[lines.indexOf(form) + steps] : null;
    line?.querySelector("[data-score-keys] input:checked, [data-score-keys]:not(:has(:checked)) input")?.focus();
}

// A score and a reason for none exclude each other: the one that is chosen takes the place of the other.
function chooseOneOfTwo(event) {
    const form = event.target.form;
    const reason = form?.elements.not_scored;
    if (!reason || !form.matches("[data-autosave]")) {
        return;
    }
    const chosen = form.querySelector("[data-score-keys] input:checked");
    const undo = form.querySelector("[data-undo]");
    if (event.target === reason && reason.value !== "" && chosen) {
        chosen.checked = false;
        offerBack(undo, "score", () => chosen.click());
    } else if (event.target.matches("[data-score-keys] input") && reason.value !== "") {
        const before = reason.value;
        reason.value = "";
        offerBack(undo, "reason", () => {
            reason.value = before;
            reason.dispatchEvent(new Event("change", { bubbles: true }));
        });
    } else if (event.target === reason || event.target.matches("[data-score-keys] input")) {
        undo?.setAttribute("hidden", "");
    }
}

// Say what was taken away, and give it back to whoever did not mean it.
function offerBack(undo, what, giveBack) {
    if (!undo) {
        return;
    }
    for (const said of undo.querySelectorAll("[data-taken]")) {
        said.hidden = said.dataset.taken !== what;
    }
    undo.hidden = false;
    undo.querySelector("button").onclick = () => {
        giveBack();
        undo.hidden = true;
    };
}

// What cannot be undone is asked about first.
function askFirst(event) {
    const button = event.target.closest("[data-confirm]");
    const isNeeded = button && (!button.dataset.confirmIf || document.querySelector(button.dataset.confirmIf));
    if (isNeeded && !window.confirm(button.dataset.confirm)) {
        event.preventDefault();
        event.stopImmediatePropagation();
    }
}

// How many items on the page have neither score nor reason, and the first of them.
function countLeft() {
    const left = [...document.querySelectorAll("[data-line]")].filter(
        (line) => !line.querySelector("[data-score-keys] input:checked") && line.querySelector("[data-reason]").value === "",
    );
    for (const count of document.querySelectorAll("[data-lines] [data-left]")) {
        count.textContent = left.length;
    }
    for (const link of document.querySelectorAll("[data-first-open]")) {
        link.hidden = left.length === 0;
        link.hash = left.length === 0 ? "" : left[0].querySelector("[data-score-keys]").id;
    }
}

// Why the score departs from the suggestion is asked only where it does, or where something is said already.
function askWhyItDeparts() {
    const why = document.querySelector("[data-departure]");
    if (!why) {
        return;
    }
    const agreeing = document.getElementById("suggestion")?.dataset.agreeing.split(" ") ?? [];
    const chosen = document.querySelector("[data-score-keys] input:checked");
    const text = why.querySelector("textarea");
    const asked = chosen !== null && !agreeing.includes(chosen.value);
    why.hidden = !asked && text.value === "" && text !== document.activeElement && !why.querySelector(".clash, [data-field=validation]");
}

// What is written and not saved: in a form to write in, what differs from what the page came with, and all of it where the
// page came back with faults.
function isUnsaved(form) {
    const fields = [...form.querySelectorAll("textarea, input:not([type=hidden], [type=submit])")];
    const writings = fields.filter((field) => field.matches("textarea"));
    const refused = form.querySelector("[aria-invalid=true]") !== null;
    return (
        writings.length > 0 &&
        (fields.some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked) ||
            (refused && writings.some((field) => field.value !== "")))
    );
}

let sent = null;

// The browser asks, in its own words, whether to leave the page without saving.
function askBeforeLeaving(event) {
    const forms = [...document.querySelectorAll("main form[method=post]:not([data-adopted])")];
    if (forms.some((form) => form !== sent && isUnsaved(form))) {
        event.preventDefault();
    }
    sent = null;
}

// A step that always comes next needs no press of its button.
function goOnAtOnce() {
    document.querySelector("form[data-submit-at-once]")?.requestSubmit();
}

function showWhatNeedsScript(root) {
    for (const element of root.querySelectorAll("[data-script-only]")) {
        element.hidden = false;
    }
}

// Select what an error is about in its text.
function showWhere(event) {
    const button = event.target.closest("[data-show-where]");
    const field = button && document.getElementById(button.dataset.showWhere);
    if (!field) {
        return;
    }
    field.focus();
    // In an input for an e-mail address nothing can be selected.
    if (field.selectionStart !== null) {
        field.setSelectionRange(Number(button.dataset.start), Number(button.dataset.end));
    }
}

document.addEventListener("keydown", scoreOnKey);
document.addEventListener("keydown", moveOnArrow);
document.addEventListener("keydown", moveOnLine);
// Before the form is saved as it then stands.
document.addEventListener("change", chooseOneOfTwo, { capture: true });
for (const event of ["change", "autosaved"]) {
    document.addEventListener(event, countLeft);
    document.addEventListener(event, askWhyItDeparts);
}
document.addEventListener("click", showWhere);
document.addEventListener("click", askFirst, { capture: true });
// After all who may hold it back.
window.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) {
        sent = event.target;
    }
});
window.addEventListener("beforeunload", askBeforeLeaving);
document.addEventListener("htmx:load", (event) => showWhatNeedsScript(event.target));
showWhatNeedsScript(document);
countLeft();
askWhyItDeparts();
goOnWithKeys();
goOnAtOnce();

// What htmx could not send, or was refused, says so beside the button that was pressed.
for (const failed of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(failed, (event) => {
        for (const said of event.target.querySelectorAll("[data-failed]")) {
            said.hidden = false;
        }
    });
}

// Someone whose session has ended and who asks for a part of a page is sent to the log-in, which leads back here.
document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401 && event.detail.requestConfig.verb === "get") {
        window.location.reload();
    }
});
