// What the pages share: "/" goes to the text of the filter, and on paper everything is open.
"use strict";

function findOnSlash(form) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName || "")) return;
    event.preventDefault();
    form.elements.q.focus();
  });
}

function openOnPaper(before = () => {}) {
  let closed = [];
  addEventListener("beforeprint", () => {
    before();
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));
}

