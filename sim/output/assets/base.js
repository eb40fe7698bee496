/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every chart shares: the data, the state, formats, elements, scales. No library: a report
 * must open from a file in ten years' time, and these are all the chart kinds it needs. */
const data = JSON.parse(document.getElementById("data").textContent);
const runs = data.runs;
const state = { focus: 0, hidden: new Set(), cursor: null };

/* Okabe and Ito's palette, darkened on white and lightened on black for contrast. Neighbours also
 * differ by their dashes, and so do the same colours when they come round again: no two of 32
 * lines differ by colour alone in a way that some eyes cannot tell. */
const palette = {
	light: ["#0068a8", "#c77700", "#008a63", "#b5427f", "#c8420a", "#3c4f9e", "#6b7f00", "#5c6770"],
	dark: ["#5ab8f5", "#ffb547", "#3fd3a4", "#f39ac7", "#ff8f63", "#a9b4ff", "#d0dd55", "#b5c2c9"],
};
const dashes = ["", "7 4", "2 3", "9 3 2 3"];
const isDark = () => matchMedia("(prefers-color-scheme: dark)").matches;
const colour = (i) => palette[isDark() ? "dark" : "light"][i % palette.light.length];
const dash = (i) => dashes[(i + Math.floor(i / palette.light.length)) % dashes.length];
const isShown = (i) => i === state.focus || !state.hidden.has(i);

/* Elements. Text always goes in as text, never as markup: names may hold anything. */
function fill(node, attrs, children) {
	for (const [k, v] of Object.entries(attrs || {})) {
		if (k.startsWith("on"))
			node.addEventListener(k.slice(2), v);
		else if (v !== null && v !== undefined && v !== false)
			node.setAttribute(k, v === true ? "" : v);
	}
	node.append(...children.filter((c) => c !== null && c !== undefined));
	return node;
}
const html = (tag, attrs, ...children) => fill(document.createElement(tag), attrs, children);
const svg = (tag, attrs, ...children) =>
	fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs, children);
const byId = (id) => document.getElementById(id);

/* Numbers. */
const grouped = (v, digits = 0) => v.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/* Three significant digits, no more. */
function short(v) {
	if (v === null || v === undefined)
		return "–";
	const a = Math.abs(v);
	if (a === 0)
		return "0";
	if (a >= 100)
		return grouped(v);
	if (a >= 10)
		return grouped(v, 1);
	if (a >= 0.01)
		return grouped(v, 2);
	return v.toPrecision(2);
}
/* Counts and the ticks of an axis: no zeros behind the point. */
const tidy = (v) => v.toLocaleString("en", { maximumSignificantDigits: 3 });

/* Below a thousandth of a percent nobody can see a difference. */
function percent(ratio) {
	const p = ratio * 100;
	if (p > 0 && p < 0.001)
		return "< 0.001";
	return p === 0 ? "0" : p < 0.1 ? p.toFixed(3) : p < 10 ? p.toFixed(2) : p.toFixed(1);
}
function scaled(v, units) {
	let i = 0;
	for (; Math.abs(v) >= 999.5 && i + 1 < units.length; i++)
		v /= 1000;
	return short(v) + " " + units[i];
}
const watts = (w) => scaled(w, ["W", "kW", "MW", "GW"]);
const bytes = (b) => scaled(b, ["B", "kB", "MB", "GB", "TB", "PB"]);
const plural = (n, word) => grouped(n) + " " + word + (n === 1 ? "" : "s");

/* Time of a moment, in seconds from the start. */
function clock(s) {
	const two = (x) => String(Math.floor(x)).padStart(2, "0");
	const day = Math.floor(s / 86400);
	return (day ? "day " + (day + 1) + ", " : "") + two((s / 3600) % 24) + ":" + two((s / 60) % 60);
}
function span(s) {
	if (s >= 2 * 86400)
		return tidy(s / 86400) + " days";
	return s >= 3600 ? plural(Math.round(s / 360) / 10, "hour") : plural(Math.round(s / 60), "minute");
}

/* About n round numbers that cover [0, max]. */
function niceTicks(max, n) {
	const rough = (max || 1) / n;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = power * ([1, 2, 2.5, 5, 10].find((m) => m * power >= rough * 0.999) || 10);
	const ticks = [];
	for (let i = 0; (i - 1) * step < (max || 1) * 0.999; i++)
		ticks.push(i * step);
	return ticks;
}
function timeTicks(seconds, n) {
	const steps = [300, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2419200];
	const step = steps.find((s) => seconds / s <= n) || Math.ceil(seconds / n / 2419200) * 2419200;
	const ticks = [];
	for (let t = 0; t <= seconds; t += step)
		ticks.push(t);
	return ticks;
}
const maxOf = (list) => list.reduce((m, v) => Math.max(m, v || 0), 0);
const path = (xs, ys) => xs.map((x, i) => (i ? "L" : "M") + x.toFixed(1) + " " + ys[i].toFixed(1)).join("");
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
