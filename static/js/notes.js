// Notes are written one after the other: an empty form waits below the last. Each is saved by itself (autosave.js) under
// an id that is chosen here.

// crypto.randomUUID is not there on a plain http page.
function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

class Notes {
    constructor(list) {
        this.list = list;
        const blank = list.querySelector("form[data-new]");
        this.blank = blank.closest("[data-new-note]") ?? blank;
        this.id = blank.dataset.note;
        this.html = this.blank.outerHTML;
        this.last = blank;
        this.current = blank;
        this.added = 1;
        list.addEventListener("focusin", (event) => {
            this.current = event.target.closest("form[data-note]") ?? this.current;
        });
        list.addEventListener("keydown", (event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("form[data-note]")) {
                event.preventDefault();
                this.next();
            }
        });
        if (list.dataset.notes === "sheet") {
            list.addEventListener("input", () => this.provide());
        }
    }

    // An empty form below the last one, once that has its text.
    provide() {
        if (!textOf(this.last).value.trim()) {
            return;
        }
        const template = document.createElement("template");
        template.innerHTML = this.html.replaceAll(this.id, newId());
        const added = template.content.firstElementChild;
        this.blank.after(added);
        const before = this.last;
        this.blank = added;
        this.last = added.matches("form") ? added : added.querySelector("form");
        // It is saved as soon as one stops to think: who may read it is said by the one before.
        this.last.elements.private.checked = before.elements.private.checked;
        this.added += 1;
        this.last.setAttribute("aria-label", `${this.last.getAttribute("aria-label")} ${this.added}`);
        this.list.dispatchEvent(new CustomEvent("autosave:adopt", { bubbles: true }));
    }

    next() {
        this.provide();
        textOf(this.last).focus();
    }

    // Add an item to the note that is being written, or begin one with it.
    tag(code) {
        const form = this.current.isConnected ? this.current : this.last;
        const items = form.elements.items;
        const codes = items.value.split(/[\s,;.#]+/).filter(Boolean);
        if (!codes.some((each) => each.toUpperCase() === code.toUpperCase())) {
            items.value = [...codes, code].join(" ");
            items.dispatchEvent(new Event("change", { bubbles: true }));
        }
        textOf(form).focus();
    }
}

function textOf(form) {
    return form.querySelector("textarea");
}

const list = document.querySelector("[data-notes]:has(form[data-new])");
if (list) {
    const notes = new Notes(list);
    document.addEventListener("click", (event) => {
        const on = event.target.closest("[data-note-on]");
        if (on) {
            notes.tag(on.dataset.noteOn);
        } else if (event.target.closest("[data-another]")) {
            notes.next();
        }
    });
}
