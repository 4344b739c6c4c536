/* Paints a scene.  Only plain strokes, fills and texts are used, so that the same functions
   draw on the screen, into a PNG and into an SVG. */
const TEXT_AT = 0.42;

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
  scene.bands.forEach(band => { if (isNear(area, 0, band.y, scene.width, band.height)) paintBand(ctx, band, scale); });
  scene.heads.forEach(head => paintHead(ctx, head, scale, area));
  scene.arcs.forEach(arc => paintArc(ctx, arc, scale));
  paintWires(ctx, scale, area);
  scene.places.forEach((place, at) => {
    if (isNear(area, place.x - place.w, place.y - place.h, 2 * place.w, 2 * place.h)) paintProduct(ctx, at, place, scale);
  });
  if (scale < TEXT_AT) scene.bands.forEach(band => paintFarName(ctx, band, scale, area));
  if (scene.ego) scene.steps.forEach(step => paintStep(ctx, step, scale, area));
}

const isNear = (area, x, y, w, h) => !area ||
  (x < area.right && x + w > area.left && y < area.bottom && y + h > area.top);

/* ---------------------------------------------------------------- bands */

function paintBox(ctx, each, scale) {
  box(ctx, 8, each.y, RIGHT - 8, each.height, 10);
  ctx.fillStyle = colors.chain;
  ctx.fill();
}

function paintHead(ctx, head, scale, area) {
  const chain = data.chains[head.chain], cluster = data.clusters[chain.cluster];
  const size = Math.min(HEAD * 0.7, Math.max(15, 11 / scale)), middle = head.y + HEAD / 2 + 1;
  const prefix = cluster ? say('cluster_of', {name: named(cluster.name)}) + '  ›  ' : '';
  ctx.font = '700 ' + size + 'px ' + FONT;
  const start = Math.min(Math.max(24, area.left + 8 / scale), RIGHT - 420), counts = 40 + 10 * size;
  const text = shorten(ctx, plain(prefix + named(chain.name)), RIGHT - counts - start);
  write(ctx, text, start, middle, size, colors.ink, 700);
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
  fit.lines.forEach((each, at) => write(ctx, each, 38, middle - 7 + (at - (fit.lines.length - 1) / 2) * fit.size * 1.1,
    fit.size, faded ? mix(colors.ink, colors.panel, 0.6) : colors.ink, 700));
  if (isSince(data.branches[band.branch].named)) star(ctx, plan.label - 16, middle - 9, 6, faded ? mix(colors.gap, colors.panel, 0.4) : colors.gap);
  paintHealth(ctx, tallies[band.branch], 38, middle + 14.5);
}

/* The best-scored gaps of an open branch, in the room under its name. */
const FIRST = 97, FIRST_STEP = 21;
function firstOf(band) {
  const fits = Math.floor((band.height - FIRST + 5) / FIRST_STEP);
  return fits < 2 ? [] : firstGaps[band.branch].slice(0, fits);
}

function paintFirst(ctx, band) {
  const gaps = firstOf(band);
  if (!gaps.length) return;
  write(ctx, say('first_gaps') + (isBaseDay() ? '' : ' · ' + data.asOf), 38, band.y + 76, 11, colors.soft, 400);
  gaps.forEach((at, order) => {
    const y = band.y + FIRST + order * FIRST_STEP;
    write(ctx, String(told(at).rank), 60, y, 11.5, colors.soft, 600, 'right');
    const name = fitText(ctx, nameOf(at), plan.label - 84, FIRST_STEP, [12, 11, 10, 9], 400);
    const ink = isLit(at) ? colors.ink : mix(colors.ink, colors.panel, 0.4);
    name.lines.forEach((each, row) => write(ctx, each, 67, y + (row - (name.lines.length - 1) / 2) * name.size * 1.1, name.size, ink, 400));
  });
}

/* What is here, coming and missing: figures with their marks. */
function paintHealth(ctx, found, x, y) {
  let at = x;
  [['present', found.present, colors.here], ['building', found.building + found.signed, colors.build],
    ['gaps', found.gaps, colors.gap]].forEach(([kind, number, color]) => {
    countMark(ctx, kind, at, y - 4.5, 9, color);
    write(ctx, tidy(number), at + 13, y, 11.5, color, 600);
    at += 20 + ctx.measureText(tidy(number)).width;
  });
}

function paintCounts(ctx, found, right, middle, size) {
  let at = right;
  [['gaps', found.gaps, colors.gap], ['building', found.building + found.signed, colors.build],
    ['present', found.present, colors.here]].forEach(([kind, number, color]) => {
    write(ctx, tidy(number), at, middle, size, color, 600, 'right');
    at -= ctx.measureText(tidy(number)).width + size * 1.05;
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
    STATES.slice().reverse().forEach(state => {
      const wide = full * found[state] / own.length;
      if (wide) paintShare(ctx, state, left, band.y + 9, wide, 10);
      left += wide;
    });
    write(ctx, tidy(own.length), x + 12, band.y + 30, 11, colors.soft, 400);
  });
}

/* The same marks as of products: full, hatched, a frame in a frame, empty. */
function paintShare(ctx, state, x, y, w, h) {
  const color = {present: colors.here, absent: colors.void}[state] || colors.build;
  ctx.lineWidth = 1;
  ctx.strokeStyle = color;
  box(ctx, x, y, w, h, 0);
  ctx.fillStyle = state === 'present' ? color : colors.card;
  ctx.fill();
  ctx.stroke();
  if (state === 'building') hatch(ctx, x, y, w, h, color, 5);
  if (state === 'signed' && w > 8) {
    box(ctx, x + 2.5, y + 2.5, w - 5, h - 5, 0);
    ctx.stroke();
  }
}

/* Seen from afar the names stand beside the map if there is room, else on it. */
function paintFarName(ctx, band, scale, area) {
  const size = Math.min(14 / scale, Math.max(band.height * 0.8, 16)), text = plain(branchName(band.branch));
  ctx.font = '700 ' + size + 'px ' + FONT;
  const wide = ctx.measureText(text).width;
  if (-area.left > wide + size) {
    write(ctx, text, -size * 0.4, band.y + Math.min(band.height, plan.closed) / 2, size, colors.ink, 700, 'right');
    return;
  }
  box(ctx, 22, band.y + 5, wide + size * 0.5, Math.min(size * 1.35, band.height - 4), 6);
  ctx.fillStyle = colors.panel;
  ctx.fill();
  write(ctx, text, 22 + size * 0.25, band.y + 5 + Math.min(size * 1.35, band.height - 4) / 2, size, colors.ink, 700);
}

/* Where the names at the left are out of sight, they stand in a margin that stays. */
const MARGIN = 104;
function paintStickyNames(ctx, scale, area) {
  if (area.left < plan.label - 60 || scale < TEXT_AT) return;
  const left = area.left, wide = MARGIN / scale, size = 12 / scale, top = area.top + HEADS / scale;
  scene.bands.forEach(band => {
    if (!isNear(area, left, band.y, 1, band.height)) return;
    box(ctx, left, band.y, wide, band.height, 0);
    ctx.fillStyle = colors.panel;
    ctx.fill();
    ctx.strokeStyle = colors.line;
    ctx.lineWidth = 1 / scale;
    line(ctx, [[left + wide, band.y], [left + wide, band.y + band.height]]);
    const from = Math.max(band.y, top), until = Math.min(band.y + band.height, area.bottom);
    const fit = fitText(ctx, branchName(band.branch), wide - 14 / scale, Math.max(until - from, size) - 4 / scale, [1, 0.9, 0.8, 0.7, 0.6].map(part => size * part), 700);
    const pitch = fit.size * LEADING, middle = band.open ? Math.min(from + plan.closed / 2, until - pitch * fit.lines.length / 2) : band.y + band.height / 2;
    fit.lines.forEach((each, row) => write(ctx, each, left + 8 / scale, middle + (row - (fit.lines.length - 1) / 2) * pitch, fit.size, colors.ink, 700));
  });
}

/* The head of a column of relatives; it stays in sight when the column is moved up. */
function paintStep(ctx, step, scale, area) {
  const label = step.step === 0 ? say('itself') : say(step.step < 0 ? 'steps_up' : 'steps_down', {n: Math.abs(step.step)});
  const size = Math.min(Math.max(13, 11 / scale), 2 * W / label.length), y = Math.max(18, area.top + (HEADS + 12) / scale);
  box(ctx, step.x - 20, y - size, W + 40, 2 * size, 4);
  ctx.fillStyle = colors.page;
  ctx.fill();
  write(ctx, label, step.x + W / 2, y, size, colors.soft, 600, 'center');
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
