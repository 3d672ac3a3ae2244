// The what-if panel: reads its controls, looks the numbers up, draws them again.
// Numbers are whole 1/100 000 of the baseline: the least of the optimal face, and
// how much more its most is. No library, no network.
(function () {
  "use strict";
  const root = document.getElementById("what-if");
  const data = JSON.parse(document.getElementById("wi-data").textContent);
  const text = data.text;
  const holder = document.getElementById("wi-holder");
  const svg = document.getElementById("wi-chart");
  const POINT = data.scale / 100;  // one percentage point

  // -- looking up ------------------------------------------------------------------
  function chosen() {
    const state = {};
    for (const name of data.controls) {
      const control = root.querySelector(
        `select[name="wi-${name}"], input[name="wi-${name}"]:checked`);
      state[name] = Number(control.value);
    }
    return state;
  }

  function found(table, state) {
    const place = table.axes.reduce((sum, [n, size]) => sum * size + state[n], 0);
    const least = table.least[place];
    return least === null ? null : { low: least, high: least + table.more[place] };
  }

  // With channels off a run is the same for every status; it is kept once, apart.
  const isOff = (state) => state.channels === data.channels_off;
  const off = (state) => found(data.off, state);
  const on = (state, status) =>
    isOff(state) ? off(state) : found(data.on, { ...state, status });

  // -- writing ---------------------------------------------------------------------
  const one = (v) => (v / POINT).toFixed(1);

  // Of a wide range no middle is given.
  const isWide = (r) => r.high - r.low >= data.shows;

  function percent(r) {
    if (r === null) return text.none;
    if (one(r.low) === one(r.high)) return `${one(r.low)}\u00a0%`;
    const both = `${one(r.low)}–${one(r.high)}\u00a0%`;
    if (isWide(r)) return both;
    return `${one((r.low + r.high) / 2)}\u00a0% (${both})`;
  }

  function signed(v) {
    const said = one(Math.abs(v));
    if (said === "0.0") return said;
    return (v < 0 ? "\u2212" : "+") + said;
  }

  function points(a, b) {
    const low = signed(a.low - b.high), high = signed(a.high - b.low);
    if (low === "0.0" && high === "0.0") return text.same;
    if (low === high) return `${low} ${text.points}`;
    return `${low} ${text.to} ${high} ${text.points}`;
  }

  const filled = (said, values) =>
    said.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function sentence(state, mine, without) {
    const values = {
      status: data.status[state.status].label, what: data.what[state.what].label,
      axis: data.what[state.what].axis, number: percent(mine), off: percent(without),
    };
    if (isOff(state)) return filled(text.said_off, values);
    values.difference = mine && without ? points(mine, without) : text.none;
    return filled(text.said, values);
  }

  function table(state, rows, without) {
    const body = document.getElementById("wi-rows");
    const cells = rows.map((r, n) => [data.status[n].label, r, n === state.status]);
    cells.push([text.off, without, false]);
    body.replaceChildren(...cells.map(([label, r, current]) => {
      const row = document.createElement("tr");
      if (current) row.setAttribute("aria-current", "true");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = label;
      const ends = r ? [r.low, isWide(r) ? null : (r.low + r.high) / 2, r.high] : [];
      row.append(head, ...[0, 1, 2].map((n) => {
        const cell = document.createElement("td");
        cell.textContent = r === null ? text.none
          : ends[n] === null ? "–" : `${one(ends[n])}\u00a0%`;
        return cell;
      }));
      return row;
    }));
  }

  // -- drawing ---------------------------------------------------------------------
  function add(name, attributes, said) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
    if (said !== undefined) made.textContent = said;
    svg.append(made);
    return made;
  }

  // A scale of whole steps around what is shown, never narrower than five points, so
  // that a difference of no weight does not look like one.
  function scale(shown, left, right) {
    const least = Math.min(...shown.map((r) => r.low)) / POINT;
    const most = Math.max(...shown.map((r) => r.high)) / POINT;
    const room = Math.max(0, 5 - (most - least)) / 2;
    const ends = [Math.max(0, least - room), Math.min(100, most + room)];
    const fits = right - left < 300 ? 4 : 6;
    const step = [1, 2, 5, 10, 20, 25].find((s) => (ends[1] - ends[0]) / s <= fits);
    const low = Math.floor(ends[0] / step) * step;
    const high = Math.ceil(ends[1] / step) * step;
    const ticks = [];
    for (let v = low; v <= high; v += step) ticks.push(v);
    const x = (v) => left + (v / POINT - low) / (high - low) * (right - left);
    return { x, ticks, low };
  }

  function chart(state, rows, without) {
    svg.replaceChildren();
    const width = Math.max(240, holder.clientWidth);
    const narrow = width < 560;
    const rise = narrow ? 48 : 38, top = 34;
    const bottom = top + rows.length * rise;
    const height = bottom + (narrow ? 68 : 52);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    const shown = [...rows, without].filter((r) => r !== null);
    add("title", { id: "wi-chart-title" },
      `${data.what[state.what].label}. ${text.chart}`);
    if (!shown.length) {
      add("text", { x: 0, y: top }, text.none);
      return;
    }
    const left = narrow ? 22 : 150, right = width - (narrow ? 22 : 190);
    const { x, ticks, low } = scale(shown, left, right);
    add("rect", { x: 0, y: top + state.status * rise, width, height: rise, rx: 4,
      fill: "var(--wi-band)" });
    for (const v of ticks) {
      const px = x(v * POINT);
      add("line", { x1: px, x2: px, y1: top, y2: bottom, stroke: "var(--wi-grid)" });
      add("text", { x: px, y: bottom + 17, "text-anchor": "middle", class: "wi-quiet" },
        `${v}\u00a0%`);
    }
    const axis = [data.what[state.what].axis];
    if (low > 0) axis.push(filled(text.begins, { low }));
    (narrow ? axis : [axis.join(" ")]).forEach((said, n) =>
      add("text", { x: narrow ? 8 : left, y: bottom + 40 + 18 * n, class: "wi-quiet" },
        said));
    if (without !== null) drawOff(x, without, top, bottom, width);
    rows.forEach((r, n) => drawRow(x, r, n, state, top + n * rise, rise, width, narrow));
  }

  // Where the run without any membership effect is a range, both of its ends.
  function drawOff(x, r, top, bottom, width) {
    const ends = isWide(r) ? [r.low, r.high] : [(r.low + r.high) / 2];
    add("rect", { x: x(r.low), y: top, width: x(r.high) - x(r.low),
      height: bottom - top, fill: "var(--wi-muted)", opacity: .25 });
    for (const end of ends) {
      add("line", { x1: x(end), x2: x(end), y1: top - 8, y2: bottom, class: "wi-off",
        stroke: "var(--wi-muted)", "stroke-width": 2, "stroke-dasharray": "6 4" });
    }
    const label = add("text", { y: top - 15 }, `${text.off}: ${percent(r)}`);
    const half = label.getComputedTextLength() / 2;
    const middle = x((r.low + r.high) / 2);
    label.setAttribute("x", Math.max(4, Math.min(middle - half, width - 4 - 2 * half)));
  }

  function drawRow(x, r, n, state, y, rise, width, narrow) {
    const current = n === state.status;
    const words = current ? { class: "wi-chosen" } : {};
    const line = narrow ? y + 17 : y + rise / 2 + 4.5;
    add("text", { x: 8, y: line, ...words }, data.status[n].label);
    add("text", { x: width - 8, y: line, "text-anchor": "end", ...words }, percent(r));
    if (r === null) return;
    const middle = narrow ? y + 33 : y + rise / 2;
    const fill = data.status[n].colour;
    const edge = { stroke: current ? "var(--wi-country)" : "var(--wi-ink)",
      "stroke-width": current ? 3 : 1 };
    if (x(r.high) - x(r.low) > 3) {
      const tall = current ? 14 : 10;
      add("rect", { x: x(r.low), y: middle - tall / 2, width: x(r.high) - x(r.low),
        height: tall, fill, ...edge });
    }
    if (!isWide(r)) {
      add("circle", { cx: x((r.low + r.high) / 2), cy: middle, r: current ? 8 : 6,
        fill, ...edge });
    }
  }

  // -- redrawing -------------------------------------------------------------------
  function numbers() {
    const state = chosen();
    return [state, data.status.map((_, n) => on(state, n)), off(state)];
  }

  function redraw() {
    const [state, rows, without] = numbers();
    chart(state, rows, without);
    table(state, rows, without);
    document.getElementById("wi-said").textContent =
      sentence(state, rows[state.status], without);
  }

  root.addEventListener("change", redraw);
  let drawn = 0;
  new ResizeObserver(() => {
    if (holder.clientWidth === drawn) return;  // only its height has changed
    drawn = holder.clientWidth;
    chart(...numbers());
  }).observe(holder);
  redraw();
}());
