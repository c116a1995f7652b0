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

function showWhatNeedsScript(root) {
    for (const element of root.querySelectorAll("[data-script-only]")) {
        element.hidden = false;
    }
}

document.addEventListener("keydown", scoreOnKey);
document.addEventListener("htmx:load", (event) => showWhatNeedsScript(event.target));
showWhatNeedsScript(document);

// Someone whose session has ended and who asks for a part of a page is sent to the log-in, which leads back here.
document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401 && event.detail.requestConfig.verb === "get") {
        window.location.reload();
    }
});
