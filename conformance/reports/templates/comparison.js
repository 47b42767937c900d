// Filters, arrow keys and the panel. The page is complete without it: each cell is a link.
(() => {
  const form = document.querySelector(".filters");
  const table = document.querySelector("#matrix .matrix");
  const rows = [...table.querySelectorAll(".row")];
  const bodies = [...table.querySelectorAll("tbody.clause")];
  const panel = document.getElementById("panel");
  const inside = panel.querySelector(".inside");
  const texts = new Map(rows.map((row) => [row, row.cells[0].textContent.toLowerCase()]));
  const idOf = (row) => row.querySelector("a").hash.slice(1);
  const visible = () => rows.filter((row) => !row.hidden && !row.parentElement.hidden);

  const filter = () => {
    const chosen = new FormData(form);
    const statuses = chosen.getAll("status");
    const changes = chosen.getAll("change");
    const words = chosen.get("q").toLowerCase().split(/\s+/).filter(Boolean);
    const at = chosen.get("at");
    let count = 0;
    for (const row of rows) {
      const all = [...row.cells].slice(1);
      const cells = at ? [all[Number(at)]] : all;
      const fits =
        (!chosen.get("only") || row.dataset.diff) &&
        (!chosen.get("level") || chosen.get("level") === row.dataset.level) &&
        (!chosen.get("clause") || chosen.get("clause") === row.parentElement.dataset.clause) &&
        ((!statuses.length && !changes.length) ||
          cells.some((cell) => statuses.includes(cell.dataset.s) || changes.includes(cell.dataset.c))) &&
        words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      count += Boolean(fits);
    }
    for (const body of bodies) body.hidden = !body.querySelector(".row:not([hidden])");
    form.querySelector("output").textContent = `${count} of ${rows.length} shown`;
    rove();
  };

  const NAMES = ["level", "clause", "at", "q", "only"];
  const LISTS = ["change", "status"];
  const remember = () => {
    const params = new URLSearchParams();
    const chosen = new FormData(form);
    for (const name of LISTS) if (chosen.getAll(name).length) params.set(name, chosen.getAll(name).join(","));
    for (const name of NAMES) if (chosen.get(name)) params.set(name, chosen.get(name));
    history.replaceState(null, "", `#${params.toString().replaceAll("%2C", ",") || "matrix"}`);
  };

  // One cell can be reached with the Tab key, the others with the arrow keys.
  let current = null;
  const rove = () => {
    if (!current || current.closest("[hidden]")) current = visible()[0]?.querySelector("td a") || null;
    for (const link of table.querySelectorAll(".row a")) link.tabIndex = link === current ? 0 : -1;
  };
  const move = (link) => {
    if (!link) return;
    if (current) current.tabIndex = -1;
    current = link;
    link.tabIndex = 0;
    link.focus();
    // The head and the first column stick, and would cover what lies behind them.
    const head = table.tHead.getBoundingClientRect().bottom;
    const top = link.getBoundingClientRect().top;
    if (top < head) scrollBy(0, top - head - 8);
  };
  table.addEventListener("keydown", (event) => {
    const link = event.target.closest(".row a");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = link.closest("tr");
    const column = link.parentElement.cellIndex;
    const shown = visible();
    const y = shown.indexOf(row);
    const steps = {
      ArrowRight: [y, column + 1],
      ArrowLeft: [y, column - 1],
      ArrowDown: [y + 1, column],
      ArrowUp: [y - 1, column],
      Home: [y, 0],
      End: [y, row.cells.length - 1],
      PageDown: [Math.min(y + 15, shown.length - 1), column],
      PageUp: [Math.max(y - 15, 0), column],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    move(shown[step[0]]?.cells[step[1]]?.querySelector("a"));
  });

  let open = null;
  const show = (id, gateway = "") => {
    const article = document.getElementById(id);
    if (!article?.classList.contains("cmp")) return false;
    open = { id, gateway };
    const copy = article.cloneNode(true);
    copy.removeAttribute("id");
    for (const name of copy.querySelectorAll(".gw")) name.classList.toggle("here", name.dataset.g === gateway);
    inside.replaceChildren(copy);
    inside.scrollTop = 0;
    panel.querySelector("h2").textContent = article.querySelector("h3").textContent;
    if (!panel.open) panel.showModal();
    copy.querySelector(".here")?.scrollIntoView({ block: "nearest" });
    return true;
  };
  const go = (step) => {
    const shown = visible();
    const next = shown[shown.findIndex((row) => idOf(row) === open.id) + step];
    if (next) show(idOf(next), open.gateway);
  };
  panel.addEventListener("click", (event) => {
    if (event.target === panel || event.target.closest("[data-close], a")) return panel.close();
    const button = event.target.closest("[data-go]");
    return button && go(Number(button.dataset.go));
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "j" && event.key !== "k") return;
    go(event.key === "j" ? 1 : -1);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#r-"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const column = link.closest(".row td")?.cellIndex;
    if (!show(link.hash.slice(1), column ? String(column - 1) : "")) return;
    event.preventDefault();
    if (link.closest(".row")) {
      if (current) current.tabIndex = -1;
      current = link;
      link.tabIndex = 0;
    }
  });

  const follow = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    if (show(hash)) return undefined;
    if (!/^(change|status|level|clause|at|q|only)=/.test(hash)) return undefined;
    const params = new URLSearchParams(hash);
    form.reset();
    for (const name of LISTS) {
      const chosen = (params.get(name) || "").split(",");
      for (const box of form.querySelectorAll(`[name=${name}]`)) box.checked = chosen.includes(box.value);
    }
    for (const name of ["level", "clause", "at", "q"]) form.elements[name].value = params.get(name) || "";
    form.elements.only.checked = params.has("only");
    filter();
    return form.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => (filter(), remember()));
  form.addEventListener("reset", () => setTimeout(() => filter()));
  form.querySelector("[type=reset]").addEventListener("click", () => setTimeout(remember));
  findOnSlash(form);
  openOnPaper(() => panel.open && panel.close());
  addEventListener("hashchange", follow);
  filter();
  follow();
})();
