// What the pages gain where a script may run. Everything works without it.

// The keys 1 to 5 set the score while the focus is within the item's form, but not where one writes. A key that worked
// anywhere on the page would be in the way of speech input and screen readers (WCAG 2.1.4).
function scoreOnKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key)) {
        return;
    }
    const writes = "textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]";
    const form = event.target.closest("form");
    if (!form || event.target.matches(writes)) {
        return;
    }
    const radio = form.querySelector(`[data-score-keys] input[type=radio][value="${event.key}"]:enabled`);
    if (radio) {
        event.preventDefault();
        radio.focus();
        radio.click();
    }
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
    const forms = [...document.querySelectorAll("main form[method=post]:not([data-autosave])")];
    if (forms.some((form) => form !== sent && isUnsaved(form))) {
        event.preventDefault();
    }
    sent = null;
}

function showWhatNeedsScript(root) {
    for (const element of root.querySelectorAll("[data-script-only]")) {
        element.hidden = false;
    }
}

document.addEventListener("keydown", scoreOnKey);
document.addEventListener("submit", (event) => {
    sent = event.target;
});
window.addEventListener("beforeunload", askBeforeLeaving);
document.addEventListener("htmx:load", (event) => showWhatNeedsScript(event.target));
showWhatNeedsScript(document);

// Someone whose session has ended and who asks for a part of a page is sent to the log-in, which leads back here.
document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401 && event.detail.requestConfig.verb === "get") {
        window.location.reload();
    }
});
