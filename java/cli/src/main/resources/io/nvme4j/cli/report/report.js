'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const HEIGHT = 280;
const tip = document.getElementById('tip');
const charts = [];

function element(parent, name, attributes = {}, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}
/* What report.css calls a colour, for the canvas: in another theme or in print it is another. */
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* Numbers as people read them. */
const digits = v => String(+v.toPrecision(3));
const short = v => {
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]])
    if (Math.abs(v) >= size) return digits(v / size) + unit;
  return digits(v);
};
const micros = v => v >= 1e6 ? digits(v / 1e6) + ' s' : v >= 1e3 ? digits(v / 1e3) + ' ms'
  : v >= 1 ? digits(v) + ' µs' : digits(v * 1e3) + ' ns';

/* 1, 2, 5, 10, 20 and so on, from the one at or below to the one at or above. */
function ladder(low, high) {
  const steps = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++)
    steps.push(...[1, 2, 5].map(factor => +(factor + 'e' + e)));
  return steps.slice(steps.findLastIndex(step => step <= low), steps.findIndex(step => step >= high) + 1);
}
const isPower = v => Number.isInteger(+Math.log10(v).toFixed(9));

/* Scales, and the axes' ticks on them. */
const linear = { scale: { range: (u, low, high) => [0, (high || 1) * 1.06] }, axis: {} };
const logarithmic = {
  scale: { distr: 3, range: (u, low, high) => {
    const steps = low === null ? [1, 10] : ladder(low, Math.max(high, low * 1.01));
    return [steps[0], steps[steps.length - 1]];
  } },
  axis: {
    splits: (u, axis, low, high) => ladder(low, high),
    filter: (u, splits) => splits.map(v => splits.length < 14 || isPower(v) ? v : null) },
};
/* Time, whose plots have one pointer and one zoom. */
function time(end) {
  const isShort = end < 1;
  return { name: isShort ? 'ms' : 's', text: v => digits(isShort ? v * 1e3 : v), axis: {}, sync: { key: 'time' },
    scale: { range: (u, low, high) =>
      low <= u.data[0][0] && high >= u.data[0][u.data[0].length - 1] ? [0, end || 1] : [low, high] } };
}
/* Percentiles by their nines: 90, 99, 99.9 are as far from each other. */
const nines = p => Math.log10(100 / (100 - p));
const percentile = n => +(100 - 100 / 10 ** n).toPrecision(7);
function percentiles(most) {
  const all = [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999].filter(p => p <= most);
  return { name: '%', text: n => String(percentile(n)), scale: {},
    axis: { splits: () => all.map(nines), filter: (u, splits) => u.width < 480 ? splits.filter(n => n !== 0) : splits } };
}
function depths(all) {
  return { name: 'depth', text: String, scale: { ...logarithmic.scale, range: (u, low, high) => [low, Math.max(high, low * 2)] },
    axis: { splits: () => all, filter: (u, splits) =>
      splits.map((d, i) => i % Math.ceil(splits.length * 70 / u.width) ? null : d) } };
}

function card(title) {
  const box = element(document.getElementById('plots'), 'div', { class: 'card' });
  element(box, 'h2', {}, title);
  return box;
}
function widthOf(box) {
  const style = getComputedStyle(box);
  return Math.max(240, box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
}
function axis(scale, text, more) {
  return { stroke: () => css('--soft'), font: '11px sans-serif', labelFont: '11px sans-serif', labelSize: 18,
    grid: { stroke: () => css('--line'), width: 1 }, ticks: { show: false }, scale,
    values: (u, splits) => splits.map(v => v === null ? '' : text(v)), ...more };
}
/* Plots are made when all cards are there, as only then their widths are known. */
const waiting = [];
function chart(box, x, y, yText, table, tells, options) {
  waiting.push(() => {
    const made = new uPlot({
      class: 'plot', width: widthOf(box), height: HEIGHT,
      scales: { x: { time: false, ...x.scale }, y: y.scale },
      axes: [axis('x', x.text, { label: x.name, size: 24, space: 60, ...x.axis }),
        axis('y', yText, { size: 60, ...y.axis })],
      cursor: { y: false, points: { size: 7 }, sync: x.sync },
      ...options, plugins: [tooltip(tells), ...(options.plugins || [])] }, table, box);
    made.root.setAttribute('role', 'figure');
    made.root.setAttribute('aria-label', box.querySelector('h2').textContent);
    charts.push(made);
  });
}
/* Tells what is under the pointer, in the plot that it is in. */
let entered = null;
function tooltip(tells) {
  return { hooks: {
    init: u => {
      u.over.addEventListener('mouseenter', () => { entered = u; });
      u.over.addEventListener('mouseleave', () => { entered = null; tip.hidden = true; });
    },
    setCursor: u => {
      if (u !== entered) return;
      const lines = u.cursor.left < 0 ? null : tells(u);
      tip.hidden = !lines;
      if (!lines) return;
      tip.textContent = lines.join('\n');
      const at = u.over.getBoundingClientRect();
      tip.style.left = Math.max(4, Math.min(at.left + u.cursor.left + 14, innerWidth - tip.offsetWidth - 8)) + 'px';
      tip.style.top = Math.max(4, at.top + u.cursor.top - tip.offsetHeight - 10) + 'px';
    } } };
}
/* Curves of {name, x, y, colour, isPart}; y may have gaps: null. */
function plot(title, curves, x, y, yText, options = {}) {
  const box = card(title);
  curves = curves.filter(curve => curve.y.some(v => v !== null));
  if (!curves.length) return void element(box, 'p', { class: 'none' }, 'Nothing was measured.');
  const tells = u => u.cursor.idx === null ? null : [x.text(u.data[0][u.cursor.idx]) + ' ' + x.name].concat(
    curves.map((c, i) => [c.name, u.data[i + 1][u.cursor.idxs[i + 1]], u.series[i + 1].show])
      .filter(([, , isShown]) => isShown).map(([name, v]) => name + '  ' + (v == null ? 'none' : yText(v))));
  chart(box, x, y, yText, uPlot.join(curves.map(c => [c.x, c.y]), curves.map(() => [0, 2])), tells, {
    legend: { live: false, markers: { width: 0, fill: (u, i) => `var(${curves[i - 1].colour})` } },
    series: [{}, ...curves.map(c => ({ label: c.name, stroke: () => css(c.colour), width: 1.8,
      dash: c.isPart ? [5, 3] : [], points: { show: () => false, filter: alone, size: 6, fill: () => css(c.colour) } }))],
    ...options });
}
/* Values that have no neighbour to draw a line to: dots. */
function alone(u, series) {
  const y = u.data[series];
  return [...y.keys()].filter(i => y[i] != null && (i === 0 || y[i - 1] === null) && (i === y.length - 1 || y[i + 1] === null));
}
const DIRECTION_COLOURS = ['--c0', '--c1', '--c2'];
const positive = values => values.map(v => v > 0 ? v : null);

function timePlots() {
  const s = data.series, directions = data.directions, t = time(s.end[s.end.length - 1]);
  for (const [title, key] of [['IOPS over time', 'iops'], ['Bandwidth over time, MiB/s', 'mib']])
    plot(title, directions.map((d, i) => ({ name: d, x: s.time, y: s[d][key], colour: DIRECTION_COLOURS[data.colours[i]] })),
      t, linear, short);
  for (const d of directions)
    plot('Latency over time: ' + d, data.percentiles.map((p, i) => ({ name: p, x: s.time, y: positive(s[d][p]), colour: '--p' + i })),
      t, logarithmic, micros);
}
function distributionPlot() {
  const last = data.distribution.flatMap(c => c.points.map(p => p[0])).reduce((a, p) => p < 100 ? Math.max(a, p) : a, 50);
  const at = p => nines(Math.min(p, last));
  plot('Latency distribution', data.distribution.map(c => {
    const byNines = new Map(c.points.map(([p, v]) => [at(p), v]));
    return { name: c.name, x: [...byNines.keys()], y: positive([...byNines.values()]),
      colour: DIRECTION_COLOURS[c.colour], isPart: c.isPart };
  }), percentiles(last), logarithmic, micros);
}
function heatMap() {
  const box = card('Heat map: how many commands took how long, and when');
  const h = data.heat, t = time(h.end[h.end.length - 1]);
  if (!h.cells.length) return void element(box, 'p', { class: 'none' }, 'Nothing was measured.');
  const scale = element(box, 'div', { class: 'scale' });
  for (const [name, kind] of [['few', ''], ['', 'shades'], ['many', '']]) element(scale, 'span', { class: kind }, name);
  const edges = [...h.begin, h.end[h.end.length - 1]];
  const counts = new Map(h.cells.map(c => [c[0] + '/' + c[1], c[2]]));
  const tells = u => {
    const at = u.posToVal(u.cursor.left, 'x'), latency = u.posToVal(u.cursor.top, 'y');
    const column = h.begin.findIndex((b, i) => at >= b && at < h.end[i]);
    const row = h.bounds.findIndex((b, i) => latency >= b && latency < h.bounds[i + 1]);
    return column < 0 || row < 0 ? null : [t.text(h.begin[column]) + ' ' + t.name,
      micros(h.bounds[row]) + ' to ' + micros(h.bounds[row + 1]), short(counts.get(column + '/' + row) || 0) + ' commands'];
  };
  chart(box, t, logarithmic, micros, [edges, edges.map((_, i) => i % 2 ? h.bounds[0] : h.bounds[h.bounds.length - 1])], tells, {
    legend: { show: false }, series: [{}, { paths: () => null, points: { show: false } }],
    plugins: [{ hooks: { draw: u => drawHeat(u, h) } }] });
}
function drawHeat(u, h) {
  const [few, many] = ['--heat0', '--heat1'].map(name => css(name).split(',').map(Number));
  const greatest = Math.log(1 + h.cells.reduce((a, c) => Math.max(a, c[2]), 0));
  const { left, top, width, height } = u.bbox, x = v => u.valToPos(v, 'x', true), y = v => u.valToPos(v, 'y', true);
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(left, top, width, height);
  u.ctx.clip();
  for (const [column, row, count] of h.cells) {
    const share = Math.log(1 + count) / greatest, at = x(h.begin[column]), high = y(h.bounds[row + 1]);
    u.ctx.fillStyle = `rgb(${few.map((f, i) => Math.round(f + share * (many[i] - f)))})`;
    u.ctx.fillRect(at, high, x(h.end[column]) - at + 0.4, y(h.bounds[row]) - high + 0.4);
  }
  u.ctx.restore();
}
function tables() {
  document.title = data.title;
  document.getElementById('title').textContent = data.title;
  document.getElementById('subtitle').textContent = data.subtitle;
  const warning = document.getElementById('warning');
  warning.hidden = !data.warning;
  warning.textContent = data.warning;
  for (const [name, value] of data.tiles) {
    const tile = element(document.getElementById('tiles'), 'div', { class: 'tile' });
    element(tile, 'b', {}, value);
    element(tile, 'span', {}, name);
  }
  for (const lines of data.tables.filter(rows => rows.length > 1)) {
    const rows = element(element(document.getElementById('tables'), 'div', { class: 'table' }), 'table');
    lines.forEach((cells, i) => {
      const row = element(rows, 'tr', cells[0] === 'Total' ? { class: 'total' } : {});
      cells.forEach(cell => element(row, i ? 'td' : 'th', {}, cell));
    });
  }
  for (const [title, facts] of data.facts) {
    const box = element(document.getElementById('facts'), 'div', { class: 'card' });
    element(box, 'h2', {}, title);
    const table = element(box, 'table');
    for (const [name, value] of facts) {
      const row = element(table, 'tr');
      element(row, 'td', {}, name);
      element(row, 'td', {}, value);
    }
  }
}
const SWEPT = [['IOPS', 'iops', short], ['Mean latency', 'mean', micros], ['99 % of latencies', 'p99', micros]];

/* Against depth, of a sweep: a curve for each series, and a circle at its knee. */
function sweepPlots() {
  const colours = data.sweep.map((_, i) => `--s${i}`);
  colours.forEach((name, i) => document.documentElement.style.setProperty(name,
    i < 3 ? `var(${DIRECTION_COLOURS[i]})` : `hsl(${(i * 67) % 360} 55% 55%)`));
  const x = depths([...new Set(data.sweep.flatMap(s => s.depth))].sort((a, b) => a - b));
  for (const [title, key, text] of SWEPT) {
    const isCount = key === 'iops';
    plot(title + ' against depth', data.sweep.map((s, i) => ({ name: s.name, x: s.depth,
      y: isCount ? s[key] : positive(s[key]), colour: colours[i] })),
    x, isCount ? linear : logarithmic, text, { plugins: [knees(key, colours)] });
  }
}
function knees(key, colours) {
  const marks = [];
  return { hooks: { draw: u => {
    marks.splice(0).forEach(mark => mark.remove());
    data.sweep.forEach((s, i) => s.knee >= 0 && u.series.find(one => one.label === s.name)?.show && marks.push(element(u.over, 'i', { class: 'knee',
      style: `left: ${u.valToPos(s.depth[s.knee], 'x')}px; top: ${u.valToPos(s[key][s.knee], 'y')}px; background: var(${colours[i]})` })));
  } } };
}
/* Of a sweep whose points are all at one depth: a bar for each. */
function sweepBars() {
  for (const [title, key, text] of SWEPT) {
    const bars = element(card(title), 'div', { class: 'bars plot' });
    const greatest = data.sweep.reduce((a, s) => Math.max(a, s[key][0]), 0) || 1;
    for (const s of data.sweep) {
      element(bars, 'span', {}, s.name);
      element(element(bars, 'div'), 'i', { style: `width: ${100 * s[key][0] / greatest}%` });
      element(bars, 'b', {}, text(s[key][0]));
    }
  }
}
function plots() {
  if (data.sweep) {
    (data.hasDepths ? sweepPlots : sweepBars)();
  } else {
    timePlots();
    distributionPlot();
    heatMap();
  }
  waiting.forEach(makeOne => makeOne());
  document.getElementById('hint').hidden = !charts.length;
  document.body.dataset.plots = document.querySelectorAll('.plot').length;
}
/* To the widths and colours that the page has now. */
function fit() {
  for (const one of charts) {
    one.setSize({ width: widthOf(one.root.parentNode), height: HEIGHT });
    one.redraw(false);
  }
}
tables();
plots();
addEventListener('resize', fit);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', fit);
for (const [event, isPrinting] of [['beforeprint', true], ['afterprint', false]])
  addEventListener(event, () => {
    document.documentElement.classList.toggle('printing', isPrinting);
    fit();
  });
