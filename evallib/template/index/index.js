(function () {
  "use strict";
  var table = document.getElementById("list"), body = table.tBodies[0], heads = Array.from(table.tHead.rows[0].cells);
  var find = document.getElementById("find"), year = document.getElementById("year"), grade = document.getElementById("grade"), group = document.getElementById("group");
  var found = document.getElementById("found"), controls = [find, year, group, grade].filter(Boolean);
  var names = new Intl.Collator(document.documentElement.lang, { numeric: true });
  function plain(text) { return text.normalize("NFKC").toLowerCase(); }
  function entries(from) { return Array.from(from.rows, function (row) { return { row: row, text: plain(row.textContent) }; }); }
  var rows = entries(body), rest = document.getElementById("rest"), most = rest ? rows.length : Infinity;

  function all() {  // what stands on other pages, once something is sought in it
    if (!rest) { return; }
    var more = document.createElement("tbody");
    more.innerHTML = rest.textContent;
    entries(more).forEach(function (entry) {
      entry.row.hidden = true;
      rows.push(entry);
      body.appendChild(entry.row);
    });
    rest = null;
  }

  function narrow() {
    var narrowed = controls.some(function (control) { return control.value.trim(); });
    if (narrowed) { all(); }
    var wanted = plain(find.value).split(/\s+/), shown = 0;
    rows.forEach(function (entry) {
      var data = entry.row.dataset;
      var fits = (!year || !year.value || data.year === year.value) && (!group || !group.value || data.group === group.value) && (!grade.value || data.grade === grade.value) &&
        wanted.every(function (word) { return entry.text.includes(word); });
      entry.row.hidden = !fits || shown === most;
      shown += entry.row.hidden ? 0 : 1;
    });
    var words = narrowed || rows.length > most ? found.dataset[shown ? "some" : "none"] : "";
    found.textContent = words.replace("{shown}", shown).replace("{all}", rows.length);
  }

  function value(entry, column, kind) {
    var cell = entry.row.cells[column];
    if (!cell || cell.colSpan > 1) { return null; }
    var text = "value" in cell.dataset ? cell.dataset.value : cell.textContent.trim();
    return text === "" ? null : kind === "number" ? Number(text) : text;
  }

  function sort(column) {
    all();
    var head = heads[column], kind = head.dataset.sort, sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    rows.forEach(function (entry) { entry.key = value(entry, column, kind); });
    rows.sort(function (a, b) {
      if (a.key === null || b.key === null) { return (a.key === null) - (b.key === null); }
      return sign * (kind === "number" ? a.key - b.key : names.compare(a.key, b.key));
    });
    rows.forEach(function (entry) { body.appendChild(entry.row); });
    narrow();
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
  }

  heads.forEach(function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.dataset.name = head.textContent;  // on paper a button stands on the first page only
    button.addEventListener("click", function () { sort(column); });
    head.replaceChildren(button);
  });
  controls.forEach(function (control) { control.addEventListener("input", narrow); });
  window.addEventListener("pageshow", narrow);
  document.querySelector(".find").hidden = false;
  table.classList.add("sortable");
})();
