"use strict";
{
  const form = document.getElementById("decide"), save = document.getElementById("save");
  const lines = [...form.querySelectorAll(".wait")], told = document.getElementById("told");
  const chosen = line => line.querySelector("input[type=radio]:checked");
  const comment = line => line.querySelector("input[name=comment]").value.trim();
  let saved = true;

  function count() {
    const decided = lines.filter(chosen).length;
    told.textContent = `${decided} of ${lines.length} decided`;
    for (const line of lines) line.classList.toggle("decided", Boolean(chosen(line)));
  }

  function table() {
    const quoted = value => `"${String(value ?? "").replaceAll('"', '""')}"`;
    const columns = form.dataset.columns.split(",");
    const rows = lines.filter(line => chosen(line) || comment(line)).map(line => {
      const values = { ...line.dataset, points: chosen(line)?.value ?? "", comment: comment(line) };
      return columns.map(name => quoted(values[name])).join(",");
    });
    return [columns.join(","), ...rows, ""].join("\r\n");
  }

  if (save) {
    const accept = document.getElementById("accept");
    save.hidden = accept.hidden = false;
    save.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([table()], { type: "text/csv" }));
      link.download = "decisions.csv";
      link.click();
      saved = true;
    });
    accept.addEventListener("click", () => {
      for (const line of lines)
        if (!chosen(line))
          for (const choice of line.querySelectorAll("input[type=radio]"))
            choice.checked = Number(choice.value) === Number(line.dataset.proposed);
      saved = false;
      count();
    });
    form.addEventListener("input", () => { saved = false; count(); });
    form.addEventListener("submit", event => event.preventDefault());
    window.addEventListener("beforeunload", event => { if (!saved) event.preventDefault(); });
    count();
  }
}
