/* The map itself: what is drawn, the camera and what is picked.  vis-network keeps the
   camera; everything seen is drawn here.  page.js has the page around the map; template.html
   puts both into one function.  Texts from the atlas only ever go through textContent and
   fillText. */
const read = id => JSON.parse(document.getElementById(id).textContent);
const byId = id => document.getElementById(id);
const data = read('data');
const products = data.products;
const edges = read('edges');
const places = new Map(read('nodes').map(node => [node.id, node]));
const panels = data.panels;
const panelOf = new Map(panels.map(panel => [panel.id, panel]));
const [W, H, HEAD, GROUP_HEAD] = data.sizes;
const TEXT_AT = 0.36, SMALLEST = 11;
const STATES = ['present', 'building', 'signed', 'absent'];
const KINDS = ['broken', 'weak', 'short', 'void'];
const LINKS = ['material', 'energy', 'byproduct', 'equipment', 'service'];
const DASHES = {material: [], energy: [9, 4], byproduct: [9, 3, 2, 3], equipment: [2, 3], service: [1, 6]};
const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';
const view = {lang: data.lang, picked: -1, near: new Set(), filter: new Set(), hits: [], hit: -1,
  overview: true, colors: {}};
let net = null;

/* ------------------------------------------------------------- words */

const say = (key, values) => {
  const pair = data.words[key];
  const text = pair ? pair[view.lang === 'zh' ? 0 : 1] : key;
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name]) : text;
};
const named = pair => pair[view.lang === 'zh' ? 0 : pair.length - 1];
const otherName = pair => pair[view.lang === 'zh' ? pair.length - 1 : 0];
const join = parts => parts.filter(Boolean).join(' · ');

function amount(value, unit) {
  if (value === undefined || value === null) return '';
  const label = unit ? say(unit) : '';
  if (view.lang === 'zh' && Math.abs(value) >= 1e4 && unit !== 'MW') {
    return tidy(value / 1e4) + ' ' + say('ten_thousand') + label;
  }
  return tidy(value) + (label ? ' ' + label : '');
}

function tidy(value) {
  const text = Number(value.toPrecision(6)).toString();
  const parts = text.split('.');
  if (!/e/.test(text)) parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ',');
  return parts.join('.');
}

const perYear = unit => (unit && !/^(MW|kW|GW)$/.test(unit) ? (view.lang === 'zh' ? '' : ' ') + say('per_year') : '');

function figure(found, unit) {
  if (!found) return '';
  const own = found.unit || unit;
  const range = found.range ? tidy(found.range[0]) + '–' + tidy(found.range[1]) : '';
  const value = found.value === undefined ? range : tidy(found.value) + (range ? ' (' + range + ')' : '');
  return value + (own ? ' ' + ratio(own) : '');
}

const ratio = unit => unit.split('/').map(part => say(part)).join('/');

/* -------------------------------------------------------- what is tied */

const into = products.map(() => []);
const outOf = products.map(() => []);
const crossing = products.map(() => 0);
edges.forEach((edge, index) => {
  outOf[edge.from].push(index);
  into[edge.to].push(index);
  if (products[edge.from].branch !== products[edge.to].branch) {
    crossing[edge.from] += 1;
    crossing[edge.to] += 1;
  }
});

function tally(list) {
  const count = {present: 0, building: 0, signed: 0, absent: 0, gaps: 0, total: list.length};
  list.forEach(product => {
    count[product.state] += 1;
    if (product.gap) count.gaps += 1;
  });
  return count;
}

const onMap = products.filter((product, index) => places.has(index));
panels.forEach(panel => {
  panel.count = tally(onMap.filter(product => product.branch === panel.id));
});

const lit = index => view.picked < 0 || index === view.picked || view.near.has(index);
const kept = product => !view.filter.size || view.filter.has('state ' + product.state) ||
  (product.gap && view.filter.has('gap ' + product.gap.kind)) ||
  (product.gap && product.gap.named && view.filter.has('named'));

/* ------------------------------------------------------------ colours */

function readColors() {
  const style = getComputedStyle(document.documentElement);
  ['ink', 'soft', 'line', 'page', 'panel', 'band', 'card', 'void', 'here', 'here-fill', 'build',
    'build-fill', 'gap', 'gap-fill', 'wire', 'focus', 'chain'].forEach(name => {
    view.colors[name] = style.getPropertyValue('--' + name).trim();
  });
}

const mixed = new Map();
function mix(color, ground, share) {
  const key = color + ground + share;
  if (!mixed.has(key)) {
    const one = channels(color), two = channels(ground);
    mixed.set(key, 'rgb(' + one.map((c, i) => Math.round(c * share + two[i] * (1 - share))) + ')');
  }
  return mixed.get(key);
}
const channels = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));

function looks(product) {
  const c = view.colors;
  const kind = product.gap && product.gap.kind;
  const flagship = Boolean(product.gap && product.gap.named);
  const urgent = kind === 'broken' || kind === 'weak' || flagship;
  const base = {
    present: {line: c.here, fill: c['here-fill'], bar: c.here, ink: c.ink},
    building: {line: c.build, fill: c.card, bar: c.build, ink: c.ink},
    signed: {line: c.build, fill: c.card, bar: null, ink: c.ink},
    absent: {line: c.void, fill: c.card, bar: null, ink: c.soft},
  }[product.state];
  const look = Object.assign({kind, flagship, state: product.state, tag: kind ? c.void : null}, base);
  if (kind && urgent) look.tag = look.line = c.gap;
  if (flagship && product.state === 'absent') look.fill = c['gap-fill'];
  if (urgent) look.ink = c.ink;
  return look;
}

function fade(look, ground) {
  const c = view.colors;
  return Object.assign({}, look, {
    line: mix(look.line, ground, 0.28), fill: ground, ink: mix(c.soft, ground, 0.45),
    bar: look.bar && mix(look.bar, ground, 0.28), tag: look.tag && mix(look.tag, ground, 0.35),
  });
}

/* -------------------------------------------------------------- texts */

const fitted = new Map();
/* Breaks a name into lines; a tag takes some room from the first. */
function fitText(ctx, text, width, tag, lines) {
  const key = [ctx.font, Math.round(width), Math.round(tag), lines, text].join('|');
  if (!fitted.has(key)) {
    if (fitted.size > 8000) fitted.clear();
    const plain = text.slice(0, 120).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/g, ' ');
    fitted.set(key, breakText(ctx, plain, width, tag, lines));
  }
  return fitted.get(key);
}

function breakText(ctx, text, width, tag, lines) {
  const tokens = text.match(/[(（]?(?:[A-Za-z0-9.,'’%+\u00c0-\u024f\u0370-\u03ff]+[)\-/\u2013]?|[^])[)）、，]?/gu) || [];
  const result = [];
  const free = () => (result.length ? width : width - tag);
  let line = '';
  for (let at = 0; at < tokens.length; at += 1) {
    if (!line || ctx.measureText(line + tokens[at]).width <= free()) {
      line += tokens[at];
    } else if (result.length < lines - 1) {
      result.push(shorten(ctx, line.trim(), free()));
      line = tokens[at].trim();
    } else {
      line += tokens.slice(at).join('');
      break;
    }
  }
  result.push(shorten(ctx, line.trim(), free()));
  return result;
}

function shorten(ctx, text, width) {
  if (ctx.measureText(text).width <= width) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (ctx.measureText(text.slice(0, middle) + '…').width <= width) low = middle;
    else high = middle - 1;
  }
  return low ? text.slice(0, low).trim() + '…' : '';
}

/* -------------------------------------------------------------- cards */

function box(ctx, x, y, w, h, r) {
  ctx.beginPath();
  if (ctx.roundRect) ctx.roundRect(x, y, w, h, r);
  else ctx.rect(x, y, w, h);
}

function drawFrame(ctx, x, y, look, scale) {
  const thin = Math.max(1.2, 0.8 / scale), r = scale < TEXT_AT ? 5 : 7;
  box(ctx, x, y, W, H, r);
  ctx.fillStyle = look.fill;
  ctx.fill();
  drawBar(ctx, x, y, look, scale, r);
  ctx.strokeStyle = look.line;
  ctx.lineWidth = look.flagship ? Math.max(2.6, 1.7 / scale) : thin;
  const unit = Math.max(1, 0.55 / scale);
  ctx.setLineDash(look.kind && look.state !== 'building' ? [6 * unit, 3.5 * unit] : []);
  box(ctx, x, y, W, H, r);
  ctx.stroke();
  ctx.setLineDash([]);
  if (look.state === 'signed') {
    const inset = Math.max(3.5, 2 / scale);
    ctx.lineWidth = thin;
    box(ctx, x + inset, y + inset, W - 2 * inset, H - 2 * inset, Math.max(1, r - 3));
    ctx.stroke();
  }
}

/* Zoomed out there is no text, so the bar grows to the whole card. */
function drawBar(ctx, x, y, look, scale, r) {
  if (!look.bar) return;
  ctx.save();
  box(ctx, x, y, W, H, r);
  ctx.clip();
  const width = scale < TEXT_AT ? W : 9;
  if (look.state === 'present') {
    ctx.fillStyle = look.bar;
    ctx.fillRect(x, y, width, H);
  } else {
    hatch(ctx, x, y, scale < TEXT_AT ? W : 14, look.bar, scale);
  }
  ctx.restore();
}

function hatch(ctx, x, y, width, color, scale) {
  const step = Math.max(7, 3.6 / scale);
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, width, H);
  ctx.clip();
  ctx.beginPath();
  for (let at = -H; at < width + H; at += step) {
    ctx.moveTo(x + at, y + H);
    ctx.lineTo(x + at + H, y);
  }
  ctx.strokeStyle = color;
  ctx.lineWidth = step * 0.45;
  ctx.stroke();
  ctx.restore();
}

function drawTag(ctx, right, top, look, size) {
  const c = view.colors;
  ctx.font = '600 ' + size + 'px ' + FONT;
  const word = say('tag_' + look.kind);
  const text = net.getScale() < 0.9 ? word[0].toUpperCase() : (look.flagship ? '★ ' : '') + word;
  const width = ctx.measureText(text).width + size * 0.6;
  box(ctx, right - width, top, width, size * 1.36, 4);
  if (look.flagship) {
    ctx.fillStyle = look.tag;
    ctx.fill();
  } else {
    ctx.strokeStyle = look.tag;
    ctx.lineWidth = 1;
    ctx.stroke();
  }
  ctx.fillStyle = look.flagship ? c.card : look.tag;
  ctx.textBaseline = 'middle';
  ctx.fillText(text, right - width + size * 0.3, top + size * 0.72);
  return width;
}

function drawCard(ctx, index, x, y) {
  const scale = net.getScale(), product = products[index], ground = view.colors.band;
  const clear = lit(index) && kept(product);
  const look = clear ? looks(product) : fade(looks(product), ground);
  const left = x - W / 2, top = y - H / 2;
  drawFrame(ctx, left, top, look, scale);
  if (index === view.picked) outline(ctx, left, top, scale);
  if (scale >= TEXT_AT) drawTexts(ctx, index, left, top, look, scale);
}

function outline(ctx, left, top, scale) {
  const off = Math.max(4, 3 / scale);
  ctx.strokeStyle = view.colors.ink;
  ctx.lineWidth = Math.max(2.6, 2 / scale);
  box(ctx, left - off, top - off, W + 2 * off, H + 2 * off, 10);
  ctx.stroke();
}

function drawTexts(ctx, index, left, top, look, scale) {
  const product = products[index];
  const size = Math.max(view.lang === 'zh' ? 16 : 14.5, (SMALLEST + 0.2) / scale);
  const small = Math.max(11.5, SMALLEST / scale);
  const start = left + (look.state === 'present' ? 15 : look.state === 'building' ? 20 : 10);
  ctx.direction = 'ltr';
  ctx.textAlign = 'left';
  const tag = look.kind ? drawTag(ctx, left + W - 4, top + 4, look, Math.min(small, 20)) + 4 : 0;
  const foot = footText(index);
  const footed = foot && H >= size * 1.25 + small * 1.3 + 10;
  const width = left + W - start - 7;
  ctx.font = '600 ' + size + 'px ' + FONT;
  const rows = footed && wide(ctx, product, width - tag) ? 1 : H >= size * 2.06 ? 2 : 1;
  const lines = fitText(ctx, named(product.name), width, tag, rows);
  ctx.fillStyle = look.ink;
  ctx.textBaseline = 'middle';
  const pitch = Math.min(size * 1.18, (H - 4) / 2);
  const single = footed && lines.length === 1;
  const middle = single ? top + 9 + size * 0.62 : top + H / 2;
  lines.forEach((line, at) => ctx.fillText(line, start, middle + (at - (lines.length - 1) / 2) * pitch));
  if (single) {
    ctx.font = small + 'px ' + FONT;
    ctx.fillStyle = look.state === 'absent' ? mix(look.ink, look.fill, 0.9) : look.ink;
    ctx.fillText(shorten(ctx, foot, width), start, top + H - small * 1.1);
  }
}

const wide = (ctx, product, width) => ctx.measureText(named(product.name).slice(0, 120)).width <= width;

function footText(index) {
  const product = products[index];
  const makers = product.makers || [];
  const parts = [];
  if (product.capacity !== undefined) parts.push(amount(product.capacity, product.unit));
  else if (makers.length) {
    const maker = makers[0];
    parts.push(maker.capacity === undefined || maker.state === 'present'
      ? (maker.kind === 'project' ? named(maker.name) : makers.length + ' ' + say('firms'))
      : amount(maker.capacity, maker.unit));
  }
  if (crossing[index]) parts.push('⇄ ' + crossing[index]);
  return parts.join('  ');
}

/* -------------------------------------------------------------- links */

function trace(ctx, edge) {
  const p = edge.points;
  ctx.beginPath();
  ctx.moveTo(p[0], p[1]);
  if (edge.shape === 'forward') {
    for (let at = 0; at < p.length; at += 4) {
      if (at) ctx.lineTo(p[at], p[at + 1]);
      const bend = (p[at + 2] - p[at]) / 2;
      ctx.bezierCurveTo(p[at] + bend, p[at + 1], p[at + 2] - bend, p[at + 3], p[at + 2], p[at + 3]);
    }
  } else if (edge.shape === 'step') {
    ctx.lineTo(p[2], p[3]);
  } else if (edge.shape === 'back') {
    for (let at = 2; at < p.length - 2; at += 2) ctx.arcTo(p[at], p[at + 1], p[at + 2], p[at + 3], 9);
    ctx.lineTo(p[p.length - 2], p[p.length - 1]);
  } else {
    const out = edge.shape === 'self' ? 34 : Math.min(38, 16 + Math.abs(p[3] - p[1]) / 8);
    ctx.bezierCurveTo(p[0] + out, p[1], p[2] + out, p[3], p[2], p[3]);
  }
}

function traceAcross(ctx, edge) {
  const one = places.get(edge.from), two = places.get(edge.to);
  const x1 = one.x + W / 2, x2 = two.x - W / 2;
  const bend = Math.max(50, Math.min(420, Math.abs(x2 - x1) / 2));
  const level = Math.abs(two.y - one.y) < H;
  const lift = level ? 40 + Math.min(160, Math.abs(x2 - x1) / 6) : 0;
  ctx.beginPath();
  ctx.moveTo(x1, one.y);
  ctx.bezierCurveTo(x1 + bend, one.y - lift, x2 - bend, two.y - lift, x2, two.y);
}

function arrow(ctx, edge, size) {
  const place = places.get(edge.to);
  if (edge.shape === 'step') {
    stepArrow(ctx, edge.points, size);
    return;
  }
  const fromRight = edge.shape === 'side' || edge.shape === 'self';
  const p = edge.points;
  const x = fromRight ? place.x + W / 2 : place.x - W / 2;
  const y = p ? p[p.length - 1] : place.y;
  const back = fromRight ? size : -size;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + back, y - size * 0.5);
  ctx.lineTo(x + back, y + size * 0.5);
  ctx.fill();
}

function stepArrow(ctx, p, size) {
  const back = p[3] > p[1] ? -size : size;
  ctx.beginPath();
  ctx.moveTo(p[2], p[3]);
  ctx.lineTo(p[2] - size * 0.5, p[3] + back);
  ctx.lineTo(p[2] + size * 0.5, p[3] + back);
  ctx.fill();
}

function edgeColor(edge) {
  const c = view.colors;
  return edge.kind === 'energy' ? c.build : edge.kind === 'byproduct' ? c.here : c.wire;
}

function drawEdge(ctx, edge, scale, mood) {
  const c = view.colors;
  const strong = mood === 'focus';
  const color = strong ? (edge.kind === 'energy' ? c.build : c.focus) : edgeColor(edge);
  const base = edge.critical ? 2.1 : edge.minor ? 0.8 : 1.2;
  ctx.lineWidth = Math.max(strong ? base + 1 : base, (strong ? 1.8 : edge.critical ? 0.9 : 0.5) / scale);
  const share = mood === 'quiet' ? 0.16 : scale < TEXT_AT ? 0.5 : edge.minor ? 0.55 : 0.85;
  ctx.strokeStyle = ctx.fillStyle = strong ? color : mix(color, c.band, share);
  const unit = Math.max(1, 0.6 / scale);
  ctx.setLineDash(scale < 0.2 ? [] : DASHES[edge.kind].map(length => length * unit));
  if (edge.points) trace(ctx, edge);
  else traceAcross(ctx, edge);
  ctx.stroke();
  ctx.setLineDash([]);
  if (scale >= TEXT_AT || strong) arrow(ctx, edge, Math.max(strong ? 10 : 7.5, strong ? 7 / scale : 0));
}

const touches = edge => edge.from === view.picked || edge.to === view.picked;

function drawEdges(ctx, scale) {
  const quiet = view.picked >= 0 || view.filter.size > 0;
  edges.forEach(edge => {
    if (edge.points && !(view.picked >= 0 && touches(edge))) drawEdge(ctx, edge, scale, quiet ? 'quiet' : '');
  });
}

function drawPicked(ctx, scale) {
  if (view.picked < 0) return;
  edges.forEach(edge => {
    if (touches(edge) && places.has(edge.from) && places.has(edge.to)) drawEdge(ctx, edge, scale, 'focus');
  });
}

/* ------------------------------------------------------------- panels */

function drawGround(ctx) {
  const scale = net.getScale(), c = view.colors;
  data.groups.forEach(group => drawGroup(ctx, group, scale));
  panels.forEach(panel => {
    const [x, y, w, h] = panel.box;
    box(ctx, x, y, w, h, 12);
    ctx.fillStyle = c.panel;
    ctx.fill();
    ctx.save();
    ctx.clip();
    panel.bands.forEach((band, at) => {
      ctx.fillStyle = at % 2 ? c.panel : c.band;
      ctx.fillRect(band[1], y, band[2], h);
    });
    ctx.restore();
    ctx.strokeStyle = c.line;
    ctx.lineWidth = Math.max(1.2, 0.8 / scale);
    box(ctx, x, y, w, h, 12);
    ctx.stroke();
  });
  drawEdges(ctx, scale);
  drawPicked(ctx, scale);
}

function drawGroup(ctx, group, scale) {
  if (group.kind === 'cluster' && !group.head) return;
  const c = view.colors, [x, y, w, h] = group.box;
  box(ctx, x, y, w, h, 16);
  ctx.fillStyle = c.chain;
  ctx.fill();
  const size = Math.min(GROUP_HEAD * 0.66, Math.max(15, Math.min(22, 30 * scale)) / scale);
  ctx.font = '700 ' + size + 'px ' + FONT;
  ctx.fillStyle = c.ink;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(shorten(ctx, groupTitle(group).slice(0, 160), w - 44), x + 24, y + GROUP_HEAD / 2 + 2);
}

/* A cluster and its only chain often share a name: the word tells them apart. */
const clusterName = group => say('cluster_of', {name: named(group.name)});

function groupTitle(group) {
  const cluster = group.kind === 'chain' &&
    data.groups.find(other => other.kind === 'cluster' && other.id === group.cluster && !other.head);
  const own = group.kind === 'cluster' ? clusterName(group) : named(group.name);
  return cluster ? clusterName(cluster) + '  ›  ' + own : own;
}

/* Heads stay in sight while their panel is. */
function drawHeads(ctx) {
  const scale = net.getScale();
  const top = net.DOMtoCanvas({x: 0, y: 0}).y;
  panels.forEach(panel => drawHead(ctx, panel, scale, top));
}

function drawHead(ctx, panel, scale, top) {
  const [x, y, w, h] = panel.box;
  const c = view.colors, texts = scale >= TEXT_AT;
  const sticky = texts && top > y && top < y + h - HEAD;
  const at = sticky ? top : y;
  if (sticky) {
    ctx.fillStyle = c.panel;
    ctx.fillRect(x, at, w, HEAD);
    ctx.fillStyle = c.line;
    ctx.fillRect(x, at + HEAD, w, 1 / scale);
  }
  const middle = at + (texts ? 32 : HEAD * 0.48), name = named(panel.name);
  let size = texts ? Math.max(15, Math.min(22, 24 * scale)) / scale : Math.min(HEAD * 0.62, 16 / scale);
  ctx.font = '700 ' + size + 'px ' + FONT;
  const wide = ctx.measureText(name.slice(0, 80)).width;
  if (wide > w * 0.6) size = Math.max(size * w * 0.6 / wide, Math.min(size, 12.5 / scale));
  const used = drawCounts(ctx, panel.count, x + w - 18, middle, size * 0.74, Math.max(w * 0.25, w - 64 - wide));
  ctx.font = '700 ' + size + 'px ' + FONT;
  ctx.fillStyle = c.ink;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(shorten(ctx, name.slice(0, 80), w - used - 36), x + 20, middle);
  if (texts) drawBands(ctx, panel, at, scale);
}

function drawBands(ctx, panel, at, scale) {
  const c = view.colors;
  const size = Math.max(14, (SMALLEST + 0.5) / scale);
  ctx.font = '600 ' + size + 'px ' + FONT;
  ctx.textAlign = 'center';
  panel.bands.forEach(band => {
    ctx.fillStyle = c.line;
    ctx.fillRect(band[1] + 16, at + 86, band[2] - 32, Math.max(1.5, 1 / scale));
    ctx.fillStyle = c.soft;
    ctx.fillText(shorten(ctx, say(band[0]), band[2] - 12), band[1] + band[2] / 2, at + 70);
  });
  ctx.textAlign = 'left';
}

/* Counts from the right: gaps, then building and signed, then present. */
function drawCounts(ctx, count, right, middle, size, room) {
  const c = view.colors;
  const parts = [['gaps', count.gaps, c.gap], ['building', count.building + count.signed, c.build],
    ['present', count.present, c.here]].filter(part => part[1]);
  ctx.font = '600 ' + size + 'px ' + FONT;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  let at = right;
  parts.forEach(([kind, number, color]) => {
    const width = ctx.measureText(String(number)).width;
    if (right - at + width + size * 1.3 > room) return;
    at -= width;
    ctx.fillStyle = color;
    ctx.fillText(String(number), at, middle);
    at -= size * 1.0;
    countMark(ctx, kind, at, middle - size * 0.36, size * 0.76, color);
    at -= size * 0.7;
  });
  return right - at;
}

function countMark(ctx, kind, x, y, size, color) {
  ctx.lineWidth = size * 0.13;
  ctx.strokeStyle = ctx.fillStyle = color;
  ctx.beginPath();
  ctx.rect(x, y, size, size);
  if (kind === 'present') ctx.fill();
  ctx.setLineDash(kind === 'gaps' ? [size * 0.3, size * 0.2] : []);
  ctx.stroke();
  ctx.setLineDash([]);
  if (kind === 'building') ctx.fillRect(x, y + size / 2, size, size / 2);
}

/* ------------------------------------------------------------- camera */

function room() {
  const area = byId('map').getBoundingClientRect();
  const drawer = byId('drawer');
  const covered = !drawer.hidden && area.width > 700 ? drawer.offsetWidth : 0;
  return {width: Math.max(200, area.width - covered), height: Math.max(120, area.height), covered};
}

function look(rect, options) {
  const free = room(), [x, y, w, h] = rect, margin = options && options.margin || 24;
  const fit = Math.min((free.width - margin) / w, (free.height - margin) / h);
  const scale = Math.min(1.35, Math.max(fit, options && options.least || 0));
  let cx = x + w / 2, cy = y + h / 2;
  if (w * scale > free.width) cx = x + (free.width - margin) / 2 / scale;
  if (h * scale > free.height) cy = y + (free.height - margin) / 2 / scale;
  move(cx, cy, scale, free.covered);
}

function move(x, y, scale, covered) {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches || !view.ready;
  net.moveTo({
    position: {x: x + covered / 2 / scale, y}, scale,
    animation: calm ? false : {duration: 260, easingFunction: 'easeInOutQuad'},
  });
  if (calm) net.redraw();
}

function showAll() {
  view.overview = true;
  mark('');
  look([0, 0, data.size[0], data.size[1]], {margin: 28});
}

function showPanel(panel) {
  view.overview = false;
  mark(panel.id);
  look(panel.box, {least: 0.5});
}

function showGroup(group) {
  view.overview = false;
  mark(group.id);
  look(group.box);
}

/* A small map can stay in sight as a whole, even beside the drawer. */
function wholeMapReads() {
  const free = room();
  return Math.min(free.width / data.size[0], free.height / data.size[1]) >= 0.5;
}

function mark(id) {
  byId('side').querySelectorAll('.row').forEach(row => {
    row.setAttribute('aria-current', String(row.dataset.id === id));
  });
}

function bringIntoSight(index) {
  const place = places.get(index);
  if (!place) return;
  if (view.overview && wholeMapReads()) {
    showAll();
    return;
  }
  const free = room(), scale = Math.max(net.getScale(), 0.72);
  const at = net.canvasToDOM(place);
  const inside = at.x > 110 && at.x < free.width - 110 && at.y > 110 && at.y < free.height - 50;
  if (!inside || scale !== net.getScale()) {
    view.overview = false;
    const panel = panelOf.get(products[index].branch);
    const [x, , w] = panel.box, half = free.width / 2 / scale;
    const cx = w > 2 * half ? Math.min(Math.max(place.x, x + half - 20), x + w - half + 20) : x + w / 2;
    move(cx, place.y, scale, free.covered);
  }
}

/* ---------------------------------------------------------- selection */

function neighbours(index, downstream) {
  const ends = (downstream ? outOf : into)[index].map(at => edges[at][downstream ? 'to' : 'from']);
  return Array.from(new Set(ends)).filter(other => other !== index);
}

function pick(index, options) {
  view.picked = index;
  view.near = new Set(index < 0 ? [] : neighbours(index, true).concat(neighbours(index, false)));
  const drawer = byId('drawer'), hadFocus = drawer.contains(document.activeElement);
  drawer.hidden = index < 0;
  if (index >= 0) {
    fillDrawer(index);
    if (!options || options.move !== false) bringIntoSight(index);
    byId('live').textContent = spoken(index);
  } else {
    byId('live').textContent = '';
  }
  if (hadFocus) (index < 0 ? byId('map') : drawer).focus();
  remember(index);
  net.redraw();
}

function remember(index) {
  try {
    history.replaceState(null, '', index < 0 ? location.pathname + location.search : '#product=' + products[index].id);
  } catch (error) { /* Some browsers forbid it for files; the map works without. */ }
}

function spoken(index) {
  const product = products[index];
  return [named(product.name), say(product.state), product.gap ? say(product.gap.kind) : '',
    say('up_n', {n: neighbours(index, false).length}), say('down_n', {n: neighbours(index, true).length}),
  ].filter(Boolean).join(view.lang === 'zh' ? '，' : ', ');
}

function walk(key) {
  if (view.picked < 0) {
    const first = products.findIndex((product, index) => places.has(index));
    if (first >= 0) pick(first);
    return;
  }
  const next = key === 'ArrowRight' || key === 'ArrowLeft'
    ? alongLink(key === 'ArrowRight') : inColumn(key === 'ArrowDown');
  if (next >= 0) pick(next);
}

function alongLink(downstream) {
  const here = places.get(view.picked);
  const found = neighbours(view.picked, downstream).filter(other => places.has(other));
  const distance = other => Math.hypot(places.get(other).x - here.x, places.get(other).y - here.y) +
    (products[other].branch === products[view.picked].branch ? 0 : 1e6);
  found.sort((one, two) => distance(one) - distance(two));
  return found.length ? found[0] : -1;
}

function inColumn(down) {
  const here = places.get(view.picked), branch = products[view.picked].branch;
  let best = -1;
  places.forEach((place, other) => {
    if (products[other].branch !== branch || Math.abs(place.x - here.x) > 1) return;
    const ahead = down ? place.y - here.y : here.y - place.y;
    if (ahead > 1 && (best < 0 || ahead < Math.abs(places.get(best).y - here.y))) best = other;
  });
  return best;
}

/* ------------------------------------------------------------- pointer */

function cardAt(point) {
  for (const [at, place] of places) {
    if (Math.abs(point.x - place.x) <= W / 2 && Math.abs(point.y - place.y) <= H / 2) return at;
  }
  return -1;
}

const inside = (rect, point) => point.x >= rect[0] && point.x <= rect[0] + rect[2] &&
  point.y >= rect[1] && point.y <= rect[1] + rect[3];
const panelAt = point => panels.find(panel => inside(panel.box, point));

function onClick(event) {
  const at = cardAt(event.pointer.canvas), panel = panelAt(event.pointer.canvas);
  const far = net.getScale() < TEXT_AT;
  if (at >= 0 && !far) pick(at);
  else if (panel && far) showPanel(panel);
  else if (view.picked >= 0) pick(-1);
}

function onDouble(event) {
  const panel = panelAt(event.pointer.canvas);
  if (panel && cardAt(event.pointer.canvas) < 0) showPanel(panel);
}

function onMove(event) {
  const area = byId('map').getBoundingClientRect(), tip = byId('tip');
  const dom = {x: event.clientX - area.left, y: event.clientY - area.top};
  const at = cardAt(net.DOMtoCanvas(dom));
  const panel = at < 0 && panelAt(net.DOMtoCanvas(dom));
  byId('map').style.cursor = at >= 0 || (panel && net.getScale() < TEXT_AT) ? 'pointer' : 'default';
  tip.hidden = at < 0;
  if (at < 0) return;
  const product = products[at];
  tip.textContent = join([named(product.name).slice(0, 80), say(product.state), product.gap && say(product.gap.kind)]);
  tip.style.left = Math.min(dom.x + 14, area.width - tip.offsetWidth - 8) + 'px';
  tip.style.top = Math.min(dom.y + 16, area.height - 34) + 'px';
}

function onKey(event) {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && !typing) {
    event.preventDefault();
    byId('search').focus();
    byId('search').select();
  } else if (event.key === 'Escape' && !typing) {
    if (view.picked >= 0) pick(-1);
    else showAll();
  } else if (/^Arrow/.test(event.key) && event.target === byId('map')) {
    event.preventDefault();
    walk(event.key);
  } else if (event.key === 'Enter' && event.target === byId('map') && view.picked >= 0) {
    byId('drawer').focus();
  } else if ((event.key === '+' || event.key === '-') && event.target === byId('map')) {
    net.moveTo({scale: clampScale(net.getScale() * (event.key === '+' ? 1.25 : 0.8))});
  }
}

function leastScale() {
  const free = room();
  return 0.6 * Math.min(free.width / data.size[0], free.height / data.size[1], 1);
}
const clampScale = scale => Math.min(3, Math.max(leastScale(), scale));

function onZoom() {
  view.overview = false;
  const scale = net.getScale();
  if (clampScale(scale) !== scale) net.moveTo({scale: clampScale(scale)});
}

/* -------------------------------------------------------------- start */

function startNetwork() {
  const nodes = Array.from(places.values()).map(place => ({
    id: place.id, x: place.x, y: place.y, shape: 'custom',
    ctxRenderer: ({ctx, id, x, y}) => ({
      drawNode: () => drawCard(ctx, id, x, y),
      nodeDimensions: {width: W, height: H},
    }),
  }));
  net = new vis.Network(byId('map'), {nodes: new vis.DataSet(nodes), edges: new vis.DataSet([])}, read('options'));
  net.on('beforeDrawing', drawGround);
  net.on('afterDrawing', drawHeads);
  net.on('click', onClick);
  net.on('doubleClick', onDouble);
  net.on('zoom', onZoom);
  net.on('dragStart', () => { view.overview = false; });
  net.on('resize', () => { if (view.overview && view.ready) showAll(); });
}

function listen() {
  byId('map').addEventListener('mousemove', onMove);
  byId('map').addEventListener('mouseleave', () => { byId('tip').hidden = true; });
  byId('fit').addEventListener('click', () => {
    pick(-1);
    showAll();
  });
  byId('lang').addEventListener('click', () => {
    view.lang = view.lang === 'zh' ? 'en' : 'zh';
    fillWords();
  });
  byId('theme').addEventListener('click', () => {
    view.themeChosen = true;
    setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  });
  byId('menu').addEventListener('click', () => {
    const narrow = document.body.classList.toggle('narrow');
    byId('menu').setAttribute('aria-expanded', String(!narrow));
  });
  byId('search').addEventListener('input', showHits);
  byId('search').addEventListener('keydown', searchKey);
  byId('search').addEventListener('blur', closeHits);
  document.addEventListener('keydown', onKey);
  window.addEventListener('hashchange', followHash);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', event => {
    if (!view.themeChosen) setTheme(event.matches ? 'dark' : 'light');
  });
}

/* A link such as map.html#product=ptfe or #branch=silicone opens what it names. */
function followHash() {
  const [kind, id] = location.hash.slice(1).split('=');
  if (kind === 'branch' && panelOf.has(id)) showPanel(panelOf.get(id));
  const wanted = products.findIndex((product, at) => places.has(at) && product.id === id);
  if (kind === 'product' && wanted >= 0) pick(wanted);
}

function start() {
  if (window.innerWidth <= 900) {
    document.body.classList.add('narrow');
    byId('menu').setAttribute('aria-expanded', 'false');
  }
  setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  buildIndex();
  startNetwork();
  fillWords();
  listen();
  showAll();
  view.ready = true;
  followHash();
  if (document.fonts && document.fonts.ready) {
    document.fonts.ready.then(() => {
      fitted.clear();
      net.redraw();
    });
  }
}

/* For tests and scripts: where a product stands on the page, what is picked, and the
   same actions that the mouse has. */
window.chaingraph = {
  positionOf(id) {
    const at = products.findIndex(product => product.id === id), place = places.get(at);
    if (!place) return null;
    const area = byId('map').getBoundingClientRect(), dom = net.canvasToDOM(place);
    return {x: area.left + dom.x, y: area.top + dom.y};
  },
  picked: () => (view.picked < 0 ? null : products[view.picked].id),
  pick: id => pick(products.findIndex(product => product.id === id)),
  showBranch: id => showPanel(panelOf.get(id)),
  showAll,
  scale: () => net.getScale(),
};
