/* Sharing: the address that keeps the view, pictures, CSV and print. */
function save(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type}));
  const link = make('a');
  link.href = url;
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
const fileName = ending => data.fileName + '-' + view.day + '.' + ending;
const saveCsv = () => save(fileName('csv'), makeCsv(), 'text/csv;charset=utf-8');

/* -------------------------------------------------------------- pictures */

/* What draw.js needs of a canvas, written down as SVG instead. */
function makeRecorder(measure) {
  const parts = [], pencil = {fillStyle: '#000', strokeStyle: '#000', lineWidth: 1, font: '', textAlign: 'left', dash: []};
  let path = '';
  const at = value => Math.round(value * 100) / 100;
  const escaped = text => text.replace(/[&<>"]/g, sign => '&#' + sign.charCodeAt(0) + ';').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(BIDI, '');
  return {
    parts,
    set fillStyle(value) { pencil.fillStyle = value; }, get fillStyle() { return pencil.fillStyle; },
    set strokeStyle(value) { pencil.strokeStyle = value; }, set lineWidth(value) { pencil.lineWidth = value; },
    set font(value) { pencil.font = value; measure.font = value; }, get font() { return pencil.font; },
    set textAlign(value) { pencil.textAlign = value; }, set textBaseline(value) { pencil.base = value; }, set direction(value) { pencil.direction = value; },
    measureText: text => measure.measureText(text),
    setLineDash(dash) { pencil.dash = dash; },
    beginPath() { path = ''; },
    closePath() { path += 'Z'; },
    moveTo(x, y) { path += 'M' + at(x) + ' ' + at(y); },
    lineTo(x, y) { path += 'L' + at(x) + ' ' + at(y); },
    bezierCurveTo(...values) { path += 'C' + values.map(at).join(' '); },
    quadraticCurveTo(...values) { path += 'Q' + values.map(at).join(' '); },
    roundRect(x, y, w, h, r) {
      const q = Math.min(r, w / 2, h / 2);
      path += 'M' + [x + q, y].map(at).join(' ') + 'h' + at(w - 2 * q) + 'q' + [q, 0, q, q].map(at).join(' ') + 'v' + at(h - 2 * q) +
        'q' + [0, q, -q, q].map(at).join(' ') + 'h' + at(2 * q - w) + 'q' + [-q, 0, -q, -q].map(at).join(' ') + 'v' + at(2 * q - h) + 'q' + [0, -q, q, -q].map(at).join(' ') + 'Z';
    },
    fill() { parts.push('<path d="' + path + '" fill="' + pencil.fillStyle + '"/>'); },
    stroke() {
      parts.push('<path d="' + path + '" fill="none" stroke="' + pencil.strokeStyle + '" stroke-width="' + at(pencil.lineWidth) + '"' +
        (pencil.dash.length ? ' stroke-dasharray="' + pencil.dash.map(at).join(' ') + '"' : '') + '/>');
    },
    fillText(text, x, y) {
      const [, weight, size] = /^(\d+) ([\d.]+)px/.exec(pencil.font);
      const anchor = {center: ' text-anchor="middle"', right: ' text-anchor="end"'}[pencil.textAlign] || '';
      parts.push('<text x="' + at(x) + '" y="' + at(y) + '" dy="0.35em" font-size="' + at(size) + '" font-weight="' + weight + '" fill="' + pencil.fillStyle + '"' + anchor + '>' + escaped(text) + '</text>');
    },
  };
}

/* The part of the scene that is on the screen, with its headings. */
function frame() {
  const area = byId('map').getBoundingClientRect();
  const one = net.DOMtoCanvas({x: 0, y: HEADS}), two = net.DOMtoCanvas({x: area.width, y: area.height});
  const left = Math.max(one.x, net.getScale() < TEXT_AT ? -200 / net.getScale() : -10), top = Math.max(one.y, 0);
  return {left, top, right: Math.max(left + 100, Math.min(two.x, scene.width + 10)), bottom: Math.max(top + 100, Math.min(two.y, scene.height + 6))};
}

const SHEET_HEAD = 62, SHEET_FOOT = 40;

function paintSheet(ctx, area) {
  const scale = net.getScale(), unit = 1 / scale, head = SHEET_HEAD * unit, foot = SHEET_FOOT * unit, wide = area.right - area.left;
  const ground = (y, height) => {
    box(ctx, area.left, y, wide, height, 0);
    ctx.fillStyle = colors.page;
    ctx.fill();
  };
  ground(area.top, area.bottom - area.top);
  paint(ctx, scale, area);
  if (!scene.ego) paintStickyNames(ctx, scale, Object.assign({}, area, {top: area.top - HEADS * unit}));
  ground(area.top - head, head);
  ground(area.bottom, foot);
  write(ctx, clipped(ctx, plain(data.title[zh() ? 0 : 1]), 20 * unit, wide * 0.45, 700), area.left + 16 * unit, area.top - 44 * unit, 20 * unit, colors.ink, 700);
  const shown = join([whenText(), filterText()]);
  write(ctx, clipped(ctx, shown, 13 * unit, wide * 0.5, 400), area.right - 16 * unit, area.top - 44 * unit, 13 * unit, colors.soft, 400, 'right');
  if (!scene.ego) plan.stages.forEach(stage => paintStage(ctx, stage, area, unit));
  paintKey(ctx, area.left + 16 * unit, area.bottom + foot / 2, unit, area.right);
}

function paintStage(ctx, [stage, x, width], area, unit) {
  const left = Math.max(x, area.left), right = Math.min(x + width, area.right);
  if (right - left > 50 * unit) write(ctx, say(stage), (left + right) / 2, area.top - 13 * unit, 13 * unit, colors.soft, 600, 'center');
}

/* What the marks mean, for whoever sees the picture without the page. */
function paintKey(ctx, x, y, unit, until) {
  const marks = STATES.slice().reverse().map(state => [{state, kind: ''}, say(state)])
    .concat(KINDS.slice(1).map(kind => [{state: kind === 'weak' ? 'present' : 'absent', kind}, kindWords(kind)]));
  let at = x;
  const put = (text, wide, draw) => {
    ctx.font = '400 ' + 12 * unit + 'px ' + FONT;
    const end = at + wide + 5 * unit + ctx.measureText(text).width;
    if (end > until) return;
    draw();
    write(ctx, text, at + wide + 5 * unit, y, 12 * unit, colors.ink, 400);
    at = end + 15 * unit;
  };
  marks.forEach(([look, text]) => {
    const outline = look.kind === 'broken' ? colors.gap : {present: colors.here, absent: colors.void}[look.state] || colors.build;
    const badge = look.kind === 'broken' || look.kind === 'weak' ? colors.gap : colors.void;
    put(text, GLYPH, () => paintGlyph(ctx, at, y - GLYPH / 2, Object.assign({line: outline, fill: colors.card, badge}, look)));
  });
  put(say('named_short'), 12 * unit, () => star(ctx, at + 6 * unit, y, 6 * unit, colors.gap));
  LINKS.forEach(kind => put(say(kind), 24 * unit, () => {
    ctx.strokeStyle = linkColor(kind);
    ctx.lineWidth = 1.6 * unit;
    ctx.setLineDash(DASHES[kind].map(length => length * unit));
    line(ctx, [[at, y], [at + 24 * unit, y]]);
    ctx.setLineDash([]);
  }));
}

function clipped(ctx, text, size, width, weight) {
  ctx.font = weight + ' ' + size + 'px ' + FONT;
  return shorten(ctx, text, width);
}

function makeSvg() {
  const area = frame(), scale = net.getScale(), head = SHEET_HEAD / scale, foot = SHEET_FOOT / scale;
  const recorder = makeRecorder(document.createElement('canvas').getContext('2d'));
  paintSheet(recorder, area);
  const sheet = [area.left, area.top - head, area.right - area.left, area.bottom - area.top + head + foot];
  return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="' + sheet.map(value => value.toFixed(1)).join(' ') + '" width="' +
    Math.round(sheet[2] * scale) + '" height="' + Math.round(sheet[3] * scale) + '" font-family="' + FONT.replace(/"/g, "'") + '">' +
    '<clipPath id="sheet"><rect x="' + sheet[0] + '" y="' + sheet[1] + '" width="' + sheet[2] + '" height="' + sheet[3] + '"/></clipPath>' +
    '<g clip-path="url(#sheet)">' + recorder.parts.join('') + '</g></svg>';
}

function makePng() {
  const area = frame(), scale = net.getScale(), head = SHEET_HEAD / scale, foot = SHEET_FOOT / scale, dots = 2 * scale;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round((area.right - area.left) * dots);
  canvas.height = Math.round((area.bottom - area.top + head + foot) * dots);
  const ctx = canvas.getContext('2d');
  ctx.scale(dots, dots);
  ctx.translate(-area.left, head - area.top);
  paintSheet(ctx, area);
  return canvas;
}

const saveSvg = () => save(fileName('svg'), makeSvg(), 'image/svg+xml');
const savePng = () => makePng().toBlob(blob => save(fileName('png'), blob), 'image/png');

/* Paper is white: what is shown is printed in light colours whatever the screen shows. */
function preparePrint() {
  document.documentElement.dataset.theme = 'light';
  if (view.table) return;
  readColors('light');
  const image = new DOMParser().parseFromString(makeSvg(), 'image/svg+xml').documentElement;
  readColors();
  byId('paper').textContent = '';
  byId('paper').appendChild(document.importNode(image, true));
}

/* --------------------------------------------------------------- address */

const joined = (set, word) => Array.from(set, word).join('.');
function makeHash() {
  const parts = [];
  const put = (key, value) => { if (value) parts.push(key + '=' + encodeURIComponent(value)); };
  if (view.lang !== data.lang) put('lang', view.lang);
  if (view.themeChosen) put('theme', view.theme);
  if (view.day !== data.asOf) put('day', view.day);
  if (view.mode !== data.view) put('view', view.mode);
  put('open', joined(view.open, at => data.branches[at].id));
  put('product', view.picked >= 0 && products.id[view.picked]);
  if (view.depth > 1) put('depth', String(view.depth));
  if (view.related) put('related', '1');
  if (view.path && view.path.loop) put('loop', '1');
  else if (view.path) put('to', products.id[view.path.products[view.path.products[0] === view.picked ? view.path.products.length - 1 : 0]]);
  if (view.bundle) put('lit', joined(view.bundle, at => products.id[at]));
  Object.keys(view.filter).forEach(name => {
    const value = view.filter[name];
    if (value instanceof Set) put(name, joined(value, each => (name === 'branch' ? data.branches[each].id : each)));
    else put(name, value ? String(Number(value)) : '');
  });
  put('land', joined(view.landed, each => (each.project === undefined ? 'n:' + products.id[each.product] : 'p:' + data.projects[each.project].id)));
  if (view.size !== 'score') put('size', view.size);
  if (view.table) put('table', view.sort[0] + '.' + view.sort[1]);
  if (net && view.ready && !refit) {
    const at = net.getViewPosition();
    put('at', [Math.round(at.x), Math.round(at.y), net.getScale().toFixed(3)].join('.'));
  }
  return parts.join('&');
}

/* Every choice is a step that the browser's Back takes back; moving the camera or going
   through the days is none. */
let remembered = '', opening = true;
const stepsOf = hash => hash.replace(/(^|&)(at|day|theme)=[^&]*/g, '');
function remember() {
  if (!view.ready) return;
  const hash = makeHash();
  if (hash === remembered) return;
  const step = !opening && stepsOf(hash) !== stepsOf(remembered);
  remembered = hash;
  try {
    history[step ? 'pushState' : 'replaceState'](null, '', hash ? '#' + hash : location.pathname + location.search);
  } catch (error) { /* Some browsers forbid it for files; the map works without. */ }
}

/* Takes over what an address says; what it does not know is left out. */
function followHash() {
  const said = new Map();
  location.hash.slice(1).split('&').forEach(part => {
    const at = part.indexOf('=');
    if (at > 0) said.set(part.slice(0, at), safely(part.slice(at + 1)));
  });
  const list = key => (said.get(key) || '').split('.').filter(Boolean);
  const branch = id => data.branches.findIndex(each => each.id === id);
  const branches = key => list(key).map(branch).filter(at => bandOf.has(at));
  const oneOf = (key, values, otherwise) => (values.includes(said.get(key)) ? said.get(key) : otherwise);
  view.lang = oneOf('lang', ['zh', 'en'], data.lang);
  view.mode = oneOf('view', VIEWS, data.view);
  view.day = isDay(said.get('day') || '') ? said.get('day') : data.asOf;
  view.open.clear();
  (plan.bands.length === 1 ? [plan.bands[0].branch] : branches('open')).forEach(openBranch);
  view.depth = DEPTHS.includes(Number(said.get('depth'))) ? Number(said.get('depth')) : 1;
  view.size = oneOf('size', ['score', 'shortfall'], 'score');
  ['state', 'kind', 'stage', 'link'].forEach(name => { view.filter[name] = new Set(list(name).filter(each => [].concat(STATES, KINDS, STAGES, LINKS).includes(each))); });
  view.filter.branch = new Set(branches('branch'));
  view.filter.named = said.get('named') === '1';
  view.filter.top = TOPS.includes(Number(said.get('top'))) ? Number(said.get('top')) : 0;
  view.landed = [];
  Array.from(new Set(list('land')), readLanding).filter(Boolean).forEach(each => { if (!isLanded(each)) view.landed.push(each); });
  if (['light', 'dark'].includes(said.get('theme'))) {
    view.themeChosen = true;
    setTheme(said.get('theme'));
  }
  return said;
}

const isDay = text => /^\d{4}-\d\d-\d\d$/.test(text) && new Date(text).getUTCDate() === Number(text.slice(8));

function safely(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    return '';
  }
}

function readLanding(text) {
  const id = text.slice(2);
  if (text.startsWith('p:')) {
    const project = data.projects.findIndex(each => each.id === id);
    return project < 0 ? null : {project};
  }
  return text.startsWith('n:') && numberOf.has(id) ? {product: numberOf.get(id)} : null;
}

/* What needs the map to be there: the product, the path, the camera. */
function finishHash(said) {
  const at = numberOf.get(said.get('product')), to = numberOf.get(said.get('to'));
  if (at !== undefined && onMap[at]) pick(at, {related: said.get('related') === '1'});
  const loop = view.picked >= 0 && said.get('loop') === '1' && findLoop(view.picked);
  if (loop) showPath(loop);
  else if (view.picked >= 0 && to !== undefined) pathTo(to);
  else if (view.picked >= 0 && said.get('lit')) showBundle(said.get('lit').split('.').map(id => numberOf.get(id)).filter(each => each !== undefined));
  const [x, y, units, part] = (said.get('at') || '').split('.').map(Number);
  if (part !== undefined && !Number.isNaN(x + y)) {
    refit = false;
    net.moveTo({position: {x, y}, scale: clampScale(Number(units + '.' + String((said.get('at') || '').split('.')[3])))});
  }
  const [sort, way] = (said.get('table') || '').split('.');
  if (COLUMNS.some(column => column[0] === sort)) {
    view.sort = [sort, Number(way) < 0 ? -1 : 1];
    toggleTable(true);
  } else if (view.table) toggleTable(false);
}
