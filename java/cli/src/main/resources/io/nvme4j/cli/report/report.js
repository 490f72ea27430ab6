'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const W = 600, H = 250, LEFT = 62, RIGHT = 12, TOP = 10, BOTTOM = 30;
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
const short = v => {
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]])
    if (Math.abs(v) >= size) return +(v / size).toPrecision(3) + unit;
  return String(+v.toPrecision(3));
};
const micros = v => v >= 1e6 ? +(v / 1e6).toPrecision(3) + ' s'
  : v >= 1e3 ? +(v / 1e3).toPrecision(3) + ' ms' : +v.toPrecision(3) + ' µs';

/* Scales: from values to 0..1, and where their ticks are. */
function linear(low, high) {
  const span = high - low || 1, step = 10 ** Math.floor(Math.log10(span / 4));
  const nice = [1, 2, 5, 10].map(f => f * step).find(s => span / s <= 6);
  const ticks = [];
  for (let i = Math.ceil(low / nice - 1e-9); i * nice <= high + 1e-9 * span; i++) ticks.push(i * nice);
  return { at: v => (v - low) / span, ticks };
}
function logarithmic(low, high) {
  const from = Math.log10(low), to = Math.max(Math.log10(high), from + 0.3), ticks = [];
  for (let e = Math.floor(from); e <= to; e++)
    for (const f of to - from > 2 ? [1] : [1, 2, 5])
      if (Math.log10(f) + e >= from && Math.log10(f) + e <= to) ticks.push(f * 10 ** e);
  return { at: v => (Math.log10(Math.max(v, low)) - from) / (to - from), ticks };
}
/* Percentiles by their nines: 90, 99, 99.9 are as far from each other. */
function nines(most) {
  const far = Math.max(1, Math.log10(100 / (100 - most)));
  const ticks = [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999].filter(t => t <= most);
  return { at: p => Math.log10(100 / (100 - Math.min(p, most))) / far, ticks };
}

function card(title, note) {
  const box = element(document.getElementById('plots'), 'div', { class: 'card' });
  element(box, 'h2', {}, title);
  if (note) element(box, 'p', {}, note);
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
const px = f => LEFT + f * (W - LEFT - RIGHT), py = f => H - BOTTOM - f * (H - TOP - BOTTOM);

function frame(box, x, y, xText, yText, xUnit) {
  const svg = element(box, 'svg', { viewBox: `0 0 ${W} ${H}`, role: 'img', class: 'plot' });
  for (const tick of y.ticks) {
    element(svg, 'line', { class: 'grid', x1: LEFT, x2: W - RIGHT, y1: py(y.at(tick)), y2: py(y.at(tick)) });
    element(svg, 'text', { x: LEFT - 6, y: py(y.at(tick)) + 4, 'text-anchor': 'end' }, yText(tick));
  }
  for (const tick of x.ticks)
    element(svg, 'text', { x: px(x.at(tick)), y: H - 13, 'text-anchor': 'middle' }, xText(tick));
  element(svg, 'text', { x: W - RIGHT, y: H - 2, 'text-anchor': 'end' }, xUnit);
  return svg;
}
/* Tells what is under the pointer. */
function hover(svg, find) {
  const hair = element(svg, 'line', { class: 'hair', y1: TOP, y2: H - BOTTOM });
  svg.addEventListener('pointermove', event => {
    const bounds = svg.getBoundingClientRect();
    const found = find((event.clientX - bounds.left) * W / bounds.width,
      (event.clientY - bounds.top) * H / bounds.height);
    if (!found) return leave();
    hair.setAttribute('x1', found.x);
    hair.setAttribute('x2', found.x);
    hair.style.visibility = 'visible';
    tip.textContent = found.lines.join('\n');
    tip.hidden = false;
    tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + 'px';
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 10) + 'px';
  });
  const leave = () => { tip.hidden = true; hair.style.visibility = 'hidden'; };
  svg.addEventListener('pointerleave', leave);
}
/* Curves of {name, x, y}; y may have gaps: null. */
function plot(title, note, curves, colours, x, y, xText, yText, xUnit) {
  const box = card(title, note);
  curves = curves.filter(curve => curve.y.some(v => v !== null));
  if (!curves.length) return element(box, 'p', { class: 'none' }, 'Nothing was measured.');
  legend(box, curves.map(c => c.name), colours);
  const svg = frame(box, x, y, xText, yText, xUnit);
  curves.forEach((curve, i) => {
    let path = '', pen = 'M';
    curve.y.forEach((v, j) => {
      if (v !== null) path += pen + px(x.at(curve.x[j])).toFixed(1) + ' ' + py(y.at(v)).toFixed(1);
      pen = v === null ? 'M' : 'L';
    });
    if (!path.includes('L')) path += 'h1';
    element(svg, 'path', { class: 'curve', d: path, style: `stroke: ${colours[i]}` });
  });
  hover(svg, at => {
    const main = curves[0];
    let best = 0;
    main.x.forEach((v, i) => {
      if (Math.abs(px(x.at(v)) - at) < Math.abs(px(x.at(main.x[best])) - at)) best = i;
    });
    const value = main.x[best];
    const nearest = c => c.x.reduce((b, v, i) => Math.abs(v - value) < Math.abs(c.x[b] - value) ? i : b, 0);
    return { x: px(x.at(value)), lines: [xText(value) + ' ' + xUnit].concat(
      curves.map(c => { const v = c.y[nearest(c)]; return c.name + '  ' + (v === null ? 'none' : yText(v)); })) };
  });
}
const flat = lists => lists.flat(2).filter(v => v !== null);
const top10 = values => (values.length ? Math.max(...values) : 1) * 1.06 || 1;
const DIRECTION_COLOURS = ['var(--c0)', 'var(--c1)', 'var(--c2)'];
const SHADES = ['var(--p0)', 'var(--p1)', 'var(--p2)', 'var(--p3)', 'var(--p4)'];
const seconds = v => +v.toFixed(2) + '';

function timePlots() {
  const s = data.series, directions = data.directions;
  const end = s.end.length ? s.end[s.end.length - 1] : 1, time = linear(0, end);
  const curves = key => directions.map(d => ({ name: d, x: s.time, y: s[d][key] }));
  const colours = data.colours.map(i => DIRECTION_COLOURS[i]);
  for (const [title, key, unit] of [['IOPS over time', 'iops', ''], ['Bandwidth over time, MiB/s', 'mib', '']]) {
    const list = curves(key);
    plot(title, '', list, colours, time, linear(0, top10(flat(list.map(c => c.y)))), seconds, short, 's' + unit);
  }
  for (const d of directions) {
    const list = data.percentiles.map(p => ({ name: p, x: s.time, y: s[d][p] }));
    const values = flat(list.map(c => c.y)).filter(v => v > 0);
    const scale = logarithmic(Math.min(...values, 1e9) * 0.9, top10(values));
    plot('Latency over time: ' + d, '', list, SHADES, time, scale, seconds, micros, 's');
  }
}
function distributionPlot() {
  const list = data.directions.map(d => ({
    name: d, x: data.distribution[d].map(p => p[0]), y: data.distribution[d].map(p => p[1]) }));
  const values = flat(list.map(c => c.y)).filter(v => v > 0);
  const most = Math.max(50, ...flat(list.map(c => c.x)).filter(v => v < 100));
  plot('Latency distribution', '', list, data.colours.map(i => DIRECTION_COLOURS[i]), nines(most),
    logarithmic(Math.min(...values, 1e9) * 0.9, top10(values)), p => +p.toPrecision(7) + '', micros, '%');
}
function heatMap() {
  const box = card('Heat map: how many commands took how long, and when', '');
  const h = data.heat;
  if (!h.cells.length) return element(box, 'p', { class: 'none' }, 'Nothing was measured.');
  legend(box, ['few', 'many'], ['rgb(var(--heat0))', 'rgb(var(--heat1))']);
  const x = linear(0, h.end[h.end.length - 1]), y = logarithmic(h.bounds[0], h.bounds[h.bounds.length - 1]);
  const svg = frame(box, x, y, seconds, micros, 's');
  const most = Math.log(1 + Math.max(...h.cells.map(c => c[2])));
  for (const [column, row, count] of h.cells) {
    const left = px(x.at(h.begin[column])), high = py(y.at(h.bounds[row + 1]));
    const share = Math.log(1 + count) / most;
    element(svg, 'rect', { x: left.toFixed(1), y: high.toFixed(1),
      width: (px(x.at(h.end[column])) - left + 0.4).toFixed(1), height: (py(y.at(h.bounds[row])) - high + 0.4).toFixed(1),
      style: `fill: color-mix(in srgb, rgb(var(--heat1)) ${(100 * share).toFixed(0)}%, rgb(var(--heat0)))` });
  }
  const counts = new Map(h.cells.map(c => [c[0] + '/' + c[1], c[2]]));
  hover(svg, (atX, atY) => {
    const column = h.begin.findIndex((b, i) => atX >= px(x.at(b)) && atX < px(x.at(h.end[i])));
    const row = h.bounds.findIndex((b, i) => i + 1 < h.bounds.length && atY <= py(y.at(b)) && atY > py(y.at(h.bounds[i + 1])));
    return column < 0 || row < 0 ? null : { x: atX, lines: [seconds(h.begin[column]) + ' s',
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
  const rows = document.getElementById('rows');
  data.rows.forEach((cells, i) => {
    const row = element(rows, 'tr', cells[0] === 'Total' ? { class: 'total' } : {});
    cells.forEach(cell => element(row, i ? 'td' : 'th', {}, cell));
  });
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
/* Against depth, of a sweep: a curve for each series, and a circle at its knee. */
function sweepPlots() {
  const colours = data.sweep.map((_, i) => i < 3 ? DIRECTION_COLOURS[i] : `hsl(${(i * 67) % 360} 55% 55%)`);
  const depths = flat(data.sweep.map(s => s.depth));
  const x = logarithmic(Math.min(...depths), Math.max(...depths));
  x.ticks = [...new Set(depths)].filter((_, i, all) => all.length < 12 || i % 2 === 0);
  for (const [title, key, text] of [['IOPS against depth', 'iops', short],
    ['Mean latency against depth', 'mean', micros], ['99 % of latencies against depth', 'p99', micros]]) {
    const values = flat(data.sweep.map(s => s[key])).filter(v => v > 0);
    const y = key === 'iops' ? linear(0, top10(values)) : logarithmic(Math.min(...values) * 0.9, top10(values));
    plot(title, '', data.sweep.map(s => ({ name: s.name, x: s.depth, y: s[key] })), colours, x, y, String, text, 'depth');
    const svg = document.querySelector('.card:last-child svg');
    if (svg) data.sweep.forEach((s, i) => s.knee >= 0 && element(svg, 'circle', { class: 'knee', r: 5,
      cx: px(x.at(s.depth[s.knee])), cy: py(y.at(s[key][s.knee])), style: `fill: ${colours[i]}` }));
  }
}
tables();
if (data.sweep) {
  sweepPlots();
} else {
  timePlots();
  distributionPlot();
  heatMap();
}
document.body.dataset.plots = document.querySelectorAll('svg.plot').length;
