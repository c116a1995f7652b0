// The page with new recovery codes: buttons that copy them and print the page.
(() => {
    const buttons = document.querySelector("[data-codes]");
    const copy = buttons.querySelector("[data-copy]");
    const said = buttons.querySelector("[role=status]");
    const codes = [...document.querySelectorAll(".codes code")].map((code) => code.textContent.trim());

    copy.hidden = !navigator.clipboard; // a page without https has none
    copy.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(`${codes.join("\n")}\n`);
            said.textContent = said.dataset.copied;
        } catch {
            said.textContent = said.dataset.notCopied;
        }
    });
    buttons.querySelector("[data-print]").addEventListener("click", () => window.print());
    buttons.hidden = false;
})();
