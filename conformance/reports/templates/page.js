// What the pages share: "/" goes to the text of the filter, and on paper everything is open.
"use strict";

function isTyping() {
  const { tagName, type } = document.activeElement || {};
  return /^(SELECT|TEXTAREA)$/.test(tagName || "") || (tagName === "INPUT" && type !== "checkbox");
}

function findOnSlash(form, isOn = () => true) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || !isOn() || event.ctrlKey || event.metaKey || event.altKey || isTyping()) return;
    event.preventDefault();
    form.elements.q.focus();
  });
}

function openOnPaper(before = () => {}, isAll = () => true) {
  let closed = [];
  addEventListener("beforeprint", () => {
    before();
    closed = isAll() ? [...document.querySelectorAll("details:not([open])")] : [];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));
}
