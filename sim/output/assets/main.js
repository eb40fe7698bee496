/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lower panels, and what happens when somebody chooses, resizes or turns the lights off. */
const stateNames = { active: "Running", draining: "Running, to be emptied", suspending: "Going down", standby: "In standby",
	off: "Off", waking: "Waking", failed: "Failed", unknown: "Unknown" };

function drawReasons() {
	const list = Object.entries(runs[state.focus].actions_by_reason).sort((a, b) => b[1] - a[1]);
	const top = list.length ? list[0][1] : 1;
	const sum = list.reduce((s, e) => s + e[1], 0) || 1;
	const rows = list.flatMap(([code, n]) => [
		html("span", {}, code.charAt(0).toUpperCase() + code.slice(1).replaceAll("-", " ")),
		html("span", { class: "bar" }, html("i", { style: `width:${(100 * n) / top}%;background:${colour(state.focus)}` })),
		html("span", { class: "n" }, grouped(n) + " ", html("small", {}, (n / sum < 0.005 ? "< 1" : Math.round((100 * n) / sum)) + " %"))]);
	byId("reasons").replaceChildren(list.length ? html("div", { class: "rows" }, ...rows)
		: html("p", { class: "empty" }, "It did nothing at all."));
}
const stateShades = { active: "--heat-2", draining: "--heat-1", waking: "--warn", off: "--floor-line", standby: "--floor-line",
	suspending: "--floor", failed: "--heat-over" };

function drawEnergy() {
	const r = runs[state.focus];
	const list = Object.entries(r.energy_by_state_kwh).filter(([, v]) => v > 0).sort((a, b) => b[1] - a[1]);
	const sum = list.reduce((s, e) => s + e[1], 0) || 1;
	const paint = (name) => `background:var(${stateShades[name] || "--line"})`;
	const rows = list.flatMap(([name, v]) => [
		html("span", {}, html("i", { class: "key", style: paint(name) }), stateNames[name] || name),
		html("span", {}),
		html("span", { class: "n" }, short(v) + " kWh ", html("small", {}, percent(v / sum) + " %"))]);
	byId("energy").replaceChildren(
		html("div", { class: "stack", "aria-hidden": "true" }, ...list.map(([name, v]) => html("i", { style: `flex:${v};${paint(name)}` }))),
		html("div", { class: "rows" }, ...rows));
}
function drawFacts() {
	const r = runs[state.focus], many = runs.length > 1;
	const fact = (name, value, kind) => (value === "" || value === undefined || value === null ? []
		: [html("div", { class: kind === "wide" ? "wide" : null }, html("dt", {}, name), html("dd", { class: kind ? "code" : null }, value))]);
	byId("facts").replaceChildren(
		...fact("Fleet", data.fleet, "code"), ...fact("Trace", data.trace, "code"),
		...fact("Policy", r.policy), ...fact("Rules", r.rules), ...fact("Seed", String(r.seed)),
		...fact("Configuration digest", r.config_digest, "code"), ...fact("Decision digest", r.decision_digest, "code"),
		...fact("SLAV", short(r.slav)), ...fact("ESV", short(r.esv)), ...fact("PDM", percent(r.pdm) + " %"),
		...fact("Simulated in", `${short(r.wall_seconds)} s (${grouped(Math.round(r.vm_steps_per_second))} VM steps/s)`),
		...fact("Memory", bytes(r.peak_rss_bytes)), ...fact("Program", data.program),
		...fact(many ? "Made by" : "Again with", data.command, "wide"));
}
function drawTitle() {
	const r = runs[0], many = runs.length > 1;
	const title = `${many ? `${runs.length} policies` : r.policy} on ${plural(r.hosts, "host")} and ${plural(r.vms, "VM")}`;
	byId("title").textContent = title;
	document.title = `${title} – Ebb`;
	byId("subtitle").textContent = [span(r.simulated_seconds) + " simulated", data.trace, "rules " + r.rules, "seed " + r.seed]
		.filter(Boolean).join("  ·  ");
}

function chip(r, i) {
	const show = html("button", { type: "button", class: "show", "aria-pressed": String(isShown(i)), "aria-label": `Show ${r.policy} in the charts`,
		title: i === state.focus ? "always shown while in focus" : "show or hide", onclick: () => toggle(i) },
	svg("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" }, svg("line", { x1: 0, x2: 26, y1: 6, y2: 6, stroke: colour(i),
		"stroke-width": i === state.focus ? 5 : 3, "stroke-dasharray": i === state.focus ? null : dash(i) })));
	const name = html("button", { type: "button", class: "name", "aria-pressed": String(i === state.focus), onclick: () => setFocus(i) }, r.policy);
	return html("div", { class: "chip", "data-focus": i === state.focus, "data-off": !isShown(i) }, show, name);
}
function drawPolicies() {
	byId("policies").hidden = byId("compare").hidden = runs.length < 2;
	byId("policies").replaceChildren(...(runs.length > 1 ? runs.map(chip) : []));
}
function toggle(i) {
	if (!state.hidden.delete(i))
		state.hidden.add(i);
	drawAll();
}
function setFocus(i) {
	state.focus = i;
	drawAll();
}

/* Redrawing loses the keyboard's place; it is put back on the same control. */
function drawAll() {
	const controls = () => [...document.querySelectorAll("button")];
	const at = controls().indexOf(document.activeElement);
	document.documentElement.style.setProperty("--focus", colour(state.focus));
	drawPolicies();
	drawHeadline();
	drawTimeline();
	if (runs.length > 1) {
		drawTable();
		drawScatter();
	}
	drawReasons();
	drawEnergy();
	drawFacts();
	if (at >= 0)
		controls()[at]?.focus();
}

drawTitle();
drawAll();
watchTimeline();
let lastWidth = innerWidth;
addEventListener("resize", () => {
	if (innerWidth !== lastWidth)
		drawAll();
	lastWidth = innerWidth;
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
