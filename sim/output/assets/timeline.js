/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that has a time axis, in lanes with one common axis and one cursor. */
const margin = { left: 52, right: 14 };
const tipRunsMax = 8; /* more would cover the chart */
let lanes = []; /* { cursor: SVG line } of what is drawn now */

function axis(width, runIndex) {
	const t = runs[runIndex].timeline;
	const n = t.power_w.length, seconds = n * t.bin_s;
	const inner = Math.max(width - margin.left - margin.right, 10);
	return {
		n, seconds, bin: t.bin_s, width, inner,
		x: (s) => margin.left + (s / seconds) * inner,
		mid: (i) => margin.left + ((i + 0.5) / n) * inner,
		ticks: timeTicks(seconds, Math.max(2, Math.floor(inner / 88))),
	};
}

/* One day counts to 24:00; longer runs name each day where it begins. */
function tickText(s, seconds) {
	if (seconds > 86400)
		return s % 86400 === 0 ? "day " + (s / 86400 + 1) : clock(s).split(", ").pop();
	return s === 86400 ? "24:00" : clock(s);
}

/* An empty chart with its grid; y maps values of [0, top] to pixels. */
function frame(a, height, top, format, label) {
	const ticks = top === null ? [] : niceTicks(top, height > 150 ? 4 : height > 100 ? 3 : 2);
	const high = ticks.length ? ticks[ticks.length - 1] : 1;
	const y = (v) => height - 4 - (v / high) * (height - 12);
	const root = svg("svg", { viewBox: `0 0 ${a.width} ${height}`, height, role: "img", "aria-label": label });
	for (const v of ticks) {
		root.append(svg("line", { class: "grid", x1: margin.left, x2: a.width - margin.right, y1: y(v), y2: y(v) }),
			svg("text", { x: margin.left - 8, y: y(v) + 4, "text-anchor": "end" }, format(v)));
	}
	return { root, y, high };
}
function withCursor(a, root, height) {
	const line = svg("line", { class: "cursor", y1: 0, y2: height, visibility: "hidden" });
	root.append(line);
	lanes.push({ line, a });
	return root;
}
function lane(title, note, ...content) {
	return html("div", { class: "lane" }, html("div", { class: "cap" }, html("h3", {}, title),
		html("span", {}, ...[].concat(note))), ...content);
}

/* One line a run, the one in focus last and thick. Values are bin means: set at bin centres. */
function drawLines(f, a, key) {
	const order = runs.map((_, i) => i).filter(isShown).sort((p, q) => (p === state.focus) - (q === state.focus));
	for (const i of order) {
		const values = runs[i].timeline[key];
		const xs = values.map((_, k) => a.mid(k * (a.n / values.length)));
		const focus = i === state.focus;
		f.root.append(svg("path", {
			d: path(xs, values.map((v) => f.y(v || 0))), fill: "none", stroke: colour(i),
			"stroke-width": focus ? 2.4 : 1.4, "stroke-dasharray": focus ? null : dash(i),
			"stroke-linejoin": "round", opacity: focus ? 1 : 0.85,
		}));
	}
}
const topOf = (key) => runs.reduce((m, r, i) => (isShown(i) ? Math.max(m, maxOf(r.timeline[key])) : m), 0);

function powerLane(a, height) {
	const t = runs[state.focus].timeline;
	const top = Math.max(topOf("power_w"), maxOf(t.lower_bound_w));
	const unit = top >= 999.5e3 ? [1e6, "MW"] : top >= 999.5 ? [1e3, "kW"] : [1, "W"];
	const f = frame(a, height, top / unit[0], tidy, "Power of the fleet over time against the lower bound");
	const y = (v) => f.y((v || 0) / unit[0]);
	const xs = t.power_w.map((_, i) => a.mid(i));
	const floor = t.lower_bound_w.map(y), ceiling = t.power_w.map(y);
	const base = `L${xs[xs.length - 1].toFixed(1)} ${f.y(0)}L${xs[0].toFixed(1)} ${f.y(0)}Z`;
	f.root.append(
		svg("path", { d: path(xs, floor) + base, fill: "var(--floor)" }),
		svg("path", { d: path(xs, ceiling) + path(xs.slice().reverse(), floor.slice().reverse()).replace("M", "L") + "Z",
			fill: colour(state.focus), opacity: isDark() ? 0.2 : 0.13 }),
		svg("path", { d: path(xs, floor), fill: "none", stroke: "var(--floor-line)", "stroke-width": 1.6 }));
	drawLines({ root: f.root, y }, a, "power_w");
	return lane("Power", [html("i", { class: "key", style: "background:var(--floor);margin-right:6px" }),
		"lower bound: no policy can do with less"], withCursor(a, unitText(f.root, unit[1]), height));
}
function unitText(root, text) {
	root.append(svg("text", { x: margin.left + 6, y: 12 }, text));
	return root;
}

function hostsLane(a, height) {
	const f = frame(a, height, topOf("hosts_on"), tidy, "Hosts on over time");
	drawLines(f, a, "hosts_on");
	return lane("Hosts on", `of ${grouped(runs[state.focus].hosts)}`, withCursor(a, f.root, height));
}

/* The height that bars are drawn to: the highest, unless it towers over nearly all others (hosts
 * that all go down at the start of a run); such bars are cut, and the lane says so. */
function barTop(values) {
	const seen = values.filter((v) => v > 0).sort((a, b) => a - b);
	const usual = seen[Math.floor(seen.length * 0.97)] || 0, top = seen[seen.length - 1] || 0;
	return top > 4 * usual && seen.length > 8 ? 2 * usual : top;
}

/* Bars of the run in focus; `down` hangs below the line. */
function barsLane(a, spec) {
	const t = runs[state.focus].timeline, up = t[spec.up], down = spec.down ? t[spec.down] : null;
	const height = down ? 84 : 66;
	const peak = Math.max(maxOf(up), down ? maxOf(down) : 0), top = barTop(up.concat(down || []));
	const zero = down ? height / 2 : height - 4;
	const scale = (zero - 8) / (top || 1), w = a.inner / a.n;
	const root = svg("svg", { viewBox: `0 0 ${a.width} ${height}`, height, role: "img", "aria-label": `${spec.title} over time` });
	const bars = (list, sign) => list.map((v, i) => {
		const h = Math.min(v || 0, top) * scale, x = margin.left + i * w, wide = Math.max(w - (w > 4 ? 1 : 0), 0.8);
		const y = sign > 0 ? zero - h : zero;
		return h > 0 ? `M${x.toFixed(2)} ${y.toFixed(2)}h${wide.toFixed(2)}v${Math.max(h, 1).toFixed(2)}h-${wide.toFixed(2)}Z` : "";
	}).join("");
	root.append(svg("line", { class: "grid", x1: margin.left, x2: a.width - margin.right, y1: zero, y2: zero }),
		svg("path", { d: bars(up, 1), fill: spec.colour || colour(state.focus) }));
	if (down)
		root.append(svg("path", { d: bars(down, -1), fill: colour(state.focus), opacity: 0.45 }));
	if (top > 0)
		root.append(svg("text", { x: margin.left - 8, y: 14, "text-anchor": "end" }, tidy(top)));
	return lane(spec.title, spec.note + (peak > top ? `; tallest bar (${tidy(peak)}) cut` : ""), withCursor(a, root, height));
}
function timeAxis(a) {
	const root = svg("svg", { viewBox: `0 0 ${a.width} 24`, height: 24, "aria-hidden": "true" });
	a.ticks.forEach((s, i) => {
		const x = a.x(s);
		root.append(svg("line", { class: "grid", x1: x, x2: x, y1: 0, y2: 5 }),
			svg("text", { x, y: 19, "text-anchor": x > a.width - 30 ? "end" : i ? "middle" : "start" },
				tickText(s, a.seconds)));
	});
	return root;
}

function drawTimeline() {
	const box = byId("timeline"), width = box.clientWidth;
	margin.left = width < 560 ? 40 : 52;
	const a = axis(width, state.focus), low = width < 560, t = runs[state.focus].timeline;
	const per = a.bin < 3600 ? plural(Math.round(a.bin / 60), "minute") : plural(Math.round(a.bin / 360) / 10, "hour");
	const total = (key) => grouped(t[key].reduce((s, v) => s + (v || 0), 0));
	lanes = [];
	if (!a.n) {
		box.replaceChildren(html("p", { class: "empty" }, "The run ended before its first interval."));
		return;
	}
	box.replaceChildren(
		powerLane(a, low ? 200 : 250),
		hostsLane(a, low ? 110 : 130),
		heatLane(a),
		barsLane(a, { title: "Overloaded hosts", up: "hosts_overloaded", colour: "var(--warn)",
			note: maxOf(t.hosts_overloaded) ? "asked for more than they have" : "none" }),
		barsLane(a, { title: "Migrations", up: "migrations", note: `${total("migrations")}, in steps of ${per}` }),
		barsLane(a, { title: "Power-ups and power-downs", up: "power_ups", down: "power_downs",
			note: `${total("power_ups")} up, ${total("power_downs")} down` }),
		timeAxis(a));
	moveCursor(state.cursor);
}

/* The cursor: one bin of time in every lane, its numbers beside it. */
function tipRows(bin) {
	const focus = runs[state.focus], t = focus.timeline;
	const row = (name, value) => html("div", {}, html("span", {}, name), html("b", {}, value));
	const at = (list) => list[Math.floor((bin * list.length) / t.power_w.length)];
	const power = runs.map((r, i) => [i, at(r.timeline.power_w)]).filter(([i]) => isShown(i))
		.sort((p, q) => (q[0] === state.focus) - (p[0] === state.focus) || q[1] - p[1]).slice(0, tipRunsMax);
	return [
		html("div", {}, html("b", {}, clock(bin * t.bin_s))),
		...power.map(([i, w]) => html("div", {}, html("span", {}, html("i", { class: "key", style: `background:${colour(i)}` }),
			runs[i].policy), html("b", {}, watts(w)))),
		row("lower bound", watts(t.lower_bound_w[bin])),
		row("hosts on", tidy(t.hosts_on[bin])),
		t.hosts_waking[bin] ? row("waking", tidy(t.hosts_waking[bin])) : null,
		t.hosts_overloaded[bin] ? row("overloaded", tidy(t.hosts_overloaded[bin])) : null,
		t.migrations[bin] ? row("migrations", tidy(t.migrations[bin])) : null,
		t.power_ups[bin] ? row("power-ups", tidy(t.power_ups[bin])) : null,
	].filter(Boolean);
}
function moveCursor(bin, extra) {
	const n = runs[state.focus].timeline.power_w.length;
	if (!n)
		return;
	state.cursor = bin === null ? null : Math.min(Math.max(bin, 0), n - 1);
	for (const { line, a } of lanes) {
		line.setAttribute("visibility", state.cursor === null ? "hidden" : "visible");
		if (state.cursor !== null) {
			line.setAttribute("x1", a.mid(state.cursor));
			line.setAttribute("x2", a.mid(state.cursor));
		}
	}
	showTip(extra);
}
function showTip(extra) {
	const tip = byId("tip"), box = byId("timeline").getBoundingClientRect();
	tip.hidden = state.cursor === null;
	if (tip.hidden)
		return;
	tip.replaceChildren(...tipRows(state.cursor), ...(extra ? [html("div", {}, html("span", {}, extra[0]), html("b", {}, extra[1]))] : []));
	const x = box.left + lanes[0].a.mid(state.cursor), w = tip.offsetWidth;
	tip.style.left = Math.max(8, x + 16 + w > innerWidth - 8 ? x - w - 16 : x + 16) + "px";
	tip.style.top = Math.min(Math.max(box.top + 12, 12), innerHeight - tip.offsetHeight - 12) + "px";
}
function watchTimeline() {
	const box = byId("timeline");
	const binAt = (e) => {
		if (!lanes.length)
			return null;
		const a = lanes[0].a;
		return Math.floor(((e.clientX - box.getBoundingClientRect().left - margin.left) / a.inner) * a.n);
	};
	box.addEventListener("pointermove", (e) => moveCursor(binAt(e), heatAt(e)));
	box.addEventListener("pointerdown", (e) => moveCursor(binAt(e), heatAt(e)));
	box.addEventListener("pointerleave", () => moveCursor(null));
	box.addEventListener("blur", () => moveCursor(null));
	box.addEventListener("keydown", (e) => {
		const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: 12, PageUp: -12 }[e.key];
		if (e.key === "Escape")
			moveCursor(null);
		if (!step)
			return;
		e.preventDefault();
		moveCursor((state.cursor === null ? -1 : state.cursor) + step);
		byId("readout").textContent = tipRows(state.cursor).map((r) => r.innerText).join("; ");
	});
}
