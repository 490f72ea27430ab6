'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const H = 250, LEFT = 58, RIGHT = 16, TOP = 10, BOTTOM = 36;
const SVG = 'http://www.w3.org/2000/svg';
const tip = document.getElementById('tip');

function element(parent, name, attributes = {}, text) {
  const isSvg = parent.namespaceURI === SVG || name === 'svg';
  const made = isSvg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

/* Numbers as people read them. */
const digits = v => String(+v.toPrecision(3));
const short = v => {
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]])
    if (Math.abs(v) >= size) return digits(v / size) + unit;
  return digits(v);
};
const micros = v => v >= 1e6 ? digits(v / 1e6) + ' s' : v >= 1e3 ? digits(v / 1e3) + ' ms'
  : v >= 1 ? digits(v) + ' µs' : digits(v * 1e3) + ' ns';

/* Scales: from values to 0..1, and where their ticks are: about as many as asked for. */
function linear(low, high) {
  const span = high - low || 1;
  const ticks = most => {
    const step = 10 ** Math.floor(Math.log10(span / most)), list = [];
    const nice = [1, 2, 5, 10].map(f => f * step).find(s => span / s <= most);
    for (let i = Math.ceil(low / nice - 1e-9); i * nice <= high + 1e-9 * span; i++) list.push(i * nice);
    return list;
  };
  return { at: v => (v - low) / span, ticks };
}
function logarithmic(low, high) {
  const from = Math.log10(low), to = Math.max(Math.log10(high), from + 0.3);
  const ticks = () => {
    const list = [], factors = to - from > 2 ? [1] : to - from > 0.8 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
    for (let e = Math.floor(from); e <= to; e++)
      for (const f of factors)
        if (Math.log10(f) + e >= from && Math.log10(f) + e <= to) list.push(f * 10 ** e);
    return list;
  };
  return { at: v => (Math.log10(Math.max(v, low)) - from) / (to - from), ticks };
}
/* Percentiles by their nines: 90, 99, 99.9 are as far from each other. */
function nines(most) {
  const far = Math.max(1, Math.log10(100 / (100 - most)));
  const all = [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999].filter(t => t <= most);
  return { at: p => Math.log10(100 / (100 - Math.min(p, most))) / far,
    ticks: count => all.length > count ? all.filter(t => t !== 0) : all };
}

function card(title) {
  const box = element(document.getElementById('plots'), 'div', { class: 'card' });
  element(box, 'h2', {}, title);
  return box;
}
function legend(box, names, colours) {
  const line = element(box, 'div', { class: 'legend' });
  names.forEach((name, i) => {
    const item = element(line, 'span');
    element(item, 'i', { style: `background: ${colours[i]}` });
    item.append(name);
  });
}

/* Plots are drawn when all cards are there, as only then their widths are known. */
const waiting = [];

/* Axes. A plot is drawn as wide as its card, so that its text has the size of all text. */
function frame(box, x, y, xText, yText, xName) {
  const style = getComputedStyle(box);
  const width = Math.max(240, box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
  const px = v => LEFT + x.at(v) * (width - LEFT - RIGHT), py = v => H - BOTTOM - y.at(v) * (H - TOP - BOTTOM);
  const svg = element(box, 'svg', { viewBox: `0 0 ${width} ${H}`, role: 'img', class: 'plot',
    'aria-label': box.querySelector('h2').textContent });
  for (const tick of y.ticks(6)) {
    element(svg, 'line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: py(tick), y2: py(tick) });
    element(svg, 'text', { x: LEFT - 6, y: py(tick) + 4, 'text-anchor': 'end' }, yText(tick));
  }
  for (const tick of x.ticks(Math.floor(width / 70)))
    element(svg, 'text', { x: px(tick), y: H - 19, 'text-anchor': 'middle' }, xText(tick));
  element(svg, 'text', { x: (LEFT + width - RIGHT) / 2, y: H - 4, 'text-anchor': 'middle' }, xName);
  return { svg, px, py, width };
}
/* Tells what is under the pointer. */
function hover({ svg, width }, find) {
  const hair = element(svg, 'line', { class: 'hair', y1: TOP, y2: H - BOTTOM });
  svg.addEventListener('pointermove', event => {
    const bounds = svg.getBoundingClientRect();
    const found = find((event.clientX - bounds.left) * width / bounds.width,
      (event.clientY - bounds.top) * H / bounds.height);
    if (!found) return leave();
    hair.setAttribute('x1', found.x);
    hair.setAttribute('x2', found.x);
    hair.style.visibility = 'visible';
    tip.textContent = found.lines.join('\n');
    tip.hidden = false;
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + 'px';
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 10) + 'px';
  });
  const leave = () => { tip.hidden = true; hair.style.visibility = 'hidden'; };
  svg.addEventListener('pointerleave', leave);
}
/* A curve, and dots where a value has no neighbour to draw a line to. */
function draw({ svg, px, py }, curve) {
  let path = '';
  curve.y.forEach((v, i) => {
    if (v === null) return;
    const before = curve.y[i - 1] ?? null, after = curve.y[i + 1] ?? null;
    const at = px(curve.x[i]).toFixed(1) + ' ' + py(v).toFixed(1);
    path += (before === null ? 'M' : 'L') + at;
    if (before === null && after === null)
      element(svg, 'circle', { r: 3, cx: px(curve.x[i]).toFixed(1), cy: py(v).toFixed(1), style: `fill: ${curve.colour}` });
  });
  element(svg, 'path', { class: curve.isPart ? 'curve part' : 'curve', d: path, style: `stroke: ${curve.colour}` });
}
/* Curves of {name, x, y, colour}; y may have gaps: null. */
function plot(title, curves, x, y, xText, yText, xName, more = () => {}) {
  const box = card(title);
  curves = curves.filter(curve => curve.y.some(v => v !== null));
  if (!curves.length) return void element(box, 'p', { class: 'none' }, 'Nothing was measured.');
  legend(box, curves.map(c => c.name), curves.map(c => c.colour));
  waiting.push(() => {
    const axes = frame(box, x, y, xText, yText, xName);
    for (const curve of curves) draw(axes, curve);
    more(axes);
    hoverCurves(axes, curves, xText, yText, xName);
  });
}
function hoverCurves(axes, curves, xText, yText, xName) {
  hover(axes, at => {
    const main = curves.reduce((a, b) => b.x.length > a.x.length ? b : a);
    const value = main.x.reduce((a, b) => Math.abs(axes.px(b) - at) < Math.abs(axes.px(a) - at) ? b : a);
    const nearest = c => c.x.reduce((b, v, i) => Math.abs(v - value) < Math.abs(c.x[b] - value) ? i : b, 0);
    return { x: axes.px(value), lines: [xText(value) + ' ' + xName].concat(
      curves.map(c => { const v = c.y[nearest(c)]; return c.name + '  ' + (v === null ? 'none' : yText(v)); })) };
  });
}
const flat = lists => lists.flat(2).filter(v => v !== null);
const most = values => values.reduce((a, b) => Math.max(a, b), 0) * 1.06 || 1;
const latencyScale = values => logarithmic(values.reduce((a, b) => Math.min(a, b), 1e9) * 0.9, most(values));
const DIRECTION_COLOURS = ['var(--c0)', 'var(--c1)', 'var(--c2)'];
const SHADES = ['var(--p0)', 'var(--p1)', 'var(--p2)', 'var(--p3)', 'var(--p4)'];

/* A run's time: its scale, how it is written, and in what. */
function time(end) {
  const isShort = end < 1;
  return { scale: linear(0, end || 1), name: isShort ? 'ms' : 's', text: v => digits(isShort ? v * 1e3 : v) };
}
function timePlots() {
  const s = data.series, directions = data.directions, t = time(s.end[s.end.length - 1]);
  for (const [title, key] of [['IOPS over time', 'iops'], ['Bandwidth over time, MiB/s', 'mib']]) {
    const curves = directions.map((d, i) => ({
      name: d, x: s.time, y: s[d][key], colour: DIRECTION_COLOURS[data.colours[i]] }));
    plot(title, curves, t.scale, linear(0, most(flat(curves.map(c => c.y)))), t.text, short, t.name);
  }
  for (const d of directions) {
    const curves = data.percentiles.map((p, i) => ({ name: p, x: s.time, y: s[d][p], colour: SHADES[i] }));
    const values = flat(curves.map(c => c.y)).filter(v => v > 0);
    plot('Latency over time: ' + d, curves, t.scale, latencyScale(values), t.text, micros, t.name);
  }
}
function distributionPlot() {
  const curves = data.distribution.map(c => ({ name: c.name, x: c.points.map(p => p[0]), y: c.points.map(p => p[1]),
    colour: DIRECTION_COLOURS[c.colour], isPart: c.isPart }));
  const values = flat(curves.map(c => c.y)).filter(v => v > 0);
  const last = flat(curves.map(c => c.x)).reduce((a, p) => p < 100 ? Math.max(a, p) : a, 50);
  plot('Latency distribution', curves, nines(last), latencyScale(values), p => +p.toPrecision(7) + '', micros, '%');
}
function heatMap() {
  const box = card('Heat map: how many commands took how long, and when');
  const h = data.heat;
  if (!h.cells.length) return void element(box, 'p', { class: 'none' }, 'Nothing was measured.');
  legend(box, ['few', 'many'], ['rgb(var(--heat0))', 'rgb(var(--heat1))']);
  waiting.push(() => drawHeat(box, h));
}
function drawHeat(box, h) {
  const t = time(h.end[h.end.length - 1]);
  const axes = frame(box, t.scale, logarithmic(h.bounds[0], h.bounds[h.bounds.length - 1]), t.text, micros, t.name);
  const { px, py } = axes;
  const greatest = Math.log(1 + h.cells.reduce((a, c) => Math.max(a, c[2]), 0));
  for (const [column, row, count] of h.cells) {
    const left = px(h.begin[column]), high = py(h.bounds[row + 1]);
    const share = Math.log(1 + count) / greatest;
    element(axes.svg, 'rect', { x: left.toFixed(1), y: high.toFixed(1),
      width: (px(h.end[column]) - left + 0.4).toFixed(1), height: (py(h.bounds[row]) - high + 0.4).toFixed(1),
      style: `fill: color-mix(in srgb, rgb(var(--heat1)) ${(100 * share).toFixed(0)}%, rgb(var(--heat0)))` });
  }
  const counts = new Map(h.cells.map(c => [c[0] + '/' + c[1], c[2]]));
  hover(axes, (atX, atY) => {
    const column = h.begin.findIndex((b, i) => atX >= px(b) && atX < px(h.end[i]));
    const row = h.bounds.findIndex((b, i) => i + 1 < h.bounds.length && atY <= py(b) && atY > py(h.bounds[i + 1]));
    return column < 0 || row < 0 ? null : { x: atX, lines: [t.text(h.begin[column]) + ' ' + t.name,
      micros(h.bounds[row]) + ' to ' + micros(h.bounds[row + 1]), short(counts.get(column + '/' + row) || 0) + ' commands'] };
  });
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
  const colours = data.sweep.map((_, i) => i < 3 ? DIRECTION_COLOURS[i] : `hsl(${(i * 67) % 360} 55% 55%)`);
  const depths = [...new Set(flat(data.sweep.map(s => s.depth)))].sort((a, b) => a - b);
  const x = { ...logarithmic(depths[0], depths[depths.length - 1]),
    ticks: count => depths.filter((_, i) => i % Math.ceil(depths.length / count) === 0) };
  for (const [title, key, text] of SWEPT) {
    const values = flat(data.sweep.map(s => s[key])).filter(v => v > 0);
    const y = key === 'iops' ? linear(0, most(values)) : latencyScale(values);
    const curves = data.sweep.map((s, i) => ({ name: s.name, x: s.depth, y: s[key], colour: colours[i] }));
    plot(title + ' against depth', curves, x, y, String, text, 'depth',
      axes => data.sweep.forEach((s, i) => s.knee >= 0 && element(axes.svg, 'circle', { class: 'knee', r: 5,
        cx: axes.px(s.depth[s.knee]), cy: axes.py(s[key][s.knee]), style: `fill: ${colours[i]}` })));
  }
}
/* Of a sweep whose points are all at one depth: a bar for each. */
function sweepBars() {
  for (const [title, key, text] of SWEPT) {
    const bars = element(card(title), 'div', { class: 'bars plot' });
    const greatest = most(data.sweep.map(s => s[key][0])) / 1.06;
    for (const s of data.sweep) {
      element(bars, 'span', {}, s.name);
      element(element(bars, 'div'), 'i', { style: `width: ${100 * s[key][0] / greatest}%` });
      element(bars, 'b', {}, text(s[key][0]));
    }
  }
}
function plots() {
  document.getElementById('plots').replaceChildren();
  if (data.sweep) {
    (data.hasDepths ? sweepPlots : sweepBars)();
  } else {
    timePlots();
    distributionPlot();
    heatMap();
  }
  waiting.splice(0).forEach(drawOne => drawOne());
  document.body.dataset.plots = document.querySelectorAll('.plot').length;
}
tables();
plots();
let drawnAt = innerWidth;
addEventListener('resize', () => {
  if (innerWidth !== drawnAt) {
    drawnAt = innerWidth;
    plots();
  }
});
for (const [event, isPrinting] of [['beforeprint', true], ['afterprint', false]])
  addEventListener(event, () => {
    document.body.classList.toggle('printing', isPrinting);
    plots();
  });
