/* Paints the links: those of a band as they were laid out, those between bands along the free
   channels, and those of one product with its relatives. */
const DASHES = {material: [], energy: [8, 4], byproduct: [8, 3, 2, 3], equipment: [2, 3], service: [1, 5]};

let wiresShown = 0;
function paintWires(ctx, scale, area) {
  wiresShown = 0;
  const quiet = Boolean(lit) || filtersOn().length > 0;
  scene.bands.forEach(band => {
    if (!band.open || !isNear(area, 0, band.y, scene.width, band.height)) return;
    wiresOf[band.at].forEach(wire => {
      if (isShown(wire.link) && !(litLinks && litLinks.has(wire.link))) paintWire(ctx, wire, band.y, scale, quiet ? 'quiet' : '');
    });
  });
  if (!litLinks) return;
  const own = new Map();
  scene.bands.forEach(band => { if (band.open) wiresOf[band.at].forEach(wire => own.set(wire.link, [wire, band.y])); });
  litLinks.forEach(link => {
    if (!isShown(link)) return;
    const mood = isNearPicked(link) ? 'focus' : litLinks.size > MANY ? 'far' : 'near';
    if (scene.ego) paintEgo(ctx, link, scale);
    else if (own.has(link)) paintWire(ctx, own.get(link)[0], own.get(link)[1], scale, mood);
    else paintAcross(ctx, link, scale, mood);
  });
}

/* The kinds of link that the legend keeps. */
const isShown = link => !view.filter.link.size || view.filter.link.has(linkKind(link));

/* Of many links only those of the product itself are drawn with full strength. */
const MANY = 60;
const isNearPicked = link => Boolean(view.path) || links.from[link] === view.picked || links.to[link] === view.picked;

const linkColor = kind => (kind === 'energy' ? colors.build : kind === 'byproduct' ? colors.here : colors.wire);

const LIT = {focus: 1, near: 0.75, far: 0.38};

/* The width tells the share of an input in the recipe by mass, where that is known. */
function pen(ctx, link, scale, mood) {
  const kind = linkKind(link), strong = mood === 'focus', share = links.share[link];
  const strength = LIT[mood];
  const width = share ? 0.9 + share / 100 * 2.1 : isMinor(link) ? 0.8 : 1.1;
  ctx.lineWidth = Math.max(strong ? width + 0.8 : width, (strong ? 1.6 : 0.6) / scale);
  const color = strength ? (kind === 'energy' ? colors.build : colors.focus) : linkColor(kind);
  ctx.strokeStyle = ctx.fillStyle = mix(color, colors.panel, strength || (mood === 'quiet' ? 0.16 : isMinor(link) ? 0.5 : 0.8));
  const unit = Math.max(1, 0.6 / scale);
  ctx.setLineDash(scale < 0.25 ? [] : DASHES[kind].map(length => length * unit));
}

function paintWire(ctx, wire, top, scale, mood) {
  wiresShown += 1;
  pen(ctx, wire.link, scale, mood);
  traceWire(ctx, wire, top);
  ctx.stroke();
  ctx.setLineDash([]);
  if (scale < TEXT_AT && !LIT[mood]) return;
  const p = wire.points, end = p.length - 2, x = p[end], y = p[end + 1] + top;
  const size = mood === 'focus' ? 7.5 : 5.5;
  if (wire.shape === 'step') arrow(ctx, x, y, 0, p[3] > p[1] ? 1 : -1, size);
  else arrow(ctx, x, y, wire.shape === 'side' || wire.shape === 'self' ? -1 : 1, 0, size);
}

function traceWire(ctx, wire, top) {
  const p = wire.points;
  ctx.beginPath();
  ctx.moveTo(p[0], p[1] + top);
  if (wire.shape === 'forward') {
    for (let at = 0; at < p.length; at += 4) {
      if (at) ctx.lineTo(p[at], p[at + 1] + top);
      const bend = (p[at + 2] - p[at]) / 2;
      ctx.bezierCurveTo(p[at] + bend, p[at + 1] + top, p[at + 2] - bend, p[at + 3] + top, p[at + 2], p[at + 3] + top);
    }
  } else if (wire.shape === 'step') {
    ctx.lineTo(p[2], p[3] + top);
  } else if (wire.shape === 'back') {
    const points = [];
    for (let at = 0; at < p.length; at += 2) points.push([p[at], p[at + 1] + top]);
    bend(ctx, points);
  } else {
    const out = wire.shape === 'self' ? 24 : Math.min(25, 12 + Math.abs(p[3] - p[1]) / 10);
    ctx.bezierCurveTo(p[0] + out, p[1] + top, p[2] + out, p[3] + top, p[2], p[3] + top);
  }
}

/* Straight lines with rounded corners, from the current point. */
function bend(ctx, points) {
  for (let at = 1; at < points.length - 1; at += 1) {
    const [before, corner, after] = [points[at - 1], points[at], points[at + 1]];
    const one = toward(corner, before), two = toward(corner, after);
    ctx.lineTo(one[0], one[1]);
    ctx.quadraticCurveTo(corner[0], corner[1], two[0], two[1]);
  }
  const last = points[points.length - 1];
  ctx.lineTo(last[0], last[1]);
}

function toward(from, to) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1, step = Math.min(7, length / 2);
  return [from[0] + (to[0] - from[0]) * step / length, from[1] + (to[1] - from[1]) * step / length];
}

function arrow(ctx, x, y, dx, dy, size) {
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - dx * size - dy * size * 0.5, y - dy * size - dx * size * 0.5);
  ctx.lineTo(x - dx * size + dy * size * 0.5, y - dy * size + dx * size * 0.5);
  ctx.fill();
}

function paintAcross(ctx, link, scale, mood) {
  const points = across(link);
  if (!points) return;
  pen(ctx, link, scale, mood);
  ctx.beginPath();
  ctx.moveTo(points[0][0], points[0][1]);
  bend(ctx, points);
  ctx.stroke();
  ctx.setLineDash([]);
  const [before, last] = points.slice(-2);
  arrow(ctx, last[0], last[1], Math.sign(last[0] - before[0]), Math.sign(last[1] - before[1]), 7);
}

function paintEgo(ctx, link, scale) {
  const a = scene.places.get(links.from[link]), b = scene.places.get(links.to[link]);
  if (!a || !b) return;
  pen(ctx, link, scale, a.column === 0 || b.column === 0 ? 'focus' : '');
  const x1 = a.x + W / 2, x2 = b.x - W / 2;
  ctx.beginPath();
  ctx.moveTo(x1, a.y);
  if (x2 > x1) ctx.bezierCurveTo((x1 + x2) / 2, a.y, (x1 + x2) / 2, b.y, x2, b.y);
  else ctx.bezierCurveTo(x1 + 50, a.y + 46, x2 - 50, b.y + 46, x2, b.y);
  ctx.stroke();
  ctx.setLineDash([]);
  arrow(ctx, x2, b.y, 1, 0, 6.5);
}
