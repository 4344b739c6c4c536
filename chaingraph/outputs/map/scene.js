/* What stands where at the moment: bands open or closed, or one product with its relatives.
   A scene is plain data: bands, heads, places (product → where) and wires; draw.js paints it. */
const plan = data.layout;
const PITCH = plan.pitch, GAP = 12, HEAD = 32, TOP = 8, GLYPH = 15, STEP = 19;
const PER_LINE = 6, MOST_GLYPHS = 12, MOST_DRAWN = 400;
const RIGHT = plan.width - plan.arcs;
const cardsOf = plan.bands.map(() => []);
read('nodes').forEach(node => cardsOf[node.band].push(node));
const wiresOf = plan.bands.map(() => []);
const linkBetween = new Map(links.from.map((from, at) => [from + '>' + links.to[at], at]));
read('edges').forEach(edge => wiresOf[edge.band].push({
  link: linkBetween.get(edge.from + '>' + edge.to), from: edge.from, to: edge.to, shape: edge.shape, points: edge.points,
}));
const bandOf = new Map(plan.bands.map((band, at) => [band.branch, at]));
let scene = {bands: [], heads: [], places: new Map(), width: plan.width, height: 0, ego: false};

function rebuild() {
  scene = view.related && view.picked >= 0 ? makeEgo() : makeBands();
  scene.arcs = scene.ego ? [] : makeArcs();
}

const placedInAll = cardsOf.reduce((sum, cards) => sum + cards.length, 0);

/* ---------------------------------------------------------------- bands */

function makeBands() {
  const made = {bands: [], heads: [], places: new Map(), boxes: [], width: plan.width, height: 0, ego: false};
  let y = TOP, chain = null, boxed = null;
  made.crowded = placedInAll > MOST_DRAWN;
  plan.bands.forEach((band, at) => {
    const group = data.branches[band.branch].chain;
    if (at === 0 || group !== chain) {
      if (at) y += GAP;
      boxed = {y, chain: group, height: 0};
      made.boxes.push(boxed);
      if (needsHead(group)) {
        made.heads.push({y, chain: group});
        y += HEAD;
      } else y += 7;
      chain = group;
    }
    const open = view.open.has(band.branch);
    const spot = {at, branch: band.branch, y, open, height: open ? band.height : plan.closed};
    made.bands.push(spot);
    placeBand(made, spot);
    y += spot.height + GAP / 2;
    boxed.height = y - boxed.y + 1;
  });
  made.height = y + 8;
  if (!allFlows.length) made.width = RIGHT + 8;
  return made;
}

/* A chain that is one branch of the same name needs no head of its own. */
function needsHead(chain) {
  if (chain < 0) return false;
  const own = plan.bands.filter(band => data.branches[band.branch].chain === chain);
  return own.length > 1 || data.branches[own[0].branch].name[0] !== data.chains[chain].name[0] ||
    data.chains[chain].cluster >= 0;
}

function placeBand(made, band) {
  const cards = cardsOf[band.at];
  if (band.open) {
    cards.forEach(card => made.places.set(card.id, {
      x: card.x, y: band.y + card.y, column: card.column, band, card: true, w: W, h: H,
    }));
    return;
  }
  band.bars = made.crowded || plan.bands[band.at].hidden > 0;
  const columns = plan.columns.map(() => []);
  cards.forEach(card => columns[card.column].push(card));
  band.bars = band.bars || columns.some(column => column.length > MOST_GLYPHS);
  if (band.bars) return;
  columns.forEach((column, at) => column.forEach((card, order) => {
    const lines = Math.ceil(column.length / PER_LINE), perLine = Math.ceil(column.length / lines);
    const line = Math.floor(order / perLine), inLine = Math.min(perLine, column.length - line * perLine);
    made.places.set(card.id, {
      x: plan.columns[at] + (order - line * perLine - (inLine - 1) / 2) * STEP,
      y: band.y + band.height / 2 + (line - (lines - 1) / 2) * STEP,
      column: at, band, card: false, up: line === 0, w: GLYPH, h: GLYPH,
    });
  }));
}

/* ---------------------------------------------------------------- flows */

/* Flows between branches, counted once. */
const flows = new Map();
links.from.forEach((from, at) => {
  const one = products.branch[from], two = products.branch[links.to[at]];
  if (one === two || !bandOf.has(one) || !bandOf.has(two)) return;
  const key = one + '>' + two;
  if (!flows.has(key)) flows.set(key, {from: one, to: two, links: 0});
  flows.get(key).links += 1;
});
const MOST_FLOWS = 150;
const allFlows = Array.from(flows.values()).sort((one, two) => two.links - one.links).slice(0, MOST_FLOWS);

const mostLinks = allFlows.length ? Math.max(12, allFlows[0].links) : 1;

function makeArcs() {
  const middle = band => band.y + Math.min(band.height, plan.closed) / 2;
  const bandAt = new Map(scene.bands.map(band => [band.branch, band]));
  const far = Math.max(1, scene.height);
  return allFlows.map(flow => {
    const one = bandAt.get(flow.from), two = bandAt.get(flow.to);
    const y1 = middle(one) - 7, y2 = middle(two) + 7, distance = Math.abs(y2 - y1);
    const out = 26 + (plan.arcs - 46) * Math.sqrt(distance / far) * 1.3;
    return {flow, x: RIGHT + 4, y1, y2, out: Math.min(out, (plan.arcs - 16) * 4 / 3), width: 0.8 + 6 * Math.sqrt(flow.links / mostLinks)};
  }).reverse();
}

/* -------------------------------------------------------------- wires */

/* The way of a link that has no wire of its own: along the free channels beside the columns
   and the gaps between bands, so that it crosses no card. */
function across(link) {
  const from = links.from[link], to = links.to[link];
  const a = scene.places.get(from), b = scene.places.get(to);
  if (!a || !b) return null;
  const spread = (from % 7 - 3) * 2.6, spread2 = (to % 7 - 3) * 2.6;
  const out = plan.columns[a.column] + PITCH / 2 + spread;
  const back = plan.columns[b.column] - PITCH / 2 + spread2;
  const points = leave(a, out);
  const [x, y] = points[points.length - 1];
  if (a.card && b.card && a.band === b.band && Math.abs(out - spread - back + spread2) < 1) {
    return points.concat([[x, b.y], [b.x - b.w / 2, b.y]]);
  }
  const above = b.card ? a.y < b.y : b.up;
  const gutter = (above ? b.band.y - GAP / 4 : b.band.y + b.band.height + GAP / 4) + (from % 3 - 1) * 1.2;
  if (Math.abs(y - gutter) > 0.5) points.push([x, gutter]);
  return points.concat(b.card
    ? [[back, gutter], [back, b.y], [b.x - b.w / 2, b.y]]
    : [[b.x, gutter], [b.x, b.up ? b.y - b.h / 2 : b.y + b.h / 2]]);
}

function leave(a, out) {
  if (a.card) return [[a.x + a.w / 2, a.y], [out, a.y]];
  const gutter = a.up ? a.band.y - GAP / 4 : a.band.y + a.band.height + GAP / 4;
  return [[a.x, a.up ? a.y - a.h / 2 : a.y + a.h / 2], [a.x, gutter], [out, gutter]];
}

/* ---------------------------------------------------------------- one product */

/* The picked product with what it comes from at its left and what it goes into at its right. */
function makeEgo() {
  const {level} = relatives(view.picked, view.depth, MOST_RELATED);
  const columns = new Map();
  level.forEach((step, at) => {
    if (!columns.has(step)) columns.set(step, []);
    columns.get(step).push(at);
  });
  const steps = Array.from(columns.keys()).sort((one, two) => one - two);
  const made = {bands: [], heads: [], places: new Map(), boxes: [], width: 0, height: 0, ego: true, steps: []};
  orderByNeighbours(columns, steps, level);
  const pitch = H + 12, height = Math.max(...steps.map(step => columns.get(step).length)) * pitch;
  let x = 60 + W / 2;
  steps.forEach(step => {
    const list = columns.get(step);
    list.forEach((at, order) => made.places.set(at, {
      x, y: 46 + height / 2 + (order - (list.length - 1) / 2) * pitch, column: step, card: true, w: W, h: H,
    }));
    made.steps.push({step, x: x - W / 2});
    x += W + 62;
  });
  made.width = x - W / 2;
  made.height = height + 80;
  return made;
}

function orderByNeighbours(columns, steps, level) {
  const place = new Map();
  const settle = step => columns.get(step).forEach((at, order) => place.set(at, (order + 0.5) / columns.get(step).length));
  const want = (at, step, towards) => {
    const near = (towards > 0 ? into[at].map(link => links.from[link]) : outOf[at].map(link => links.to[link]))
      .filter(other => level.get(other) === step - towards).map(other => place.get(other));
    return near.length ? near.reduce((sum, each) => sum + each, 0) / near.length : 0.5;
  };
  steps.forEach(step => {
    columns.get(step).sort((one, two) => products.branch[one] - products.branch[two] || one - two);
    settle(step);
  });
  const sweep = (order, towards) => order.forEach(step => {
    const wish = new Map(columns.get(step).map(at => [at, want(at, step, towards)]));
    columns.get(step).sort((one, two) => wish.get(one) - wish.get(two) || one - two);
    settle(step);
  });
  sweep(steps.filter(step => step > 0), 1);
  sweep(steps.filter(step => step < 0).reverse(), -1);
}
