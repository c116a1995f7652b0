// Forms that ask the browser for a passkey (data-passkey: add, show or log-in). Such a form is hidden until it is known
// that the browser has passkeys at all; what it gives goes into the field `credential`, and the form is sent as any other.
(() => {
    const forms = document.querySelectorAll("form[data-passkey]");

    async function optionsFor(form) {
        if (form.dataset.passkey === "log-in") {
            const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
            if (!answer.ok) {
                throw new Error("no options");
            }
            return (await answer.json()).request_options;
        }
        const data = JSON.parse(document.getElementById("passkey-options").textContent);
        return data.request_options ?? data.creation_options;
    }

    async function credentialFor(form) {
        const options = await optionsFor(form);
        if (form.dataset.passkey !== "add") {
            return webauthnJSON.get(options);
        }
        // To log in without a password the passkey must know whose it is, and ask who holds it.
        const alone = form.elements.passwordless.checked;
        const wanted = options.publicKey.authenticatorSelection;
        wanted.residentKey = alone ? "required" : "discouraged";
        wanted.requireResidentKey = alone;
        if (alone) {
            wanted.userVerification = "required";
        }
        return webauthnJSON.create(options);
    }

    async function send(event) {
        event.preventDefault();
        const form = event.currentTarget;
        const failed = form.querySelector("[data-passkey-failed]");
        const button = form.querySelector("button[type=submit]");
        failed.hidden = true;
        button.disabled = true;
        try {
            form.elements.credential.value = JSON.stringify(await credentialFor(form));
            form.submit();
        } catch {
            failed.hidden = false;
            button.disabled = false;
        }
    }

    if (window.webauthnJSON?.supported()) {
        for (const form of forms) {
            form.hidden = false;
            form.addEventListener("submit", send);
        }
    } else {
        for (const text of document.querySelectorAll("[data-no-passkeys]")) {
            text.hidden = false;
        }
    }
})();
