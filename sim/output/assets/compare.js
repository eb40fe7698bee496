/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run as figures, several as a table and a scatter. */
const metrics = [
	{ key: "energy_kwh", name: "Energy, kWh", text: (r) => short(r.energy_kwh) },
	{ key: "energy_over_lower_bound", name: "× bound", text: (r) => short(r.energy_over_lower_bound) },
	{ key: "unserved_ratio", name: "Unserved, %", text: (r) => percent(r.unserved_ratio) },
	{ key: "slatah", name: "SLATAH, %", text: (r) => percent(r.slatah) },
	{ key: "migrations", name: "Migrations", text: (r) => grouped(r.migrations) },
	{ key: "host_power_cycles", name: "Power cycles", text: (r) => grouped(r.host_power_cycles) },
	{ key: "mean_hosts_on", name: "Hosts on", text: (r) => short(r.mean_hosts_on) },
];

/* All runs as dots on one line from zero to the worst: where does the one in focus stand? */
function dotStrip(key) {
	const top = Math.max(...runs.map((r) => r[key] || 0)) || 1;
	const root = svg("svg", { class: "strip", height: 30, "aria-hidden": "true" });
	root.append(svg("line", { class: "grid", x1: 0, x2: "100%", y1: 15, y2: 15 }));
	const order = runs.map((_, i) => i).sort((p, q) => (p === state.focus) - (q === state.focus));
	for (const i of order)
		root.append(svg("circle", { cx: 100 * ((runs[i][key] || 0) / top) + "%", cy: 15, r: i === state.focus ? 7 : 4,
			fill: colour(i), stroke: "var(--panel)", "stroke-width": 1.5 }));
	return root;
}
function spark(key) {
	const values = runs[state.focus].timeline[key], top = maxOf(values) || 1;
	if (!values.length)
		return null;
	const xs = values.map((_, i) => (i / Math.max(values.length - 1, 1)) * 160);
	const ys = values.map((v) => 27 - ((v || 0) / top) * 24);
	return svg("svg", { viewBox: "0 0 160 28", height: 36, preserveAspectRatio: "none", "aria-hidden": "true" },
		svg("path", { d: path(xs, ys) + "L160 28L0 28Z", fill: colour(state.focus), opacity: 0.16 }),
		svg("path", { d: path(xs, ys), fill: "none", stroke: colour(state.focus), "stroke-width": 1.5,
			"vector-effect": "non-scaling-stroke" }));
}

/* Energy as a bar from nothing: the part no policy can save, then the part above it. */
function boundBar(r) {
	const top = Math.max(...runs.map((q) => q.energy_kwh), r.lower_bound_kwh) || 1;
	const root = svg("svg", { viewBox: "0 0 300 26", height: 34, preserveAspectRatio: "none", "aria-hidden": "true" });
	const x = (v) => (v / top) * 300;
	root.append(svg("rect", { x: 0, y: 5, width: 300, height: 16, rx: 4, fill: "var(--line)", opacity: 0.55 }),
		svg("rect", { x: 0, y: 5, width: x(r.energy_kwh), height: 16, rx: 4, fill: colour(state.focus) }),
		svg("rect", { x: 0, y: 5, width: x(r.lower_bound_kwh), height: 16, rx: 4, fill: "var(--floor-line)" }));
	return root;
}
function tile(name, value, unit, note, picture, kind) {
	return html("div", { class: "tile" + (kind || "") }, html("h3", {}, name),
		html("div", { class: "value" }, value, unit ? html("small", {}, " " + unit) : null),
		html("div", { class: "note" }, ...[].concat(note)), picture);
}
function drawHeadline() {
	const r = runs[state.focus], t = r.timeline, many = runs.length > 1;
	const pic = (key, series) => (many ? dotStrip(key) : spark(series));
	const bound = r.energy_over_lower_bound;
	const above = bound ? [html("b", {}, short(bound) + " ×"), " the lower bound of ", html("b", {}, short(r.lower_bound_kwh) + " kWh")] : "no lower bound";
	const failed = r.migrations_failed ? `, ${grouped(r.migrations_failed)} failed` : "";
	const trouble = [r.wake_failures ? plural(r.wake_failures, "failed wake") : "",
		r.host_crashes ? plural(r.host_crashes, "crash").replace("crashs", "crashes") : ""].filter(Boolean).join(", ");
	byId("headline").replaceChildren(
		tile("Energy", short(r.energy_kwh), "kWh", above, boundBar(r), " hero"),
		tile("Hosts on", short(r.mean_hosts_on), "of " + grouped(r.hosts), "mean over the run", pic("mean_hosts_on", "hosts_on")),
		tile("Unserved", percent(r.unserved_ratio), "%", "of the CPU work asked for", pic("unserved_ratio", "hosts_overloaded")),
		tile("SLATAH", percent(r.slatah), "%", "of host time overloaded", pic("slatah", "hosts_overloaded")),
		tile("Migrations", grouped(r.migrations), "", (r.bytes_moved ? bytes(r.bytes_moved) + " copied" : "") + failed, pic("migrations", "migrations")),
		tile("Power cycles", grouped(r.host_power_cycles), "", trouble || `at most ${tidy(maxOf(t.hosts_on))} on at once`, pic("host_power_cycles", "power_ups")));
}

function tableRow(r, i, tops, bests) {
	const cells = metrics.map((m, k) => html("td", { "data-label": m.name, class: r[m.key] === bests[k] ? "best" : null },
		html("span", { class: "num" }, m.text(r)), html("span", { class: "bar" },
			html("i", { style: `width:${(100 * (r[m.key] || 0)) / (tops[k] || 1)}%;background:${colour(i)}` }))));
	return html("tr", { "data-focus": i === state.focus, onclick: () => setFocus(i) },
		html("th", { scope: "row" }, html("button", { type: "button", "aria-pressed": String(i === state.focus) }, r.policy)), ...cells);
}
function drawTable() {
	const tops = metrics.map((m) => Math.max(...runs.map((r) => r[m.key] || 0)));
	const bests = metrics.map((m) => Math.min(...runs.map((r) => (r[m.key] === null ? Infinity : r[m.key]))));
	const order = runs.map((_, i) => i).sort((p, q) => runs[p].energy_kwh - runs[q].energy_kwh);
	byId("table").replaceChildren(html("table", {},
		html("thead", {}, html("tr", {}, html("th", { scope: "col", style: "width:19%" }, "Policy"),
			...metrics.map((m) => html("th", { scope: "col" }, m.name)))),
		html("tbody", {}, ...order.map((i) => tableRow(runs[i], i, tops, bests)))));
}

/* A name goes beside its dot, above or below it: the first place that is free. One that finds
 * none is left out (the table has them all). The run in focus chooses first. */
function placeLabels(points, width) {
	const taken = points.map((p) => [p.x - 6, p.y - 6, p.x + 6, p.y + 6]);
	for (const p of points.slice().sort((a, b) => (b.i === state.focus) - (a.i === state.focus))) {
		const w = p.name.length * 6.9;
		const spots = [["start", p.x + 11, p.y + 4], ["end", p.x - 11, p.y + 4], ["middle", p.x, p.y - 11], ["middle", p.x, p.y + 19]];
		for (const [anchor, x, y] of spots) {
			const left = anchor === "start" ? x : anchor === "end" ? x - w : x - w / 2;
			const box = [left, y - 10, left + w, y + 3];
			if (left < 0 || left + w > width || taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1]))
				continue;
			taken.push(box);
			p.label = svg("text", { x, y, "text-anchor": anchor, class: p.i === state.focus ? "strong" : null }, p.name);
			break;
		}
	}
}
function drawScatter() {
	const box = byId("scatter"), width = Math.max(box.clientWidth, 200), height = 290, m = { l: 40, r: 24, t: 30, b: 40 };
	const xt = niceTicks(Math.max(...runs.map((r) => r.energy_kwh)) * 1.03, width < 420 ? 3 : 4);
	const yt = niceTicks(Math.max(...runs.map((r) => r.unserved_ratio * 100)) * 1.08 || 1, 4);
	const x = (v) => m.l + (v / xt[xt.length - 1]) * (width - m.l - m.r);
	const y = (v) => height - m.b - (v / yt[yt.length - 1]) * (height - m.t - m.b);
	const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, width: "100%", role: "img",
		"aria-label": "Energy against unserved demand, one dot a policy; nearer to the lower left corner is better" });
	yt.forEach((v) => root.append(svg("line", { class: "grid", x1: m.l, x2: width - m.r, y1: y(v), y2: y(v) }),
		svg("text", { x: m.l - 7, y: y(v) + 4, "text-anchor": "end" }, tidy(v))));
	xt.forEach((v) => root.append(svg("text", { x: x(v), y: height - m.b + 17, "text-anchor": "middle" }, tidy(v))));
	const bound = x(runs[0].lower_bound_kwh);
	root.append(svg("rect", { x: m.l, y: m.t - 8, width: Math.max(bound - m.l, 0), height: height - m.b - m.t + 8, fill: "var(--floor)", opacity: 0.55 }),
		svg("line", { x1: bound, x2: bound, y1: m.t - 8, y2: height - m.b, stroke: "var(--floor-line)", "stroke-width": 1.6 }),
		svg("text", { x: (m.l + width - m.r) / 2, y: height - 5, "text-anchor": "middle" }, "Energy, kWh (shaded: below the lower bound)"),
		svg("text", { x: 0, y: 11 }, "Unserved demand, %"));
	const points = runs.map((r, i) => ({ i, name: r.policy, x: x(r.energy_kwh), y: y(r.unserved_ratio * 100), label: null }));
	placeLabels(points, width);
	for (const p of points.sort((a, b) => (a.i === state.focus) - (b.i === state.focus))) {
		root.append(svg("circle", { cx: p.x, cy: p.y, r: p.i === state.focus ? 7.5 : 5, fill: colour(p.i), stroke: "var(--panel)",
			"stroke-width": 2, style: "cursor:pointer", onclick: () => setFocus(p.i) }, svg("title", {}, p.name)));
		if (p.label)
			root.append(p.label);
	}
	box.replaceChildren(root);
}
