/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The heat map of host load: one row a host, one column a bin of time. The cells come as text,
 * one character each (report.c says how), and go to a canvas, one pixel each, then scaled up. */
const levels = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const fullLevel = 50; /* a load of 1; beyond it the host is overloaded */
let heatBox = null;

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const mix = (a, b, t) => a.map((v, i) => Math.round(v + (b[i] - v) * t));

function heatColours() {
	const [a, b, c] = ["--heat-0", "--heat-1", "--heat-2"].map((n) => rgb(css(n)));
	const over = rgb(css("--heat-over"));
	return Array.from(levels, (_, i) => {
		const t = i / fullLevel;
		return t > 1 ? over : t < 0.5 ? mix(a, b, t * 2) : mix(b, c, t * 2 - 1);
	});
}
function paintHeat(canvas, rows, width, height) {
	const ratio = Math.max(1, devicePixelRatio || 1), n = rows[0].length;
	const small = new OffscreenCanvas(n, rows.length), image = new ImageData(n, rows.length);
	const colours = heatColours();
	rows.forEach((row, y) => {
		for (let x = 0; x < n; x++) {
			const level = levels.indexOf(row[x]);
			if (level >= 0)
				image.data.set([...colours[level], 255], (y * n + x) * 4);
		}
	});
	small.getContext("2d").putImageData(image, 0, 0);
	canvas.width = Math.round(width * ratio);
	canvas.height = Math.round(height * ratio);
	const ctx = canvas.getContext("2d");
	ctx.imageSmoothingEnabled = canvas.width < n || canvas.height < rows.length;
	ctx.drawImage(small, 0, 0, canvas.width, canvas.height);
}
/* A run with more hosts than rows merges hosts of like use; a row then has the first one's name. */
const rowsMax = 128;
const isGrouped = () => runs[state.focus].heat.rows.length === rowsMax && runs[state.focus].hosts > rowsMax;

/* Hosts that were on for a moment only (all of them at the start of a run, often) would push the
 * others out of sight. */
function rowsToShow(heat) {
	const least = heat.rows.length ? heat.rows[0].length * 0.02 : 0;
	const keep = heat.rows.map((row, i) => i).filter((i) => heat.rows[i].length - heat.rows[i].split(".").length + 1 > least);
	const pick = keep.length ? keep : heat.rows.map((row, i) => i);
	return { hosts: pick.map((i) => heat.hosts[i]), rows: pick.map((i) => heat.rows[i]) };
}
function heatLane(a) {
	const heat = rowsToShow(runs[state.focus].heat), n = heat.rows.length;
	if (!n)
		return null;
	const rowHeight = Math.min(Math.max(230 / n, 2.5), 18), height = Math.round(rowHeight * n);
	const canvas = html("canvas", { style: `left:${margin.left}px;width:${a.inner}px;height:${height}px` });
	const root = svg("svg", { viewBox: `0 0 ${a.width} ${height}`, height, style: "position:relative", role: "img",
		"aria-label": `Load of the hosts over time in ${n} rows, the most used at the top` });
	const fit = Math.floor((margin.left - 8) / 7.3); /* letters beside a row */
	if (rowHeight >= 13)
		heat.hosts.forEach((name, i) => root.append(svg("text", { x: margin.left - 8, y: (i + 0.5) * rowHeight + 4,
			"text-anchor": "end" }, name.length > fit ? name.slice(0, fit - 1) + "…" : name, svg("title", {}, name))));
	else
		root.append(svg("text", { x: margin.left - 8, y: 10, "text-anchor": "end" }, "most"),
			svg("text", { x: margin.left - 8, y: height - 2, "text-anchor": "end" }, "least"));
	paintHeat(canvas, heat.rows, a.inner, height);
	heatBox = { root, rowHeight, heat };
	const left = runs[state.focus].heat.rows.length - n;
	const shown = (isGrouped() ? "hosts in groups of like use; " : "") +
		(left ? `${plural(left, "row")} on for under 2 % of the time left out; ` : "");
	const scale = html("i", {}, shown, "0", html("i", { class: "ramp" }), "100 %");
	const over = html("i", {}, html("i", { class: "over" }), "overloaded; blank: off");
	return lane("Load of each host", [scale, " ", over], canvas, withCursor(a, root, height));
}

/* What lies under the pointer: host and load, for the tip. */
function heatAt(e) {
	if (!heatBox || !heatBox.root.isConnected)
		return null;
	const heat = heatBox.heat, box = heatBox.root.getBoundingClientRect();
	const row = Math.floor((e.clientY - box.top) / heatBox.rowHeight);
	if (row < 0 || row >= heat.rows.length)
		return null;
	const a = lanes[0].a;
	const bin = Math.floor(((e.clientX - box.left - margin.left) / a.inner) * a.n);
	const level = levels.indexOf(heat.rows[row][Math.min(Math.max(bin, 0), a.n - 1)]);
	return [heat.hosts[row] + (isGrouped() ? " and its like" : ""), level < 0 ? "off" : (level * 100) / fullLevel + " %"];
}
