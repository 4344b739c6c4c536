/* The camera, the pointer and the keys on the map.  vis-network keeps the camera and the
   gestures; everything seen is drawn by draw.js. */
let net = null;
const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches || !view.ready;
const HEADS = 30;

function room() {
  const area = byId('map').getBoundingClientRect(), drawer = byId('drawer');
  const covered = !drawer.hidden && area.width > 900 ? drawer.offsetWidth : 0;
  return {width: Math.max(200, area.width - covered), height: Math.max(120, area.height - HEADS), covered};
}

/* Puts a point of the scene at the middle of what is free. */
function move(x, y, scale) {
  const free = room();
  net.moveTo({
    position: {x: x + free.covered / 2 / scale, y: y - HEADS / 2 / scale}, scale,
    animation: calm() ? false : {duration: 280, easingFunction: 'easeInOutQuad'},
  });
  if (calm()) net.redraw();
}

const leastRead = () => (room().width < 700 ? 0.62 : 0.5);
const widthScale = () => Math.min(1.7, room().width / (scene.width + 12));

/* The whole width, from the top; lower scenes stand in the middle. */
function fitWidth() {
  const free = room(), whole = free.height / (scene.height + 10);
  let scale = widthScale();
  if (whole < scale && whole > scale * 0.8) scale = whole;
  scale = Math.max(scale, leastRead());
  const x = scene.width * scale > free.width ? free.width / 2 / scale : scene.width / 2;
  move(x, inside(free.height / 2 / scale, free.height / scale), scale);
}

function fitAll() {
  const free = room(), scale = Math.min(1.7, free.width / (scene.width + 12), free.height / (scene.height + 12));
  move(scene.width / 2, scene.height / 2, scale);
}

/* The scale at which the whole width is in sight when no drawer is open. */
const usualScale = () => Math.max(leastRead(), Math.min(1.7, byId('map').clientWidth / (scene.width + 12)));

/* Brings some products into sight together, as large as can be. */
function fitProducts(ats) {
  const places = ats.map(at => scene.places.get(at)).filter(Boolean);
  if (!places.length) return;
  refit = false;
  const free = room(), least = 0.4 * usualScale();
  const left = Math.min(...places.map(place => place.x - place.w)), right = Math.max(...places.map(place => place.x + place.w));
  const top = Math.min(...places.map(place => place.y - place.h)), bottom = Math.max(...places.map(place => place.y + place.h));
  const scale = Math.min(1.25, Math.max(least, Math.min(usualScale() * 1.15, free.width / (right - left), free.height / (bottom - top))));
  const wide = free.width / scale, high = free.height / scale;
  move(right - left < wide ? (left + right) / 2 : left + wide / 2, inside(bottom - top < high ? (top + bottom) / 2 : top + high / 2, high), scale);
}

/* A height at which the window does not reach beyond the scene. */
const inside = (y, high) => (scene.height < high ? scene.height / 2 : Math.min(Math.max(y, high / 2 - 4), scene.height - high / 2 + 8));

function showBand(branch) {
  const band = scene.bands.find(each => each.branch === branch);
  if (!band) return;
  const free = room(), scale = usualScale();
  const fits = (band.height + 30) * scale < free.height;
  const y = fits ? band.y + band.height / 2 : band.y - 8 + free.height / 2 / scale;
  move(scene.width * scale > free.width ? free.width / 2 / scale : scene.width / 2, inside(y, free.height / scale), scale);
}

/* Moves no more than needed to see a product beside the drawer. */
function bringIntoSight(at) {
  const place = scene.places.get(at);
  if (!place) return;
  const free = room(), scale = Math.max(net.getScale(), 0.8 * usualScale()), dom = net.canvasToDOM(place);
  const pad = 70;
  const seen = dom.x > pad && dom.x < free.width - pad && dom.y > HEADS + 40 && dom.y < free.height + HEADS - 40;
  if (seen && scale === net.getScale()) return;
  const centre = net.getViewPosition();
  const left = centre.x - (free.width + free.covered) / 2 / scale, wide = free.width / scale;
  let x = left + wide / 2;
  if (place.x < left + pad / scale || place.x > left + wide - pad / scale) {
    x = scene.width > wide ? Math.min(Math.max(place.x, wide / 2 - 6), scene.width - wide / 2 + 12) : scene.width / 2;
  }
  move(x, inside(place.y, free.height / scale), scale);
}

const clampScale = scale => Math.min(4, Math.max(0.6 * Math.min(room().width / scene.width, room().height / scene.height, 1), scale));

function zoomBy(factor) {
  const free = room(), at = net.DOMtoCanvas({x: free.width / 2, y: HEADS + free.height / 2});
  move(at.x, at.y, clampScale(net.getScale() * factor));
}

/* -------------------------------------------------------------- drawing */

let painted = 0;
function repaint(ctx) {
  const area = byId('map').getBoundingClientRect();
  const one = net.DOMtoCanvas({x: 0, y: 0}), two = net.DOMtoCanvas({x: area.width, y: area.height});
  const seen = {left: one.x, top: one.y, right: two.x, bottom: two.y};
  paint(ctx, net.getScale(), seen);
  paintStickyNames(ctx, net.getScale(), seen);
  if (!scene.bands.length && !scene.ego) write(ctx, say('no_products'), (one.x + two.x) / 2, (one.y + two.y) / 2, 16 / net.getScale(), colors.soft, 400, 'center');
  painted += 1;
}

/* The names of the stages stay at the top, in the middle of what is seen of their columns. */
function placeHeads() {
  const heads = byId('heads'), scale = net.getScale();
  const from = byId('view-tools').offsetWidth, until = room().width;
  plan.stages.forEach(([, x, width], at) => {
    const cell = heads.children[at], left = net.canvasToDOM({x, y: 0}).x;
    const start = Math.max(left, from), end = Math.min(left + width * scale, until);
    cell.hidden = scene.ego || end - start < 44;
    cell.style.transform = 'translateX(' + Math.round(start) + 'px)';
    cell.style.width = Math.max(0, Math.round(end - start)) + 'px';
  });
}

/* ------------------------------------------------------------- pointer */

function productAt(point) {
  for (const [at, place] of scene.places) {
    const slack = place.card ? 0 : 1.5;
    if (Math.abs(point.x - place.x) <= place.w / 2 + slack && Math.abs(point.y - place.y) <= place.h / 2 + slack) return at;
  }
  return -1;
}

const bandAt = point => scene.bands.find(band => point.y >= band.y && point.y <= band.y + band.height &&
  point.x >= 8 && point.x <= scene.width);

function onClick(event) {
  const point = event.pointer.canvas, at = productAt(point), band = bandAt(point);
  const src = event.event && event.event.srcEvent;
  const toPath = view.picked >= 0 && (view.choosing || (src && src.shiftKey));
  const gap = band && band.open && net.getScale() >= TEXT_AT ? gapAt(band, point) : -1;
  byId('tip').hidden = true;
  if (at >= 0) (toPath ? pathTo : pick)(at);
  else if (gap >= 0) pick(gap);
  else if (band && (point.x < plan.label || !band.open || net.getScale() < TEXT_AT)) clickBand(band.branch);
  else if (view.picked >= 0) pick(-1);
}

/* The gap whose name stands there, at the left of an open branch. */
function gapAt(band, point) {
  const order = Math.round((point.y - band.y - FIRST) / FIRST_STEP), gaps = firstOf(band);
  return point.x < plan.label && order >= 0 && order < gaps.length ? gaps[order] : -1;
}

/* The second half of a double click is not meant to undo the first. */
const clicked = {branch: -1, when: 0};
function clickBand(branch) {
  const again = clicked.branch === branch && performance.now() - clicked.when < 400;
  Object.assign(clicked, {branch, when: performance.now()});
  if (!again) toggleBand(branch);
}

function onMove(event) {
  const area = byId('map').getBoundingClientRect();
  const dom = {x: event.clientX - area.left, y: event.clientY - area.top};
  const point = net.DOMtoCanvas(dom), at = productAt(point), band = bandAt(point);
  const hover = band && at < 0 && (!band.open || point.x < plan.label || point.x > RIGHT) ? band.branch : -1;
  if (event.pointerType !== 'mouse') return;
  byId('map').style.cursor = at >= 0 || (band && (!band.open || point.x < plan.label)) ? 'pointer' : 'grab';
  if (hover !== view.hover) {
    view.hover = hover;
    net.redraw();
  }
  showTip(at >= 0 ? tipText(at) : hover >= 0 ? flowText(hover) : '', dom, area);
}

function showTip(text, dom, area) {
  const tip = byId('tip');
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  tip.style.left = Math.max(4, Math.min(dom.x + 14, area.width - tip.offsetWidth - 8)) + 'px';
  tip.style.top = Math.min(dom.y + 18, area.height - tip.offsetHeight - 6) + 'px';
}

const tipText = at => join([plain(nameOf(at)).slice(0, 80), say(stateOf(at)), kindOf(at) && kindName(kindOf(at)), footText(at)]);

function flowText(branch) {
  const said = (flow, other) => plain(branchName(other)).slice(0, 24) + ' ' + flow.links;
  const out = allFlows.filter(flow => flow.from === branch).slice(0, 5).map(flow => said(flow, flow.to));
  const back = allFlows.filter(flow => flow.to === branch).slice(0, 5).map(flow => said(flow, flow.from));
  const own = tallies[branch];
  const health = join([say('present') + ' ' + own.present, say('coming') + ' ' + (own.building + own.signed), say('gaps') + ' ' + own.gaps]);
  return [plain(branchName(branch)).slice(0, 60), health, out.length && say('flows_out') + listed(out), back.length && say('flows_in') + listed(back)]
    .filter(Boolean).join('\n');
}

/* ----------------------------------------------------------------- keys */

function onMapKey(event) {
  const key = event.key;
  if (/^Arrow/.test(key)) walk(key);
  else if (key === '+' || key === '=') zoomBy(1.25);
  else if (key === '-') zoomBy(0.8);
  else if (key === '0') fitWidth();
  else if (key === '[' || key === ']') setDepth(key === ']' ? 1 : -1);
  else if (key === 'Enter' && view.picked >= 0) byId('drawer').focus();
  else if ((key === 'Enter' || key === ' ') && view.hover >= 0) toggleBand(view.hover);
  else return;
  event.preventDefault();
}

/* With nothing picked the arrows go from branch to branch, and into the one they stand on. */
function walk(key) {
  if (view.picked < 0) {
    if (key === 'ArrowUp' || key === 'ArrowDown') walkBands(key === 'ArrowDown' ? 1 : -1);
    else enterBand();
    return;
  }
  const next = key === 'ArrowRight' || key === 'ArrowLeft'
    ? alongLink(key === 'ArrowRight') : inColumn(key === 'ArrowDown' ? 1 : -1);
  if (next >= 0) pick(next);
}

function walkBands(way) {
  const at = scene.bands.findIndex(band => band.branch === view.hover);
  const next = scene.bands[at < 0 ? (way > 0 ? 0 : scene.bands.length - 1) : Math.min(Math.max(at + way, 0), scene.bands.length - 1)];
  if (!next) return;
  view.hover = next.branch;
  announce(branchName(next.branch) + ' ' + say(next.open ? 'opened' : 'closed_up'));
  showBandIfHidden(next);
  net.redraw();
}

function enterBand() {
  const cards = cardsOf[bandOf.has(view.hover) ? bandOf.get(view.hover) : 0];
  if (cards && cards.length) pick(cards.slice().sort((one, two) => one.column - two.column || one.y - two.y)[0].id);
}

function showBandIfHidden(band) {
  const top = net.canvasToDOM({x: 0, y: band.y}).y, bottom = net.canvasToDOM({x: 0, y: band.y + band.height}).y;
  if (top < HEADS || bottom > room().height + HEADS) showBand(band.branch);
}

function alongLink(downstream) {
  const here = scene.places.get(view.picked) || {x: 0, y: 0};
  const found = neighbours(view.picked, downstream).filter(at => scene.places.has(at));
  const distance = at => Math.hypot(scene.places.get(at).x - here.x, scene.places.get(at).y - here.y) +
    (products.branch[at] === products.branch[view.picked] ? 0 : 1e6);
  found.sort((one, two) => distance(one) - distance(two));
  return found.length ? found[0] : -1;
}

function inColumn(way) {
  const here = scene.places.get(view.picked);
  let best = -1, least = Infinity;
  if (!here) return best;
  scene.places.forEach((place, at) => {
    const ahead = (place.y - here.y) * way, cost = ahead + 4 * Math.abs(place.x - here.x);
    if (place.column === here.column && ahead > 1 && cost < least) {
      best = at;
      least = cost;
    }
  });
  return best;
}

function startNetwork() {
  net = new vis.Network(byId('map'), {nodes: new vis.DataSet([]), edges: new vis.DataSet([])}, read('options'));
  byId('map').firstChild.removeAttribute('tabindex');
  net.on('beforeDrawing', repaint);
  net.on('afterDrawing', placeHeads);
  net.on('click', onClick);
  net.on('zoom', () => {
    const scale = net.getScale();
    if (clampScale(scale) !== scale) net.moveTo({scale: clampScale(scale)});
    refit = false;
  });
  net.on('dragEnd', () => { refit = false; });
  net.on('resize', () => { if (refit && view.ready) fitWidth(); });
}
let refit = true;
