(function () {
  var body = document.querySelector("#list tbody"), rows = Array.prototype.slice.call(body.rows);
  var box = document.getElementById("find"), found = document.getElementById("found");
  box.closest(".find").hidden = false;
  box.addEventListener("input", function () {
    var wanted = box.value.trim().toLowerCase().split(/\s+/), shown = 0;
    rows.forEach(function (row) {
      var text = row.textContent.toLowerCase();
      row.hidden = !wanted.every(function (word) { return text.indexOf(word) >= 0; });
      shown += row.hidden ? 0 : 1;
    });
    found.textContent = box.value.trim() ? shown + " / " + rows.length : "";
  });
  function number(text) { return parseFloat(text.replace("\u2212", "-")); }
  Array.prototype.forEach.call(document.querySelectorAll("#list thead th[data-sort]"), function (head, column) {
    var button = document.createElement("button"), up = true;
    button.type = "button"; button.textContent = head.textContent; head.textContent = ""; head.appendChild(button);
    button.addEventListener("click", function () {
      rows.sort(function (a, b) {
        var x = a.cells[column].textContent.trim(), y = b.cells[column].textContent.trim();
        if (head.dataset.sort === "number") {
          x = number(x); y = number(y);
          if (isNaN(x) || isNaN(y)) { return isNaN(x) - isNaN(y); }
          return up ? x - y : y - x;
        }
        return up ? x.localeCompare(y) : y.localeCompare(x);
      });
      rows.forEach(function (row) { body.appendChild(row); });
      Array.prototype.forEach.call(head.parentNode.cells, function (cell) { cell.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      up = !up;
    });
  });
})();
