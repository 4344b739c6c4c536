/* Paints a scene.  Only plain strokes, fills and texts are used, so that the same functions
   draw on the screen, into a PNG and into an SVG. */
const TEXT_AT = 0.42;
const DASHES = {material: [], energy: [8, 4], byproduct: [8, 3, 2, 3], equipment: [2, 3], service: [1, 5]};

function box(ctx, x, y, w, h, r) {
  ctx.beginPath();
  if (ctx.roundRect) ctx.roundRect(x, y, w, h, r);
  else ctx.rect(x, y, w, h);
}

function write(ctx, text, x, y, size, color, weight, align) {
  ctx.font = (weight || 400) + ' ' + size + 'px ' + FONT;
  ctx.fillStyle = color;
  ctx.textAlign = align || 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, x, y);
}

function paint(ctx, scale, area) {
  ctx.direction = 'ltr';
  scene.boxes.forEach(each => paintBox(ctx, each, scale));
  if (scene.ego) scene.steps.forEach(step => paintStep(ctx, step, scale));
  scene.bands.forEach(band => { if (isNear(area, 0, band.y, scene.width, band.height)) paintBand(ctx, band, scale); });
  scene.heads.forEach(head => paintHead(ctx, head, scale));
  scene.arcs.forEach(arc => paintArc(ctx, arc, scale));
  paintWires(ctx, scale, area);
  scene.places.forEach((place, at) => {
    if (isNear(area, place.x - place.w, place.y - place.h, 2 * place.w, 2 * place.h)) paintProduct(ctx, at, place, scale);
  });
  if (scale < TEXT_AT) scene.bands.forEach(band => paintFarName(ctx, band, scale));
}

const isNear = (area, x, y, w, h) => !area ||
  (x < area.right && x + w > area.left && y < area.bottom && y + h > area.top);

/* ---------------------------------------------------------------- bands */

function paintBox(ctx, each, scale) {
  box(ctx, 8, each.y, RIGHT - 8, each.height, 10);
  ctx.fillStyle = colors.chain;
  ctx.fill();
}

function paintHead(ctx, head, scale) {
  const chain = data.chains[head.chain], cluster = data.clusters[chain.cluster];
  const size = Math.min(HEAD * 0.7, Math.max(15, 11 / scale)), middle = head.y + HEAD / 2 + 1;
  const prefix = cluster ? say('cluster_of', {name: named(cluster.name)}) + '  ›  ' : '';
  ctx.font = '700 ' + size + 'px ' + FONT;
  const text = shorten(ctx, plain(prefix + named(chain.name)), RIGHT - 420);
  write(ctx, text, 24, middle, size, colors.ink, 700);
  const found = tallyOf(chain.branches);
  paintCounts(ctx, found, RIGHT - 20, middle, size * 0.86);
}

function paintBand(ctx, band, scale) {
  const hovered = view.hover === band.branch;
  box(ctx, 14, band.y, RIGHT - 20, band.height, 8);
  ctx.fillStyle = colors.panel;
  ctx.fill();
  ctx.lineWidth = Math.max(hovered ? 1.6 : 1, 0.7 / scale);
  ctx.strokeStyle = hovered ? colors.focus : colors.line;
  ctx.stroke();
  const split = plan.stages.slice(1).map(stage => stage[1]);
  ctx.lineWidth = Math.max(1, 0.6 / scale);
  ctx.strokeStyle = mix(colors.line, colors.panel, 0.65);
  split.forEach(x => line(ctx, [[x, band.y + 1], [x, band.y + band.height - 1]]));
  paintLabel(ctx, band, scale);
  if (band.open && scale >= TEXT_AT) paintFirst(ctx, band);
  if (band.bars) paintBars(ctx, band);
  if (band.open && plan.bands[band.at].hidden) {
    write(ctx, say('more', {n: plan.bands[band.at].hidden}), 38, band.y + 57, 11, colors.soft, 400);
  }
}

function line(ctx, points) {
  ctx.beginPath();
  points.forEach(([x, y], at) => (at ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.stroke();
}

function paintLabel(ctx, band, scale) {
  if (scale < TEXT_AT) return;
  const middle = band.y + plan.closed / 2, faded = litBranches && !litBranches.has(band.branch);
  ctx.fillStyle = colors.soft;
  ctx.beginPath();
  if (band.open) {
    ctx.moveTo(22, middle - 3);
    ctx.lineTo(31, middle - 3);
    ctx.lineTo(26.5, middle + 4);
  } else {
    ctx.moveTo(23.5, middle - 5);
    ctx.lineTo(30.5, middle);
    ctx.lineTo(23.5, middle + 5);
  }
  ctx.fill();
  const text = branchName(band.branch);
  const room = plan.label - 62;
  ctx.font = '700 12px ' + FONT;
  const oneLine = ctx.measureText(plain(text)).width <= room;
  const fit = fitText(ctx, text, room, oneLine ? 16 : 30, [15, 14, 13, 12, 11, 10, 9], 700);
  fit.lines.forEach((each, at) => write(ctx, each, 38, middle - 6.5 + (at - (fit.lines.length - 1) / 2) * fit.size * 1.1,
    fit.size, faded ? mix(colors.ink, colors.panel, 0.6) : colors.ink, 700));
  if (isSince(data.branches[band.branch].named)) star(ctx, plan.label - 16, middle - 8, 6, faded ? mix(colors.gap, colors.panel, 0.4) : colors.gap);
  paintHealth(ctx, tallies[band.branch], 38, middle + 15);
}

/* The best-scored gaps of an open branch, in the room under its name. */
function paintFirst(ctx, band) {
  const room_ = Math.floor((band.height - 96) / 18), gaps = firstGaps[band.branch].slice(0, Math.min(5, room_));
  if (!gaps.length || room_ < 2) return;
  write(ctx, say('first_gaps'), 38, band.y + 76, 11, colors.soft, 400);
  gaps.forEach((at, order) => {
    const y = band.y + 95 + order * 18, rank = String(told(at).rank);
    ctx.font = '400 12px ' + FONT;
    const name = shorten(ctx, plain(nameOf(at)), plan.label - 84);
    write(ctx, rank, 60, y, 11.5, colors.soft, 600, 'right');
    write(ctx, name, 67, y, 12, isLit(at) ? colors.ink : mix(colors.ink, colors.panel, 0.4), 400);
  });
}

/* What is here, coming and missing: figures with their marks. */
function paintHealth(ctx, found, x, y) {
  let at = x;
  [['present', found.present, colors.here], ['building', found.building + found.signed, colors.build],
    ['gaps', found.gaps, colors.gap]].forEach(([kind, number, color]) => {
    countMark(ctx, kind, at, y - 4.5, 9, color);
    write(ctx, String(number), at + 13, y, 11.5, color, 600);
    at += 20 + ctx.measureText(String(number)).width;
  });
}

function paintCounts(ctx, found, right, middle, size) {
  let at = right;
  [['gaps', found.gaps, colors.gap], ['building', found.building + found.signed, colors.build],
    ['present', found.present, colors.here]].forEach(([kind, number, color]) => {
    write(ctx, String(number), at, middle, size, color, 600, 'right');
    at -= ctx.measureText(String(number)).width + size * 1.05;
    countMark(ctx, kind, at, middle - size * 0.4, size * 0.75, color);
    at -= size * 0.7;
  });
}

function countMark(ctx, kind, x, y, size, color) {
  ctx.lineWidth = size * 0.14;
  ctx.strokeStyle = ctx.fillStyle = color;
  ctx.setLineDash(kind === 'gaps' ? [size * 0.3, size * 0.2] : []);
  box(ctx, x, y, size, size, 1);
  if (kind === 'present') ctx.fill();
  ctx.stroke();
  ctx.setLineDash([]);
  if (kind === 'building') {
    box(ctx, x, y + size / 2, size, size / 2, 0);
    ctx.fill();
  }
}

/* A branch with more products than fit as marks: shares by stage. */
function paintBars(ctx, band) {
  plan.stages.forEach(([stage, x, width]) => {
    const own = members[band.branch].filter(at => STAGES[products.stage[at]] === stage);
    if (!own.length) return;
    const found = tally(own), full = width - 24;
    let left = x + 12;
    [['present', colors.here], ['building', colors.build], ['signed', mix(colors.build, colors.panel, 0.5)],
      ['absent', mix(colors.void, colors.panel, 0.3)]].forEach(([state, color]) => {
      const wide = full * found[state] / own.length;
      ctx.fillStyle = color;
      box(ctx, left, band.y + 9, wide, 10, 0);
      ctx.fill();
      left += wide;
    });
    write(ctx, String(own.length), x + 12, band.y + 30, 11, colors.soft, 400);
  });
}

function paintFarName(ctx, band, scale) {
  const size = Math.min(15 / scale, Math.max(band.height * 0.8, 16)), text = plain(branchName(band.branch));
  ctx.font = '700 ' + size + 'px ' + FONT;
  const wide = ctx.measureText(text).width;
  box(ctx, 22, band.y + 5, wide + size * 0.5, Math.min(size * 1.35, band.height - 4), 6);
  ctx.fillStyle = colors.panel;
  ctx.fill();
  write(ctx, text, 22 + size * 0.25, band.y + 5 + Math.min(size * 1.35, band.height - 4) / 2, size, colors.ink, 700);
}

/* Where the names at the left are out of sight, each band carries its own on its upper edge. */
function paintStickyNames(ctx, scale, area) {
  if (area.left < plan.label - 60 || scale < TEXT_AT) return;
  scene.bands.forEach(band => {
    if (!isNear(area, area.left, band.y, 1, band.height)) return;
    const size = 11.5 / scale, x = area.left + 8 / scale;
    const y = Math.min(Math.max(band.y, area.top + (HEADS + 9) / scale), band.y + band.height - 4);
    const text = plain(branchName(band.branch)).slice(0, 40);
    ctx.font = '700 ' + size + 'px ' + FONT;
    box(ctx, x, y - size * 0.85, ctx.measureText(text).width + size * 1.1, size * 1.7, size * 0.5);
    ctx.fillStyle = colors.card;
    ctx.fill();
    ctx.strokeStyle = colors.line;
    ctx.lineWidth = 1 / scale;
    ctx.stroke();
    write(ctx, text, x + size * 0.55, y, size, colors.ink, 700);
  });
}

function paintStep(ctx, step, scale) {
  const label = step.step === 0 ? say('itself') : say(step.step < 0 ? 'steps_up' : 'steps_down', {n: Math.abs(step.step)});
  write(ctx, label, step.x + W / 2, 18, Math.max(13, 11 / scale), colors.soft, 600, 'center');
}

/* ----------------------------------------------------------------- arcs */

function paintArc(ctx, arc, scale) {
  const hover = view.hover, one = arc.flow.from === hover, two = arc.flow.to === hover;
  const quiet = (hover >= 0 && !one && !two) || (hover < 0 && lit);
  const strong = one || two;
  const color = one ? colors.focus : two ? colors.build : colors.wire;
  ctx.strokeStyle = ctx.fillStyle = strong ? color : mix(color, colors.page, quiet ? 0.14 : 0.2 + 0.42 * Math.sqrt(arc.flow.links / mostLinks));
  ctx.lineWidth = Math.max(arc.width, 0.5 / scale);
  ctx.beginPath();
  ctx.moveTo(arc.x, arc.y1);
  ctx.bezierCurveTo(arc.x + arc.out, arc.y1, arc.x + arc.out, arc.y2, arc.x + 5, arc.y2);
  ctx.stroke();
  const size = Math.max(4.5, arc.width * 0.8);
  ctx.beginPath();
  ctx.moveTo(arc.x - 1, arc.y2);
  ctx.lineTo(arc.x + size + 3, arc.y2 - size * 0.75);
  ctx.lineTo(arc.x + size + 3, arc.y2 + size * 0.75);
  ctx.fill();
  if (strong && scale >= TEXT_AT) {
    const x = arc.x + arc.out * 0.75, y = (arc.y1 + arc.y2) / 2;
    box(ctx, x - 10, y - 8, 20, 16, 8);
    ctx.fillStyle = colors.page;
    ctx.fill();
    write(ctx, String(arc.flow.links), x, y, 11.5, color, 700, 'center');
  }
}

/* ---------------------------------------------------------------- wires */

function paintWires(ctx, scale, area) {
  const quiet = Boolean(lit) || filtersOn().length > 0;
  const drawn = new Set();
  scene.bands.forEach(band => {
    if (!band.open || !isNear(area, 0, band.y, scene.width, band.height)) return;
    wiresOf[band.at].forEach(wire => {
      drawn.add(wire.link);
      if (!(litLinks && litLinks.has(wire.link))) paintWire(ctx, wire, band.y, scale, quiet ? 'quiet' : '');
    });
  });
  if (!litLinks) return;
  const own = new Map();
  scene.bands.forEach(band => { if (band.open) wiresOf[band.at].forEach(wire => own.set(wire.link, [wire, band.y])); });
  litLinks.forEach(link => {
    const mood = isNearPicked(link) ? 'focus' : litLinks.size > MANY ? 'far' : 'near';
    if (scene.ego) paintEgo(ctx, link, scale);
    else if (own.has(link)) paintWire(ctx, own.get(link)[0], own.get(link)[1], scale, mood);
    else paintAcross(ctx, link, scale, mood);
  });
}

/* Of many links only those of the product itself are drawn with full strength. */
const MANY = 60;
const isNearPicked = link => Boolean(view.path) || links.from[link] === view.picked || links.to[link] === view.picked;

const linkColor = kind => (kind === 'energy' ? colors.build : kind === 'byproduct' ? colors.here : colors.wire);

const LIT = {focus: 1, near: 0.75, far: 0.38};

/* The width tells the share of an input in the recipe by mass, where that is known. */
function pen(ctx, link, scale, mood) {
  const kind = linkKind(link), strong = mood === 'focus', share = links.share[link];
  const lit_ = LIT[mood];
  const width = share ? 0.9 + share / 100 * 2.1 : isMinor(link) ? 0.8 : 1.1;
  ctx.lineWidth = Math.max(strong ? width + 0.8 : width, (strong ? 1.6 : 0.6) / scale);
  const color = lit_ ? (kind === 'energy' ? colors.build : colors.focus) : linkColor(kind);
  ctx.strokeStyle = ctx.fillStyle = mix(color, colors.panel, lit_ || (mood === 'quiet' ? 0.16 : isMinor(link) ? 0.5 : 0.8));
  const unit = Math.max(1, 0.6 / scale);
  ctx.setLineDash(scale < 0.25 ? [] : DASHES[kind].map(length => length * unit));
}

function paintWire(ctx, wire, top, scale, mood) {
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

/* ------------------------------------------------------------- products */

function paintProduct(ctx, at, place, scale) {
  const look = isLit(at) ? looks(at) : fade(looks(at));
  const x = place.x - place.w / 2, y = place.y - place.h / 2;
  if (at === view.picked) {
    ctx.strokeStyle = colors.ink;
    ctx.lineWidth = Math.max(2.2, 1.8 / scale);
    box(ctx, x - 3.5, y - 3.5, place.w + 7, place.h + 7, place.card ? 9 : 4);
    ctx.stroke();
  }
  if (place.card) paintCard(ctx, at, x, y, look, scale);
  else paintGlyph(ctx, x, y, look);
}

/* Full: here; hatched: under construction; a frame in a frame: signed; empty: absent. */
function paintGlyph(ctx, x, y, look) {
  const s = GLYPH;
  ctx.lineWidth = look.kind === 'broken' ? 1.8 : 1.2;
  ctx.strokeStyle = look.line;
  box(ctx, x, y, s, s, 2.5);
  ctx.fillStyle = look.state === 'present' ? look.line : look.fill;
  ctx.fill();
  if (look.state === 'building') hatch(ctx, x, y, s, s, look.line, 4);
  ctx.setLineDash(look.kind === 'void' && look.state === 'absent' ? [2, 2] : []);
  box(ctx, x, y, s, s, 2.5);
  ctx.stroke();
  ctx.setLineDash([]);
  if (look.state === 'signed') {
    box(ctx, x + 3, y + 3, s - 6, s - 6, 1);
    ctx.stroke();
  }
  if (look.kind === 'broken') cross(ctx, x, y, s, look.badge);
  if (look.kind === 'weak') corner(ctx, x, y, s, look);
  if (look.kind === 'short' && look.state === 'absent') {
    box(ctx, x + 1, y + s / 2, s - 2, s / 2 - 1, 1);
    ctx.fillStyle = look.badge;
    ctx.fill();
  }
}

function cross(ctx, x, y, s, color) {
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.6;
  line(ctx, [[x + 3.5, y + 3.5], [x + s - 3.5, y + s - 3.5]]);
  line(ctx, [[x + s - 3.5, y + 3.5], [x + 3.5, y + s - 3.5]]);
}

function corner(ctx, x, y, s, look) {
  ctx.fillStyle = look.badge;
  ctx.beginPath();
  ctx.moveTo(x + s * 0.3, y - 1.5);
  ctx.lineTo(x + s + 1.5, y - 1.5);
  ctx.lineTo(x + s + 1.5, y + s * 0.7);
  ctx.fill();
}

function hatch(ctx, x, y, w, h, color, step) {
  ctx.strokeStyle = color;
  ctx.lineWidth = step * 0.36;
  for (let at = step; at < w + h; at += step) {
    const one = at < w ? [x + at, y] : [x + w, y + at - w];
    const two = at < h ? [x, y + at] : [x + at - h, y + h];
    line(ctx, [one, two]);
  }
}

function paintCard(ctx, at, x, y, look, scale) {
  const far = scale < TEXT_AT, thin = Math.max(1.1, 0.8 / scale);
  box(ctx, x, y, W, H, 6);
  ctx.fillStyle = far && look.state === 'present' ? look.bar : look.fill;
  ctx.fill();
  if (look.state === 'present' && !far) {
    ctx.fillStyle = look.bar;
    box(ctx, x, y, 5, H, 2.5);
    ctx.fill();
  }
  if (look.state === 'building') hatch(ctx, x + 1, y + 1, far ? W - 2 : 8, H - 2, look.bar, far ? 9 : 5);
  ctx.strokeStyle = look.line;
  ctx.lineWidth = look.kind === 'broken' ? thin * 1.5 : thin;
  ctx.setLineDash(look.kind && look.state === 'absent' ? [5, 3] : []);
  box(ctx, x, y, W, H, 6);
  ctx.stroke();
  ctx.setLineDash([]);
  if (look.state === 'signed') {
    ctx.lineWidth = thin * 0.9;
    box(ctx, x + 3, y + 3, W - 6, H - 6, 4);
    ctx.stroke();
  }
  if (!far) paintName(ctx, at, x, y, look);
  if (look.star) star(ctx, x + 4.5, y, far ? 9 : 5.4, look.faded ? look.badge : colors.gap);
  if (look.kind) paintBadge(ctx, x + W - 2, y + 0.5, look, at, far);
}

function paintName(ctx, at, x, y, look) {
  const left = look.state === 'present' || look.state === 'building' ? 10 : 6;
  const start = x + left, width = W - left - (look.kind ? 10 : 5);
  const foot = look.faded ? '' : footText(at);
  const sizes = zh() ? [13.5, 12.5, 11.5, 10.5, 9.5] : [12.5, 11.6, 10.8, 10, 9.2];
  const fit = fitText(ctx, nameOf(at), width, H - 5, sizes, 600);
  const roomy = fit.lines.length === 1 && foot;
  const middle = y + H / 2 + (roomy ? -7 : 0.5), pitch = fit.size * 1.15;
  fit.lines.forEach((each, row) => write(ctx, each, start, middle + (row - (fit.lines.length - 1) / 2) * pitch, fit.size, look.ink, 600));
  if (roomy) {
    ctx.font = '400 10px ' + FONT;
    write(ctx, shorten(ctx, foot, width), start, y + H - 11, 10, mix(look.ink, look.fill, 0.86), 400);
  }
}

function footText(at) {
  const unit = products.unit[at], capacity = now.capacity[at];
  if (capacity > 0) return amount(capacity, unit) + perYear(unit);
  const makers = now.makers(at).length;
  return makers && now.state[at] === 3 ? say('n_firms', {n: makers}) : '';
}

function star(ctx, x, y, r, color) {
  ctx.beginPath();
  for (let at = 0; at < 10; at += 1) {
    const angle = Math.PI * (at / 5 - 0.5), reach = at % 2 ? r * 0.45 : r;
    const px = x + Math.cos(angle) * reach, py = y + Math.sin(angle) * reach;
    if (at) ctx.lineTo(px, py);
    else ctx.moveTo(px, py);
  }
  ctx.fillStyle = color;
  ctx.fill();
}

/* The kind of a gap as a letter in a badge of its own form; its size tells how large it is. */
function paintBadge(ctx, x, y, look, at, far) {
  const r = (far ? 11 : 6) + 4 * weightOf(at);
  const filled = look.kind === 'broken' || look.kind === 'short';
  ctx.fillStyle = filled ? look.badge : colors.card;
  ctx.strokeStyle = look.badge;
  ctx.lineWidth = 1.3;
  if (look.kind === 'broken') diamond(ctx, x, y, r * 1.3);
  else if (look.kind === 'weak') box(ctx, x - r, y - r, 2 * r, 2 * r, 2.5);
  else box(ctx, x - r, y - r, 2 * r, 2 * r, r);
  ctx.fill();
  ctx.stroke();
  if (!far) write(ctx, kindTag(look.kind), x, y + 0.5, r * (zh() ? 1.32 : 1.5), filled ? colors.card : look.badge, 700, 'center');
}

function diamond(ctx, x, y, r) {
  ctx.beginPath();
  ctx.moveTo(x, y - r);
  ctx.lineTo(x + r, y);
  ctx.lineTo(x, y + r);
  ctx.lineTo(x - r, y);
  ctx.closePath();
}
