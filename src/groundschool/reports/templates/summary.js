"use strict";
{
  const table = document.getElementById("people"), body = table.tBodies[0], form = document.getElementById("choose");
  const rows = [...body.rows].filter(row => row.dataset.total !== undefined);
  const told = document.getElementById("shown"), columns = table.tHead.rows[0].cells;
  const cell = (row, topic) => row.querySelector(`td[data-topic="${CSS.escape(topic)}"]`);
  const orders = {
    person: (one, other) => one.dataset.place - other.dataset.place,
    total: (one, other) => other.dataset.total - one.dataset.total,
    name: (one, other) => one.dataset.name.localeCompare(other.dataset.name),
  };

  function order(key) {
    const topic = key.startsWith("topic:") ? key.slice(6) : null;
    const points = row => Number(cell(row, topic)?.dataset.score ?? -1);
    const compare = topic === null ? orders[key] ?? orders.person : (one, other) => points(other) - points(one);
    return [...rows].sort((one, other) => compare(one, other) || orders.person(one, other));
  }

  function fits(row, wanted) {
    if (!row.dataset.name.toLowerCase().includes(wanted.name.toLowerCase())) return false;
    const parts = [...row.querySelectorAll("td[data-topic]")].filter(
      part => part.dataset.score !== undefined && (!wanted.topic || part.dataset.topic === wanted.topic));
    const has = (name, value) => !value || parts.some(part => part.dataset[name].split(" ").includes(value));
    return (!wanted.topic || parts.length > 0) && has("outcomes", wanted.outcome) && has("mistakes", wanted.mistake);
  }

  function show() {
    const wanted = Object.fromEntries(new FormData(form));
    body.append(...order(wanted.sort));
    let left = 0;
    for (const row of rows) left += !(row.hidden = !fits(row, wanted));
    told.textContent = `${left} of ${rows.length} candidates`;
    for (const part of table.querySelectorAll("[data-topic]"))
      part.hidden = Boolean(wanted.topic) && part.dataset.topic !== wanted.topic;
    for (const column of columns)
      column.dataset.sort === wanted.sort
        ? column.setAttribute("aria-sort", wanted.sort === "name" ? "ascending" : "descending")
        : column.removeAttribute("aria-sort");
    const kept = new URLSearchParams(Object.entries(wanted).filter(([name, value]) => value && value !== "person"));
    history.replaceState(null, "", `#${kept}`);
  }

  for (const column of columns) {
    if (!column.dataset.sort) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...column.childNodes);
    button.addEventListener("click", () => { form.elements.sort.value = column.dataset.sort; show(); });
    column.append(button);
  }
  // Tooltips are made when they are asked for: ten thousand marks carry their words once.
  body.addEventListener("mouseover", event => {
    const mark = event.target.closest(".strip [aria-label]");
    if (mark && !mark.title) mark.title = mark.getAttribute("aria-label");
  });
  for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
    if (form.elements[name]) form.elements[name].value = value;
  for (const choice of form.querySelectorAll("select")) if (choice.selectedIndex < 0) choice.selectedIndex = 0;
  form.addEventListener("input", show);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  form.hidden = false;
  show();
}
