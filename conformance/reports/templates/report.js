// Filters, links and copy buttons. The report is complete without it.
(() => {
  const form = document.querySelector(".filters");
  const rows = [...document.querySelectorAll(".req")];
  const clauses = [...document.querySelectorAll(".clause")];
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };

  const filter = () => {
    const chosen = new FormData(form);
    const statuses = chosen.getAll("status");
    const words = chosen.get("q").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const { status, level, clause } = row.dataset;
      const fits =
        (!statuses.length || statuses.includes(status)) &&
        (!chosen.get("level") || chosen.get("level") === level) &&
        (!chosen.get("clause") || chosen.get("clause") === clause) &&
        words.every((word) => textOf(row).includes(word));
      row.hidden = !fits;
      count += fits;
    }
    for (const clause of clauses) clause.hidden = !clause.querySelector(".req:not([hidden])");
    form.querySelector("output").textContent = `${count} of ${rows.length} shown`;
  };

  const remember = () => {
    const params = new URLSearchParams();
    const chosen = new FormData(form);
    if (chosen.getAll("status").length) params.set("status", chosen.getAll("status").join(","));
    for (const name of ["level", "clause", "q"]) if (chosen.get(name)) params.set(name, chosen.get(name));
    history.replaceState(null, "", `#${params.toString().replaceAll("%2C", ",") || "requirements"}`);
  };

  const reveal = (target) => {
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
      if (node.hidden && node !== form) {
        form.reset();
        filter();
      }
    }
    target.querySelector(":scope > details.checks")?.setAttribute("open", "");
    target.scrollIntoView();
  };

  const follow = () => {
    const hash = location.hash.slice(1);
    const target = hash && document.getElementById(hash);
    if (target) return reveal(target);
    if (!/^(status|level|clause|q)=/.test(hash)) return undefined;
    const params = new URLSearchParams(hash);
    const statuses = (params.get("status") || "").split(",");
    for (const box of form.querySelectorAll("[name=status]")) box.checked = statuses.includes(box.value);
    for (const name of ["level", "clause", "q"]) form.elements[name].value = params.get(name) || "";
    filter();
    return form.scrollIntoView();
  };

  const said = document.getElementById("said");
  const copy = async (button, label, text, name) => {
    let told = `Copied the ${name}`;
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      text.closest("details")?.setAttribute("open", "");
      getSelection().selectAllChildren(text);
      button.textContent = "Press Ctrl+C";
      told = `The ${name} is selected. Press Ctrl+C`;
    }
    said.textContent = "";
    setTimeout(() => (said.textContent = told), 50);
    setTimeout(() => (button.textContent = label), 1600);
  };
  const copying = (text, label, name) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    if (label === "Copy") button.setAttribute("aria-label", `Copy the ${name}`);
    button.addEventListener("click", () => copy(button, label, text, name));
    return button;
  };

  for (const box of document.querySelectorAll(".copy")) {
    const text = box.querySelector("pre");
    box.append(copying(text, "Copy", text.getAttribute("aria-label").toLowerCase()));
  }
  for (const issue of document.querySelectorAll(".issue")) {
    const actions = document.createElement("p");
    actions.className = "actions";
    actions.append(copying(issue.querySelector("pre"), "Copy as a Markdown issue", "finding as a Markdown issue"));
    issue.before(actions);
  }

  // Previous and next failure: findings first, then the requirements that the filter shows.
  const keys = document.querySelector("[data-keys]");
  const failures = () => [...document.querySelectorAll("[data-failure]")].filter((one) => one.getClientRects().length);
  const go = (step) => {
    const here = document.activeElement;
    const lies = (one, where) => {
      const whole = one.closest(".finding, .req");
      return !whole.contains(here) && here.compareDocumentPosition(whole) & where;
    };
    const found = failures().filter((one) => lies(one, step > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING));
    const next = step > 0 ? found[0] : found.at(-1);
    if (!next) return void (said.textContent = `There is no ${step > 0 ? "next" : "previous"} failure`);
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || !keys?.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping()) return;
    event.preventDefault();
    go(step);
  });

  if (keys) keys.closest(".help").hidden = false;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => (filter(), remember()));
  form.addEventListener("reset", () => setTimeout(() => (filter(), remember())));
  form.addEventListener("click", (event) => {
    const all = event.target.dataset?.all;
    if (!all) return;
    const shown = document.querySelectorAll(".req:not([hidden]) details:not(.small)");
    for (const details of shown) details.open = all === "open";
  });
  findOnSlash(form, () => !keys || keys.checked);
  openOnPaper(() => {}, () => document.getElementById("paper").checked);
  addEventListener("hashchange", follow);
  filter();
  follow();
})();
